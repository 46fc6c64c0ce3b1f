"""What the clock does for the restaurant: parties that never came let their tables go."""

from datetime import datetime, timedelta

from citizen_space.bookings import service as bookings
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.restaurant import queries, service

# After so long nobody is coming any more: the table serves somebody else.
NO_SHOW_AFTER = timedelta(minutes=45)


def release_no_shows(database: Database, at: datetime) -> None:
    """Mark confirmed bookings whose party never came, and free their tables."""
    with database.write() as session:
        late = queries.list_bookings_of_day(session, at - timedelta(days=1), at - NO_SHOW_AFTER, ["confirmed"])
        for booking in late:
            bookings.no_show(session, booking, at=at)
            service.release(session, booking, at)


JOBS = [Job("restaurant.no_shows", 300, release_no_shows)]
