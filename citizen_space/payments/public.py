"""What the public sees of paying: the way to the processor and back, the processor's messages, the sandbox's page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from citizen_space.bookings import queries as bookings
from citizen_space.customers.models import Customer
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import get_by_id
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import _
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders
from citizen_space.payments import events, queries, sandbox_gateway, service
from citizen_space.payments.forms import DecisionForm
from citizen_space.payments.gateway import Checkout, CheckoutRequest, CheckoutState, Event
from citizen_space.payments.models import Payment, PaymentStatus, SandboxSession
from citizen_space.payments.sandbox_gateway import SandboxGateway
from citizen_space.web.endpoint import call_out, page, raw
from citizen_space.web.visit import House, Visit

# A payment that nobody set a time for.
_LONGEST = timedelta(hours=23)
_DECLINED = _("La carte d’essai a été refusée. Vous pouvez réessayer.")


# -- to the processor and back -----------------------------------------------------------------------------------------


def ask_checkout(visit: Visit) -> Response | tuple[int, CheckoutRequest]:
    """Prepare the checkout; what is open already is used again, what is paid leads on."""
    payment = queries.get_by_submission(visit.session, visit.path["submission"])
    assert payment.id is not None
    if payment.status == PaymentStatus.RECEIVED:
        return visit.redirect(visit.house.on_paid(visit.session, payment.id, visit.at))
    if payment.status != PaymentStatus.PENDING or (payment.expires_at and payment.expires_at <= visit.at):
        raise service.PaymentClosed
    if payment.checkout_url:
        return visit.redirect(payment.checkout_url)
    return payment.id, _request(visit, payment)


def _request(visit: Visit, payment: Payment) -> CheckoutRequest:
    order = orders.get_order(visit.session, payment.order_id)
    customer = _customer(visit.session, order.booking_id)
    house_name = law.find_text(visit.session, "house_name", business_day(payment.created_at))
    base = f"{visit.house.config.public_url}/payer/{payment.submission}"
    return CheckoutRequest(
        key=f"payment-{payment.id}",
        amount_cents=payment.amount_cents,
        description=" · ".join(word for word in (house_name, order.reference) if word),
        reference=order.reference,
        customer_email=customer.email if customer else "",
        language=visit.language,
        success_url=f"{base}/retour",
        cancel_url=f"{base}/annule",
        expires_at=payment.expires_at or payment.created_at + _LONGEST,
    )


def _customer(session: Session, booking_id: int | None) -> Customer | None:
    if booking_id is None:
        return None
    booking = bookings.get_booking(session, booking_id)
    return get_by_id(session, Customer, booking.customer_id) if booking.customer_id else None


def open_checkout(house: House, asked: tuple[int, CheckoutRequest]) -> Checkout:
    """Open it, with no session open."""
    checkout: Checkout = house.payments.open_checkout(asked[1])
    return checkout


def go_to_checkout(visit: Visit, asked: tuple[int, CheckoutRequest], checkout: Checkout) -> Response:
    """Note where it is paid and go there."""
    payment = service.note_opened(visit.session, asked[0], checkout, visit.house.payments.name)
    return visit.redirect(payment.checkout_url)


def show_trouble(visit: Visit) -> Response:
    """Say why one cannot pay now, and what can be done."""
    payment = queries.get_by_submission(visit.session, visit.path["submission"])
    return _show(visit, payment, "payments/public/trouble.html")


def _show(visit: Visit, payment: Payment, template: str) -> Response:
    over = payment.expires_at is not None and payment.expires_at <= visit.at
    return visit.render(
        template,
        payment=payment,
        order=orders.get_order(visit.session, payment.order_id),
        can_pay=payment.status == PaymentStatus.PENDING and not over,
        robots="noindex",
    )


def look_back(visit: Visit) -> Response | tuple[int, str]:
    """The customer comes back from the processor: what do we know already?"""
    payment = queries.get_by_submission(visit.session, visit.path["submission"])
    assert payment.id is not None
    if payment.status == PaymentStatus.RECEIVED:
        return visit.redirect(visit.house.on_paid(visit.session, payment.id, visit.at))
    if payment.provider_session is None:
        return visit.redirect(f"/payer/{payment.submission}")
    return payment.id, payment.provider_session


def read_checkout(house: House, known: tuple[int, str]) -> CheckoutState:
    """Ask the processor, with no session open: the address of the return page proves nothing."""
    state: CheckoutState = house.payments.read_checkout(known[1])
    return state


def conclude(visit: Visit, known: tuple[int, str], state: CheckoutState) -> Response:
    """Let it have its effect and show the ticket, or say what is missing."""
    effect = service.apply_checkout(visit.session, known[0], state, visit.at, visit.house.on_paid)
    if effect.path:
        return visit.redirect(effect.path)
    return _show(visit, queries.get_payment(visit.session, known[0]), "payments/public/waiting.html")


def show_cancelled(visit: Visit) -> Response:
    """The customer left the processor's page: without paying, or by its way back after having paid."""
    payment = queries.get_by_submission(visit.session, visit.path["submission"])
    if payment.status == PaymentStatus.RECEIVED:
        return visit.redirect(f"/payer/{payment.submission}/retour")
    return _show(visit, payment, "payments/public/cancelled.html")


# -- the processor's messages ------------------------------------------------------------------------------------------


def store_message(visit: Visit) -> Event:
    """Check the signature and store the message word for word, before anything is made of it."""
    signature = visit.request.headers.get("stripe-signature", "")
    event: Event = visit.house.payments.read_event(visit.body, signature)
    service.store_event(visit.session, event, visit.body, visit.at, provider=visit.house.payments.name)
    return event


def learn(house: House, event: Event) -> events.Learnt:
    """Read what it speaks of, with no session open."""
    return events.learn(house.payments, event)


def handle_message(visit: Visit, event: Event, learnt: events.Learnt) -> Response:
    """Let it have its effect once."""
    effect = events.take_effect(visit.session, event, learnt, visit.at, visit.house.on_paid)
    return PlainTextResponse(effect.outcome)


# -- the sandbox's page ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """What was decided at the sandbox's page, and the message that tells it."""

    event: Event
    back_to: str


def _sandbox(visit: Visit) -> SandboxGateway:
    gateway: Any = visit.house.payments
    if not isinstance(gateway, SandboxGateway) or visit.house.config.production:
        raise NotFound
    return gateway


def show_sandbox(visit: Visit) -> Response:
    """The page where play money is paid."""
    _sandbox(visit)
    row = sandbox_gateway.get_session(visit.session, visit.path["checkout_id"])
    return visit.render(
        "payments/public/sandbox.html",
        checkout=row,
        is_open=sandbox_gateway.is_open(row, visit.at),
        cancel_path=_path(visit, row.cancel_url),
        robots="noindex",
    )


def decide(visit: Visit) -> Response | Decided:
    """Take the decision, then store its message the very way a processor's comes in."""
    gateway, form = _sandbox(visit), visit.form
    row, message = sandbox_gateway.decide(visit.session, visit.path["checkout_id"], form.choice, visit.at)
    if message is None:
        return _not_decided(visit, row, visit.at)
    event = gateway.read_event(message, gateway.sign(message))
    service.store_event(visit.session, event, message, visit.at, provider=gateway.name)
    return Decided(event, _path(visit, row.success_url if form.choice == "accept" else row.cancel_url))


def _not_decided(visit: Visit, row: SandboxSession, at: datetime) -> Response:
    if sandbox_gateway.is_open(row, at):
        return visit.redirect(f"/bac-a-sable/{row.id}", notice=_DECLINED)
    return visit.redirect(_path(visit, row.success_url if row.payment_id else row.cancel_url))


def _path(visit: Visit, address: str) -> str:
    return address.removeprefix(visit.house.config.public_url)


def learn_decided(house: House, decided: Decided) -> events.Learnt:
    """Read the checkout again, as for any message."""
    return events.learn(house.payments, decided.event)


def deliver(visit: Visit, decided: Decided, learnt: events.Learnt) -> Response:
    """Handle the message and send the customer back to the shop."""
    events.take_effect(visit.session, decided.event, learnt, visit.at, visit.house.on_paid)
    return visit.redirect(decided.back_to)


routes: list[Route] = [
    call_out(
        "/payer/{submission}",
        before=ask_checkout,
        outside=open_checkout,
        after=go_to_checkout,
        again=show_trouble,
        methods=("GET", "POST"),
        name="pay",
    ),
    call_out(
        "/payer/{submission}/retour",
        before=look_back,
        outside=read_checkout,
        after=conclude,
        again=show_trouble,
        methods=("GET",),
        name="pay-back",
    ),
    page("/payer/{submission}/annule", show_cancelled, name="pay-cancelled"),
    raw("/stripe/webhook", store_message, outside=learn, after=handle_message, name="webhook"),
    page("/bac-a-sable/{checkout_id}", show_sandbox, name="sandbox"),
    call_out(
        "/bac-a-sable/{checkout_id}",
        before=decide,
        outside=learn_decided,
        after=deliver,
        form=DecisionForm,
        again=show_sandbox,
        methods=("POST",),
        name="sandbox-decide",
    ),
]
