"""How the fiscal record is read."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.fiscal.models import (
    FiscalArchive,
    FiscalClosing,
    FiscalRegister,
    FiscalRow,
    Period,
    RegisterKind,
    RowKind,
)
from citizen_space.fiscal.rules import ACTIVE
from citizen_space.kit.db import find_by, get_by_id
from citizen_space.kit.errors import NotFound


@dataclass(frozen=True)
class RowFilter:
    """What a reader of the record asks for."""

    register_id: int | None = None
    kind: str = ""
    from_on: date | None = None
    to_on: date | None = None
    order_id: int | None = None


def get_register(session: Session, register_id: int) -> FiscalRegister:
    """Return a register."""
    return get_by_id(session, FiscalRegister, register_id)


def find_register(session: Session, code: str) -> FiscalRegister | None:
    """Return the register of a code."""
    return find_by(session, FiscalRegister, "code", code)


def get_register_id(session: Session, code: str) -> int:
    """Return the id of the register of a code, as "WEB"."""
    register = find_by(session, FiscalRegister, "code", code)
    if register is None or register.id is None:
        raise NotFound
    return register.id


def find_online(session: Session) -> FiscalRegister | None:
    """Return the register of what is sold online, which every house has: the machine's own events go there."""
    return session.exec(select(FiscalRegister).where(FiscalRegister.kind == RegisterKind.ONLINE)).first()


def list_registers(session: Session) -> list[FiscalRegister]:
    """Return the registers as they are now."""
    ordered = select(FiscalRegister).order_by(col(FiscalRegister.id)).execution_options(populate_existing=True)
    return list(session.exec(ordered))


def get_row(session: Session, row_id: int) -> FiscalRow:
    """Return a sealed row."""
    return get_by_id(session, FiscalRow, row_id)


def list_rows(session: Session, wanted: RowFilter, *, limit: int, offset: int = 0) -> list[FiscalRow]:
    """Return rows, newest first."""
    chosen = select(FiscalRow).order_by(col(FiscalRow.id).desc()).limit(limit).offset(offset)
    if wanted.register_id is not None:
        chosen = chosen.where(FiscalRow.register_id == wanted.register_id)
    if wanted.kind:
        chosen = chosen.where(FiscalRow.kind == wanted.kind)
    if wanted.from_on:
        chosen = chosen.where(FiscalRow.on >= wanted.from_on)
    if wanted.to_on:
        chosen = chosen.where(FiscalRow.on <= wanted.to_on)
    if wanted.order_id is not None:
        chosen = chosen.where(FiscalRow.order_id == wanted.order_id)
    return list(session.exec(chosen))


def list_day(session: Session, register_id: int, on: date) -> list[tuple[str, int, str]]:
    """Return kind, amount and text of each row of a register's day."""
    of_day = select(FiscalRow.kind, FiscalRow.gross_cents, FiscalRow.content)
    of_day = of_day.where(FiscalRow.register_id == register_id, FiscalRow.on == on)
    return list(session.exec(of_day.where(col(FiscalRow.kind).in_(sorted(ACTIVE)))))


def list_open_days(session: Session, register_id: int, upto_on: date) -> list[date]:
    """Return the days up to one on which something happened and which are not closed, oldest first."""
    register = get_register(session, register_id)
    days = select(col(FiscalRow.on)).where(FiscalRow.register_id == register_id, FiscalRow.on <= upto_on)
    days = days.where(col(FiscalRow.kind).in_(sorted(ACTIVE)))
    if register.closed_through_on is not None:
        days = days.where(FiscalRow.on > register.closed_through_on)
    return list(session.exec(days.distinct().order_by(col(FiscalRow.on))))


def find_closing(session: Session, register_id: int, period: str, label: str) -> FiscalClosing | None:
    """Return the closing of a period, if it is closed."""
    chosen = select(FiscalClosing).where(FiscalClosing.register_id == register_id, FiscalClosing.period == period)
    return session.exec(chosen.where(FiscalClosing.label == label)).first()


def get_closing(session: Session, closing_id: int) -> FiscalClosing:
    """Return a closing."""
    return get_by_id(session, FiscalClosing, closing_id)


def list_closings(
    session: Session, *, register_id: int | None = None, period: str = "", within: str = "", limit: int | None = None
) -> list[FiscalClosing]:
    """Return closings, newest first; `within` is the month or year they belong to."""
    chosen = select(FiscalClosing).order_by(col(FiscalClosing.id).desc()).limit(limit)
    if register_id is not None:
        chosen = chosen.where(FiscalClosing.register_id == register_id)
    if period:
        chosen = chosen.where(FiscalClosing.period == period)
    if within:
        chosen = chosen.where(col(FiscalClosing.label).startswith(f"{within}-", autoescape=True))
    return list(session.exec(chosen))


def list_closed_labels(session: Session, register_id: int, period: Period) -> set[str]:
    """Return the names of the periods that are closed."""
    chosen = select(FiscalClosing.label).where(FiscalClosing.register_id == register_id)
    return set(session.exec(chosen.where(FiscalClosing.period == period)))


def get_perpetual_cents(session: Session, register_id: int, label_before: str) -> int:
    """Return the perpetual total after the last day closed up to a label (a day, or a month or year and '~').

    In cents; 0 before the first day is closed.
    """
    days = select(FiscalClosing.perpetual_cents).where(FiscalClosing.register_id == register_id)
    days = days.where(FiscalClosing.period == Period.DAY, FiscalClosing.label <= label_before)
    return session.exec(days.order_by(col(FiscalClosing.label).desc()).limit(1)).first() or 0


def find_last_of_period(session: Session, register_id: int, label: str, ends_on: date) -> FiscalRow | None:
    """Return the row that closed a month or year; of a register that was not open yet, its last row until then."""
    closing = select(FiscalRow).join(FiscalClosing, col(FiscalClosing.row_id) == FiscalRow.id)
    found = session.exec(closing.where(FiscalClosing.register_id == register_id, FiscalClosing.label == label)).first()
    if found is not None:
        return found
    chosen = select(FiscalRow).where(FiscalRow.register_id == register_id, FiscalRow.on <= ends_on)
    return session.exec(chosen.order_by(col(FiscalRow.number).desc()).limit(1)).first()


def sum_begun(session: Session, register_id: int, before_number: int) -> dict[str, list[int]]:
    """Add up sales, refunds and deposits of the days that the rows before a number leave open: day to the three."""
    days = select(sa.func.max(col(FiscalClosing.label))).join(FiscalRow, col(FiscalRow.id) == FiscalClosing.row_id)
    days = days.where(FiscalClosing.register_id == register_id, FiscalClosing.period == Period.DAY)
    closed = session.exec(days.where(FiscalRow.number < before_number)).first()
    sums = sa.select(col(FiscalRow.on), col(FiscalRow.kind), sa.func.sum(col(FiscalRow.gross_cents))).where(
        col(FiscalRow.register_id) == register_id,
        col(FiscalRow.number) < before_number,
        col(FiscalRow.kind).in_(_IN_CLOSINGS),
    )
    if closed is not None:
        sums = sums.where(col(FiscalRow.on) > date.fromisoformat(closed))
    begun: dict[str, list[int]] = {}
    for on, kind, cents in session.execute(sums.group_by(col(FiscalRow.on), col(FiscalRow.kind))):
        begun.setdefault(on.isoformat(), [0, 0, 0])[_IN_CLOSINGS.index(RowKind(kind))] = int(cents)
    return begun


_IN_CLOSINGS = (RowKind.SALE, RowKind.REFUND, RowKind.DEPOSIT)


def list_archives(session: Session) -> list[FiscalArchive]:
    """Return the archives, newest first."""
    return list(session.exec(select(FiscalArchive).order_by(col(FiscalArchive.id).desc())))


def get_archive(session: Session, archive_id: int) -> FiscalArchive:
    """Return an archive."""
    return get_by_id(session, FiscalArchive, archive_id)


def find_archive(session: Session, label: str) -> FiscalArchive | None:
    """Return the archive of a period, if there is one."""
    return session.exec(select(FiscalArchive).where(FiscalArchive.label == label)).first()


def find_archive_before(session: Session, label: str) -> FiscalArchive | None:
    """Return the archive made before that of a label; for a new label, the last one."""
    chosen = select(FiscalArchive).order_by(col(FiscalArchive.id).desc()).limit(1)
    own = find_archive(session, label)
    return session.exec(chosen.where(col(FiscalArchive.id) < own.id) if own else chosen).first()


def stream_rows(
    session: Session, register_id: int, *, first_number: int = 1, last_number: int | None = None
) -> Generator[Any, None, None]:
    """Return the rows of a chain in order, a thousand at a time and without objects."""
    columns = sa.select(
        col(FiscalRow.id),
        col(FiscalRow.number),
        col(FiscalRow.kind),
        col(FiscalRow.at),
        col(FiscalRow.on),
        col(FiscalRow.format_version),
        col(FiscalRow.key_id),
        col(FiscalRow.content),
        col(FiscalRow.previous_hash),
        col(FiscalRow.hash),
        col(FiscalRow.signature),
        col(FiscalRow.gross_cents),
        col(FiscalRow.order_id),
    )
    ordered = columns.where(col(FiscalRow.register_id) == register_id).order_by(col(FiscalRow.number))
    if first_number > 1:
        ordered = ordered.where(col(FiscalRow.number) >= first_number)
    if last_number is not None:
        ordered = ordered.where(col(FiscalRow.number) <= last_number)
    with session.execute(ordered, execution_options={"yield_per": 1000}) as rows:
        yield from rows


def get_recorded_parameter_id(session: Session, register_id: int) -> int:
    """Return the id of the last value of the law that a register's chain has sealed; 0 before the first."""
    last = select(FiscalRow.content).where(FiscalRow.register_id == register_id, FiscalRow.kind == RowKind.PARAMETER)
    text = session.exec(last.order_by(col(FiscalRow.number).desc()).limit(1)).first()
    return int(json.loads(text)["content"]["through"]) if text else 0


def find_hash(session: Session, register_id: int, number: int) -> str | None:
    """Return the hash of a register's row of that number."""
    chosen = select(FiscalRow.hash).where(FiscalRow.register_id == register_id, FiscalRow.number == number)
    return session.exec(chosen).first()


def find_last(session: Session, register_id: int, kind: str) -> FiscalRow | None:
    """Return the newest row of a kind in a register's chain."""
    chosen = select(FiscalRow).where(FiscalRow.register_id == register_id, FiscalRow.kind == kind)
    return session.exec(chosen.order_by(col(FiscalRow.number).desc()).limit(1)).first()


def find_neighbour(session: Session, row: FiscalRow, step: int) -> FiscalRow | None:
    """Return the row before (-1) or after (1) a row in its chain."""
    chosen = select(FiscalRow).where(FiscalRow.register_id == row.register_id, FiscalRow.number == row.number + step)
    return session.exec(chosen).first()
