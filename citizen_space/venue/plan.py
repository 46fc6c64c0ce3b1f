"""The hall as it is drawn: two hundred seats, each drawn once by its macro and remembered."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from citizen_space.kit import formats
from citizen_space.kit.text import _, translate
from citizen_space.venue.models import SeatKind
from citizen_space.venue.rules import House, SeatState

Pen = Callable[..., str]
# What a macro made of some facts, which are all that it drew from.
_DRAWN: dict[tuple[object, ...], str] = {}
_MOST = 8192


@dataclass(frozen=True)
class Drawing:
    """A house and the seats ticked in it, for one reader; the pens are the macros that know how a seat looks."""

    house: House
    chosen: Collection[int]
    language: str

    def seats(self, ones: Sequence[SeatState], pen: Pen) -> Markup:
        """Draw seats from above."""
        companion = f" · {translate(_('accompagnant'), self.language)}"
        return _join(
            _draw(
                "seat",
                pen,
                one.seat.x,
                one.seat.y,
                f"{one.seat.label}{companion if one.seat.kind == SeatKind.COMPANION else ''}",
                "mine" if one.is_free and one.seat.id in self.chosen else one.state,
                one.is_for_wheelchair,
                formats.money(self.house.full_cents(one.seat), self.language),
                one.seat.id if one.is_free else "",
            )
            for one in ones
        )

    def boxes(self, ones: Sequence[SeatState], pen: Pen) -> Markup:
        """Draw the boxes to tick, those that are free, by their numbers."""
        free = sorted((one.seat for one in ones if one.is_free), key=lambda seat: seat.number)
        return _join(
            _draw(
                self.language,
                pen,
                seat.id,
                seat.label,
                seat.kind,
                self.house.full_cents(seat),
                seat.id in self.chosen,
            )
            for seat in free
        )


def _draw(what: str, pen: Pen, *facts: object) -> str:
    drawn = _DRAWN.get((what, *facts))
    if drawn is None:
        if len(_DRAWN) >= _MOST:
            _DRAWN.clear()
        drawn = _DRAWN[what, *facts] = str(pen(*facts)).strip()
    return drawn


def _join(drawn: Iterable[str]) -> Markup:
    return Markup("\n").join(map(Markup, drawn))
