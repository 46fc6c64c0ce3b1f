"""Who is signed in on the inner surfaces, and which tills are ours: both can be ended from here."""

from datetime import datetime

from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class SignIn(Table, table=True):
    """One sign-in: the cookie holds the token, this row its hash only."""

    __tablename__ = "web_sign_in"
    __table_args__ = (enum_check("kind", ("worker", "staff")),)

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    kind: str
    subject_id: int = Field(index=True)
    role: str
    name: str
    code: str
    register_id: int | None = None
    # The screen it was made on: it ends when the screen is no till any more.
    device_id: int | None = Field(default=None, foreign_key="web_device.id", index=True)
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None


class DoneAct(Table, table=True):
    """An act that was done, by the key that its page carried: sent again, it only leads where it led."""

    __tablename__ = "web_done_act"

    key: str = Field(primary_key=True)
    location: str = ""
    done_at: datetime = Field(index=True)


class Device(Table, table=True):
    """A registered till: a browser that carries a register's token."""

    __tablename__ = "web_device"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    register_id: int
    code: str
    name: str
    # The register's room, repeated: every tap at the till asks for it.
    room: str | None = None
    registered_at: datetime
    # The operator code of whoever vouched for it.
    registered_by: str = ""
    last_seen_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str = ""
    revoked_reason: str = ""
