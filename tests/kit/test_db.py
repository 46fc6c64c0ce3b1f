"""One writer at a time, readers that cannot write, seals that hold; on both databases."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from citizen_space.kit import db
from citizen_space.kit.db import Database, FairLock, count_statements, insert_once, lock, lock_row, savepoint
from citizen_space.kit.errors import NotFound
from citizen_space.kit.jobs import Job, run_job
from citizen_space.kit.models import JobRun
from tests.harness.databases import Databases
from tests.harness.patience import PATIENCE_SECONDS


@pytest.fixture
def sqlite(databases: Databases) -> Iterator[Database]:
    """An SQLite database, for what only SQLite does."""
    url = databases.copy("sqlite")
    database = Database(url)
    yield database
    database.dispose()
    databases.discard(url)


def _run(at: datetime, slot: int = 1, job: str = "counted") -> JobRun:
    return JobRun(job=job, slot=slot, started_at=at)


def _slots(database: Database) -> list[int]:
    with database.read() as session:
        return sorted(session.exec(select(JobRun.slot)).all())


def test_return_commits_and_raise_rolls_back(database: Database, at: datetime) -> None:
    with database.write() as session:
        session.add(_run(at, 1))
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(_run(at, 2))
        session.flush()
        raise ZeroDivisionError
    assert _slots(database) == [1]


def test_a_read_session_cannot_write(database: Database, at: datetime) -> None:
    with pytest.raises(DBAPIError), database.read() as session:
        session.add(_run(at))
        session.flush()
    assert _slots(database) == []


def test_a_write_inside_a_write_of_the_same_thread_is_our_mistake(sqlite: Database) -> None:
    """On SQLite, where it would wait for itself for ever; PostgreSQL has no single writer."""
    database = sqlite
    with database.write(), pytest.raises(RuntimeError, match="already open"), database.write():
        pass


def test_what_was_committed_comes_back_in_utc(database: Database, at: datetime) -> None:
    with database.write() as session:
        session.add(_run(at))
    with database.read() as session:
        assert session.exec(select(JobRun.started_at)).one() == at


def _add_one(database: Database) -> None:
    """Read, then write: what a deferred transaction on SQLite cannot do from many threads."""
    with database.write() as session:
        lock(session, "counter")
        row = session.exec(select(JobRun)).one()
        row.slot += 1
        session.add(row)


@pytest.mark.race
def test_many_writers_wait_for_each_other_and_none_is_refused(database: Database, at: datetime) -> None:
    with database.write() as session:
        session.add(_run(at, 0))
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(_add_one, database) for _ in range(200)]:
            done.result()
    assert _slots(database) == [200]


@pytest.mark.race
def test_without_our_lock_sqlite_refuses_some_of_them(sqlite: Database, at: datetime) -> None:
    """The control: the same act in deferred transactions."""
    database = sqlite
    with database.write() as session:
        session.add(_run(at, 0))
    careless = db._sqlite_engine(database.url, begin="BEGIN", pool_size=8)
    together = threading.Barrier(8)

    def add_one() -> bool:
        try:
            with Session(careless) as session:
                row = session.exec(select(JobRun)).one()
                together.wait(timeout=PATIENCE_SECONDS)  # all have read, nobody has written
                row.slot += 1
                session.add(row)
                session.commit()
        except DBAPIError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        outcomes = [done.result() for done in [threads.submit(add_one) for _ in range(64)]]
    careless.dispose()
    assert not all(outcomes)


def test_the_fair_lock_serves_in_the_order_of_asking() -> None:
    fair, served, asking = FairLock(), [], threading.Semaphore(0)

    def ask(number: int) -> None:
        asking.release()
        with fair:
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    with fair:
        for number, thread in enumerate(threads):
            thread.start()
            asking.acquire()
            while len(fair._waiting) <= number:
                pass
    for thread in threads:
        thread.join(timeout=PATIENCE_SECONDS)
    assert served == list(range(6))


def test_insert_once_says_that_it_was_there_and_leaves_the_session_alive(database: Database, at: datetime) -> None:
    with database.write() as session:
        assert insert_once(session, _run(at, 1))
        assert not insert_once(session, _run(at, 1))
        assert insert_once(session, _run(at, 2))
    assert _slots(database) == [1, 2]


def test_insert_once_raises_what_is_no_unique(database: Database, at: datetime) -> None:
    broken = JobRun(job="x", slot=1, started_at=at)
    broken.job = None  # type: ignore[assignment]
    with pytest.raises(IntegrityError), database.write() as session:
        insert_once(session, broken)


def test_an_error_of_the_database_does_not_say_what_was_written(database: Database) -> None:
    """What fails is logged, and a log is no place for a name or a telephone number."""
    insert = sa.text("INSERT INTO customers_customer (name, email) VALUES (:name, :email)")
    facts = {"name": "Anne Martin", "email": "anne@exemple.fr"}
    with pytest.raises(DBAPIError) as failed, database.write() as session:
        session.execute(insert, facts)
    assert "Martin" not in str(failed.value) and "anne@" not in str(failed.value)


def test_a_savepoint_keeps_what_came_before(database: Database, at: datetime) -> None:
    with database.write() as session:
        session.add(_run(at, 1))
        with pytest.raises(ZeroDivisionError), savepoint(session):
            session.add(_run(at, 2))
            session.flush()
            raise ZeroDivisionError
        session.add(_run(at, 3))
    assert _slots(database) == [1, 3]


def test_a_locked_row_is_read_as_it_is_now(database: Database, at: datetime) -> None:
    with database.write() as session:
        row = _run(at)
        session.add(row)
        session.flush()
        session.connection().execute(sa.text("UPDATE kit_job_run SET slot = 7"))
        assert lock_row(session, JobRun, row.id).slot == 7
        with pytest.raises(NotFound):
            lock_row(session, JobRun, 999)


def test_statements_are_counted_without_the_frame_around_them(database: Database, at: datetime) -> None:
    with count_statements(database) as statements:
        with database.write() as session:
            insert_once(session, _run(at))
        _slots(database)
    assert statements.count == 2


# -- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_runs_once_in_a_slot_and_again_in_the_next(database: Database, at: datetime) -> None:
    runs: list[datetime] = []
    job = Job("once", 60, lambda _database, moment: runs.append(moment))
    assert [run_job(database, job, at) for _ in range(3)] == [True, False, False]
    assert run_job(database, job, datetime.fromtimestamp(at.timestamp() + 60, tz=at.tzinfo))
    assert len(runs) == 2


def test_a_job_that_fails_says_why_and_stops_nothing(
    database: Database, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_database: Database, _at: datetime) -> None:
        raise RuntimeError("no paper")

    assert run_job(database, Job("broken", 60, fail), at)
    with database.read() as session:
        run = session.exec(select(JobRun)).one()
    assert run.problem == "RuntimeError: no paper"
    assert run.finished_at is not None
    assert "broken" in caplog.text


@pytest.mark.race
def test_two_clocks_run_a_job_once(database: Database, at: datetime) -> None:
    runs: list[int] = []
    job = Job("raced", 60, lambda _database, _at: runs.append(1))
    with ThreadPoolExecutor(6) as threads:
        outcomes = [done.result() for done in [threads.submit(run_job, database, job, at) for _ in range(24)]]
    assert outcomes.count(True) == len(runs) == 1


# -- seals ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(database: Database) -> Database:
    """A database with one sealed table of one row."""
    with db.building(database.url) as connection:
        connection.execute(sa.text("CREATE TABLE proof (id INTEGER PRIMARY KEY, cents INTEGER)"))
        for statement in db.seal_table_ddl("proof", connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(sa.text("INSERT INTO proof (id, cents) VALUES (1, 100)"))
    return database


def _refused(database: Database, statement: str) -> bool:
    try:
        with database.write() as session:
            session.connection().execute(sa.text(statement))
    except IntegrityError as error:
        return "sealed: proof" in str(error.orig)
    return False


@pytest.mark.parametrize(
    "statement", ["UPDATE proof SET cents = 1", "DELETE FROM proof", "UPDATE proof SET cents = 100"]
)
def test_a_sealed_table_refuses_to_be_changed(sealed: Database, statement: str) -> None:
    assert _refused(sealed, statement)
    with sealed.read() as session:
        assert session.connection().execute(sa.text("SELECT cents FROM proof")).scalar_one() == 100


def test_a_sealed_table_takes_new_rows(sealed: Database) -> None:
    with sealed.write() as session:
        session.connection().execute(sa.text("INSERT INTO proof (id, cents) VALUES (2, 50)"))


def test_a_sealed_table_refuses_to_be_emptied(sealed: Database) -> None:
    way_round = {"sqlite": "INSERT OR REPLACE INTO proof (id, cents) VALUES (1, 0)", "postgresql": "TRUNCATE proof"}
    assert _refused(sealed, way_round[sealed.dialect])


def test_an_unsealed_table_would_not_refuse(sealed: Database) -> None:
    """The control."""
    assert not _refused(sealed, "UPDATE kit_job_run SET slot = 1")


def test_amounts_are_whole_numbers_and_wide() -> None:
    db.import_models()
    columns = [column for table in db.metadata.tables.values() for column in table.columns]
    cents = [column for column in columns if column.name.endswith("_cents")]
    assert cents
    assert {type(column.type) for column in cents} == {sa.BigInteger}


def test_a_check_of_cents_refuses_what_is_no_whole_number(sqlite: Database) -> None:
    """On SQLite; PostgreSQL's integer columns refuse it by themselves."""
    database = sqlite
    check: Callable[[str], sa.CheckConstraint] = db.cents_check
    with db.building(database.url) as connection:
        connection.execute(sa.text(f"CREATE TABLE purse (amount_cents BIGINT CHECK ({check('amount_cents').sqltext}))"))
    for wrong in ("12.5", "'abc'"):
        with pytest.raises(IntegrityError), database.write() as session:
            session.connection().execute(sa.text(f"INSERT INTO purse VALUES ({wrong})"))
    with database.write() as session:
        session.connection().execute(sa.text("INSERT INTO purse VALUES (1250)"))
