"""The database fixtures: migrated, private or undone, on both databases."""

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlmodel import Session

from citizen_space.kit.db import Database
from tests.harness.databases import Databases

TABLE = "harness_scratch"


def tables(url: str) -> set[str]:
    """Name the tables of a database."""
    engine = sa.create_engine(url)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_a_session_is_on_the_database_it_says(session: Session, dialect: str) -> None:
    assert session.get_bind().dialect.name.startswith(dialect)


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_session_leaves_nothing(session: Session, time: str) -> None:
    session.connection().execute(
        text(f"CREATE TABLE {TABLE} (id integer)")
    )  # fails the second time when the first left it
    session.connection().execute(text(f"INSERT INTO {TABLE} VALUES (1)"))
    with session.begin_nested() as savepoint:
        session.connection().execute(text(f"INSERT INTO {TABLE} VALUES (2)"))
        savepoint.rollback()
    session.commit()
    assert session.connection().execute(text(f"SELECT count(*) FROM {TABLE}")).scalar() == 1


def test_a_fresh_database_is_migrated_and_private(
    fresh_database: Database, databases: Databases, dialect: str, engine_url: str
) -> None:
    with fresh_database.write() as session:
        session.connection().execute(text(f"CREATE TABLE {TABLE} (id integer)"))
    assert TABLE in tables(fresh_database.url)
    assert TABLE not in tables(engine_url)
    assert tables(fresh_database.url) == tables(engine_url) | {TABLE}
    assert "kit_job_run" in tables(engine_url)
    assert not tables(databases.empty(dialect))


def test_a_discarded_database_is_gone(databases: Databases, dialect: str) -> None:
    url = databases.copy(dialect)
    databases.discard(url)
    if dialect == "sqlite":
        assert not tables(url)
    else:
        with pytest.raises(sa.exc.OperationalError, match="does not exist"):
            tables(url)
