"""Where a sale becomes real, in one transaction or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from citizen_space.cash import service as cash
from citizen_space.cash.service import TillIsClosed as TillIsClosed
from citizen_space.checkout import queries, rules
from citizen_space.checkout.papers import print_credit_note as print_credit_note
from citizen_space.checkout.papers import print_note as print_note
from citizen_space.checkout.papers import print_receipt as print_receipt
from citizen_space.checkout.refunds import deposit_left_cents as deposit_left_cents
from citizen_space.checkout.refunds import refund as refund
from citizen_space.checkout.refunds import return_payment as return_payment
from citizen_space.checkout.refusals import AlreadySettled, AmountChanged, DepositTooSmall, NothingToSettle
from citizen_space.checkout.rules import Tender as Tender
from citizen_space.checkout.rules import fill_tenders as fill_tenders
from citizen_space.checkout.sealing import ONLINE_REGISTER, Act, number_of, post_deposit, seal_deposit
from citizen_space.compensation import service as compensation
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.fiscal.rules import money_content
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import change, is_unique_violation, lock_row
from citizen_space.kit.keys import Keys
from citizen_space.law import queries as law
from citizen_space.ledger import entries as ledger
from citizen_space.orders import rules as order_rules
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order, OrderKind, OrderLine, OrderStatus
from citizen_space.orders.queries import find_deposit, list_lines
from citizen_space.payments import queries as payments_found
from citizen_space.payments import rules as payment_rules
from citizen_space.payments import service as payments
from citizen_space.payments.models import Payment
from citizen_space.payments.models import Tender as TenderName


@dataclass(frozen=True)
class Sale:
    """A sale that is real."""

    order: Order
    fiscal_row: FiscalRow
    receipt_number: str
    change_cents: int
    share_cents: int


@dataclass(frozen=True)
class Bill:
    """What is to be settled, and by what."""

    order: Order
    lines: Sequence[OrderLine]
    totals: order_rules.Totals
    parts: Sequence[payment_rules.Part]


def settle(
    session: Session,
    order_id: int,
    *,
    tenders: Sequence[Tender],
    submission: str,
    register_id: int,
    actor: Actor,
    at: datetime,
    keys: Keys,
) -> Sale:
    """Pay an order in full at a till and close it. The same submission gives the same sale.

    Raises AlreadySettled, NothingToSettle, TillIsClosed, DepositTooSmall, and what the tenders refuse.
    """
    order = lock_row(session, Order, order_id)
    if order.settlement == submission:
        return get_sale(session, order)
    _check_payable(order)
    drawer_id = cash.lock_open_session(session, register_id)
    lines = list_lines(session, order_id)
    totals = _totals(lines)
    filled = payment_rules.fill(totals.gross_cents, [(t.tender, t.amount_cents, t.reference) for t in tenders])
    parts = _checked_parts(session, order, filled, at)
    payments.record(
        session,
        order_id,
        parts,
        submission=submission,
        register_id=register_id,
        drawer_session_id=drawer_id,
        at=at,
    )
    return _close(session, Bill(order, lines, totals, parts), submission, Act(register_id, actor.code, at, keys))


def settle_online(session: Session, payment: Payment, at: datetime, *, keys: Keys) -> Sale:
    """Make a sale of what was paid online, on the online register."""
    order = lock_row(session, Order, payment.order_id)
    if order.settlement == payment.submission:
        return get_sale(session, order)
    _check_payable(order)
    lines = list_lines(session, payment.order_id)
    totals = _totals(lines)
    if totals.gross_cents != payment.amount_cents:
        raise AmountChanged
    register_id = registers.get_register_id(session, ONLINE_REGISTER)
    change(session, payment, register_id=register_id)
    parts = [payment_rules.Part(payment.tender, payment.amount_cents)]
    act = Act(register_id, PUBLIC.code, at, keys)
    return _close(session, Bill(order, lines, totals, parts), payment.submission, act)


def _check_payable(order: Order) -> None:
    if order.status != OrderStatus.OPEN or order.kind != OrderKind.SALE:
        raise AlreadySettled


def _totals(lines: Sequence[OrderLine]) -> order_rules.Totals:
    if not order_rules.live_lines(lines):
        raise NothingToSettle
    return order_rules.totals(lines)


def _close(session: Session, bill: Bill, submission: str, act: Act) -> Sale:
    """Post, set the share aside, close the order, seal last: from the seal to the commit the register waits."""
    order, totals = bill.order, bill.totals
    assert order.id is not None
    source = f"sale:{order.id}"
    ledger.sale(
        session,
        order_id=order.id,
        parts=rules.sale_parts(order.room, totals),
        tenders=[(part.tender, part.amount_cents) for part in bill.parts],
        on=act.on,
        at=act.at,
        label=f"Vente {order.reference}",
        source=source,
    )
    share_cents = compensation.accrue(
        session,
        order_id=order.id,
        room=order.room,
        net_cents=totals.net_cents,
        gross_cents=totals.gross_cents,
        source=source,
        on=act.on,
        at=act.at,
    )
    _settled(session, order, totals.gross_cents, submission, act)
    change_cents = sum(part.change_cents for part in bill.parts)
    row = _seal_sale(session, bill, act, share_cents=share_cents, change_cents=change_cents)
    return Sale(order, row, number_of(row), change_cents, share_cents)


def _settled(session: Session, order: Order, gross_cents: int, submission: str, act: Act) -> None:
    try:
        change(
            session,
            order,
            status=OrderStatus.SETTLED,
            settled_at=act.at,
            on=act.on,
            gross_cents=gross_cents,
            settlement=submission,
            register_id=act.register_id,
        )
    except IntegrityError as error:
        # The session is of no more use, and need not be: a refusal undoes the whole act.
        raise (payments.UsedElsewhere() if is_unique_violation(error) else error) from error


def _seal_sale(session: Session, bill: Bill, act: Act, *, share_cents: int, change_cents: int) -> FiscalRow:
    content = money_content(
        lines=[rules.sealed_line(line) for line in order_rules.live_lines(bill.lines)],
        vat=rules.sealed_vat(bill.totals.vat),
        tenders=rules.sealed_tenders(bill.parts),
        operator=act.operator,
        **rules.sale_more(bill.order, bill.lines, share_cents=share_cents, change_cents=change_cents),
    )
    return fiscal.append(
        session,
        act.register_id,
        RowKind.SALE,
        content,
        at=act.at,
        keys=act.keys,
        gross_cents=bill.totals.gross_cents,
        order_id=bill.order.id,
    )


def get_sale(session: Session, order: Order) -> Sale:
    """Return a sale that is real already, as it was sealed."""
    assert order.id is not None
    row = queries.get_sale_row(session, order.id)
    content = json.loads(row.content)["content"]
    return Sale(order, row, number_of(row), content["change_cents"], content["share_cents"])


# -- what a tender may pay ---------------------------------------------------------------------------------------------


def _checked_parts(
    session: Session, order: Order, parts: list[payment_rules.Part], at: datetime
) -> list[payment_rules.Part]:
    """Check what the law and the house say of some tenders; name the deposit that is drawn on."""
    on = business_day(at)
    used = {part.tender for part in parts}
    if TenderName.CARD_ONLINE in used:
        raise payment_rules.TenderNotHere("tenders")
    if TenderName.CASH in used and not law.get_bool(session, "cash_accepted", on):
        raise payment_rules.CashNotTaken("tenders")
    if TenderName.MEAL_VOUCHER in used:
        payment_rules.check_vouchers(
            [part.amount_cents for part in parts if part.tender == TenderName.MEAL_VOUCHER],
            room=order.room,
            on=on,
            most_cents=law.get_cents(session, "meal_voucher_day", on),
            covers=order.covers,
            sundays=law.get_bool(session, "meal_voucher_sunday", on),
        )
    return _drawn(session, order, parts) if TenderName.DEPOSIT in used else parts


def _drawn(session: Session, order: Order, parts: Sequence[payment_rules.Part]) -> list[payment_rules.Part]:
    """Draw on the booking's deposit under its lock: two bills of one party never use it twice."""
    wanted = sum(part.amount_cents for part in parts if part.tender == TenderName.DEPOSIT)
    deposit = _lock_deposit(session, order.booking_id)
    left_cents = deposit_left_cents(session, deposit) if deposit else 0
    if deposit is None or wanted > left_cents:
        raise DepositTooSmall("tenders", left_cents=left_cents)
    assert deposit.id is not None
    others = [part for part in parts if part.tender != TenderName.DEPOSIT]
    reference = payments_found.deposit_reference(deposit.id)
    return [payment_rules.Part(TenderName.DEPOSIT, wanted, reference=reference), *others]


def _lock_deposit(session: Session, booking_id: int | None) -> Order | None:
    deposit = find_deposit(session, booking_id)
    return lock_row(session, Order, deposit.id) if deposit is not None else None


# -- deposits ----------------------------------------------------------------------------------------------------------


def take_deposit(session: Session, payment: Payment, at: datetime, *, keys: Keys) -> FiscalRow:
    """Take money ahead of a sale: owed to the customer, no revenue, no VAT, no share yet."""
    order = lock_row(session, Order, payment.order_id)
    assert order.id is not None
    if order.settlement == payment.submission:
        return queries.get_deposit_row(session, order.id)
    if order.status != OrderStatus.OPEN or order.kind != OrderKind.DEPOSIT:
        raise AlreadySettled
    register_id = payment.register_id or registers.get_register_id(session, ONLINE_REGISTER)
    act = Act(register_id, PUBLIC.code, at, keys)
    change(session, payment, register_id=register_id)
    _settled(session, order, payment.amount_cents, payment.submission, act)
    post_deposit(session, payment, order, act)
    return seal_deposit(session, payment, order, payment.amount_cents, act)


def keep_deposit(
    session: Session, deposit: Order, *, amount_cents: int, label_fr: str, label_en: str, at: datetime, keys: Keys
) -> Sale | None:
    """Turn what a cancellation keeps of a deposit into revenue: an indemnity, so without VAT; once for a deposit."""
    assert deposit.id is not None
    if amount_cents <= 0:
        return None
    register_id = registers.get_register_id(session, ONLINE_REGISTER)
    order = orders.open_order(
        session,
        room=deposit.room,
        label=deposit.label,
        register_id=register_id,
        operator_code=PUBLIC.code,
        booking_id=deposit.booking_id,
        submission=f"kept:{deposit.id}",
        at=at,
    )
    assert order.id is not None
    line = orders.NewLine(
        label_fr=label_fr,
        label_en=label_en,
        unit_price_cents=amount_cents,
        vat_rate_bp=0,
        submission=f"kept:{deposit.id}",
    )
    if order.settlement is None:
        orders.add_lines(session, order, [line], at=at)
    return settle(
        session,
        order.id,
        tenders=[Tender(TenderName.DEPOSIT, amount_cents)],
        submission=f"kept:{deposit.id}:settle",
        register_id=register_id,
        actor=PUBLIC,
        at=at,
        keys=keys,
    )
