"""How performances, seats, tickets and scans are found: every select of the package."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.bookings import queries as bookings
from citizen_space.bookings import rules as booking_rules
from citizen_space.bookings.models import Booking, Closure
from citizen_space.kit.db import get_by_id
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import JointLoader, Loader, Statement
from citizen_space.ledger import queries as books
from citizen_space.venue import rules
from citizen_space.venue.models import (
    Admission,
    AdmissionStatus,
    Event,
    Performance,
    PerformanceStatus,
    Price,
    PriceBand,
    Rate,
    Scan,
    ScanResult,
    Seat,
    SeatClaim,
    SeatKind,
)

SHOWN = (PerformanceStatus.ON_SALE, PerformanceStatus.DOORS_OPEN)


@dataclass(frozen=True)
class Dated:
    """A performance with its event, the seats that are left and the lowest price asked."""

    performance: Performance
    event: Event
    free: int
    lowest_cents: int
    closed: bool


@dataclass(frozen=True)
class Ticket:
    """A ticket with all that is written on it."""

    admission: Admission
    seat: Seat
    rate: Rate
    band: PriceBand
    performance: Performance
    event: Event


@dataclass(frozen=True)
class Scanned:
    """What the door said to a gesture, with what the screen shows of the ticket: no surname."""

    scan: Scan
    admission: Admission | None
    seat: Seat | None
    rate: Rate | None
    who: str
    # The ticket was not only cancelled: its money went back.
    refunded: bool = False
    # What the ticket is for, where the door has just read it.
    performance: Performance | None = None
    event: Event | None = None


# -- performances -----------------------------------------------------------------------------------------------------


def get_event(session: Session, event_id: int) -> Event:
    """One event of the programme. Raises NotFound."""
    event = get_by_id(session, Event, event_id)
    if not event.active:
        raise NotFound
    return event


def list_events(session: Session) -> Sequence[Event]:
    """Every event that may have performances, by title."""
    return session.exec(select(Event).where(col(Event.active)).order_by(Event.title_fr)).all()


def get_performance(session: Session, performance_id: int) -> tuple[Performance, Event]:
    """One performance with its event. Raises NotFound."""
    found = _PERFORMANCE.first(session, performance_id=performance_id)
    if found is None:
        raise NotFound
    performance, event = found
    return performance, event


# What doors and plans ask again and again is built once: building a statement costs as much as asking it.
_BY_NUMBER = (
    sa.select(Performance, Event)
    .join(Event, col(Event.id) == Performance.event_id)
    .where(col(Performance.id) == sa.bindparam("performance_id"))
)
_PERFORMANCE = JointLoader((Performance, Event), _BY_NUMBER)


# A plan is asked for more than anything else: what is closed comes with it, not in a statement of its own.
_PERFORMANCE_AND_CLOSURES = JointLoader(
    (Performance, Event, Closure),
    _BY_NUMBER.add_columns(Closure).join(
        Closure,
        (col(Closure.ends_at) > col(Performance.starts_at))
        & sa.or_(col(Closure.room).is_(None), col(Closure.room) == "venue"),
        isouter=True,
    ),
)


def list_dated(
    session: Session,
    from_at: datetime,
    to_at: datetime | None = None,
    *,
    event_id: int | None = None,
    statuses: Sequence[str] = SHOWN,
    limit: int = 200,
) -> list[Dated]:
    """Performances by their hour with what a programme says of each, in two statements."""
    wanted = _DATED
    if to_at is not None:
        wanted = wanted.where(col(Performance.starts_at) < to_at)
    if event_id is not None:
        wanted = wanted.where(col(Performance.event_id) == event_id)
    values = {"from_at": from_at, "statuses": list(statuses), "most": limit}
    rows = session.execute(wanted, values).all()
    closed = _closed_ones(session, [(one, event) for one, event, _free, _cents in rows])
    return [Dated(one, event, free, cents, one.id in closed) for one, event, free, cents in rows]


_DATED = (
    sa.select(
        Performance,
        Event,
        sa.select(sa.func.count()).select_from(Seat).where(col(Seat.active)).scalar_subquery()
        - sa.select(sa.func.count())
        .select_from(SeatClaim)
        .join(Seat, col(Seat.id) == SeatClaim.seat_id)
        .where(col(SeatClaim.performance_id) == col(Performance.id), col(Seat.active))
        .correlate(Performance)
        .scalar_subquery(),
        sa.func.coalesce(
            sa.select(sa.func.min(col(Price.price_cents)))
            .where(col(Price.event_id) == col(Event.id))
            .correlate(Event)
            .scalar_subquery(),
            0,
        ),
    )
    .join(Event, col(Event.id) == Performance.event_id)
    .where(
        col(Performance.starts_at) >= sa.bindparam("from_at"),
        col(Performance.status).in_(sa.bindparam("statuses", expanding=True)),
        col(Event.active),
    )
    .order_by(col(Performance.starts_at), col(Performance.id))
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def _closed_ones(session: Session, rows: Sequence[tuple[Performance, Event]]) -> set[int | None]:
    """Which of several performances, in order of their hour, stand in a closure, in one statement."""
    if not rows:
        return set()
    last = max(rules.ends_at(*row) for row in rows)
    closures = bookings.list_closures(session, "venue", rows[0][0].starts_at, last)
    return {
        one.id
        for one, event in rows
        if booking_rules.is_closed(closures, "venue", one.starts_at, rules.ends_at(one, event))
    }


def is_closed(session: Session, performance: Performance, event: Event) -> bool:
    """Tell whether the hall takes nobody in some part of a performance."""
    return bookings.is_closed(session, "venue", performance.starts_at, rules.ends_at(performance, event))


def list_prices(session: Session, event: Event) -> tuple[list[rules.Tariff], dict[tuple[int, int], int]]:
    """The rates of an event and the price of each by (band, rate)."""
    return _prices(session, event)


# -- seats ------------------------------------------------------------------------------------------------------------


def get_house(
    session: Session, performance_id: int, *, booking_id: int | None = None, only: Iterable[int] | None = None
) -> rules.House:
    """A performance with its seats as they stand, all or `only` some; those of one booking are `mine`."""
    found = _PERFORMANCE_AND_CLOSURES.all(session, performance_id=performance_id)
    if not found:
        raise NotFound
    performance, event = found[0][:2]
    closures = [row[2] for row in found if row[2] is not None]
    seats = _list_seats(session, performance_id, only)
    states = [_state(rules.Place(*row[:-3]), *row[-3:], booking_id=booking_id) for row in seats]
    closed = booking_rules.is_closed(closures, "venue", performance.starts_at, rules.ends_at(performance, event))
    return rules.House(performance, event, states, *_prices(session, event), closed=closed)


def _list_seats(session: Session, performance_id: int, only: Iterable[int] | None) -> list[tuple[Any, ...]]:
    if only is None:
        return _ALL_SEATS.all(session, performance_id=performance_id)
    wanted = {f"seat_{position}": seat_id for position, seat_id in enumerate(sorted(set(only)))}
    return _some_seats(len(wanted)).all(session, performance_id=performance_id, **wanted) if wanted else []


# On the tables and not the mapped classes: two hundred seats are wanted as plain values.
_SEAT, _CLAIM = (Seat.metadata.tables[name] for name in ("venue_seat", "venue_claim"))
_SEATS = (
    sa.select(*(_SEAT.c[name] for name in rules.Place._fields), _CLAIM.c.id, _CLAIM.c.booking_id, _CLAIM.c.blocked)
    .select_from(
        _SEAT.outerjoin(
            _CLAIM, (_CLAIM.c.seat_id == _SEAT.c.id) & (_CLAIM.c.performance_id == sa.bindparam("performance_id"))
        )
    )
    .where(_SEAT.c.active)
    .order_by(_SEAT.c.y, _SEAT.c.x)
)
_ALL_SEATS = Statement(_SEATS)


@lru_cache(maxsize=64)
def _some_seats(count: int) -> Statement:
    wanted = [sa.bindparam(f"seat_{position}", type_=sa.Integer) for position in range(count)]
    return Statement(_SEATS.where(_SEAT.c.id.in_(wanted)))


def _state(
    seat: rules.Place, claim_id: int | None, claimed_by: int | None, blocked: str | None, *, booking_id: int | None
) -> rules.SeatState:
    mine = booking_id is not None and claimed_by == booking_id
    return rules.SeatState(seat, rules.state_of(claim_id is not None, blocked, mine=mine))


def _prices(session: Session, event: Event) -> tuple[list[rules.Tariff], dict[tuple[int, int], int]]:
    rows = _PRICES.all(session, event_id=event.id)
    rates = list(dict.fromkeys(rules.Tariff(*row[:-2]) for row in rows))
    return rates, {(band_id, rules.Tariff(*rate).id): price_cents for *rate, band_id, price_cents in rows}


_PRICE, _RATE = (Price.metadata.tables[name] for name in ("venue_price", "venue_rate"))
_PRICES = Statement(
    sa.select(*(_RATE.c[name] for name in rules.Tariff._fields), _PRICE.c.band_id, _PRICE.c.price_cents)
    .select_from(_PRICE.join(_RATE, _RATE.c.id == _PRICE.c.rate_id))
    .where(_PRICE.c.event_id == sa.bindparam("event_id"), _RATE.c.active)
    .order_by(_RATE.c.sort, _RATE.c.id)
)


def list_bands(session: Session) -> Sequence[PriceBand]:
    """The price bands, the dearest first."""
    return _BANDS.all(session)


_BANDS = Loader(PriceBand, select(PriceBand).order_by(col(PriceBand.sort)))


def count_wheelchair_places(session: Session) -> tuple[int, int]:
    """Return (seats of the hall, wheelchair places among them)."""
    is_wheelchair = sa.case((col(Seat.kind) == SeatKind.WHEELCHAIR, 1), else_=0)
    row = session.execute(sa.select(sa.func.count(), sa.func.sum(is_wheelchair)).where(col(Seat.active))).one()
    return int(row[0]), int(row[1] or 0)


def get_seat_by_label(session: Session, label: str) -> Seat:
    """The seat that a label names: B12. Raises NotFound."""
    row = label.rstrip("0123456789")
    seat = session.exec(select(Seat).where(Seat.row == row, Seat.number == int(label[len(row) :] or 0))).first()
    if seat is None:
        raise NotFound
    return seat


def list_claimed_seat_ids(session: Session, booking_id: int) -> Sequence[int]:
    """The seats a booking holds."""
    return [seat_id for (seat_id,) in _CLAIMED.all(session, booking_id=booking_id)]


_CLAIMED = Statement(sa.select(_CLAIM.c.seat_id).where(_CLAIM.c.booking_id == sa.bindparam("booking_id")))


def find_performance_at(session: Session, starts_at: datetime) -> Performance | None:
    """The performance that begins at this very moment, or None."""
    return session.exec(select(Performance).where(Performance.starts_at == starts_at)).first()


def find_claim(session: Session, performance_id: int, seat_id: int) -> SeatClaim | None:
    """Who has one seat, if anybody."""
    return session.exec(
        select(SeatClaim).where(SeatClaim.performance_id == performance_id, SeatClaim.seat_id == seat_id)
    ).first()


# -- tickets ----------------------------------------------------------------------------------------------------------


def list_admissions(session: Session, booking_id: int) -> Sequence[Admission]:
    """The tickets of a booking that are not cancelled, in the order of their seats."""
    return _STANDING.all(session, booking_id=booking_id)


def lock_admissions(session: Session, booking_id: int) -> Sequence[Admission]:
    """The same, as they are now, and no door lets one in meanwhile."""
    return _STANDING_LOCKED.all(session, again=True, booking_id=booking_id)


_STANDING_OF = (
    select(Admission)
    .where(Admission.booking_id == sa.bindparam("booking_id"), Admission.status != AdmissionStatus.CANCELLED)
    .order_by(col(Admission.id))
)
_STANDING = Loader(Admission, _STANDING_OF)
_STANDING_LOCKED = Loader(Admission, _STANDING_OF.with_for_update())


def _tickets() -> Any:
    return (
        sa.select(Admission, Seat, Rate, PriceBand, Performance, Event)
        .join(Seat, col(Seat.id) == Admission.seat_id)
        .join(Rate, col(Rate.id) == Admission.rate_id)
        .join(PriceBand, col(PriceBand.id) == Seat.band_id)
        .join(Performance, col(Performance.id) == Admission.performance_id)
        .join(Event, col(Event.id) == Performance.event_id)
    )


def list_tickets(session: Session, booking_id: int) -> list[Ticket]:
    """The tickets of a booking with all that is written on them, in one statement."""
    return [Ticket(*row) for row in _TICKETS_OF_BOOKING.all(session, booking_id=booking_id)]


_TICKETS_OF_BOOKING = JointLoader(
    (Admission, Seat, Rate, PriceBand, Performance, Event),
    _tickets().where(col(Admission.booking_id) == sa.bindparam("booking_id")).order_by(col(Admission.id)),
)


def get_ticket(session: Session, admission_id: int) -> Ticket:
    """One ticket. Raises NotFound."""
    row = session.execute(_tickets().where(col(Admission.id) == admission_id)).first()
    if row is None:
        raise NotFound
    return Ticket(*row)


def list_door(session: Session, performance_id: int) -> list[tuple[Ticket, Booking]]:
    """The door list: every numbered ticket of a performance with its booking, by seat."""
    wanted = (
        _tickets()
        .add_columns(Booking)
        .join(Booking, col(Booking.id) == Admission.booking_id)
        .where(col(Admission.performance_id) == performance_id, col(Admission.number).is_not(None))
        .order_by(col(Seat.y), col(Seat.x), col(Admission.number))
    )
    return [(Ticket(*row[:6]), row[6]) for row in session.execute(wanted)]


# -- the door ---------------------------------------------------------------------------------------------------------


def lock_for_door(session: Session, reference: str) -> tuple[Admission, Seat, Rate, Performance, Event, Booking] | None:
    """A ticket with what the door must know of it, locked: two doors never let one ticket in twice."""
    found = _AT_THE_DOOR.first(session, again=True, reference=reference)
    return cast("tuple[Admission, Seat, Rate, Performance, Event, Booking] | None", found)


_AT_THE_DOOR = JointLoader(
    (Admission, Seat, Rate, Performance, Event, Booking),
    sa.select(Admission, Seat, Rate, Performance, Event, Booking)
    .join(Seat, col(Seat.id) == Admission.seat_id)
    .join(Rate, col(Rate.id) == Admission.rate_id)
    .join(Performance, col(Performance.id) == Admission.performance_id)
    .join(Event, col(Event.id) == Performance.event_id)
    .join(Booking, col(Booking.id) == Admission.booking_id)
    .where(col(Admission.reference) == sa.bindparam("reference"))
    .with_for_update(of=Admission),
)


def _scans() -> Any:
    return (
        sa.select(Scan, Admission, Seat, Rate, Booking)
        .join(Admission, col(Admission.id) == Scan.admission_id, isouter=True)
        .join(Seat, col(Seat.id) == Admission.seat_id, isouter=True)
        .join(Rate, col(Rate.id) == Admission.rate_id, isouter=True)
        .join(Booking, col(Booking.id) == Admission.booking_id, isouter=True)
    )


def get_scanned(session: Session, nonce: str) -> Scanned:
    """What the door said to one gesture. Raises NotFound."""
    row = session.execute(_scans().where(col(Scan.nonce) == nonce)).first()
    if row is None:
        raise NotFound
    return scanned_of(*row)


def list_scanned(session: Session, performance_id: int, limit: int = rules.SCANS_SHOWN) -> list[Scanned]:
    """The last gestures at the door, the latest first."""
    return [scanned_of(*row) for row in _LAST_SCANS.all(session, performance_id=performance_id, most=limit)]


_LAST_SCANS = JointLoader(
    (Scan, Admission, Seat, Rate, Booking),
    _scans()
    .where(col(Scan.performance_id) == sa.bindparam("performance_id"))
    .order_by(col(Scan.id).desc())
    .limit(sa.bindparam("most", type_=sa.Integer)),
)


def scanned_of(
    scan: Scan, admission: Admission | None, seat: Seat | None, rate: Rate | None, booking: Booking | None
) -> Scanned:
    """What a worker may see of a gesture and of its ticket."""
    who = (booking.label or booking.reference) if booking else ""
    return Scanned(scan, admission, seat, rate, who, rules.is_refunded(admission, booking))


def count_in(session: Session, performance_id: int) -> tuple[int, int]:
    """Return (valid tickets, those that have come in)."""
    ((valid, inside),) = _COUNT_IN.all(session, performance_id=performance_id)
    return int(valid), int(inside)


_COUNT_IN = Statement(
    sa.select(sa.func.count(), sa.func.count(col(Admission.admitted_at))).where(
        col(Admission.performance_id) == sa.bindparam("performance_id"),
        col(Admission.status) == AdmissionStatus.VALID,
    )
)


# -- figures ----------------------------------------------------------------------------------------------------------


def get_statement(session: Session, performance_id: int) -> rules.Statement:
    """What the tickets of a performance brought, by category, beside what the ledger says of their orders."""
    numbered = (col(Admission.performance_id) == performance_id) & col(Admission.number).is_not(None)
    cancelled = sa.func.sum(sa.case((col(Admission.status) == AdmissionStatus.CANCELLED, 1), else_=0))
    rows = session.execute(
        sa.select(
            col(PriceBand.name_fr),
            col(PriceBand.name_en),
            col(Rate.name_fr),
            col(Rate.name_en),
            col(Admission.price_cents),
            sa.func.count(),
            cancelled,
            sa.func.sum(col(Admission.price_cents)),
            sa.func.sum(col(Admission.refunded_cents)),
        )
        .join(Seat, col(Seat.id) == Admission.seat_id)
        .join(PriceBand, col(PriceBand.id) == Seat.band_id)
        .join(Rate, col(Rate.id) == Admission.rate_id)
        .where(numbered)
        .group_by(col(PriceBand.id), col(Rate.id), col(Admission.price_cents))
        .order_by(col(PriceBand.sort), col(Rate.sort))
    )
    lines = [rules.StatementLine(*row[:4], *(int(figure) for figure in row[4:])) for row in rows]
    first, last = session.execute(
        sa.select(sa.func.min(col(Admission.number)), sa.func.max(col(Admission.number))).where(numbered)
    ).one()
    return rules.Statement(lines, _ledger_cents(session, performance_id), first, last)


def _ledger_cents(session: Session, performance_id: int) -> int:
    """What the books say that a performance brought: revenue and VAT of its orders, refunds taken off.

    A ticket of the same order that was exchanged for another date counts there, not here.
    """
    here = select(Admission.booking_id).where(Admission.performance_id == performance_id)
    orders = select(Booking.order_id).where(col(Booking.id).in_(here))
    elsewhere = session.execute(
        sa.select(sa.func.sum(col(Admission.price_cents) - col(Admission.refunded_cents))).where(
            col(Admission.booking_id).in_(here),
            col(Admission.performance_id) != performance_id,
            col(Admission.number).is_not(None),
        )
    ).scalar()
    return books.sales_cents(session, orders) - int(elsewhere or 0)


def sales_of(session: Session, performance_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Return (valid tickets, receipts in cents, come in) for several performances, in one statement."""
    is_valid = col(Admission.status) == AdmissionStatus.VALID
    rows = session.execute(
        sa.select(
            col(Admission.performance_id),
            sa.func.sum(sa.case((is_valid, 1), else_=0)),
            sa.func.sum(col(Admission.price_cents) - col(Admission.refunded_cents)),
            sa.func.count(col(Admission.admitted_at)),
        )
        .where(col(Admission.performance_id).in_(performance_ids), col(Admission.number).is_not(None))
        .group_by(col(Admission.performance_id))
    )
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}
    return {one: found.get(one, (0, 0, 0)) for one in performance_ids}


def list_over(session: Session, ended_by: datetime) -> list[Performance]:
    """Performances that had ended by a moment and are not closed yet."""
    rows = session.execute(
        sa.select(Performance, Event)
        .join(Event, col(Event.id) == Performance.event_id)
        .where(col(Performance.starts_at) < ended_by, col(Performance.status).in_(SHOWN))
    )
    return [performance for performance, event in rows if rules.ends_at(performance, event) <= ended_by]


def count_results(session: Session, performance_id: int) -> dict[str, int]:
    """How often the door said what."""
    rows = session.execute(
        sa.select(col(Scan.result), sa.func.count())
        .where(col(Scan.performance_id) == performance_id)
        .group_by(col(Scan.result))
    )
    found = {result: int(count) for result, count in rows}
    return {result.value: found.get(result.value, 0) for result in ScanResult}
