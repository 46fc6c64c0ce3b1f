"""What the clock does: each job once in each slot of time, however many clocks tick."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from citizen_space.kit import clock
from citizen_space.kit.db import Database
from citizen_space.kit.models import JobRun

_KEPT_SLOTS = 500
_log = logging.getLogger("citizen_space.jobs")


@dataclass(frozen=True)
class Job:
    """A named piece of work of the clock; it opens its own transactions, with the network only between them."""

    name: str
    every_seconds: int
    run: Callable[[Database, datetime], None]


def run_job(database: Database, job: Job, at: datetime) -> bool:
    """Run a job if nobody else has taken this slot; a failure is noted and the next slot tries again."""
    slot = int(at.timestamp()) // job.every_seconds
    with database.write() as session:
        if not _claim(session, job.name, slot, at):
            return False
    problem = _run(database, job, at)
    with database.write() as session:
        session.exec(
            update(JobRun)
            .where(col(JobRun.job) == job.name, col(JobRun.slot) == slot)
            .values(finished_at=clock.now(), problem=problem)
        )
    return True


def _claim(session: Session, name: str, slot: int, at: datetime) -> bool:
    flavour = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    claim = flavour.insert(JobRun).values(job=name, slot=slot, started_at=at)
    claimed = session.execute(claim.on_conflict_do_nothing().returning(col(JobRun.id))).first() is not None
    if claimed:
        session.exec(delete(JobRun).where(col(JobRun.job) == name, col(JobRun.slot) < slot - _KEPT_SLOTS))
    return claimed


def _run(database: Database, job: Job, at: datetime) -> str | None:
    try:
        job.run(database, at)
    except Exception as error:
        _log.exception("job %s failed", job.name)
        return f"{type(error).__name__}: {error}"[:500]
    return None


__all__ = ["Job", "JobRun", "run_job"]
