"""What people may send about guests: those who bring them, and the staff who decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from citizen_space.kit.text import LazyText, _, translate
from citizen_space.web import reading
from citizen_space.web.fields import SubmissionForm

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class GuestLine(BaseModel):
    """One guest as a `named` gate must know them; a `vetted` one asks more."""

    model_config = ConfigDict(str_strip_whitespace=True)

    first_name: Word = Field(title=_("Prénom"))
    last_name: Word = Field(title=_("Nom de famille"))


Line = TypeVar("Line", bound=GuestLine)


@dataclass(frozen=True)
class GuestSays(reading.FieldSays):
    """What is wrong with one guest's field; several guests have the same fields, so each is told apart."""

    position: int

    def say(self, language: str) -> str:
        """Say it, and of whom."""
        said = super().say(language)
        return (
            translate(_("Personne %(n)s · %(said)s"), language, n=self.position, said=said) if self.position else said
        )


def read_guests(
    shape: type[Line],
    typed: Mapping[str, Any],
    party_size: int,
    *,
    check: Callable[[Line], dict[str, LazyText]] = lambda _line: {},
) -> list[Line]:
    """Read `guest_1_first_name` and the like, one for each of the party; `check` gives a sentence (`%(n)s`) a field.

    Raises UnreadableForm with every field to mend.
    """
    guests: list[Line] = []
    said: dict[str, Sequence[reading.FieldSays]] = {}
    for position in range(1, party_size + 1):
        wrong: dict[str, Sequence[reading.FieldSays]]
        fields = {name: typed.get(f"guest_{position}_{name}", "") for name in shape.model_fields}
        try:
            guests.append(reading.parse(shape, fields))
            wrong = {name: [reading.FieldSays("", text, {"n": position})] for name, text in check(guests[-1]).items()}
        except reading.UnreadableForm as error:
            wrong = {
                name: [GuestSays(one.label, one.sentence, one.facts, position if party_size > 1 else 0) for one in ones]
                for name, ones in error.said.items()
            }
        said.update({f"guest_{position}_{name}": sentences for name, sentences in wrong.items()})
    if said:
        raise reading.UnreadableForm(said)
    return guests


def wrong_guests(language: str, read: Callable[[], object]) -> dict[str, list[str]]:
    """Say what `read` finds wrong in the guests, so that a form sent back names every point at once."""
    try:
        read()
    except reading.UnreadableForm as error:
        return error.fields_in(language)
    return {}


class DecideForm(BaseModel):
    """What is decided about one guest."""

    decision: Annotated[str, StringConstraints(pattern=r"^(cleared|exempt|refused)$")] = Field(title=_("Décision"))


class RefuseForm(BaseModel):
    """A refusal calls the whole booking off, so its reference is typed."""

    confirm: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)] = Field(title=_("Référence"))


class PrintForm(SubmissionForm):
    """Where the list is printed."""
