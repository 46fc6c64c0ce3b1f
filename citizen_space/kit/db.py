"""The database: who may write when, what is sealed, how it is built. Nobody else commits."""

import hashlib
import importlib
import pkgutil
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from weakref import WeakValueDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DisconnectionError, IntegrityError
from sqlalchemy.orm import SessionTransaction, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, select

from citizen_space.kit.errors import NotFound
from citizen_space.kit.lazy import later
from citizen_space.kit.statements import Loader, Statement, hide_row

if TYPE_CHECKING:
    from alembic import command
    from alembic import config as alembic_configs
else:  # ten MiB and a sixth of a second, for who changes the tables
    command, alembic_configs = later("alembic.command"), later("alembic.config")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of every table: one metadata, one way of naming constraints."""

    metadata: ClassVar[sa.MetaData] = sa.MetaData(naming_convention=NAMING)


metadata = Table.metadata
_PACKAGES = Path(__file__).parent.parent
Row = TypeVar("Row", bound=Table)


@event.listens_for(sa.Column, "before_parent_attach")
def _widen_cents(column: "sa.Column[Any]", parent: object) -> None:
    """Give amounts 64 bits: a perpetual total outgrows 21 million euros."""
    if column.name and column.name.endswith("_cents") and type(column.type) is sa.Integer:
        column.type = sa.BigInteger()


def enum_check(column: str, values: type[StrEnum] | Sequence[str]) -> sa.CheckConstraint:
    """Let a text column hold these words only."""
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


def cents_check(column: str, *, at_least: int | None = None) -> sa.CheckConstraint:
    """Let an amount be a whole number only: SQLite would store 12.5 or 'abc' in an integer column."""
    rule = f"CAST({column} AS BIGINT) = {column}"
    if at_least is not None:
        rule += f" AND {column} >= {at_least}"
    return sa.CheckConstraint(rule, name=column)


# -- one writer at a time --------------------------------------------------------------------------------------------


class FairLock:
    """Hands itself to whoever has waited longest; SQLite's own busy handler starves some for a second."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False
        self._owner: int | None = None

    def __enter__(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("a write is already open in this thread")
        gate = self._enter_or_queue()
        if gate is not None:
            gate.acquire()
        self._owner = threading.get_ident()

    def _enter_or_queue(self) -> "threading.Lock | None":
        with self._mutex:
            if not self._held:
                self._held = True
                return None
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
            return gate

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owner = None
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


_writer_locks: "WeakValueDictionary[str, FairLock]" = WeakValueDictionary()
_writer_locks_mutex = threading.Lock()


def _writer_lock(url: str) -> FairLock:
    """One lock a file, however many `Database` objects stand on it."""
    with _writer_locks_mutex:
        return _writer_locks.setdefault(url, FairLock())


# -- engines ---------------------------------------------------------------------------------------------------------

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "trusted_schema=OFF",
    "recursive_triggers=ON",  # else INSERT OR REPLACE would slip past the triggers that seal a table
    "temp_store=MEMORY",
    "cache_size=-4000",
    "journal_size_limit=67108864",
)
_IDLE_SECONDS = 20.0


def _sqlite_engine(url: str, *, begin: str, pool_size: int, extra: Sequence[str] = ()) -> Engine:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own is not repeatable
        for pragma in (*_PRAGMAS, *extra):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Straight to the driver: a statement of its own would cost as much as a small SELECT.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(begin)

    return engine


def _postgres_engine(url: str, *, pool_size: int, read_only: bool) -> Engine:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        connect_args={
            "application_name": "citizen-space",
            "options": "-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s",
        },
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.prepared_max = 400  # the statements that stand beside the queries, and some
        if read_only:
            connection.read_only = True

    _watch_idle(engine)
    _hide_rows(engine)
    return engine


def _hide_rows(engine: Engine) -> None:
    @event.listens_for(engine, "handle_error")
    def _hide(context: Any) -> None:
        hide_row(context.sqlalchemy_exception)


def _watch_idle(engine: Engine) -> None:
    """Ask a connection that has rested whether it still lives, so that a restart of the server costs nobody a page."""

    @event.listens_for(engine, "checkin")
    def _rest(_connection: object, record: Any) -> None:
        record.info["rested"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wake(connection: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("rested", time.monotonic()) < _IDLE_SECONDS:
            return
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except connection.OperationalError as error:
            raise DisconnectionError from error


class _Watch:
    """Asks one connection of its own for the state of the committed data."""

    def __init__(self, engine: Engine, question: str) -> None:
        self.engine, self._question = engine, question
        self._mutex = threading.Lock()
        self._connection: Any = None

    def ask(self) -> object:
        with self._mutex:
            try:
                if self._connection is None:
                    self._connection = self.engine.raw_connection()
                return self._connection.driver_connection.execute(self._question).fetchone()[0]
            except (sa.exc.DBAPIError, self.engine.dialect.loaded_dbapi.Error):
                self._connection = None
                return object()  # equal to nothing: whoever kept something looks again

    def close(self) -> None:
        with self._mutex:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self.engine.dispose()


def _watch(url: str, dialect: str) -> _Watch:
    """Watch a database, whichever process writes to it."""
    if dialect == "sqlite":
        return _Watch(_sqlite_engine(url, begin="BEGIN", pool_size=1), "PRAGMA data_version")
    engine = sa.create_engine(url, pool_size=1, max_overflow=0, isolation_level="AUTOCOMMIT")
    return _Watch(engine, "SELECT pg_current_snapshot()::text")


def read_all(url: str) -> None:
    """Read all that talking to this database needs, and connect to nothing."""
    sa.orm.configure_mappers()
    make_url(url).get_dialect().import_dbapi()


class Database:
    """Two ways in: `read()` sees one moment and cannot write, `write()` commits on return and rolls back on raise."""

    def __init__(self, url: str, *, threads: int = 8) -> None:
        self.url = url
        self.dialect: str = make_url(url).get_backend_name()
        self._writing: Callable[[], AbstractContextManager[None]] = nullcontext
        self._watch = _watch(url, self.dialect)
        if self.dialect == "sqlite":
            lock = _writer_lock(url)
            self._writing = lambda: lock
            self.writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1)
            self.reader = _sqlite_engine(url, begin="BEGIN", pool_size=threads, extra=("query_only=ON",))
        else:
            self.writer = _postgres_engine(url, pool_size=threads, read_only=False)
            self.reader = _postgres_engine(url, pool_size=threads, read_only=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only reads."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session that commits when the block returns and rolls back when it raises."""
        with self._writing(), Session(self.writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    def version(self) -> object:
        """Name the state of the committed data: while it stays equal, nothing was written, by whichever process."""
        return self._watch.ask()

    @property
    def engine(self) -> Engine:
        """The engine that writes, for who opens the transaction by hand: the tests' rolled-back sessions."""
        return self.writer

    def dispose(self) -> None:
        """Close every connection."""
        self._watch.close()
        self.reader.dispose()
        self.writer.dispose()


# -- inside a transaction --------------------------------------------------------------------------------------------


def savepoint(session: Session) -> SessionTransaction:
    """Open a savepoint: what fails inside it leaves the session alive."""
    return session.begin_nested()


def insert_once(session: Session, row: Table) -> bool:
    """Insert a row; False when a UNIQUE says it is already there, and any other refusal is raised.

    One statement, past the unit of work. A row that is stored already and changed meanwhile is written by the unit of
    work.
    """
    if not sa.inspect(row).transient:
        return _flush_once(session)
    return _insert(session, row, once=True)


def insert_row(session: Session, row: Row) -> Row:
    """Insert a new row in one statement, past the unit of work: that takes five times as long."""
    made = _insert(session, row, once=False)
    assert made
    return row


def _insert(session: Session, row: Table, *, once: bool) -> bool:
    table, given = _table(type(row)), vars(row)
    made_there = table.autoincrement_column
    has_key = made_there is None or given.get(made_there.name) is not None
    dialect = session.get_bind().dialect.name
    made = _inserting(type(row), dialect, once=once, has_key=has_key).first(session, **_values(table, given))
    if made is None:
        return False
    for column, value in zip(table.primary_key, made, strict=True):
        setattr(row, column.name, value)
    make_transient_to_detached(row)
    session.add(row)
    return True


def _values(table: sa.Table, given: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: given.get(column.name) for column in table.c}


def insert_missing(session: Session, model: type[Table], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows of the same columns in one statement, but for those that a UNIQUE knows; say how many were new."""
    if not rows:
        return 0
    inserting = _inserting_missing(model, session.get_bind().dialect.name, tuple(rows[0]), len(rows))
    values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
    return len(inserting.all(session, **values))


def insert_rows(session: Session, model: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that nobody needs as objects, in one go; a column that a row does not name stays empty."""
    if rows:
        _inserting_many(model).run_each(session, rows)


def _flush_once(session: Session) -> bool:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        if not is_unique_violation(error):
            raise
        return False
    return True


@cache
def _table(model: type[Table]) -> sa.Table:
    table: sa.Table = sa.inspect(model).local_table
    return table


@cache
def _inserting(model: type[Table], dialect: str, *, once: bool, has_key: bool) -> Statement:
    table = _table(model)
    named = [column.name for column in table.c if has_key or column is not table.autoincrement_column]
    return Statement(_insert_clause(table, dialect, once=once).values(dict.fromkeys(named)))


def _insert_clause(table: sa.Table, dialect: str, *, once: bool) -> Any:
    flavour = postgresql if dialect == "postgresql" else sqlite
    clause = flavour.insert(table).returning(*table.primary_key)
    return clause.on_conflict_do_nothing() if once else clause


@lru_cache(maxsize=256)
def _inserting_missing(model: type[Table], dialect: str, names: tuple[str, ...], count: int) -> Statement:
    table = _table(model)
    rows = [
        {name: sa.bindparam(f"{name}_{number}", type_=table.c[name].type) for name in names} for number in range(count)
    ]
    return Statement(_insert_clause(table, dialect, once=True).values(rows))


@cache
def _inserting_many(model: type[Table]) -> Statement:
    table = _table(model)
    made_there = table.autoincrement_column
    return Statement(sa.insert(table).values(dict.fromkeys(one.name for one in table.c if one is not made_there)))


def change(session: Session, row: Table, **values: Any) -> None:
    """Write some columns of a row at once, and let the row say so: a tenth of what the unit of work takes for it."""
    (key,) = sa.inspect(row).identity
    given = {f"new_{name}": value for name, value in values.items()}
    _changing(type(row), tuple(values)).run(session, row_id=key, **given)
    for name, value in values.items():
        set_committed_value(row, name, value)


@cache
def _changing(model: type[Table], names: tuple[str, ...]) -> Statement:
    table = _table(model)
    (key,) = table.primary_key
    new = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return Statement(sa.update(table).where(key == sa.bindparam("row_id")).values(new))


def is_unique_violation(error: IntegrityError) -> bool:
    """Tell a UNIQUE or primary key that refused from every other constraint."""
    if getattr(error.orig, "sqlstate", None) == "23505":
        return True
    name = getattr(error.orig, "sqlite_errorname", "")
    return name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


def is_foreign_key_violation(error: IntegrityError) -> bool:
    """Tell a row that is not there from every other constraint."""
    if getattr(error.orig, "sqlstate", None) == "23503":
        return True
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_FOREIGNKEY"


_LOCK = Statement(sa.text("SELECT pg_advisory_xact_lock(:number)"))


def lock(session: Session, *names: str) -> None:
    """Take the named locks until the transaction ends, in one order for all; on SQLite the writer is alone already."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for number in sorted({_lock_number(name) for name in names}):
        _LOCK.run(session, number=number)


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def get_by_id(session: Session, model: type[Row], row_id: int | str | None) -> Row:
    """Return a row by its number, from the session if it knows it. Raises NotFound."""
    known = session.identity_map.get(sa.inspect(model).identity_key_from_primary_key((row_id,)))
    row: Row | None = known or _finding(model).first(session, row_id=row_id)
    if row is None:
        raise NotFound
    return row


def lock_row(session: Session, model: type[Row], row_id: int | str | None) -> Row:
    """Select one row for update, as it is now and not as this session remembers it. Raises NotFound.

    Its key stays free: whoever has just written a row that points here holds that much of it, and of two who both
    asked for more each would wait for the other.
    """
    row: Row | None = _locking(model).first(session, again=True, row_id=row_id)
    if row is None:
        raise NotFound
    return row


def _by_key(model: type[Row]) -> Any:
    (key,) = sa.inspect(model).primary_key
    return select(model).where(key == sa.bindparam("row_id"))


@cache
def _finding(model: type[Row]) -> Loader[Row]:
    return Loader(model, _by_key(model))


@cache
def _locking(model: type[Row]) -> Loader[Row]:
    return Loader(model, _by_key(model).with_for_update(key_share=True))


def find_by(session: Session, model: type[Row], column: str, value: object) -> Row | None:
    """Find the first row that has this value in a column."""
    found: Row | None = _having(model, column).first(session, value=value)
    return found


@cache
def _having(model: type[Row], column: str) -> Loader[Row]:
    return Loader(model, select(model).where(getattr(model, column) == sa.bindparam("value")))


# -- sealing ---------------------------------------------------------------------------------------------------------

_PG_REFUSAL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';
END $$
"""


def seal_table_ddl(table: str, dialect: str) -> list[str]:
    """Write the triggers by which a table refuses to be changed or emptied."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER seal_{table}_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'sealed: {table}'); END"
            for act in ("update", "delete")
        ]
    return [_PG_REFUSAL.strip()] + [
        f"CREATE TRIGGER seal_{table}_{name} BEFORE {acts} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        for name, acts, each in (("rows", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"))
    ]


def list_sealed() -> list[str]:
    """Name the tables whose models say that they are sealed."""
    return sorted(table.name for table in metadata.tables.values() if table.info.get("sealed"))


# -- building --------------------------------------------------------------------------------------------------------


def import_models() -> list[Any]:
    """Import every package's `models.py`, so that the metadata is whole."""
    names = sorted(found.name for found in pkgutil.iter_modules([str(_PACKAGES)]) if found.ispkg)
    return [
        importlib.import_module(f"citizen_space.{name}.models")
        for name in names
        if (_PACKAGES / name / "models.py").exists()
    ]


def extra_ddl(dialect: str) -> list[str]:
    """Collect what the models cannot say: the packages' `EXTRA_DDL`, then the seals."""
    statements: list[str] = []
    for module in import_models():
        statements += getattr(module, "EXTRA_DDL", {}).get(dialect, [])
    for table in list_sealed():
        statements += seal_table_ddl(table, dialect)
    return statements


def create_all(url: str) -> None:
    """Build an empty database straight from the models: for trying out, before a migration is written."""
    import_models()
    with building(url) as connection:
        metadata.create_all(connection)
        for statement in extra_ddl(connection.dialect.name):
            connection.exec_driver_sql(statement)


@contextmanager
def building(url: str) -> Iterator[Connection]:
    """Open one transaction that may change tables; on SQLite too it is all or nothing."""
    name = make_url(url).get_backend_name()
    if name == "sqlite":
        engine = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, extra=("foreign_keys=OFF",))
    else:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            if name == "postgresql":  # two processes that start together migrate one after the other
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_lock_number("migrations"))))
            yield connection
    finally:
        engine.dispose()


def alembic_config(connection: Connection | None = None) -> "alembic_configs.Config":
    """Describe our migrations to Alembic; there is no alembic.ini."""
    config = alembic_configs.Config()
    config.set_main_option("script_location", str(_PACKAGES / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str) -> None:
    """Bring a database to the newest form."""
    with building(url) as connection:
        if not _is_newest(connection):
            command.upgrade(alembic_config(connection), "head")


def _is_newest(connection: Connection) -> bool:
    """Compare with the last file of the one line of history, so that an ordinary start needs no Alembic."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    last = max((_PACKAGES / "migrations" / "versions").glob("[0-9]*.py"))
    newest = re.search(r'^revision(?:: str)? = "(\w+)"', last.read_text(), re.MULTILINE)
    stands_at = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    return newest is not None and stands_at == [newest[1]]


def write_migration(url: str, name: str) -> None:
    """Write down the difference between the models and a database, as a migration to look over."""
    import_models()
    with building(url) as connection:
        command.revision(alembic_config(connection), message=name, autogenerate=True)


def check_migrated(url: str) -> None:
    """Raise when the models say something that the migrations do not."""
    import_models()
    with building(url) as connection:
        command.check(alembic_config(connection))


# -- measuring -------------------------------------------------------------------------------------------------------


@dataclass
class Statements:
    """The SQL that was sent while somebody counted."""

    sent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many: BEGIN, COMMIT and savepoints are not counted."""
        return len(self.sent)


_NOT_COUNTED = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


@contextmanager
def count_statements(database: Database) -> Iterator[Statements]:
    """Count the SQL statements that a database is sent meanwhile, by whichever thread."""
    statements = Statements()

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        if not _NOT_COUNTED.match(statement):
            statements.sent.append(statement)

    engines = (database.reader, database.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
