"""The folder of the archives: a file is whole there, or not there."""

from datetime import datetime
from pathlib import Path

from citizen_space.fiscal import service
from citizen_space.fiscal.models import FiscalArchive
from citizen_space.kit.db import Database
from citizen_space.kit.keys import Keys


def path_of(var: Path, label: str) -> Path:
    """Where the archive of a month or year lies."""
    return var / "archives" / f"journal-fiscal-{label}.zip"


def make_archive(database: Database, var: Path, label: str, *, by: str, at: datetime, keys: Keys) -> FiscalArchive:
    """Write an archive while the tills go on, then seal that it was made. Raises as `prepare_archive`."""
    path = path_of(var, label)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{at.timestamp():.6f}")
    try:
        with draft.open("wb") as output, database.read() as session:
            made = service.prepare_archive(session, label, output, by=by, at=at, keys=keys)
        with database.write() as session:
            service.record_archive(session, made, at=at, keys=keys)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return made
