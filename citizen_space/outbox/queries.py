"""How mails are found."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from citizen_space.kit.errors import NotFound
from citizen_space.outbox.models import Message, MessageState


def is_due(at: datetime) -> ColumnElement[bool]:
    """Say which mails may leave at this moment."""
    return and_(
        col(Message.state) == MessageState.QUEUED,
        col(Message.due_at) <= at,
        or_(col(Message.leased_until).is_(None), col(Message.leased_until) <= at),
    )


def has_due(session: Session, at: datetime) -> bool:
    """Say whether any mail waits."""
    return session.exec(select(Message.id).where(is_due(at)).limit(1)).first() is not None


def find_message(session: Session, key: str) -> Message | None:
    """Return the mail of a key."""
    return session.exec(select(Message).where(Message.key == key)).first()


def get_message(session: Session, message_id: int) -> Message:
    """Return a mail."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    return message


def list_messages(
    session: Session, *, states: Sequence[str] = (), words: str = "", limit: int = 50, offset: int = 0
) -> list[Message]:
    """Return mails, newest first."""
    chosen = select(Message).order_by(col(Message.id).desc()).limit(limit).offset(offset)
    if states:
        chosen = chosen.where(col(Message.state).in_(states))
    if words:
        said = "%" + words.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        chosen = chosen.where(
            col(Message.to_address).ilike(said, escape="!") | col(Message.subject).ilike(said, escape="!")
        )
    return list(session.exec(chosen))


def count_states(session: Session) -> dict[str, int]:
    """Count the mails in each state."""
    counted = select(Message.state, func.count()).group_by(col(Message.state))
    return dict(session.exec(counted).all())
