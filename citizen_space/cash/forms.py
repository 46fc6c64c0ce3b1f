"""What people may send about drawers."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from citizen_space.cash.rules import PIECES, cents_of
from citizen_space.kit.text import _
from citizen_space.vouching.forms import VouchForm
from citizen_space.web.fields import RowId, SubmissionForm, TypedCents

TENDERS = {"cash", "card", "meal_voucher", "cheque"}
Amount = Annotated[TypedCents, Field(ge=0, le=100_000_000)]


class OpenForm(SubmissionForm):
    """Open a till with its float."""

    register_id: RowId = Field(title=_("Caisse"))
    float_amount: Amount = Field(default=0, title=_("Fonds de caisse"))
    # Cents → how many, where the float is counted by coin and note: the page sends `piece_5000` and the like.
    pieces: dict[int, Annotated[int, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    # Why a till is opened again on a day on which it was closed.
    reason: str = Field(default="", title=_("Motif"), max_length=30)

    @model_validator(mode="before")
    @classmethod
    def _gather_pieces(cls, typed: Any) -> Any:
        """What is left blank is not there."""
        if not isinstance(typed, dict):
            return typed
        names = {f"piece_{cents}": cents for cents in PIECES}
        counted = {cents: typed[name] for name, cents in names.items() if str(typed.get(name, "")).strip()}
        return {**{name: value for name, value in typed.items() if name not in names}, "pieces": counted}

    @model_validator(mode="after")
    def _pieces_make_the_float(self) -> "OpenForm":
        """Counted by piece, the float need not be typed; typed too, it must be the same."""
        counted_cents = cents_of(self.pieces)
        if counted_cents and self.float_amount not in (0, counted_cents):
            raise ValueError(_("Le fonds écrit n’est pas celui des pièces et billets comptés."))
        self.float_amount = counted_cents or self.float_amount
        return self


class MoveForm(SubmissionForm):
    """Cash that moves for another reason than a sale."""

    kind: Literal["paid_in", "paid_out", "drop"] = Field(title=_("Mouvement"))
    amount: Annotated[TypedCents, Field(ge=1, le=100_000_000)] = Field(title=_("Montant"))
    reason: str = Field(title=_("Motif"), min_length=2, max_length=200)


class MoveAtTillForm(VouchForm):
    """Cash that moves at a till: the key pad gives cents."""

    amount_cents: int = Field(title=_("Montant"), ge=1, le=100_000_000)


class ReadForm(SubmissionForm):
    """Why an open session is looked at."""

    reason: str = Field(title=_("Motif"), min_length=1, max_length=30)


class CountForm(SubmissionForm):
    """What was counted, without having been told what to expect."""

    cash: Amount = Field(default=0, title=_("Espèces comptées"))
    card: Amount = Field(default=0, title=_("Total du terminal de paiement"))
    meal_voucher: Amount = Field(default=0, title=_("Titres-restaurant comptés"))
    cheque: Amount = Field(default=0, title=_("Chèques comptés"))
    carry_over: bool = Field(default=False, title=_("Garder ouvert ce qui n’est pas réglé"))

    @model_validator(mode="before")
    @classmethod
    def _something_was_counted(cls, typed: Any) -> Any:
        """What is left blank was not there; everything left blank was not counted, and a closing is for good."""
        if not isinstance(typed, dict):
            return typed
        written = {name: value for name, value in typed.items() if name not in TENDERS or str(value).strip()}
        if not TENDERS & written.keys():
            raise ValueError(_("Écrivez ce que vous avez compté, même si c’est zéro."))
        return written

    def counted(self) -> dict[str, int]:
        """Return what was counted by tender."""
        found = {"cash": self.cash, "card": self.card, "meal_voucher": self.meal_voucher, "cheque": self.cheque}
        return {tender: cents for tender, cents in found.items() if cents}
