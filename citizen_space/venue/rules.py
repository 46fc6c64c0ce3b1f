"""What is true of performances, seats and tickets: pure functions over values."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.kit import crypto
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import LazyText, _
from citizen_space.venue.models import (
    Admission,
    AdmissionStatus,
    Blocked,
    Event,
    Performance,
    PerformanceStatus,
    Rate,
    ScanResult,
    Seat,
    SeatKind,
)

# A larger party calls us: it is a group.
MOST_SEATS = 8

# The undo of the door is for the gesture that has just been made.
SCANS_SHOWN = 8


class SeatTaken(Refusal):
    """Somebody else took the seat first."""

    sentence = _("Une de ces places vient d’être prise. En voici une autre, aussi près que possible.")


class SeatNotForSale(Refusal):
    """No such seat, or no such rate for it."""

    status = 422
    sentence = _("Cette place n’est pas proposée à ce tarif.")


class HallIsTaken(Refusal):
    """One hall, one show at a time."""

    sentence = _("Une séance commence déjà ce jour-là à cette heure.")


class NoSeatChosen(Refusal):
    """A booking of nothing."""

    status = 422
    sentence = _("Choisissez au moins une place.")


class TooManySeats(Refusal):
    """More than one booking may hold."""

    status = 422
    sentence = _("Choisissez %(most)s places au plus. Pour un groupe, appelez-nous.")


class CompanionAlone(Refusal):
    """The place beside a wheelchair is kept for who comes with it."""

    status = 422
    sentence = _("La place d’accompagnant se réserve avec une place pour fauteuil roulant.")


class SalesEnded(Refusal):
    """The performance is not sold any more."""

    sentence = _("Les réservations de cette séance sont closes.")


class HallClosed(Refusal):
    """The hall takes nobody in that time, so no seat of it is sold."""

    sentence = _("La salle est fermée ce jour-là : aucune place n’est vendue pour cette séance.")


class GuestListIncomplete(Refusal):
    """More seats than names."""

    status = 422
    sentence = _("Indiquez le prénom et le nom de chaque personne, un par place.")


class DoorsNotYet(Refusal):
    """A performance that is over or called off has no doors to open."""

    sentence = _("Les portes de cette séance ne peuvent pas être ouvertes.")


class ScanNotUndoable(Refusal):
    """Only an entry can be taken back, and once."""

    sentence = _("Cette entrée ne peut pas être annulée, ou l’a déjà été.")


class NotExchangeable(Refusal):
    """The ticket was cancelled or used."""

    sentence = _("Ce billet est annulé ou déjà utilisé : il ne s’échange pas.")


class TicketUsed(Refusal):
    """Somebody of the party is inside."""

    sentence = _("Une personne est déjà entrée avec cette réservation : elle ne s’annule plus.")


class PriceDiffers(Refusal):
    """An exchange moves no money."""

    sentence = _("Cette place n’est pas au même prix. Annulez le billet, puis vendez-en un autre.")


class SeatIsSold(Refusal):
    """What is sold or held is not taken back by a tick on the plan."""

    sentence = _("Cette place est vendue ou en cours de réservation.")


SAVED = _("C’est enregistré.")
DOORS_ARE_OPEN = _("Les portes sont ouvertes.")
ENTRY_UNDONE = _("L’entrée est annulée.")
TICKETS_ARE_PRINTING = _("Les billets s’impriment.")
EXCHANGED = _("Le billet est échangé.")
LET_GO = _("Vos places sont rendues.")

FREE_OF_CHARGE = _("gratuit")


# -- seats ------------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A seat as a plan needs it: two hundred stored rows weigh ten times as much."""

    id: int
    band_id: int
    row: str
    number: int
    x: int
    y: int
    kind: str

    @property
    def label(self) -> str:
        """What is written on the seat and on the ticket: B12."""
        return f"{self.row}{self.number}"


class Tariff(NamedTuple):
    """A rate as a page needs it."""

    id: int
    name_fr: str
    name_en: str
    eligibility_fr: str
    eligibility_en: str


@dataclass(frozen=True, slots=True)
class SeatState:
    """A seat at one performance: free, taken, kept back, or mine."""

    seat: Seat | Place
    state: str

    @property
    def is_free(self) -> bool:
        """Whether it may be chosen."""
        return self.state == "free"

    @property
    def is_for_wheelchair(self) -> bool:
        """Whether a wheelchair rolls in here."""
        return self.seat.kind == SeatKind.WHEELCHAIR


@dataclass(frozen=True)
class Choice:
    """A seat with the rate its holder has, and what it costs."""

    seat: Seat | Place
    rate: Rate | Tariff
    price_cents: int


Prices = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class House:
    """A performance with all its seats as they stand, the rates, and the price of each by (band, rate)."""

    performance: Performance
    event: Event
    seats: Sequence[SeatState]
    rates: Sequence[Rate | Tariff]
    prices: Prices
    # Staff take nobody in that time.
    closed: bool = False

    @property
    def free(self) -> int:
        """How many seats are left."""
        return sum(one.is_free for one in self.seats)

    @property
    def capacity(self) -> int:
        """How many places may be sold."""
        return sum(one.state != "killed" for one in self.seats)

    @property
    def rows(self) -> list[tuple[str, list[SeatState]]]:
        """The seats row by row, as they stand on the plan."""
        rows: dict[str, list[SeatState]] = {}
        for one in self.seats:
            rows.setdefault(one.seat.row, []).append(one)
        return list(rows.items())

    def rates_of(self, seat: Seat | Place) -> list[Choice]:
        """The rates a seat is sold at, the full one first."""
        return [
            Choice(seat, rate, self.prices[seat.band_id, rate.id or 0])
            for rate in self.rates
            if (seat.band_id, rate.id or 0) in self.prices
        ]

    def full_cents(self, seat: Seat | Place) -> int:
        """The price of a seat at the first rate."""
        return self._full_cents.get(seat.band_id, 0)

    @cached_property
    def _full_cents(self) -> dict[int, int]:
        """The price of each band at the first rate it is sold at: asked twice for every seat of a plan."""
        first: dict[int, int] = {}
        for rate in self.rates:
            for (band_id, rate_id), cents in self.prices.items():
                if rate_id == rate.id:
                    first.setdefault(band_id, cents)
        return first

    def lowest_cents(self) -> int:
        """The lowest price asked tonight."""
        return min(self.prices.values(), default=0)

    def pick(self, wanted: Mapping[int, int]) -> list[Choice]:
        """Find (seat id → rate id) with their prices. Raises SeatNotForSale."""
        seats = {one.seat.id: one.seat for one in self.seats}
        rates = {rate.id: rate for rate in self.rates}
        picked = []
        for seat_id, rate_id in wanted.items():
            seat, rate = seats.get(seat_id), rates.get(rate_id)
            if seat is None or rate is None or (seat.band_id, rate_id) not in self.prices:
                raise SeatNotForSale("seats")
            picked.append(Choice(seat, rate, self.prices[seat.band_id, rate_id]))
        return sorted(picked, key=lambda choice: (choice.seat.row, choice.seat.number))


def state_of(seat_claimed: bool, blocked: str | None, *, mine: bool) -> str:
    """Say how a seat stands, for the plan."""
    if mine:
        return "mine"
    if blocked == Blocked.KILLED:
        return "killed"
    return "taken" if seat_claimed else "free"


def check_choices(choices: Sequence[Choice]) -> None:
    """Refuse a booking of nothing, of too much, or of a companion's place alone."""
    if not choices:
        raise NoSeatChosen("seats")
    if len(choices) > MOST_SEATS:
        raise TooManySeats("seats", most=MOST_SEATS)
    kinds = [choice.seat.kind for choice in choices]
    if kinds.count(SeatKind.COMPANION) > kinds.count(SeatKind.WHEELCHAIR):
        raise CompanionAlone("seats")


def ends_at(performance: Performance, event: Event) -> datetime:
    """When a performance is over."""
    return performance.starts_at + timedelta(minutes=event.minutes)


def check_sold(performance: Performance, *, closed: bool, online_at: datetime | None = None) -> None:
    """Refuse what is not sold: nobody on a closed day, online until sales end, at the door until it is over."""
    if closed:
        raise HallClosed
    if performance.status not in (PerformanceStatus.ON_SALE, PerformanceStatus.DOORS_OPEN):
        raise SalesEnded
    if online_at is not None and online_at >= performance.sales_end_at:
        raise SalesEnded


def is_on_sale(performance: Performance, at: datetime, *, closed: bool) -> bool:
    """Whether the public may still book."""
    try:
        check_sold(performance, closed=closed, online_at=at)
    except (HallClosed, SalesEnded):
        return False
    return True


def total_cents(choices: Iterable[Choice]) -> int:
    """What some seats come to."""
    return sum(choice.price_cents for choice in choices)


def nearest_free(lost: Seat | Place, seats: Iterable[SeatState], *, but: Iterable[int]) -> Seat | Place | None:
    """The free seat of the same kind and price that is closest to one that was lost, or None."""
    kept = set(but)
    free = [one.seat for one in seats if one.is_free and one.seat.id not in kept]
    alike = [seat for seat in free if (seat.kind, seat.band_id) == (lost.kind, lost.band_id)]
    return min(alike, key=lambda s: ((s.x - lost.x) ** 2 + (s.y - lost.y) ** 2, s.row, s.number), default=None)


def seats_instead(wanted: Sequence[Seat | Place], seats: Iterable[SeatState]) -> dict[int, int] | None:
    """What a party is offered when some of its seats were just taken: (seat wanted → seat offered), None without any.

    Side by side if it can be; else each lost seat is replaced by the closest that is free.
    """
    states = list(seats)
    together = _run_near(wanted, [one.seat for one in states if one.is_free])
    if together:
        return {old.id or 0: new.id or 0 for old, new in zip(sorted(wanted, key=_place), together, strict=True)}
    free = {one.seat.id for one in states if one.is_free}
    offered = {seat.id or 0: seat.id or 0 for seat in wanted if seat.id in free}
    for seat in (one for one in wanted if one.id not in free):
        near = nearest_free(seat, states, but=offered.values())
        if near is None:
            return None
        offered[seat.id or 0] = near.id or 0
    return offered


def _place(seat: Seat | Place) -> tuple[int, int]:
    return seat.y, seat.x


def _run_near(wanted: Sequence[Seat | Place], free: Iterable[Seat | Place]) -> list[Seat | Place]:
    """The free seats side by side in one row, as many and of the same kind and price, that are closest."""
    kinds = {(seat.kind, seat.band_id) for seat in wanted}
    if len(kinds) != 1:
        return []
    alike = sorted((seat for seat in free if (seat.kind, seat.band_id) in kinds), key=lambda s: (s.row, s.number))
    size = len(wanted)
    runs = [alike[start : start + size] for start in range(len(alike) - size + 1)]
    side_by_side = [run for run in runs if run[0].row == run[-1].row and run[-1].number - run[0].number == size - 1]
    return min(side_by_side, key=lambda run: _apart(wanted, run), default=[])


def _apart(some: Sequence[Seat | Place], others: Sequence[Seat | Place]) -> int:
    """How far two groups of as many seats are from each other: the square of the way between their middles."""
    across, along = (sum(getattr(s, name) for s in some) - sum(getattr(s, name) for s in others) for name in ("x", "y"))
    return int(across * across + along * along)


def wheelchair_places_due(capacity: int, rule: Mapping[str, int]) -> int:
    """How many wheelchair places the law asks of a hall: some up to a size, then one for each further slice."""
    beyond = max(0, capacity - rule["up_to"])
    return rule["base"] + -(-beyond // rule["per"])


# -- the code on a ticket ---------------------------------------------------------------------------------------------

_MARK = "CS1"
_CODE = re.compile(rf"{_MARK}-([2-9A-HJ-NP-Z]{{8}})-(\d{{1,9}})-([A-Z]{{1,2}}\d{{1,3}})-([A-Z2-7]{{103}})")
_REFERENCE = re.compile(r"[2-9A-HJ-NP-Z]{8}")


@dataclass(frozen=True)
class TicketCode:
    """What a signed code says, without asking anybody: which ticket, for which performance, which seat."""

    reference: str
    performance_id: int
    seat: str


def write_code(private: bytes, *, reference: str, performance_id: int, seat: str) -> str:
    """Sign a ticket. Capitals and digits only: a small QR code holds them, and any scanner types them."""
    said = f"{_MARK}-{reference}-{performance_id}-{seat}"
    return f"{said}-{base64.b32encode(crypto.sign(private, said.encode())).decode().rstrip('=')}"


def read_code(public: bytes, text: str) -> TicketCode | None:
    """Read a scanned code; None when it was not signed by this house."""
    found = _CODE.fullmatch(text.strip().upper())
    if found is None:
        return None
    said, _dash, signature = found[0].rpartition("-")
    try:
        signed = base64.b32decode(signature + "=")
    except binascii.Error:
        return None
    if not crypto.verify(public, said.encode(), signed):
        return None
    return TicketCode(found[1], int(found[2]), found[3])


def read_reference(text: str) -> str | None:
    """Read a ticket's reference typed by hand, blanks and small letters forgiven."""
    tidy = re.sub(r"[\s-]", "", text).upper()
    return tidy if _REFERENCE.fullmatch(tidy) else None


# -- the door ---------------------------------------------------------------------------------------------------------


def judge(admission: Admission | None, performance: Performance | None, performance_id: int) -> ScanResult:
    """Say what the door says: whether it is a ticket at all, then its validity, then whether it was used."""
    if admission is None or performance is None:
        return ScanResult.INVALID
    if admission.performance_id != performance_id:
        return ScanResult.WRONG_PERFORMANCE
    if admission.status == AdmissionStatus.RESERVED:
        return ScanResult.NOT_PAID
    if admission.status == AdmissionStatus.CANCELLED or performance.status == PerformanceStatus.CANCELLED:
        return ScanResult.CANCELLED
    if performance.status != PerformanceStatus.DOORS_OPEN:
        return ScanResult.DOORS_CLOSED
    return ScanResult.ALREADY_IN if admission.admitted_at is not None else ScanResult.ADMITTED


def is_refunded(admission: Admission | None, booking: Booking | None) -> bool:
    """Whether the money of a ticket went back to who bought it, and not over to a ticket it was exchanged for."""
    if admission is None or booking is None or admission.status != AdmissionStatus.CANCELLED:
        return False
    return booking.status == BookingStatus.CANCELLED and admission.refunded_cents > 0


# The one word of the door, and what to do.
VERDICTS: dict[str, tuple[LazyText, LazyText]] = {
    ScanResult.ADMITTED: (_("Entrez"), _("Bon spectacle.")),
    ScanResult.INVALID: (_("Inconnu"), _("Ce n’est pas un billet de la maison. Appelez le régisseur.")),
    ScanResult.WRONG_PERFORMANCE: (_("Autre séance"), _("Ce billet est pour une autre date. Appelez le régisseur.")),
    ScanResult.NOT_PAID: (_("Non payé"), _("Cette place n’a pas été payée. Passez à la caisse.")),
    ScanResult.CANCELLED: (_("Annulé"), _("Ce billet a été annulé. Appelez le régisseur.")),
    ScanResult.DOORS_CLOSED: (_("Trop tôt"), _("Les portes ne sont pas ouvertes.")),
    ScanResult.ALREADY_IN: (_("Déjà entré"), _("Ce billet a déjà servi. Appelez le régisseur.")),
}

REFUNDED_VERDICT = (_("Remboursé"), _("Ce billet a été remboursé. Appelez le régisseur."))


# -- the statement ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StatementLine:
    """One category of a performance: what was issued, what was cancelled, what it brought."""

    band_fr: str
    band_en: str
    rate_fr: str
    rate_en: str
    price_cents: int
    issued: int
    cancelled: int
    gross_cents: int
    refunded_cents: int

    @property
    def valid(self) -> int:
        """How many tickets stand."""
        return self.issued - self.cancelled

    @property
    def receipts_cents(self) -> int:
        """What stays of it."""
        return self.gross_cents - self.refunded_cents


@dataclass(frozen=True)
class Statement:
    """What the tickets of a performance brought, by category, beside what the books say."""

    lines: Sequence[StatementLine]
    ledger_cents: int
    first_number: int | None
    last_number: int | None

    @property
    def issued(self) -> int:
        """Tickets issued in all."""
        return sum(line.issued for line in self.lines)

    @property
    def cancelled(self) -> int:
        """Tickets cancelled in all."""
        return sum(line.cancelled for line in self.lines)

    @property
    def receipts_cents(self) -> int:
        """Receipts in all."""
        return sum(line.receipts_cents for line in self.lines)

    @property
    def difference_cents(self) -> int:
        """What the books say and the tickets do not: nothing, unless somebody refunded without cancelling."""
        return self.ledger_cents - self.receipts_cents
