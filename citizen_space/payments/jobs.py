"""What the clock does with payments: learn what no message told, end checkouts in time, refund, fetch payouts."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.payments import events, queries, service
from citizen_space.payments.gateway import (
    CheckoutState,
    Event,
    PaymentGateway,
    ProcessorIsDown,
    ProcessorRefused,
    RefundRequest,
    RefundState,
)
from citizen_space.payments.models import Payment, PaymentStatus, Refund, StoredEvent

# A message usually comes within seconds: who asks sooner asks for nothing.
_PATIENCE = timedelta(seconds=45)
# The checkout ends before the hold does, so that nobody pays for a place that is already on sale again.
_BEFORE_HOLD_ENDS = timedelta(seconds=60)
_PAYOUTS_FROM = timedelta(days=60)
_OVERLAP = timedelta(days=7)
_FRESH = timedelta(hours=1)
_log = logging.getLogger("citizen_space.payments")
_Item = TypeVar("_Item")


def make_jobs(gateway: PaymentGateway, on_paid: service.OnPaid) -> list[Job]:
    """Make the payments' jobs for a processor and for what a payment means to the house."""

    def run_sweep(database: Database, at: datetime) -> None:
        sweep(database, gateway, on_paid, at)

    def run_expire(database: Database, at: datetime) -> None:
        expire(database, gateway, on_paid, at)

    def run_refunds(database: Database, at: datetime) -> None:
        send_refunds(database, gateway, at)

    def run_payouts(database: Database, at: datetime) -> None:
        fetch_payouts(database, gateway, at)

    def run_events(database: Database, at: datetime) -> None:
        handle_events(database, gateway, on_paid, at)

    return [
        Job("payments.events", 30, run_events),
        Job("payments.sweep", 30, run_sweep),
        Job("payments.expire", 15, run_expire),
        Job("payments.refunds", 20, run_refunds),
        Job("payments.payouts", 3600, run_payouts),
    ]


def handle_events(database: Database, gateway: PaymentGateway, on_paid: service.OnPaid, at: datetime) -> int:
    """Give messages their effect that were stored and then left alone by a crash; gives how many."""
    with database.read() as session:
        left = list(queries.list_unhandled(session, gateway.name))
    _one_by_one(lambda stored: _handle_event(database, gateway, stored, on_paid, at), left)
    return len(left)


def _handle_event(
    database: Database, gateway: PaymentGateway, stored: StoredEvent, on_paid: service.OnPaid, at: datetime
) -> bool:
    event = Event(stored.event_id, stored.kind, stored.object_id)
    try:
        learnt = events.learn(gateway, event)
    except ProcessorIsDown:
        return False
    except ProcessorRefused as refused:
        # It does not know what its message speaks of, and never will.
        with database.write() as session:
            return service.mark_handled(session, event.id, f"refused: {refused.reason}"[:200], at)
    with database.write() as session:
        events.take_effect(session, event, learnt, at, on_paid)
    return True


def _one_by_one(work: Callable[[_Item], bool], items: Iterable[_Item]) -> int:
    """Do all of them and count those done. One that fails keeps no other from its turn, and is raised after them."""
    done = 0
    failed: list[Exception] = []
    for item in items:
        try:
            done += work(item)
        except Exception as error:
            failed.append(error)
            _log.exception("one of several could not be done")
    if failed:
        raise failed[0]
    return done


def sweep(database: Database, gateway: PaymentGateway, on_paid: service.OnPaid, at: datetime) -> int:
    """Ask after every checkout that no message has told us about; gives how many had an effect."""
    with database.read() as session:
        awaited = list(queries.list_awaited(session, gateway.name, at - _PATIENCE))
    return _one_by_one(lambda one: _apply(database, one, lambda p: gateway.read_checkout(_id(p)), on_paid, at), awaited)


def expire(database: Database, gateway: PaymentGateway, on_paid: service.OnPaid, at: datetime) -> int:
    """End what nobody paid in time, at the processor first; what was paid at the last moment counts."""
    with database.read() as session:
        never_opened = list(queries.list_never_opened(session, at))
        ending = list(queries.list_ending(session, gateway.name, at + _BEFORE_HOLD_ENDS))
    for payment in never_opened:
        with database.write() as session:
            service.fail(session, payment, status=PaymentStatus.EXPIRED)
    return _one_by_one(
        lambda one: _apply(database, one, lambda p: gateway.expire_checkout(_id(p)), on_paid, at), ending
    )


def _id(payment: Payment) -> str:
    assert payment.provider_session is not None
    return payment.provider_session


def _apply(
    database: Database,
    payment: Payment,
    ask: Callable[[Payment], CheckoutState],
    on_paid: service.OnPaid,
    at: datetime,
) -> bool:
    """Ask with no transaction open, then let the answer have its effect; one that is down waits for the next time."""
    assert payment.id is not None
    try:
        state = ask(payment)
    except (ProcessorIsDown, ProcessorRefused):
        return False
    with database.write() as session:
        return service.apply_checkout(session, payment.id, state, at, on_paid).outcome in ("received", "expired")


def send_refunds(database: Database, gateway: PaymentGateway, at: datetime) -> int:
    """Send the refunds that are asked for and follow those under way; gives how many are done."""
    with database.read() as session:
        waiting = queries.list_waiting_refunds(session, gateway.name)
    return _one_by_one(lambda one: _send_refund(database, gateway, *one, at), waiting)


def _send_refund(database: Database, gateway: PaymentGateway, refund: Refund, payment: Payment, at: datetime) -> bool:
    assert refund.id is not None
    try:
        state = _ask_refund(gateway, refund, payment, at)
    except (ProcessorIsDown, ProcessorRefused) as error:
        final = isinstance(error, ProcessorRefused)
        why = error.reason if isinstance(error, ProcessorRefused) else str(error)
        with database.write() as session:
            service.note_refund_trouble(session, refund.id, why, final=final, at=at)
        return False
    with database.write() as session:
        return service.note_refund(session, refund.id, state, at).succeeded_at is not None


def _ask_refund(gateway: PaymentGateway, refund: Refund, payment: Payment, at: datetime) -> RefundState:
    if refund.provider_refund:
        return gateway.read_refund(refund.provider_refund)
    assert payment.provider_payment is not None
    # The key comes from the row: sent again after a crash, the processor knows it, for a day; after that it must look.
    return gateway.refund(
        RefundRequest(
            service.refund_key(refund),
            payment.provider_payment,
            refund.amount_cents,
            refund.reason,
            again=refund.attempts > 0 or at - refund.created_at > _FRESH,
        )
    )


def fetch_payouts(database: Database, gateway: PaymentGateway, at: datetime) -> int:
    """Fetch what the processor has sent to the bank; gives how many payouts it told of."""
    with database.read() as session:
        newest = queries.last_payout_at(session, gateway.name)
    since = business_day((newest - _OVERLAP) if newest else at - _PAYOUTS_FROM)
    try:
        payouts = gateway.list_payouts(since)
    except ProcessorIsDown:
        return 0
    for payout in payouts:
        with database.write() as session:
            service.store_payout(session, gateway.name, payout, at)
    return len(payouts)
