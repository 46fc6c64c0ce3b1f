"""A sale becomes real in one transaction, or not at all."""

import json
from datetime import datetime

import pytest
from sqlmodel import Session, select

from citizen_space.cash.service import TillIsClosed
from citizen_space.checkout import service as checkout
from citizen_space.checkout.refusals import AlreadySettled, NothingToSettle
from citizen_space.checkout.service import Tender
from citizen_space.fiscal import service as fiscal
from citizen_space.kit.db import Database, count_statements
from citizen_space.orders.models import Order
from citizen_space.payments import rules as payment_rules
from citizen_space.payments.models import Payment
from tests.checkout import shop as shops
from tests.checkout.shop import FOUR_LINES, FOUR_LINES_CENTS

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
    assert content["share_cents"] == sale.share_cents == 592
    assert shops.postings(session, f"sale:{order.id}:share" if False else f"share:sale:{order.id}") in ({}, {"658": 592, "467": -592})


def test_the_statements_of_a_settle_are_few(database: Database, at: datetime) -> None:
    with database.write() as session:
        shop = shops.found(session, at)
        orders = [shop.order(session) for _ in range(2)]
    with database.write() as session:
        shop.settle(session, orders[0], Tender("card", FOUR_LINES_CENTS))
    with count_statements(database) as counted, database.write() as session:
        shop.settle(session, orders[1], Tender("card", FOUR_LINES_CENTS))
    assert counted.count <= MOST_STATEMENTS, "\n".join(counted.sent)
