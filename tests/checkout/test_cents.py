"""One sale, one truth: receipt = journal = books = VAT = Z, to the cent, for any basket."""

import json
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from citizen_space.cash import queries as drawers
from citizen_space.cash import service as cash
from citizen_space.checkout import printouts
from citizen_space.checkout.service import Tender
from citizen_space.kit.formats import money
from citizen_space.ledger import queries as books
from citizen_space.orders.rules import Choice
from citizen_space.orders.service import NewLine
from tests.checkout import shop as shops
from tests.checkout.test_papers import words

RATES = (0, 210, 550, 1000, 2000)


@st.composite
def lines(draw: st.DrawFn) -> NewLine:
    """A line with a quantity, an option or two and a discount within its price."""
    quantity = draw(st.integers(1, 9))
    unit = draw(st.integers(0, 9999))
    extras = draw(st.lists(st.integers(0, 500), max_size=2))
    full = quantity * (unit + sum(extras))
    return NewLine(
        "Plat",
        unit,
        draw(st.sampled_from(RATES)),
        quantity=quantity,
        options=tuple(Choice("supplément", extra_cents=extra) for extra in extras),
        discount_cents=draw(st.integers(0, full)),
        discount_reason="geste",
    )


baskets = st.lists(st.lists(lines(), min_size=1, max_size=6), min_size=1, max_size=4)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(baskets=baskets, splits=st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_the_cents_add_up_everywhere(
    session: Session, at: datetime, baskets: list[list[NewLine]], splits: list[int]
) -> None:
    # The house is founded once; what each example sells is undone.
    if "shop" not in session.info:
        session.info["shop"] = shops.found(session, at)
    shop: shops.Shop = session.info["shop"]
    with session.begin_nested() as savepoint:
        sold = 0
        for basket, split in zip(baskets, splits, strict=False):
            sold += _sell(session, shop, basket, split)
        _check_z(session, shop, at, sold)
        savepoint.rollback()


def _sell(session: Session, shop: shops.Shop, basket: list[NewLine], split: int) -> int:
    order = shop.order(session, basket)
    assert order.id is not None
    due = sum(
        line.quantity * (line.unit_price_cents + sum(c.extra_cents for c in line.options)) - line.discount_cents
        for line in basket
    )
    card = due * split // 10_000
    cash_given = due - card + (350 if due - card else 0)
    sale = shop.settle(session, order, Tender("card", card), Tender("cash", cash_given))
    content = json.loads(sale.fiscal_row.content)["content"]
    assert order.gross_cents == sale.fiscal_row.gross_cents == due
    assert sum(line["gross_cents"] for line in content["lines"]) == due
    assert sum(vat["gross_cents"] for vat in content["vat"]) == due
    assert sum(tender["amount_cents"] for tender in content["tenders"]) == due
    assert sale.change_cents == (350 if due - card else 0)
    posted = shops.postings(session, f"sale:{order.id}")
    revenue, vat = -posted.get("7061", 0), -posted.get("4457", 0)
    assert revenue + vat == due == posted.get("5113", 0) + posted.get("53", 0)
    assert vat == sum(line["vat_cents"] for line in content["vat"])
    said = words(printouts.receipt(session, order.id, "fr"))
    assert f"TOTAL TTC | {money(due).replace(chr(0x202F), ' ').replace(chr(0xA0), ' ')}" in said
    return due


def _check_z(session: Session, shop: shops.Shop, at: datetime, sold: int) -> None:
    found = cash.x_report(session, shop.drawer_id)
    assert found.totals.sales_cents == sold
    assert sum(gross for _rate, gross, _net, _vat in found.vat()) == sold
    assert sum(vat for *_rest, vat in found.vat()) == -books.balance(session, "4457")
    assert found.expected_cash_cents == 10000 + found.totals.tenders.get("cash", 0) == books.balance(session, "53")
    z = cash.close_session(session, shop.drawer_id, found.expected(), shops.CHEF, at, keys=shop.keys)
    assert z.report.totals.detail() == found.totals.detail(), "X and Z are one computation"
    assert not any(z.differences.values())
    assert drawers.read_report(session, z.drawer).expected() == found.expected()
