"""A running house and its people, for each test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.cast import Cast
from tests.harness.browser import Screens
from tests.journeys.premises import open_on_sqlite


@pytest.fixture
def cast(screens: Screens, tmp_path: Path) -> Iterator[Cast]:
    """A house that runs on SQLite, and nobody in it yet."""
    with open_on_sqlite(tmp_path / "house") as house:
        people = Cast(house, screens)
        try:
            yield people
        finally:
            people.close()
