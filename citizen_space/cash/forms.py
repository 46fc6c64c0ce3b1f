"""What people may send about drawers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from citizen_space.kit.money import parse_cents
from citizen_space.kit.text import _

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=64)]


def read_amount(typed: Any) -> Any:
    """Read an amount as people type it."""
    if not isinstance(typed, str):
        return typed
    try:
        return parse_cents(typed)
    except ValueError:
        raise ValueError(_("Montant : écrivez par exemple 12,50.")) from None


Amount = Annotated[int, BeforeValidator(read_amount), Field(ge=0, le=100_000_000)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")

    submission: Key


class OpenForm(_Form):
    """Open a till with its float."""

    register_id: int = Field(title=_("Caisse"))
    float_amount: Amount = Field(default=0, title=_("Fonds de caisse"))


class MoveForm(_Form):
    """Cash that moves for another reason than a sale."""

    kind: Literal["paid_in", "paid_out", "drop"] = Field(title=_("Mouvement"))
    amount: Annotated[int, BeforeValidator(read_amount), Field(ge=1, le=100_000_000)] = Field(title=_("Montant"))
    reason: str = Field(title=_("Motif"), min_length=2, max_length=200)


class CountForm(_Form):
    """What was counted, without having been told what to expect."""

    cash: Amount = Field(default=0, title=_("Espèces comptées"))
    card: Amount = Field(default=0, title=_("Total du terminal de paiement"))
    meal_voucher: Amount = Field(default=0, title=_("Titres-restaurant comptés"))
    cheque: Amount = Field(default=0, title=_("Chèques comptés"))

    def counted(self) -> dict[str, int]:
        """Return what was counted by tender."""
        found = {"cash": self.cash, "card": self.card, "meal_voucher": self.meal_voucher, "cheque": self.cheque}
        return {tender: cents for tender, cents in found.items() if cents}
