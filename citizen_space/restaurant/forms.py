"""What people may send to the restaurant: typed, one message per field."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from citizen_space.access import forms as access
from citizen_space.customers.forms import Mail, Phone
from citizen_space.kit.text import _
from citizen_space.web.fields import RowId, SubmissionForm

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


_NOT_BORN = _("Convive %(n)s : la date de naissance est après la visite.")


class GuestLine(access.GuestLine):
    """One guest as vetting must know them."""

    born_on: date = Field(title=_("Date de naissance"))


class BookForm(SubmissionForm):
    """A table for a party on one sitting of one day, the contact and every guest."""

    sitting_id: RowId = Field(title=_("Service"))
    on: date = Field(title=_("Jour"))
    party_size: int = Field(title=_("Nombre de personnes"), ge=1, le=12)
    name: Word = Field(title=_("Votre nom"))
    email: Mail = Field(title=_("Votre adresse électronique"))
    phone: Phone = Field(title=_("Votre téléphone"))


def read_guests(typed: Mapping[str, Any], party_size: int, on: date) -> list[GuestLine]:
    """Read one guest for each of the party; nobody is born after the visit."""
    return access.read_guests(
        GuestLine, typed, party_size, check=lambda line: {"born_on": _NOT_BORN} if line.born_on > on else {}
    )


class SeatBookingForm(SubmissionForm):
    """Seat a party that has booked."""

    booking_id: RowId


class WalkInForm(SubmissionForm):
    """Seat a party that has not booked."""

    table_id: RowId = Field(title=_("Table"))
    covers: int = Field(title=_("Couverts"), ge=1, le=12)


class AddLineForm(SubmissionForm):
    """A dish on the tab, with its options and the allergies to mind."""

    product_id: RowId
    options: list[RowId] = Field(default=[], max_length=20, title=_("Choix"))
    quantity: int = Field(default=1, title=_("Quantité"), ge=1, le=20)
    seat: int | None = Field(default=None, title=_("Place"), ge=1, le=12)
    note: Note = Field(default="", title=_("Remarque"))
    allergy: bool = False

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, typed: Any) -> Any:
        """Each group of which one must be chosen sends its own `options_1`, `options_2`…"""
        if not isinstance(typed, dict):
            return typed
        chosen = [value for name, value in typed.items() if str(name).startswith("options_")]
        return {**typed, "options": [*typed.get("options", []), *chosen]}


class NoteLineForm(SubmissionForm):
    """What the kitchen must know of a dish that is noted already."""

    line_id: RowId
    note: Note = Field(default="", title=_("Remarque"))
    allergy: bool = False


class VoidLineForm(SubmissionForm):
    """Take a dish off the tab."""

    line_id: RowId
    reason: Literal["mistake", "customer", "unavailable"] = Field(default="mistake", title=_("Motif"))


class FireForm(SubmissionForm):
    """Send a course to the kitchen."""

    course: int = Field(ge=1, le=4)


class MoveForm(SubmissionForm):
    """Move a party to another table."""

    table_id: RowId = Field(title=_("Table"))


class SplitForm(SubmissionForm):
    """Some dishes on a bill of their own."""

    lines: list[RowId] = Field(title=_("Plats"), min_length=1, max_length=200)


class SettleForm(SubmissionForm):
    """Pay the bill: what meal vouchers and cash pay, in cents; the card pays the rest."""

    # What the page asked for, and the terminal was told: a bill that changed since is not settled unseen.
    due_cents: int | None = Field(default=None, ge=0, le=1_000_000_000)
    meal_voucher_cents: int = Field(default=0, title=_("Titres-restaurant"), ge=0, le=1_000_000)
    cash_cents: int = Field(default=0, title=_("Espèces"), ge=0, le=1_000_000)
    card_reference: Note = Field(default="", title=_("Numéro du ticket de carte"))


class TableForm(SubmissionForm):
    """A table of the room, new or changed."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=6)] = Field(title=_("Nom"))
    min_covers: int = Field(title=_("Couverts au moins"), ge=1, le=20)
    max_covers: int = Field(title=_("Couverts au plus"), ge=1, le=20)
    zone: Annotated[str, StringConstraints(max_length=30)] = Field(default="", title=_("Zone"))
    shape: Literal["round", "square", "long"] = Field(default="square", title=_("Forme"))
    active: bool = Field(default=False, title=_("En service"))

    @model_validator(mode="after")
    def _covers_in_order(self) -> "TableForm":
        if self.max_covers < self.min_covers:
            raise ValueError(_("Le nombre de couverts au plus vient avant celui au moins."))
        return self


class SittingForm(SubmissionForm):
    """A service that people may book, changed."""

    max_covers: int = Field(title=_("Couverts en tout"), ge=1, le=300)
    turn_minutes: int = Field(title=_("Durée en minutes"), ge=15, le=360)
    active: bool = Field(default=False, title=_("Ouvert à la réservation"))


class NoShowForm(SubmissionForm):
    """A party that never came."""

    booking_id: RowId
