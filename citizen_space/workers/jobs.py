"""What the clock does about work: an end that was forgotten is flagged for staff."""

from datetime import datetime

from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.workers import service


def flag_forgotten(database: Database, at: datetime) -> None:
    """Flag who must have forgotten to clock out."""
    with database.write() as session:
        service.flag_forgotten(session, at)


JOBS = (Job("workers.flag_forgotten", every_seconds=900, run=flag_forgotten),)
