"""Statements compiled once and handed straight to the driver: for what is asked at every act.

SQLAlchemy takes five to ten times as long to execute a small statement as SQLite itself. What is written here goes
through the same session and the same transaction; the types of the columns, the errors and the listeners of the engine
are SQLAlchemy's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel

Values = Mapping[str, Any]
Model = TypeVar("Model", bound=SQLModel)
_Process = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """A statement as one driver takes it."""

    sql: str
    # Name, what it is when nobody says, and how the driver wants it; in the order of the marks where they are numbered.
    parameters: tuple[tuple[str, Any, _Process | None], ...]
    positional: bool
    # By position, only the columns whose value is not taken as it comes.
    readers: tuple[tuple[int, _Process], ...]

    def bind(self, values: Values) -> Any:
        """Put the values as the driver takes them."""
        if self.positional:
            return tuple([_bound(values.get(name, default), how) for name, default, how in self.parameters])
        return {name: _bound(values.get(name, default), how) for name, default, how in self.parameters}

    def read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Give the rows in Python's types."""
        if not self.readers:
            return rows
        return [self._read_one(list(row)) for row in rows]

    def _read_one(self, row: list[Any]) -> tuple[Any, ...]:
        for position, process in self.readers:
            row[position] = process(row[position])
        return tuple(row)


def _bound(value: Any, process: _Process | None) -> Any:
    return process(value) if process is not None else value


class Statement:
    """One statement: the names of its `bindparam`s are the names of its values. No lists (`IN`) among them.

    What is waiting in the session is flushed first. Raises what SQLAlchemy raises.
    """

    def __init__(self, clause: Any) -> None:
        self.clause = clause
        self._compiled: dict[str, _Compiled] = {}

    def all(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """Every row."""
        compiled, cursor = self._execute(session, values)
        return compiled.read(cursor.fetchall())

    def first(self, session: Session, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.all(session, **values)
        return rows[0] if rows else None

    def value(self, session: Session, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.first(session, **values)
        return row[0] if row is not None else None

    def run(self, session: Session, **values: Any) -> int:
        """Change something, and say how many rows it touched."""
        _compiled, cursor = self._execute(session, values)
        return cast(int, cursor.rowcount)

    def run_each(self, session: Session, rows: Iterable[Values]) -> None:
        """Change something for each set of values, in one go."""
        connection = _connection(session)
        compiled = self._for(connection.dialect)
        bound = [compiled.bind(values) for values in rows]
        _tell(connection, compiled.sql, bound, many=True)
        try:
            _cursor(connection).executemany(compiled.sql, bound)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy_says(error, compiled.sql, bound, connection) from error

    def _execute(self, session: Session, values: Values) -> tuple[_Compiled, Any]:
        connection = _connection(session)
        compiled = self._for(connection.dialect)
        bound = compiled.bind(values)
        dialect = connection.dialect.name
        _tell(connection, compiled.sql, bound, many=False)
        try:
            return compiled, _cursor(connection).execute(compiled.sql, bound, **_ASKED_OFTEN[dialect])
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy_says(error, compiled.sql, bound, connection) from error

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.clause, dialect)
        return compiled


# PostgreSQL plans it at the first time and not at the fifth; SQLite's driver keeps what it has compiled by itself.
_ASKED_OFTEN: dict[str, dict[str, bool]] = {"postgresql": {"prepare": True}, "sqlite": {}}


def _connection(session: Session) -> Connection:
    session.flush()
    return session.connection()


def _cursor(connection: Connection) -> Any:
    """One cursor for as long as the driver's connection lives: every answer is read whole before the next question."""
    cursor = connection.info.get("statements")
    if cursor is None:
        driver: Any = connection.connection.driver_connection
        cursor = connection.info["statements"] = driver.cursor()
    return cursor


def _tell(connection: Connection, sql: str, bound: Any, *, many: bool) -> None:
    """Tell whoever listens at the engine, as SQLAlchemy does."""
    connection.engine.dispatch.before_cursor_execute(connection, None, sql, bound, None, many)


def _as_sqlalchemy_says(error: Exception, sql: str, bound: Any, connection: Connection) -> Exception:
    dialect, hidden = connection.dialect, connection.engine.hide_parameters
    said = DBAPIError.instance(sql, bound, error, dialect.loaded_dbapi.Error, hide_parameters=hidden, dialect=dialect)
    hide_row(said)
    return said


def hide_row(error: BaseException | None) -> None:
    """Keep the first line of a refusal only: below it stands the whole row, and a log is no place for names."""
    if isinstance(error, IntegrityError | DataError):
        for one in filter(None, (error, error.orig)):
            one.args = (str(one.args[0]).partition("\n")[0], *one.args[1:])


def _compile(clause: Any, dialect: Dialect) -> _Compiled:
    compiled = clause.compile(dialect=dialect)
    kinds = {name: bind.type for bind, name in compiled.bind_names.items()}
    given = compiled.params
    return _Compiled(
        sql=str(compiled),
        parameters=tuple(
            (name, given[name], _binder(kinds[name], dialect))
            for name in (compiled.positiontup if compiled.positional else kinds)
        ),
        positional=bool(compiled.positional),
        readers=_readers(clause, dialect),
    )


def _binder(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _readers(clause: Any, dialect: Dialect) -> tuple[tuple[int, _Process], ...]:
    columns = clause.exported_columns if getattr(clause, "exported_columns", None) is not None else ()
    found = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return tuple((position, process) for position, process in enumerate(found) if process is not None)


class _Shape:
    """How a part of a row becomes an object of one mapped class."""

    def __init__(self, model: type[SQLModel], columns: Sequence[tuple[int, sa.ColumnElement[Any]]]) -> None:
        self._mapper = sa.inspect(model)
        self._first, self._last = columns[0][0], columns[-1][0] + 1
        self._names = [self._mapper.get_property_by_column(cast(Any, column)).key for _position, column in columns]
        keys = [self._names.index(self._mapper.get_property_by_column(key).key) for key in self._mapper.primary_key]
        self._keys = [self._first + position for position in keys]

    def object(self, session: Session, row: tuple[Any, ...], *, again: bool) -> Any:
        """The object of a row, None where an outer join found nothing."""
        found = tuple([row[position] for position in self._keys])
        if found[0] is None:
            return None
        values = row[self._first : self._last]
        known = session.identity_map.get(self._mapper.identity_key_from_primary_key(found))
        if known is None:
            return self._make(session, values)
        if again:
            for name, value in zip(self._names, values, strict=True):
                set_committed_value(known, name, value)
        return known

    def _make(self, session: Session, values: tuple[Any, ...]) -> Any:
        made = self._mapper.class_manager.new_instance()
        vars(made).update(zip(self._names, values, strict=True))
        make_transient_to_detached(made)
        session.add(made)
        return made


class Loader(Generic[Model]):
    """A `select` of one mapped class, whose rows come as its objects: those that the session knows stay as they are.

    With `again`, they are brought to what the database says now, as after a lock.
    """

    def __init__(self, model: type[Model], clause: Any) -> None:
        self._statement = Statement(clause)
        self._shape = _Shape(model, list(enumerate(clause.selected_columns)))

    def all(self, session: Session, *, again: bool = False, **values: Any) -> list[Model]:
        """Every object."""
        rows = self._statement.all(session, **values)
        return [self._shape.object(session, row, again=again) for row in rows]

    def first(self, session: Session, *, again: bool = False, **values: Any) -> Model | None:
        """The first object, or None."""
        row = self._statement.first(session, **values)
        return self._shape.object(session, row, again=again) if row is not None else None


class JointLoader:
    """A `select` of several mapped classes: each row comes as their objects, None where an outer join found nothing."""

    def __init__(self, models: Sequence[type[SQLModel]], clause: Any) -> None:
        self._statement = Statement(clause)
        columns = list(enumerate(clause.selected_columns))
        self._shapes = []
        for model in models:
            count = len(sa.inspect(model).columns)
            self._shapes.append(_Shape(model, columns[:count]))
            columns = columns[count:]
        assert not columns, "every column belongs to one of the classes"

    def all(self, session: Session, *, again: bool = False, **values: Any) -> list[tuple[Any, ...]]:
        """Every row."""
        rows = self._statement.all(session, **values)
        return [tuple([shape.object(session, row, again=again) for shape in self._shapes]) for row in rows]

    def first(self, session: Session, *, again: bool = False, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.all(session, again=again, **values)
        return rows[0] if rows else None
