"""What is stored about a booking: the same for a table, a seat and a bench."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class BookingStatus(StrEnum):
    """How far a booking is; the legal moves are in rules.py."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    LAPSED = "lapsed"


class AccessPolicy(StrEnum):
    """Who may come in: anybody, those who are named, or those whose identity was checked."""

    OPEN = "open"
    NAMED = "named"
    VETTED = "vetted"


class Booking(Table, table=True):
    """Capacity kept for a party, from the first hold to the last guest leaving."""

    __tablename__ = "bookings_booking"
    __table_args__ = (
        enum_check("status", BookingStatus),
        enum_check("access", AccessPolicy),
        CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name="room"),
        CheckConstraint("party_size > 0", name="party_size"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("status <> 'held' OR hold_expires_at IS NOT NULL", name="held_until"),
        Index("ix_bookings_booking_room_starts_at", "room", "starts_at"),
        Index("ix_bookings_booking_status_hold_expires_at", "status", "hold_expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True, max_length=12)
    secret: str = Field(unique=True, max_length=64)
    room: str = Field(max_length=20)
    status: str = Field(default=BookingStatus.HELD, max_length=12)
    starts_at: datetime
    ends_at: datetime
    party_size: int
    customer_id: int | None = Field(default=None, foreign_key="customers_customer.id", index=True)
    # A plain number: the order holds the foreign key to the booking, and two would make a circle.
    order_id: int | None = Field(default=None, index=True)
    hold_expires_at: datetime | None = Field(default=None)
    language: str = Field(default="fr", max_length=2)
    browser_key: str = Field(default="", max_length=64, index=True)
    submission: str = Field(unique=True, max_length=64)
    # The cancellation policy as it was shown when booking: a later change does not touch this booking.
    policy: str
    access: str = Field(default=AccessPolicy.OPEN, max_length=8)
    # What a worker's screen may call the party: a first name or nothing (then the reference is shown).
    label: str = Field(default="", max_length=60)
    confirmed_at: datetime | None = Field(default=None)
    arrived_at: datetime | None = Field(default=None)
    cancelled_at: datetime | None = Field(default=None)
    cancelled_by: str = Field(default="", max_length=40)
    kept_cents: int = Field(default=0)
    created_at: datetime


class Closure(Table, table=True):
    """A time in which a room, or the whole place, takes nobody."""

    __tablename__ = "bookings_closure"
    __table_args__ = (
        CheckConstraint("room IS NULL OR room IN ('restaurant', 'venue', 'repairs')", name="room"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    room: str | None = Field(default=None, max_length=20)
    starts_at: datetime
    ends_at: datetime = Field(index=True)
    reason_fr: str = Field(default="", max_length=200)
    reason_en: str = Field(default="", max_length=200)
    created_at: datetime
    created_by: str = Field(max_length=40)
