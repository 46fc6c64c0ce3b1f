"""What is true of work: how long it lasted, what it is worth at least, what a month comes to."""

import calendar
import json
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from citizen_space.kit.errors import Refusal
from citizen_space.kit.money import BASIS, allocate, divide, divide_half_up, portion
from citizen_space.kit.text import _
from citizen_space.workers.models import Reason, Regime

# Time at the post, and planned time that the house itself called off.
PAID: frozenset[str] = frozenset({Reason.WORK, Reason.TRAINING, Reason.CLOSED_BY_HOUSE})

# Withheld from pay in production; in general service the State bears the worker's part (CP R412-27).
WITHHELD: tuple[tuple[str, str], ...] = (
    ("old_age_employee_rate", "Vieillesse, part plafonnée"),
    ("old_age_employee_rate_uncapped", "Vieillesse, part déplafonnée"),
    ("csg_rate", "CSG"),
    ("crds_rate", "CRDS"),
)


Key = TypeVar("Key", bound=Hashable)


class MonthUnreadable(Refusal):
    """A month is written 2026-11."""

    status = 404
    sentence = _("Ce mois n’existe pas.")


def floor_key(regime: str) -> str:
    """Name the parameter of the lowest pay of a regime."""
    return "min_pct_production" if regime == Regime.PRODUCTION else f"min_pct_{regime}"


def floor_cents(smic_cents: int, min_bp: int) -> int:
    """Say the lowest hourly pay (CP D412-64), rounded up to the cent: rounded down it would be under the law."""
    whole, rest = divide(smic_cents * min_bp, BASIS)
    return whole + 1 if rest else whole


def minutes_between(clocked_in_at: datetime, clocked_out_at: datetime) -> int:
    """Count the minutes from one instant to another, a begun one as a whole; clocks on walls play no part."""
    return -(-int((clocked_out_at - clocked_in_at).total_seconds()) // 60)


def is_forgotten(clocked_in_at: datetime, at: datetime, *, daily_rest_h: int) -> bool:
    """Tell whether somebody must have forgotten to clock out: nobody may be here longer than the daily rest leaves."""
    return at - clocked_in_at > timedelta(hours=24 - daily_rest_h)


# -- months -----------------------------------------------------------------------------------------------------------


def read_month(text: str) -> date:
    """Read a month as its first day."""
    try:
        first_on = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise MonthUnreadable from None
    if not 2000 <= first_on.year <= 2999:
        raise MonthUnreadable
    return first_on


def write_month(first_on: date) -> str:
    """Write a month as it stands in addresses."""
    return f"{first_on:%Y-%m}"


def last_of_month(first_on: date) -> date:
    """Find a month's last day."""
    return first_on.replace(day=calendar.monthrange(first_on.year, first_on.month)[1])


def month_before(first_on: date) -> date:
    """Find the month before."""
    return (first_on - timedelta(days=1)).replace(day=1)


def month_after(first_on: date) -> date:
    """Find the month after."""
    return last_of_month(first_on) + timedelta(days=1)


# -- pay --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worked:
    """A stretch of time as it counts for pay."""

    attendance_id: int
    on: date
    clocked_in_at: datetime
    clocked_out_at: datetime | None
    minutes: int
    rate_cents: int
    regime: str
    reason: str
    post: str
    room: str
    flagged: bool
    validations: int
    disputed: bool

    @property
    def weight(self) -> int:
        """Say what it is worth, in sixtieths of a cent."""
        return self.minutes * self.rate_cents if self.reason in PAID else 0


@dataclass(frozen=True)
class WorkDay:
    """One day of a statement."""

    on: date
    minutes: int
    cents: int


@dataclass(frozen=True)
class Rate:
    """A contribution as the law's table has it on a day."""

    key: str
    label: str
    bp: int
    confirmed: str


@dataclass(frozen=True)
class Withheld:
    """A contribution taken from pay."""

    key: str
    label: str
    bp: int
    cents: int
    confirmed: str


@dataclass(frozen=True)
class Statement:
    """What a worker did in a month and what it comes to; net is an estimate, the régie says what is paid."""

    worker_id: int
    first_on: date
    days: tuple[WorkDay, ...]
    minutes: int
    gross_cents: int
    withheld: tuple[Withheld, ...]
    net_cents: int
    rooms: tuple[tuple[str, int], ...]
    unfinished: int
    unvalidated: int
    disputed: int

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is left open, so that the month may be locked."""
        return not (self.unfinished or self.unvalidated or self.disputed)


def make_statement(worker_id: int, first_on: date, worked: Sequence[Worked], rates: Sequence[Rate]) -> Statement:
    """Add up a month: gross is rounded once, and days, rooms and contributions sum to what is shown."""
    gross = divide_half_up(sum(each.weight for each in worked), 60)
    rooms = _spread(gross, {each.room: 0 for each in worked}, [(each.room, each.weight) for each in worked])
    withheld = _withhold(worked, gross, rates)
    return Statement(
        worker_id=worker_id,
        first_on=first_on,
        days=_days(worked, gross),
        minutes=sum(each.minutes for each in worked if each.reason in PAID),
        gross_cents=gross,
        withheld=withheld,
        net_cents=gross - sum(each.cents for each in withheld),
        rooms=tuple(sorted(rooms.items())),
        unfinished=sum(each.clocked_out_at is None for each in worked),
        unvalidated=sum(each.clocked_out_at is not None and each.validations < 2 for each in worked),
        disputed=sum(each.disputed for each in worked),
    )


def _spread(cents: int, empty: dict[Key, int], weights: Sequence[tuple[Key, int]]) -> dict[Key, int]:
    total = dict(empty)
    for key, weight in weights:
        total[key] = total.get(key, 0) + weight
    if not sum(total.values()):
        return dict.fromkeys(total, 0)
    return dict(zip(total, allocate(cents, list(total.values())), strict=True))


def _days(worked: Sequence[Worked], gross: int) -> tuple[WorkDay, ...]:
    minutes: dict[date, int] = {}
    for each in sorted(worked, key=lambda each: each.on):
        minutes[each.on] = minutes.get(each.on, 0) + (each.minutes if each.reason in PAID else 0)
    cents = _spread(gross, dict.fromkeys(minutes, 0), [(each.on, each.weight) for each in worked])
    return tuple(WorkDay(on, minutes[on], cents[on]) for on in minutes)


def _withhold(worked: Sequence[Worked], gross: int, rates: Sequence[Rate]) -> tuple[Withheld, ...]:
    parts = _spread(gross, {True: 0, False: 0}, [(each.regime == Regime.PRODUCTION, each.weight) for each in worked])
    return tuple(
        Withheld(rate.key, rate.label, rate.bp, portion(parts[True], rate.bp), rate.confirmed)
        for rate in rates
        if parts[True]
    )


def write_statement(statement: Statement) -> str:
    """Write a statement as the text that is kept when its month is locked."""
    return json.dumps(asdict(statement), ensure_ascii=False, sort_keys=True, default=str)


def read_statement(text: str) -> Statement:
    """Read a kept statement."""
    raw = json.loads(text)
    days = tuple(WorkDay(date.fromisoformat(day["on"]), day["minutes"], day["cents"]) for day in raw["days"])
    withheld = tuple(Withheld(**each) for each in raw["withheld"])
    rooms = tuple((room, cents) for room, cents in raw["rooms"])
    first_on = date.fromisoformat(raw["first_on"])
    return Statement(**{**raw, "first_on": first_on, "days": days, "withheld": withheld, "rooms": rooms})


# -- rota -------------------------------------------------------------------------------------------------------------


def clash(first: tuple[datetime, datetime], second: tuple[datetime, datetime]) -> bool:
    """Tell whether two times overlap."""
    return first[0] < second[1] and second[0] < first[1]


def rests_enough(
    planned: tuple[datetime, datetime], other: tuple[datetime, datetime], *, other_day: bool, daily_rest_h: int
) -> bool:
    """Tell whether the daily rest lies between the shifts of two days."""
    if not other_day:
        return True
    rest = timedelta(hours=daily_rest_h)
    return planned[0] - other[1] >= rest or other[0] - planned[1] >= rest
