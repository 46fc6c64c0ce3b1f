"""What the hall does: one function per verb."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from citizen_space.access import service as access
from citizen_space.bookings import queries as bookings_found
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.checkout import service as checkout
from citizen_space.checkout.sealing import ONLINE_REGISTER
from citizen_space.fiscal import queries as registers
from citizen_space.kit import clock, db
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.keys import Keys
from citizen_space.kit.names import RoomName
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order
from citizen_space.payments import service as payments
from citizen_space.products import queries as products
from citizen_space.room import Booked, Contact, hold_booking
from citizen_space.venue import queries, rules, tickets
from citizen_space.venue.models import (
    Admission,
    AdmissionStatus,
    Event,
    Performance,
    PerformanceStatus,
    Scan,
    ScanResult,
    SeatClaim,
)

ROOM: RoomName = "venue"


@dataclass(frozen=True)
class Buyer:
    """Who takes seats: somebody online, or (with no contact) somebody who stands at the box office."""

    contact: Contact | None
    guests: Sequence[access.GuestName]
    language: str
    browser_key: str
    register_id: int | None = None
    actor: Actor = PUBLIC


def availability(
    session: Session, performance_id: int, *, at: datetime, browser_key: str = ""
) -> tuple[rules.House, Booking | None]:
    """A performance with its seats as they stand, and the hold this browser left behind there, if any."""
    own = bookings_found.find_own_hold(session, room=ROOM, browser_key=browser_key, at=at)
    house = queries.get_house(session, performance_id, booking_id=own.id if own else None)
    return house, own if any(one.state == "mine" for one in house.seats) else None


def hold(session: Session, booking: Booking, seat_ids: Iterable[int], *, performance_id: int) -> None:
    """Take the seats for a booking, all or none, in one statement. Raises SeatTaken.

    The constraint is the only lock: seats are taken in one order for all, so that two parties never wait in a circle.
    """
    rows = [
        {"performance_id": performance_id, "seat_id": seat_id, "booking_id": booking.id} for seat_id in sorted(seat_ids)
    ]
    with db.savepoint(session):
        if db.insert_missing(session, SeatClaim, rows) < len(rows):
            raise rules.SeatTaken("seats")


def book(
    session: Session,
    *,
    performance_id: int,
    wanted: Mapping[int, int],
    buyer: Buyer,
    submission: str,
    keys: Keys,
    at: datetime,
) -> Booked:
    """Hold seats (seat id → rate id) for a while and open what is to be paid.

    The same submission gives the same booking. Where nothing is due it is confirmed at once.
    """
    earlier = bookings_found.find_by_submission(session, submission)
    if earlier is not None:
        return Booked(earlier, payments.find_of_booking(session, earlier))
    house = queries.get_house(session, performance_id, only=wanted)
    choices = _checked(house, wanted, buyer, at)
    booking = hold_booking(
        session,
        room=ROOM,
        contact=buyer.contact,
        starts_at=house.performance.starts_at,
        ends_at=rules.ends_at(house.performance, house.event),
        party_size=len(choices),
        language=buyer.language,
        browser_key=buyer.browser_key,
        submission=submission,
        label=buyer.guests[0].first_name if buyer.guests else "",
        at=at,
    )
    hold(session, booking, [choice.seat.id or 0 for choice in choices], performance_id=performance_id)
    if buyer.guests:
        access.name_guests(session, booking, buyer.guests, keys=keys, at=at)
    tickets.reserve(session, booking, house.performance, choices, keys)
    order = _open_order(session, booking, house, choices, buyer, at)
    db.change(session, booking, order_id=order.id)
    if buyer.contact is None:
        return Booked(booking, None)
    return _ask_payment(session, booking, order, rules.total_cents(choices), keys, at)


def _checked(house: rules.House, wanted: Mapping[int, int], buyer: Buyer, at: datetime) -> list[rules.Choice]:
    online = buyer.contact is not None
    rules.check_sold(house.performance, closed=house.closed, online_at=at if online else None)
    choices = house.pick(wanted)
    rules.check_choices(choices)
    if online and len(buyer.guests) != len(choices):
        raise rules.GuestListIncomplete("guests")
    return choices


def _open_order(
    session: Session,
    booking: Booking,
    house: rules.House,
    choices: Sequence[rules.Choice],
    buyer: Buyer,
    at: datetime,
) -> Order:
    order = orders.open_order(
        session,
        room=ROOM,
        label=booking.reference,
        register_id=buyer.register_id,
        operator_code=buyer.actor.code,
        booking_id=booking.id,
        covers=len(choices),
        submission=f"{booking.submission}:sale",
        at=at,
    )
    rate_bp = products.vat_rate_bp(session, ROOM, house.event.vat_key, clock.business_day(at))
    orders.add_lines(session, order, [_line(house.event, choice, rate_bp) for choice in choices], at=at)
    return order


def _line(event: Event, choice: rules.Choice, rate_bp: int) -> orders.NewLine:
    seat, rate = choice.seat, choice.rate
    return orders.NewLine(
        label_fr=f"{event.title_fr}, place {seat.label}, {rate.name_fr}",
        label_en=f"{event.title_en}, seat {seat.label}, {rate.name_en}",
        unit_price_cents=choice.price_cents,
        vat_rate_bp=rate_bp,
        subject=f"seat:{seat.id}",
    )


def _ask_payment(session: Session, booking: Booking, order: Order, due_cents: int, keys: Keys, at: datetime) -> Booked:
    if due_cents:
        return Booked(
            booking,
            payments.start(
                session,
                order,
                tender="card_online",
                amount_cents=due_cents,
                submission=f"{booking.submission}:pay",
                at=at,
                expires_at=booking.hold_expires_at,
            ),
        )
    web = registers.get_register_id(session, ONLINE_REGISTER)
    assert order.id is not None
    settle(
        session, order.id, tenders=[], submission=f"{booking.submission}:free", register_id=web,
        actor=PUBLIC, keys=keys, at=at,
    )  # fmt: skip
    return Booked(booking, None)


def arrive(
    session: Session, text: str, *, performance_id: int, nonce: str, actor: Actor, keys: Keys, at: datetime
) -> queries.Scanned:
    """Admit the holder of a ticket, or say why not. The same gesture sent again is told the same.

    Three statements: the ticket locked, the gesture written, the entry marked.
    """
    code = rules.read_code(keys.ticket_public, text)
    reference = code.reference if code else rules.read_reference(text)
    found = queries.lock_for_door(session, reference) if reference else None
    if found is None:
        queries.get_performance(session, performance_id)
        scan = tickets.note_scan(session, performance_id, None, ScanResult.INVALID, nonce, actor, at)
        return queries.Scanned(scan, None, None, None, "") if scan else queries.get_scanned(session, nonce)
    admission, seat, rate, performance, event, booking = found
    result = rules.judge(admission, performance, performance_id)
    scan = tickets.note_scan(session, performance_id, admission, result, nonce, actor, at)
    if scan is None:
        return queries.get_scanned(session, nonce)
    if result == ScanResult.ADMITTED:
        db.change(session, admission, admitted_at=at)
    scanned = queries.scanned_of(scan, admission, seat, rate, booking)
    return replace(scanned, performance=performance, event=event)


def settle(
    session: Session,
    order_id: int,
    *,
    tenders: Sequence[checkout.Tender],
    submission: str,
    register_id: int,
    actor: Actor,
    keys: Keys,
    at: datetime,
) -> checkout.Sale:
    """Take the money for seats and give the tickets. First the seats, then the money, as for what is paid online."""
    order = orders_found.get_order(session, order_id)
    assert order.booking_id is not None, "seats are always sold by a booking"
    confirm(session, bookings_found.get_booking(session, order.booking_id), at)
    return checkout.settle(
        session,
        order_id,
        tenders=tenders,
        submission=submission,
        register_id=register_id,
        actor=actor,
        at=at,
        keys=keys,
    )


def confirm(session: Session, booking: Booking, at: datetime) -> None:
    """Make a paid hold firm and number its tickets; seats that had lapsed are taken again if free.

    Raises SeatTaken, SalesEnded, HallClosed.
    """
    booking = bookings.confirm(session, booking, at)
    assert booking.id is not None
    reserved = [one for one in queries.list_admissions(session, booking.id) if one.status == AdmissionStatus.RESERVED]
    if not reserved:
        return
    held = set(queries.list_claimed_seat_ids(session, booking.id))
    if lost := {one.seat_id for one in reserved} - held:
        performance, event = queries.get_performance(session, reserved[0].performance_id)
        rules.check_sold(performance, closed=queries.is_closed(session, performance, event))
        hold(session, booking, lost, performance_id=reserved[0].performance_id)
    tickets.issue(session, reserved, at)


def release(session: Session, booking: Booking, at: datetime) -> None:
    """Let the booking's seats go; a cancellation takes its tickets with it. Raises TicketUsed."""
    assert booking.id is not None
    if booking.status == BookingStatus.CANCELLED:
        tickets.cancel(queries.lock_admissions(session, booking.id), booking, at)
    session.execute(sa.delete(SeatClaim).where(col(SeatClaim.booking_id) == booking.id))
    session.flush()


def exchange(
    session: Session, admission_id: int, *, performance_id: int, seat_id: int, actor: Actor, keys: Keys, at: datetime
) -> Admission:
    """Exchange a ticket for another seat, or another date, at the same price: a new ticket, a new number."""
    # The booking before its tickets, as who cancels it does.
    booking = bookings.lock_booking(session, queries.get_ticket(session, admission_id).admission.booking_id)
    old = db.lock_row(session, Admission, admission_id)
    if old.status != AdmissionStatus.VALID or old.admitted_at is not None:
        raise rules.NotExchangeable
    house = queries.get_house(session, performance_id, only=[seat_id])
    rules.check_sold(house.performance, closed=house.closed)
    choice = house.pick({seat_id: old.rate_id})[0]
    if choice.price_cents != old.price_cents:
        raise rules.PriceDiffers
    hold(session, booking, [seat_id], performance_id=performance_id)
    session.execute(
        sa.delete(SeatClaim).where(
            col(SeatClaim.performance_id) == old.performance_id, col(SeatClaim.seat_id) == old.seat_id
        )
    )
    old.status, old.cancelled_at, old.cancelled_by = AdmissionStatus.CANCELLED, at, actor.code
    old.refunded_cents = old.price_cents
    session.flush()
    tickets.reserve(session, booking, house.performance, [choice], keys)
    kept = queries.list_admissions(session, old.booking_id)
    tickets.issue(session, [one for one in kept if one.status == AdmissionStatus.RESERVED], at)
    if all(one.performance_id == performance_id for one in kept):
        booking.starts_at = house.performance.starts_at
        booking.ends_at = rules.ends_at(house.performance, house.event)
    return kept[-1]


def open_doors(session: Session, performance_id: int, *, actor: Actor, at: datetime) -> Performance:
    """Open the doors; doing it again changes nothing."""
    performance = db.lock_row(session, Performance, performance_id)
    if performance.status == PerformanceStatus.DOORS_OPEN:
        return performance
    if performance.status != PerformanceStatus.ON_SALE:
        raise rules.DoorsNotYet
    performance.doors_opened_at, performance.doors_opened_by = at, actor.code
    performance.status = PerformanceStatus.DOORS_OPEN
    session.flush()
    return performance


def undo_admission(session: Session, scan_id: int, *, reason: str, actor: Actor, at: datetime) -> Scan:
    """Take back an entry made by mistake: the ticket may be used again, the gesture stays written."""
    scan = db.lock_row(session, Scan, scan_id)
    if scan.result != ScanResult.ADMITTED or scan.undone_at is not None or scan.admission_id is None:
        raise rules.ScanNotUndoable
    db.lock_row(session, Admission, scan.admission_id).admitted_at = None
    scan.undone_at, scan.undone_by, scan.undo_reason = at, actor.code, reason.strip()
    session.flush()
    return scan
