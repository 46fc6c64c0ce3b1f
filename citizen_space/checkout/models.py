"""What follows a sale: credit notes, and how often it and they were printed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check


class CreditNote(Table, table=True):
    """One refund of a sale: what was turned round, and under which number it is sealed."""

    __tablename__ = "checkout_credit_note"
    __table_args__ = (
        cents_check("amount_cents"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    key: str = Field(unique=True)
    amount_cents: int
    share_cents: int
    reason: str
    actor_code: str
    fiscal_row_id: int = Field(foreign_key="fiscal_row.id", unique=True)
    at: datetime


class ReceiptCopy(Table, table=True):
    """That a receipt was given: number 0 is the original, every later one is a duplicate."""

    __tablename__ = "checkout_receipt_copy"
    __table_args__ = (sa.UniqueConstraint("order_id", "number"), {"info": {"sealed": True}})

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders_order.id")
    number: int
    at: datetime
    actor_code: str


class CreditNoteCopy(Table, table=True):
    """That a credit note was printed: number 0 is the original, every later one is a duplicate."""

    __tablename__ = "checkout_credit_note_copy"
    __table_args__ = (sa.UniqueConstraint("credit_note_id", "number"), {"info": {"sealed": True}})

    id: int | None = Field(default=None, primary_key=True)
    credit_note_id: int = Field(foreign_key="checkout_credit_note.id")
    number: int
    at: datetime
    actor_code: str
