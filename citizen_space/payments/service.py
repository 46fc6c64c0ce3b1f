"""What is done with payments: asked for, received, given up; refunds asked for and followed; messages stored once."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from citizen_space.bookings.models import Booking
from citizen_space.kit.db import change, find_by, insert_once, insert_rows, is_unique_violation, lock_row
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.orders.models import Order
from citizen_space.payments import queries, rules
from citizen_space.payments.gateway import Checkout, CheckoutState, Event, PayoutItem, PayoutState, RefundState
from citizen_space.payments.models import (
    HandledEvent,
    Payment,
    PaymentStatus,
    Payout,
    Refund,
    RefundStatus,
    StoredEvent,
    Tender,
)
from citizen_space.payments.models import PayoutItem as PayoutItemRow

_log = logging.getLogger("citizen_space.payments")
OnPaid = Callable[[Session, int, datetime], str]


@dataclass(frozen=True)
class Effect:
    """What a message of the processor changed; the path of the customer's page once it is paid."""

    outcome: str
    path: str | None = None


class RefundTooLarge(Refusal):
    """More is asked back than was received and not yet given back."""

    sentence = _("Ce paiement ne peut être remboursé que de %(left_cents)s.")


class PaymentClosed(Refusal):
    """A payment that has ended cannot be paid any more."""

    sentence = _("Ce paiement n’est plus possible : le délai est écoulé. La place est de nouveau proposée à tous.")


class UsedElsewhere(Refusal):
    """A page of another bill was sent for this one."""

    sentence = _("Cette page a déjà servi pour une autre addition. Revenez à l’addition et recommencez.")


# -- receiving ---------------------------------------------------------------------------------------------------------


def start(
    session: Session,
    order: Order,
    *,
    tender: str,
    amount_cents: int,
    submission: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> Payment:
    """Await a payment for an order; the same submission finds the one it started."""
    assert order.id is not None
    assert amount_cents > 0, amount_cents
    payment = Payment(
        order_id=order.id,
        tender=tender,
        amount_cents=amount_cents,
        submission=submission,
        created_at=at,
        expires_at=expires_at,
    )
    if insert_once(session, payment):
        return payment
    return queries.get_by_submission(session, submission)


def find_of_booking(session: Session, booking: Booking) -> Payment | None:
    """Find the last payment asked for a booking's order."""
    return queries.find_last(session, booking.order_id) if booking.order_id is not None else None


def record(
    session: Session,
    order_id: int,
    parts: Sequence[rules.Part],
    *,
    submission: str,
    register_id: int,
    drawer_session_id: int | None,
    at: datetime,
) -> None:
    """Record what was received at the till, in one statement; a second submission is refused by the table."""
    rows: list[dict[str, Any]] = [
        {
            "order_id": order_id,
            "tender": part.tender,
            "amount_cents": part.amount_cents,
            "change_cents": part.change_cents,
            "refunded_cents": 0,
            "status": PaymentStatus.RECEIVED.value,
            "provider": "",
            "checkout_url": "",
            "reference": part.reference,
            "register_id": register_id,
            "drawer_session_id": drawer_session_id,
            "submission": f"{submission}:{number}",
            "created_at": at,
            "received_at": at,
        }
        for number, part in enumerate(parts)
    ]
    try:
        insert_rows(session, Payment, rows)
    except IntegrityError as error:
        # The session is of no more use, and need not be: a refusal undoes the whole act.
        raise (UsedElsewhere() if is_unique_violation(error) else error) from error


def note_opened(session: Session, payment_id: int, checkout: Checkout, provider: str) -> Payment:
    """Note where the customer pays; the first note stays."""
    payment = lock_row(session, Payment, payment_id)
    if payment.provider_session is None:
        change(session, payment, provider=provider, provider_session=checkout.id, checkout_url=checkout.url)
    return payment


def receive(session: Session, payment: Payment, *, provider_payment: str | None, at: datetime) -> bool:
    """Note that the money came; False when that was known."""
    assert payment.id is not None
    payment = lock_row(session, Payment, payment.id)
    if payment.status == PaymentStatus.RECEIVED:
        return False
    change(session, payment, status=PaymentStatus.RECEIVED, received_at=at, provider_payment=provider_payment)
    return True


def fail(session: Session, payment: Payment, *, status: PaymentStatus = PaymentStatus.FAILED) -> bool:
    """Give up waiting; False when there is nothing to give up."""
    assert payment.id is not None
    payment = lock_row(session, Payment, payment.id)
    if status not in rules.MOVES[PaymentStatus(payment.status)]:
        return False
    payment.status = status
    session.flush()
    return True


def apply_checkout(session: Session, payment_id: int, state: CheckoutState, at: datetime, on_paid: OnPaid) -> Effect:
    """Let what the processor says of a checkout have its effect, once, whoever learnt it first."""
    payment = lock_row(session, Payment, payment_id)
    if state.paid:
        if state.amount_cents != payment.amount_cents:
            # Never by our own asking: a person must look, and nothing is sold on a wrong sum.
            _log.error("payment %s: %s received, %s asked", payment_id, state.amount_cents, payment.amount_cents)
            return Effect("amount differs")
        fresh = receive(session, payment, provider_payment=state.payment_id, at=at)
        # What is paid already only tells where its page is.
        path = on_paid(session, payment_id, at)
        return Effect("received" if fresh else "known", path)
    if state.status == "expired":
        return Effect("expired" if fail(session, payment, status=PaymentStatus.EXPIRED) else "known")
    return Effect("waiting")


# -- giving back -------------------------------------------------------------------------------------------------------


def ask_refund(
    session: Session,
    payment: Payment,
    amount_cents: int,
    key: str,
    reason: str,
    at: datetime,
    *,
    register_id: int | None = None,
    drawer_session_id: int | None = None,
) -> Refund:
    """Give back a part of a payment by the tender it came from; the ceiling is checked under the payment's lock.

    Cards paid online are given back by the processor: that leaves after the commit. The rest is handed over here.
    """
    assert payment.id is not None
    payment = lock_row(session, Payment, payment.id)
    known = queries.find_refund(session, key)
    if known is not None:
        return known
    left_cents = payment.amount_cents - payment.refunded_cents if payment.status == PaymentStatus.RECEIVED else 0
    if not 0 < amount_cents <= left_cents:
        raise RefundTooLarge("amount", left_cents=left_cents)
    online = payment.tender == Tender.CARD_ONLINE
    refund = Refund(
        payment_id=payment.id or 0,
        amount_cents=amount_cents,
        status=RefundStatus.PENDING if online else RefundStatus.SUCCEEDED,
        key=key,
        reason=reason,
        register_id=register_id,
        drawer_session_id=drawer_session_id,
        created_at=at,
        succeeded_at=None if online else at,
    )
    payment.refunded_cents += amount_cents
    session.add(refund)
    session.flush()
    return refund


def note_refund(session: Session, refund_id: int, state: RefundState, at: datetime) -> Refund:
    """Note what the processor says of a refund."""
    refund = lock_row(session, Refund, refund_id)
    refund.provider_refund = state.id
    refund.last_error = ""
    target = {"pending": RefundStatus.SENT, "succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED}
    _move_refund(refund, target[state.status], at)
    session.flush()
    return refund


def _move_refund(refund: Refund, status: RefundStatus, at: datetime) -> None:
    if status not in rules.REFUND_MOVES[RefundStatus(refund.status)]:
        return
    refund.status = status
    refund.succeeded_at = at if status == RefundStatus.SUCCEEDED else None


def note_refund_trouble(session: Session, refund_id: int, error: str, *, final: bool, at: datetime) -> Refund:
    """Note that a refund could not be sent; a final refusal is work for finance, anything else is tried again."""
    refund = lock_row(session, Refund, refund_id)
    refund.attempts += 1
    refund.last_error = error[:500]
    if final and refund.status != RefundStatus.SUCCEEDED:
        _move_refund(refund, RefundStatus.FAILED, at)
    session.flush()
    return refund


def retry_refund(session: Session, refund_id: int) -> Refund:
    """Start a failed refund afresh, under a new key."""
    refund = lock_row(session, Refund, refund_id)
    if refund.status != RefundStatus.FAILED:
        return refund
    refund.status, refund.tries, refund.provider_refund = RefundStatus.PENDING, refund.tries + 1, None
    session.flush()
    return refund


def refund_key(refund: Refund) -> str:
    """Return the key that the processor knows this sending by."""
    return f"refund-{refund.id}-{refund.tries}"


# -- what the processor tells us ---------------------------------------------------------------------------------------


def store_event(session: Session, event: Event, body: bytes, at: datetime, *, provider: str) -> bool:
    """Store a message word for word; False when it was stored before."""
    return insert_once(
        session,
        StoredEvent(
            event_id=event.id,
            provider=provider,
            kind=event.kind,
            object_id=event.object_id,
            body=body.decode(),
            received_at=at,
        ),
    )


def mark_handled(session: Session, event_id: str, outcome: str, at: datetime) -> bool:
    """Stamp a message in the transaction of its effect; False when that was done before."""
    return insert_once(session, HandledEvent(event_id=event_id, handled_at=at, outcome=outcome))


def is_handled(session: Session, event_id: str) -> bool:
    """Say whether a message has had its effect."""
    return find_by(session, HandledEvent, "event_id", event_id) is not None


# -- payouts -----------------------------------------------------------------------------------------------------------


def store_payout(session: Session, provider: str, state: PayoutState, at: datetime) -> Payout:
    """Store a payout and what it is made of; told again, only its state may change."""
    payout = Payout(
        provider=provider,
        provider_id=state.id,
        amount_cents=state.amount_cents,
        fee_cents=state.fee_cents,
        arrives_on=state.arrives_on,
        status=state.status,
        bank_reference=state.bank_reference,
        created_at=at,
    )
    if insert_once(session, payout):
        for item in state.items:
            _store_item(session, payout, item)
        session.flush()
        return payout
    known = queries.lock_payout(session, state.id)
    known.status, known.arrives_on = state.status, state.arrives_on
    known.bank_reference = state.bank_reference or known.bank_reference
    session.flush()
    return known


def _store_item(session: Session, payout: Payout, item: PayoutItem) -> None:
    assert payout.id is not None
    payment = queries.find_by_provider_payment(session, item.source_id) if item.kind == "payment" else None
    refund = queries.find_refund_by_provider(session, item.source_id) if item.kind == "refund" else None
    session.add(
        PayoutItemRow(
            payout_id=payout.id,
            provider_id=item.id,
            kind=item.kind,
            payment_id=payment.id if payment else None,
            refund_id=refund.id if refund else None,
            amount_cents=item.amount_cents,
            fee_cents=item.fee_cents,
        )
    )
