"""What the workshop stores: its days, the claims on their minutes, bikes, work orders, quotes and the work itself."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check


class WorkStatus(StrEnum):
    """How far a bike is."""

    BOOKED = "booked"
    TAKEN_IN = "taken_in"
    QUOTED = "quoted"
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_PARTS = "waiting_for_parts"
    READY = "ready"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class QuoteStatus(StrEnum):
    """How far a quote is; a newer version replaces what stood before it."""

    DRAFT = "draft"
    SENT = "sent"
    ANSWERED = "answered"
    REPLACED = "replaced"


class Answer(StrEnum):
    """What the customer said to one line of a quote."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class WorkshopDay(Table, table=True):
    """A day of the workshop and the minutes it has; the table itself refuses a minute too many."""

    __tablename__ = "repairs_day"
    __table_args__ = (
        sa.CheckConstraint("capacity_minutes >= 0", name="capacity_minutes"),
        sa.CheckConstraint("taken_minutes BETWEEN 0 AND capacity_minutes", name="taken_minutes"),
    )

    on: date = Field(primary_key=True)
    capacity_minutes: int
    taken_minutes: int = 0


class Claim(Table, table=True):
    """The minutes of a day that one booking takes."""

    __tablename__ = "repairs_claim"
    __table_args__ = (sa.CheckConstraint("minutes > 0", name="minutes"),)

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="bookings_booking.id", unique=True)
    on: date = Field(foreign_key="repairs_day.on", index=True)
    minutes: int


class Bike(Table, table=True):
    """A bike as the counter knows it again."""

    __tablename__ = "repairs_bike"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(default="city", max_length=20)
    brand: str = Field(max_length=60)
    model: str = Field(default="", max_length=60)
    colour: str = Field(max_length=40)
    frame_number: str = Field(default="", max_length=40, index=True)


class WorkOrder(Table, table=True):
    """The promise made about one bike, and its record."""

    __tablename__ = "repairs_work_order"
    __table_args__ = (
        enum_check("status", WorkStatus),
        sa.CheckConstraint("status <> 'handed_over' OR handed_over_at IS NOT NULL", name="handed_over_complete"),
        sa.Index("ix_repairs_work_order_status", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int | None = Field(default=None, foreign_key="bookings_booking.id", unique=True)
    customer_id: int | None = Field(default=None, foreign_key="customers_customer.id", index=True)
    # A first name or nothing: all that a worker's screen may say of the customer.
    first_name: str = Field(default="", max_length=60)
    language: str = Field(default="fr", max_length=2)
    bike_id: int = Field(foreign_key="repairs_bike.id", index=True)
    order_id: int | None = Field(default=None, foreign_key="orders_order.id", unique=True)
    # The first job that this one comes back for, at no charge.
    first_job_id: int | None = Field(default=None, foreign_key="repairs_work_order.id", index=True)
    status: str = WorkStatus.BOOKED
    # On the customer's ticket; the bike is handed over against it.
    claim_code: str = Field(unique=True, max_length=12)
    # On the bike.
    tag_code: str = Field(unique=True, max_length=12)
    wish: str = Field(default="", max_length=500)
    condition: str = Field(default="", max_length=500)
    accessories: str = Field(default="", max_length=300)
    promised_on: date | None = None
    submission: str = Field(unique=True, max_length=64)
    created_at: datetime
    taken_in_at: datetime | None = None
    ready_at: datetime | None = None
    handed_over_at: datetime | None = None


class Wish(Table, table=True):
    """A piece of work that the customer asked for when booking, at the price shown then."""

    __tablename__ = "repairs_wish"
    __table_args__ = (cents_check("price_cents"), sa.CheckConstraint("minutes > 0", name="minutes"))

    id: int | None = Field(default=None, primary_key=True)
    work_order_id: int = Field(foreign_key="repairs_work_order.id", index=True)
    product_id: int = Field(foreign_key="products_product.id")
    label_fr: str
    label_en: str = ""
    price_cents: int
    vat_rate_bp: int
    minutes: int


class Quote(Table, table=True):
    """A binding price for the work on one bike; each change is a new version, and earlier ones are kept."""

    __tablename__ = "repairs_quote"
    __table_args__ = (
        enum_check("status", QuoteStatus),
        sa.CheckConstraint("status <> 'answered' OR answered_at IS NOT NULL", name="answered_complete"),
        sa.UniqueConstraint("work_order_id", "version"),
    )

    id: int | None = Field(default=None, primary_key=True)
    work_order_id: int = Field(foreign_key="repairs_work_order.id", index=True)
    version: int
    secret: str = Field(unique=True, max_length=64)
    status: str = QuoteStatus.DRAFT
    created_at: datetime
    created_by: str = Field(max_length=40)
    sent_at: datetime | None = None
    valid_until: date | None = None
    answered_at: datetime | None = None
    # 'link' by the customer, or the operator code of who took the answer at the counter.
    answered_by: str = Field(default="", max_length=40)


class QuoteLine(Table, table=True):
    """Labour or a part on a quote, and what the customer said to it."""

    __tablename__ = "repairs_quote_line"
    __table_args__ = (
        enum_check("answer", Answer),
        cents_check("unit_price_cents"),
        sa.CheckConstraint("kind IN ('labour', 'part')", name="kind"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("unit_price_cents >= 0", name="unit_price_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    quote_id: int = Field(foreign_key="repairs_quote.id", index=True)
    kind: str
    product_id: int | None = Field(default=None, foreign_key="products_product.id")
    label_fr: str
    label_en: str = ""
    quantity: int = 1
    unit_price_cents: int
    vat_rate_bp: int
    minutes: int = 0
    # The choice that the law asks to be offered and recorded (code de la consommation, L224-113 and D224-71 ff.).
    second_hand: bool = False
    answer: str = Answer.PENDING


class WorkSession(Table, table=True):
    """Time that one worker spends on one bike; nobody works on two at once."""

    __tablename__ = "repairs_work_session"
    __table_args__ = (
        sa.CheckConstraint("stopped_at IS NULL OR stopped_at >= started_at", name="stopped_at"),
        sa.Index(
            "uq_repairs_work_session_open",
            "operator_code",
            unique=True,
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    work_order_id: int = Field(foreign_key="repairs_work_order.id", index=True)
    operator_code: str = Field(max_length=40)
    started_at: datetime
    stopped_at: datetime | None = None
