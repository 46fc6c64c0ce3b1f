"""Several processes from one: they work, they are started again, they end together."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.servers import wait_until

_HOUSE = """
import os, signal, sys
from functools import partial
from pathlib import Path
from citizen_space import forking
folder, forking.STARTS_WITHIN_SECONDS = Path(sys.argv[1]), float(sys.argv[2])

def part(name):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    (folder / f"{name}.new").write_text(str(os.getpid()))
    (folder / f"{name}.new").rename(folder / name)
    if (folder / "breaks").exists() and name == "second":
        raise RuntimeError("its port is taken")
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    (folder / f"{name}.asked").touch()
    return 0

sys.exit(forking.serve_apart({name: partial(part, name) for name in ("first", "second")}))
"""


class _House:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, starts_within: float = 0.0) -> "subprocess.Popen[bytes]":
        """Start two parts; one that dies later than `starts_within` seconds after its birth has died at work."""
        arguments = [sys.executable, "-c", _HOUSE, str(self.folder), str(starts_within)]
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE)
        return self.process

    def pid(self, name: str, *, other_than: int = 0) -> int:
        """Wait for the number of a part's process."""
        file = self.folder / name
        wait_until(lambda: file.exists() and int(file.read_text()) != other_than, what=f"{name} has begun")
        return int(file.read_text())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[_House]:
    made = _House(tmp_path)
    yield made
    if made.process is not None:
        made.process.terminate()
        made.process.communicate(timeout=30)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A process whose parent was killed waits, ended, for whoever buries the orphans of this machine.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_part_and_all_are_asked(house: _House, number: signal.Signals) -> None:
    parent = house.start()
    pids = [house.pid("first"), house.pid("second")]
    parent.send_signal(number)
    assert parent.wait(timeout=30) == 0
    assert all(map(_is_gone, pids))
    assert (house.folder / "first.asked").exists()
    assert (house.folder / "second.asked").exists()


def test_a_part_that_is_killed_is_started_again_and_the_other_is_left_alone(house: _House) -> None:
    house.start()
    first, second = house.pid("first"), house.pid("second")
    os.kill(second, signal.SIGKILL)
    again = house.pid("second", other_than=second)
    assert not _is_gone(again)
    assert house.pid("first") == first
    assert not _is_gone(first)


def test_a_part_that_cannot_start_ends_the_house_and_says_why(house: _House) -> None:
    (house.folder / "breaks").touch()
    parent = house.start(starts_within=600.0)
    _out, said = parent.communicate(timeout=30)
    assert parent.returncode == 1
    assert b"its port is taken" in said
    assert b"second could not start" in said
    assert _is_gone(house.pid("first"))


def test_no_part_outlives_the_one_that_watches_it(house: _House) -> None:
    parent = house.start()
    pids = [house.pid("first"), house.pid("second")]
    parent.kill()
    parent.wait(timeout=30)
    for pid in pids:
        wait_until(lambda pid=pid: _is_gone(pid), what=f"the process {pid} has ended")  # type: ignore[misc]


def test_on_sqlite_it_says_what_to_start_instead(tmp_path: Path) -> None:
    environment = {**os.environ, "CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": ""}
    asked = [sys.executable, "-m", "citizen_space", "serve"]
    told = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert told.returncode == 2
    assert "citizen-space run" in told.stderr
