"""The README shows pictures that exist, and every picture kept is shown."""

import re
from pathlib import Path

from tests.harness.browser import SCREENS

README = Path(__file__).parents[2] / "README.md"
SHOWN = re.compile(r"docs/screens/[\w/-]+\.png")


def test_every_picture_shown_exists_and_every_one_kept_is_shown() -> None:
    root = README.parent
    shown = set(SHOWN.findall(README.read_text(encoding="utf-8")))
    assert len(shown) >= 20
    assert shown == {path.relative_to(root).as_posix() for path in SCREENS.rglob("*.png")}


def test_pictures_are_light() -> None:
    heavy = {path.name: path.stat().st_size for path in SCREENS.rglob("*.png") if path.stat().st_size > 160_000}
    assert not heavy
