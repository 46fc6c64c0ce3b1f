"""How bookings and closures are found."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from citizen_space.bookings import rules
from citizen_space.bookings.models import Booking, BookingStatus, Closure
from citizen_space.kit.clock import day_bounds
from citizen_space.kit.db import find_by, get_by_id
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import Loader


def get_booking(session: Session, booking_id: int) -> Booking:
    """Get a booking."""
    return get_by_id(session, Booking, booking_id)


def find_standing(session: Session, booking_id: int | None, *, order_id: int) -> Booking | None:
    """Find the booking that an order paid for, while somebody is expected."""
    found = session.get(Booking, booking_id) if booking_id is not None else None
    return found if found is not None and found.order_id == order_id and found.status in rules.STANDING else None


def get_by_secret(session: Session, secret: str) -> Booking:
    """Get the booking of a secret link."""
    found = find_by(session, Booking, "secret", secret)
    if found is None:
        raise NotFound
    return found


def find_by_reference(session: Session, reference: str) -> Booking | None:
    """Find a booking by what people read aloud."""
    return session.exec(select(Booking).where(Booking.reference == reference.strip().upper())).first()


def find_by_submission(session: Session, submission: str) -> Booking | None:
    """Find the booking that one submission of a form made."""
    return find_by(session, Booking, "submission", submission)


def find_own_hold(session: Session, *, room: str, browser_key: str, at: datetime) -> Booking | None:
    """Find the hold that this browser left behind, to go on with it instead of taking the place twice."""
    if not browser_key:
        return None
    return _OWN_HOLD.first(session, browser_key=browser_key, room=room, at=at)


_OWN_HOLD = Loader(
    Booking,
    select(Booking)
    .where(
        Booking.browser_key == bindparam("browser_key"),
        Booking.room == bindparam("room"),
        Booking.status == BookingStatus.HELD,
        col(Booking.hold_expires_at) > bindparam("at"),
    )
    .order_by(col(Booking.id).desc()),
)


def lock_expired(session: Session, at: datetime, *, limit: int) -> list[Booking]:
    """Lock the holds whose time is over, the oldest first; those that somebody has locked wait for the next time."""
    wanted = (
        select(Booking)
        .where(Booking.status == BookingStatus.HELD, col(Booking.hold_expires_at) <= at)
        .order_by(col(Booking.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(wanted).all())


def list_day(session: Session, *, room: str | None, on: date) -> Sequence[Booking]:
    """List a business day's bookings by their hour, of one room or of all; those that lapsed are left out."""
    first_at, next_at = day_bounds(on)
    wanted = select(Booking).where(
        Booking.starts_at >= first_at, Booking.starts_at < next_at, Booking.status != BookingStatus.LAPSED
    )
    if room is not None:
        wanted = wanted.where(Booking.room == room)
    return session.exec(wanted.order_by(col(Booking.starts_at), col(Booking.id))).all()


def list_closures(session: Session, room: str | None, starts_at: datetime, ends_at: datetime) -> Sequence[Closure]:
    """List the closures that touch a time: those of a room and of the whole place, or with no room named, all."""
    wanted = select(Closure).where(Closure.starts_at < ends_at, Closure.ends_at > starts_at)
    if room is not None:
        wanted = wanted.where(or_(col(Closure.room).is_(None), Closure.room == room))
    return session.exec(wanted.order_by(col(Closure.starts_at))).all()


def is_closed(session: Session, room: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a room takes nobody in some part of a time."""
    return rules.is_closed(list_closures(session, room, starts_at, ends_at), room, starts_at, ends_at)


def list_live(session: Session, *, room: str | None, starts_at: datetime, ends_at: datetime) -> Sequence[Booking]:
    """List the bookings of people expected or here in a time, so that staff see whom a closure would meet."""
    wanted = select(Booking).where(
        Booking.starts_at < ends_at, Booking.ends_at > starts_at, col(Booking.status).in_(rules.LIVE)
    )
    if room is not None:
        wanted = wanted.where(Booking.room == room)
    return session.exec(wanted.order_by(col(Booking.starts_at)).limit(500)).all()
