"""What finance asks of the fiscal record."""

from datetime import date

from pydantic import BaseModel, Field

from citizen_space.kit.text import _
from citizen_space.web.fields import RowId, SubmissionForm


class RowsForm(BaseModel):
    """Which rows."""

    register_id: RowId | None = None
    kind: str = Field(default="", max_length=30)
    from_on: date | None = Field(default=None, title=_("Du"))
    to_on: date | None = Field(default=None, title=_("Au"))
    order_id: RowId | None = None
    page: int = Field(default=1, ge=1, le=100_000)


class ArchiveForm(SubmissionForm):
    """Which month or year is archived."""

    label: str = Field(title=_("Période"), pattern=r"^20\d\d(-(0[1-9]|1[0-2]))?$")


class ClosingsForm(BaseModel):
    """Which closings."""

    register_id: RowId | None = None
    period: str = Field(default="", max_length=5)
