"""Money received and given back, what the processor told us, and what it paid out."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check


class Tender(StrEnum):
    """A means of payment."""

    CARD = "card"
    CARD_ONLINE = "card_online"
    CASH = "cash"
    MEAL_VOUCHER = "meal_voucher"
    CHEQUE = "cheque"
    DEPOSIT = "deposit"


class PaymentStatus(StrEnum):
    """How far a payment is."""

    PENDING = "pending"
    RECEIVED = "received"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    """How far a refund is."""

    PENDING = "pending"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Payment(Table, table=True):
    """An amount received, or awaited, by one tender."""

    __tablename__ = "payments_payment"
    __table_args__ = (
        enum_check("tender", Tender),
        enum_check("status", PaymentStatus),
        cents_check("amount_cents"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        sa.CheckConstraint("change_cents >= 0 AND (change_cents = 0 OR tender = 'cash')", name="change_on_cash_only"),
        sa.CheckConstraint("status <> 'received' OR received_at IS NOT NULL", name="received_complete"),
        sa.CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refunded_within"),
        # The clock looks for what is still awaited; nothing else is.
        sa.Index(
            "ix_payments_payment_pending",
            "expires_at",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    tender: str
    # What counts for the order: the cash handed over less the change.
    amount_cents: int
    change_cents: int = 0
    refunded_cents: int = 0
    status: str = PaymentStatus.PENDING
    provider: str = ""
    provider_session: str | None = Field(default=None, unique=True)
    provider_payment: str | None = Field(default=None, unique=True)
    checkout_url: str = ""
    # A voucher's or a cheque's number, the terminal's authorisation.
    reference: str = ""
    register_id: int | None = Field(default=None, foreign_key="fiscal_register.id")
    drawer_session_id: int | None = Field(default=None, foreign_key="cash_drawer_session.id", index=True)
    submission: str = Field(unique=True)
    created_at: datetime
    received_at: datetime | None = None
    expires_at: datetime | None = None


class Refund(Table, table=True):
    """Money given back of one payment, by the tender it came from."""

    __tablename__ = "payments_refund"
    __table_args__ = (
        enum_check("status", RefundStatus),
        cents_check("amount_cents"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        sa.Index(
            "ix_payments_refund_waiting",
            "created_at",
            sqlite_where=sa.text("status IN ('pending', 'sent')"),
            postgresql_where=sa.text("status IN ('pending', 'sent')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    payment_id: int = Field(foreign_key="payments_payment.id", index=True)
    amount_cents: int
    status: str = RefundStatus.PENDING
    # Where it comes from, and what the processor knows it by.
    key: str = Field(unique=True)
    reason: str = ""
    provider_refund: str | None = Field(default=None, unique=True)
    register_id: int | None = Field(default=None, foreign_key="fiscal_register.id")
    drawer_session_id: int | None = Field(default=None, foreign_key="cash_drawer_session.id", index=True)
    # How often it was sent; `tries` counts the fresh starts after a failure, each with a key of its own.
    attempts: int = 0
    tries: int = 0
    last_error: str = ""
    created_at: datetime
    succeeded_at: datetime | None = None


class StoredEvent(Table, table=True):
    """What the processor told us, word for word, before anyone understood it."""

    __tablename__ = "payments_event"
    __table_args__ = ({"info": {"sealed": True}},)

    event_id: str = Field(primary_key=True)
    provider: str
    kind: str
    object_id: str
    body: str
    received_at: datetime


class HandledEvent(Table, table=True):
    """That an event had its effect, and which."""

    __tablename__ = "payments_event_handled"
    __table_args__ = ({"info": {"sealed": True}},)

    event_id: str = Field(primary_key=True, foreign_key="payments_event.event_id")
    handled_at: datetime
    outcome: str


class Payout(Table, table=True):
    """What the processor sends to the bank in one go."""

    __tablename__ = "payments_payout"
    __table_args__ = (cents_check("amount_cents"), cents_check("fee_cents"))

    id: int | None = Field(default=None, primary_key=True)
    provider: str
    provider_id: str = Field(unique=True)
    # What arrives; the payments less refunds less fees.
    amount_cents: int
    fee_cents: int = 0
    arrives_on: date
    status: str
    # The words by which the bank's statement names it.
    bank_reference: str = Field(default="", index=True)
    created_at: datetime


class PayoutItem(Table, table=True):
    """What a payout is made of: one payment, one refund or one other movement of the processor."""

    __tablename__ = "payments_payout_item"
    __table_args__ = (cents_check("amount_cents"), cents_check("fee_cents"))

    id: int | None = Field(default=None, primary_key=True)
    payout_id: int = Field(foreign_key="payments_payout.id", index=True)
    provider_id: str = Field(unique=True)
    kind: str
    payment_id: int | None = Field(default=None, foreign_key="payments_payment.id", index=True)
    refund_id: int | None = Field(default=None, foreign_key="payments_refund.id", index=True)
    amount_cents: int
    fee_cents: int = 0


class SandboxSession(Table, table=True):
    """The sandbox processor's own record of a checkout."""

    __tablename__ = "payments_sandbox_session"
    __table_args__ = (
        cents_check("amount_cents"),
        sa.CheckConstraint("status IN ('open', 'complete', 'expired')", name="status_known"),
    )

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    params_hash: str
    amount_cents: int
    description: str
    reference: str
    language: str
    success_url: str
    cancel_url: str
    status: str = "open"
    declined: int = 0
    payment_id: str | None = Field(default=None, unique=True)
    payout_id: str | None = Field(default=None, index=True)
    created_at: datetime
    expires_at: datetime


class SandboxRefund(Table, table=True):
    """The sandbox processor's own record of a refund."""

    __tablename__ = "payments_sandbox_refund"
    __table_args__ = (cents_check("amount_cents"),)

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    params_hash: str
    payment_id: str = Field(foreign_key="payments_sandbox_session.payment_id", index=True)
    amount_cents: int
    payout_id: str | None = Field(default=None, index=True)
    created_at: datetime


class SandboxPayout(Table, table=True):
    """The sandbox processor's own record of a payout."""

    __tablename__ = "payments_sandbox_payout"
    __table_args__ = (cents_check("amount_cents"), cents_check("fee_cents"))

    id: str = Field(primary_key=True)
    amount_cents: int
    fee_cents: int
    arrives_on: date
    bank_reference: str
    created_at: datetime
