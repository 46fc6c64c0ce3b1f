"""What staff may send about guests."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from citizen_space.kit.text import _
from citizen_space.web.fields import SubmissionForm


class DecideForm(BaseModel):
    """What is decided about one guest."""

    decision: Annotated[str, StringConstraints(pattern=r"^(cleared|exempt|refused)$")] = Field(title=_("Décision"))


class RefuseForm(BaseModel):
    """A refusal calls the whole booking off, so its reference is typed."""

    confirm: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)] = Field(title=_("Référence"))


class PrintForm(SubmissionForm):
    """Where the list is printed."""
