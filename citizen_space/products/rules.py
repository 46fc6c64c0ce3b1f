"""What is for sale, as values: an offer, its options, and how a choice is checked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.products.models import Allergen


class OptionMissing(Refusal):
    """One of a required group was not chosen."""

    status = 422
    sentence = _("Veuillez choisir : %(group)s.")


class OptionUnknown(Refusal):
    """An option that this product does not have."""

    status = 422
    sentence = _("Ce choix n’existe pas pour ce produit.")


@dataclass(frozen=True)
class OfferOption:
    """One choice that goes with an offer."""

    id: int
    group_fr: str
    group_en: str
    name_fr: str
    name_en: str
    extra_cents: int
    required: bool

    def name(self, language: str) -> str:
        """Return the name in the language, French when it has no other."""
        return self.name_en if language == "en" and self.name_en else self.name_fr

    def group(self, language: str) -> str:
        """Return the name of the group in the language."""
        return self.group_en if language == "en" and self.group_en else self.group_fr


@dataclass(frozen=True)
class Offer:
    """A product with the price and the VAT rate of a day: what a tile or a line of the menu shows."""

    product_id: int
    code: str
    room: str
    category_id: int
    category_fr: str
    category_en: str
    category_icon: str
    station: str | None
    name_fr: str
    name_en: str
    description_fr: str
    description_en: str
    icon: str
    price_cents: int
    vat_key: str
    vat_rate_bp: int
    course: int | None
    allergens: tuple[Allergen, ...]
    origin: str
    portions_left: int | None
    available: bool
    barcode: str | None
    minutes: int | None
    options: tuple[OfferOption, ...] = field(default=())

    def name(self, language: str) -> str:
        """Return the name in the language, French when it has no other."""
        return self.name_en if language == "en" and self.name_en else self.name_fr

    def description(self, language: str) -> str:
        """Return the description in the language."""
        return self.description_en if language == "en" and self.description_en else self.description_fr

    def category(self, language: str) -> str:
        """Return the category's name in the language."""
        return self.category_en if language == "en" and self.category_en else self.category_fr

    @property
    def is_sold_out(self) -> bool:
        """Say whether it is off the menu now."""
        return not self.available or self.portions_left == 0


ALLERGEN_NAMES: dict[Allergen, str] = {
    Allergen.GLUTEN: _("gluten"),
    Allergen.CRUSTACEANS: _("crustacés"),
    Allergen.EGGS: _("œufs"),
    Allergen.FISH: _("poisson"),
    Allergen.PEANUTS: _("arachides"),
    Allergen.SOYBEANS: _("soja"),
    Allergen.MILK: _("lait"),
    Allergen.NUTS: _("fruits à coque"),
    Allergen.CELERY: _("céleri"),
    Allergen.MUSTARD: _("moutarde"),
    Allergen.SESAME: _("sésame"),
    Allergen.SULPHITES: _("sulfites"),
    Allergen.LUPIN: _("lupin"),
    Allergen.MOLLUSCS: _("mollusques"),
}


def parse_allergens(text: str) -> tuple[Allergen, ...]:
    """Read the stored list."""
    return tuple(Allergen(word) for word in text.split(",") if word)


def write_allergens(allergens: Iterable[Allergen | str]) -> str:
    """Write the list as it is stored, in the order of the regulation."""
    chosen = {Allergen(item) for item in allergens}
    return ",".join(allergen for allergen in Allergen if allergen in chosen)


def choose_options(offer: Offer, option_ids: Sequence[int]) -> tuple[OfferOption, ...]:
    """Return the chosen options; every required group needs exactly one, no option comes twice."""
    by_id = {option.id: option for option in offer.options}
    if any(option_id not in by_id for option_id in option_ids) or len(set(option_ids)) != len(option_ids):
        raise OptionUnknown("options")
    chosen = tuple(option for option in offer.options if option.id in option_ids)
    for group in dict.fromkeys(option.group_fr for option in offer.options if option.required):
        if sum(option.group_fr == group for option in chosen) != 1:
            raise OptionMissing("options", group=group)
    return chosen
