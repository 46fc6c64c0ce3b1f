"""What people may send to the hall: typed, one message per field."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from citizen_space.customers.forms import Mail, Phone
from citizen_space.kit.text import _
from citizen_space.web.fields import RowId, SubmissionForm

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
_RATE_FIELD = re.compile(r"tarif_(\d{1,9})")


class BookForm(SubmissionForm):
    """Seats of one performance and who to reach; the seats and their rates stand beside, as `tarif_12=3`."""

    performance_id: RowId = Field(title=_("Séance"))
    name: Word = Field(title=_("Votre nom"))
    email: Mail = Field(title=_("Votre adresse électronique"))
    phone: Phone = Field(title=_("Votre téléphone"))


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


class ScanForm(SubmissionForm):
    """A code scanned or typed at the door."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)] = Field(
        title=_("Code du billet")
    )


class UndoForm(SubmissionForm):
    """An entry taken back."""

    scan_id: RowId
    reason: Literal["mistake", "left", "wrong_person"] = Field(default="mistake", title=_("Motif"))


class SellForm(SubmissionForm):
    """Seats sold at the box office; rates stand beside, as `tarif_12=3`."""


class SettleForm(SubmissionForm):
    """How seats are paid at the box office, in cents; the card pays what cash leaves."""

    # What the page asked for, and the terminal was told: a bill that changed since is not settled unseen.
    due_cents: int | None = Field(default=None, ge=0, le=1_000_000_000)
    cash_cents: int = Field(default=0, title=_("Espèces"), ge=0, le=1_000_000)
    card_reference: Note = Field(default="", title=_("Numéro du ticket de carte"))


class PerformanceForm(SubmissionForm):
    """A new date of an event."""

    event_id: RowId = Field(title=_("Spectacle"))
    on: date = Field(title=_("Jour"), ge=date(2020, 1, 1), le=date(2100, 1, 1))
    starts: time = Field(title=_("Début"))
    doors_minutes: int = Field(default=30, title=_("Portes, minutes avant"), ge=0, le=240)
    sales_minutes: int = Field(default=60, title=_("Fin de la vente en ligne, minutes avant"), ge=0, le=10080)


class BlockForm(SubmissionForm):
    """A seat kept back, or put on sale again."""

    seat_id: RowId = Field(title=_("Place"))
    blocked: Literal["killed", "house", "free"] = Field(title=_("État"))


class ExchangeForm(SubmissionForm):
    """A ticket for another seat, of this date or of another."""

    performance_id: RowId = Field(title=_("Séance"))
    seat: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{1,2}\d{1,3}$")] = (
        Field(title=_("Nouvelle place"))
    )
