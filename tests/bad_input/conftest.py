"""The sample house to send nonsense to: one for each database, shared by the tests of this folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from citizen_space.kit.db import Database
from tests.bad_input.house import SampleHouse
from tests.bad_input.targets import Visited, walk
from tests.harness.databases import DIALECTS, Databases

AT = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="module", params=DIALECTS)
def place(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SampleHouse]:
    """A house of this module's own."""
    url = databases.copy(request.param)
    database = Database(url)
    made = SampleHouse(database, Path(tmp_path_factory.mktemp("var")), AT)
    yield made
    made.close()
    database.dispose()
    databases.discard(url)


@pytest.fixture(scope="module")
def visited(place: SampleHouse) -> Visited:
    """What a walk through the house finds, before anything was sent."""
    return walk(place)
