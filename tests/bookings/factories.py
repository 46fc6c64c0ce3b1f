"""Bookings for tests."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlmodel import Session

from citizen_space.bookings import service
from citizen_space.bookings.models import Booking
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from tests.harness.patience import PATIENCE_SECONDS

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
            "minutes": 15,
            "at": at,
            **facts,
        },
    )


def make_booking(session: Session, at: datetime, **facts: Any) -> Booking:
    """A confirmed booking."""
    return service.confirm(session, make_hold(session, at, **facts), at)


def lapse_while_confirming(database: Database, booking_id: int, room: Any, at: datetime) -> None:
    """Let a hold go, and before that is committed, let its payment make it firm: the second must see the first."""
    gone = Event()

    def let_go() -> None:
        with database.write() as session:
            for booking in service.lapse_expired(session, at):
                room.release(session, booking, at)
            gone.set()
            time.sleep(0.3)

    def make_firm() -> None:
        assert gone.wait(PATIENCE_SECONDS)
        with database.write() as session:
            room.confirm(session, session.get(Booking, booking_id), at)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(let_go), pool.submit(make_firm)]:
            one.result()
    with database.read() as session:
        found = session.get(Booking, booking_id)
        assert found is not None and found.status == "confirmed"
