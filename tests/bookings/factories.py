"""Bookings for tests."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from citizen_space.bookings import service
from citizen_space.bookings.models import Booking
from citizen_space.kit.ids import new_key

POLICY = '[{"until_hours":96,"kept_bp":0},{"until_hours":24,"kept_bp":5000},{"until_hours":0,"kept_bp":10000}]'


def make_hold(session: Session, at: datetime, **facts: Any) -> Booking:
    """A hold of a table for two, ten days ahead."""
    starts_at = facts.pop("starts_at", at + timedelta(days=10))
    return service.hold(
        session,
        **{
            "room": "restaurant",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "party_size": 2,
            "customer": None,
            "language": "fr",
            "browser_key": "b" * 32,
            "submission": new_key(),
            "policy": POLICY,
            "access": "vetted",
            "at": at,
            **facts,
        },
    )


def make_booking(session: Session, at: datetime, **facts: Any) -> Booking:
    """A confirmed booking."""
    return service.confirm(session, make_hold(session, at, **facts), at)
