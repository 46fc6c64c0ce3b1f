"""What the clock does for the hall: performances that are over are closed."""

from datetime import datetime, timedelta

from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.law import queries as law
from citizen_space.venue import queries, stage


def close_performances(database: Database, at: datetime) -> None:
    """Close the performances that ended a while ago: who came has come, the others are noted absent."""
    with database.write() as session:
        waited = timedelta(minutes=law.get_int(session, "venue_close_minutes", business_day(at)))
        for performance in queries.list_over(session, at - waited):
            assert performance.id is not None
            stage.close_performance(session, performance.id, at=at)


JOBS = [Job("venue.close", 600, close_performances)]
