"""What the clock does for the pages: it forgets the keys of acts that nobody sends again."""

from datetime import datetime, timedelta

from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.web import sessions

_KEPT = timedelta(days=2)


def forget_acts(database: Database, at: datetime) -> None:
    """A page that was left open for two days is drawn anew before it is sent."""
    with database.write() as session:
        sessions.forget_acts(session, at - _KEPT)


JOBS = [Job("web.forget_acts", 3600, forget_acts)]
