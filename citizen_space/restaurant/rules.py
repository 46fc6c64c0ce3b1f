"""What is true of tables and sittings: pure functions over values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

from citizen_space.kit import clock
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.orders.models import LineState, OrderLine
from citizen_space.restaurant.models import Claim, Sitting, Tab, Table

# More tables than this are never pushed together: the party is then asked to call.
MOST_TABLES_JOINED = 3

# How long ahead a booked table is shown as booked.
BOOKED_SOON = timedelta(hours=3)


class TableTaken(Refusal):
    """Another party took the last table that suited."""

    sentence = _("Cette table vient d’être prise. Choisissez un autre service ou un autre jour.")


class SittingIsFull(Refusal):
    """The sitting has fewer covers left than asked."""

    sentence = _("Il ne reste plus assez de places à ce service. Choisissez-en un autre.")


class DayNotBookable(Refusal):
    """Too early, too late, or the sitting does not take place that day."""

    sentence = _("Ce jour ne peut pas être réservé en ligne. Choisissez un jour proposé.")


class GuestListIncomplete(Refusal):
    """The party counts more people than the list of guests."""

    status = 422
    sentence = _("Indiquez le prénom, le nom et la date de naissance de chaque convive.")


class TableNotFree(Refusal):
    """A walk-in or a move met a table that somebody holds."""

    sentence = _("Cette table n’est pas libre. Choisissez-en une autre.")


class TableTooSmall(Refusal):
    """More people than the table takes."""

    sentence = _("Cette table est trop petite pour ce groupe. Choisissez-en une autre.")


class TabNotEmpty(Refusal):
    """Something was ordered: the table is freed by paying."""

    sentence = _("Des plats sont déjà notés : la table se libère quand elle est payée.")


class TableNameTaken(Refusal):
    """Two tables cannot have one name."""

    sentence = _("Une autre table porte déjà ce nom.")


SENT_TO_KITCHEN = _("C’est envoyé en cuisine.")
NOTE_IS_PRINTED = _("La note s’imprime.")
MARKED_NO_SHOW = _("C’est noté : la table est libre.")
TABLE_IS_FREE = _("La table est libre.")
IT_IS_PAID = _("C’est payé.")
REST_OF_DEPOSIT = _("Reste de l’acompte")
SAVED = _("C’est enregistré.")


@dataclass(frozen=True)
class Window:
    """The time a party keeps its table: two UTC instants, the second one excluded."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Window") -> bool:
        """Whether the two overlap by at least an instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Taken:
    """A table that is not free during a window, with the people it seats and the sitting it belongs to."""

    table_id: int
    window: Window
    covers: int
    sitting_id: int | None


@dataclass(frozen=True)
class Offer:
    """What a sitting of one day still has: free covers, and the largest party it can seat."""

    sitting_id: int
    name_fr: str
    name_en: str
    window: Window
    covers_left: int
    largest_party: int

    def seats(self, party_size: int) -> bool:
        """Whether a party of this size may book the sitting now."""
        return party_size <= min(self.covers_left, self.largest_party)


def window_of(sitting: Sitting, on: date) -> Window:
    """The instants between which a party of this sitting keeps its table on a local day."""
    starts_at = clock.moment(on, sitting.starts)
    return Window(starts_at, starts_at + timedelta(minutes=sitting.turn_minutes))


def runs_on(sitting: Sitting, on: date) -> bool:
    """Whether the sitting takes place on that local day."""
    in_dates = sitting.valid_from <= on and (sitting.valid_to is None or on <= sitting.valid_to)
    return sitting.active and in_dates and str(on.weekday()) in sitting.weekdays


def free_tables(tables: Iterable[Table], taken: Iterable[Taken], window: Window) -> list[Table]:
    """The tables in service that nobody holds during the window, by code."""
    busy = {claim.table_id for claim in taken if claim.window.meets(window)}
    return sorted((table for table in tables if table.active and table.id not in busy), key=lambda table: table.code)


def best_fit(party_size: int, free: Sequence[Table]) -> tuple[Table, ...] | None:
    """The tables that seat the party with the fewest empty chairs and joins, or None.

    One table that suits wins, then one made for more, then tables joined in one zone. Among equals the first code
    wins, so that the same room always gives the same answer.
    """
    single = [table for table in free if table.min_covers <= party_size <= table.max_covers]
    if single:
        return (min(single, key=lambda table: (table.max_covers, table.code)),)
    return _roomy(party_size, free) or _joined(party_size, free)


def _joined(party_size: int, free: Sequence[Table]) -> tuple[Table, ...] | None:
    for count in range(2, MOST_TABLES_JOINED + 1):
        groups = [
            group
            for group in combinations(free, count)
            if len({table.zone for table in group}) == 1 and group[0].zone and _capacity(group) >= party_size
        ]
        if groups:
            return min(groups, key=lambda group: (_capacity(group), [table.code for table in group]))
    return None


def _roomy(party_size: int, free: Sequence[Table]) -> tuple[Table, ...] | None:
    """A small party at a table made for more: better than an empty table, once nothing else is free."""
    roomy = [table for table in free if party_size <= table.max_covers]
    return (min(roomy, key=lambda table: (table.max_covers, table.code)),) if roomy else None


def _capacity(group: Sequence[Table]) -> int:
    return sum(table.max_covers for table in group)


def largest_party(free: Sequence[Table]) -> int:
    """How many people the largest party may count with these tables free."""
    alone = max((table.max_covers for table in free), default=0)
    zones = {table.zone for table in free if table.zone}
    joined = (
        _capacity(sorted((t for t in free if t.zone == zone), key=lambda t: -t.max_covers)[:MOST_TABLES_JOINED])
        for zone in zones
    )
    return max([alone, *joined])


def share_covers(party_size: int, tables: Sequence[Table]) -> list[int]:
    """How many of the party sit at each table, the largest tables filled first. Raises TableTooSmall."""
    shares = []
    left = party_size
    for position, table in enumerate(tables):
        still_to_come = len(tables) - position - 1
        here = max(1, min(table.max_covers, left - still_to_come))
        shares.append(here)
        left -= here
    if left > 0:
        raise TableTooSmall("table_id")
    return shares


def offer_of(sitting: Sitting, on: date, tables: Sequence[Table], taken: Sequence[Taken]) -> Offer:
    """What one sitting has left on one day: the one rule behind both the page and the booking."""
    window = window_of(sitting, on)
    seated = sum(claim.covers for claim in taken if claim.sitting_id == sitting.id and claim.window.meets(window))
    free = free_tables(tables, taken, window)
    assert sitting.id is not None
    return Offer(
        sitting_id=sitting.id,
        name_fr=sitting.name_fr,
        name_en=sitting.name_en,
        window=window,
        covers_left=max(0, sitting.max_covers - seated),
        largest_party=largest_party(free),
    )


@dataclass(frozen=True)
class TableState:
    """A table as the till's plan shows it."""

    table: Table
    tab: Tab | None
    booked_at: datetime | None


def state_of(table: Table, claims: Iterable[Claim], seated: Mapping[int | None, Tab], at: datetime) -> TableState:
    """Say who sits at a table, or for when it is booked next, as far ahead as a worker needs to know."""
    by_start = sorted(claims, key=lambda claim: claim.starts_at)
    # Who sits longer than was planned still sits there: their claim is over, their bill is not.
    sitting = next((seated[claim.tab_id] for claim in reversed(by_start) if claim.tab_id in seated), None)
    booked = next((claim.starts_at for claim in by_start if claim.tab_id is None and claim.ends_at > at), None)
    return TableState(table, sitting, booked if booked is not None and booked - at <= BOOKED_SOON else None)


def courses_to_fire(lines: Iterable[OrderLine]) -> list[int]:
    """The courses that hold a line which the kitchen has not been sent."""
    return sorted({line.course or 1 for line in lines if line.state == LineState.HELD and line.station})
