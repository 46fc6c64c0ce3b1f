"""What is stored of the fiscal record: registers, their signed chain of rows, and the closings."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class RegisterKind(StrEnum):
    """Where a register stands."""

    TILL = "till"
    ONLINE = "online"


class RowKind(StrEnum):
    """What happened."""

    SALE = "sale"
    REFUND = "refund"
    VOID = "void"
    NOTE = "note"
    DUPLICATE = "duplicate"
    DEPOSIT = "deposit"
    NO_SALE = "no_sale"
    OPENING = "opening"
    CLOSING = "closing"
    SIGN_IN_REFUSED = "sign_in_refused"
    TRAINING = "training"
    PARAMETER = "parameter"
    VERSION = "version"
    INTEGRITY = "integrity"
    RESTORE = "restore"
    CLOCK = "clock"
    KEY = "key"
    ARCHIVE = "archive"
    MOVEMENT = "movement"
    OVERRIDE = "override"


class Period(StrEnum):
    """What a closing closes."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class FiscalRegister(Table, table=True):
    """A till (or the web site) with a chain of its own: the only row here that moves, by one step an append."""

    __tablename__ = "fiscal_register"
    __table_args__ = (enum_check("kind", RegisterKind), CheckConstraint("last_number >= 0", name="last_number"))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    room: str | None = None
    kind: str
    last_number: int = 0
    last_hash: str = ""
    key_id: str = ""
    """The only key that may sign from here on; empty until the first key is changed."""
    perpetual_cents: int = Field(default=0, sa_type=BigInteger)
    """All sales less all refunds since the register was opened; never set back."""
    closed_through_on: date | None = None
    """The last business day that is closed: no money is recorded on it or before it any more."""
    opened_at: datetime


class FiscalRow(Table, table=True):
    """One fiscal event: `content` is the exact text that was hashed and signed; the columns repeat it to be found."""

    __tablename__ = "fiscal_row"
    __table_args__ = (
        UniqueConstraint("register_id", "number"),
        enum_check("kind", RowKind),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_fiscal_row_on", "on", "register_id"),
        # Few rows are not sales: the last change of the law must not be looked for among a million of them.
        Index("ix_fiscal_row_kind", "kind", "register_id", "number"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    register_id: int = Field(foreign_key="fiscal_register.id")
    number: int
    kind: str
    at: datetime
    on: date
    format_version: int
    key_id: str
    content: str
    previous_hash: str
    hash: str = Field(unique=True)
    signature: str
    gross_cents: int = Field(default=0, sa_type=BigInteger)
    order_id: int | None = Field(default=None, index=True)


class FiscalArchive(Table, table=True):
    """An archive that was made: which rows of each register it holds, and the hash of its file."""

    __tablename__ = "fiscal_archive"
    __table_args__ = {"info": {"sealed": True}}

    id: int | None = Field(default=None, primary_key=True)
    label: str = Field(unique=True)
    """2026 or 2026-11: it ends with the last day of that year or month, and begins where the one before ended."""
    content: str
    """JSON: of each register by its code, the first and the last number, and the hash before the first."""
    software: str
    made_by: str
    made_at: datetime
    sha256: str
    """Of its manifest, which names the hash of every other file."""


class FiscalClosing(Table, table=True):
    """The totals of a day, a month or a year of one register; its sealed row holds the same figures."""

    __tablename__ = "fiscal_closing"
    __table_args__ = (
        UniqueConstraint("register_id", "period", "label"),
        enum_check("period", Period),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    register_id: int = Field(foreign_key="fiscal_register.id")
    period: str
    label: str
    """2026-11-23, 2026-11 or 2026."""
    row_id: int = Field(foreign_key="fiscal_row.id", unique=True)
    sales_cents: int = Field(sa_type=BigInteger)
    refunds_cents: int = Field(sa_type=BigInteger)
    total_cents: int = Field(sa_type=BigInteger)
    deposits_cents: int = Field(sa_type=BigInteger)
    row_count: int
    totals: str
    """JSON: VAT by rate, tenders, counts by kind."""
    perpetual_cents: int = Field(sa_type=BigInteger)
    closed_at: datetime
