"""How drawer sessions are found, and the sealed rows they are made of."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from citizen_space.cash.models import DrawerSession, DrawerStatus, Movement
from citizen_space.cash.rules import Moved, Report, report
from citizen_space.fiscal.models import FiscalRow
from citizen_space.fiscal.rules import ACTIVE, MONEY
from citizen_space.kit.db import find_by, get_by_id
from citizen_space.kit.statements import Statement


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
