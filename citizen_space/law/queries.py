"""How the law is found: one small select a session, everything else from memory."""

from datetime import date, time
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.kit.db import get_by_id
from citizen_space.kit.statements import Statement
from citizen_space.law.models import Parameter
from citizen_space.law.rules import (
    ParameterUnknown,
    ParameterUnset,
    Value,
    effective,
    read_bool,
    read_hour,
    read_hundredths,
    read_int,
    read_json,
)

Snapshot = MappingProxyType[str, tuple[Value, ...]]

# A stamp is random and belongs to one state of the table only: what is kept under it can never be wrong.
_SNAPSHOTS: dict[str, Snapshot] = {}
_KEPT = 4
_INFO = "law_snapshot"
# Asked once in nearly every request: built once, and on the table rather than the mapped class.
_LAW = Parameter.metadata.tables["law_parameter"]
_STAMP = Statement(sa.select(_LAW.c.stamp).order_by(_LAW.c.id.desc()).limit(1))

_HOUSE = (
    "house_name",
    "house_operator",
    "house_address",
    "house_siret",
    "house_phone",
    "house_email",
    "house_licence",
)


def get_text(session: Session, key: str, on: date) -> str:
    """Return a value in words."""
    return _get(session, key, on).value


def find_text(session: Session, key: str, on: date) -> str:
    """Return a value in words, empty when nobody has said it."""
    value = effective(_snapshot(session).get(key, ()), on)
    return value.value if value else ""


def find_house(session: Session, on: date) -> dict[str, str]:
    """Return the particulars of the house as pages, mails and papers show them, each empty when nobody has said it."""
    return {key: find_text(session, key, on) for key in _HOUSE}


def get_cents(session: Session, key: str, on: date) -> int:
    """Return an amount in cents."""
    return read_hundredths(_get(session, key, on))


def get_bp(session: Session, key: str, on: date) -> int:
    """Return a percentage in basis points."""
    return read_hundredths(_get(session, key, on))


def get_int(session: Session, key: str, on: date) -> int:
    """Return a whole number (days, hours, years …)."""
    return read_int(_get(session, key, on))


def get_bool(session: Session, key: str, on: date) -> bool:
    """Return yes or no."""
    return read_bool(_get(session, key, on))


def get_hour(session: Session, key: str, on: date) -> time:
    """Return an hour of the wall."""
    return read_hour(_get(session, key, on))


def get_json(session: Session, key: str, on: date) -> Any:
    """Return a structured value."""
    return read_json(_get(session, key, on))


def list_parameters(session: Session) -> list[Parameter]:
    """Return every row, by theme and key, oldest first."""
    ordered = select(Parameter).order_by(col(Parameter.theme), col(Parameter.key), col(Parameter.id))
    return list(session.exec(ordered))


def list_history(session: Session, key: str) -> list[Parameter]:
    """Return every row of a key in the order in which they were said."""
    rows = list(session.exec(select(Parameter).where(Parameter.key == key).order_by(col(Parameter.id))))
    if not rows:
        raise ParameterUnknown(key=key)
    return rows


def find_in_force(session: Session, key: str, on: date) -> Parameter | None:
    """Return the row of a key that is in force on a day, with its reference; None when no value is."""
    values = _snapshot(session).get(key)
    value = effective(values, on) if values else None
    return get_by_id(session, Parameter, value.id) if value else None


def list_said_after(session: Session, parameter_id: int) -> list[Parameter]:
    """Return the rows said after one of them, oldest first."""
    return list(session.exec(select(Parameter).where(col(Parameter.id) > parameter_id).order_by(col(Parameter.id))))


def forget(session: Session) -> None:
    """Look again at the next question: this session has written."""
    session.info.pop(_INFO, None)


def value_of(row: Parameter) -> Value:
    """Return a row as the plain value that the rules read."""
    assert row.id is not None
    return Value(row.id, row.key, row.value, row.unit, row.valid_from, row.valid_to)


def _get(session: Session, key: str, on: date) -> Value:
    values = _snapshot(session).get(key)
    if values is None:
        raise ParameterUnknown(key=key)
    value = effective(values, on)
    if value is None or not value.value:
        raise ParameterUnset(key=key)
    return value


def _snapshot(session: Session) -> Snapshot:
    known: Snapshot | None = session.info.get(_INFO)
    if known is not None:
        return known
    stamp = _STAMP.value(session) or ""
    snapshot = _SNAPSHOTS.get(stamp) or _load(session, stamp)
    session.info[_INFO] = snapshot
    return snapshot


def _load(session: Session, stamp: str) -> Snapshot:
    values: dict[str, tuple[Value, ...]] = {}
    for row in session.exec(select(Parameter).order_by(col(Parameter.id))):
        values[row.key] = (*values.get(row.key, ()), value_of(row))
    snapshot = MappingProxyType(values)
    if stamp:
        while len(_SNAPSHOTS) >= _KEPT:
            _SNAPSHOTS.pop(next(iter(_SNAPSHOTS)), None)
        _SNAPSHOTS[stamp] = snapshot
    return snapshot
