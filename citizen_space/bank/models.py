"""The bank's word: accounts, the files received, their statements and lines, and what each line was found to be."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check


class FileFormat(StrEnum):
    """What a bank's file is written in."""

    camt_02 = "camt.053.001.02"
    camt_04 = "camt.053.001.04"
    camt_08 = "camt.053.001.08"
    cfonb120 = "cfonb120"


class MatchKind(StrEnum):
    """What a line of the bank can be."""

    transfer = "transfer"
    payout = "payout"
    # A transfer that the bank gave back.
    returned = "returned"


class BankAccount(Table, table=True):
    """An account of the house."""

    __tablename__ = "bank_account"
    __table_args__ = (CheckConstraint("length(iban) BETWEEN 15 AND 34", name="iban_length"),)

    id: int | None = Field(default=None, primary_key=True)
    iban: str = Field(unique=True)
    name: str
    opened_at: datetime


class BankFile(Table, table=True):
    """A file as the bank gave it; the same bytes are taken once."""

    __tablename__ = "bank_file"
    __table_args__ = (
        enum_check("format", FileFormat),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    name: str
    format: str
    content: bytes = Field(sa_type=LargeBinary)
    imported_by: str
    imported_at: datetime


class BankStatement(Table, table=True):
    """What the bank says of one account over some days: opening, lines, closing."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        CheckConstraint("to_on >= from_on", name="dates_in_order"),
        CheckConstraint("opening_cents + movement_cents = closing_cents", name="adds_up"),
        CheckConstraint("known_count BETWEEN 0 AND line_count", name="known_among_lines"),
        Index("ix_bank_statement_period", "account_id", "to_on", "id"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="bank_file.id")
    position: int
    account_id: int = Field(foreign_key="bank_account.id")
    number: str
    from_on: date
    to_on: date
    opening_cents: int
    movement_cents: int
    closing_cents: int
    line_count: int
    # Lines that an earlier statement had already brought: they are not kept twice.
    known_count: int
    imported_at: datetime


class BankLine(Table, table=True):
    """One movement on the account."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("account_id", "content_key", "occurrence"),
        cents_check("amount_cents"),
        CheckConstraint("occurrence >= 1", name="occurrence_counts"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="bank_statement.id", index=True)
    account_id: int = Field(foreign_key="bank_account.id")
    position: int
    on: date = Field(index=True)
    value_on: date
    # Positive: money came in; negative: money went out.
    amount_cents: int
    charges_cents: int = 0
    label: str = Field(sa_type=Text)
    reference: str = Field(default="", index=True)
    bank_reference: str = ""
    counterparty: str = ""
    # The same words on the same day may come twice: they are counted, never merged.
    content_key: str
    occurrence: int


class BankMatch(Table, table=True):
    """A line and the one thing it is: neither is ever matched twice."""

    __tablename__ = "bank_match"
    __table_args__ = (
        enum_check("kind", MatchKind),
        UniqueConstraint("kind", "target_id"),
    )

    line_id: int = Field(foreign_key="bank_line.id", primary_key=True)
    kind: str
    target_id: int
    matched_at: datetime
    matched_by: str
