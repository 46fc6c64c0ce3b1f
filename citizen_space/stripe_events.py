"""What a payment received online means to the house, whoever told us of it: message, return page or sweep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from citizen_space.bookings import queries as bookings
from citizen_space.bookings.models import Booking
from citizen_space.checkout import service as checkout
from citizen_space.customers.models import Customer
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import savepoint
from citizen_space.kit.errors import Refusal
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import _
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders
from citizen_space.orders.models import Order, OrderKind
from citizen_space.outbox import service as outbox
from citizen_space.payments import queries as payments
from citizen_space.payments.models import Payment

TOO_LATE = _("Paiement arrivé trop tard : rendu en entier.")
_HOUSE_FACTS = ("house_name", "house_address", "house_phone", "house_email")


class Confirms(Protocol):
    """What is needed of a room here."""

    @property
    def prefix(self) -> str:
        """Where its public pages stand."""

    @property
    def confirm(self) -> Callable[[Session, Booking, datetime], None]:
        """Make a hold firm, taking its places again if they are free; refuses when they are not."""


@dataclass(frozen=True)
class Meaning:
    """What handling a payment needs beside the payment."""

    rooms: Mapping[str, Confirms]
    keys: Keys
    templates: outbox.Renders


def make_on_paid(
    rooms: Mapping[str, Confirms], keys: Keys, templates: outbox.Renders
) -> Callable[[Session, int, datetime], str]:
    """Make the house's `on_paid`."""
    meaning = Meaning(rooms, keys, templates)

    def on_paid(session: Session, payment_id: int, at: datetime) -> str:
        return handle_paid(session, payment_id, at, meaning)

    return on_paid


def handle_paid(session: Session, payment_id: int, at: datetime, meaning: Meaning) -> str:
    """Make a payment real: settle, confirm; or send it back when the place is gone. Gives the path of its page.

    Done before, it changes nothing.
    """
    payment = payments.get_payment(session, payment_id)
    order = orders.get_order(session, payment.order_id)
    booking = bookings.get_booking(session, order.booking_id) if order.booking_id is not None else None
    if order.settlement != payment.submission:
        _make_real(session, payment, order, booking, at, meaning)
    return _path(order, booking, meaning)


def _make_real(
    session: Session, payment: Payment, order: Order, booking: Booking | None, at: datetime, meaning: Meaning
) -> None:
    try:
        with savepoint(session):
            # First the place, then the money: a place that is gone refuses before anything is sealed.
            if booking is not None:
                meaning.rooms[booking.room].confirm(session, booking, at)
            if order.kind == OrderKind.DEPOSIT:
                checkout.take_deposit(session, payment, at, keys=meaning.keys)
            else:
                checkout.settle_online(session, payment, at, keys=meaning.keys)
    except Refusal:
        _send_back(session, payment, order, booking, at, meaning)


def _send_back(
    session: Session, payment: Payment, order: Order, booking: Booking | None, at: datetime, meaning: Meaning
) -> None:
    if not checkout.return_payment(session, payment, reason=str(TOO_LATE), at=at, keys=meaning.keys):
        return
    customer = session.get(Customer, booking.customer_id) if booking and booking.customer_id else None
    if booking is None or customer is None or not customer.email:
        return
    facts = {name: law.find_text(session, name, business_day(at)) for name in _HOUSE_FACTS}
    subject, text, html = outbox.render_mail(
        meaning.templates,
        "payments/mail/returned",
        booking.language,
        reference=order.reference,
        amount_cents=payment.amount_cents,
        **facts,
    )
    outbox.queue_mail(
        session,
        key=f"returned:{payment.id}",
        to_address=customer.email,
        language=booking.language,
        subject=subject,
        text=text,
        html=html,
        at=at,
    )


def _path(order: Order, booking: Booking | None, meaning: Meaning) -> str:
    if booking is None:
        return f"/argent/recu/{order.trail_code}"
    return f"{meaning.rooms[booking.room].prefix}/reservation/{booking.secret}"
