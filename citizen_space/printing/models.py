"""What is stored of printing: the printers of the house, the agents that fetch for them, and the queue."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class JobState(StrEnum):
    """Where a print job is."""

    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    UNKNOWN = "unknown"
    """The printer died in mid-job: only a person who looks at the paper can say."""
    FAILED = "failed"
    EXPIRED = "expired"


class Agent(Table, table=True):
    """A printing process in the building, known by its token."""

    __tablename__ = "printing_agent"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    token_hash: str = Field(unique=True)
    created_at: datetime
    last_seen_at: datetime | None = None
    revoked_at: datetime | None = None


class Printer(Table, table=True):
    """A printer of the house and where its agent finds it."""

    __tablename__ = "printing_printer"
    __table_args__ = (
        CheckConstraint("columns BETWEEN 24 AND 64", name="columns"),
        CheckConstraint("qr IN ('native', 'image')", name="qr"),
        CheckConstraint("drawer_pin IN (2, 5)", name="drawer_pin"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    station: str | None = None
    address: str
    columns: int = 48
    code_page: str = "CP1252"
    # Cheap printers draw no QR codes: they get a picture.
    qr: str = "native"
    knife: bool = True
    drawer_pin: int = 2
    # Some read accents as halves of ideograms unless told not to.
    cancel_kanji: bool = False
    active: bool = True
    fallback_id: int | None = Field(default=None, foreign_key="printing_printer.id")
    agent_id: int | None = Field(default=None, foreign_key="printing_agent.id")
    """The agent that serves it; None: any of them."""
    health: str = "unseen"
    """What its agent last said of it."""
    health_detail: str = ""
    health_at: datetime | None = None


class PrintJob(Table, table=True):
    """One document for one printer."""

    __tablename__ = "printing_job"
    __table_args__ = (
        enum_check("state", JobState),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("copy_number >= 0", name="copy_number"),
        Index("ix_printing_job_state", "state", "printer_id", "id"),
        Index("ix_printing_job_created_at", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    printer_id: int = Field(foreign_key="printing_printer.id")
    kind: str
    title: str = ""
    document: str
    state: str = JobState.QUEUED
    key: str = Field(unique=True)
    lease: str | None = None
    created_at: datetime
    leased_until: datetime | None = None
    expires_at: datetime
    attempts: int = 0
    retry_at: datetime | None = None
    """Not before this moment, after a failed attempt."""
    detail: str = ""
    meant_for_id: int | None = Field(default=None, foreign_key="printing_printer.id")
    """The printer it was for, while another stands in for it."""
    copy_number: int = 0
    """0 is the first print; n the n-th duplicate."""
    copy_of: int | None = Field(default=None, foreign_key="printing_job.id")
    printed_at: datetime | None = None
