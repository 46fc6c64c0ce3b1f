"""What the clock does for the hall: performances that are over are closed."""

from datetime import datetime

from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.venue import queries, stage


def close_performances(database: Database, at: datetime) -> None:
    """Close the performances that ended hours ago: who came has come, the others are noted absent."""
    with database.write() as session:
        for performance in queries.list_over(session, at):
            assert performance.id is not None
            stage.close_performance(session, performance.id, at=at)


JOBS = [Job("venue.close", 600, close_performances)]
