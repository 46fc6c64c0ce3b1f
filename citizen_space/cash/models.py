"""Drawer sessions: who opened a till with what, and what was counted at the close."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check, enum_check


class DrawerStatus(StrEnum):
    """Open until it is counted."""

    OPEN = "open"
    CLOSED = "closed"


class MovementKind(StrEnum):
    """Cash that moves for other reasons than a sale."""

    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    DROP = "drop"


class DrawerSession(Table, table=True):
    """One opening of a till, from its float to its count."""

    __tablename__ = "cash_drawer_session"
    __table_args__ = (
        enum_check("status", DrawerStatus),
        cents_check("float_cents"),
        sa.CheckConstraint("float_cents >= 0", name="float_not_negative"),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL AND z_row_id IS NOT NULL)", name="closed_complete"
        ),
        sa.Index(
            "uq_cash_drawer_session_open",
            "register_id",
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    register_id: int = Field(foreign_key="fiscal_register.id", index=True)
    status: str = DrawerStatus.OPEN
    opened_at: datetime
    opened_by: str
    # The number of the sealed row that opened it: the session is what follows.
    opening_number: int
    float_cents: int = 0
    # Cents → how many of it, where the float was counted by coin and note.
    float_pieces: dict[str, int] | None = Field(default=None, sa_type=sa.JSON)
    closed_at: datetime | None = None
    closed_by: str = ""
    # Tender → cents, as counted without seeing what was expected.
    counted: dict[str, int] | None = Field(default=None, sa_type=sa.JSON)
    expected: dict[str, int] | None = Field(default=None, sa_type=sa.JSON)
    over_short_cents: int = 0
    z_row_id: int | None = Field(default=None, foreign_key="fiscal_row.id")


class Movement(Table, table=True):
    """Cash put in or taken out during a session."""

    __tablename__ = "cash_movement"
    __table_args__ = (
        enum_check("kind", MovementKind),
        cents_check("amount_cents"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    drawer_session_id: int = Field(foreign_key="cash_drawer_session.id", index=True)
    kind: str
    amount_cents: int
    reason: str
    actor_code: str
    at: datetime
    submission: str = Field(unique=True)
