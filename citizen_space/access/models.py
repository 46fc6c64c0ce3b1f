"""What is stored about guests: a first name in clear, the rest sealed, and every look at it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class Vetting(StrEnum):
    PENDING = "pending"
    CLEARED = "cleared"
    REFUSED = "refused"
    EXEMPT = "exempt"
    NOT_NEEDED = "not_needed"


_INSIDE = text("arrived_at IS NOT NULL AND left_at IS NULL")


class Guest(Table, table=True):
    """One person of a party."""

    __tablename__ = "access_guest"
    __table_args__ = (
        enum_check("vetting", Vetting),
        UniqueConstraint("booking_id", "position"),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint("left_at IS NULL OR (arrived_at IS NOT NULL AND left_at >= arrived_at)", name="left_at"),
        CheckConstraint("sealed_identity IS NULL OR purged_at IS NULL", name="purged_at"),
        # Who is inside now is asked by the first page of the day, among all who ever came.
        Index("ix_access_guest_inside", "arrived_at", sqlite_where=_INSIDE, postgresql_where=_INSIDE),
    )

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="bookings_booking.id", index=True)
    position: int
    first_name: str = Field(max_length=60)
    # Family name, birth date and birth place, encrypted; never in clear in the database.
    sealed_identity: str | None = Field(default=None)
    vetting: str = Field(max_length=12, index=True)
    decided_at: datetime | None = Field(default=None)
    decided_by: str = Field(default="", max_length=40)
    purge_on: date = Field(index=True)
    purged_at: datetime | None = Field(default=None)
    arrived_at: datetime | None = Field(default=None)
    left_at: datetime | None = Field(default=None)


class Look(Table, table=True):
    """Somebody of the staff opened a guest's identity: who, when, whose, why they may."""

    __tablename__ = "access_look"
    __table_args__ = ({"info": {"sealed": True}},)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor_kind: str = Field(max_length=12)
    actor_code: str = Field(max_length=40)
    # A plain number: the look outlives the guest.
    guest_id: int = Field(index=True)
    purpose: str = Field(max_length=20)


class Purge(Table, table=True):
    """The trace of identities destroyed: how many, when, up to which date; never whose."""

    __tablename__ = "access_purge"
    __table_args__ = ({"info": {"sealed": True}},)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    upto_on: date
    identities: int
