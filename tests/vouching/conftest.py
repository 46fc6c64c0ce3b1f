"""The till of these tests."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from citizen_space.kit.db import Database
from tests.vouching.till import Till, open_till


@pytest.fixture
def desk(database: Database, tmp_path: Path, at: datetime) -> Iterator[Till]:
    """A worker at the open till of the sample house."""
    with open_till(database, tmp_path, at) as made:
        yield made
