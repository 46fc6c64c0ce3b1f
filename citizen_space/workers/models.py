"""What is stored about work: people, posts, contracts, what was planned, what was worked, what is due."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check


class Regime(StrEnum):
    """How the penitentiary code classes a post: it decides the lowest hourly pay."""

    PRODUCTION = "production"
    SERVICE_1 = "sg_I"
    SERVICE_2 = "sg_II"
    SERVICE_3 = "sg_III"


class Reason(StrEnum):
    """Why somebody was at the post, or was not: it decides whether the time is paid."""

    WORK = "work"
    TRAINING = "training"
    CLOSED_BY_HOUSE = "closed_by_house"
    COURT = "court"
    MEDICAL = "medical"
    VISIT = "visit"
    UNPAID = "unpaid"


class DisputeStatus(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


class MonthStatus(StrEnum):
    PREPARED = "prepared"
    LOCKED = "locked"


class Worker(Table, table=True):
    """A detained person who works here."""

    __tablename__ = "workers_worker"
    __table_args__ = (CheckConstraint("language IN ('fr', 'en')", name="language"),)

    id: int | None = Field(default=None, primary_key=True)
    first_name: str = Field(max_length=60)
    last_name: str = Field(max_length=60)
    operator_code: str = Field(unique=True, max_length=8)
    pin_hash: str = Field(max_length=200)
    language: str = Field(default="fr", max_length=2)
    active: bool = Field(default=True)
    created_at: datetime


class Post(Table, table=True):
    """A job to be held: what is done, where, and under which regime."""

    __tablename__ = "workers_post"
    __table_args__ = (
        enum_check("regime", Regime),
        CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name="room"),
        UniqueConstraint("room", "name_fr"),
    )

    id: int | None = Field(default=None, primary_key=True)
    room: str = Field(max_length=20)
    name_fr: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    regime: str = Field(max_length=12)
    active: bool = Field(default=True)


class Contract(Table, table=True):
    """The terms on which a worker holds a post."""

    __tablename__ = "workers_contract"
    __table_args__ = (
        cents_check("hourly_rate_cents"),
        CheckConstraint("weekly_minutes > 0", name="weekly_minutes"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_on"),
        UniqueConstraint("worker_id", "post_id", "starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers_worker.id", index=True)
    post_id: int = Field(foreign_key="workers_post.id", index=True)
    starts_on: date
    ends_on: date | None = Field(default=None)
    weekly_minutes: int
    hourly_rate_cents: int


class Shift(Table, table=True):
    """Work that is planned."""

    __tablename__ = "workers_shift"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_at"),)

    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers_worker.id", index=True)
    post_id: int = Field(foreign_key="workers_post.id", index=True)
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    planned_by: str = Field(default="", max_length=40)


class Attendance(Table, table=True):
    """Work that was done: from one moment to another, each stored as an instant."""

    __tablename__ = "workers_attendance"
    __table_args__ = (
        enum_check("reason", Reason),
        CheckConstraint("clocked_out_at IS NULL OR clocked_out_at >= clocked_in_at", name="clocked_out_at"),
        CheckConstraint("validated_by_2 IS NULL OR validated_by_1 IS NOT NULL", name="validated_in_order"),
        CheckConstraint("validated_by_1 <> validated_by_2", name="validated_by_two"),
        CheckConstraint("validated_by_1 IS NULL OR clocked_out_at IS NOT NULL", name="validated_when_ended"),
        # A worker is at one post at a time; what was forgotten waits for staff and does not stop the next day.
        Index(
            "uq_workers_attendance_open",
            "worker_id",
            unique=True,
            sqlite_where=text("clocked_out_at IS NULL AND NOT flagged"),
            postgresql_where=text("clocked_out_at IS NULL AND NOT flagged"),
        ),
        Index("ix_workers_attendance_worker_id_on", "worker_id", "on"),
        # What was forgotten is asked every morning, in the words that SQLite looks for.
        Index(
            "ix_workers_attendance_forgotten",
            "clocked_in_at",
            sqlite_where=text("flagged = 1 AND clocked_out_at IS NULL"),
            postgresql_where=text("flagged AND clocked_out_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers_worker.id")
    post_id: int = Field(foreign_key="workers_post.id", index=True)
    # The business day it counts for: that of the clock-in.
    on: date = Field(index=True)
    clocked_in_at: datetime
    clocked_out_at: datetime | None = Field(default=None)
    reason: str = Field(default=Reason.WORK, max_length=20)
    # The end was forgotten: nobody guesses it, staff ask and write it down.
    flagged: bool = Field(default=False)
    register_id: int | None = Field(default=None)
    validated_by_1: int | None = Field(default=None, foreign_key="staff_account.id")
    validated_by_2: int | None = Field(default=None, foreign_key="staff_account.id")


class Correction(Table, table=True):
    """What staff changed in an attendance, from what to what and why; sealed."""

    __tablename__ = "workers_correction"
    __table_args__ = ({"info": {"sealed": True}},)

    id: int | None = Field(default=None, primary_key=True)
    attendance_id: int = Field(foreign_key="workers_attendance.id", index=True)
    at: datetime
    actor_code: str = Field(max_length=40)
    before: str
    after: str
    why: str = Field(max_length=200)


class Dispute(Table, table=True):
    """A worker says that a line of their hours is wrong; staff answer."""

    __tablename__ = "workers_dispute"
    __table_args__ = (
        enum_check("status", DisputeStatus),
        # One open question per line is enough.
        Index(
            "uq_workers_dispute_open",
            "attendance_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    attendance_id: int = Field(foreign_key="workers_attendance.id", index=True)
    worker_id: int = Field(foreign_key="workers_worker.id", index=True)
    says: str = Field(max_length=200)
    status: str = Field(default=DisputeStatus.OPEN, max_length=10)
    opened_at: datetime
    answer: str = Field(default="", max_length=300)
    answered_at: datetime | None = Field(default=None)
    answered_by: str = Field(default="", max_length=40)


class WorkMonth(Table, table=True):
    """A worker's month, prepared by one person and locked by another; then nothing in it moves."""

    __tablename__ = "workers_month"
    __table_args__ = (
        enum_check("status", MonthStatus),
        cents_check("gross_cents"),
        UniqueConstraint("worker_id", "first_on"),
        CheckConstraint("locked_by <> prepared_by", name="two_people"),
        CheckConstraint("status <> 'locked' OR (locked_by IS NOT NULL AND locked_at IS NOT NULL)", name="locked"),
    )

    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers_worker.id", index=True)
    first_on: date
    status: str = Field(default=MonthStatus.PREPARED, max_length=10)
    minutes: int
    gross_cents: int
    # The statement as computed when the month was locked: what is shown afterwards is this, not a new computation.
    content: str
    entry_id: int | None = Field(default=None, foreign_key="ledger_entry.id")
    prepared_by: int = Field(foreign_key="staff_account.id")
    prepared_at: datetime
    locked_by: int | None = Field(default=None, foreign_key="staff_account.id")
    locked_at: datetime | None = Field(default=None)
