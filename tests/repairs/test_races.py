"""The last minutes of a day, sixty-four browsers at once; the control shows what the guard is for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier, Event
from time import sleep

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.repairs import queries, rules, service
from citizen_space.repairs.models import Claim, Quote, WorkOrder, WorkshopDay
from tests.bookings.factories import lapse_while_confirming
from tests.harness.patience import PATIENCE_SECONDS
from tests.repairs.world import WORKER, accept, book, bookable_day, found, quoted, taken_in

pytestmark = pytest.mark.race
CLIENTS, AT_ONCE = 64, 16


def all_book(database: Database, at: datetime) -> list[str]:
    start = Barrier(AT_ONCE)

    def one(number: int) -> str:
        if number < AT_ONCE:
            start.wait()
        try:
            with database.write() as session:
                book(session, at)
        except Refusal as refusal:
            return type(refusal).__name__
        return "booked"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(CLIENTS)))


def claimed_minutes(database: Database, at: datetime) -> int:
    with database.read() as session:
        wanted = sa.select(sa.func.coalesce(sa.func.sum(Claim.minutes), 0)).where(Claim.on == bookable_day(at))  # type: ignore[arg-type]
        return int(session.execute(wanted).scalar_one())


def test_the_last_minutes_are_promised_once(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        found(session, at)
    said = all_book(fresh_database, at)
    assert said.count("booked") == 4
    assert set(said) == {"booked", "DayIsFull"}
    assert claimed_minutes(fresh_database, at) == 480


def test_control_a_day_that_is_read_and_then_written_oversells(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database.write() as session:
        found(session, at)
        _drop_check(session, fresh_database.dialect)
    monkeypatch.setattr(service, "hold", _hold_without_guard)
    all_book(fresh_database, at)
    assert claimed_minutes(fresh_database, at) > 480


def _drop_check(session: Session, dialect: str) -> None:
    if dialect == "postgresql":
        session.execute(sa.text('ALTER TABLE repairs_day DROP CONSTRAINT "ck_repairs_day_taken_minutes"'))
    else:
        session.execute(sa.text("PRAGMA ignore_check_constraints=ON"))


def _hold_without_guard(session: Session, booking: object, *, minutes: int) -> None:
    on = service.clock.local(booking.starts_at).date()  # type: ignore[attr-defined]
    session.add(Claim(booking_id=booking.id, on=on, minutes=minutes))  # type: ignore[attr-defined]
    session.flush()


def test_one_worker_starts_two_bikes_at_once(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        found(session, at)
        bikes = []
        for _ in range(8):
            work_order = taken_in(session, at)
            accept(session, quoted(session, work_order, ["freins"], at), ["freins"], at)
            bikes.append(work_order.id or 0)

    def start(bike: int) -> str:
        try:
            with fresh_database.write() as session:
                service.start_work(session, bike, actor=WORKER, at=at)
        except Refusal as refusal:
            return type(refusal).__name__
        return "started"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(start, bikes))
    assert sorted(said) == ["AlreadyAtWork"] * 7 + ["started"]
    with fresh_database.read() as session:
        assert session.get(WorkshopDay, bookable_day(at)) is not None


def test_minutes_let_go_while_the_hold_is_made_firm_are_taken_again(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        found(session, at)
        booking = book(session, at).booking
        booking.status, booking.hold_expires_at = "held", at
    lapse_while_confirming(fresh_database, booking.id or 0, service, at)
    assert claimed_minutes(fresh_database, at) == 120


def test_a_quote_answered_while_its_new_version_is_written_is_over(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database.write() as session:
        found(session, at)
        work_order = taken_in(session, at)
        first = quoted(session, work_order, ["freins"], at)
    find_quote, is_writing = queries.find_quote, Event()

    def find_slowly(session: Session, work_order_id: int) -> Quote | None:
        before = find_quote(session, work_order_id)
        is_writing.set()
        sleep(0.3)  # the answer comes meanwhile
        return before

    monkeypatch.setattr(queries, "find_quote", find_slowly)

    def write_anew(bike: WorkOrder) -> str:
        with fresh_database.write() as session:
            quoted(session, bike, ["freins", "chaine"], at)
        return "written"

    def answer(quote: Quote) -> str:
        assert is_writing.wait(PATIENCE_SECONDS)
        with pytest.raises(rules.QuoteIsOver), fresh_database.write() as session:
            accept(session, quote, ["freins"], at)
        return "over"

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(write_anew, work_order), pool.submit(answer, first)]
        assert [one.result() for one in said] == ["written", "over"]
