"""A small surface of our own on both databases."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from citizen_space import config
from citizen_space.kit.db import Database
from citizen_space.kit.keys import new_keys
from citizen_space.web.assets import Assets
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House, SurfaceName

Serve = Callable[..., TestClient]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The templates of the house, compiled once."""
    return Templates(Assets(), tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def house(database: Database, templates: Templates, tmp_path: Path, at: datetime) -> Iterator[House]:
    """A house whose clock stands still."""
    settings = config.load({"CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": database.url})
    made = House(database, settings, new_keys(), templates, clock=lambda: at)
    yield made
    made.threads.shutdown(wait=True)
    made.outside.shutdown(wait=True)


@pytest.fixture
def serve(house: House) -> Iterator[Serve]:
    """Serve routes as a surface: `serve([page(…)], name="till", prefix="/caisse")`."""
    clients: list[TestClient] = []

    def make(routes: list[Route], *, name: SurfaceName = "public", prefix: str = "", sign_in: str = "/") -> TestClient:
        surface = Surface(house, name, routes, prefix=prefix, sign_in=sign_in)
        clients.append(TestClient(surface, follow_redirects=False))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
