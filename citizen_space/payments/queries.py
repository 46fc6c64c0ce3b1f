"""How payments, refunds, events and payouts are found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_
from sqlmodel import Session, col, select

from citizen_space.kit.db import find_by, get_by_id
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import Loader
from citizen_space.payments.models import (
    HandledEvent,
    Payment,
    PaymentStatus,
    Payout,
    PayoutItem,
    Refund,
    RefundStatus,
    StoredEvent,
    Tender,
)


def get_payment(session: Session, payment_id: int) -> Payment:
    """Return a payment."""
    return get_by_id(session, Payment, payment_id)


def get_by_submission(session: Session, submission: str) -> Payment:
    """Return the payment that a page has asked for."""
    payment = find_by_submission(session, submission)
    if payment is None:
        raise NotFound
    return payment


def find_by_submission(session: Session, submission: str) -> Payment | None:
    """Find the payment that a page has asked for."""
    return find_by(session, Payment, "submission", submission)


def find_by_session(session: Session, provider_session: str) -> Payment | None:
    """Find the payment behind a checkout of the processor."""
    return find_by(session, Payment, "provider_session", provider_session)


def find_by_provider_payment(session: Session, provider_payment: str) -> Payment | None:
    """Find the payment by the processor's own name for the money."""
    return session.exec(select(Payment).where(Payment.provider_payment == provider_payment)).first()


def list_payments(session: Session, order_id: int) -> Sequence[Payment]:
    """List an order's payments, in whatever state."""
    return session.exec(select(Payment).where(Payment.order_id == order_id).order_by(col(Payment.id))).all()


def find_last(session: Session, order_id: int) -> Payment | None:
    """Find the last payment asked for an order."""
    return session.exec(select(Payment).where(Payment.order_id == order_id).order_by(col(Payment.id).desc())).first()


def list_received(session: Session, order_id: int) -> Sequence[Payment]:
    """List the payments received for an order."""
    return _RECEIVED.all(session, order_id=order_id)


_RECEIVED = Loader(
    Payment,
    select(Payment)
    .where(Payment.order_id == bindparam("order_id"), Payment.status == PaymentStatus.RECEIVED)
    .order_by(col(Payment.id)),
)


def list_refunds(session: Session, order_id: int) -> Sequence[Refund]:
    """List the refunds of an order's payments."""
    return session.exec(
        select(Refund)
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .where(Payment.order_id == order_id)
        .order_by(col(Refund.id))
    ).all()


def find_refund(session: Session, key: str) -> Refund | None:
    """Find the refund that a key asked for."""
    return find_by(session, Refund, "key", key)


def find_refund_by_provider(session: Session, provider_refund: str) -> Refund | None:
    """Find a refund by the processor's name for it."""
    return session.exec(select(Refund).where(Refund.provider_refund == provider_refund)).first()


def list_waiting_refunds(session: Session, provider: str, limit: int = 50) -> list[tuple[Refund, Payment]]:
    """List the refunds that the processor has not confirmed, those tried least often first."""
    rows = session.exec(
        select(Refund, Payment)
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .where(col(Refund.status).in_([RefundStatus.PENDING, RefundStatus.SENT]))
        .where(Payment.tender == Tender.CARD_ONLINE, Payment.provider == provider)
        .order_by(col(Refund.attempts), col(Refund.id))
        .limit(limit)
    ).all()
    return [(refund, payment) for refund, payment in rows]


def list_awaited(session: Session, provider: str, created_before: datetime, limit: int = 50) -> Sequence[Payment]:
    """List the payments whose checkout is open and that no message has told us about yet."""
    return session.exec(
        select(Payment)
        .where(
            Payment.status == PaymentStatus.PENDING,
            Payment.provider == provider,
            col(Payment.provider_session).is_not(None),
            Payment.created_at < created_before,
        )
        .order_by(col(Payment.expires_at))
        .limit(limit)
    ).all()


def list_ending(session: Session, provider: str, before: datetime, limit: int = 50) -> Sequence[Payment]:
    """List the open checkouts whose time ends before a moment."""
    return session.exec(
        select(Payment)
        .where(
            Payment.status == PaymentStatus.PENDING,
            Payment.provider == provider,
            col(Payment.provider_session).is_not(None),
            col(Payment.expires_at) < before,
        )
        .order_by(col(Payment.expires_at))
        .limit(limit)
    ).all()


def list_never_opened(session: Session, before: datetime, limit: int = 200) -> Sequence[Payment]:
    """List the payments whose time is over and that never had a checkout."""
    return session.exec(
        select(Payment)
        .where(
            Payment.status == PaymentStatus.PENDING,
            col(Payment.provider_session).is_(None),
            col(Payment.expires_at) < before,
        )
        .limit(limit)
    ).all()


def list_unhandled(session: Session, provider: str, limit: int = 100) -> Sequence[StoredEvent]:
    """List the messages that were stored and had no effect yet."""
    return session.exec(
        select(StoredEvent)
        .join(HandledEvent, col(HandledEvent.event_id) == col(StoredEvent.event_id), isouter=True)
        .where(col(HandledEvent.event_id).is_(None), StoredEvent.provider == provider)
        .order_by(col(StoredEvent.received_at))
        .limit(limit)
    ).all()


def deposit_left_cents(session: Session, order_id: int) -> int:
    """Return what is left of a deposit order: received, less given back, less used by sales."""
    left = session.exec(
        select(func.coalesce(func.sum(Payment.amount_cents - col(Payment.refunded_cents)), 0)).where(
            Payment.order_id == order_id, Payment.status == PaymentStatus.RECEIVED
        )
    ).one()
    used = session.exec(
        select(func.coalesce(func.sum(Payment.amount_cents - col(Payment.refunded_cents)), 0)).where(
            Payment.tender == Tender.DEPOSIT,
            Payment.status == PaymentStatus.RECEIVED,
            Payment.reference == deposit_reference(order_id),
        )
    ).one()
    return int(left) - int(used)


def deposit_reference(order_id: int) -> str:
    """Name the deposit that a payment by deposit draws on."""
    return f"deposit:{order_id}"


def list_payouts(session: Session, limit: int = 100) -> Sequence[Payout]:
    """List the processor's payouts, the newest first."""
    return session.exec(
        select(Payout).order_by(col(Payout.arrives_on).desc(), col(Payout.id).desc()).limit(limit)
    ).all()


def get_payout(session: Session, payout_id: int) -> Payout:
    """Return a payout."""
    return get_by_id(session, Payout, payout_id)


def lock_payout(session: Session, provider_id: str) -> Payout:
    """Lock a payout by the processor's name for it. Raises NotFound."""
    payout = session.exec(select(Payout).where(Payout.provider_id == provider_id).with_for_update()).first()
    if payout is None:
        raise NotFound
    return payout


# The payment that an item of a payout moves: paid out by it, or given back and taken off it.
PAYMENT_OF_ITEM: ColumnElement[int | None] = func.coalesce(
    col(PayoutItem.payment_id), select(Refund.payment_id).where(Refund.id == PayoutItem.refund_id).scalar_subquery()
)


def moves_any(payment_ids: Sequence[int] | Select[Any]) -> ColumnElement[bool]:
    """The same asked from the payments' side, by the indexes: an item that moves one of these."""
    given_back = select(Refund.id).where(col(Refund.payment_id).in_(payment_ids))
    return or_(col(PayoutItem.payment_id).in_(payment_ids), col(PayoutItem.refund_id).in_(given_back))


def list_payouts_of_payments(session: Session, payment_ids: Sequence[int]) -> list[tuple[PayoutItem, Payout]]:
    """List the payouts by which payments reached the bank, and those that what was given back was taken off."""
    rows = session.exec(
        select(PayoutItem, Payout)
        .join(Payout, col(Payout.id) == col(PayoutItem.payout_id))
        .where(moves_any(payment_ids))
        .order_by(col(Payout.arrives_on), col(PayoutItem.id))
    ).all()
    return [(item, payout) for item, payout in rows]


def last_payout_at(session: Session, provider: str) -> datetime | None:
    """Return when the newest payout we know was stored."""
    return session.exec(select(func.max(Payout.created_at)).where(Payout.provider == provider)).one()


def list_troubled_refunds(session: Session, limit: int = 200) -> list[tuple[Refund, Payment]]:
    """List the refunds that failed or still wait: work for finance."""
    rows = session.exec(
        select(Refund, Payment)
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .where(col(Refund.status).in_([RefundStatus.FAILED, RefundStatus.PENDING, RefundStatus.SENT]))
        .order_by(col(Refund.id))
        .limit(limit)
    ).all()
    return [(refund, payment) for refund, payment in rows]


def list_items_with_orders(session: Session, payout_id: int) -> list[tuple[PayoutItem, int | None]]:
    """List what a payout is made of, each with the order it belongs to."""
    rows = session.exec(
        select(PayoutItem, Payment.order_id)
        .join(Payment, col(Payment.id) == PAYMENT_OF_ITEM, isouter=True)
        .where(PayoutItem.payout_id == payout_id)
        .order_by(col(PayoutItem.id))
    ).all()
    return [(item, order_id) for item, order_id in rows]
