"""What the clock does for the workshop: bikes that were never brought give their minutes back."""

from datetime import datetime, timedelta

from citizen_space.bookings import service as bookings
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.law import queries as law
from citizen_space.repairs import queries, service


def release_no_shows(database: Database, at: datetime) -> None:
    """Mark bookings whose bike never came, and free what they took."""
    with database.write() as session:
        waited = timedelta(hours=law.get_int(session, "repairs_no_show_hours", business_day(at)))
        for booking in queries.list_late_bookings(session, at - waited):
            bookings.no_show(session, booking, at=at)
            service.release(session, booking, at)


JOBS = [Job("repairs.no_shows", 3600, release_no_shows)]
