"""What is stored of the books: accounts, balanced entries, and their postings. Nothing here is ever changed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class AccountKind(StrEnum):
    """On which side of the balance sheet or of the result an account stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Journal(StrEnum):
    """The books of first entry, by the code that the FEC prints."""

    SALES = "VT"
    DEPOSITS = "AC"
    VICTIMS = "VI"
    BANK = "BQ"
    CASH = "CA"
    WAGES = "PA"
    OTHER = "OD"


class Account(Table, table=True):
    """One account of the chart."""

    __tablename__ = "ledger_account"
    __table_args__ = (enum_check("kind", AccountKind),)

    code: str = Field(primary_key=True)
    label_fr: str
    label_en: str
    kind: str


class Entry(Table, table=True):
    """A dated, balanced set of postings with one cause."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        enum_check("journal", Journal),
        Index("ix_ledger_entry_on", "on", "id"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(unique=True)
    journal: str
    on: date
    at: datetime
    label: str
    reversal_of: int | None = Field(default=None, foreign_key="ledger_entry.id", index=True)
    order_id: int | None = Field(default=None, index=True)


class Posting(Table, table=True):
    """One line of an entry: an account, and an amount on one of its two sides."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("debit_cents >= 0 AND credit_cents >= 0", name="sides"),
        CheckConstraint("(debit_cents = 0) <> (credit_cents = 0)", name="one_side"),
        Index("ix_ledger_posting_account_code", "account_code", "on"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="ledger_entry.id", index=True)
    on: date
    """The day of the entry, repeated: a balance reads one index and no other table."""
    account_code: str = Field(foreign_key="ledger_account.code")
    debit_cents: int = Field(default=0, sa_type=BigInteger)
    credit_cents: int = Field(default=0, sa_type=BigInteger)
    room: str | None = None
    vat_rate_bp: int | None = None
    beneficiary_id: int | None = None
