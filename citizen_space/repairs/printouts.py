"""What the workshop puts on paper: the customer's claim ticket and the tag that stays on the bike."""

from datetime import datetime

from citizen_space.kit import formats
from citizen_space.kit.text import _, translate
from citizen_space.repairs.models import Bike, WorkOrder
from printers.document import Block, Code, Columns, Cut, Document, Rule, Space, Text


def claim_ticket(work_order: WorkOrder, bike: Bike, *, house_name: str, language: str, at: datetime) -> Document:
    """What the customer keeps: the code against which the bike is given back, and its state when it came."""
    facts = [
        (translate(_("Vélo"), language), _describe(bike)),
        (translate(_("Déposé"), language), formats.moment(at, language=language)),
    ]
    if work_order.promised_on is not None:
        facts.append((translate(_("Prévu"), language), formats.day(work_order.promised_on, language=language)))
    if work_order.accessories:
        facts.append((translate(_("Laissé avec"), language), work_order.accessories))
    blocks: list[Block] = [
        Text(house_name, size="large", align="center", bold=True),
        Text(translate(_("TICKET DE DÉPÔT"), language), align="center", bold=True),
        Rule(),
        *[Columns(fact) for fact in facts],
        Text(work_order.condition or translate(_("État non décrit."), language)),
        Rule(),
        Code(work_order.claim_code, caption=translate(_("Présentez ce code pour reprendre votre vélo."), language)),
        Text(work_order.claim_code, size="huge", align="center", bold=True),
        Space(1),
        Cut(),
    ]
    title = translate(_("Ticket de dépôt"), language)
    return Document(kind="claim_ticket", title=title, language=language, blocks=tuple(blocks))


def bike_tag(work_order: WorkOrder, bike: Bike) -> Document:
    """What stays on the bike: its code, huge, and what it is; no name."""
    blocks: tuple[Block, ...] = (
        Text(work_order.tag_code, size="huge", align="center", bold=True),
        Text(_describe(bike), size="large", align="center"),
        Text(work_order.wish) if work_order.wish else Space(1),
        Code(work_order.tag_code, caption="Étiquette du vélo"),
        Cut(),
    )
    return Document(kind="bike_tag", title=work_order.tag_code, blocks=blocks)


def _describe(bike: Bike) -> str:
    return " ".join(word for word in (bike.brand, bike.model, bike.colour) if word)
