"""What is stored about staff: their accounts, the guesses made at their codes, and what they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class StaffRole(StrEnum):
    CHEF = "chef"
    STAGE_MANAGER = "stage_manager"
    WORKSHOP_HEAD = "workshop_head"
    GATE_OFFICER = "gate_officer"
    FINANCE = "finance"
    DIRECTOR = "director"
    ADMIN = "admin"


class StaffAccount(Table, table=True):
    """Somebody who works here and is not detained."""

    __tablename__ = "staff_account"
    __table_args__ = (enum_check("role", StaffRole),)

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=120)
    role: str = Field(max_length=30)
    # What is printed and sealed instead of a name; its two digits also open the PIN on a till.
    operator_code: str = Field(unique=True, max_length=12)
    code_hash: str = Field(max_length=200)
    pin_hash: str | None = Field(default=None, max_length=200)
    totp_secret: str | None = Field(default=None, max_length=300)
    # The last one-time code used: the same one is never taken twice.
    totp_step: int = Field(default=0)
    active: bool = Field(default=True)
    created_at: datetime


class StaffAttempt(Table, table=True):
    """How often somebody tried to sign in under one key (a person at a device, a device), and until when to wait."""

    __tablename__ = "staff_attempt"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    key: str = Field(primary_key=True, max_length=160)
    tries: int
    last_at: datetime
    blocked_until: datetime | None = Field(default=None)


class StaffAudit(Table, table=True):
    """Who did what to what, sealed."""

    __tablename__ = "staff_audit"
    __table_args__ = ({"info": {"sealed": True}},)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor_kind: str = Field(max_length=12)
    actor_code: str = Field(max_length=40)
    act: str = Field(max_length=60)
    subject: str = Field(max_length=120, index=True)
    detail: str = Field(default="{}")
