"""What the restaurant stores: tables, sittings, the claims that take a table for a while, tabs and fired courses."""

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit import db


class Table(db.Table, table=True):
    """A table of the dining room, with the fewest and the most people it may seat."""

    __tablename__ = "restaurant_table"
    __table_args__ = (
        sa.CheckConstraint("min_covers >= 1 AND max_covers >= min_covers", name="covers"),
        sa.CheckConstraint("shape IN ('round', 'square', 'long')", name="shape"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    min_covers: int
    max_covers: int
    # Tables of one zone stand side by side and may be joined for a larger party.
    zone: str = ""
    shape: str = "square"
    # Where it stands on the plan, in units of a hundredth of the room.
    x: int = 0
    y: int = 0
    active: bool = True


class Sitting(db.Table, table=True):
    """A service that people may book: a local hour, on some weekdays, for so many minutes."""

    __tablename__ = "restaurant_sitting"
    __table_args__ = (
        sa.CheckConstraint("turn_minutes > 0", name="turn_minutes"),
        sa.CheckConstraint("max_covers > 0", name="max_covers"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name_fr: str
    name_en: str
    # Monday is 0; digits in one string, '01234' for Monday to Friday.
    weekdays: str
    starts: time
    turn_minutes: int
    max_covers: int
    valid_from: date
    valid_to: date | None = None
    active: bool = True


class Claim(db.Table, table=True):
    """A table taken from one moment to another; the database refuses two that overlap."""

    __tablename__ = "restaurant_claim"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="lasts"),
        sa.CheckConstraint("covers >= 1", name="covers"),
        sa.Index("ix_restaurant_claim_table_time", "table_id", "starts_at"),
        sa.Index("ix_restaurant_claim_starts", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    table_id: int = Field(foreign_key="restaurant_table.id")
    sitting_id: int | None = Field(default=None, foreign_key="restaurant_sitting.id")
    booking_id: int | None = Field(default=None, foreign_key="bookings_booking.id", index=True)
    tab_id: int | None = Field(default=None, foreign_key="restaurant_tab.id", index=True)
    starts_at: datetime
    ends_at: datetime
    # The part of the party that sits at this very table.
    covers: int


class Tab(db.Table, table=True):
    """A seated party and its open order."""

    __tablename__ = "restaurant_tab"

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders_order.id", unique=True)
    booking_id: int | None = Field(default=None, foreign_key="bookings_booking.id", unique=True)
    table_codes: str
    covers: int
    seated_at: datetime
    note_asked_at: datetime | None = None
    left_at: datetime | None = Field(default=None, index=True)


class Firing(db.Table, table=True):
    """A course sent to the kitchen, once for each submission of the till."""

    __tablename__ = "restaurant_firing"

    id: int | None = Field(default=None, primary_key=True)
    tab_id: int = Field(foreign_key="restaurant_tab.id", index=True)
    course: int
    fired_at: datetime
    operator_code: str
    submission: str = Field(unique=True)


OVERLAP = """
    SELECT RAISE(ABORT, 'restaurant_claim_overlap') WHERE EXISTS (
        SELECT 1 FROM restaurant_claim AS other
        WHERE other.table_id = NEW.table_id AND other.id IS NOT NEW.id
          AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at)
"""

# Two parties never hold one table at one moment: the guarantee behind the lock of `service.book`.
EXTRA_DDL = {
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        (
            "ALTER TABLE restaurant_claim ADD CONSTRAINT ex_restaurant_claim_overlap "
            "EXCLUDE USING gist (table_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        ),
    ],
    "sqlite": [
        f"CREATE TRIGGER restaurant_claim_overlap_insert BEFORE INSERT ON restaurant_claim BEGIN {OVERLAP}; END",
        (
            "CREATE TRIGGER restaurant_claim_overlap_update BEFORE UPDATE OF table_id, starts_at, ends_at "
            f"ON restaurant_claim BEGIN {OVERLAP}; END"
        ),
    ],
}
