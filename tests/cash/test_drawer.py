"""Drawer sessions: opened once, counted blind, closed once; X and Z are one computation."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from citizen_space.cash import printouts, queries, service
from citizen_space.cash.models import DrawerSession, MovementKind
from citizen_space.cash.office import z_document
from citizen_space.checkout.service import Tender
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.ledger import queries as books
from citizen_space.orders.service import NewLine
from tests.checkout import shop as shops
from tests.checkout.shop import CHEF, FOUR_LINES_CENTS, Shop
from tests.checkout.test_papers import words
from tests.harness.patience import PATIENCE_SECONDS


def test_a_till_is_open_once_at_a_time(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    with pytest.raises(service.TillIsOpen):
        service.open_session(session, shop.till_id, float_cents=0, actor=CHEF, at=at, keys=shop.keys)
    assert service.find_open_session(session, shop.till_id) is not None
    assert books.balance(session, "53") == 10000 and books.balance(session, "58") == -10000


def sell_and_move(session: Session, shop: Shop, at: datetime) -> None:
    """A day: card, cash, a refund in cash, a drop and change brought."""
    shop.sale(session)
    paid_cash = shop.order(session, [NewLine("Tarte", 700, 1000)])
    shop.settle(session, paid_cash, Tender("cash", 2000))
    shop.refund(session, paid_cash.id or 0, amount_cents=200)
    for kind, cents, key in (("drop", 3000, "move-001"), ("paid_in", 500, "move-002"), ("drop", 3000, "move-001")):
        service.move_cash(
            session, shop.drawer_id, kind=MovementKind(kind), amount_cents=cents, reason="coffre", actor=CHEF,
            submission=key, at=at, keys=shop.keys,
        )  # fmt: skip


def test_a_close_says_what_is_over_and_short(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    sell_and_move(session, shop, at)
    x = service.x_report(session, shop.drawer_id)
    assert x.expected() == {"card": FOUR_LINES_CENTS, "cash": 10000 + 700 - 200 - 3000 + 500}
    assert x.expected_cash_cents == books.balance(session, "53") == 8000
    z = service.close_session(
        session, shop.drawer_id, {"cash": 7950, "card": FOUR_LINES_CENTS}, CHEF, at, keys=shop.keys
    )
    assert z.differences == {"card": 0, "cash": -50} and z.drawer.over_short_cents == -50
    assert books.balance(session, "654") == 50 and books.balance(session, "53") == 0
    content = json.loads(z.row.content)["content"]
    assert content["counted"] == {"card": FOUR_LINES_CENTS, "cash": 7950}
    assert content["sales_cents"] == FOUR_LINES_CENTS + 700 and content["refunds_cents"] == -200
    assert sum(v["gross_cents"] for v in content["vat"]) == content["total_cents"] == FOUR_LINES_CENTS + 500
    assert service.find_z(session, shop.drawer_id) == z
    with pytest.raises(service.DrawerIsClosed):
        service.close_session(session, shop.drawer_id, {}, CHEF, at, keys=shop.keys)
    assert fiscal.verify(session, shop.keys).ok


def test_the_z_on_paper_says_what_is_sealed(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    sell_and_move(session, shop, at)
    z = service.close_session(session, shop.drawer_id, {"cash": 8010}, CHEF, at, keys=shop.keys)
    said = words(z_document(z, "R1", "fr"))
    for expected in (
        "Z R1-",
        "Ventes TTC | 72,50 €",
        "Remboursements | -2,00 €",
        "Espèces\n80,00 € | 80,10 € | 0,10 €",
    ):
        assert expected in said, said
    drawer = z.drawer
    x = words(
        printouts.x_report(z.report, register="R1", opened_at=drawer.opened_at, opened_by=drawer.opened_by, at=at)
    )
    assert "NE CLÔT PAS" in x and "Attendu" not in x, "the count stays blind"


def test_the_next_session_begins_at_nothing(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    shop.sale(session)
    first = service.close_session(session, shop.drawer_id, {}, CHEF, at, keys=shop.keys)
    drawer = service.open_session(session, shop.till_id, float_cents=0, actor=CHEF, at=at, keys=shop.keys)
    assert service.x_report(session, drawer.id or 0).totals.sales_cents == 0
    shop.sale(session)
    assert queries.read_report(session, first.drawer).totals.sales_cents == FOUR_LINES_CENTS, "the past stands still"
    assert service.x_report(session, drawer.id or 0).totals.sales_cents == FOUR_LINES_CENTS


def test_no_more_cash_leaves_than_there_is(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    facts: dict[str, Any] = {"reason": "coffre", "actor": CHEF, "at": at, "keys": shop.keys}
    with pytest.raises(service.NotEnoughCash, match="100,00"):
        service.move_cash(
            session, shop.drawer_id, kind=MovementKind.DROP, amount_cents=10001, submission="move-001", **facts
        )
    with pytest.raises(service.ReasonMissing):
        service.move_cash(
            session, shop.drawer_id, kind=MovementKind.DROP, amount_cents=1, submission="m2", **{**facts, "reason": " "}
        )


def close_at_once(database: Database, shop: Shop, at: datetime, counted: dict[str, int] | None = None) -> list[object]:
    """Close one session from two threads that start together."""
    gate = threading.Barrier(2)

    def close(number: int) -> object:
        gate.wait()
        try:
            with database.write() as session:
                given = {"cash": number} if counted is None else counted
                return service.close_session(session, shop.drawer_id, given, CHEF, at, keys=shop.keys)
        except Exception as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(close, range(2)))


@pytest.mark.race
def test_two_closings_at_once_close_once(database: Database, at: datetime) -> None:
    with database.write() as session:
        shop = shops.found(session, at)
    answers = close_at_once(database, shop, at)
    assert sorted(type(answer).__name__ for answer in answers) == ["DrawerIsClosed", "Z"]
    with database.read() as session:
        assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "closing")).all()) == 1


@pytest.mark.race
def test_control_without_the_lock_a_session_is_closed_twice(
    database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both look before either closes, and the chain gets two closings of one session."""
    with database.write() as session:
        shop = shops.found(session, at)
        service.close_session(session, shop.drawer_id, {"cash": 10000}, CHEF, at, keys=shop.keys)
        drawer = service.open_session(session, shop.till_id, float_cents=0, actor=CHEF, at=at, keys=shop.keys)
        shop.drawer_id = drawer.id or 0
    both_have_looked = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def look(session: Session, model: type[DrawerSession], row_id: int) -> DrawerSession:
        found = session.exec(select(model).where(col(model.id) == row_id)).one()
        if database.dialect == "postgresql":
            both_have_looked.wait()
        return found

    monkeypatch.setattr("citizen_space.cash.service.lock_row", look)
    answers = close_at_once(database, shop, at, counted={})
    closed = sum(isinstance(answer, service.Z) for answer in answers)
    # On SQLite the single writer is the lock; on PostgreSQL nothing stops the second.
    assert closed == (2 if database.dialect == "postgresql" else 1), answers


@pytest.mark.race
def test_a_sale_is_in_the_z_or_refused(database: Database, at: datetime) -> None:
    """Sales race with the close: each is either sealed before the Z and in it, or told that the till is closed."""
    with database.write() as session:
        shop = shops.found(session, at)
        opened = [shop.order(session) for _ in range(12)]
    gate = threading.Barrier(13)

    def sell(number: int) -> object:
        gate.wait()
        try:
            with database.write() as session:
                if number == 12:
                    return service.close_session(session, shop.drawer_id, {}, CHEF, at, keys=shop.keys, carry_over=True)
                return shop.settle(session, opened[number], Tender("card", FOUR_LINES_CENTS))
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(13) as pool:
        answers = list(pool.map(sell, range(13)))
    (z,) = [answer for answer in answers if isinstance(answer, service.Z)]
    sold = sum(type(answer).__name__ == "Sale" for answer in answers)
    assert sold + sum(isinstance(answer, service.TillIsClosed) for answer in answers) == 12
    assert z.report.totals.sales_cents == sold * FOUR_LINES_CENTS
