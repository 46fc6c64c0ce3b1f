"""What is done about a worker's month: added up, prepared by one person, locked by another, posted to the books."""

from datetime import date, datetime

from sqlmodel import Session

from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import lock_row
from citizen_space.ledger import entries
from citizen_space.staff import service as staff
from citizen_space.workers import queries, rules, service
from citizen_space.workers.models import MonthStatus, WorkMonth
from citizen_space.workers.refusals import MonthNotReady, SecondPersonNeeded

# -- months -----------------------------------------------------------------------------------------------------------


def month_statement(session: Session, worker_id: int, first_on: date, at: datetime) -> rules.Statement:
    """Add up a worker's month; once it is locked, say what was locked."""
    month = queries.find_month(session, worker_id, first_on)
    if month is not None and month.status == MonthStatus.LOCKED:
        return rules.read_statement(month.content)
    worked = queries.list_worked(session, worker_id, first_on)
    rates = queries.list_rates(session, min(rules.last_of_month(first_on), business_day(at)))
    return rules.make_statement(worker_id, first_on, worked, rates)


def prepare_month(session: Session, worker_id: int, first_on: date, *, account_id: int, at: datetime) -> WorkMonth:
    """Say that a worker's month is complete; another person locks it."""
    statement = _ready_statement(session, worker_id, first_on, at)
    month = queries.find_month(session, worker_id, first_on) or WorkMonth(
        worker_id=worker_id,
        first_on=first_on,
        minutes=0,
        gross_cents=0,
        content="",
        prepared_by=account_id,
        prepared_at=at,
    )
    month.minutes, month.gross_cents = statement.minutes, statement.gross_cents
    month.content = rules.write_statement(statement)
    month.prepared_by, month.prepared_at = account_id, at
    session.add(month)
    session.flush()
    return month


def lock_month(
    session: Session, worker_id: int, first_on: date, *, account_id: int, actor: Actor, at: datetime
) -> WorkMonth:
    """Close a worker's month for good and post what is earned."""
    statement = _ready_statement(session, worker_id, first_on, at)
    prepared = queries.find_month(session, worker_id, first_on)
    if prepared is None or prepared.content != rules.write_statement(statement):
        raise MonthNotReady
    month = lock_row(session, WorkMonth, prepared.id)
    if month.prepared_by == account_id:
        raise SecondPersonNeeded
    month.status, month.locked_by, month.locked_at = MonthStatus.LOCKED, account_id, at
    month.entry_id = _post_wages(session, month, statement, at)
    session.add(month)
    subject = f"month:{worker_id}:{rules.write_month(first_on)}"
    staff.record(session, actor, "month_locked", subject, {"gross_cents": statement.gross_cents}, at)
    return month


def _ready_statement(session: Session, worker_id: int, first_on: date, at: datetime) -> rules.Statement:
    service.check_unlocked(session, worker_id, first_on)
    statement = month_statement(session, worker_id, first_on, at)
    if not statement.is_ready or rules.last_of_month(first_on) >= business_day(at):
        raise MonthNotReady
    return statement


def _post_wages(session: Session, month: WorkMonth, statement: rules.Statement, at: datetime) -> int | None:
    """Post what each room owes for the month; the books know an operator code and no name."""
    code = queries.get_worker(session, month.worker_id).operator_code
    posted = [
        entries.wages(
            session,
            source=f"wages:{month.id}:{room}",
            gross_cents=cents,
            on=business_day(at),
            at=at,
            label=f"Travail {rules.write_month(month.first_on)} {code}",
            room=room,
        )
        for room, cents in statement.rooms
        if cents
    ]
    return posted[0].id if posted else None
