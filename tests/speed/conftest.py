"""One house with open tills on each database, for all that is counted here."""

from collections.abc import Iterator

import pytest

from citizen_space.kit.db import Database
from tests.harness.databases import DIALECTS, Databases
from tests.speed.desk import Desk


@pytest.fixture(scope="module", params=DIALECTS)
def desk(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The sample house."""
    url = databases.copy(request.param)
    database = Database(url)
    made = Desk(database, tmp_path_factory.mktemp("var"))
    yield made
    made.house.close()
    databases.discard(url)
