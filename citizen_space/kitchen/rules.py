"""What is true of a chit: its legal moves, how it is shown, and when it is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import LazyText, _
from citizen_space.kitchen.models import Chit, ChitItem, ChitKind, ChitState
from citizen_space.orders.models import LineState, Order, OrderLine

LEGAL_MOVES: dict[str, dict[str, frozenset[str]]] = {
    ChitKind.ORDER: {
        ChitState.NEW: frozenset({ChitState.STARTED}),
        ChitState.STARTED: frozenset({ChitState.READY, ChitState.NEW}),
        ChitState.READY: frozenset({ChitState.RECALLED, ChitState.SERVED}),
        ChitState.RECALLED: frozenset({ChitState.READY}),
        ChitState.SERVED: frozenset({ChitState.RECALLED}),
        ChitState.SEEN: frozenset(),
    },
    ChitKind.CANCEL: {ChitState.NEW: frozenset({ChitState.SEEN}), ChitState.SEEN: frozenset()},
}
# What a cook has before the eyes; what is ready waits beside it for who serves.
TO_DO = (ChitState.NEW, ChitState.STARTED, ChitState.RECALLED)
COURSES = {1: _("Entrées"), 2: _("Plats"), 3: _("Desserts"), 4: _("Cafés")}
AT_ONCE = _("Tout de suite")  # nothing of it belongs to a course
STATIONS = {
    "kitchen": _("Cuisine"),
    "bar": _("Bar"),
    "hot": _("Chaud"),
    "cold": _("Froid"),
    "pastry": _("Pâtisserie"),
}


class ChitMoved(Refusal):
    """Somebody at another screen was faster."""

    sentence = _("C’est déjà fait sur un autre écran : rien n’est à refaire.")


class NothingToSend(Refusal):
    """The course holds no line waiting for the kitchen."""

    sentence = _("Rien à envoyer en cuisine pour cette suite.")


@dataclass(frozen=True)
class Dish:
    """One line of a chit with how many of it."""

    item: ChitItem
    line: OrderLine

    @property
    def is_voided(self) -> bool:
        """Whether the till has taken it back meanwhile."""
        return self.line.state == LineState.VOIDED


@dataclass(frozen=True)
class Card:
    """A chit as a screen shows it."""

    chit: Chit
    order: Order
    dishes: tuple[Dish, ...]
    minutes: int
    is_late: bool

    @property
    def is_cancel(self) -> bool:
        """Whether it takes something back."""
        return self.chit.kind == ChitKind.CANCEL

    @property
    def is_void(self) -> bool:
        """Whether nothing on it is to be made any more: its cancellations say so."""
        return not self.is_cancel and all(dish.is_voided for dish in self.dishes)

    @property
    def has_allergy(self) -> bool:
        """Whether somebody must take care."""
        return any(dish.line.allergy and not dish.is_voided for dish in self.dishes)


def can_move(kind: str, state: str, to: str) -> bool:
    """Say whether the table above knows this move."""
    return to in LEGAL_MOVES[kind].get(state, frozenset())


def course_name(course: int | None) -> LazyText:
    """Name a course as the room says it."""
    return COURSES.get(course or 0, AT_ONCE)


def station_name(station: str) -> str:
    """Name a station; one that the house has added goes by its own name."""
    return STATIONS.get(station) or station.capitalize()


def minutes_since(sent_at: datetime, at: datetime) -> int:
    """How many whole minutes a chit waits."""
    return max(0, int((at - sent_at).total_seconds()) // 60)


def in_order(cards: Iterable[Card]) -> list[Card]:
    """What is not to be made first, then what came back, then by age, the oldest first."""

    def place(card: Card) -> tuple[int, datetime, int]:
        first = 0 if card.is_cancel else 1 if card.chit.state == ChitState.RECALLED else 2
        return first, card.chit.sent_at, card.chit.id or 0

    return sorted(cards, key=place)
