"""What finance asks of the books."""

from datetime import date

from pydantic import BaseModel, Field

from citizen_space.kit.text import _
from citizen_space.web.fields import RowId


class JournalForm(BaseModel):
    """Which entries."""

    journal: str = Field(default="", max_length=2)
    account: str = Field(default="", max_length=10)
    from_on: date | None = Field(default=None, title=_("Du"))
    to_on: date | None = Field(default=None, title=_("Au"))
    q: str = Field(default="", max_length=100)
    order_id: RowId | None = None
    page: int = Field(default=1, ge=1, le=100_000)


class PeriodForm(BaseModel):
    """Which days."""

    from_on: date | None = Field(default=None, title=_("Du"))
    to_on: date | None = Field(default=None, title=_("Au"))
