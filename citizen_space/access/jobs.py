"""What the clock does about guests: their identities are destroyed when their time is over."""

from datetime import datetime

from citizen_space.access import service
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job


def purge(database: Database, at: datetime) -> None:
    """Destroy what is due today."""
    with database.write() as session:
        service.purge(session, on=business_day(at), at=at)


JOBS = (Job("access.purge", every_seconds=3600, run=purge),)
