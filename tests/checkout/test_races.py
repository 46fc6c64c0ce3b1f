"""Many at once: one sale, one refund, never more than was paid; and what happens without the lock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import sleep

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, col, select

from citizen_space.checkout import service as checkout
from citizen_space.checkout.service import Tender
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRegister, FiscalRow
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.orders.models import Order
from citizen_space.orders.service import NewLine
from citizen_space.payments import service as payments
from citizen_space.payments.models import Payment, Refund
from tests.checkout import shop as shops
from tests.checkout.shop import FOUR_LINES_CENTS, Shop
from tests.harness.patience import PATIENCE_SECONDS

THREADS = 64


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """Run the same work in many threads that start together; refusals are answers."""
    gate = threading.Barrier(count)

    def one(number: int) -> object:
        gate.wait()
        try:
            return work(number)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def open_shop(database: Database, at: datetime) -> tuple[Shop, Order]:
    """Found a house with one open order, committed."""
    with database.write() as session:
        shop = shops.found(session, at)
        return shop, shop.order(session)


@pytest.mark.race
def test_an_order_is_settled_once(database: Database, at: datetime) -> None:
    shop, order = open_shop(database, at)

    def settle(number: int) -> object:
        with database.write() as session:
            return shop.settle(session, order, Tender("card", FOUR_LINES_CENTS), submission=f"till-{number}")

    answers = at_once(THREADS, settle)
    assert sum(isinstance(answer, checkout.Sale) for answer in answers) == 1
    with database.read() as session:
        assert len(session.exec(select(Payment)).all()) == 1
        assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "sale")).all()) == 1
        assert fiscal.verify(session, shop.keys).ok


@pytest.mark.race
def test_the_same_page_sent_many_times_settles_once(database: Database, at: datetime) -> None:
    shop, order = open_shop(database, at)

    def settle(_number: int) -> object:
        with database.write() as session:
            return shop.settle(session, order, Tender("card", FOUR_LINES_CENTS)).receipt_number

    assert len(set(at_once(16, settle))) == 1


@pytest.mark.race
def test_refunds_never_exceed_what_was_paid(database: Database, at: datetime) -> None:
    shop, order = open_shop(database, at)
    with database.write() as session:
        shop.settle(session, order, Tender("card", FOUR_LINES_CENTS))

    def refund(number: int) -> object:
        with database.write() as session:
            return shop.refund(session, order.id or 0, amount_cents=1000, key=f"refund-race-{number}")

    at_once(16, refund)
    with database.read() as session:
        given = sum(refund.amount_cents for refund in session.exec(select(Refund)))
        assert given == FOUR_LINES_CENTS // 1000 * 1000
        assert fiscal.verify(session, shop.keys).ok


@pytest.mark.race
def test_control_without_the_lock_an_order_is_settled_twice(
    database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: two settles that both looked before either wrote must not both pass unseen.

    With the lock taken away, the second one is stopped by nothing but the tables: it ends in an error, or in two
    sales; never in the plain sentence that the lock gives.
    """
    shop, order = open_shop(database, at)
    both_have_looked = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def look(session: Session, model: type[Order], row_id: int) -> Order:
        found = session.exec(select(model).where(col(model.id) == row_id)).one()
        if database.dialect == "postgresql":
            both_have_looked.wait()
        return found

    monkeypatch.setattr("citizen_space.checkout.service.lock_row", look)
    failures: list[Exception] = []

    def settle(number: int) -> object:
        try:
            with database.write() as session:
                return shop.settle(session, order, Tender("card", FOUR_LINES_CENTS), submission=f"till-{number}")
        except Refusal:
            raise
        except Exception as error:
            failures.append(error)
            return error

    answers = at_once(2, settle)
    if database.dialect == "postgresql":
        assert not any(isinstance(answer, Refusal) for answer in answers), "a sentence without a lock is luck"
        # A database that refuses, and not a barrier that broke.
        assert all(isinstance(failure, DBAPIError) for failure in failures), failures
        assert failures or sum(isinstance(answer, checkout.Sale) for answer in answers) == 2
    else:
        # On SQLite the single writer is the lock: one after the other, the second is told so.
        assert sum(isinstance(answer, checkout.Sale) for answer in answers) == 1


def give_back_twice(database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> int:
    """Two ask for the whole of one payment at once, both having looked before either gave; what is given in all."""
    shop, order = open_shop(database, at)
    with database.write() as session:
        shop.settle(session, order, Tender("card", FOUR_LINES_CENTS))
    with database.read() as session:
        payment = session.exec(select(Payment)).one()
    both_have_looked = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def look(session: Session, _model: type[Payment], row_id: int) -> Payment:
        found = session.exec(select(Payment).where(col(Payment.id) == row_id)).one()
        if database.dialect == "postgresql":
            both_have_looked.wait()
        return found

    if not locked:
        monkeypatch.setattr("citizen_space.payments.service.lock_row", look)

    def give(number: int) -> object:
        with database.write() as session:
            return payments.ask_refund(session, payment, FOUR_LINES_CENTS, f"refund-{number}", "plat froid", at)

    at_once(2, give)
    with database.read() as session:
        return sum(refund.amount_cents for refund in session.exec(select(Refund)))


@pytest.mark.race
def test_a_payment_is_given_back_once(database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert give_back_twice(database, at, monkeypatch, locked=True) == FOUR_LINES_CENTS


@pytest.mark.race
def test_control_without_the_lock_a_payment_is_given_back_twice(
    database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = give_back_twice(database, at, monkeypatch, locked=False)
    # On SQLite the single writer is the lock.
    assert given == (2 if database.dialect == "postgresql" else 1) * FOUR_LINES_CENTS


def pay_online_at_once(database: Database, at: datetime) -> list[object]:
    """Eight customers pay on the one online register; all have written what points to it before one locks it."""
    with database.write() as session:
        shop = shops.found(session, at)
        payments_asked = [shop.online(session, None, [NewLine("Bon", 1200, 2000)])[1] for _number in range(8)]

    def pay(number: int) -> object:
        try:
            with database.write() as session:
                payment = payments_asked[number]
                payments.receive(session, payment, provider_payment=f"pi_{number}", at=at)
                return checkout.settle_online(session, session.get_one(Payment, payment.id), at, keys=shop.keys)
        except OperationalError as deadlock:
            return deadlock

    return at_once(8, pay)


@pytest.mark.race
def test_customers_who_pay_online_at_once_do_not_lock_each_other_out(database: Database, at: datetime) -> None:
    assert all(isinstance(answer, checkout.Sale) for answer in pay_online_at_once(database, at))


@pytest.mark.race
def test_control_with_a_lock_that_forbids_to_point_at_the_register_they_do(
    database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(session: Session, register_id: int) -> FiscalRegister:
        sleep(0.2)
        return session.exec(select(FiscalRegister).where(FiscalRegister.id == register_id).with_for_update()).one()

    monkeypatch.setattr(fiscal, "_lock_register", lock)
    stuck = [answer for answer in pay_online_at_once(database, at) if isinstance(answer, OperationalError)]
    assert bool(stuck) == (database.dialect == "postgresql")
