"""What is true at the counter: how taps become lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from citizen_space.kit.text import _
from citizen_space.orders.models import OrderLine
from citizen_space.orders.rules import gross_cents

# Why a screen is no till any more; the last is not chosen: it was registered anew for another till.
REVOKED = {
    "lost": _("Perdu"),
    "stolen": _("Volé"),
    "broken": _("En panne"),
    "replaced": _("Remplacé"),
    "unknown": _("Personne ne le connaît"),
    "moved": _("Enregistré pour une autre caisse"),
}


@dataclass(frozen=True)
class Tapped:
    """Lines of one thing, shown as one; the last of them goes first."""

    label_fr: str
    label_en: str
    details: tuple[str, ...]
    quantity: int
    cents: int
    product_id: int | None
    option_ids: tuple[int, ...]
    last_line_id: int


def gather(lines: Sequence[OrderLine], language: str) -> list[Tapped]:
    """Show each thing once with how many of it."""
    found: dict[tuple[object, ...], Tapped] = {}
    for line in lines:
        assert line.id is not None
        ids = tuple(sorted(int(option["id"]) for option in line.options if option.get("id") is not None))
        key = (line.product_id, line.label_fr, line.unit_price_cents, ids)
        before = found.get(key)
        found[key] = Tapped(
            label_fr=line.label_fr,
            label_en=line.label_en,
            details=_details(line, language),
            quantity=line.quantity + (before.quantity if before else 0),
            cents=gross_cents(line) + (before.cents if before else 0),
            product_id=line.product_id,
            option_ids=ids,
            last_line_id=line.id,
        )
    return list(found.values())


def _details(line: OrderLine, language: str) -> tuple[str, ...]:
    return tuple(
        str(option["name_en"] if language == "en" and option.get("name_en") else option["name_fr"])
        for option in line.options
    )
