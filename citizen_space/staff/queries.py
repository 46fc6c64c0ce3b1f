"""How staff accounts and their audit are found."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from citizen_space.kit.errors import NotFound
from citizen_space.staff.models import StaffAccount, StaffAudit

PAGE = 50


def find_by_login(session: Session, login: str) -> StaffAccount | None:
    """Find an active account by what its owner types."""
    wanted = select(StaffAccount).where(StaffAccount.login == login.strip().lower(), col(StaffAccount.active))
    return session.exec(wanted).first()


def find_by_number(session: Session, number: str) -> StaffAccount | None:
    """Find an active account by the two digits its operator code ends with."""
    wanted = select(StaffAccount).where(
        col(StaffAccount.operator_code).endswith(number, autoescape=True),
        col(StaffAccount.active),
        col(StaffAccount.pin_hash).is_not(None),
    )
    return session.exec(wanted.order_by(col(StaffAccount.id))).first()


def get_account(session: Session, account_id: int) -> StaffAccount:
    """Get an account."""
    found = session.get(StaffAccount, account_id)
    if found is None:
        raise NotFound
    return found


def list_accounts(session: Session) -> Sequence[StaffAccount]:
    """List every account, those in use first."""
    return session.exec(select(StaffAccount).order_by(col(StaffAccount.active).desc(), col(StaffAccount.name))).all()


def list_audit(
    session: Session, *, before_id: int | None = None, words: str = "", acts: Collection[str] = ()
) -> Sequence[StaffAudit]:
    """List what was done, the latest first, a page at a time; found by words, or by the acts that they name."""
    wanted = select(StaffAudit).order_by(col(StaffAudit.id).desc()).limit(PAGE)
    if before_id is not None:
        wanted = wanted.where(col(StaffAudit.id) < before_id)
    if words:
        like = f"%{words}%"
        wanted = wanted.where(
            col(StaffAudit.act).ilike(like)
            | col(StaffAudit.act).in_(acts)
            | col(StaffAudit.subject).ilike(like)
            | col(StaffAudit.actor_code).ilike(like)
        )
    return session.exec(wanted).all()
