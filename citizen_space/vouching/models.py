"""What is stored of an override: what a worker asked for, who of staff vouched for it, and why."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check


class Act(StrEnum):
    """What nobody does at a till on their own."""

    VOID = "void"
    REFUND = "refund"
    NO_SALE = "no_sale"
    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    DROP = "drop"
    X_REPORT = "x_report"
    DISCOUNT = "discount"
    PRICE = "price"
    REOPENING = "reopening"


class Override(Table, table=True):
    """One act that staff vouched for on the spot; the sealed row it names says the same in words."""

    __tablename__ = "vouching_override"
    __table_args__ = (
        enum_check("act", Act),
        cents_check("amount_cents"),
        sa.Index("ix_vouching_override_at", "at"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    act: str
    # 'order:12', 'drawer:3': what it was done to.
    subject: str = Field(max_length=60, index=True)
    amount_cents: int | None = None
    reason: str
    asked_by: str
    vouched_by: str
    register_id: int = Field(foreign_key="fiscal_register.id")
    fiscal_row_id: int = Field(foreign_key="fiscal_row.id")
    # The page's own: the same act sent twice is done once.
    key: str = Field(unique=True, max_length=64)
