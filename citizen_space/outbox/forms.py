"""What staff may ask of the outbox."""

from typing import Annotated

from pydantic import BaseModel, Field


class MessagesForm(BaseModel):
    """Which mails."""

    state: str = Field(default="", max_length=10)
    q: str = Field(default="", max_length=100)
    page: int = Field(default=1, ge=1, le=100_000)


class ResendForm(BaseModel):
    """Send again."""

    submission: Annotated[str, Field(min_length=8, max_length=64)]
