"""The sample establishment as one house, for tests that go through its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from citizen_space import app, config
from citizen_space.kit.db import Database
from citizen_space.simulation import sample
from citizen_space.web.visit import House


@contextmanager
def open_sample(database: Database, var: Path, at: datetime) -> Iterator[House]:
    """Plant it, with a clock that stands still."""
    given = {"CITIZEN_SPACE_VAR": str(var), "CITIZEN_SPACE_DATABASE_URL": database.url}
    made = app.build_house(config.load(given), database=database)
    made.clock = lambda: at
    with database.write() as session:
        sample.plant(session, at=at, keys=made.keys)
    yield made
    made.close()
