"""What the hall stores: events and their performances, seats and who claims them, tickets and their scans."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit import db


class PerformanceStatus(StrEnum):
    """How far a performance is."""

    ON_SALE = "on_sale"
    DOORS_OPEN = "doors_open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SeatKind(StrEnum):
    """Whom a place is made for."""

    NORMAL = "normal"
    WHEELCHAIR = "wheelchair"
    COMPANION = "companion"


class Blocked(StrEnum):
    """Why a seat of one performance is not sold: it has no view, or the house keeps it for the artists."""

    KILLED = "killed"
    HOUSE = "house"


class AdmissionStatus(StrEnum):
    """How far a ticket is: reserved until it is paid, then numbered and valid, until it is cancelled."""

    RESERVED = "reserved"
    VALID = "valid"
    CANCELLED = "cancelled"


class ScanResult(StrEnum):
    """What the door says of a code, in the order in which it looks."""

    ADMITTED = "admitted"
    INVALID = "invalid"
    WRONG_PERFORMANCE = "wrong_performance"
    NOT_PAID = "not_paid"
    CANCELLED = "cancelled"
    DOORS_CLOSED = "doors_closed"
    ALREADY_IN = "already_in"


class Event(db.Table, table=True):
    """A show, whatever the number of its dates."""

    __tablename__ = "venue_event"
    __table_args__ = (sa.CheckConstraint("minutes > 0", name="minutes"),)

    id: int | None = Field(default=None, primary_key=True)
    title_fr: str
    title_en: str
    genre_fr: str = ""
    genre_en: str = ""
    text_fr: str = ""
    text_en: str = ""
    artist: str = ""
    minutes: int
    # The key of the law's rate: the first performances of a work have their own.
    vat_key: str = "vat_show"
    active: bool = True


class Performance(db.Table, table=True):
    """One date of an event."""

    __tablename__ = "venue_performance"
    __table_args__ = (
        db.enum_check("status", PerformanceStatus),
        sa.CheckConstraint("doors_at <= starts_at", name="doors_first"),
        sa.CheckConstraint("sales_end_at <= starts_at", name="sales_end_first"),
        sa.CheckConstraint("status <> 'doors_open' OR doors_opened_at IS NOT NULL", name="opened_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="venue_event.id", index=True)
    starts_at: datetime = Field(index=True)
    doors_at: datetime
    sales_end_at: datetime
    status: str = PerformanceStatus.ON_SALE
    doors_opened_at: datetime | None = None
    doors_opened_by: str = ""


class Section(db.Table, table=True):
    """A part of the hall: stalls, back of the hall."""

    __tablename__ = "venue_section"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name_fr: str
    name_en: str
    sort: int = 0


class PriceBand(db.Table, table=True):
    """Seats of one price."""

    __tablename__ = "venue_band"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name_fr: str
    name_en: str
    sort: int = 0


class Seat(db.Table, table=True):
    """A numbered place; x and y are where it stands on the plan."""

    __tablename__ = "venue_seat"
    __table_args__ = (
        db.enum_check("kind", SeatKind),
        sa.UniqueConstraint("row", "number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    section_id: int = Field(foreign_key="venue_section.id")
    band_id: int = Field(foreign_key="venue_band.id")
    row: str
    number: int
    x: int
    y: int
    kind: str = SeatKind.NORMAL
    active: bool = True

    @property
    def label(self) -> str:
        """What is written on the seat and on the ticket: B12."""
        return f"{self.row}{self.number}"


class Rate(db.Table, table=True):
    """A price for some people: who may have it is a sentence, checked at the door."""

    __tablename__ = "venue_rate"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name_fr: str
    name_en: str
    eligibility_fr: str = ""
    eligibility_en: str = ""
    sort: int = 0
    active: bool = True


class Price(db.Table, table=True):
    """What a rate costs in a band for an event."""

    __tablename__ = "venue_price"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "band_id", "rate_id"),
        db.cents_check("price_cents", at_least=0),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="venue_event.id")
    band_id: int = Field(foreign_key="venue_band.id")
    rate_id: int = Field(foreign_key="venue_rate.id")
    price_cents: int


class SeatClaim(db.Table, table=True):
    """A seat taken at a performance; the database refuses a second. The row goes when the seat is let go."""

    __tablename__ = "venue_claim"
    __table_args__ = (
        sa.UniqueConstraint("performance_id", "seat_id", name="uq_venue_claim_seat"),
        sa.CheckConstraint("blocked IS NULL OR blocked IN ('killed', 'house')", name="blocked"),
        # Either a booking has it, or the house keeps it back.
        sa.CheckConstraint("(booking_id IS NULL) = (blocked IS NOT NULL)", name="somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    performance_id: int = Field(foreign_key="venue_performance.id")
    seat_id: int = Field(foreign_key="venue_seat.id")
    booking_id: int | None = Field(default=None, foreign_key="bookings_booking.id", index=True)
    blocked: str | None = None


class Series(db.Table, table=True):
    """The uninterrupted numbering of the tickets of the house: one row, locked last."""

    __tablename__ = "venue_series"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    last_number: int = 0


class Admission(db.Table, table=True):
    """The right to enter once: a ticket. It has a number from the moment it is paid for, or given."""

    __tablename__ = "venue_admission"
    __table_args__ = (
        db.enum_check("status", AdmissionStatus),
        db.cents_check("price_cents", at_least=0),
        db.cents_check("refunded_cents", at_least=0),
        sa.CheckConstraint("refunded_cents <= price_cents", name="refunded_within"),
        sa.CheckConstraint("status <> 'valid' OR number IS NOT NULL", name="numbered"),
        sa.CheckConstraint("admitted_at IS NULL OR number IS NOT NULL", name="admitted"),
        sa.Index("ix_venue_admission_performance_id_status", "performance_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True, max_length=12)
    number: int | None = Field(default=None, unique=True)
    booking_id: int = Field(foreign_key="bookings_booking.id", index=True)
    performance_id: int = Field(foreign_key="venue_performance.id")
    seat_id: int = Field(foreign_key="venue_seat.id")
    rate_id: int = Field(foreign_key="venue_rate.id")
    price_cents: int
    # What was given back of it, or went over to the ticket it was exchanged for.
    refunded_cents: int = 0
    # What the door reads: signed when the seat was chosen, shown once it is paid.
    code: str
    status: str = AdmissionStatus.RESERVED
    issued_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    admitted_at: datetime | None = None


class Scan(db.Table, table=True):
    """What the door said to one gesture; the same gesture sent again is told the same."""

    __tablename__ = "venue_scan"
    __table_args__ = (
        db.enum_check("result", ScanResult),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by = '')", name="undone"),
        sa.CheckConstraint("undone_at IS NULL OR result = 'admitted'", name="undone_admission"),
        sa.Index("ix_venue_scan_performance_id_id", "performance_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    performance_id: int = Field(foreign_key="venue_performance.id")
    admission_id: int | None = Field(default=None, foreign_key="venue_admission.id", index=True)
    at: datetime
    result: str
    nonce: str = Field(unique=True, max_length=64)
    operator_code: str
    # When the holder of the ticket came in, where that is why the door said no.
    first_in_at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str = ""
    undo_reason: str = ""
