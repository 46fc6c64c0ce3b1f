"""What staff may ask of printing."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from citizen_space.kit.text import _

Key = Annotated[str, Field(min_length=8, max_length=64)]


class JobsForm(BaseModel):
    """Which jobs."""

    state: str = Field(default="", max_length=10)
    printer_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    page: int = Field(default=1, ge=1, le=100_000)


class AnswerForm(BaseModel):
    """Whether a job is on the paper."""

    printed: Literal["yes", "no"] = Field(title=_("Imprimé"))


class ReprintForm(BaseModel):
    """Where to print again."""

    submission: Key
    printer_id: int | None = Field(default=None, ge=1, le=2**31 - 1, title=_("Imprimante"))


class TestForm(BaseModel):
    """A test page."""

    submission: Key


class PrinterForm(BaseModel):
    """What may be changed of a printer."""

    name: str = Field(min_length=1, max_length=60, title=_("Nom"))
    address: str = Field(min_length=5, max_length=200, title=_("Adresse"))
    columns: int = Field(ge=16, le=64, title=_("Largeur"))
    fallback_id: int | None = Field(default=None, ge=1, le=2**31 - 1, title=_("Imprimante de secours"))
    active: bool = Field(default=False, title=_("En service"))
