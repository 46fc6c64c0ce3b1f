"""What a payment received online means to the house, whoever told us of it: message, return page or sweep."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from citizen_space.bookings import queries as bookings
from citizen_space.bookings.models import Booking
from citizen_space.checkout import service as checkout
from citizen_space.customers.models import Customer
from citizen_space.kit.db import savepoint
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.orders import queries as orders
from citizen_space.orders.models import Order, OrderKind
from citizen_space.outbox import service as outbox
from citizen_space.payments import queries as payments
from citizen_space.payments.models import Payment
from citizen_space.registry import ROOMS
from citizen_space.room import Room, mail_booking
from citizen_space.web.visit import House

TOO_LATE = _("Paiement arrivé trop tard : rendu en entier.")


def handle_paid(
    session: Session, payment_id: int, at: datetime, *, house: House, rooms: Mapping[str, Room] = ROOMS
) -> str:
    """Make a payment real: confirm, settle, mail; or send it back when the place is gone. Gives the path of its page.

    Done before, it changes nothing.
    """
    payment = payments.get_payment(session, payment_id)
    order = orders.get_order(session, payment.order_id)
    booking = bookings.get_booking(session, order.booking_id) if order.booking_id is not None else None
    if order.settlement != payment.submission:
        room = rooms[booking.room] if booking is not None else None
        _make_real(session, payment, order, booking, room, at, house)
    if booking is None:
        return f"/argent/recu/{order.trail_code}"
    return rooms[booking.room].doors.path(booking)


def _make_real(
    session: Session,
    payment: Payment,
    order: Order,
    booking: Booking | None,
    room: Room | None,
    at: datetime,
    house: House,
) -> None:
    try:
        with savepoint(session):
            # First the place, then the money: a place that is gone refuses before anything is sealed.
            if booking is not None and room is not None:
                room.confirm(session, booking, at)
            if order.kind == OrderKind.DEPOSIT:
                checkout.take_deposit(session, payment, at, keys=house.keys)
            else:
                checkout.settle_online(session, payment, at, keys=house.keys)
    except Refusal:
        _send_back(session, payment, order, booking, at, house)
        return
    if booking is not None and room is not None:
        mail_booking(session, booking, key=f"confirmed:{booking.id}:{payment.id}", at=at)


def _send_back(
    session: Session, payment: Payment, order: Order, booking: Booking | None, at: datetime, house: House
) -> None:
    if not checkout.return_payment(session, payment, reason=str(TOO_LATE), at=at, keys=house.keys):
        return
    customer = session.get(Customer, booking.customer_id) if booking and booking.customer_id else None
    if booking is None or customer is None or not customer.email:
        return
    outbox.queue_letter(
        session,
        "returned",
        key=f"returned:{payment.id}",
        to_address=customer.email,
        language=booking.language,
        about={"reference": booking.reference, "amount_cents": payment.amount_cents},
        at=at,
    )


def list_letters() -> outbox.Letters:
    """The letters about payments."""
    return {"returned": lambda _session, _message, about: outbox.Letter("payments/mail/returned", about)}
