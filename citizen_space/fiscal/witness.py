"""What the house remembers outside its database of how far each chain had come: an older copy put back is seen."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Head:
    """The last row of a chain."""

    number: int
    hash: str


@dataclass(frozen=True)
class Memory:
    """The head of each register by its code, and when that was noted."""

    at: datetime
    heads: Mapping[str, Head]


def read(file: Path) -> Memory | None:
    """Read what was noted last; None when nothing was, or nothing that can be read."""
    try:
        noted = json.loads(file.read_text())
        heads = {code: Head(**head) for code, head in noted["heads"].items()}
        return Memory(datetime.fromisoformat(noted["at"]), heads)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(file: Path, memory: Memory) -> None:
    """Note it so that a power cut leaves the old note or the new one, never half of one."""
    # Where every key is given by the environment, nobody has made their folder.
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    noted = {"at": memory.at.isoformat(), "heads": {code: asdict(head) for code, head in memory.heads.items()}}
    with draft.open("w") as output:
        json.dump(noted, output, indent=1, sort_keys=True)
        output.flush()
        os.fsync(output.fileno())
    draft.replace(file)
