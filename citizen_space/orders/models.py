"""What a customer owes: an order and its lines."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check
from citizen_space.kit.names import ROOM_NAMES


class OrderKind(StrEnum):
    """A sale, or money taken ahead of one."""

    SALE = "sale"
    DEPOSIT = "deposit"


class OrderStatus(StrEnum):
    """How far an order is."""

    OPEN = "open"
    SETTLED = "settled"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """How far a line is."""

    HELD = "held"
    FIRED = "fired"
    SERVED = "served"
    VOIDED = "voided"


class Order(Table, table=True):
    """What one party buys at one time in one room."""

    __tablename__ = "orders_order"
    __table_args__ = (
        sa.CheckConstraint("room IN (" + ", ".join(f"'{name}'" for name in ROOM_NAMES) + ")", name="room_known"),
        enum_check("kind", OrderKind),
        enum_check("status", OrderStatus),
        sa.CheckConstraint("covers IS NULL OR covers >= 0", name="covers_not_negative"),
        # What is settled says when, on which day and for how much.
        sa.CheckConstraint(
            "status IN ('open', 'cancelled') OR (settled_at IS NOT NULL AND gross_cents IS NOT NULL)",
            name="settled_complete",
        ),
        sa.CheckConstraint("refunded_cents >= 0", name="refunded_not_negative"),
        sa.CheckConstraint("gross_cents IS NULL OR refunded_cents <= gross_cents", name="refunded_within"),
        sa.Index("ix_orders_order_room_status", "room", "status"),
        sa.Index("ix_orders_order_register_id_settled_at", "register_id", "settled_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    room: str
    kind: str = OrderKind.SALE
    status: str = OrderStatus.OPEN
    # The table's name or the booking's code: never a customer's name.
    label: str = ""
    covers: int | None = None
    booking_id: int | None = Field(default=None, foreign_key="bookings_booking.id", index=True)
    register_id: int | None = Field(default=None, foreign_key="fiscal_register.id")
    operator_code: str = ""
    opened_at: datetime
    on: date
    settled_at: datetime | None = Field(default=None, index=True)
    # What was settled, as the sealed row has it.
    gross_cents: int | None = None
    refunded_cents: int = 0
    submission: str = Field(unique=True)
    # The submission that settled it: sent again, it finds the same sale.
    settlement: str | None = Field(default=None, unique=True)
    trail_code: str = Field(unique=True)


class OrderLine(Table, table=True):
    """One thing on an order: quantity × (unit price + options) − discount."""

    __tablename__ = "orders_line"
    __table_args__ = (
        enum_check("state", LineState),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        cents_check("unit_price_cents"),
        cents_check("options_cents"),
        cents_check("discount_cents"),
        sa.CheckConstraint("unit_price_cents >= 0", name="unit_price_not_negative"),
        sa.CheckConstraint(
            "discount_cents BETWEEN 0 AND quantity * (unit_price_cents + options_cents)", name="discount_within"
        ),
        sa.CheckConstraint("vat_rate_bp BETWEEN 0 AND 10000", name="vat_rate_known"),
        sa.CheckConstraint("printed_quantity >= 0", name="printed_quantity_not_negative"),
        sa.CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name="voided_complete"),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="products_product.id")
    label_fr: str
    label_en: str = ""
    quantity: int = 1
    unit_price_cents: int
    vat_rate_bp: int
    # [{"id", "name_fr", "name_en", "extra_cents"}], as they were when chosen.
    options: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    # The sum of their extras for one unit.
    options_cents: int = 0
    discount_cents: int = 0
    discount_reason: str = ""
    note: str = ""
    allergy: bool = False
    seat: int | None = None
    course: int | None = None
    station: str | None = None
    state: str = LineState.HELD
    # What the kitchen's paper already says.
    printed_quantity: int = 0
    added_by: str = ""
    added_at: datetime
    voided_at: datetime | None = None
    voided_by: str = ""
    void_reason: str = ""
    # Who of staff vouched for taking off what the kitchen was sent.
    void_vouched_by: str = ""
    submission: str | None = Field(default=None, unique=True)
    # What the line takes, for its room: 'seat:12'.
    subject: str | None = Field(default=None, index=True)
