"""What staff may ask of printing."""

from typing import Literal

from pydantic import BaseModel, Field

from citizen_space.kit.text import _
from citizen_space.web.fields import RowId, SubmissionForm


class JobsForm(BaseModel):
    """Which jobs."""

    state: str = Field(default="", max_length=10)
    printer_id: RowId | None = Field(default=None)
    page: int = Field(default=1, ge=1, le=100_000)


class AnswerForm(BaseModel):
    """Whether a job is on the paper."""

    printed: Literal["yes", "no"] = Field(title=_("Imprimé"))


class ReprintForm(SubmissionForm):
    """Where to print again."""

    printer_id: RowId | None = Field(default=None, title=_("Imprimante"))


class TestForm(SubmissionForm):
    """A test page."""


class PrinterForm(BaseModel):
    """What may be changed of a printer."""

    name: str = Field(min_length=1, max_length=60, title=_("Nom"))
    address: str = Field(min_length=5, max_length=200, title=_("Adresse"))
    columns: int = Field(ge=16, le=64, title=_("Largeur"))
    fallback_id: RowId | None = Field(default=None, title=_("Imprimante de secours"))
    active: bool = Field(default=False, title=_("En service"))
