"""What is done with the law: sown once, then one dated value after the other."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from importlib import resources

from sqlmodel import Session, col, select

from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import lock
from citizen_space.kit.ids import new_secret
from citizen_space.law import queries
from citizen_space.law.models import Confirmed, Parameter, Unit
from citizen_space.law.rules import Value, check_not_past, check_shape, tidy_value

SEED = "parameters.csv"


def seed(session: Session, at: datetime) -> int:
    """Write the rows of the seed table that are not there yet and return how many."""
    lock(session, "law")
    known = set(session.exec(select(Parameter.key, col(Parameter.valid_from))))
    rows = [_seed_row(line, at) for line in _seed_lines()]
    fresh = [row for row in rows if (row.key, row.valid_from) not in known]
    session.add_all(fresh)
    session.flush()
    queries.forget(session)
    return len(fresh)


def set_parameter(
    session: Session,
    *,
    key: str,
    value: str,
    valid_from: date | None,
    reference: str,
    confirmed: str,
    actor: Actor,
    at: datetime,
    note: str = "",
) -> Parameter:
    """Say a value from a day on; the row before it ends there by itself, and stays as it is."""
    # The ids must be in the order of the commits: the newest row stands for the state of the whole table.
    lock(session, "law")
    told_before = queries.list_history(session, key)
    last = told_before[-1]
    text = tidy_value(key, last.unit, value)
    values = [queries.value_of(row) for row in told_before]
    if last.unit == Unit.JSON:
        check_shape(Value(0, key, text, last.unit, None, None), values)
    check_not_past(valid_from, business_day(at), values)
    row = Parameter(
        key=key,
        value=text,
        unit=last.unit,
        valid_from=valid_from,
        reference=reference.strip(),
        confirmed=Confirmed(confirmed),
        note=note.strip(),
        theme=last.theme,
        label_fr=last.label_fr,
        label_en=last.label_en,
        stamp=new_secret(),
        created_at=at,
        created_by=actor.code,
    )
    session.add(row)
    session.flush()
    queries.forget(session)
    return row


def _seed_lines() -> list[dict[str, str]]:
    text = resources.files("citizen_space.law").joinpath(SEED).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _seed_row(line: Mapping[str, str], at: datetime) -> Parameter:
    return Parameter(
        key=line["key"],
        value=line["value"],
        unit=line["unit"],
        valid_from=_day(line["valid_from"]),
        valid_to=_day(line["valid_to"]),
        reference=line["reference"],
        confirmed=line["confirmed"],
        note=line["note"],
        theme=line["theme"],
        label_fr=line["label_fr"],
        label_en=line["label_en"],
        stamp=new_secret(),
        created_at=at,
        created_by="seed",
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
