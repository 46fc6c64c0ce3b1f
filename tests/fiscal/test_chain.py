"""The chain: sealed texts that cannot be changed, gapless under any crowd, closed once, and checked byte by byte."""

import itertools
import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, text

from citizen_space.fiscal import jobs, queries, rules, service
from citizen_space.fiscal.models import FiscalClosing, FiscalRegister, FiscalRow, Period, RowKind
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.db import Database, count_statements, is_unique_violation
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.law import service as law
from tests.harness.patience import PATIENCE_SECONDS

ON = date(2026, 11, 23)
KEYS = Keys(*(bytes([n]) * 32 for n in range(1, 6)))


def content(gross_cents: int, tender: str = "card") -> dict[str, Any]:
    """Write the content of a sale at 10 %."""
    vat_cents = gross_cents // 11
    return rules.money_content(
        lines=[{"label": "Menu du jour", "quantity": 1, "unit_price_cents": gross_cents, "vat_rate_bp": 1000}],
        vat=[
            {"rate_bp": 1000, "gross_cents": gross_cents, "net_cents": gross_cents - vat_cents, "vat_cents": vat_cents}
        ],
        tenders=[{"tender": tender, "amount_cents": gross_cents}],
        operator="R07",
    )


def open_till(session: Session, at: datetime, code: str = "R1") -> int:
    """Open a register."""
    register = service.open_register(session, code=code, name="Restaurant", kind="till", room="restaurant", at=at)
    assert register.id is not None
    return register.id


def sell(session: Session, register_id: int, gross_cents: int, at: datetime, **more: Any) -> FiscalRow:
    """Seal a sale, or a refund when the amount is negative."""
    kind = RowKind.SALE if gross_cents >= 0 else RowKind.REFUND
    return service.append(
        session, register_id, kind, content(gross_cents), at=at, keys=KEYS, gross_cents=gross_cents, **more
    )


def a_day(session: Session, at: datetime) -> int:
    """Record a day of many kinds, and close it."""
    till = open_till(session, at)
    service.append(session, till, RowKind.OPENING, {"float_cents": 0}, at=at, keys=KEYS)
    for n, cents in enumerate((2850, 1200, 990)):
        sell(session, till, cents, at + timedelta(minutes=n), order_id=n + 1)
    deposit = {**content(2000), "vat": []}
    service.append(session, till, RowKind.DEPOSIT, deposit, at=at, keys=KEYS, gross_cents=2000)
    sell(session, till, -1200, at + timedelta(minutes=9), order_id=2)
    service.append(session, till, RowKind.DUPLICATE, {"of": 2}, at=at, keys=KEYS)
    service.close_day(session, till, ON, at + timedelta(hours=3), SYSTEM, keys=KEYS)
    return till


# -- what is sealed ----------------------------------------------------------------------------------------------------


def test_the_text_and_its_hash_are_pinned() -> None:
    """Stored chains must verify for ever: whoever changes this text invents a new format version."""
    envelope = rules.Envelope(
        "R1",
        7,
        "sale",
        datetime(2026, 11, 23, 11, 30, tzinfo=UTC),
        ON,
        1100,
        4200,
        12,
        KEYS.fiscal_key_id,
        rules.GENESIS,
        {"operator": "R07", "lines": [{"label": "Œufs « mimosa » à l’été", "quantity": 1}], "vat": [], "tenders": []},
    )
    assert envelope.text() == (
        '{"at":"2026-11-23T11:30:00.000000Z","content":{"lines":[{"label":"Œufs « mimosa » à l’été","quantity":1}],'
        '"operator":"R07","tenders":[],"vat":[]},"format":1,"gross_cents":1100,"key":"34750f98bd59fcfc",'
        '"kind":"sale","number":7,"on":"2026-11-23","order":12,"perpetual_cents":4200,"previous":"'
        + "0" * 64
        + '","register":"R1"}'
    )
    assert rules.hash_of(envelope.text()) == "18cb049c546b33b59444fd38f202735c1cae84386652248744070791f8e328de"


def test_a_fraction_or_an_incoherent_sale_is_our_mistake(session: Session, at: datetime) -> None:
    till = open_till(session, at)
    with pytest.raises(AssertionError, match="fraction"):
        rules.canonical({"amount": 12.5})
    with pytest.raises(AssertionError, match="VAT and tenders"):
        service.append(session, till, RowKind.SALE, content(1000), at=at, keys=KEYS, gross_cents=1001)


def test_rows_are_numbered_linked_and_add_up(session: Session, at: datetime) -> None:
    till = open_till(session, at)
    first, second = sell(session, till, 1000, at), sell(session, till, -400, at)
    assert (first.number, second.number) == (1, 2)
    assert (first.previous_hash, second.previous_hash) == (rules.GENESIS, first.hash)
    register = queries.get_register(session, till)
    assert (register.last_number, register.last_hash, register.perpetual_cents) == (2, second.hash, 600)
    assert json.loads(second.content)["perpetual_cents"] == 600
    assert rules.receipt_number(register.code, second.number) == "R1-000002"


def test_an_append_costs_three_statements(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        till = open_till(session, at)
    with count_statements(fresh_database) as statements, fresh_database.write() as session:
        sell(session, till, 1000, at)
    assert statements.count == 3, statements.sent


def test_sealed_tables_refuse_to_be_changed(session: Session, at: datetime) -> None:
    a_day(session, at)
    for table in ("fiscal_row", "fiscal_closing"):
        for statement in (f"UPDATE {table} SET id = id + 100", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            if "TRUNCATE" in statement and session.get_bind().dialect.name == "sqlite":
                continue
            with pytest.raises(Exception, match="sealed: fiscal_"), session.begin_nested():
                session.execute(text(statement))


# -- closings ----------------------------------------------------------------------------------------------------------


def test_a_day_is_closed_with_its_totals_and_then_takes_no_money(session: Session, at: datetime) -> None:
    till = a_day(session, at)
    closing = queries.find_closing(session, till, Period.DAY, "2026-11-23")
    assert closing is not None
    assert (closing.sales_cents, closing.refunds_cents, closing.total_cents) == (5040, -1200, 3840)
    assert (closing.deposits_cents, closing.row_count, closing.perpetual_cents) == (2000, 7, 3840)
    totals = json.loads(closing.totals)
    assert totals["tenders"] == {"card": 5840}
    assert totals["vat"]["1000"][0] == 3840
    with pytest.raises(service.DayIsClosed):
        sell(session, till, 100, at + timedelta(hours=4))
    service.append(session, till, RowKind.DUPLICATE, {"of": 2}, at=at + timedelta(hours=4), keys=KEYS)
    assert sell(session, till, 100, at + timedelta(days=1)).number == 10
    assert service.verify(session, KEYS).ok


def test_closing_again_changes_nothing(session: Session, at: datetime) -> None:
    till = a_day(session, at)
    before = queries.get_register(session, till).last_number
    again = service.close_day(session, till, ON, at + timedelta(hours=5), SYSTEM, keys=KEYS)
    assert again.label == "2026-11-23"
    assert queries.get_register(session, till).last_number == before


def test_days_nobody_closed_are_closed_first_and_in_order(session: Session, at: datetime) -> None:
    till = open_till(session, at)
    for days in (0, 1, 3):
        sell(session, till, 100 * (days + 1), at + timedelta(days=days))
    service.close_day(session, till, ON + timedelta(days=3), at + timedelta(days=3, hours=1), SYSTEM, keys=KEYS)
    closings = list(reversed(queries.list_closings(session, register_id=till)))
    assert [(one.label, one.total_cents, one.perpetual_cents) for one in closings] == [
        ("2026-11-23", 100, 100),
        ("2026-11-24", 200, 300),
        ("2026-11-26", 400, 700),
    ]
    assert service.verify(session, KEYS).ok


def test_a_day_that_has_not_come_is_not_closed(session: Session, at: datetime) -> None:
    till = open_till(session, at)
    with pytest.raises(service.DayIsNotOver):
        service.close_day(session, till, ON + timedelta(days=1), at, SYSTEM, keys=KEYS)
    with pytest.raises(service.DayIsNotOver):
        service.close_month(session, till, "2026-11", at, SYSTEM, keys=KEYS)
    with pytest.raises(service.DayIsNotOver):
        service.close_year(session, till, "2026", at, SYSTEM, keys=KEYS)


def test_the_clock_closes_days_months_and_years_none_skipped(fresh_database: Database, at: datetime) -> None:
    opened = datetime(2026, 10, 30, 11, 0, tzinfo=UTC)
    with fresh_database.write() as session:
        till = open_till(session, opened)
        for days in (0, 1, 5, 40):
            sell(session, till, 1000 + days, opened + timedelta(days=days))
        sell(session, till, 77, opened + timedelta(days=70))
    today = opened + timedelta(days=100)
    jobs.close_periods(fresh_database, KEYS, today)
    jobs.close_periods(fresh_database, KEYS, today + timedelta(minutes=10))
    with fresh_database.read() as session:
        labels = {period: sorted(queries.list_closed_labels(session, till, period)) for period in Period}
        assert labels[Period.DAY] == ["2026-10-30", "2026-10-31", "2026-11-04", "2026-12-09", "2027-01-08"]
        assert labels[Period.MONTH] == ["2026-10", "2026-11", "2026-12", "2027-01"]
        assert labels[Period.YEAR] == ["2026"]
        year = queries.find_closing(session, till, Period.YEAR, "2026")
        assert year is not None
        assert (year.total_cents, year.perpetual_cents, year.row_count) == (4046, 4046, 4)
        report = service.verify(session, KEYS)
        assert report.ok, report.problem
        assert report.chains[0].closing_count == 10


def test_what_the_law_says_is_sealed_too(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        law.seed(session, at)
        service.open_register(session, code="WEB", name="Site", kind="online", at=at)
    jobs.record_parameters(fresh_database, KEYS, at)
    jobs.record_parameters(fresh_database, KEYS, at)
    with fresh_database.read() as session:
        rows = queries.list_rows(session, queries.RowFilter(kind=RowKind.PARAMETER), limit=9)
        assert len(rows) == 1
        assert any(one["key"] == "vat_on_site" for one in json.loads(rows[0].content)["content"]["values"])
        assert service.verify(session, KEYS).ok


# -- verification ------------------------------------------------------------------------------------------------------


@pytest.fixture
def unsealed(session: Session, at: datetime) -> Session:
    """A closed day in a database whose seals somebody has broken."""
    a_day(session, at)
    for table in ("fiscal_row", "fiscal_closing"):
        if session.get_bind().dialect.name == "sqlite":
            for act in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER seal_{table}_{act}"))
        else:
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    return session


def found(session: Session) -> str:
    """Verify and return what is wrong, in words."""
    session.expire_all()
    return str(service.verify(session, KEYS).problem)


TAMPERING = [
    ("UPDATE fiscal_row SET content = replace(content, ':1200', ':1100') WHERE number = 3", 3),
    ("UPDATE fiscal_row SET content = content || ' ' WHERE number = 8", 8),
    ("UPDATE fiscal_row SET gross_cents = 1100 WHERE number = 3", 3),
    ("UPDATE fiscal_row SET order_id = 99 WHERE number = 2", 2),
    ("UPDATE fiscal_row SET kind = 'note' WHERE number = 4", 4),
    ("UPDATE fiscal_row SET \"on\" = '2026-11-22' WHERE number = 5", 5),
    ("UPDATE fiscal_row SET at = '2026-11-23 11:31:01.000000' WHERE number = 5", 5),
    ("UPDATE fiscal_row SET hash = '00' WHERE number = 6", 6),
    ("UPDATE fiscal_row SET previous_hash = '00' WHERE number = 6", 6),
    ("UPDATE fiscal_row SET signature = '00' WHERE number = 1", 1),
    ("UPDATE fiscal_row SET signature = 'zz' WHERE number = 1", 1),
    ("UPDATE fiscal_row SET key_id = 'x' WHERE number = 1", 1),
    ("UPDATE fiscal_row SET format_version = 2 WHERE number = 7", 7),
    (f"UPDATE fiscal_row SET content = '{{}}', hash = '{rules.hash_of('{}')}' WHERE number = 4", 4),
    ("DELETE FROM fiscal_row WHERE number = 4", 5),
    ("UPDATE fiscal_row SET number = 99 WHERE number = 5", 6),
    ("UPDATE fiscal_closing SET total_cents = 1", 8),
    ("UPDATE fiscal_closing SET totals = '{}'", 8),
    ("UPDATE fiscal_closing SET perpetual_cents = 0", 8),
    ("DELETE FROM fiscal_closing", 8),
    ("UPDATE fiscal_register SET last_number = 7", 8),
    ("UPDATE fiscal_register SET perpetual_cents = 1", 8),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "number"), TAMPERING)
def test_whatever_is_altered_is_named(unsealed: Session, statement: str, number: int) -> None:
    assert found(unsealed) == "None"
    assert unsealed.connection().exec_driver_sql(statement).rowcount == 1
    assert found(unsealed).startswith(f"R1-{number:06d}: ")


def test_one_bit_of_any_byte_of_a_text_is_seen(unsealed: Session) -> None:
    sealed: str = unsealed.exec(select(FiscalRow.content).where(FiscalRow.number == 3)).one()
    for place in itertools.chain(range(0, len(sealed), 37), (len(sealed) - 1,)):
        altered = sealed[:place] + chr(ord(sealed[place]) ^ 1) + sealed[place + 1 :]
        unsealed.execute(text("UPDATE fiscal_row SET content = :c WHERE number = 3"), {"c": altered})
        assert found(unsealed).startswith("R1-000003: ")


def test_who_has_no_key_cannot_write_a_chain_of_their_own(session: Session, at: datetime) -> None:
    a_day(session, at)
    assert service.verify(session, KEYS).ok
    report = service.verify(session, new_keys())
    assert report.problem is not None and report.problem.number == 1


# -- the crowd ---------------------------------------------------------------------------------------------------------


def is_taken(error: Exception) -> bool:
    """Tell the UNIQUE that stops the second from every other trouble."""
    return isinstance(error, IntegrityError) and is_unique_violation(error)


def crowd(count: int, work: Callable[[int], None]) -> list[Exception]:
    """Do something from many threads at once and return what went wrong."""
    barrier, errors = threading.Barrier(count), []

    def run(n: int) -> None:
        barrier.wait()
        try:
            work(n)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.race
def test_sixty_four_tills_at_once_leave_no_gap(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        till = open_till(session, at)

    def work(n: int) -> None:
        with fresh_database.write() as session:
            sell(session, till, 100 + n, at)

    assert crowd(64, work) == []
    with fresh_database.read() as session:
        report = service.verify(session, KEYS)
        assert report.ok and report.row_count == 64
        assert report.chains[0].perpetual_cents == sum(100 + n for n in range(64))


@pytest.mark.race
def test_control_without_the_lock_the_chain_breaks(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the race: read without locking, and every till takes the same number."""
    if fresh_database.dialect == "sqlite":
        pytest.skip("on SQLite the one writer is the lock")
    with fresh_database.write() as session:
        till = open_till(session, at)
    all_have_read = threading.Barrier(4, timeout=PATIENCE_SECONDS)

    def read_and_wait(session: Session, register_id: int) -> FiscalRegister:
        register = queries.get_register(session, register_id)
        all_have_read.wait()  # all know the same last number, and nobody has written yet
        return register

    monkeypatch.setattr(service, "_lock_register", read_and_wait)

    def work(n: int) -> None:
        with fresh_database.write() as session:
            sell(session, till, 100 + n, at)

    errors = crowd(4, work)
    assert [is_taken(error) for error in errors] == [True] * 3, errors


@pytest.mark.race
def test_two_closings_at_once_close_once(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        till = open_till(session, at)
        sell(session, till, 500, at)

    def work(_n: int) -> None:
        with fresh_database.write() as session:
            service.close_day(session, till, ON, at + timedelta(hours=1), SYSTEM, keys=KEYS)

    assert crowd(8, work) == []
    with fresh_database.read() as session:
        assert len(session.exec(select(FiscalClosing.id)).all()) == 1
        assert len(session.exec(select(FiscalRow.id).where(col(FiscalRow.kind) == RowKind.CLOSING)).all()) == 1
        assert service.verify(session, KEYS).ok


@pytest.mark.race
def test_control_without_the_lock_two_closings_collide(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the lock both see an open day, and only the table's UNIQUE stops the second."""
    if fresh_database.dialect == "sqlite":
        pytest.skip("on SQLite the one writer is the lock")
    with fresh_database.write() as session:
        till = open_till(session, at)
        sell(session, till, 500, at)
    monkeypatch.setattr(service, "_lock_register", queries.get_register)
    both_have_read = threading.Barrier(2, timeout=PATIENCE_SECONDS)
    find = queries.find_closing

    def find_and_wait(*arguments: Any) -> FiscalClosing | None:
        closing = find(*arguments)
        both_have_read.wait()
        return closing

    monkeypatch.setattr(queries, "find_closing", find_and_wait)

    def work(_n: int) -> None:
        with fresh_database.write() as session:
            service.close_day(session, till, ON, at + timedelta(hours=1), SYSTEM, keys=KEYS)

    errors = crowd(2, work)
    assert [is_taken(error) for error in errors] == [True], errors
