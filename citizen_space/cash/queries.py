"""How drawer sessions are found, and the sealed rows they are made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from citizen_space.cash.models import DrawerSession, DrawerStatus, Movement
from citizen_space.cash.rules import Carried, Moved, Report, report
from citizen_space.fiscal.models import FiscalRegister, FiscalRow
from citizen_space.fiscal.rules import ACTIVE, MONEY
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import find_by, get_by_id
from citizen_space.kit.statements import Statement
from citizen_space.orders import queries as orders
from citizen_space.orders.models import Order, OrderKind, OrderStatus
from citizen_space.printing.models import JobState, Printer, PrintJob


def find_open_session(session: Session, register_id: int) -> DrawerSession | None:
    """Find the session that is open on a register."""
    return session.exec(
        select(DrawerSession).where(DrawerSession.register_id == register_id, DrawerSession.status == DrawerStatus.OPEN)
    ).first()


def get_drawer_session(session: Session, drawer_session_id: int) -> DrawerSession:
    """Return a session. Raises NotFound."""
    return get_by_id(session, DrawerSession, drawer_session_id)


def list_open_sessions(session: Session) -> dict[int, DrawerSession]:
    """List the open sessions by register."""
    rows = session.exec(select(DrawerSession).where(DrawerSession.status == DrawerStatus.OPEN))
    return {drawer.register_id: drawer for drawer in rows}


def list_drawer_sessions(session: Session, limit: int = 50) -> Sequence[DrawerSession]:
    """List sessions, the newest first."""
    return session.exec(select(DrawerSession).order_by(col(DrawerSession.id).desc()).limit(limit)).all()


def lock_open_id(session: Session, register_id: int) -> int | None:
    """Find the id of the session that is open on a register, locked with whoever else sells in it."""
    open_id: int | None = _HELD_OPEN.value(session, register_id=register_id)
    return open_id


# Asked by every sale: built once.
_HELD_OPEN = Statement(
    select(DrawerSession.id)
    .where(DrawerSession.register_id == bindparam("register_id"), DrawerSession.status == DrawerStatus.OPEN)
    .with_for_update(read=True)
)


def find_movement(session: Session, submission: str) -> Movement | None:
    """Find the movement that one submission of a form made."""
    return find_by(session, Movement, "submission", submission)


def list_movements(session: Session, drawer_session_id: int) -> Sequence[Movement]:
    """List the movements of a session."""
    return session.exec(
        select(Movement).where(Movement.drawer_session_id == drawer_session_id).order_by(col(Movement.id))
    ).all()


def read_report(session: Session, drawer: DrawerSession) -> Report:
    """Add a session up: the one computation behind X and Z."""
    assert drawer.id is not None
    moved = [Moved(m.kind, m.amount_cents, m.reason, m.at) for m in list_movements(session, drawer.id)]
    return report(drawer.float_cents, _sealed_rows(session, drawer), moved)


@dataclass(frozen=True)
class LeftOpen:
    """What is not finished on a till: bills that nobody has paid, papers that have not come out."""

    bills: Sequence[Carried]
    papers: Sequence[PrintJob]


def list_left_open(session: Session, drawer: DrawerSession) -> LeftOpen:
    """List what a close of this session would leave open."""
    found = session.exec(
        select(Order)
        .where(Order.register_id == drawer.register_id, Order.status == OrderStatus.OPEN, Order.kind == OrderKind.SALE)
        .order_by(col(Order.id))
    ).all()
    owed = orders.totals_of(session, [order.id for order in found if order.id is not None]) if found else {}
    bills = [
        Carried(order.reference, order.label, owed[order.id or 0])
        for order in found
        # A table where nobody has ordered yet is taken all the same; a sale given up at the counter is nothing.
        if owed[order.id or 0] or order.covers is not None
    ]
    return LeftOpen(bills, _list_unprinted(session, drawer))


def _list_unprinted(session: Session, drawer: DrawerSession) -> Sequence[PrintJob]:
    waiting = (JobState.QUEUED, JobState.SENDING, JobState.UNKNOWN, JobState.FAILED)
    return session.exec(
        select(PrintJob)
        .join(Printer, col(Printer.id) == col(PrintJob.printer_id))
        .join(FiscalRegister, col(FiscalRegister.code) == col(Printer.code))
        .where(FiscalRegister.id == drawer.register_id, col(PrintJob.state).in_(waiting))
        .where(col(PrintJob.created_at) >= drawer.opened_at)
        .order_by(col(PrintJob.id))
    ).all()


def list_closed_on(session: Session, on: date) -> set[int]:
    """The registers of which a session was closed on a business day already: opening one again says why."""
    rows = session.exec(
        select(DrawerSession.register_id, DrawerSession.closed_at)
        .where(col(DrawerSession.closed_at).is_not(None))
        .order_by(col(DrawerSession.id).desc())
        .limit(200)
    ).all()
    return {register_id for register_id, closed_at in rows if closed_at is not None and business_day(closed_at) == on}


def _sealed_rows(session: Session, drawer: DrawerSession) -> list[tuple[str, int, Mapping[str, Any]]]:
    statement = (
        select(FiscalRow.kind, FiscalRow.gross_cents, FiscalRow.content)
        .where(FiscalRow.register_id == drawer.register_id, FiscalRow.number > drawer.opening_number)
        .where(col(FiscalRow.kind).in_(sorted(ACTIVE)))
        .order_by(col(FiscalRow.number))
    )
    if drawer.z_row_id is not None:
        last = select(FiscalRow.number).where(FiscalRow.id == drawer.z_row_id).scalar_subquery()
        statement = statement.where(col(FiscalRow.number) < last)
    return [
        (kind, gross_cents, json.loads(text)["content"] if kind in MONEY else {})
        for kind, gross_cents, text in session.exec(statement)
    ]
