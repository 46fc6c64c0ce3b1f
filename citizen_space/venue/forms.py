"""What people may send to the hall: typed, one message per field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from citizen_space.kit.text import _
from citizen_space.web import reading

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=64)]
_LARGEST_ID = 2**31 - 1
_RATE_FIELD = re.compile(r"tarif_(\d{1,9})")


def _looks_like_mail(value: str) -> str:
    name, at_sign, host = value.partition("@")
    if not (name and at_sign and "." in host.strip(".")) or " " in value:
        raise ValueError(_("Cette adresse ne semble pas complète, par exemple nom@exemple.fr."))
    return value.lower()


Mail = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=5, max_length=254), AfterValidator(_looks_like_mail)
]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    submission: Key


class GuestLine(BaseModel):
    """One guest as the gate must know them."""

    model_config = ConfigDict(str_strip_whitespace=True)

    first_name: Word = Field(title=_("Prénom"))
    last_name: Word = Field(title=_("Nom de famille"))


class BookForm(_Form):
    """Seats of one performance and who to reach; the seats and their rates stand beside, as `tarif_12=3`."""

    performance_id: int = Field(title=_("Séance"), ge=1, le=_LARGEST_ID)
    name: Word = Field(title=_("Votre nom"))
    email: Mail = Field(title=_("Votre adresse électronique"))
    phone: Annotated[str, StringConstraints(max_length=30, pattern=r"^[0-9+ .()-]{6,30}$")] = Field(
        title=_("Votre téléphone")
    )


def read_ids(values: Iterable[str]) -> list[int]:
    """Read numbers of seats from an address, whatever somebody wrote there; each once, in their order."""
    tidy = (value for value in values if value.isascii() and value.isdigit() and len(value) < 10)
    return list(dict.fromkeys(int(value) for value in tidy))


def read_wanted(typed: Mapping[str, Any]) -> dict[int, int]:
    """Read `tarif_12=3` and the like: seat 12 at rate 3."""
    wanted: dict[int, int] = {}
    for name, value in typed.items():
        found = _RATE_FIELD.fullmatch(name)
        rate = read_ids([value if isinstance(value, str) else value[-1]])
        if found and rate:
            wanted[int(found[1])] = rate[0]
    return wanted


def read_guests(typed: Mapping[str, Any], seats: int) -> list[GuestLine]:
    """Read `guest_1_first_name` and the like, one for each seat, saying every field to mend."""
    guests: list[GuestLine] = []
    said: dict[str, Sequence[reading.FieldSays]] = {}
    for position in range(1, seats + 1):
        fields = {name: typed.get(f"guest_{position}_{name}", "") for name in GuestLine.model_fields}
        try:
            guests.append(reading.parse(GuestLine, fields))
        except reading.UnreadableForm as error:
            said.update({f"guest_{position}_{name}": sentences for name, sentences in error.said.items()})
    if said:
        raise reading.UnreadableForm(said)
    return guests


class SubmissionForm(_Form):
    """An act that needs nothing but its own key."""


class ScanForm(_Form):
    """A code scanned or typed at the door."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)] = Field(
        title=_("Code du billet")
    )


class UndoForm(_Form):
    """An entry taken back."""

    scan_id: int = Field(ge=1, le=_LARGEST_ID)
    reason: Literal["mistake", "left", "wrong_person"] = Field(default="mistake", title=_("Motif"))


class SellForm(_Form):
    """Seats sold at the box office; rates stand beside, as `tarif_12=3`."""


class SettleForm(_Form):
    """How seats are paid at the box office, in cents; the card pays what cash leaves."""

    cash_cents: int = Field(default=0, title=_("Espèces"), ge=0, le=1_000_000)
    card_reference: Note = Field(default="", title=_("Numéro du ticket de carte"))


class PerformanceForm(_Form):
    """A new date of an event."""

    event_id: int = Field(title=_("Spectacle"), ge=1, le=_LARGEST_ID)
    on: date = Field(title=_("Jour"), ge=date(2020, 1, 1), le=date(2100, 1, 1))
    starts: time = Field(title=_("Début"))
    doors_minutes: int = Field(default=30, title=_("Portes, minutes avant"), ge=0, le=240)
    sales_minutes: int = Field(default=60, title=_("Fin de la vente en ligne, minutes avant"), ge=0, le=10080)


class BlockForm(_Form):
    """A seat kept back, or put on sale again."""

    seat_id: int = Field(title=_("Place"), ge=1, le=_LARGEST_ID)
    blocked: Literal["killed", "house", "free"] = Field(title=_("État"))


class ExchangeForm(_Form):
    """A ticket for another seat, of this date or of another."""

    performance_id: int = Field(title=_("Séance"), ge=1, le=_LARGEST_ID)
    seat: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{1,2}\d{1,3}$")] = (
        Field(title=_("Nouvelle place"))
    )
