"""What is done with mails: queued with the act they tell of, sent after its commit."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlmodel import Session, col, select

from citizen_space.kit.clock import business_day
from citizen_space.kit.db import insert_once, lock_row
from citizen_space.kit.ids import new_secret
from citizen_space.law import queries as law
from citizen_space.outbox import queries, rules
from citizen_space.outbox.models import Message, MessageKind, MessageState
from citizen_space.outbox.rules import Attachment, Letter, Mail, Written

__all__ = ["Attachment", "Letter", "queue_letter", "queue_mail", "render_mail", "resend", "write_letter"]

Writes = Callable[[Session, Message, Mapping[str, Any]], Letter]
"""How a package says one of its letters: from the session, the message and what it is about."""
Letters = Mapping[str, Writes]


class Renders(Protocol):
    """The templates of the house."""

    def get(self, name: str, language: str) -> Any:
        """Return a compiled template."""
        ...


def render_mail(templates: Renders, name: str, language: str, /, **context: Any) -> tuple[str, str, str]:
    """Render subject, text and HTML of `<package>/mail/<name>`: its .html (whose block `subject_line` is the subject)
    and its .txt."""
    page = templates.get(f"{name}.html", language)
    drawn = page.new_context({**context, "language": language})
    subject = "".join(page.blocks["subject_line"](drawn))
    text = templates.get(f"{name}.txt", language).render({**context, "language": language})
    return rules.plain(subject), text.strip() + "\n", page.render({**context, "language": language})


def queue_mail(
    session: Session,
    *,
    key: str,
    to_address: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Attachment] = (),
    at: datetime,
    due_at: datetime | None = None,
) -> Message:
    """Queue a mail; the same key again returns the one that is there."""
    made = Message(
        kind=MessageKind.MAIL,
        key=key,
        to_address=rules.check_address(to_address),
        language=language,
        subject=rules.one_line(subject),
        text=text,
        html=html,
        attachments=rules.pack(attachments),
        created_at=at,
        due_at=due_at or at,
    )
    if insert_once(session, made):
        return made
    found = queries.find_message(session, key)
    assert found is not None
    return found


def queue_letter(
    session: Session,
    letter: str,
    *,
    key: str,
    to_address: str,
    language: str,
    about: Mapping[str, int | str],
    at: datetime,
) -> None:
    """Queue one of the house's letters, to be written when it leaves; the same key again changes nothing."""
    queued = Message(
        kind=MessageKind.MAIL,
        key=key,
        to_address=rules.check_address(to_address),
        language=language,
        letter=letter,
        about=json.dumps(about),
        created_at=at,
        due_at=at,
    )
    insert_once(session, queued)


def write_letter(session: Session, message: Message, *, templates: Renders, letters: Letters) -> Written:
    """Put a queued letter into words, the particulars of the house included. Only reads."""
    letter = letters[message.letter](session, message, json.loads(message.about))
    house = law.find_house(session, business_day(message.created_at))
    words = render_mail(templates, letter.template, message.language, **house, **letter.facts)
    return Written(*words, letter.attachments)


def put_words(message: Message, written: Written) -> None:
    """Put the words into a message."""
    message.subject, message.text, message.html = written.subject, written.text, written.html
    message.attachments = rules.pack(written.attachments)


def keep_words(session: Session, message_id: int, written: Written) -> None:
    """Keep what a letter says: staff read it as it left, and another try sends the same."""
    message = lock_row(session, Message, message_id)
    put_words(message, written)
    session.add(message)


def lease_due(session: Session, at: datetime, limit: int = rules.BATCH) -> list[Message]:
    """Take some mails that are due, under a lease: another process takes others."""
    due = select(Message).where(queries.is_due(at)).order_by(col(Message.due_at), col(Message.id)).limit(limit)
    messages = list(session.exec(due.with_for_update(skip_locked=True)))
    for message in messages:
        message.lease, message.leased_until = new_secret(), at + rules.LEASE
        message.attempts += 1
        session.add(message)
    session.flush()
    return messages


def mail_of(message: Message, domain: str) -> Mail:
    """Return a stored mail as the gateway sends it."""
    return Mail(
        rules.message_id(message.key, domain),
        message.to_address,
        message.language,
        message.subject,
        message.text,
        message.html,
        rules.unpack(message.attachments),
        message.created_at,
    )


def mark_sent(session: Session, message_id: int, *, at: datetime) -> None:
    """Note that a mail has left, whoever holds the lease by now."""
    message = lock_row(session, Message, message_id)
    message.state, message.sent_at, message.last_error = MessageState.SENT, at, ""
    message.lease, message.leased_until = None, None
    session.add(message)


def mark_delayed(session: Session, message_id: int, *, lease: str | None, error: str, at: datetime) -> None:
    """Note that a mail has not left, and when it will be tried again."""
    message = lock_row(session, Message, message_id)
    if message.lease != lease:
        return
    again_at = rules.next_try(message.created_at, message.attempts, at)
    message.last_error = error[:500]
    message.lease, message.leased_until = None, None
    if again_at is None:
        message.state = MessageState.FAILED
    else:
        message.due_at = again_at
    session.add(message)


def mark_failed(session: Session, message_id: int, *, lease: str | None, error: str) -> None:
    """Note that the mail server will never take this mail."""
    message = lock_row(session, Message, message_id)
    if message.lease != lease:
        return
    message.state, message.last_error = MessageState.FAILED, error[:500]
    message.lease, message.leased_until = None, None
    session.add(message)


def give_back(session: Session, message_ids: Sequence[int], *, at: datetime, error: str) -> None:
    """Let go of mails that were not tried because nobody answered: that is no attempt of theirs."""
    for message_id in message_ids:
        message = lock_row(session, Message, message_id)
        if message.state == MessageState.QUEUED:
            message.attempts = max(0, message.attempts - 1)
            message.due_at, message.last_error = at + timedelta(minutes=1), error[:500]
            message.lease, message.leased_until = None, None
            session.add(message)


def resend(session: Session, message_id: int, *, key: str, at: datetime) -> Message:
    """Send a mail again because a person asks: a failed one as itself, one that has left as a new one."""
    message = lock_row(session, Message, message_id)
    if message.state == MessageState.FAILED:
        message.state, message.attempts, message.due_at, message.last_error = MessageState.QUEUED, 0, at, ""
        message.created_at = at
        session.add(message)
        session.flush()
        return message
    if message.state == MessageState.QUEUED:
        raise rules.MailNotFailed
    return queue_mail(
        session,
        key=f"{message.key}:again:{key}",
        to_address=message.to_address,
        language=message.language,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=rules.unpack(message.attachments),
        at=at,
    )
