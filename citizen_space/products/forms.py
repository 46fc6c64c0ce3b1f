"""What people may send about products."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from citizen_space.kit.text import _
from citizen_space.products.models import Allergen
from citizen_space.web.fields import RowId, SubmissionForm, TypedCents

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9-]{2,40}$")]
Barcode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{8,14}$")]
VatKey = Annotated[str, StringConstraints(pattern=r"^vat_[a-z_]{2,40}$")]


Amount = Annotated[TypedCents, Field(ge=0, le=10_000_000)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ProductForm(_Form):
    """What is said of a product."""

    name_fr: Word = Field(title=_("Nom"))
    name_en: Text = Field(default="", title=_("Nom en anglais"))
    description_fr: Text = Field(default="", title=_("Description"))
    description_en: Text = Field(default="", title=_("Description en anglais"))
    vat_key: VatKey = Field(title=_("TVA"))
    course: int | None = Field(default=None, ge=1, le=4, title=_("Service"))
    allergens: list[Allergen] = Field(default_factory=list, title=_("Allergènes"))
    origin: Text = Field(default="", title=_("Origine des viandes"))
    barcode: Barcode | None = Field(default=None, title=_("Code-barres"))
    portions_left: int | None = Field(default=None, ge=0, le=100_000, title=_("Portions restantes"))
    active: bool = Field(default=False, title=_("À la carte"))


class NewProductForm(ProductForm):
    """A product with its first price."""

    code: Code = Field(title=_("Code"))
    category_id: int = Field(title=_("Catégorie"))
    price: Amount = Field(title=_("Prix TTC"))


class PriceForm(_Form):
    """A price from a day on."""

    price: Amount = Field(title=_("Prix TTC"))
    valid_from: date = Field(title=_("À partir du"))

    @field_validator("valid_from")
    @classmethod
    def _in_reach(cls, day: date) -> date:
        if not 2020 <= day.year <= 2100:
            raise ValueError(_("À partir du : cette date est trop lointaine."))
        return day


class AvailableForm(_Form):
    """On or off the menu."""

    available: bool = Field(title=_("Disponible"))


class SoldOutForm(SubmissionForm):
    """One dish off the card, or one back: what is meant is said, so that two taps never undo each other."""

    off: RowId | None = Field(default=None, title=_("Épuisé"))
    on: RowId | None = Field(default=None, title=_("Disponible"))

    @model_validator(mode="after")
    def _one_dish(self) -> Self:
        if (self.off is None) == (self.on is None):
            raise ValueError(_("Touchez un plat."))
        return self


class CountForm(SubmissionForm):
    """How many portions there are; `uncounted`: nobody counts any more."""

    portions: int = Field(default=0, ge=0, le=999, title=_("Portions"))
    uncounted: bool = False
