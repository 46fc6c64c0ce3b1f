"""What people may send about sales."""

from typing import Annotated

from pydantic import Field, StringConstraints

from citizen_space.kit.text import _
from citizen_space.vouching.forms import VouchForm
from citizen_space.web.fields import RowId, SubmissionForm, TypedCents

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


Amount = Annotated[TypedCents, Field(ge=1, le=100_000_000)]


class ReceiptForm(SubmissionForm):
    """Somebody asks for the receipt."""


class GiveBackForm(VouchForm):
    """Which lines are given back at the till: none chosen, all that is left."""

    lines: list[RowId] = Field(default_factory=list, title=_("Lignes"), max_length=200)


class RefundForm(SubmissionForm):
    """What is to be given back, and why: an amount, or all that is left when none is said."""

    amount: Amount | None = Field(default=None, title=_("Montant à rembourser"))
    reason: Reason = Field(title=_("Motif"))
    register_id: RowId = Field(title=_("Caisse"))
