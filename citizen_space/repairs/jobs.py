"""What the clock does for the workshop: bikes that were never brought give their minutes back."""

from datetime import datetime, timedelta

from citizen_space.bookings import service as bookings
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.repairs import queries, service

# A bike that has not come a day after its own is not expected any more.
NO_SHOW_AFTER = timedelta(days=1)


def release_no_shows(database: Database, at: datetime) -> None:
    """Mark bookings whose bike never came, and free what they took."""
    with database.write() as session:
        for booking in queries.list_late_bookings(session, at - NO_SHOW_AFTER):
            bookings.no_show(session, booking, at=at)
            service.release(session, booking, at)


JOBS = [Job("repairs.no_shows", 3600, release_no_shows)]
