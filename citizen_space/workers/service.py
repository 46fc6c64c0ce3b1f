"""What is done about hours: sign in, clock in and out, correct, validate, dispute."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day, local
from citizen_space.kit.db import insert_once, lock, lock_row
from citizen_space.kit.errors import NotFound
from citizen_space.law import queries as law
from citizen_space.staff import rules as staff_rules
from citizen_space.staff import service as staff
from citizen_space.workers import queries, rules
from citizen_space.workers.models import Attendance, Correction, Dispute, DisputeStatus, MonthStatus, Worker
from citizen_space.workers.refusals import (
    AlreadyAnswered,
    AlreadyDisputed,
    HoursImpossible,
    HoursOverlap,
    MonthLocked,
    MonthNotReady,
    NoContract,
)

# -- signing in at a till ---------------------------------------------------------------------------------------------


def begin_sign_in(session: Session, operator_code: str, *, register_id: int, at: datetime) -> staff.Guess:
    """Count a try at a worker's PIN, and hand it over to be judged outside the transaction."""
    worker = queries.find_by_code(session, operator_code)
    counted = staff_rules.limits(who=f"worker:{operator_code.strip().upper()[:12]}", device=f"register:{register_id}")
    staff.reserve_try(session, counted, at=at)
    return staff.Guess(worker.id if worker else None, worker.pin_hash if worker else None, counted)


def finish_sign_in(session: Session, guess: staff.Guess, *, right: bool) -> Worker | None:
    """Let the worker in, or nobody."""
    worker = session.get(Worker, guess.subject_id) if guess.subject_id is not None else None
    if worker is None or not right or not worker.active:
        return None
    staff.forgive_tries(session, guess.limits)
    return worker


def actor_of(worker: Worker) -> Actor:
    """Name a worker as paper and sealed rows do: by operator code."""
    return Actor(kind="worker", id=worker.id, code=worker.operator_code)


# -- attendance -------------------------------------------------------------------------------------------------------


def clock_in(
    session: Session, worker_id: int, *, post_id: int | None = None, register_id: int | None = None, at: datetime
) -> Attendance:
    """Start work; who is at work already stays so, and a forgotten end of before is left to staff."""
    lock(session, f"worker:{worker_id}")
    current = queries.find_open(session, worker_id)
    if current is not None and not _is_stale(session, current, at):
        return current
    if current is not None:
        _flag(session, current)
    fresh = Attendance(
        worker_id=worker_id,
        post_id=post_id if post_id is not None else _post_now(session, worker_id, at),
        on=business_day(at),
        clocked_in_at=at,
        register_id=register_id,
    )
    if insert_once(session, fresh):
        return fresh
    twin = queries.find_open(session, worker_id)
    assert twin is not None, "an open attendance refused a second one"
    return twin


def clock_out(session: Session, worker_id: int, *, at: datetime) -> Attendance | None:
    """End work; an end that was forgotten is flagged for staff, never guessed."""
    lock(session, f"worker:{worker_id}")
    current = queries.find_open(session, worker_id)
    if current is None:
        return None
    if _is_forgotten(session, current, at):
        return _flag(session, current)
    current.clocked_out_at = max(at, current.clocked_in_at)
    session.add(current)
    return current


def flag_forgotten(session: Session, at: datetime) -> list[Attendance]:
    """Flag the attendances that nobody has ended in the longest time anybody may be here."""
    return [_flag(session, each) for each in queries.list_open(session) if _is_forgotten(session, each, at)]


def _is_forgotten(session: Session, attendance: Attendance, at: datetime) -> bool:
    rest = law.get_int(session, "daily_rest_h", business_day(at))
    return rules.is_forgotten(attendance.clocked_in_at, at, daily_rest_h=rest)


def _is_stale(session: Session, attendance: Attendance, at: datetime) -> bool:
    """Coming to work on another day means that yesterday's end was forgotten."""
    return attendance.on != business_day(at) or _is_forgotten(session, attendance, at)


def _flag(session: Session, attendance: Attendance) -> Attendance:
    attendance.flagged = True
    session.add(attendance)
    session.flush()
    return attendance


def _post_now(session: Session, worker_id: int, at: datetime) -> int:
    """Take the post of the shift that is on or near, else that of the contract."""
    near = timedelta(hours=1)
    shifts = queries.list_shifts_of(session, worker_id, starts_at=at - near, ends_at=at + near)
    if shifts:
        return shifts[0].post_id
    contracts = queries.list_contracts_on(session, worker_id, business_day(at))
    if not contracts:
        raise NoContract
    return contracts[0][0].post_id


def add_attendance(
    session: Session,
    *,
    worker_id: int,
    post_id: int,
    clocked_in_at: datetime,
    clocked_out_at: datetime,
    reason: str,
    why: str,
    actor: Actor,
    at: datetime,
) -> Attendance:
    """Write down hours that nobody clocked, with the reason."""
    check_unlocked(session, worker_id, business_day(clocked_in_at))
    _check_hours(session, worker_id, clocked_in_at, clocked_out_at, but_id=None, at=at)
    fresh = Attendance(
        worker_id=worker_id,
        post_id=post_id,
        on=business_day(clocked_in_at),
        clocked_in_at=clocked_in_at,
        clocked_out_at=clocked_out_at,
        reason=reason,
    )
    session.add(fresh)
    session.flush()
    _write_correction(session, fresh, before="", why=why, actor=actor, at=at)
    return fresh


def correct(
    session: Session,
    attendance_id: int,
    *,
    clocked_in_at: datetime,
    clocked_out_at: datetime,
    reason: str,
    why: str,
    actor: Actor,
    at: datetime,
) -> Attendance:
    """Put an attendance right; what it was stays written, and both validations are asked again."""
    attendance = _lock_attendances(session, [attendance_id])[0]
    _check_hours(session, attendance.worker_id, clocked_in_at, clocked_out_at, but_id=attendance_id, at=at)
    for on in {attendance.on, business_day(clocked_in_at)}:
        check_unlocked(session, attendance.worker_id, on)
    before = _in_words(attendance)
    attendance.clocked_in_at, attendance.clocked_out_at = clocked_in_at, clocked_out_at
    attendance.on, attendance.reason, attendance.flagged = business_day(clocked_in_at), reason, False
    attendance.validated_by_1, attendance.validated_by_2 = None, None
    session.add(attendance)
    _write_correction(session, attendance, before=before, why=why, actor=actor, at=at)
    return attendance


def _lock_attendances(session: Session, attendance_ids: Sequence[int]) -> list[Attendance]:
    """Lock some lines: first their workers, all at once, as whoever clocks in or out does; then the lines."""
    found = [queries.get_attendance(session, attendance_id) for attendance_id in sorted(set(attendance_ids))]
    lock(session, *(f"worker:{each.worker_id}" for each in found))
    return [lock_row(session, Attendance, each.id) for each in found]


def _check_hours(
    session: Session, worker_id: int, starts_at: datetime, ends_at: datetime, *, but_id: int | None, at: datetime
) -> None:
    if ends_at <= starts_at or ends_at > at:
        raise HoursImpossible("ends")
    if queries.list_overlapping(session, worker_id, starts_at=starts_at, ends_at=ends_at, but_id=but_id):
        raise HoursOverlap("starts")


def check_unlocked(session: Session, worker_id: int, on: date) -> None:
    """Refuse to touch a month that is locked, and keep it from being locked meanwhile."""
    lock(session, f"worker:{worker_id}")
    month = queries.find_month(session, worker_id, on.replace(day=1))
    if month is not None and month.status == MonthStatus.LOCKED:
        raise MonthLocked


def _in_words(attendance: Attendance) -> str:
    end = attendance.clocked_out_at
    facts = {
        "in": local(attendance.clocked_in_at).isoformat(timespec="minutes"),
        "out": local(end).isoformat(timespec="minutes") if end else None,
        "reason": str(attendance.reason),
    }
    return json.dumps(facts, sort_keys=True)


def _write_correction(
    session: Session, attendance: Attendance, *, before: str, why: str, actor: Actor, at: datetime
) -> None:
    assert attendance.id is not None
    after = _in_words(attendance)
    session.add(
        Correction(
            attendance_id=attendance.id, at=at, actor_code=actor.code, before=before, after=after, why=why.strip()
        )
    )


def validate(session: Session, attendance_ids: Sequence[int], *, account_id: int, at: datetime) -> list[Attendance]:
    """Say that hours are right: once by one person, once by another; who was first is not asked twice."""
    seen: list[Attendance] = []
    for attendance in _lock_attendances(session, attendance_ids):
        check_unlocked(session, attendance.worker_id, attendance.on)
        if attendance.clocked_out_at is None:
            raise MonthNotReady
        if attendance.validated_by_1 is None:
            attendance.validated_by_1 = account_id
        elif attendance.validated_by_2 is None and attendance.validated_by_1 != account_id:
            attendance.validated_by_2 = account_id
        session.add(attendance)
        seen.append(attendance)
    return seen


# -- disputes ---------------------------------------------------------------------------------------------------------


def dispute(session: Session, attendance_id: int, *, worker_id: int, says: str, at: datetime) -> Dispute:
    """Let a worker say that a line of their own is wrong."""
    attendance = queries.get_attendance(session, attendance_id)
    if attendance.worker_id != worker_id:
        raise NotFound
    check_unlocked(session, worker_id, attendance.on)
    fresh = Dispute(attendance_id=attendance_id, worker_id=worker_id, says=says.strip(), opened_at=at)
    if not insert_once(session, fresh):
        raise AlreadyDisputed
    return fresh


def answer(session: Session, dispute_id: int, *, text: str, actor: Actor, at: datetime) -> Dispute:
    """Answer a worker; an answer that was given stands."""
    asked = lock_row(session, Dispute, dispute_id)
    if asked.status == DisputeStatus.ANSWERED:
        if asked.answer != text.strip():
            raise AlreadyAnswered
        return asked
    asked.status, asked.answer = DisputeStatus.ANSWERED, text.strip()
    asked.answered_at, asked.answered_by = at, actor.code
    session.add(asked)
    return asked
