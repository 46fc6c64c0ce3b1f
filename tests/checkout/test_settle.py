"""A sale becomes real in one transaction, or not at all."""

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from citizen_space.cash import service as cash
from citizen_space.checkout import service as checkout
from citizen_space.checkout.refusals import AlreadySettled, NothingToSettle
from citizen_space.checkout.service import Tender
from citizen_space.compensation.models import Accrual
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.db import Database, count_statements
from citizen_space.ledger.models import Entry, Posting
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order, OrderLine
from citizen_space.orders.service import NewLine
from citizen_space.payments import rules as payment_rules
from citizen_space.payments.models import Payment
from citizen_space.payments.service import UsedElsewhere
from tests.checkout import shop as shops
from tests.checkout.shop import CHEF, COOK, FOUR_LINES, FOUR_LINES_CENTS

# Raised only on purpose: each statement is a journey to the database while a register waits.
MOST_STATEMENTS = 14


def test_a_sale_is_payment_entry_share_and_seal(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session)
    sale = shop.settle(session, order, Tender("meal_voucher", 2000), Tender("card", FOUR_LINES_CENTS - 2000))
    assert order.status == "settled" and order.gross_cents == FOUR_LINES_CENTS
    posted = shops.postings(session, f"sale:{order.id}")
    assert posted["5113"] == FOUR_LINES_CENTS - 2000 and posted["5114"] == 2000
    assert -posted["7061"] - posted["4457"] == FOUR_LINES_CENTS
    content = json.loads(sale.fiscal_row.content)["content"]
    assert [line["gross_cents"] for line in content["lines"]] == [1800, 1000, 3300, 450]
    assert sum(vat["gross_cents"] for vat in content["vat"]) == FOUR_LINES_CENTS
    assert {vat["rate_bp"]: vat["net_cents"] for vat in content["vat"]} == {2000: 375, 1000: 5545}
    assert content["tenders"] == [
        {"tender": "meal_voucher", "amount_cents": 2000},
        {"tender": "card", "amount_cents": FOUR_LINES_CENTS - 2000},
    ]
    assert content["operator"] == "R07" and content["order"] == order.reference
    accrued = session.exec(select(Accrual).where(Accrual.order_id == order.id)).all()
    assert content["share_cents"] == sale.share_cents == sum(a.amount_cents for a in accrued) == 592
    assert sale.receipt_number == f"R1-{sale.fiscal_row.number:06d}"
    assert fiscal.verify(session, shop.keys).ok


def test_the_statements_of_a_settle_are_few(database: Database, at: datetime) -> None:
    with database.write() as session:
        shop = shops.found(session, at)
        opened = [shop.order(session) for _ in range(2)]
    with database.write() as session:
        shop.settle(session, opened[0], Tender("card", FOUR_LINES_CENTS))
    with count_statements(database) as counted, database.write() as session:
        shop.settle(session, opened[1], Tender("card", FOUR_LINES_CENTS))
    assert counted.count <= MOST_STATEMENTS, "\n".join(counted.sent)


def test_the_same_submission_gives_the_same_sale(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session)
    first = shop.settle(session, order, Tender("cash", 7000))
    second = shop.settle(session, order, Tender("cash", 7000))
    assert second.receipt_number == first.receipt_number
    assert second.change_cents == first.change_cents == 7000 - FOUR_LINES_CENTS
    assert len(session.exec(select(Payment).where(Payment.order_id == order.id)).all()) == 1
    with pytest.raises(AlreadySettled):
        shop.settle(session, order, Tender("card", FOUR_LINES_CENTS), submission="another page")


def test_change_comes_from_cash_only(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session, [NewLine("Café", 250, 1000)])
    with pytest.raises(payment_rules.TendersOver):
        shop.settle(session, order, Tender("card", 300))
    with pytest.raises(payment_rules.TendersOver):
        shop.settle(session, order, Tender("cheque", 250), Tender("cash", 100))
    with pytest.raises(payment_rules.TendersShort, match="0,50"):
        shop.settle(session, order, Tender("card", 200))
    sale = shop.settle(session, order, Tender("card", 100), Tender("cash", 500))
    assert sale.change_cents == 350
    content = json.loads(sale.fiscal_row.content)["content"]
    assert content["tenders"][1] == {"tender": "cash", "amount_cents": 150, "given_cents": 500, "change_cents": 350}
    assert shops.postings(session, f"sale:{order.id}")["53"] == 150


def test_cash_is_refused_where_the_house_takes_none(session: Session, at: datetime) -> None:
    shop = shops.found(session, at, cash_accepted=False)
    with pytest.raises(payment_rules.CashNotTaken):
        shop.settle(session, shop.order(session), Tender("cash", 10000))


def test_a_meal_voucher_pays_what_the_law_lets_it(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session, covers=1)
    with pytest.raises(payment_rules.VoucherTooLarge, match="25,00"):
        shop.settle(session, order, Tender("meal_voucher", 2501), Tender("card", FOUR_LINES_CENTS - 2501))
    with pytest.raises(payment_rules.VoucherTooLarge):
        shop.settle(session, order, Tender("meal_voucher", 2000), Tender("meal_voucher", 2000), Tender("card", 2550))
    with pytest.raises(payment_rules.TendersOver):
        small = shop.order(session, [NewLine("Café", 250, 1000)])
        shop.settle(session, small, Tender("meal_voucher", 300))
    sunday = datetime(2026, 11, 29, 11, 30, tzinfo=UTC)
    with pytest.raises(payment_rules.VoucherNotToday):
        shop.settle(session, order, Tender("meal_voucher", 2500), Tender("card", FOUR_LINES_CENTS - 2500), at=sunday)
    venue = shop.order(session, [NewLine("Place", 1200, 550)], room="venue")
    with pytest.raises(payment_rules.VoucherNotHere):
        shop.settle(session, venue, Tender("meal_voucher", 1200))
    shop.settle(session, order, Tender("meal_voucher", 2500), Tender("card", FOUR_LINES_CENTS - 2500))


def test_a_till_that_nobody_opened_sells_nothing(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session)
    cash.close_session(session, shop.drawer_id, {"cash": 10000}, CHEF, at, keys=shop.keys, carry_over=True)
    with pytest.raises(checkout.TillIsClosed, match="ouverte"):
        shop.settle(session, order, Tender("card", FOUR_LINES_CENTS))
    assert order.status == "open"


def test_nothing_is_nothing_to_settle_and_a_comp_is_a_sale_of_nothing(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    with pytest.raises(NothingToSettle):
        shop.settle(session, shop.order(session, []))
    order = shop.order(session, [NewLine("Café", 250, 1000, discount_cents=250, discount_reason="offert")])
    sale = shop.settle(session, order)
    assert sale.fiscal_row.gross_cents == 0 and sale.share_cents == 0
    assert json.loads(sale.fiscal_row.content)["content"]["lines"][0]["discount_reason"] == "offert"


def test_what_was_taken_off_stays_in_the_seal(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session, [NewLine("Café", 250, 1000), NewLine("Tarte", 700, 1000)])
    assert order.id is not None
    tarte = session.exec(select(OrderLine).where(OrderLine.label_fr == "Tarte")).one()
    orders.void_line(session, tarte.id, reason="erreur", actor=COOK, at=at)
    sale = shop.settle(session, order, Tender("card", 250))
    assert json.loads(sale.fiscal_row.content)["content"]["voids"] == [
        {"label": "Tarte", "quantity": 1, "gross_cents": 700, "by": "R07", "reason": "erreur"}
    ]


def test_a_failure_half_way_leaves_nothing(database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever step breaks, payments, entry, share and seal are all absent and the order is open."""
    with database.write() as session:
        shop = shops.found(session, at)
        order = shop.order(session)
        rows_before = len(session.exec(select(FiscalRow)).all())
        entries_before = len(session.exec(select(Entry)).all())
    broken = (
        "citizen_space.checkout.service.payments.record",
        "citizen_space.checkout.service.ledger.sale",
        "citizen_space.checkout.service.compensation.accrue",
        "citizen_space.checkout.service.fiscal.append",
    )
    for step in broken:
        with monkeypatch.context() as patch:
            patch.setattr(step, _break)
            with pytest.raises(ZeroDivisionError), database.write() as session:
                shop.settle(session, order, Tender("card", FOUR_LINES_CENTS))
        with database.read() as session:
            assert session.get_one(Order, order.id).status == "open"
            assert not session.exec(select(Payment)).all()
            assert not session.exec(select(Accrual)).all()
            assert len(session.exec(select(Entry)).all()) == entries_before
            assert len(session.exec(select(FiscalRow)).all()) == rows_before
    with database.write() as session:
        shop.settle(session, order, Tender("card", FOUR_LINES_CENTS))
        assert fiscal.verify(session, shop.keys).ok


def _break(*_arguments: object, **_facts: object) -> None:
    raise ZeroDivisionError


def test_every_entry_balances(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    for tender in ("card", "cash", "cheque"):
        shop.sale(session, FOUR_LINES, tender)
    postings = session.exec(select(Posting)).all()
    assert sum(p.debit_cents for p in postings) == sum(p.credit_cents for p in postings) > 0


def test_a_page_of_one_bill_does_not_pay_another(database: Database, at: datetime) -> None:
    with database.write() as session:
        shop = shops.found(session, at)
        first, second = shop.order(session), shop.order(session)
        shop.settle(session, first, Tender("card", FOUR_LINES_CENTS), submission="one-and-the-same")
    with pytest.raises(UsedElsewhere), database.write() as session:
        shop.settle(session, second, Tender("card", FOUR_LINES_CENTS), submission="one-and-the-same")
    with database.read() as session:
        assert [order.status for order in session.exec(select(Order).order_by(col(Order.id)))] == ["settled", "open"]


def test_nor_does_it_close_one_that_costs_nothing(database: Database, at: datetime) -> None:
    given = [NewLine(label_fr="Café offert", unit_price_cents=250, vat_rate_bp=1000, discount_cents=250)]
    with database.write() as session:
        shop = shops.found(session, at)
        first, second = shop.order(session), shop.order(session, given)
        shop.settle(session, first, Tender("card", FOUR_LINES_CENTS), submission="one-and-the-same")
    with pytest.raises(UsedElsewhere), database.write() as session:
        shop.settle(session, second, submission="one-and-the-same")


@pytest.mark.parametrize(
    ("due_cents", "offered"),
    [(0, []), (900, [900, 1_000, 2_000]), (1_000, [1_000, 2_000]), (2_600, [2_600, 3_000, 5_000]), (5_000, [5_000])],
)
def test_a_till_offers_the_cash_that_people_hand_over(due_cents: int, offered: list[int]) -> None:
    assert payment_rules.likely_cash(due_cents) == offered
