"""How guests are found: by party, by day, by state; never by name, for names are sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from citizen_space.access.models import Guest, Look, Purge, Vetting
from citizen_space.bookings import rules as booking_rules
from citizen_space.bookings.models import AccessPolicy, Booking, BookingStatus
from citizen_space.kit.clock import day_bounds
from citizen_space.kit.errors import NotFound


@dataclass(frozen=True)
class Party:
    """A booking and its guests, without the money."""

    booking: Booking
    guests: tuple[Guest, ...]


def get_guest(session: Session, guest_id: int) -> Guest:
    """Get a guest."""
    found = session.get(Guest, guest_id)
    if found is None:
        raise NotFound
    return found


def list_guests(session: Session, booking_id: int) -> Sequence[Guest]:
    """List the guests of a booking in their order."""
    return session.exec(select(Guest).where(Guest.booking_id == booking_id).order_by(col(Guest.position))).all()


def list_to_vet(session: Session, *, from_on: date) -> list[Party]:
    """List the parties with somebody still to be vetted, the most urgent first."""
    first_at = day_bounds(from_on)[0]
    waiting = select(Guest.booking_id).where(Guest.vetting == Vetting.PENDING)
    wanted = select(Booking).where(
        col(Booking.id).in_(waiting), Booking.starts_at >= first_at, Booking.status == BookingStatus.CONFIRMED
    )
    return _with_guests(session, session.exec(wanted.order_by(col(Booking.starts_at), col(Booking.id))).all())


def count_to_vet(session: Session, *, from_on: date) -> int:
    """Count the guests still to be vetted."""
    wanted = (
        select(func.count(col(Guest.id)))
        .join(Booking, col(Booking.id) == col(Guest.booking_id))
        .where(
            Guest.vetting == Vetting.PENDING,
            Booking.starts_at >= day_bounds(from_on)[0],
            Booking.status == BookingStatus.CONFIRMED,
        )
    )
    return session.exec(wanted).one()


def list_gate(session: Session, on: date) -> list[Party]:
    """List the parties expected on a business day whose guests are named."""
    first_at, next_at = day_bounds(on)
    wanted = select(Booking).where(
        Booking.starts_at >= first_at,
        Booking.starts_at < next_at,
        col(Booking.status).in_(booking_rules.LIVE),
        Booking.access != AccessPolicy.OPEN,
    )
    return _with_guests(session, session.exec(wanted.order_by(col(Booking.starts_at), col(Booking.id))).all())


def list_inside(session: Session) -> Sequence[tuple[Guest, Booking]]:
    """List who has come in and not gone out, whatever the day."""
    wanted = (
        select(Guest, Booking)
        .join(Booking, col(Booking.id) == col(Guest.booking_id))
        .where(col(Guest.arrived_at).is_not(None), col(Guest.left_at).is_(None))
    )
    return session.exec(wanted.order_by(col(Guest.arrived_at))).all()


def list_looks(session: Session, limit: int = 200) -> Sequence[Look]:
    """List who opened an identity, the latest first."""
    return session.exec(select(Look).order_by(col(Look.id).desc()).limit(limit)).all()


def list_purges(session: Session, limit: int = 20) -> Sequence[Purge]:
    """List when identities were destroyed, the latest first."""
    return session.exec(select(Purge).order_by(col(Purge.id).desc()).limit(limit)).all()


def _with_guests(session: Session, bookings: Sequence[Booking]) -> list[Party]:
    wanted = select(Guest).where(col(Guest.booking_id).in_([booking.id for booking in bookings]))
    guests = session.exec(wanted.order_by(col(Guest.booking_id), col(Guest.position))).all()
    return [Party(booking, tuple(guest for guest in guests if guest.booking_id == booking.id)) for booking in bookings]
