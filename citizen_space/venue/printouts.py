"""What the hall puts on paper: a ticket to enter with."""

from citizen_space.kit import formats
from citizen_space.kit.text import _, translate
from citizen_space.venue.models import Event, Performance, PriceBand, Rate, Seat
from citizen_space.venue.rules import FREE_OF_CHARGE
from printers.document import Block, Code, Columns, Cut, Document, Rule, Space, Text


def ticket(
    *,
    event: Event,
    performance: Performance,
    seat: Seat,
    band: PriceBand,
    rate: Rate,
    number: int,
    reference: str,
    price_cents: int,
    code: str,
    operator: str,
    licence: str,
    language: str = "fr",
) -> Document:
    """A ticket with what the tax code wants on it: operator, show, date, number, category, price or « gratuit »."""
    english = language == "en"
    price = formats.money(price_cents, language) if price_cents else translate(FREE_OF_CHARGE, language)
    eligibility = rate.eligibility_en if english else rate.eligibility_fr
    blocks: list[Block] = [
        Text(event.title_en if english else event.title_fr, size="large", align="center", bold=True),
        Text(formats.moment(performance.starts_at, language), align="center", bold=True),
        Text(f"{translate(_('Portes'), language)} {formats.hour(performance.doors_at)}", align="center"),
        Space(1),
        Text(f"{translate(_('Place'), language)} {seat.label}", size="huge", align="center", bold=True),
        Text(band.name_en if english else band.name_fr, align="center"),
        Rule(),
        Columns((rate.name_en if english else rate.name_fr, price), bold=True),
        *([Text(eligibility, size="small")] if eligibility else []),
        Columns((f"{translate(_('Billet n°'), language)} {number}", reference)),
        Code(code, caption=translate(_("À présenter à l’entrée de la salle"), language)),
        Rule(),
        Text(operator or translate(_("L’espace citoyen"), language), size="small", align="center"),
        *([Text(licence, size="small", align="center")] if licence else []),
        Cut(),
    ]
    return Document(kind="ticket", title=f"{reference} {seat.label}", blocks=tuple(blocks), language=language)
