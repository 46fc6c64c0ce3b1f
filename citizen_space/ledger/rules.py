"""What is true of the books: an entry balances, a reversal mirrors what was recorded to the cent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from citizen_space.kit.errors import Refusal
from citizen_space.kit.money import allocate
from citizen_space.kit.text import LazyText, _, translate


class ReversalTooLarge(Refusal):
    """More is asked back than the entry still holds."""

    sentence = _("Il ne reste pas autant à reprendre sur cette écriture.")


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: a positive amount is a debit, a negative one a credit."""

    account: str
    cents: int
    room: str | None = None
    vat_rate_bp: int | None = None
    beneficiary_id: int | None = None


@dataclass(frozen=True, slots=True)
class SalePart:
    """What one VAT rate brings of one room's sale."""

    room: str
    rate_bp: int
    net_cents: int
    vat_cents: int


# By which account each tender comes in; what comes out by it leaves the same way.
TENDER_ACCOUNTS = {
    "card": "5113",
    "card_online": "5112",
    "meal_voucher": "5114",
    "cheque": "5115",
    "cash": "53",
    "deposit": "4191",
}
REVENUE_ACCOUNTS = {"restaurant": "7061", "venue": "7062", "repairs": "7063"}
VAT_COLLECTED = "4457"
DEPOSITS = "4191"
ONLINE_CLEARING = "5112"
CASH = "53"
BANK = "512"
INTERNAL = "58"
FEES = "627"
WAGES = "641"
WAGES_OWED = "421"
SHARE_EXPENSE = "658"
SHARE_OWED = "467"
SHORT = "654"
OVER = "758"


def is_balanced(lines: Iterable[Line]) -> bool:
    """Say whether debits and credits are equal."""
    return sum(line.cents for line in lines) == 0


def sale_lines(parts: Sequence[SalePart], tenders: Sequence[tuple[str, int]]) -> list[Line]:
    """Turn what was sold and how it was paid into postings: money in, revenue and VAT out."""
    lines = [Line(TENDER_ACCOUNTS[tender], cents) for tender, cents in tenders]
    for part in parts:
        lines.append(Line(REVENUE_ACCOUNTS[part.room], -part.net_cents, part.room, part.rate_bp))
        lines.append(Line(VAT_COLLECTED, -part.vat_cents, part.room, part.rate_bp))
    return [line for line in lines if line.cents]


def reversed_lines(
    left: Sequence[Line],
    *,
    portion_cents: int | None = None,
    back_by: Mapping[str, int] | None = None,
    gross_by_rate: Mapping[int, int] | None = None,
) -> list[Line]:
    """Turn round what is left of recorded postings: all, or a part spread by largest remainder.

    `back_by` (account to cents) says by which tenders the money leaves, `gross_by_rate` which VAT rates it is of;
    what is not said is spread over all.
    """
    total = sum(line.cents for line in left if line.cents > 0)
    cents = total if portion_cents is None else portion_cents
    if not 0 < cents <= total:
        raise ReversalTooLarge
    debits = [line for line in left if line.cents > 0]
    credits = [line for line in left if line.cents < 0]
    by_account = [([line for line in debits if line.account == code], part) for code, part in (back_by or {}).items()]
    by_rate = [([c for c in credits if c.vat_rate_bp == bp], part) for bp, part in (gross_by_rate or {}).items()]
    assert sum(part for _lines, part in by_account or [(debits, cents)]) == cents, "the tenders make the whole"
    assert sum(part for _lines, part in by_rate or [(credits, cents)]) == cents, "the rates make the whole"
    return _turned(by_account or [(debits, cents)]) + _turned(by_rate or [(credits, cents)])


def _turned(groups: Sequence[tuple[Sequence[Line], int]]) -> list[Line]:
    """Spread each amount over its postings; each group sums exactly, so the entry balances."""
    turned: list[Line] = []
    for lines, cents in groups:
        if cents > sum(abs(line.cents) for line in lines):
            raise ReversalTooLarge
        shares = allocate(cents, [abs(line.cents) for line in lines]) if cents else [0] * len(lines)
        pairs = zip(lines, shares, strict=True)
        turned += [replace(line, cents=-share if line.cents > 0 else share) for line, share in pairs if share]
    return turned


def parts_of(lines: Iterable[Line]) -> list[SalePart]:
    """Read net and VAT by room and rate back from postings: positive for a sale, negative for its reversal."""
    found: dict[tuple[str, int], list[int]] = {}
    for line in lines:
        if line.room is not None and line.vat_rate_bp is not None:
            sums = found.setdefault((line.room, line.vat_rate_bp), [0, 0])
            sums[line.account == VAT_COLLECTED] -= line.cents
    return [SalePart(room, rate_bp, net, vat) for (room, rate_bp), (net, vat) in sorted(found.items())]


def remaining_lines(recorded: Sequence[Line], reversals: Sequence[Sequence[Line]]) -> list[Line]:
    """Return what earlier reversals have left of an entry: the next one is taken from that, so that all sum exactly."""
    left: dict[Line, int] = {}
    for line in [*recorded, *(line for reversal in reversals for line in reversal)]:
        key = replace(line, cents=0)
        left[key] = left.get(key, 0) + line.cents
    return [replace(key, cents=cents) for key, cents in left.items() if cents]


# The first words of a source in people's words; a share says whose share it is.
SOURCES: dict[str, LazyText] = {
    "sale": _("Vente"),
    "deposit": _("Acompte"),
    "refund": _("Remboursement"),
    "share:sale": _("Part d’une vente"),
    "share:refund": _("Part reprise par un remboursement"),
    "share": _("Part aux victimes"),
    "transfer": _("Virement de la part"),
    "payout": _("Versement des paiements en ligne"),
    "drawer": _("Session de caisse"),
    "cash_movement": _("Mouvement d’espèces"),
    "wages": _("Rémunération"),
}


def say_source(source: str, language: str) -> str:
    """Say in words what caused an entry; a cause without words is shown as it is."""
    first, second = [*source.split(":"), ""][:2]
    words = SOURCES.get(f"{first}:{second}", SOURCES.get(first))
    return source if words is None else translate(words, language)
