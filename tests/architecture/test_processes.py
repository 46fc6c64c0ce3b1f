"""What a process holds: the internet-facing one knows no inner page, the clock none that it does not need."""

import json
import subprocess
import sys

import pytest

_ASK = """
import json, sys
from importlib import import_module
from citizen_space.__main__ import _READ_BY_ALL
for module in _READ_BY_ALL:
    import_module(f"citizen_space.{{module}}")
from citizen_space import app
for surface in {surfaces!r}:
    app.list_routes(surface)
print(json.dumps([name for name in sys.modules if name.startswith("citizen_space.")]))
"""


def _modules(*surfaces: str) -> set[str]:
    """Name the files of ours that a process serving these surfaces has read."""
    asked = [sys.executable, "-c", _ASK.format(surfaces=surfaces)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120)
    return set(json.loads(told.stdout))


@pytest.mark.parametrize("surfaces", [("public",), ()], ids=["public", "clock"])
def test_no_inner_page_is_read_by_a_process_that_does_not_serve_it(surfaces: tuple[str, ...]) -> None:
    inner = {name for name in _modules(*surfaces) if name.endswith((".till", ".office", ".agent_api"))}
    assert not inner


def test_the_inner_process_reads_them() -> None:
    """The control: there is something to be kept out."""
    assert {"citizen_space.restaurant.till", "citizen_space.bank.office"} <= _modules("till", "office")
