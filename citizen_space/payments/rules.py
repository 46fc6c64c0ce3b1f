"""What is true of payments: which moves are legal, how tenders fill a total, what a meal voucher may pay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from citizen_space.kit.errors import Refusal
from citizen_space.kit.lazy import later
from citizen_space.kit.money import allocate
from citizen_space.kit.text import LazyText, _
from citizen_space.payments.models import PaymentStatus, RefundStatus, Tender

if TYPE_CHECKING:
    import holidays
else:  # for the first meal voucher
    holidays = later("holidays")


class TendersShort(Refusal):
    """What was given does not reach the total."""

    status = 422
    sentence = _("Il manque %(missing_cents)s.")


class TendersOver(Refusal):
    """More than the total by a tender that gives no change."""

    status = 422
    sentence = _("C’est %(over_cents)s de trop : on rend la monnaie sur les espèces seulement.")


class VoucherTooLarge(Refusal):
    """A meal voucher pays no more than the law lets it."""

    status = 422
    sentence = _("Un titre-restaurant règle au plus %(most_cents)s par personne et par jour.")


class VoucherNotToday(Refusal):
    """Meal vouchers rest on Sundays and public holidays."""

    sentence = _("Les titres-restaurant ne sont pas acceptés le dimanche ni les jours fériés.")


class VoucherNotHere(Refusal):
    """Meal vouchers pay for meals."""

    sentence = _("Les titres-restaurant ne sont acceptés qu’au restaurant.")


class CashNotTaken(Refusal):
    """The house takes no cash."""

    sentence = _("Les espèces ne sont pas acceptées.")


class TenderNotHere(Refusal):
    """A tender that this till does not take."""

    status = 422
    sentence = _("Ce moyen de paiement n’est pas accepté ici.")


@dataclass(frozen=True)
class Part:
    """What one tender really pays: what was handed over less the change."""

    tender: str
    amount_cents: int
    change_cents: int = 0
    reference: str = ""


TENDER_NAMES: dict[str, LazyText] = {
    Tender.CARD: _("Carte bancaire"),
    Tender.CARD_ONLINE: _("Carte en ligne"),
    Tender.CASH: _("Espèces"),
    Tender.MEAL_VOUCHER: _("Titre-restaurant"),
    Tender.CHEQUE: _("Chèque"),
    Tender.DEPOSIT: _("Acompte"),
}

# What is in the drawer or on the terminal's slip, and so can be counted at the close.
COUNTED = (Tender.CASH, Tender.CARD, Tender.MEAL_VOUCHER, Tender.CHEQUE)

MOVES: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING: frozenset(
        {PaymentStatus.RECEIVED, PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}
    ),
    # Money may still land after we gave up waiting: it is received, then kept or sent back.
    PaymentStatus.FAILED: frozenset({PaymentStatus.RECEIVED}),
    PaymentStatus.EXPIRED: frozenset({PaymentStatus.RECEIVED}),
    PaymentStatus.CANCELLED: frozenset({PaymentStatus.RECEIVED}),
    PaymentStatus.RECEIVED: frozenset(),
}

REFUND_MOVES: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.PENDING: frozenset({RefundStatus.SENT, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.SENT: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    # For weeks a bank may still send it back.
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
    # A failed refund is tried again by hand.
    RefundStatus.FAILED: frozenset({RefundStatus.PENDING}),
}


def is_public_holiday(on: date) -> bool:
    """Say whether a day is a public holiday in mainland France."""
    return on in _holidays_of(on.year)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def check_vouchers(
    amounts_cents: Sequence[int], *, room: str, on: date, most_cents: int, covers: int | None, sundays: bool
) -> None:
    """Refuse meal vouchers that may not pay (C. trav. R3262-8 and 10): per person, for meals, not on days of rest."""
    if not amounts_cents:
        return
    if room != "restaurant":
        raise VoucherNotHere("tenders")
    if not sundays and (on.weekday() == 6 or is_public_holiday(on)):
        raise VoucherNotToday("tenders")
    if max(amounts_cents) > most_cents or sum(amounts_cents) > most_cents * max(covers or 1, 1):
        raise VoucherTooLarge("tenders", most_cents=most_cents)


def fill(total_cents: int, given: Iterable[tuple[str, int, str]]) -> list[Part]:
    """Turn (tender, cents, reference) into parts that sum to the total exactly; cash alone gives change."""
    tenders = [(tender, cents, reference) for tender, cents, reference in given if cents]
    if any(cents < 0 for _tender, cents, _reference in tenders):
        raise TendersShort("tenders", missing_cents=total_cents)
    other = sum(cents for tender, cents, _reference in tenders if tender != Tender.CASH)
    cash = sum(cents for tender, cents, _reference in tenders if tender == Tender.CASH)
    if other > total_cents:
        raise TendersOver("tenders", over_cents=other - total_cents)
    if other + cash < total_cents:
        raise TendersShort("tenders", missing_cents=total_cents - other - cash)
    parts = [Part(tender, cents, reference=reference) for tender, cents, reference in tenders if tender != Tender.CASH]
    due = total_cents - other
    if due:
        parts.append(Part(Tender.CASH, due, change_cents=cash - due))
    elif cash:
        # Nothing was left to pay: all the cash goes back, and no payment of nothing is recorded.
        raise TendersOver("tenders", over_cents=cash)
    return parts


def likely_cash(due_cents: int) -> list[int]:
    """Say what somebody who pays in cash hands over: exactly the sum, or the next round ones."""
    notes = (1_000, 2_000) if due_cents <= 1_000 else (1_000, 5_000)
    rounded = [due_cents + -due_cents % note_cents for note_cents in notes]
    return sorted({due_cents, *rounded}) if due_cents > 0 else []


def spread_refund(left_by_payment: Sequence[tuple[int, int]], amount_cents: int) -> list[tuple[int, int]]:
    """Spread a refund over (payment id, cents left) by what is left of each, to the cent."""
    weights = [left for _payment_id, left in left_by_payment]
    shares = allocate(amount_cents, weights)
    return [(payment_id, share) for (payment_id, _left), share in zip(left_by_payment, shares, strict=True) if share]
