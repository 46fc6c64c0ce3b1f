"""The last seat, and the ticket shown at two doors: the control shows that without the constraint it is sold twice."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from citizen_space.kit.db import Database, count_statements
from citizen_space.kit.errors import Refusal
from citizen_space.kit.ids import new_key
from citizen_space.payments.models import Payment
from citizen_space.venue import queries, rules, service, tickets
from citizen_space.venue.models import Admission, SeatClaim
from tests.venue.world import KEYS, WORKER, book, cancel, found, pay, scan, seat, sold

pytestmark = pytest.mark.race
CLIENTS, AT_ONCE = 64, 16


def all_at_once(act: Callable[[int], str]) -> list[str]:
    start = Barrier(AT_ONCE)

    def one(number: int) -> str:
        if number < AT_ONCE:
            start.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(CLIENTS)))


def all_book(database: Database, at: datetime) -> list[str]:
    def one(number: int) -> str:
        try:
            with database.write() as session:
                book(session, at, ["B5"], browser_key=f"browser{number}")
        except Refusal as refusal:
            return type(refusal).__name__
        return "booked"

    return all_at_once(one)


def lay(database: Database, at: datetime) -> int:
    with database.write() as session:
        return found(session, at)


def test_the_last_seat_is_booked_once(fresh_database: Database, at: datetime) -> None:
    lay(fresh_database, at)
    said = all_book(fresh_database, at)
    assert said.count("booked") == 1
    assert set(said) == {"booked", "SeatTaken"}


def test_control_without_the_constraint_it_is_sold_twice(fresh_database: Database, at: datetime) -> None:
    lay(fresh_database, at)
    with fresh_database.write() as session:
        session.execute(sa.text("DROP TABLE venue_claim"))
        session.execute(
            sa.text(
                "CREATE TABLE venue_claim (id INTEGER PRIMARY KEY, performance_id INTEGER, seat_id INTEGER, "
                "booking_id INTEGER, blocked TEXT)"
                if fresh_database.dialect == "sqlite"
                else "CREATE TABLE venue_claim (id SERIAL PRIMARY KEY, performance_id INTEGER, seat_id INTEGER, "
                "booking_id INTEGER, blocked TEXT)"
            )
        )
    assert all_book(fresh_database, at).count("booked") == CLIENTS


def test_a_ticket_shown_at_many_doors_enters_once(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        tonight = found(session, at)
        service.open_doors(session, tonight, actor=WORKER, at=at)
        code = sold(session, at, ["B5"])[0].code

    def one(_number: int) -> str:
        with fresh_database.write() as session:
            return scan(session, code, tonight, at)

    said = all_at_once(one)
    assert said.count("admitted") == 1
    assert said.count("already_in") == CLIENTS - 1


def test_one_gesture_sent_many_times_is_one_entry(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        tonight = found(session, at)
        service.open_doors(session, tonight, actor=WORKER, at=at)
        code = sold(session, at, ["B5"])[0].code

    def one(_number: int) -> str:
        with fresh_database.write() as session:
            return scan(session, code, tonight, at, "one-and-the-same")

    assert set(all_at_once(one)) == {"admitted"}


def test_numbers_have_no_gap_when_many_pay_at_once(fresh_database: Database, at: datetime) -> None:
    lay(fresh_database, at)
    labels = [f"{row}{number}" for row in "BCDEFGH" for number in range(1, 15)][:CLIENTS]

    def one(number: int) -> str:
        with fresh_database.write() as session:
            booked = book(session, at, [labels[number]])
        try:
            with fresh_database.write() as session:
                pay(session, booked, at)
                if number % 5 == 0:
                    raise LookupError
        except LookupError:
            return "undone"
        return "paid"

    said = all_at_once(one)
    with fresh_database.read() as session:
        assert numbers(session) == list(range(1, said.count("paid") + 1))


def numbers(session: Session) -> list[int]:
    return sorted(n for n in session.exec(select(Admission.number)) if n is not None)


# -- how many statements -----------------------------------------------------------------------------------------------


def test_the_door_asks_the_database_three_times(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        tonight = found(session, at)
        service.open_doors(session, tonight, actor=WORKER, at=at)
        code = sold(session, at, ["B5"])[0].code
    most = {"admitted": 3, "already_in": 2, "invalid": 2}
    for text, expected in ((code, "admitted"), (code, "already_in"), ("rubbish", "invalid")):
        with count_statements(fresh_database) as counted, fresh_database.write() as session:
            assert scan(session, text, tonight, at, new_key()) == expected
        assert counted.count <= most[expected], counted.sent


def test_seats_are_claimed_in_one_statement(fresh_database: Database, at: datetime) -> None:
    lay(fresh_database, at)
    counts = []
    for labels in (["B1", "B2"], ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"]):
        with fresh_database.write() as session, count_statements(fresh_database) as counted:
            book(session, at, labels)
        counts.append(len([one for one in counted.sent if "INSERT INTO venue_claim" in one]))
    assert counts == [1, 1]


def test_the_plan_asks_a_few_times_whatever_is_sold(fresh_database: Database, at: datetime) -> None:
    tonight = lay(fresh_database, at)
    with fresh_database.write() as session:
        for row in "ABCD":
            sold(session, at, [f"{row}{number}" for number in range(1, 9)])
    with count_statements(fresh_database) as counted, fresh_database.read() as session:
        service.availability(session, tonight, at=at, browser_key="browser")
    assert counted.count <= 4, counted.sent


def test_two_parties_that_want_the_same_seats_never_wait_in_a_circle(fresh_database: Database, at: datetime) -> None:
    lay(fresh_database, at)
    wanted = (["B1", "B2", "B3"], ["B3", "B2", "B1"])

    def one(number: int) -> str:
        try:
            with fresh_database.write() as session:
                book(session, at, wanted[number % 2])
        except Refusal as refusal:
            return type(refusal).__name__
        return "booked"

    assert all_at_once(one).count("booked") == 1
    with fresh_database.read() as session:
        assert len(session.exec(select(SeatClaim)).all()) == 3
        assert queries.get_house(session, 1).free == 159


def test_a_ticket_scanned_while_its_booking_is_called_off_stands_or_falls(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is inside on a ticket whose money went back: the scan lands between the look and the cancellation."""
    with fresh_database.write() as session:
        tonight = found(session, at)
        service.open_doors(session, tonight, actor=WORKER, at=at)
        ticket = sold(session, at, ["B5"])[0]
    cancel_tickets = tickets.cancel
    said: list[Future[str]] = []

    def one() -> str:
        with fresh_database.write() as session:
            return scan(session, ticket.code, tonight, at)

    with ThreadPoolExecutor(1) as pool:

        def cancel_slowly(*given: Any) -> None:
            said.append(pool.submit(one))
            wait(said, timeout=1)
            cancel_tickets(*given)

        monkeypatch.setattr(tickets, "cancel", cancel_slowly)
        with suppress(rules.TicketUsed), fresh_database.write() as session:
            cancel(session, booking_id=ticket.booking_id, at=at, in_full=True)
    admitted = said[0].result() == "admitted"
    with fresh_database.read() as session:
        kept = session.exec(select(Payment)).one()
        assert admitted == (kept.refunded_cents == 0)


def test_an_exchange_and_a_cancellation_at_once_wait_for_each_other(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database.write() as session:
        tonight = found(session, at)
        ticket = sold(session, at, ["B5"])[0]
    get_house = queries.get_house
    started = Event()

    def find_slowly(session: Session, *given: Any, **facts: Any) -> rules.House:
        started.set()
        sleep(0.5)
        return get_house(session, *given, **facts)

    monkeypatch.setattr(queries, "get_house", find_slowly)

    def exchange() -> None:
        with fresh_database.write() as session:
            service.exchange(
                session, ticket.id or 0, performance_id=tonight, seat_id=seat(session, "B6"), actor=WORKER,
                keys=KEYS, at=at,
            )  # fmt: skip

    def call_off() -> None:
        started.wait(5)
        with fresh_database.write() as session:
            cancel(session, booking_id=ticket.booking_id, at=at, in_full=True)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(exchange), pool.submit(call_off)]:
            done.result()
    with fresh_database.read() as session:
        assert {one.status for one in session.exec(select(Admission))} == {"cancelled"}
        assert session.exec(select(SeatClaim)).all() == []
