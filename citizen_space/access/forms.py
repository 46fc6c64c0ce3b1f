"""What staff may send about guests."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from citizen_space.kit.text import _

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=64)]


class DecideForm(BaseModel):
    """What is decided about one guest."""

    decision: Annotated[str, StringConstraints(pattern=r"^(cleared|exempt|refused)$")] = Field(title=_("Décision"))


class RefuseForm(BaseModel):
    """A refusal calls the whole booking off, so its reference is typed."""

    confirm: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)] = Field(title=_("Référence"))


class PrintForm(BaseModel):
    """Where the list is printed."""

    submission: Key
