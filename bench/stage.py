"""The sample establishment made ready to be measured: tills that are open, people signed in, seats for everybody.

It goes through the house's own services, before anything is started; what is measured goes through HTTP alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.bookings import service as bookings
from citizen_space.cash import service as cash
from citizen_space.fiscal import service as fiscal
from citizen_space.kit import clock
from citizen_space.kit.actor import Actor
from citizen_space.kit.db import Database
from citizen_space.kit.keys import Keys
from citizen_space.products import queries as products
from citizen_space.venue import queries as venue_found
from citizen_space.venue import tickets
from citizen_space.venue.models import (
    Admission,
    Event,
    Performance,
    PerformanceStatus,
    PriceBand,
    Seat,
    SeatKind,
    Section,
)
from citizen_space.venue.rules import Choice
from citizen_space.venue.rules import House as Hall
from citizen_space.web import sessions
from citizen_space.workers.models import Worker

HALL = 200
TILLS = 4
DIRECTOR = Actor(kind="staff", id=1, code="STAFF-1")


@dataclass(frozen=True)
class Till:
    """A till with somebody signed in at it, by the cookies of its browser."""

    cookies: dict[str, str]


@dataclass(frozen=True)
class Show:
    """A performance with its seats, and what a seat costs at the full rate."""

    performance_id: int
    event_id: int
    seat_ids: Sequence[int]
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class Stage:
    """What the acts play on."""

    tills: Sequence[Till]
    product_ids: Sequence[int]
    for_sale: Sequence[Show]
    wanted_by_all: Show
    at_the_door: Sequence[Show]


def set_stage(database: Database, keys: Keys, *, shows: int, doors: int) -> Stage:
    """Make everything ready: `shows` performances to buy seats of, `doors` performances whose doors are open."""
    at = clock.now()
    with database.write() as session:
        _fill_hall(session)
        event = session.exec(select(Event).order_by(col(Event.id))).first()
        assert event is not None
        return Stage(
            tills=[_till(session, number, at, keys) for number in range(TILLS)],
            product_ids=_simple_products(session, at),
            for_sale=[_show(session, event, at, day) for day in range(shows)],
            wanted_by_all=_show(session, event, at, shows),
            at_the_door=[_door(session, event, at, keys) for _door_number in range(doors)],
        )


def _fill_hall(session: Session) -> None:
    """Put rows behind the last until there are as many seats as the race is about; whoever comes may come alone."""
    session.execute(sa.update(Seat).where(col(Seat.kind) == SeatKind.COMPANION).values(kind=SeatKind.NORMAL.value))
    seats = session.exec(select(Seat).where(col(Seat.active))).all()
    section = session.exec(select(Section).order_by(col(Section.sort).desc())).first()
    band = session.exec(select(PriceBand).order_by(col(PriceBand.sort).desc())).first()
    assert section is not None and band is not None
    behind = max(seat.y for seat in seats) + 40
    for number in range(HALL - len(seats)):
        row, place = divmod(number, 14)
        session.add(
            Seat(
                section_id=section.id or 0,
                band_id=band.id or 0,
                row=f"Z{'ABCDEFGHIJ'[row]}",
                number=place + 1,
                x=80 + 34 * place,
                y=behind + 40 * row,
            )
        )
    session.flush()


def _till(session: Session, number: int, at: datetime, keys: Keys) -> Till:
    code = f"R{number + 1}"
    register = fiscal.open_register(session, code=code, name=f"Caisse {code}", kind="till", at=at, room="restaurant")
    assert register.id is not None
    cash.open_session(session, register.id, float_cents=0, actor=DIRECTOR, at=at, keys=keys)
    worker = session.exec(select(Worker).order_by(col(Worker.id)).offset(number)).first()
    assert worker is not None and worker.id is not None
    token = sessions.sign_in(
        session,
        kind="worker",
        subject_id=worker.id,
        role="worker",
        name=worker.operator_code,
        code=worker.operator_code,
        register_id=register.id,
        at=at,
    )
    device = sessions.register_device(session, register.id, code, register.name, at, room=register.room)
    return Till({"cs_inner": token, "cs_device": device})


def _simple_products(session: Session, at: datetime) -> list[int]:
    """What is sold without a question and is not counted out."""
    offers = products.list_for_sale(session, "restaurant", clock.business_day(at))
    return [one.product_id for one in offers if not one.options and one.portions_left is None and one.available]


def _performance(session: Session, event: Event, starts_at: datetime, **more: Any) -> Performance:
    performance = Performance(
        event_id=event.id or 0,
        starts_at=starts_at,
        doors_at=starts_at - timedelta(minutes=30),
        sales_end_at=starts_at - timedelta(minutes=30),
        **more,
    )
    session.add(performance)
    session.flush()
    return performance


def _show(session: Session, event: Event, at: datetime, day: int) -> Show:
    performance = _performance(session, event, at + timedelta(days=30 + day))
    seats = session.exec(select(Seat.id).where(col(Seat.active)).order_by(col(Seat.id))).all()
    return Show(performance.id or 0, event.id or 0, [seat for seat in seats if seat])


def _door(session: Session, event: Event, at: datetime, keys: Keys) -> Show:
    """A full hall whose doors are open: every seat has a numbered ticket."""
    open_now = {"status": PerformanceStatus.DOORS_OPEN, "doors_opened_at": at, "doors_opened_by": DIRECTOR.code}
    performance = _performance(session, event, at + timedelta(minutes=20), **open_now)
    hall = venue_found.get_house(session, performance.id or 0)
    booking = bookings.hold(
        session,
        room="venue",
        starts_at=performance.starts_at,
        ends_at=performance.starts_at + timedelta(minutes=event.minutes),
        party_size=len(hall.seats),
        customer=None,
        language="fr",
        browser_key="",
        submission=f"bench-door-{performance.id}",
        policy="[]",
        access="open",
        minutes=15,
        label="Groupe",
        at=at,
    )
    tickets.reserve(session, booking, performance, _full_rates(hall), keys)
    bookings.confirm(session, booking, at)
    issued = list(venue_found.list_admissions(session, booking.id or 0))
    tickets.issue(session, issued, at)
    return Show(performance.id or 0, event.id or 0, [one.seat_id for one in issued], _codes(issued))


def _full_rates(hall: Hall) -> list[Choice]:
    return [hall.rates_of(one.seat)[0] for one in hall.seats]


def _codes(issued: Sequence[Admission]) -> list[str]:
    return [one.code for one in issued]
