"""What is done with a booking, the same for a table, a seat and a bench: hold, confirm, arrive, cancel, lapse."""

from datetime import datetime, timedelta

from sqlmodel import Session

from citizen_space.bookings import queries, rules
from citizen_space.bookings.models import Booking, BookingStatus, Closure
from citizen_space.bookings.rules import Cancellation
from citizen_space.customers.models import Customer
from citizen_space.kit import ids
from citizen_space.kit.actor import SYSTEM, Actor
from citizen_space.kit.db import change, insert_once, lock_row
from citizen_space.kit.errors import NotFound, Refusal
from citizen_space.kit.text import _

_LAPSED_AT_ONCE = 200


class BookingCancelled(Refusal):
    """It is cancelled already: nothing is given back twice."""

    sentence = _("Cette réservation est déjà annulée.")


class BookingMoved(Refusal):
    """Its status does not allow that any more."""

    sentence = _("Cette réservation ne peut plus être modifiée ainsi.")


class HoldLapsed(Refusal):
    """The time to finish ran out and the place is free for others."""

    sentence = _("Le temps de réservation est écoulé. Vous pouvez recommencer, votre place est peut-être encore libre.")


class ClosureUpsideDown(Refusal):
    """A closure ends after it begins."""

    status = 422
    sentence = _("La fin de la fermeture vient avant son début.")


def hold(
    session: Session,
    *,
    room: str,
    starts_at: datetime,
    ends_at: datetime,
    party_size: int,
    customer: Customer | None,
    language: str,
    browser_key: str,
    submission: str,
    policy: str,
    access: str,
    minutes: int,
    label: str = "",
    at: datetime,
) -> Booking:
    """Keep capacity for a while; the same submission gives the same booking, however often it is sent.

    The room has taken its lock, checked, and claims what is scarce in the same transaction.
    """
    fresh = Booking(
        reference=ids.new_reference(),
        secret=ids.new_secret(),
        room=room,
        status=BookingStatus.HELD,
        starts_at=starts_at,
        ends_at=ends_at,
        party_size=party_size,
        customer_id=customer.id if customer is not None else None,
        hold_expires_at=at + timedelta(minutes=minutes),
        language=language,
        browser_key=browser_key,
        submission=submission,
        policy=policy,
        access=access,
        label=label.strip(),
        created_at=at,
    )
    if insert_once(session, fresh):
        return fresh
    twin = queries.find_by_submission(session, submission)
    # Not a twin: then it was the reference, one chance in billions.
    assert twin is not None, "a reference or a secret was drawn twice"
    return twin


def lock_booking(session: Session, booking_id: int | None, *, room: str | None = None) -> Booking:
    """Take a booking for this transaction alone, as it is now; a room that names itself finds only its own.

    Raises NotFound.
    """
    booking = lock_row(session, Booking, booking_id)
    if room is not None and booking.room != room:
        raise NotFound
    return booking


def extend_hold(session: Session, booking: Booking, *, minutes: int, at: datetime) -> Booking:
    """Keep a live hold a little longer, after a card was declined. Raises HoldLapsed."""
    booking = lock_row(session, Booking, booking.id)
    if not rules.is_live_hold(booking, at):
        raise HoldLapsed
    assert booking.hold_expires_at is not None
    booking.hold_expires_at = max(booking.hold_expires_at, at + timedelta(minutes=minutes))
    session.add(booking)
    return booking


def confirm(session: Session, booking: Booking, at: datetime) -> Booking:
    """Make a hold a booking; doing it again changes nothing. Raises BookingCancelled, BookingMoved."""
    booking = lock_row(session, Booking, booking.id)
    if booking.status == BookingStatus.CONFIRMED:
        return booking
    _check_move(booking, BookingStatus.CONFIRMED)
    change(session, booking, status=BookingStatus.CONFIRMED, confirmed_at=at, hold_expires_at=None)
    return booking


def arrive(session: Session, booking: Booking, at: datetime) -> Booking:
    """Write down that the party is here; doing it again changes nothing. Raises BookingCancelled, BookingMoved."""
    booking = lock_row(session, Booking, booking.id)
    if booking.status == BookingStatus.ARRIVED:
        return booking
    _move(session, booking, BookingStatus.ARRIVED)
    booking.arrived_at = at
    return booking


def undo_arrival(session: Session, booking: Booking) -> Booking:
    """Take back an arrival noted by mistake: the party is expected again. Raises BookingMoved."""
    booking = lock_row(session, Booking, booking.id)
    _move(session, booking, BookingStatus.CONFIRMED)
    booking.arrived_at = None
    return booking


def complete(session: Session, booking: Booking, at: datetime) -> Booking:
    """Write down that the party has been served and has gone. Raises BookingCancelled, BookingMoved."""
    booking = lock_row(session, Booking, booking.id)
    if booking.status == BookingStatus.COMPLETED:
        return booking
    if booking.status == BookingStatus.CONFIRMED:
        booking = arrive(session, booking, at)
    return _move(session, booking, BookingStatus.COMPLETED)


def no_show(session: Session, booking: Booking, *, at: datetime, actor: Actor = SYSTEM) -> Booking:
    """Write down that nobody came. Raises BookingMoved before the hour, or where somebody did."""
    booking = lock_row(session, Booking, booking.id)
    if booking.status == BookingStatus.CONFIRMED and booking.starts_at > at:
        raise BookingMoved
    _move(session, booking, BookingStatus.NO_SHOW)
    booking.cancelled_by = actor.code
    return booking


def quote_cancellation(booking: Booking, *, paid_cents: int, at: datetime) -> Cancellation:
    """Say beforehand what a cancellation would keep and give back."""
    kept = rules.kept_cents(booking.policy, paid_cents, booking.starts_at, at)
    return Cancellation(kept_cents=kept, refund_cents=paid_cents - kept)


def cancel(
    session: Session,
    booking: Booking,
    *,
    at: datetime,
    actor: Actor,
    paid_cents: int = 0,
    in_full: bool = False,
) -> Cancellation:
    """Cancel a booking and say what is given back; `in_full` when it is the house that calls it off.

    What was paid is known on the storeys above, so it is handed in; the room refunds and frees its claims.
    Raises BookingCancelled, BookingMoved.
    """
    booking = lock_row(session, Booking, booking.id)
    if booking.status == BookingStatus.CANCELLED:
        raise BookingCancelled
    quoted = quote_cancellation(booking, paid_cents=paid_cents, at=at)
    outcome = Cancellation(0, paid_cents) if in_full else quoted
    _move(session, booking, BookingStatus.CANCELLED)
    booking.cancelled_at, booking.cancelled_by, booking.kept_cents = at, actor.code, outcome.kept_cents
    booking.hold_expires_at = None
    return outcome


def lapse_expired(session: Session, at: datetime) -> list[Booking]:
    """Let holds go that nobody finished; whoever calls frees what each room had claimed for them."""
    expired = queries.lock_expired(session, at, limit=_LAPSED_AT_ONCE)
    for booking in expired:
        _move(session, booking, BookingStatus.LAPSED)
    return expired


def _check_move(booking: Booking, to: BookingStatus) -> None:
    if not rules.can_move(booking.status, to):
        raise BookingCancelled if booking.status == BookingStatus.CANCELLED else BookingMoved


def _move(session: Session, booking: Booking, to: BookingStatus) -> Booking:
    _check_move(booking, to)
    booking.status = to
    session.add(booking)
    return booking


# -- closures ---------------------------------------------------------------------------------------------------------


def close(
    session: Session,
    *,
    room: str | None,
    starts_at: datetime,
    ends_at: datetime,
    reason_fr: str,
    reason_en: str,
    actor: Actor,
    at: datetime,
) -> Closure:
    """Take nobody more in a time; bookings already made stay and are shown to staff. Raises ClosureUpsideDown."""
    if ends_at <= starts_at:
        raise ClosureUpsideDown("ends")
    closure = Closure(
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        reason_fr=reason_fr.strip(),
        reason_en=reason_en.strip(),
        created_at=at,
        created_by=actor.code,
    )
    session.add(closure)
    return closure


def reopen(session: Session, closure_id: int) -> Closure:
    """Take a closure away. Raises NotFound."""
    closure = lock_row(session, Closure, closure_id)
    session.delete(closure)
    return closure
