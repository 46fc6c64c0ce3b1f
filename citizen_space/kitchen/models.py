"""What is stored of the kitchen: what each station was sent, and how far it is."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class ChitKind(StrEnum):
    """Something to make, or something not to make any more."""

    ORDER = "order"
    CANCEL = "cancel"


class ChitState(StrEnum):
    """How far a chit is."""

    NEW = "new"
    STARTED = "started"
    READY = "ready"
    RECALLED = "recalled"
    """It was ready and came back: something is missing, or the table waits."""
    SERVED = "served"
    SEEN = "seen"
    """The end of a cancellation: somebody at the station has read it."""


class Chit(Table, table=True):
    """What one station was sent at one time for one order: changes only."""

    __tablename__ = "kitchen_chit"
    __table_args__ = (
        enum_check("kind", ChitKind),
        enum_check("state", ChitState),
        sa.CheckConstraint("course IS NULL OR course BETWEEN 1 AND 4", name="course_known"),
        sa.CheckConstraint("moves >= 0", name="moves_not_negative"),
        sa.Index("ix_kitchen_chit_state_sent_at", "state", "sent_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders_order.id", index=True)
    station: str
    course: int | None = None
    kind: str = ChitKind.ORDER
    state: str = ChitState.NEW
    moves: int = 0
    sent_at: datetime
    sent_by: str = ""
    key: str = Field(unique=True)


class ChitItem(Table, table=True):
    """So many of one line, on top of those the station has already: no portion can be sent there twice."""

    __tablename__ = "kitchen_chit_item"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("already >= 0", name="already_not_negative"),
        enum_check("kind", ChitKind),
        # The third soup of a line follows the second: two taps that both count two cannot both be written.
        sa.UniqueConstraint("line_id", "kind", "already"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chit_id: int = Field(foreign_key="kitchen_chit.id", index=True)
    line_id: int = Field(foreign_key="orders_line.id")
    kind: str = ChitKind.ORDER
    quantity: int
    already: int


class ChitMove(Table, table=True):
    """One tap on a chit: from one state to the next, once, whoever taps at the same time on another screen."""

    __tablename__ = "kitchen_chit_move"
    __table_args__ = (
        enum_check("state", ChitState),
        sa.UniqueConstraint("chit_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chit_id: int = Field(foreign_key="kitchen_chit.id")
    number: int
    state: str
    at: datetime
    operator_code: str = ""
    submission: str = Field(unique=True)
