"""A refund turns round what was recorded: entry, share, seal, and the money by the tender it came by."""

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from citizen_space.checkout import service as checkout
from citizen_space.checkout.refusals import NotRefundable, ReasonMissing, RefundTooLarge
from citizen_space.checkout.rules import LineNotRefundable
from citizen_space.checkout.service import Tender
from citizen_space.compensation.models import Accrual
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow
from citizen_space.ledger import queries as books
from citizen_space.ledger.rules import ReversalTooLarge
from citizen_space.orders.models import OrderLine
from citizen_space.orders.service import NewLine
from citizen_space.payments import queries as payments_found
from citizen_space.payments import service as payments
from citizen_space.payments.models import Payment
from tests.checkout import shop as shops
from tests.checkout.shop import FOUR_LINES_CENTS


def sealed(session: Session, row_id: int) -> dict[str, object]:
    """Read what a row seals."""
    content: dict[str, object] = json.loads(session.get_one(FiscalRow, row_id).content)["content"]
    return content


def test_a_whole_refund_leaves_nothing(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    sale = shop.sale(session)
    assert sale.order.id is not None
    note = shop.refund(session, sale.order.id)
    assert sale.order.status == "refunded"
    assert note.amount_cents == FOUR_LINES_CENTS and note.share_cents == sale.share_cents
    assert sum(a.amount_cents for a in session.exec(select(Accrual))) == 0
    for account in ("5113", "7061", "4457", "658", "467"):
        assert books.balance(session, account) == 0, account
    content = sealed(session, note.fiscal_row_id)
    assert content["tenders"] == [{"tender": "card", "amount_cents": -FOUR_LINES_CENTS}]
    assert content["refund_of"] == sale.receipt_number and content["share_cents"] == -note.share_cents
    with pytest.raises(NotRefundable):
        shop.refund(session, sale.order.id)
    assert fiscal.verify(session, shop.keys).ok


def test_small_refunds_add_up_to_the_sale(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session)
    sale = shop.settle(session, order, Tender("card", 3333), Tender("cash", FOUR_LINES_CENTS - 3333))
    assert order.id is not None
    vat: dict[int, int] = {}
    for cents in (1, 999, 1234, 17, FOUR_LINES_CENTS - 2251):
        note = shop.refund(session, order.id, amount_cents=cents)
        for line in sealed(session, note.fiscal_row_id)["vat"]:  # type: ignore[attr-defined]
            vat[line["rate_bp"]] = vat.get(line["rate_bp"], 0) + line["vat_cents"]
    sold = {v["rate_bp"]: v["vat_cents"] for v in json.loads(sale.fiscal_row.content)["content"]["vat"]}
    assert {rate: -cents for rate, cents in vat.items() if cents} == sold
    assert order.status == "refunded"
    assert all(p.refunded_cents == p.amount_cents for p in payments_found.list_payments(session, order.id))
    for account in ("5113", "53", "7061", "4457", "467"):
        # The float is the only cash left.
        assert books.balance(session, account) == (10000 if account == "53" else 0), account


def test_lines_are_refunded_at_their_own_rate(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    sale = shop.sale(session)
    assert sale.order.id is not None
    beer = session.exec(select(OrderLine).where(OrderLine.vat_rate_bp == 2000)).one()
    note = shop.refund(session, sale.order.id, lines={beer.id: 1})
    assert note.amount_cents == 450
    assert sealed(session, note.fiscal_row_id)["vat"] == [
        {"rate_bp": 2000, "gross_cents": -450, "net_cents": -375, "vat_cents": -75}
    ]
    with pytest.raises(ReversalTooLarge):
        shop.refund(session, sale.order.id, lines={beer.id: 1})
    with pytest.raises(LineNotRefundable):
        shop.refund(session, sale.order.id, lines={beer.id: 2})


def test_the_same_key_refunds_once_and_the_ceiling_holds(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    sale = shop.sale(session)
    assert sale.order.id is not None
    first = shop.refund(session, sale.order.id, amount_cents=1000, key="k-refund-1")
    assert shop.refund(session, sale.order.id, amount_cents=1000, key="k-refund-1").id == first.id
    with pytest.raises(RefundTooLarge):
        shop.refund(session, sale.order.id, amount_cents=FOUR_LINES_CENTS - 999)
    with pytest.raises(ReasonMissing):
        shop.refund(session, sale.order.id, reason="  ")
    assert sale.order.refunded_cents == 1000


def test_a_card_paid_online_is_given_back_by_the_processor_afterwards(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order, payment = shop.online(session, None, [NewLine("Place", 1200, 550, quantity=2)])
    payments.receive(session, payment, provider_payment="pi_1", at=at)
    sale = checkout.settle_online(session, payment, at, keys=shop.keys)
    assert sale.receipt_number.startswith("WEB-")
    assert order.id is not None
    shop.refund(session, order.id, register_id=shop.web_id)
    refund = payments_found.list_refunds(session, order.id)[0]
    assert refund.status == "pending" and refund.amount_cents == 2400


def test_a_deposit_is_owed_until_it_is_used_and_comes_back_by_its_card(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    booking = shop.booking(
        session, "restaurant", starts_at=at + timedelta(days=4), ends_at=at + timedelta(days=4, hours=2)
    )
    ahead, payment = shop.online(session, booking, [NewLine("Acompte", 1000, 0, quantity=2)], kind="deposit")
    payments.receive(session, payment, provider_payment="pi_2", at=at)
    checkout.take_deposit(session, payment, at, keys=shop.keys)
    assert books.balance(session, "4191") == -2000 and books.balance(session, "7061") == 0
    bill = shop.order(session, booking_id=booking.id)
    with pytest.raises(Exception, match="20,00"):
        shop.settle(session, bill, Tender("deposit", 2001), Tender("card", FOUR_LINES_CENTS - 2001))
    sale = shop.settle(session, bill, Tender("deposit", 1500), Tender("card", FOUR_LINES_CENTS - 1500))
    assert sale.share_cents == 592
    assert checkout.deposit_left_cents(session, ahead) == 500
    assert bill.id is not None and ahead.id is not None
    shop.refund(session, bill.id)
    assert [r.amount_cents for r in payments_found.list_refunds(session, ahead.id)] == [1500]
    assert checkout.deposit_left_cents(session, ahead) == 500
    assert books.balance(session, "4191") == -500
    kept = checkout.keep_deposit(
        session, ahead, amount_cents=500, label_fr="Acompte gardé", label_en="Deposit kept", at=at, keys=shop.keys
    )
    assert kept is not None and books.balance(session, "4191") == 0 and books.balance(session, "7061") == -500
    assert fiscal.verify(session, shop.keys).ok


def test_what_went_back_by_another_road_is_not_given_back_again(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order_id = shop.sale(session).order.id or 0
    (payment,) = session.exec(select(Payment).where(Payment.order_id == order_id)).all()
    payment.refunded_cents = payment.amount_cents - 100
    with pytest.raises(RefundTooLarge, match="1,00"):
        shop.refund(session, order_id)
    payment.refunded_cents = payment.amount_cents
    with pytest.raises(NotRefundable):
        shop.refund(session, order_id)
