"""What people may send about sales."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from citizen_space.kit.money import parse_cents
from citizen_space.kit.text import _

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=64)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


def read_amount(typed: Any) -> Any:
    """Read an amount as people type it."""
    if not isinstance(typed, str):
        return typed
    try:
        return parse_cents(typed)
    except ValueError:
        raise ValueError(_("Montant : écrivez par exemple 12,50.")) from None


Amount = Annotated[int, BeforeValidator(read_amount), Field(ge=1, le=100_000_000)]


class ReceiptForm(BaseModel):
    """Somebody asks for the receipt."""

    model_config = ConfigDict(extra="ignore")

    submission: Key


class RefundForm(BaseModel):
    """What is to be given back, and why: an amount, or all that is left when none is said."""

    model_config = ConfigDict(extra="ignore")

    submission: Key
    amount: Amount | None = Field(default=None, title=_("Montant à rembourser"))
    reason: Reason = Field(title=_("Motif"))
    register_id: int = Field(title=_("Caisse"))
