"""What goes on paper at the gate: the day's list, with nothing of the money."""

from collections.abc import Sequence
from datetime import date

from citizen_space.access.models import Vetting
from citizen_space.access.queries import Party
from citizen_space.kit import formats
from printers.document import Block, Columns, Cut, Document, Rule, Space, Text

_MARKS = {Vetting.CLEARED: "OUI", Vetting.EXEMPT: "CARTE", Vetting.NOT_NEEDED: "LISTE"}


def gate_list(on: date, parties: Sequence[Party]) -> Document:
    """Draw the day's list, a box to tick before each guest.

    First names only: a queued document rests in the database in clear, and family names must not.
    """
    blocks: list[Block] = [
        Text("LISTE D’ENTRÉE", size="large", align="center", bold=True),
        Text(formats.long_day(on), align="center"),
        Rule(),
    ]
    for party in parties:
        blocks += _party(party)
    blocks += [Text("À détruire en fin de journée.", align="center"), Space(1), Cut()]
    return Document(kind="gate_list", blocks=tuple(blocks))


def _party(party: Party) -> list[Block]:
    booking = party.booking
    blocks: list[Block] = [
        Columns((f"{formats.hour(booking.starts_at)}  {booking.reference}", f"{booking.party_size} pers."), bold=True)
    ]
    for guest in party.guests:
        name = f"[ ] {guest.first_name}".rstrip()
        blocks.append(Columns((name, _MARKS.get(Vetting(guest.vetting), "NON"))))
    return [*blocks, Rule("-")]
