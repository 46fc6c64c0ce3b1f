"""What the clock does for printing."""

from datetime import datetime

from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.printing import service


def sweep(database: Database, at: datetime) -> None:
    """Settle jobs whose agent is silent and those that are no longer worth printing."""
    with database.write() as session:
        service.sweep(session, at)


JOBS = [Job("printing.sweep", 15, sweep)]
