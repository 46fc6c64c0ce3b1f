"""What is true of the share: how much, for whom, how a refund turns it round, which account is an account."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citizen_space.compensation.models import Base, TransferStatus
from citizen_space.kit import money

MOVES: dict[TransferStatus, frozenset[TransferStatus]] = {
    TransferStatus.prepared: frozenset({TransferStatus.approved, TransferStatus.cancelled}),
    TransferStatus.approved: frozenset({TransferStatus.exported, TransferStatus.cancelled}),
    TransferStatus.exported: frozenset({TransferStatus.executed}),
    TransferStatus.executed: frozenset({TransferStatus.returned}),
    TransferStatus.returned: frozenset(),
    TransferStatus.cancelled: frozenset(),
}


@dataclass(frozen=True)
class Terms:
    """The rule in force for a room on a day."""

    rule_id: int
    rate_bp: int
    base: str
    parts: tuple[tuple[int, int], ...]
    """(beneficiary id, weight), in the order of the beneficiaries' ids."""


@dataclass(frozen=True)
class Share:
    """What is set aside for one beneficiary."""

    beneficiary_id: int
    amount_cents: int


def may_move(status: str, to: TransferStatus) -> bool:
    """Whether a transfer that stands at `status` may go to `to`."""
    return to in MOVES[TransferStatus(status)]


def base_cents(terms: Terms, *, net_cents: int, gross_cents: int) -> int:
    """The amount the rate applies to."""
    return gross_cents if terms.base == Base.gross else net_cents


def set_aside(terms: Terms, *, net_cents: int, gross_cents: int) -> list[Share]:
    """The share of a sale for each beneficiary; the parts sum to the share exactly."""
    base = base_cents(terms, net_cents=net_cents, gross_cents=gross_cents)
    if base <= 0:
        return []
    amounts = money.allocate(money.portion(base, terms.rate_bp), [weight for _, weight in terms.parts])
    return [Share(who, cents) for (who, _), cents in zip(terms.parts, amounts, strict=True) if cents]


def give_back(
    recorded: Mapping[int, int], *, returned: Mapping[int, int], gross_cents: int, before_cents: int, refund_cents: int
) -> list[Share]:
    """What a refund takes back from each beneficiary, so that giving all back leaves exactly nothing.

    `recorded` and `returned` are cents by beneficiary; `before_cents` is the gross already refunded. The target is
    computed on the whole refunded so far: ten small refunds take back as much as a single one of their sum.
    """
    if gross_cents <= 0:
        return []
    refunded = min(before_cents + refund_cents, gross_cents)
    target = money.divide_half_up(sum(recorded.values()) * refunded, gross_cents)
    due = max(0, target - sum(returned.values()))
    remaining = {who: cents - returned.get(who, 0) for who, cents in recorded.items()}
    # No beneficiary gives back more than is left to it: a largest remainder on what is left cannot exceed it.
    if not due or not any(remaining.values()):
        return []
    amounts = money.allocate(due, list(remaining.values()))
    return [Share(who, cents) for who, cents in zip(remaining, amounts, strict=True) if cents]


def tidy_iban(text: str) -> str:
    """An account number without spaces, in capitals."""
    return re.sub(r"[\s\u00a0\u202f-]", "", text).upper()


def is_iban(iban: str) -> bool:
    """Whether the number has the form and the check digits of an IBAN."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban, re.ASCII):
        return False
    if iban.startswith("FR") and len(iban) != 27:
        return False
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_bic(bic: str) -> bool:
    """Whether the code has the form of a BIC."""
    return re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", bic, re.ASCII) is not None


_SPELT_OUT = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "‘": "'", "–": "-", "—": "-"}
)


def sepa_text(text: str, *, limit: int) -> str:
    """The text within the characters that every bank of the area accepts."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    kept = re.sub(r"[^A-Za-z0-9/?:().,'+ -]", " ", "".join(c for c in plain if not unicodedata.combining(c)))
    return re.sub(r" +", " ", kept).strip()[:limit].strip()


def has_whole_weights(parts: Sequence[tuple[int, int]]) -> bool:
    """Whether there is a beneficiary, and each appears once with a weight of at least one."""
    return bool(parts) and len({who for who, _ in parts}) == len(parts) and all(weight > 0 for _, weight in parts)
