"""What staff may say of the law."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from citizen_space.kit.text import _
from citizen_space.law.models import Confirmed

Value = Annotated[str, Field(min_length=1, max_length=4000, title=_("Valeur"))]
Reference = Annotated[str, Field(min_length=3, max_length=300, title=_("Référence"))]


class NewValueForm(BaseModel):
    """A value from a day on."""

    value: Value
    valid_from: date | None = Field(default=None, title=_("À partir du"))
    reference: Reference
    confirmed: Confirmed = Field(title=_("Degré de certitude"))
    note: str = Field(default="", max_length=500, title=_("Remarque"))


class ListForm(BaseModel):
    """What a reader looks for."""

    q: str = Field(default="", max_length=100)
    theme: str = Field(default="", max_length=20)
    doute: bool = False
