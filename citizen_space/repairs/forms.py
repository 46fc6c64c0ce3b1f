"""What people may send to the workshop: typed, one message per field."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from citizen_space.customers.forms import Mail, Phone
from citizen_space.kit.text import _
from citizen_space.web.fields import RowId, SubmissionForm

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
BikeKind = Literal["city", "road", "mountain", "electric", "child", "cargo"]


class _BikeForm(SubmissionForm):
    kind: BikeKind = Field(default="city", title=_("Type de vélo"))
    brand: Word = Field(title=_("Marque"))
    model: Short = Field(default="", title=_("Modèle"))
    colour: Word = Field(title=_("Couleur"))
    frame_number: Short = Field(default="", title=_("Numéro de cadre"))
    wish: Text = Field(default="", title=_("Ce qui ne va pas"))


class DropOffForm(_BikeForm):
    """A bike to bring on a day, with the work wished and who to tell."""

    products: list[RowId] = Field(title=_("Que faut-il faire ?"), min_length=1, max_length=12)
    on: date = Field(title=_("Quel jour le déposez-vous ?"))
    name: Word = Field(title=_("Votre nom"))
    email: Mail = Field(title=_("Votre adresse électronique"))
    phone: Phone = Field(default="", title=_("Votre téléphone"))


class AnswerForm(SubmissionForm):
    """What the customer says to a quote: the lines they accept."""

    lines: list[RowId] = Field(default=[], title=_("Cochez ce que vous acceptez"), max_length=60)


class TakeInForm(SubmissionForm):
    """A booked bike at the counter."""

    condition: Text = Field(title=_("État du vélo"))
    accessories: Text = Field(default="", title=_("Accessoires laissés"))


class WalkInForm(_BikeForm):
    """A bike that was not booked, at the counter: a first name is enough, a code does the rest."""

    first_name: Word = Field(title=_("Prénom"))
    condition: Text = Field(title=_("État du vélo"))
    accessories: Text = Field(default="", title=_("Accessoires laissés"))


class QuoteForm(SubmissionForm):
    """The lines of a quote: a product and how many, and the choice of second-hand parts."""

    products: list[RowId] = Field(title=_("Travaux et pièces"), min_length=1, max_length=60)
    second_hand: list[RowId] = Field(default=[], title=_("Pièces d’occasion"), max_length=60)


class StopForm(SubmissionForm):
    """Stop the work, perhaps for want of a part."""

    waiting_for_parts: bool = Field(default=False, title=_("Il manque une pièce"))


class HandOverForm(SubmissionForm):
    """Give a bike back against its code."""

    claim_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = Field(
        title=_("Code du ticket")
    )


class SettleForm(SubmissionForm):
    """Pay the balance by card, or part of it in cash where cash is taken."""

    # What the page asked for, and the terminal was told: a bill that changed since is not settled unseen.
    due_cents: int | None = Field(default=None, ge=0, le=1_000_000_000)
    cash_cents: int = Field(default=0, title=_("Espèces"), ge=0, le=1_000_000)
    card_reference: Short = Field(default="", title=_("Numéro du ticket de carte"))


class DayForm(SubmissionForm):
    """How many minutes the workshop has on a day."""

    on: date = Field(title=_("Jour"))
    capacity_minutes: int = Field(title=_("Minutes de travail"), ge=0, le=10_000)
