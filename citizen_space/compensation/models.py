"""The victims' share: rules with dates, what each sale set aside, and the transfers that pay it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check
from citizen_space.kit.names import ROOM_NAMES


class Base(StrEnum):
    """What the rate applies to."""

    net = "net"
    gross = "gross"


class TransferStatus(StrEnum):
    """Where a transfer stands; the legal moves are in rules.py."""

    prepared = "prepared"
    approved = "approved"
    exported = "exported"
    executed = "executed"
    returned = "returned"
    cancelled = "cancelled"


_ROOMS = ", ".join(f"'{room}'" for room in sorted(ROOM_NAMES))


class Beneficiary(Table, table=True):
    """Who receives a share."""

    __tablename__ = "compensation_beneficiary"
    __table_args__ = (
        CheckConstraint("length(iban) BETWEEN 15 AND 34", name="iban_length"),
        CheckConstraint("length(name) > 0", name="name_given"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    purpose_fr: str = ""
    purpose_en: str = ""
    iban: str
    bic: str = ""
    # Whoever last changed the account may not approve a transfer to it.
    account_changed_by: str
    account_changed_at: datetime
    created_at: datetime


class RuleDocument(Table, table=True):
    """The text on which a rule rests, kept as it was received."""

    __tablename__ = "compensation_document"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("length(content) > 0", name="content_given"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    media_type: str
    sha256: str = Field(unique=True)
    content: bytes = Field(sa_type=LargeBinary)
    stored_by: str
    stored_at: datetime


class Rule(Table, table=True):
    """A share for one room from one day on; in force once a second person has approved it."""

    __tablename__ = "compensation_rule"
    __table_args__ = (
        CheckConstraint(f"room IN ({_ROOMS})", name="room_known"),
        CheckConstraint("rate_bp BETWEEN 1 AND 10000", name="rate_range"),
        enum_check("base", Base),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
        # No document, no rule: an approval without its text is refused by the table itself.
        CheckConstraint(
            "approved_at IS NULL OR (document_id IS NOT NULL AND document_hash IS NOT NULL "
            "AND length(document_hash) = 64 AND length(legal_basis) > 0)",
            name="approved_needs_document",
        ),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approval_whole"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
        Index(
            "ix_compensation_rule_in_force",
            "room",
            "valid_from",
            unique=True,
            sqlite_where=text("approved_at IS NOT NULL"),
            postgresql_where=text("approved_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    room: str
    rate_bp: int
    base: str
    valid_from: date
    # Inclusive; usually empty: the next approved rule takes over from its own first day.
    valid_to: date | None = None
    legal_basis: str = Field(default="", sa_type=Text)
    document_id: int | None = Field(default=None, foreign_key="compensation_document.id")
    document_name: str | None = None
    document_hash: str | None = None
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None


class RulePart(Table, table=True):
    """A beneficiary's weight within a rule."""

    __tablename__ = "compensation_rule_part"
    __table_args__ = (CheckConstraint("weight > 0", name="weight_positive"),)

    rule_id: int = Field(foreign_key="compensation_rule.id", primary_key=True)
    beneficiary_id: int = Field(foreign_key="compensation_beneficiary.id", primary_key=True)
    weight: int


class Accrual(Table, table=True):
    """What one sale set aside for one beneficiary; a refund adds a negative row."""

    __tablename__ = "compensation_accrual"
    __table_args__ = (
        UniqueConstraint("source", "beneficiary_id"),
        CheckConstraint(f"room IN ({_ROOMS})", name="room_known"),
        CheckConstraint("amount_cents <> 0", name="amount_given"),
        CheckConstraint("(amount_cents > 0) = (gross_cents > 0)", name="same_direction"),
        Index("ix_compensation_accrual_owed", "beneficiary_id", "on"),
        Index("ix_compensation_accrual_shown", "on", "room"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    rule_id: int = Field(foreign_key="compensation_rule.id")
    beneficiary_id: int = Field(foreign_key="compensation_beneficiary.id")
    room: str
    base_cents: int
    # The sale (or, negative, the part of it given back) that caused this row.
    gross_cents: int
    amount_cents: int
    entry_id: int = Field(foreign_key="ledger_entry.id")
    on: date
    at: datetime


class Reversal(Table, table=True):
    """A refund that turned the share of a sale round, even when the part due was no whole cent."""

    __tablename__ = "compensation_reversal"
    __table_args__ = (
        CheckConstraint("gross_cents > 0", name="gross_positive"),
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(unique=True)
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    gross_cents: int
    amount_cents: int
    on: date
    at: datetime


class MissedShare(Table, table=True):
    """A sale that set nothing aside because no rule was in force: finance must look."""

    __tablename__ = "compensation_missed_share"
    __table_args__ = (
        CheckConstraint(f"room IN ({_ROOMS})", name="room_known"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(unique=True)
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    room: str
    net_cents: int
    gross_cents: int
    on: date = Field(index=True)
    at: datetime


class Transfer(Table, table=True):
    """One payment to one beneficiary of everything set aside up to a day."""

    __tablename__ = "compensation_transfer"
    __table_args__ = (
        enum_check("status", TransferStatus),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("approved_by IS NULL OR approved_by <> prepared_by", name="two_persons"),
        CheckConstraint("approved_by IS NULL OR approved_by <> account_changed_by", name="not_who_changed_account"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approval_whole"),
        CheckConstraint(
            "status NOT IN ('approved', 'exported', 'executed', 'returned') OR approved_by IS NOT NULL",
            name="approved_before_leaving",
        ),
        CheckConstraint(
            "status NOT IN ('exported', 'executed', 'returned') OR "
            "(exported_at IS NOT NULL AND file_text IS NOT NULL AND file_hash IS NOT NULL)",
            name="exported_has_file",
        ),
        CheckConstraint("status <> 'executed' OR executed_on IS NOT NULL", name="executed_has_day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    beneficiary_id: int = Field(foreign_key="compensation_beneficiary.id", index=True)
    amount_cents: int
    status: str = TransferStatus.prepared
    from_on: date
    upto_on: date
    # The account as it stood when prepared: what the second person sees is what leaves.
    beneficiary_name: str
    iban: str
    bic: str = ""
    account_changed_by: str
    prepared_by: str
    prepared_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    exported_by: str | None = None
    exported_at: datetime | None = None
    pain_version: str | None = None
    file_text: str | None = Field(default=None, sa_type=Text)
    file_hash: str | None = None
    executed_on: date | None = None
    executed_at: datetime | None = None
    entry_id: int | None = Field(default=None, foreign_key="ledger_entry.id")
    ended_by: str | None = None
    ended_at: datetime | None = None


class TransferItem(Table, table=True):
    """An accrual paid by a transfer: each accrual by one at most; a transfer given up or returned lets go of it."""

    __tablename__ = "compensation_transfer_item"
    __table_args__ = (
        Index(
            "ix_compensation_transfer_item_once",
            "accrual_id",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    transfer_id: int = Field(foreign_key="compensation_transfer.id", primary_key=True)
    accrual_id: int = Field(foreign_key="compensation_accrual.id", primary_key=True)
    active: bool = True
