"""The product's own command with its clock set to another day: only the tests start it, production has no such door."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from citizen_space.kit import clock

OFFSET_FILE = "JOURNEY_CLOCK"  # the file's one number: the seconds between this machine's clock and the house's


def set_clock(file: Path, at: datetime) -> None:
    """Make every process that watches this file believe that it is `at` now; the clock goes on from there."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str((at - datetime.now(UTC)).total_seconds()))
    fresh.replace(file)


def read_clock(file: Path) -> datetime:
    """What time it is in the house."""
    return datetime.now(UTC) + timedelta(seconds=float(file.read_text()))


def main() -> int:
    """Replace the one function that tells the time, before anything has taken hold of it; then be the command."""
    file = Path(os.environ[OFFSET_FILE])
    real, clock.now = clock.now, lambda: read_clock(file)
    from citizen_space import scheduler
    from citizen_space.__main__ import main as command

    # The ticking itself stays on this machine's time, as its library does; what the jobs are told is the house's.
    vars(scheduler)["clock"] = SimpleNamespace(now=real)
    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
