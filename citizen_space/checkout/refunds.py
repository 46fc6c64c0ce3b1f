"""How a sale, a deposit or money that came too late is turned round: what was recorded, never recomputed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.cash import service as cash
from citizen_space.checkout import queries, rules
from citizen_space.checkout.models import CreditNote
from citizen_space.checkout.refusals import NotRefundable, ReasonMissing, RefundTooLarge
from citizen_space.checkout.sealing import ONLINE_REGISTER, Act, number_of, post_deposit, seal_deposit
from citizen_space.compensation import service as compensation
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.fiscal.rules import money_content
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.db import lock_row
from citizen_space.kit.keys import Keys
from citizen_space.ledger import entries as ledger
from citizen_space.ledger import queries as books
from citizen_space.ledger.rules import parts_of
from citizen_space.orders.models import Order, OrderKind, OrderStatus
from citizen_space.orders.queries import find_deposit, list_lines
from citizen_space.payments import queries as payments_found
from citizen_space.payments import rules as payment_rules
from citizen_space.payments import service as payments
from citizen_space.payments.models import Payment, Tender


@dataclass(frozen=True)
class Wanted:
    """What is to be given back, and why."""

    order: Order
    amount_cents: int
    by_rate: Mapping[int, int] | None
    reason: str
    key: str
    # Who of staff answered for it at a till; empty where staff gave it back themselves.
    vouched_by: str = ""


Given = Sequence[tuple[Payment, int]]


def refund(
    session: Session,
    order_id: int,
    *,
    reason: str,
    key: str,
    actor: Actor,
    register_id: int,
    at: datetime,
    keys: Keys,
    amount_cents: int | None = None,
    lines: Mapping[int, int] | None = None,
    vouched_by: str = "",
) -> CreditNote:
    """Give back a sale, a part of it, or some lines (id → quantity), by the tenders it was paid with.

    Turns round what was recorded, share included, and seals its own row. The same key gives the same credit note.
    Raises NotRefundable, RefundTooLarge, ReasonMissing, and TillIsClosed where cash is handed over.
    """
    order = lock_row(session, Order, order_id)
    known = queries.find_credit_note(session, key)
    if known is not None:
        return known
    if not reason.strip():
        raise ReasonMissing("reason")
    left_cents = _refundable_cents(session, order)
    by_rate = _wanted_by_rate(session, order_id, lines) if lines else None
    wanted_cents = sum(by_rate.values()) if by_rate else left_cents if amount_cents is None else amount_cents
    if not 0 < wanted_cents <= left_cents:
        raise RefundTooLarge("amount", left_cents=left_cents)
    wanted = Wanted(order, wanted_cents, by_rate, reason.strip(), key, vouched_by)
    act = Act(register_id, actor.code, at, keys)
    given = _give_back(session, wanted, act)
    if order.kind == OrderKind.DEPOSIT:
        return _turn_deposit(session, wanted, given, act)
    note = _turn_sale(session, wanted, given, act)
    _pass_on(session, wanted, given, actor, act)
    return note


def deposit_left_cents(session: Session, deposit: Order) -> int:
    """Return what is left of a deposit: received, less given back, less used."""
    assert deposit.id is not None
    return payments_found.deposit_left_cents(session, deposit.id)


def give_back_rest(
    session: Session, booking_id: int | None, *, reason: str, actor: Actor, at: datetime, keys: Keys
) -> CreditNote | None:
    """Give back what the bill has left of a booking's deposit, once; None where nothing is left."""
    deposit = find_deposit(session, booking_id)
    if deposit is None or deposit.id is None or deposit_left_cents(session, deposit) <= 0:
        return None
    return refund(
        session,
        deposit.id,
        reason=reason,
        key=f"rest:{deposit.id}",
        actor=actor,
        register_id=registers.get_register_id(session, ONLINE_REGISTER),
        at=at,
        keys=keys,
    )


def _refundable_cents(session: Session, order: Order) -> int:
    if order.status not in (OrderStatus.SETTLED, OrderStatus.PART_REFUNDED):
        raise NotRefundable
    left_cents = (order.gross_cents or 0) - order.refunded_cents
    if order.kind == OrderKind.DEPOSIT:
        left_cents = min(left_cents, deposit_left_cents(session, order))
    if left_cents <= 0:
        raise NotRefundable
    return left_cents


def _wanted_by_rate(session: Session, order_id: int, wanted: Mapping[int, int]) -> dict[int, int]:
    by_id = {line.id: line for line in list_lines(session, order_id) if line.id is not None}
    return rules.gross_by_rate(by_id, wanted)


def _give_back(session: Session, wanted: Wanted, act: Act) -> Given:
    """Spread a refund over the payments received, by what is left of each; what is handed over needs an open till."""
    assert wanted.order.id is not None
    received = {payment.id or 0: payment for payment in payments_found.list_received(session, wanted.order.id)}
    left = [(payment_id, payment.amount_cents - payment.refunded_cents) for payment_id, payment in received.items()]
    if wanted.amount_cents > (left_cents := sum(cents for _payment_id, cents in left)):
        # Some of it went back by another road, the processor's own page for one.
        raise RefundTooLarge("amount", left_cents=left_cents) if left_cents > 0 else NotRefundable
    shares = payment_rules.spread_refund(left, wanted.amount_cents)
    drawer_id = cash.lock_open_session(session, act.register_id)
    if drawer_id is None and any(received[payment_id].tender == Tender.CASH for payment_id, _cents in shares):
        raise cash.TillIsClosed
    for payment_id, cents in shares:
        payments.ask_refund(
            session,
            received[payment_id],
            cents,
            f"{wanted.key}:{payment_id}",
            wanted.reason,
            act.at,
            register_id=act.register_id,
            drawer_session_id=drawer_id,
        )
    return [(received[payment_id], cents) for payment_id, cents in shares]


def _turn_sale(session: Session, wanted: Wanted, given: Given, act: Act) -> CreditNote:
    order = wanted.order
    assert order.id is not None
    by_tender: dict[str, int] = {}
    for payment, cents in given:
        by_tender[payment.tender] = by_tender.get(payment.tender, 0) + cents
    entry_id = _turn_entry(session, f"sale:{order.id}", wanted, act, back_by=by_tender)
    source = f"refund:{wanted.key}"
    share_cents = compensation.reverse(
        session, order_id=order.id, refund_cents=wanted.amount_cents, source=source, on=act.on, at=act.at
    )
    _note_refunded(session, wanted)
    content = money_content(
        lines=[],
        vat=rules.vat_of_parts(parts_of(books.list_lines(session, entry_id)), sign=-1),
        tenders=[{"tender": tender, "amount_cents": -cents} for tender, cents in by_tender.items()],
        operator=act.operator,
        **_refund_more(session, wanted, share_cents),
    )
    row = fiscal.append(
        session,
        act.register_id,
        RowKind.REFUND,
        content,
        at=act.at,
        keys=act.keys,
        gross_cents=-wanted.amount_cents,
        order_id=order.id,
    )
    return _note(session, wanted, row, share_cents, act)


def _refund_more(session: Session, wanted: Wanted, share_cents: int) -> dict[str, Any]:
    assert wanted.order.id is not None
    more = {
        "order": wanted.order.reference,
        "room": wanted.order.room,
        "label": wanted.order.label,
        "reason": wanted.reason,
        "share_cents": -share_cents,
        "refund_of": number_of(queries.get_sale_row(session, wanted.order.id)),
        "trail_code": wanted.order.trail_code,
    }
    return more | ({"vouched_by": wanted.vouched_by} if wanted.vouched_by else {})


def _turn_entry(
    session: Session, source: str, wanted: Wanted, act: Act, *, back_by: Mapping[str, int] | None = None
) -> int:
    recorded = books.find_entry(session, source)
    assert recorded is not None and recorded.id is not None, "what was paid was posted"
    entry = ledger.reversal(
        session,
        entry_id=recorded.id,
        source=f"refund:{wanted.key}",
        on=act.on,
        at=act.at,
        label=f"Remboursement {wanted.order.reference}",
        portion_cents=wanted.amount_cents,
        back_by=back_by,
        gross_by_rate=wanted.by_rate,
    )
    assert entry.id is not None
    return entry.id


def _note_refunded(session: Session, wanted: Wanted) -> None:
    order = wanted.order
    order.refunded_cents += wanted.amount_cents
    whole = order.refunded_cents == order.gross_cents
    order.status = OrderStatus.REFUNDED if whole else OrderStatus.PART_REFUNDED
    session.flush()


def _note(session: Session, wanted: Wanted, row: FiscalRow, share_cents: int, act: Act) -> CreditNote:
    assert wanted.order.id is not None and row.id is not None
    note = CreditNote(
        order_id=wanted.order.id,
        key=wanted.key,
        amount_cents=wanted.amount_cents,
        share_cents=share_cents,
        reason=wanted.reason,
        actor_code=act.operator,
        fiscal_row_id=row.id,
        at=act.at,
    )
    session.add(note)
    session.flush()
    return note


def _turn_deposit(session: Session, wanted: Wanted, given: Given, act: Act) -> CreditNote:
    """Give a deposit back: what was owed to the customer is no longer."""
    assert len(given) == 1, "a deposit has one payment"
    payment, _cents = given[0]
    _turn_entry(session, f"deposit:{payment.id}", wanted, act)
    _note_refunded(session, wanted)
    row = seal_deposit(session, payment, wanted.order, -wanted.amount_cents, act, reason=wanted.reason)
    return _note(session, wanted, row, 0, act)


def _pass_on(session: Session, wanted: Wanted, given: Given, actor: Actor, act: Act) -> None:
    """What comes back to a deposit goes on to the customer, by the card that paid the deposit."""
    for payment, cents in given:
        if payment.tender == Tender.DEPOSIT:
            refund(
                session,
                int(payment.reference.rpartition(":")[2]),
                amount_cents=cents,
                reason=wanted.reason,
                key=f"{wanted.key}:deposit",
                actor=actor,
                register_id=act.register_id,
                at=act.at,
                keys=act.keys,
            )


def return_payment(session: Session, payment: Payment, *, reason: str, at: datetime, keys: Keys) -> bool:
    """Send back money that came for what can no longer be had: in as a deposit, out at once, both sealed.

    An order that is still open is given up with it. False when that was done before.
    """
    order = lock_row(session, Order, payment.order_id)
    key = f"return:{payment.id}"
    if books.find_entry(session, key) is not None:
        return False
    act = Act(registers.get_register_id(session, ONLINE_REGISTER), PUBLIC.code, at, keys)
    payment.register_id = act.register_id
    if order.status == OrderStatus.OPEN:
        order.status = OrderStatus.CANCELLED
    session.flush()
    entry_id = post_deposit(session, payment, order, act)
    ledger.reversal(session, entry_id=entry_id, source=key, on=act.on, at=at, label=reason)
    payments.ask_refund(session, payment, payment.amount_cents, key, reason, at, register_id=act.register_id)
    seal_deposit(session, payment, order, payment.amount_cents, act)
    seal_deposit(session, payment, order, -payment.amount_cents, act, reason=reason)
    return True
