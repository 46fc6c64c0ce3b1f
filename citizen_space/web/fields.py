"""Fields that many forms share: the key of an act, the number of a row, a PIN, an amount as people type it."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from citizen_space.kit.money import parse_cents
from citizen_space.kit.text import _

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=64)]
# No column of ours holds a greater one: PostgreSQL would not refuse it, it would fail.
RowId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Pin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{4,6}$")]

# Two digits of a staff member's operator code, then the secret ones.
StaffPin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6,8}$")]


def read_amount(typed: Any) -> Any:
    """Read an amount as people type it: 12,50 is 1250 cents."""
    if not isinstance(typed, str):
        return typed
    try:
        return parse_cents(typed)
    except ValueError:
        raise ValueError(_("Montant : écrivez par exemple 12,50.")) from None


TypedCents = Annotated[int, BeforeValidator(read_amount)]


class SubmissionForm(BaseModel):
    """An act with the key that its page has carried since it was drawn; all by itself, an act that needs no more."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    submission: Key
