"""What the stage manager does about performances: put on sale, keep seats back, close."""

from datetime import datetime, timedelta

from sqlmodel import Session

from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.kit import db
from citizen_space.venue import queries, rules
from citizen_space.venue.models import Performance, PerformanceStatus, SeatClaim


def add_performance(
    session: Session, *, event_id: int, starts_at: datetime, doors_minutes: int, sales_minutes: int
) -> Performance:
    """Put a date of an event on sale: doors and the end of sales so many minutes before the start.

    Raises HallIsTaken.
    """
    queries.get_event(session, event_id)
    db.lock(session, "venue:programme")
    if queries.find_performance_at(session, starts_at) is not None:
        raise rules.HallIsTaken("starts")
    performance = Performance(
        event_id=event_id,
        starts_at=starts_at,
        doors_at=starts_at - timedelta(minutes=doors_minutes),
        sales_end_at=starts_at - timedelta(minutes=sales_minutes),
    )
    session.add(performance)
    session.flush()
    return performance


def block_seat(session: Session, performance_id: int, seat_id: int, blocked: str | None) -> None:
    """Keep a seat back (killed, house) or put it on sale again. Raises SeatIsSold: what a party has stays theirs."""
    claim = queries.find_claim(session, performance_id, seat_id)
    if claim is not None and claim.booking_id is not None:
        raise rules.SeatIsSold("seat_id")
    if claim is not None and claim.blocked == blocked:
        return
    if claim is not None:
        session.delete(claim)
        session.flush()
    if blocked is not None and not db.insert_once(
        session, SeatClaim(performance_id=performance_id, seat_id=seat_id, blocked=blocked)
    ):
        raise rules.SeatIsSold("seat_id")


def close_performance(session: Session, performance_id: int, *, at: datetime) -> None:
    """The show is over: who came has come, who did not is noted absent."""
    performance = db.lock_row(session, Performance, performance_id)
    performance.status = PerformanceStatus.CLOSED
    came: dict[int, bool] = {}
    parties: dict[int, Booking] = {}
    for ticket, booking in queries.list_door(session, performance_id):
        assert booking.id is not None
        parties[booking.id] = booking
        came[booking.id] = came.get(booking.id, False) or ticket.admission.admitted_at is not None
    for booking_id, booking in parties.items():
        if booking.status != BookingStatus.CONFIRMED:
            continue
        if came[booking_id]:
            bookings.complete(session, booking, at)
        elif booking.starts_at <= at:
            bookings.no_show(session, booking, at=at)
