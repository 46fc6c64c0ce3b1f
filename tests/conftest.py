"""Fixtures for everybody. A test that asks for a database runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher, profiles
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser
from sqlmodel import Session

from citizen_space.kit import crypto
from citizen_space.kit.db import Database
from tests.harness.browser import Screens, running_chromium
from tests.harness.databases import DIALECTS, Databases, rolled_back

# On a shared machine a slow example is no failure; the same examples every time keep the suite repeatable.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hash PINs and codes with the least work: the real cost has its own test and is paid by the real processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "_HASHER", PasswordHasher.from_parameters(profiles.CHEAPEST))
        yield


@pytest.fixture
def at() -> datetime:
    """A Monday at half past twelve in Paris."""
    return datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


@pytest.fixture
def paris() -> ZoneInfo:
    """The establishment's zone."""
    return ZoneInfo("Europe/Paris")


# -- databases ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The databases of this test process, made by the migrations when first asked for."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on: it runs once on each."""
    name: str = request.param
    return name


@pytest.fixture
def engine_url(databases: Databases, dialect: str) -> str:
    """The address of the shared, migrated database. Read it or roll back; to commit, ask for `fresh_database`."""
    return databases.shared_url(dialect)


@pytest.fixture
def session(databases: Databases, dialect: str) -> Iterator[Session]:
    """A session in which all may be done, and of which nothing stays."""
    with rolled_back(databases.shared(dialect)) as session:
        yield session


@pytest.fixture
def fresh_url(databases: Databases, dialect: str) -> Iterator[str]:
    """The address of a new, migrated database of this test's own."""
    url = databases.copy(dialect)
    yield url
    databases.discard(url)


@pytest.fixture
def fresh_database(fresh_url: str) -> Iterator[Database]:
    """A new, migrated database of this test's own, where it may commit, race and crash."""
    database = Database(fresh_url)
    yield database
    database.dispose()


@pytest.fixture
def database(fresh_database: Database) -> Database:
    """The same: whoever asks for a database may commit to it, so it is never shared."""
    return fresh_database


# -- browser -----------------------------------------------------------------------------------------------------------


# Per module and not per session: while Playwright lives, an event loop is running in the main thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running chromium."""
    with running_chromium() as started:
        yield started


@pytest.fixture
def screens(browser: Browser, tmp_path: Path) -> Iterator[Screens]:
    """Opens phones, tills and office screens: `screens.phone(base_url)`."""
    opened = Screens(browser, pictures=tmp_path / "pictures")
    yield opened
    opened.close()
