"""The migrations and the models say the same thing, on both databases."""

import sqlalchemy as sa

from citizen_space.kit.db import building, check_migrated, import_models, list_sealed, migrate
from tests.harness.databases import Databases


def test_the_migrations_build_what_the_models_say(databases: Databases, dialect: str) -> None:
    url = databases.empty(dialect)
    migrate(url)
    check_migrated(url)
    databases.discard(url)


def test_migrating_again_changes_nothing(databases: Databases, dialect: str) -> None:
    url = databases.empty(dialect)
    migrate(url)
    migrate(url)
    with building(url) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    databases.discard(url)


def test_every_sealed_table_has_its_triggers(databases: Databases, dialect: str) -> None:
    import_models()
    url = databases.empty(dialect)
    migrate(url)
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if dialect == "postgres"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with building(url) as connection:
        triggers = set(connection.execute(sa.text(query)).scalars())
    acts = ("rows", "truncate") if dialect == "postgres" else ("update", "delete")
    missing = {f"seal_{table}_{act}" for table in list_sealed() for act in acts} - triggers
    assert list_sealed()
    assert not missing
    databases.discard(url)
