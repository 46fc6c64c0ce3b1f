"""How workers, their posts, their rota and their hours are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from citizen_space.kit.errors import NotFound
from citizen_space.law import queries as law
from citizen_space.law.rules import effective
from citizen_space.workers import rules
from citizen_space.workers.models import (
    Attendance,
    Contract,
    Correction,
    Dispute,
    DisputeStatus,
    Post,
    Shift,
    Worker,
    WorkMonth,
)


@dataclass(frozen=True)
class Presence:
    """An attendance with whose it is and what is said about it."""

    attendance: Attendance
    worker: Worker
    post: Post
    dispute: Dispute | None
    corrections: tuple[Correction, ...] = ()


# -- people -----------------------------------------------------------------------------------------------------------


def find_by_code(session: Session, operator_code: str) -> Worker | None:
    """Find a worker at work here by operator code."""
    wanted = select(Worker).where(Worker.operator_code == operator_code.strip().upper(), col(Worker.active))
    return session.exec(wanted).first()


def get_worker(session: Session, worker_id: int) -> Worker:
    """Get a worker."""
    found = session.get(Worker, worker_id)
    if found is None:
        raise NotFound
    return found


def list_workers(session: Session, *, active_only: bool = False) -> Sequence[Worker]:
    """List the workers by operator code."""
    wanted = select(Worker).order_by(col(Worker.active).desc(), col(Worker.operator_code))
    return session.exec(wanted.where(col(Worker.active)) if active_only else wanted).all()


def list_codes(session: Session, *, room: str | None, on: date) -> Sequence[str]:
    """List the operator codes whose contract holds on a day, those of a room when one is named; no names."""
    wanted = (
        select(Worker.operator_code)
        .join(Contract, col(Contract.worker_id) == col(Worker.id))
        .join(Post, col(Post.id) == col(Contract.post_id))
        .where(col(Worker.active), _holds_on(on))
    )
    if room is not None:
        wanted = wanted.where(Post.room == room)
    return session.exec(wanted.distinct().order_by(col(Worker.operator_code))).all()


# -- posts and contracts ----------------------------------------------------------------------------------------------


def _holds_on(on: date) -> ColumnElement[bool]:
    return (col(Contract.starts_on) <= on) & (col(Contract.ends_on).is_(None) | (col(Contract.ends_on) >= on))


def list_posts(session: Session) -> Sequence[Post]:
    """List the posts by room."""
    return session.exec(select(Post).order_by(col(Post.room), col(Post.name_fr))).all()


def get_post(session: Session, post_id: int) -> Post:
    """Get a post."""
    found = session.get(Post, post_id)
    if found is None:
        raise NotFound
    return found


def list_contracts(session: Session, worker_id: int | None = None) -> Sequence[tuple[Contract, Post]]:
    """List contracts with their posts, the latest first."""
    wanted = select(Contract, Post).join(Post, col(Post.id) == col(Contract.post_id))
    if worker_id is not None:
        wanted = wanted.where(Contract.worker_id == worker_id)
    return session.exec(wanted.order_by(col(Contract.starts_on).desc(), col(Contract.id).desc())).all()


def list_contracts_on(session: Session, worker_id: int, on: date) -> Sequence[tuple[Contract, Post]]:
    """List the contracts that hold on a day, the latest first."""
    wanted = select(Contract, Post).join(Post, col(Post.id) == col(Contract.post_id))
    wanted = wanted.where(Contract.worker_id == worker_id, _holds_on(on))
    return session.exec(wanted.order_by(col(Contract.starts_on).desc(), col(Contract.id).desc())).all()


def get_floor_cents(session: Session, regime: str, on: date) -> int:
    """Get the lowest hourly pay of a regime on a day."""
    smic_cents = law.get_cents(session, "smic_h", on)
    return rules.floor_cents(smic_cents, law.get_bp(session, rules.floor_key(regime), on))


# -- rota -------------------------------------------------------------------------------------------------------------


def list_shifts(session: Session, *, starts_at: datetime, ends_at: datetime) -> Sequence[tuple[Shift, Worker, Post]]:
    """List what is planned in a time."""
    wanted = (
        select(Shift, Worker, Post)
        .join(Worker, col(Worker.id) == col(Shift.worker_id))
        .join(Post, col(Post.id) == col(Shift.post_id))
        .where(Shift.starts_at < ends_at, Shift.ends_at > starts_at)
    )
    return session.exec(wanted.order_by(col(Shift.starts_at), col(Worker.operator_code))).all()


def list_shifts_of(session: Session, worker_id: int, *, starts_at: datetime, ends_at: datetime) -> Sequence[Shift]:
    """List what is planned for one worker in a time."""
    wanted = select(Shift).where(Shift.worker_id == worker_id, Shift.starts_at < ends_at, Shift.ends_at > starts_at)
    return session.exec(wanted.order_by(col(Shift.starts_at))).all()


# -- attendance -------------------------------------------------------------------------------------------------------


def find_open(session: Session, worker_id: int) -> Attendance | None:
    """Find where a worker is at work now."""
    wanted = select(Attendance).where(
        Attendance.worker_id == worker_id, col(Attendance.clocked_out_at).is_(None), ~col(Attendance.flagged)
    )
    return session.exec(wanted).first()


def list_open(session: Session) -> Sequence[Attendance]:
    """List who is at work now."""
    wanted = select(Attendance).where(col(Attendance.clocked_out_at).is_(None), ~col(Attendance.flagged))
    return session.exec(wanted).all()


def list_overlapping(
    session: Session, worker_id: int, *, starts_at: datetime, ends_at: datetime, but_id: int | None
) -> Sequence[Attendance]:
    """List a worker's other attendances that share time with a stretch."""
    wanted = select(Attendance).where(
        Attendance.worker_id == worker_id,
        Attendance.id != but_id,
        Attendance.clocked_in_at < ends_at,
        or_(col(Attendance.clocked_out_at).is_(None), col(Attendance.clocked_out_at) > starts_at),
        ~col(Attendance.flagged),
    )
    return session.exec(wanted).all()


def list_presences(session: Session, *, first_on: date, last_on: date, worker_id: int | None = None) -> list[Presence]:
    """List the attendances of some days with all that is said about them: three statements, however many."""
    wanted = (
        select(Attendance, Worker, Post)
        .join(Worker, col(Worker.id) == col(Attendance.worker_id))
        .join(Post, col(Post.id) == col(Attendance.post_id))
        .where(col(Attendance.on) >= first_on, col(Attendance.on) <= last_on)
    )
    if worker_id is not None:
        wanted = wanted.where(Attendance.worker_id == worker_id)
    return _told(session, session.exec(wanted.order_by(col(Attendance.on), col(Attendance.clocked_in_at))).all())


def list_flagged(session: Session) -> list[Presence]:
    """List the attendances whose end was forgotten and nobody has written down."""
    wanted = (
        select(Attendance, Worker, Post)
        .join(Worker, col(Worker.id) == col(Attendance.worker_id))
        .join(Post, col(Post.id) == col(Attendance.post_id))
        .where(col(Attendance.flagged), col(Attendance.clocked_out_at).is_(None))
    )
    return _told(session, session.exec(wanted.order_by(col(Attendance.clocked_in_at))).all())


def _told(session: Session, rows: Sequence[tuple[Attendance, Worker, Post]]) -> list[Presence]:
    if not rows:
        return []
    ids = [attendance.id for attendance, _worker, _post in rows]
    disputes = session.exec(select(Dispute).where(col(Dispute.attendance_id).in_(ids)).order_by(col(Dispute.id))).all()
    corrections = session.exec(
        select(Correction).where(col(Correction.attendance_id).in_(ids)).order_by(col(Correction.id))
    ).all()
    last = {dispute.attendance_id: dispute for dispute in disputes}
    return [
        Presence(
            attendance,
            worker,
            post,
            last.get(attendance.id or 0),
            tuple(each for each in corrections if each.attendance_id == attendance.id),
        )
        for attendance, worker, post in rows
    ]


def get_attendance(session: Session, attendance_id: int) -> Attendance:
    """Get an attendance."""
    found = session.get(Attendance, attendance_id)
    if found is None:
        raise NotFound
    return found


def list_open_disputes(session: Session) -> Sequence[tuple[Dispute, Attendance, Worker]]:
    """List what workers say is wrong and nobody has answered."""
    wanted = (
        select(Dispute, Attendance, Worker)
        .join(Attendance, col(Attendance.id) == col(Dispute.attendance_id))
        .join(Worker, col(Worker.id) == col(Dispute.worker_id))
        .where(Dispute.status == DisputeStatus.OPEN)
    )
    return session.exec(wanted.order_by(col(Dispute.id))).all()


# -- months -----------------------------------------------------------------------------------------------------------


def find_month(session: Session, worker_id: int, first_on: date) -> WorkMonth | None:
    """Find a worker's month, once somebody has prepared it."""
    wanted = select(WorkMonth).where(WorkMonth.worker_id == worker_id, col(WorkMonth.first_on) == first_on)
    return session.exec(wanted).first()


def list_months(session: Session, first_on: date) -> Sequence[WorkMonth]:
    """List the workers' months that somebody has prepared."""
    return session.exec(select(WorkMonth).where(col(WorkMonth.first_on) == first_on)).all()


def list_rates(session: Session, on: date) -> list[rules.Rate]:
    """List the contributions as the law's table has them on a day, with how sure we are of each."""
    found: list[rules.Rate] = []
    for key, label in rules.WITHHELD:
        history = law.list_history(session, key)
        value = effective((law.value_of(row) for row in history), on)
        if value is not None and value.value:
            confirmed = next(row.confirmed for row in history if row.id == value.id)
            found.append(rules.Rate(key, label, law.get_bp(session, key, on), confirmed))
    return found


def list_worked(session: Session, worker_id: int, first_on: date) -> list[rules.Worked]:
    """List a month's attendances as they count for pay, at the contract's rate or the law's floor of the day."""
    presences = list_presences(session, first_on=first_on, last_on=rules.last_of_month(first_on), worker_id=worker_id)
    contracts = list_contracts(session, worker_id)
    return [_worked(session, each, contracts) for each in presences]


def _worked(session: Session, presence: Presence, contracts: Sequence[tuple[Contract, Post]]) -> rules.Worked:
    attendance, post = presence.attendance, presence.post
    assert attendance.id is not None
    out = attendance.clocked_out_at
    return rules.Worked(
        attendance_id=attendance.id,
        on=attendance.on,
        clocked_in_at=attendance.clocked_in_at,
        clocked_out_at=out,
        minutes=rules.minutes_between(attendance.clocked_in_at, out) if out else 0,
        rate_cents=_rate_cents(session, attendance, post, contracts),
        regime=post.regime,
        reason=attendance.reason,
        post=post.name_fr,
        room=post.room,
        flagged=attendance.flagged,
        validations=sum(each is not None for each in (attendance.validated_by_1, attendance.validated_by_2)),
        disputed=presence.dispute is not None and presence.dispute.status == DisputeStatus.OPEN,
    )


def _rate_cents(
    session: Session, attendance: Attendance, post: Post, contracts: Sequence[tuple[Contract, Post]]
) -> int:
    agreed = [
        contract.hourly_rate_cents
        for contract, _post in contracts
        if contract.post_id == attendance.post_id
        and contract.starts_on <= attendance.on
        and (contract.ends_on is None or contract.ends_on >= attendance.on)
    ]
    # The floor may have risen since the contract was signed: the law pays then.
    return max([get_floor_cents(session, post.regime, attendance.on), *agreed[:1]])
