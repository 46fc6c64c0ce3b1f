"""The last table: sixty-four browsers at once. The control shows that without lock and constraint it is sold twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.access.service import GuestName
from citizen_space.checkout.service import Tender
from citizen_space.kit import db
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.kit.ids import new_key
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order
from citizen_space.restaurant import rules, sample, service
from citizen_space.restaurant.models import Claim, Sitting, Tab, Table
from citizen_space.room import Contact
from tests.bookings.factories import lapse_while_confirming
from tests.checkout import shop as shops
from tests.checkout.shop import COOK, Shop
from tests.harness.patience import PATIENCE_SECONDS
from tests.restaurant.world import KEYS, book, bookable_day, found, sitting

pytestmark = pytest.mark.race
CLIENTS = 64


def lay(database: Database, at: datetime) -> None:
    """One table for two is all there is."""
    with database.write() as session:
        found(session, at)
        for table in session.exec(select(Table).where(Table.code != "1")):
            table.active = False


def all_book(database: Database, at: datetime) -> list[str]:
    start = Barrier(16)

    def one(number: int) -> str:
        if number < 16:
            start.wait()
        try:
            with database.write() as session:
                book(session, at, 2)
        except Refusal as refusal:
            return type(refusal).__name__
        return "booked"

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, range(CLIENTS)))


def overlaps(session: Session) -> int:
    claims = session.exec(select(Claim)).all()
    pairs = [(a, b) for a in claims for b in claims if (a.id or 0) < (b.id or 0) and a.table_id == b.table_id]
    return sum(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a, b in pairs)


def test_the_last_table_is_booked_once(fresh_database: Database, at: datetime) -> None:
    lay(fresh_database, at)
    said = all_book(fresh_database, at)
    assert said.count("booked") == 1
    assert set(said) == {"booked", "TableTaken"}
    with fresh_database.read() as session:
        assert overlaps(session) == 0


def test_without_the_lock_the_constraint_still_holds(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(fresh_database, at)
    monkeypatch.setattr(db, "lock", lambda *_names: None)
    monkeypatch.setattr(rules, "free_tables", lambda tables, _taken, _window: list(tables))
    assert all_book(fresh_database, at).count("booked") == 1


def test_control_without_the_constraint_it_is_sold_twice(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(fresh_database, at)
    with fresh_database.write() as session:
        if fresh_database.dialect == "sqlite":
            session.execute(sa.text("DROP TRIGGER restaurant_claim_overlap_insert"))
        else:
            session.execute(sa.text("ALTER TABLE restaurant_claim DROP CONSTRAINT ex_restaurant_claim_overlap"))
    monkeypatch.setattr(db, "lock", lambda *_names: None)
    monkeypatch.setattr(rules, "free_tables", lambda tables, _taken, _window: list(tables))
    all_book(fresh_database, at)
    with fresh_database.read() as session:
        assert overlaps(session) > 0


def test_tables_let_go_while_the_hold_is_made_firm_are_taken_again(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        found(session, at)
        booking_id = book(session, at, 2).booking.id or 0
    lapse_while_confirming(fresh_database, booking_id, service, at + timedelta(minutes=16))
    with fresh_database.read() as session:
        assert len(session.exec(select(Claim).where(Claim.booking_id == booking_id)).all()) == 1


# -- the last covers: there are tables enough, and the kitchen cooks for two more --------------------------------------


def cook_for(database: Database, at: datetime, covers: int) -> None:
    """Every table is free; the sitting takes so many."""
    with database.write() as session:
        found(session, at)
        for one in session.exec(select(Sitting)):
            one.max_covers = covers


def covers_claimed(database: Database) -> int:
    with database.read() as session:
        return sum(claim.covers for claim in session.exec(select(Claim)))


def test_the_last_covers_are_booked_once(fresh_database: Database, at: datetime) -> None:
    cook_for(fresh_database, at, 2)
    said = all_book(fresh_database, at)
    assert said.count("booked") == 1
    assert set(said) == {"booked", "SittingIsFull"}
    assert covers_claimed(fresh_database) == 2


def test_control_without_the_lock_the_kitchen_cooks_for_more(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two have counted the covers before either took a table: no table of theirs refuses the second."""
    cook_for(fresh_database, at, 2)
    both_have_counted = Barrier(2, timeout=PATIENCE_SECONDS)
    check_covers = service._check_covers

    def count(*facts: Any) -> None:
        check_covers(*facts)
        if fresh_database.dialect == "postgresql":
            both_have_counted.wait()

    monkeypatch.setattr("citizen_space.restaurant.service.db.lock", lambda *_names: None)
    monkeypatch.setattr(service, "_check_covers", count)
    # Each takes another table, as two parties of a crowd would: what is looked at here is the count alone.
    turns = iter(range(2))
    monkeypatch.setattr(rules, "best_fit", lambda _size, free: (list(free)[next(turns)],))

    def one(number: int) -> str:
        # Two customers: one and the same would wait for each other at their own name.
        contact = Contact(f"Anne {number}", f"anne{number}@exemple.fr", "06 00 00 00 00")
        try:
            with fresh_database.write() as session:
                service.book(
                    session, sitting_id=sitting(session), on=bookable_day(at), contact=contact,
                    guests=[GuestName("Anne", "Martin", at.date()), GuestName("Paul", "Martin", at.date())],
                    language="fr", browser_key=f"browser{number}", submission=new_key(), keys=KEYS, at=at,
                )  # fmt: skip
        except Refusal as refusal:
            return type(refusal).__name__
        return "booked"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(one, range(2)))
    # On SQLite the single writer is the lock.
    assert said.count("booked") == (2 if fresh_database.dialect == "postgresql" else 1), said
    assert covers_claimed(fresh_database) == 2 * said.count("booked")


def test_a_party_is_moved_while_its_bill_is_paid(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lock the order before they touch the table: none of them waits for the other in a circle."""
    shop = founded(fresh_database, at)
    with fresh_database.write() as session:
        table, other = session.exec(select(Table).where(col(Table.code).in_(["5", "6"])).order_by(Table.code)).all()
        order_id = service.walk_in(
            session, table_id=table.id or 0, covers=2, register_id=shop.till_id, actor=COOK, submission=new_key(), at=at
        ).order_id
        orders.add_line(
            session, session.get_one(Order, order_id), label_fr="Soupe", unit_price_cents=900, vat_rate_bp=1000, at=at
        )
    leave = service._leave

    def leave_slowly(session: Session, tab: Tab, left_at: datetime) -> None:
        paid.set()
        sleep(0.5)
        leave(session, tab, left_at)

    paid = Event()
    monkeypatch.setattr(service, "_leave", leave_slowly)

    def settle() -> str:
        with fresh_database.write() as session:
            service.settle(
                session, order_id, tenders=[Tender("card", 900)], submission=new_key(), register_id=shop.till_id,
                actor=COOK, keys=shop.keys, at=at,
            )  # fmt: skip
        return "paid"

    def move() -> str:
        paid.wait(5)
        try:
            with fresh_database.write() as session:
                service.move_table(session, order_id, other.id or 0, at=at)
        except Refusal as refusal:
            return type(refusal).__name__
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(settle), pool.submit(move)]
        assert [one.result() for one in said] == ["paid", "OrderIsClosed"]


def founded(database: Database, at: datetime) -> Shop:
    """A shop with an open till, and the sample room."""
    with database.write() as session:
        shop = shops.found(session, at)
        sample.plant(session, at=at, keys=KEYS)
        return shop
