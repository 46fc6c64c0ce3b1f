"""What the clock does for the restaurant: parties that never came let their tables go."""

from datetime import datetime, timedelta

from citizen_space.bookings import service as bookings
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.law import queries as law
from citizen_space.restaurant import queries, service


def release_no_shows(database: Database, at: datetime) -> None:
    """Mark confirmed bookings whose party never came, and free their tables for somebody else."""
    with database.write() as session:
        waited = timedelta(minutes=law.get_int(session, "restaurant_no_show_minutes", business_day(at)))
        late = queries.list_bookings_between(session, at - timedelta(days=1), at - waited, ["confirmed"])
        for booking in late:
            bookings.no_show(session, booking, at=at)
            service.release(session, booking, at)


JOBS = [Job("restaurant.no_shows", 300, release_no_shows)]
