"""What staff may send about accounts."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from citizen_space.kit.text import _
from citizen_space.staff import rules
from citizen_space.staff.models import StaffRole
from citizen_space.web.fields import Pin

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Login = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60, pattern=r"^[\w.@-]+$")]
Code = Annotated[str, StringConstraints(min_length=10, max_length=128)]


def _ends_with_number(value: str) -> str:
    if not rules.staff_number(value):
        raise ValueError(_("Code opérateur : il se termine par deux chiffres, par exemple STAFF-07."))
    return value.upper()


OperatorCode = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=12, pattern=r"^[\w-]+$"), AfterValidator(_ends_with_number)
]


class SignInForm(BaseModel):
    """Who signs in to the office."""

    login: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = Field(title=_("Identifiant"))
    code: Annotated[str, StringConstraints(max_length=128)] = Field(title=_("Code"))
    one_time_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=8)] = Field(
        default="", title=_("Code à usage unique")
    )


class OpenAccountForm(BaseModel):
    """A new account."""

    login: Login = Field(title=_("Identifiant"))
    name: Word = Field(title=_("Nom"))
    role: StaffRole = Field(title=_("Fonction"))
    operator_code: OperatorCode = Field(title=_("Code opérateur"))
    code: Code = Field(title=_("Code de connexion"))
    pin: Pin | None = Field(default=None, title=_("Code personnel de caisse"))


class ChangeAccountForm(BaseModel):
    """What changes of an account."""

    name: Word = Field(title=_("Nom"))
    role: StaffRole = Field(title=_("Fonction"))
    active: bool = Field(default=False, title=_("Compte actif"))


class ChangeCodesForm(BaseModel):
    """New codes for an account."""

    code: Code | None = Field(default=None, title=_("Nouveau code de connexion"))
    pin: Pin | None = Field(default=None, title=_("Nouveau code personnel de caisse"))


class OneTimeForm(BaseModel):
    """Whether one-time codes are asked for."""

    on: bool = Field(default=False, title=_("Code à usage unique"))
