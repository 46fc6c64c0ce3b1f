"""The agent's memory on disk: what it has begun to print, so that nothing is printed twice after a power cut."""

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

_DAYS_KEPT: Final = 7


class SpoolInUse(Exception):
    """Another agent works with this spool."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How far one job has come: taken, sending, then printed, unknown or failed.

    `refused` marks an outcome that the server did not accept under its lease: it is told again under the next.
    """

    id: int
    lease: str
    state: str
    detail: str = ""
    refused: bool = False


class Spool:
    """A folder with one small file for each job that is not yet settled with the server."""

    def __init__(self, folder: Path) -> None:
        """Take the folder for this process alone."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writing = threading.Lock()
        self._own = os.open(folder / "agent.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._own)
            raise SpoolInUse(f"{folder} is used by another agent") from error
        self._entries = {entry.id: entry for entry in self._read_all()}

    def close(self) -> None:
        """Let the folder go."""
        os.close(self._own)

    def record(self, entry: Entry) -> None:
        """Write how far a job has come; when this returns it is on the disk."""
        with self._writing:
            # Memory first: an outcome that a full disk does not take is told all the same.
            self._entries[entry.id] = entry
            self._write(f"job-{entry.id}.json", asdict(entry))

    def refuse(self, entry: Entry) -> None:
        """Mark an outcome as refused by the server, unless something newer is known by now."""
        with self._writing:
            if self._entries.get(entry.id) == entry:
                self._entries[entry.id] = replace(entry, refused=True)
                self._write(f"job-{entry.id}.json", asdict(self._entries[entry.id]))

    def forget(self, entry: Entry) -> None:
        """Drop a job that is settled with the server, unless it was begun anew by now."""
        with self._writing:
            if self._entries.get(entry.id) == entry:
                del self._entries[entry.id]
                (self._folder / f"job-{entry.id}.json").unlink(missing_ok=True)

    def find(self, job_id: int) -> Entry | None:
        """Return how far a job has come, if it was ever begun and is not settled."""
        with self._writing:
            return self._entries.get(job_id)

    def list_entries(self) -> list[Entry]:
        """Return all jobs that are not settled."""
        with self._writing:
            return list(self._entries.values())

    def keep_printers(self, printers: list[dict[str, Any]]) -> None:
        """Remember which printers this agent serves, so that their health is known before their next job."""
        with self._writing:
            self._write("printers.json", printers)

    def list_printers(self) -> list[dict[str, Any]]:
        """Return the printers this agent served last."""
        try:
            found = json.loads((self._folder / "printers.json").read_bytes())
        except (OSError, ValueError):
            return []
        return [
            printer for printer in found if isinstance(printer, dict) and "name" in printer and "address" in printer
        ]

    def _read_all(self) -> Iterator[Entry]:
        oldest = time.time() - _DAYS_KEPT * 86_400
        for path in sorted(self._folder.glob("job-*.json")):
            entry = Entry(**json.loads(path.read_bytes()))
            # The server gave up on these leases long ago.
            if entry.refused and path.stat().st_mtime < oldest:
                path.unlink()
            else:
                yield entry

    def _write(self, name: str, data: object) -> None:
        """Write a file whole or not at all, on the disk before returning."""
        part = self._folder / f"{name}.part"
        with part.open("w") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            with contextlib.suppress(OSError):
                os.close(folder)
