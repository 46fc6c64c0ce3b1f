"""What people may send from the till's own screens."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from citizen_space.kit.text import _

Pin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{4,6}$")]
StaffPin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6,8}$")]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=64)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")

    submission: Key


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

    register_id: int = Field(title=_("Caisse"), ge=1, le=2**31 - 1)
    staff_pin: StaffPin = Field(title=_("Code personnel"))


class AddForm(_Form):
    """One product more."""

    product_id: int = Field(title=_("Produit"), ge=1, le=2**31 - 1)
    options: list[int] = Field(default_factory=list, title=_("Choix"), max_length=20)


class RemoveForm(_Form):
    """One line fewer."""

    line_id: int = Field(title=_("Ligne"), ge=1, le=2**31 - 1)


class PayForm(_Form):
    """What meal vouchers and cash pay, in cents; the card pays the rest."""

    meal_voucher_cents: int = Field(default=0, title=_("Titres-restaurant"), ge=0, le=1_000_000)
    cash_cents: int = Field(default=0, title=_("Espèces reçues"), ge=0, le=1_000_000)
    card_reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        default="", title=_("Numéro du ticket du terminal")
    )
