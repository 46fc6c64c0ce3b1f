"""Killed at random points of a stream of sales, bookings and scans: nothing acknowledged is missing, none is half."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from citizen_space import verification
from citizen_space.kit.db import metadata
from citizen_space.kit.keys import Keys, load_keys
from tests.crash.clients import KINDS, Crowd, Gone, Sent, Visitor, pay_at
from tests.crash.houses import Killable, open_house
from tests.harness.patience import PATIENCE_SECONDS
from tests.harness.servers import wait_until

KILLS = {"sqlite": 6, "postgres": 5}  # and on PostgreSQL the database server itself
EACH = 5  # of each kind of act at least so many are at stake
SEED = 20261123
pytestmark = pytest.mark.crash


def rows(session: Session, sql: str, **values: Any) -> Sequence[Any]:
    """What a plain question finds: the models of the house are not asked about themselves."""
    return session.execute(sa.text(sql), values).all()


# -- nothing is half there ---------------------------------------------------------------------------------------------

# Each finds what must not be; the first column names it.
NEVER = {
    "a settled sale without its entry": (
        "SELECT o.reference FROM orders_order o LEFT JOIN ledger_entry e ON e.source = 'sale:' || o.id "
        "WHERE o.kind = 'sale' AND o.status = 'settled' AND o.gross_cents > 0 AND e.id IS NULL"
    ),
    "a settled sale without its sealed row, or with two": (
        "SELECT o.reference FROM orders_order o LEFT JOIN fiscal_row f ON f.order_id = o.id AND f.kind = 'sale' "
        "WHERE o.kind = 'sale' AND o.status = 'settled' GROUP BY o.id, o.reference HAVING COUNT(f.id) <> 1"
    ),
    "a settled sale without the victims' share": (
        "SELECT o.reference FROM orders_order o LEFT JOIN compensation_accrual a ON a.order_id = o.id "
        "WHERE o.kind = 'sale' AND o.status = 'settled' AND o.gross_cents > 0 "
        "GROUP BY o.id, o.reference HAVING COUNT(a.id) = 0 OR SUM(a.amount_cents) <= 0"
    ),
    "a sealed sale whose order is open": (
        "SELECT f.id FROM fiscal_row f JOIN orders_order o ON o.id = f.order_id "
        "WHERE f.kind = 'sale' AND o.status NOT IN ('settled', 'refunded', 'part_refunded')"
    ),
    "an entry of a sale that is not settled": (
        "SELECT e.source FROM ledger_entry e JOIN orders_order o ON o.id = e.order_id "
        "WHERE e.source LIKE 'sale:%' AND o.status NOT IN ('settled', 'refunded', 'part_refunded')"
    ),
    "a payment received without its sale": (
        "SELECT p.id FROM payments_payment p JOIN orders_order o ON o.id = p.order_id "
        "WHERE p.status = 'received' AND o.status <> 'settled'"
    ),
    "a settled sale whose payments are another amount": (
        "SELECT o.reference FROM orders_order o LEFT JOIN payments_payment p "
        "ON p.order_id = o.id AND p.status = 'received' WHERE o.kind = 'sale' AND o.status = 'settled' "
        "GROUP BY o.id, o.reference, o.gross_cents HAVING COALESCE(SUM(p.amount_cents), 0) <> o.gross_cents"
    ),
    "a seat claimed by no live booking": (
        "SELECT c.id FROM venue_claim c LEFT JOIN bookings_booking b ON b.id = c.booking_id "
        "WHERE c.booking_id IS NOT NULL AND (b.id IS NULL OR b.status NOT IN ('held', 'confirmed', 'arrived'))"
    ),
    "a seat claimed twice": (
        "SELECT performance_id, seat_id FROM venue_claim GROUP BY performance_id, seat_id HAVING COUNT(*) > 1"
    ),
    "a live booking without its seat": (
        "SELECT b.reference FROM bookings_booking b LEFT JOIN venue_claim c ON c.booking_id = b.id "
        "WHERE b.room = 'venue' AND b.status IN ('held', 'confirmed') AND c.id IS NULL"
    ),
    "a confirmed booking whose order is not settled": (
        "SELECT b.reference FROM bookings_booking b JOIN orders_order o ON o.id = b.order_id "
        "WHERE b.room = 'venue' AND b.status = 'confirmed' AND o.status <> 'settled'"
    ),
    "a confirmed booking without a numbered ticket": (
        "SELECT b.reference FROM bookings_booking b LEFT JOIN venue_admission a "
        "ON a.booking_id = b.id AND a.number IS NOT NULL WHERE b.room = 'venue' AND b.status = 'confirmed' "
        "GROUP BY b.id, b.reference HAVING COUNT(a.id) = 0"
    ),
    "somebody let in whom no scan let in, or the other way round": (
        "SELECT a.id FROM venue_admission a LEFT JOIN venue_scan s ON s.admission_id = a.id AND s.result = 'admitted' "
        "GROUP BY a.id, a.admitted_at HAVING (a.admitted_at IS NULL AND COUNT(s.id) > 0) "
        "OR (a.admitted_at IS NOT NULL AND COUNT(s.id) <> 1)"
    ),
}


def check_whole(house: Killable, keys: Keys) -> None:
    """Nothing is half there, and chain, books and share add up."""
    database = house.database()
    try:
        with database.read() as session:
            for what, sql in NEVER.items():
                assert not rows(session, sql), f"{what}: {rows(session, sql)[:5]}"
            wrong = [one for one in verification.verify(session, keys) if not one.fits]
            assert not wrong, wrong
    finally:
        database.dispose()


# -- nothing acknowledged is missing -----------------------------------------------------------------------------------


def effects(house: Killable) -> dict[str, Counter[str]]:
    """How often each submission had its effect."""
    database = house.database()
    questions = {
        "line": "SELECT submission FROM orders_line WHERE submission IS NOT NULL",
        "sale": "SELECT o.settlement FROM orders_order o JOIN fiscal_row f ON f.order_id = o.id AND f.kind = 'sale'",
        "hold": "SELECT submission FROM bookings_booking",
        "scan": "SELECT nonce FROM venue_scan",
    }
    try:
        with database.read() as session:
            return {kind: Counter(row[0] for row in rows(session, sql)) for kind, sql in questions.items()}
    finally:
        database.dispose()


def paid_checkouts(house: Killable) -> set[str]:
    """The sandbox's pages that were accepted and whose booking is confirmed and settled."""
    database = house.database()
    sql = (
        "SELECT p.provider_session FROM payments_payment p JOIN orders_order o ON o.id = p.order_id "
        "JOIN bookings_booking b ON b.id = o.booking_id "
        "WHERE p.status = 'received' AND o.status = 'settled' AND b.status = 'confirmed'"
    )
    try:
        with database.read() as session:
            return {row[0] for row in rows(session, sql)}
    finally:
        database.dispose()


def check_acknowledged(house: Killable, crowd: Crowd) -> None:
    """Everything that was answered is there."""
    done = effects(house)
    for kind, counted in done.items():
        missing = [
            one.submission for one in crowd.journal.all(kind, acknowledged=True) if one.submission not in counted
        ]
        assert not missing, f"{kind}: acknowledged and gone: {missing}"
        double = [submission for submission, count in counted.items() if count > 1]
        assert not double, f"{kind}: done twice: {double}"
    paid = paid_checkouts(house)
    accepted = {one.path.rpartition("/")[2] for one in crowd.journal.all("accept", acknowledged=True)}
    assert accepted <= paid, f"acknowledged payments that are not booked: {accepted - paid}"


def replay(house: Killable, crowd: Crowd) -> None:
    """Send what was never answered once more, then again: each ends exactly once."""
    unanswered = [one for one in crowd.journal.sent if not one.acknowledged and one.kind != "ticket"]
    for one in unanswered:
        for _time in range(2):
            with Visitor(house.bases, crowd.journal, one.cookies) as visitor:
                visitor.repeat(one, expect=200 if one.kind == "scan" else 303)
    for one in unanswered:
        _finish(house, crowd, one)
    done = effects(house)
    for one in unanswered:
        if one.kind in done:
            assert done[one.kind][one.submission] == 1, f"{one.kind} {one.submission}: {done[one.kind][one.submission]}"


def _finish(house: Killable, crowd: Crowd, one: Sent) -> None:
    """A browser follows where the answer leads: a hold that was cut off is paid, a payment is looked at."""
    with Visitor(house.bases, crowd.journal) as phone:
        if one.kind == "hold":
            pay_at(phone, one.location)
        elif one.kind == "accept":
            phone.get("public", one.location, expect=303)


# -- the kills ---------------------------------------------------------------------------------------------------------


def run_until(house: Killable, crowd: Crowd, chance: random.Random, end: Any, *, each: int = 0) -> None:
    """Let the crowd work until each kind of act was answered so often, then a random number of answers; end it then."""
    journal, wanted, pause = crowd.journal, chance.randint(4, 25), 0.002 + chance.random() / 50
    crowd.start()
    try:
        _wait(crowd, lambda: min(journal.answered[kind] for kind in KINDS) >= each, f"{each} answers of each", pause)
        before = journal.answers
        _wait(crowd, lambda: journal.answers >= before + wanted, f"{wanted} answers more", pause)
    finally:
        end()
        crowd.stop()


def _wait(crowd: Crowd, done: Callable[[], bool], what: str, pause: float) -> None:
    try:
        wait_until(lambda: done() or bool(crowd.failures), what=what, seconds=2 * PATIENCE_SECONDS, pause=pause)
    except TimeoutError as error:
        raise TimeoutError(f"{error}; answered {dict(crowd.journal.answered)}; nobody answered {crowd.gone}") from None


@pytest.fixture
def keys_folder(tmp_path: Path) -> Path:
    """Where the house keeps its keys."""
    return tmp_path / "var" / "keys"


# What each question must find when it is put there behind the application's back.
FAULTS = {
    "a payment received without its sale": "UPDATE orders_order SET status = 'open', settled_at = NULL",
    "a sealed sale whose order is open": "UPDATE orders_order SET status = 'open', settled_at = NULL",
    "an entry of a sale that is not settled": "UPDATE orders_order SET status = 'open', settled_at = NULL",
    "a confirmed booking whose order is not settled": "UPDATE orders_order SET status = 'open', settled_at = NULL",
    "a settled sale whose payments are another amount": "UPDATE orders_order SET gross_cents = gross_cents + 1",
    "a seat claimed by no live booking": "UPDATE bookings_booking SET status = 'lapsed'",
    "a live booking without its seat": "DELETE FROM venue_claim",
    "somebody let in whom no scan let in, or the other way round": (
        "UPDATE venue_admission SET admitted_at = '2026-11-23 10:00:00'"
    ),
}


def check_questions(house: Killable) -> None:
    """The control: each question finds its fault."""
    database = house.database()
    for what, sql in FAULTS.items():
        with database.writer.connect() as connection:
            fault = connection.begin()
            connection.execute(sa.text(sql))
            assert connection.execute(sa.text(NEVER[what])).all(), f"this question finds nothing: {what}"
            fault.rollback()
    database.dispose()


def test_a_killed_house_has_lost_nothing(dialect: str, tmp_path: Path, keys_folder: Path) -> None:
    chance = random.Random(SEED)
    with open_house(dialect, tmp_path) as house:
        stage = house.plant(tickets=60)
        keys = load_keys(keys_folder)
        check_questions(house)
        house.start()
        crowd = Crowd(house.bases, stage)
        for number in range(KILLS[dialect]):
            crowd.bases = house.bases
            # Who is quick and who is slow on this machine is chance: before the first kill there is enough of each.
            run_until(house, crowd, chance, lambda: house.kill(chance), each=0 if number else EACH)
            check_acknowledged(house, crowd)
            check_whole(house, keys)
            house.start()
            replay(house, crowd)
        if dialect == "postgres":
            run_until(house, crowd, chance, house.kill_postmaster)
            check_acknowledged(house, crowd)
            check_whole(house, keys)
            replay_when_it_answers(house, crowd)
        check_all(house, crowd, keys)


def replay_when_it_answers(house: Killable, crowd: Crowd) -> None:
    """The house was not restarted: its own connections find the database again."""

    def done() -> bool:
        try:
            replay(house, crowd)
        except Gone:
            return False
        return True

    wait_until(done, what="the house to find its database again", seconds=PATIENCE_SECONDS, pause=0.2)


def check_all(house: Killable, crowd: Crowd, keys: Keys) -> None:
    """At the end everything that anybody sent was done once, and the house's own command says that it fits."""
    assert not [one for one in crowd.journal.sent if not one.acknowledged and one.kind != "ticket"]
    check_acknowledged(house, crowd)
    check_whole(house, keys)
    kinds = Counter(one.kind for one in crowd.journal.sent)
    assert min(kinds[kind] for kind in KINDS) >= EACH, kinds
    said = house.premises.command("verify")
    assert said.returncode == 0, said.stdout + said.stderr


def test_every_table_of_the_questions_is_there() -> None:
    """A question about a table that is not there would find nothing for ever."""
    words = {word.strip("(),") for sql in NEVER.values() for word in sql.split()}
    named = {word for word in words if "_" in word and word in metadata.tables}
    assert {"orders_order", "venue_claim", "payments_payment", "fiscal_row", "compensation_accrual"} <= named
