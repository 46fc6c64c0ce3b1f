"""What the clock does for the fiscal record: closings that nobody made, and what changed in the law."""

import json
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlmodel import Session

from citizen_space import __version__
from citizen_space.fiscal import queries, rules, service, witness
from citizen_space.fiscal.models import FiscalRegister, Period, RowKind
from citizen_space.fiscal.witness import Head, Memory
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.clock import business_day
from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.kit.keys import Keys
from citizen_space.law import queries as law
from citizen_space.law.models import Parameter
from citizen_space.web.visit import House

WITNESS = "fiscal_witness.json"
"""Beside the keys and not in the database: it must not go back with it."""

_CLOCK_MAY_DIFFER = timedelta(minutes=1)


def make_jobs(house: House) -> list[Job]:
    """Make the fiscal record's jobs for a house."""
    keys, file = house.keys, house.config.var / "keys" / WITNESS

    def close(database: Database, at: datetime) -> None:
        close_periods(database, keys, at)

    def parameters(database: Database, at: datetime) -> None:
        record_parameters(database, keys, at)

    def version(database: Database, at: datetime) -> None:
        record_version(database, keys, at)

    def heads(database: Database, at: datetime) -> None:
        watch_heads(database, keys, file, at)

    return [
        Job("fiscal.watch_heads", 30, heads),
        Job("fiscal.record_version", 600, version),
        Job("fiscal.close_periods", 600, close),
        Job("fiscal.record_parameters", 60, parameters),
    ]


# -- what the machine itself did ---------------------------------------------------------------------------------------


def watch_heads(database: Database, keys: Keys, file: Path, at: datetime) -> None:
    """Seal that an older copy of the database was put back, or that the clock was; then note how far we are."""
    with database.read() as session:
        memory = witness.read(file)
        registers = queries.list_registers(session)
        lost = [one for one in registers if memory and service.is_behind(session, one, memory.heads.get(one.code))]
    if memory is not None and (lost or at < memory.at - _CLOCK_MAY_DIFFER):
        with database.write() as session:
            _record_troubles(session, memory, lost, keys, at)
    with database.read() as session:
        heads = {one.code: Head(one.last_number, one.last_hash) for one in queries.list_registers(session)}
    witness.write(file, Memory(at, heads))


def _record_troubles(session: Session, memory: Memory, lost: list[FiscalRegister], keys: Keys, at: datetime) -> None:
    for register in lost:
        assert register.id is not None
        head = memory.heads[register.code]
        content = {
            "remembered_number": head.number,
            "remembered_hash": head.hash,
            "remembered_at": rules.stamp(memory.at),
            "found_number": register.last_number,
            "found_hash": register.last_hash,
        }
        service.append(session, register.id, RowKind.RESTORE, content, at=at, keys=keys)
    online = queries.find_online(session)
    if at < memory.at - _CLOCK_MAY_DIFFER and online is not None and online.id is not None:
        content = {"noted_at": rules.stamp(memory.at), "now": rules.stamp(at)}
        service.append(session, online.id, RowKind.CLOCK, content, at=at, keys=keys)


def record_version(database: Database, keys: Keys, at: datetime) -> None:
    """Seal which version of the software runs, once for each: its number, and a hash of its code."""
    running = {"version": __version__, "code": _hash_of_code()}
    with database.read() as session:
        register = queries.find_online(session)
        if register is None or register.id is None or _last_version(session, register.id) == running:
            return
        register_id = register.id
    with database.write() as session:
        if _last_version(session, register_id) != running:
            service.append(session, register_id, RowKind.VERSION, running, at=at, keys=keys)


def _last_version(session: Session, register_id: int) -> object:
    row = queries.find_last(session, register_id, RowKind.VERSION)
    return json.loads(row.content)["content"] if row else None


@cache
def _hash_of_code() -> str:
    house = Path(__file__).parents[1]
    files = sorted(path for path in house.rglob("*.py"))
    parts = (f"{path.relative_to(house).as_posix()} {fingerprint(path.read_bytes())}" for path in files)
    return fingerprint("\n".join(parts))


# -- closings ----------------------------------------------------------------------------------------------------------


def close_periods(database: Database, keys: Keys, at: datetime) -> None:
    """Close every day, month and year that is over and still open, none skipped."""
    with database.read() as session:
        registers = [register.id for register in queries.list_registers(session) if _has_open(session, register, at)]
    for register_id in registers:
        assert register_id is not None
        with database.write() as session:
            _close_register(session, register_id, keys, at)


def _has_open(session: Session, register: FiscalRegister, at: datetime) -> bool:
    assert register.id is not None
    yesterday = business_day(at) - timedelta(days=1)
    return bool(queries.list_open_days(session, register.id, yesterday) or _open_periods(session, register, at))


def _open_periods(session: Session, register: FiscalRegister, at: datetime) -> list[tuple[Period, str]]:
    assert register.id is not None
    opened_on, today = business_day(register.opened_at), business_day(at)
    wanted = [(Period.MONTH, month) for month in rules.months_over(opened_on, today)]
    wanted += [(Period.YEAR, year) for year in rules.years_over(opened_on, today)]
    closed = {period: queries.list_closed_labels(session, register.id, period) for period in Period}
    return [(period, label) for period, label in wanted if label not in closed[period]]


def _close_register(session: Session, register_id: int, keys: Keys, at: datetime) -> None:
    register = queries.get_register(session, register_id)
    for day in queries.list_open_days(session, register_id, business_day(at) - timedelta(days=1)):
        service.close_day(session, register_id, day, at, SYSTEM, keys=keys)
    for period, label in _open_periods(session, register, at):
        close = service.close_month if period == Period.MONTH else service.close_year
        close(session, register_id, label, at, SYSTEM, keys=keys)


# -- the law -----------------------------------------------------------------------------------------------------------


def record_parameters(database: Database, keys: Keys, at: datetime) -> None:
    """Seal every value of the law that was said since the last time, on the register that is always there."""
    with database.read() as session:
        if not _unrecorded(session):
            return
    with database.write() as session:
        register = queries.find_online(session)
        assert register is not None
        rows = _unrecorded(session)
        if register.id is None or not rows:
            return
        content = {
            "through": rows[-1].id,
            "values": [
                {
                    "id": row.id,
                    "key": row.key,
                    "value": row.value,
                    "valid_from": _written(row.valid_from),
                    "by": row.created_by,
                }
                for row in rows
            ],
        }
        service.append(session, register.id, RowKind.PARAMETER, content, at=at, keys=keys)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _unrecorded(session: Session) -> list[Parameter]:
    register = queries.find_online(session)
    if register is None or register.id is None:
        return []
    return law.list_said_after(session, queries.get_recorded_parameter_id(session, register.id))
