"""What people may send from the till's own screens."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from citizen_space.kit.text import _
from citizen_space.web.fields import Pin, RowId, StaffPin, SubmissionForm


class SignInForm(BaseModel):
    """Who takes the till: an operator code and its PIN."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)] = Field(
        title=_("Code opérateur")
    )
    pin: Pin = Field(title=_("Votre code"))


class StaffSignInForm(BaseModel):
    """Staff take the till by their number and PIN."""

    staff_pin: StaffPin = Field(title=_("Code personnel"))


class YesNoForm(BaseModel):
    """An answer to the question on the screen."""

    answer: Annotated[str, StringConstraints(pattern=r"^(yes|no)$")] = Field(title=_("Réponse"))


class RegisterForm(BaseModel):
    """Which till this screen is, vouched for by staff."""

    register_id: RowId = Field(title=_("Caisse"))
    staff_pin: StaffPin = Field(title=_("Code personnel"))


class RevokeForm(SubmissionForm):
    """Why a screen is no till any more."""

    reason: Literal["lost", "stolen", "broken", "replaced", "unknown"] = Field(title=_("Motif"))


class EndForm(SubmissionForm):
    """Whose sign-ins end, named by one of them."""

    sign_in_id: RowId


class AddForm(SubmissionForm):
    """One product more."""

    product_id: RowId = Field(title=_("Produit"))
    options: list[RowId] = Field(default_factory=list, title=_("Choix"), max_length=20)


class RemoveForm(SubmissionForm):
    """One line fewer."""

    line_id: RowId = Field(title=_("Ligne"))


class PayForm(SubmissionForm):
    """What meal vouchers and cash pay, in cents; the card pays the rest."""

    # What the page asked for, and the terminal was told: a bill that changed since is not settled unseen.
    due_cents: int | None = Field(default=None, ge=0, le=1_000_000_000)
    meal_voucher_cents: int = Field(default=0, title=_("Titres-restaurant"), ge=0, le=1_000_000)
    cash_cents: int = Field(default=0, title=_("Espèces reçues"), ge=0, le=1_000_000)
    card_reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        default="", title=_("Numéro du ticket du terminal")
    )
