"""What is stored of the mail that leaves after the commit."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class MessageKind(StrEnum):
    """By which way a message leaves."""

    MAIL = "mail"


class MessageState(StrEnum):
    """Where a message is; one that is being sent is still queued, under a lease."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Message(Table, table=True):
    """One mail to one person."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        enum_check("kind", MessageKind),
        enum_check("state", MessageState),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outbox_message_state", "state", "due_at"),
        Index("ix_outbox_message_created_at", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = MessageKind.MAIL
    key: str = Field(unique=True)
    """What this mail is about; also the source of its Message-ID, so that a repeat is recognised."""
    to_address: str
    language: str
    letter: str = ""
    """Which of the house's letters it is; it is written when it leaves, not while somebody waits for a page."""
    about: str = "{}"
    """JSON: the ids and amounts that the letter tells of."""
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: str = "[]"
    """JSON: name, media type, content in base64."""
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    state: str = MessageState.QUEUED
    lease: str | None = None
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    last_error: str = ""
