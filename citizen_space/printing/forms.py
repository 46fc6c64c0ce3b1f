"""What staff may ask of printing."""

from typing import Literal

from pydantic import BaseModel, Field, field_validator

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
    columns: int = Field(ge=24, le=64, title=_("Largeur"))
    code_page: Literal["CP1252", "CP858", "CP850", "CP437"] = Field(default="CP1252", title=_("Page de codes"))
    qr: Literal["native", "image"] = Field(default="native", title=_("Codes à lire"))
    knife: bool = Field(default=False, title=_("Coupe le papier"))
    drawer_pin: Literal[2, 5] = Field(default=2, title=_("Broche du tiroir"))
    cancel_kanji: bool = Field(default=False, title=_("Refuser les idéogrammes"))
    fallback_id: RowId | None = Field(default=None, title=_("Imprimante de secours"))
    active: bool = Field(default=False, title=_("En service"))

    @field_validator("drawer_pin", mode="before")
    @classmethod
    def _as_number(cls, typed: object) -> object:
        return int(typed) if isinstance(typed, str) and typed in ("2", "5") else typed
