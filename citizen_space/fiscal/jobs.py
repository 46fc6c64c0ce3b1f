"""What the clock does for the fiscal record: closings that nobody made, and what changed in the law."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from citizen_space.fiscal import queries, rules, service
from citizen_space.fiscal.models import FiscalRegister, Period, RegisterKind, RowKind
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.kit.keys import Keys
from citizen_space.law import queries as law
from citizen_space.law.models import Parameter


def make_jobs(keys: Keys) -> list[Job]:
    """Make the fiscal record's jobs for the house's keys."""

    def close(database: Database, at: datetime) -> None:
        close_periods(database, keys, at)

    def parameters(database: Database, at: datetime) -> None:
        record_parameters(database, keys, at)

    return [Job("fiscal.close_periods", 600, close), Job("fiscal.record_parameters", 60, parameters)]


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


def record_parameters(database: Database, keys: Keys, at: datetime) -> None:
    """Seal every value of the law that was said since the last time, on the register that is always there."""
    with database.read() as session:
        if not _unrecorded(session):
            return
    with database.write() as session:
        register = _online_register(session)
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


def _online_register(session: Session) -> FiscalRegister | None:
    return next((one for one in queries.list_registers(session) if one.kind == RegisterKind.ONLINE), None)


def _unrecorded(session: Session) -> list[Parameter]:
    register = _online_register(session)
    if register is None or register.id is None:
        return []
    return law.list_said_after(session, queries.find_recorded_parameter(session, register.id))
