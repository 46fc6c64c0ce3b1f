"""What finance may send about the share."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from citizen_space.compensation.models import Base
from citizen_space.kit import money
from citizen_space.kit.names import RoomName
from citizen_space.kit.text import _


def _read_percent(typed: object) -> object:
    """A percentage with two decimals at most, as basis points."""
    if not isinstance(typed, str):
        return typed
    try:
        return money.parse_cents(typed.replace("%", ""))
    except ValueError as error:
        raise ValueError(_("Indiquez un taux en pour cent, comme 10 ou 5,5.")) from error


Text = Annotated[str, Field(max_length=2000)]


class PrepareForm(BaseModel):
    """Collect what is owed."""

    beneficiary_id: int = Field(title=_("Bénéficiaire"), ge=1)
    upto_on: date = Field(title=_("Jusqu’au"))


class ExportForm(BaseModel):
    """The version of the file that the bank takes."""

    pain_version: Literal["pain.001.001.09", "pain.001.001.03"] = Field(default="pain.001.001.09", title=_("Format"))


class CancelForm(BaseModel):
    """Danger asks for the name of the thing."""

    confirm: str = Field(title=_("Référence du virement"), max_length=40)


class BeneficiaryForm(BaseModel):
    """Somebody new who receives."""

    name: str = Field(title=_("Nom"), max_length=70)
    purpose_fr: str = Field(title=_("Ce que cela finance"), max_length=200)
    purpose_en: str = Field(title=_("Ce que cela finance, en anglais"), max_length=200)
    iban: str = Field(title=_("IBAN"), max_length=50)
    bic: str = Field(default="", title=_("BIC"), max_length=20)


class AccountForm(BaseModel):
    """Another account to pay on."""

    iban: str = Field(title=_("IBAN"), max_length=50)
    bic: str = Field(default="", title=_("BIC"), max_length=20)


class RuleForm(BaseModel):
    """A rule to be approved by somebody else."""

    room: RoomName = Field(title=_("Activité"))
    rate: Annotated[int, BeforeValidator(_read_percent), Field(ge=1, le=10_000)] = Field(title=_("Taux"))
    base: Base = Field(title=_("Base"))
    valid_from: date = Field(title=_("À partir du"))
    valid_to: date | None = Field(default=None, title=_("Jusqu’au"))
    legal_basis: Text = Field(title=_("Fondement"))
    beneficiary: list[int] = Field(default_factory=list, max_length=50, title=_("Bénéficiaires"))
    weight: list[Annotated[int, Field(ge=0, le=1000)]] = Field(default_factory=list, max_length=50, title=_("Poids"))
    document: bytes = Field(default=b"", title=_("Document"), max_length=5 * 1024 * 1024)

    @model_validator(mode="after")
    def _dates_in_order(self) -> "RuleForm":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(_("La dernière date précède la première."))
        return self

    @property
    def parts(self) -> list[tuple[int, int]]:
        """The beneficiaries that were given a weight."""
        return [(who, weight) for who, weight in zip(self.beneficiary, self.weight, strict=False) if weight]


class CodeQuery(BaseModel):
    """The code on a receipt."""

    code: str = Field(default="", title=_("Code du reçu"), max_length=40)
