"""What is true of work orders and quotes: legal moves, minutes, what was accepted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from citizen_space.kit import clock
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.orders.models import OrderLine
from citizen_space.products.rules import Offer as Product
from citizen_space.repairs.models import (
    Answer,
    Quote,
    QuoteLine,
    QuoteStatus,
    WorkOrder,
    WorkSession,
    WorkshopDay,
    WorkStatus,
)

_S = WorkStatus

# From each status, the ones that may follow; what is not here does not happen.
MOVES: dict[str, frozenset[str]] = {
    _S.BOOKED: frozenset({_S.TAKEN_IN, _S.CANCELLED}),
    _S.TAKEN_IN: frozenset({_S.QUOTED, _S.DECLINED}),
    _S.QUOTED: frozenset({_S.QUOTED, _S.APPROVED, _S.DECLINED}),
    _S.APPROVED: frozenset({_S.QUOTED, _S.IN_PROGRESS, _S.WAITING_FOR_PARTS}),
    _S.IN_PROGRESS: frozenset({_S.QUOTED, _S.WAITING_FOR_PARTS, _S.READY}),
    _S.WAITING_FOR_PARTS: frozenset({_S.QUOTED, _S.IN_PROGRESS}),
    _S.READY: frozenset({_S.IN_PROGRESS, _S.HANDED_OVER}),
    _S.DECLINED: frozenset({_S.QUOTED, _S.HANDED_OVER}),
    _S.HANDED_OVER: frozenset(),
    _S.CANCELLED: frozenset(),
}

STATES = {
    WorkStatus.BOOKED: _("attendu à l’atelier"),
    WorkStatus.TAKEN_IN: _("déposé, diagnostic en cours"),
    WorkStatus.QUOTED: _("devis envoyé, votre réponse est attendue"),
    WorkStatus.APPROVED: _("devis accepté, en attente de réparation"),
    WorkStatus.IN_PROGRESS: _("en réparation"),
    WorkStatus.WAITING_FOR_PARTS: _("en attente d’une pièce"),
    WorkStatus.READY: _("prêt, vous pouvez venir"),
    WorkStatus.HANDED_OVER: _("rendu"),
    WorkStatus.DECLINED: _("devis refusé, à reprendre tel quel"),
    WorkStatus.CANCELLED: _("annulé"),
}

# The same, said among those who work there.
STAFF_STATES = {
    WorkStatus.BOOKED: _("Attendu"),
    WorkStatus.TAKEN_IN: _("À examiner"),
    WorkStatus.QUOTED: _("Attend la réponse"),
    WorkStatus.APPROVED: _("À réparer"),
    WorkStatus.IN_PROGRESS: _("En réparation"),
    WorkStatus.WAITING_FOR_PARTS: _("Attend une pièce"),
    WorkStatus.READY: _("Prêt"),
    WorkStatus.DECLINED: _("Devis refusé"),
    WorkStatus.HANDED_OVER: _("Rendu"),
    WorkStatus.CANCELLED: _("Annulé"),
}


class DayIsFull(Refusal):
    """The workshop has no minutes left that day."""

    sentence = _("L’atelier est complet ce jour-là. Choisissez un autre jour.")


class DayNotBookable(Refusal):
    """Too early, too late, or the workshop is closed."""

    sentence = _("Ce jour ne peut pas être réservé. Choisissez un jour proposé.")


class CapacityTaken(Refusal):
    """Fewer minutes than are promised already."""

    status = 422
    sentence = _("%(taken)s minutes de ce jour sont déjà promises : indiquez-en au moins autant.")


class NothingWished(Refusal):
    """A drop-off without any work."""

    status = 422
    sentence = _("Choisissez au moins un travail.")


class CannotMoveSo(Refusal):
    """The work order is not where this act begins."""

    sentence = _("Ce vélo n’en est pas là. Revenez au tableau pour voir où il en est.")


class QuoteIsOver(Refusal):
    """A newer version stands, or the answer was given."""

    sentence = _("Ce devis n’est plus à répondre : une réponse a été donnée, ou une nouvelle version l’a remplacé.")


class AlreadyPaid(Refusal):
    """Its order is sealed: further work is a job of its own."""

    sentence = _("Ce travail est déjà payé. Rendez le vélo, puis ouvrez une nouvelle fiche pour un autre travail.")


class QuoteIsEmpty(Refusal):
    """A quote without lines."""

    status = 422
    sentence = _("Ajoutez au moins une ligne au devis.")


class AlreadyAtWork(Refusal):
    """One worker, one bike."""

    sentence = _("Vous travaillez déjà sur un autre vélo. Arrêtez-le d’abord.")


class WrongClaimCode(Refusal):
    """The code is not this bike's: another one would leave with its neighbour's owner."""

    status = 422
    sentence = _("Ce code n’est pas celui de ce vélo. Vérifiez le ticket et l’étiquette.")


class WorkIsRunning(Refusal):
    """Somebody is still working on the bike."""

    sentence = _("Quelqu’un travaille encore sur ce vélo. Arrêtez d’abord le travail.")


class SomethingIsDue(Refusal):
    """The bike leaves when its work is paid."""

    sentence = _("Il reste %(due_cents)s à payer avant de rendre le vélo.")


@dataclass(frozen=True)
class BikeFacts:
    """A bike as its owner or the counter describes it."""

    brand: str
    colour: str
    kind: str = "city"
    model: str = ""
    frame_number: str = ""


@dataclass(frozen=True)
class Offer:
    """What a day of the workshop still has."""

    on: date
    starts_at: datetime
    ends_at: datetime
    minutes_left: int

    def takes(self, minutes: int) -> bool:
        """Whether so much work fits."""
        return minutes <= self.minutes_left


@dataclass(frozen=True)
class Wanted:
    """A line that a quote is made of."""

    kind: str
    label_fr: str
    unit_price_cents: int
    vat_rate_bp: int
    label_en: str = ""
    quantity: int = 1
    product_id: int | None = None
    minutes: int = 0
    second_hand: bool = False


def offer_of(day: WorkshopDay, *, opens: time, closes: time) -> Offer:
    """What a day of the workshop still has, between its hours of the wall."""
    starts_at, ends_at = clock.moment(day.on, opens), clock.moment(day.on, closes)
    return Offer(day.on, starts_at, ends_at, day.capacity_minutes - day.taken_minutes)


def is_same_quote(quote: Quote, lines: Sequence[QuoteLine], wanted: Sequence[Wanted], on: date) -> bool:
    """True when a quote that waits for its answer, and may still have one, says what is wanted already."""
    if quote.valid_until is not None and on > quote.valid_until:
        return False
    said = [{name: getattr(line, name) for name in vars(one)} for line, one in zip(lines, wanted, strict=False)]
    return quote.status == QuoteStatus.SENT and len(lines) == len(wanted) and said == [vars(one) for one in wanted]


def order_facts(line: QuoteLine) -> dict[str, Any]:
    """An accepted line as the order takes it."""
    return {
        "label_fr": line.label_fr,
        "label_en": line.label_en,
        "quantity": line.quantity,
        "unit_price_cents": line.unit_price_cents,
        "vat_rate_bp": line.vat_rate_bp,
        "product_id": line.product_id,
    }


def wish_facts(product: Product) -> dict[str, Any]:
    """A piece of work as it is wished for, at the price shown."""
    return {
        "product_id": product.product_id,
        "label_fr": product.name_fr,
        "label_en": product.name_en,
        "price_cents": product.price_cents,
        "vat_rate_bp": product.vat_rate_bp,
        "minutes": product.minutes or 1,
    }


def can_move(status: str, to: str) -> bool:
    """Tell whether a work order in one status may take another."""
    return to in MOVES[status]


def accepted(lines: Iterable[QuoteLine]) -> list[QuoteLine]:
    """The lines that the customer said yes to."""
    return [line for line in lines if line.answer == Answer.ACCEPTED]


def total_cents(lines: Iterable[QuoteLine]) -> int:
    """What some lines of a quote come to, VAT included."""
    return sum(line.quantity * line.unit_price_cents for line in lines)


def status_after(lines: Sequence[QuoteLine]) -> WorkStatus:
    """Where a bike stands once its quote is answered: one yes is work to do."""
    return WorkStatus.APPROVED if accepted(lines) else WorkStatus.DECLINED


def standing(earlier: Sequence[OrderLine], lines: Sequence[QuoteLine]) -> list[OrderLine]:
    """What an earlier yes still binds to once work has begun: a no to a later version does not undo what was done.

    A no to every line leaves the earlier agreement as it was; else a line that is refused now and was accepted then
    stays as it was accepted. What the workshop itself leaves out of its new version is not asked for any more.
    """
    if not accepted(lines):
        return list(earlier)
    refused = {(line.product_id, line.label_fr) for line in lines if line.answer == Answer.REFUSED}
    return [line for line in earlier if (line.product_id, line.label_fr) in refused]


def may_answer(quote: Quote, work_order: WorkOrder, on: date) -> bool:
    """Whether a quote is the one that stands, unanswered and still valid."""
    stands = quote.status == QuoteStatus.SENT and work_order.status == WorkStatus.QUOTED
    return stands and (quote.valid_until is None or on <= quote.valid_until)


def minutes_worked(sessions: Iterable[WorkSession], at: datetime) -> int:
    """Whole minutes spent on a bike until now, whoever spent them."""
    spent = sum(((session.stopped_at or at) - session.started_at for session in sessions), timedelta())
    return int(spent.total_seconds()) // 60


def wanted(offer: Product, *, quantity: int = 1, second_hand: bool = False) -> Wanted:
    """A product of the price list as a line of a quote: what takes time is labour, the rest a part."""
    return Wanted(
        kind="labour" if offer.minutes else "part",
        label_fr=offer.name_fr,
        label_en=offer.name_en,
        unit_price_cents=offer.price_cents,
        vat_rate_bp=offer.vat_rate_bp,
        quantity=quantity,
        product_id=offer.product_id,
        minutes=(offer.minutes or 0) * quantity,
        second_hand=second_hand,
    )
