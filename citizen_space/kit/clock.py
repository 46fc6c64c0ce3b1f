"""UTC for facts, Paris for schedules, and a business day that ends at five in the morning."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAY_ENDS = time(5, 0)


def now() -> datetime:
    """Read the clock: only the doors (a page, a job, a command) do."""
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """Show an instant on the clock of the wall in Paris."""
    return at.astimezone(PARIS)


def moment(on: date, hh_mm: time) -> datetime:
    """Find the instant of a local wall time.

    In October the first of the two hours is meant; in March an hour that does not exist is moved one hour on.
    """
    return datetime.combine(on, hh_mm, tzinfo=PARIS).astimezone(UTC)


def business_day(at: datetime) -> date:
    """Name the trading date of an instant: before 05:00 it is still yesterday."""
    there = local(at)
    return there.date() if there.time() >= DAY_ENDS else there.date() - timedelta(days=1)


def day_bounds(on: date) -> tuple[datetime, datetime]:
    """Give the first instant of a business day and the first one after it."""
    return moment(on, DAY_ENDS), moment(on + timedelta(days=1), DAY_ENDS)
