"""What a drawer session adds up to: one computation for X and for Z."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from citizen_space.cash.models import MovementKind
from citizen_space.fiscal.rules import Totals
from citizen_space.payments.models import Tender
from citizen_space.payments.rules import COUNTED

# What a count may be asked of: a deposit and a card online are in no drawer.
COUNTABLE: tuple[str, ...] = tuple(tender.value for tender in COUNTED)

# Which way a movement changes the cash that should be there.
_SIGNS: Mapping[str, int] = {MovementKind.PAID_IN: 1, MovementKind.PAID_OUT: -1, MovementKind.DROP: -1}

# The coins and notes of the euro, the largest first.
PIECES = (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)


def cents_of(pieces: Mapping[int, int]) -> int:
    """Add up coins and notes (cents → how many)."""
    return sum(cents * count for cents, count in pieces.items())


@dataclass(frozen=True)
class Carried:
    """A bill that stays open over a close: its number, its table and what it comes to."""

    order: str
    label: str
    cents: int


@dataclass(frozen=True)
class Moved:
    """Cash that moved for another reason than a sale."""

    kind: str
    amount_cents: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class Report:
    """A session's figures, read from its sealed rows: X while it is open, Z when it closes."""

    float_cents: int
    totals: Totals
    moved: tuple[Moved, ...] = field(default=())

    @property
    def moved_cents(self) -> int:
        """What the movements changed in the drawer."""
        return sum(_SIGNS[movement.kind] * movement.amount_cents for movement in self.moved)

    def expected(self) -> dict[str, int]:
        """Return what should be there by tender: float + sales − refunds + paid in − paid out − drops, for cash."""
        found = {tender: self.totals.tenders.get(tender, 0) for tender in COUNTABLE}
        found[Tender.CASH.value] += self.float_cents + self.moved_cents
        return {tender: cents for tender, cents in found.items() if cents or tender in self.totals.tenders}

    @property
    def expected_cash_cents(self) -> int:
        """Return the cash that should be in the drawer."""
        return self.expected().get(Tender.CASH.value, 0)

    def vat(self) -> list[tuple[int, int, int, int]]:
        """Return (rate, gross, net, VAT), the highest rate first."""
        return [(int(rate), *_three(sums)) for rate, sums in sorted(self.totals.vat.items(), key=lambda r: -int(r[0]))]


def _three(sums: list[int]) -> tuple[int, int, int]:
    gross_cents, net_cents, vat_cents = sums
    return gross_cents, net_cents, vat_cents


def report(float_cents: int, rows: Iterable[tuple[str, int, Mapping[str, Any]]], moved: Iterable[Moved]) -> Report:
    """Add up a session from its sealed rows (kind, gross, content) and its movements."""
    totals = Totals()
    for kind, gross_cents, content in rows:
        totals.add(kind, gross_cents, content)
    return Report(float_cents, totals, tuple(moved))


def differences(expected: Mapping[str, int], counted: Mapping[str, int]) -> dict[str, int]:
    """Return counted − expected by tender: over is positive, short negative."""
    tenders = sorted({*expected, *counted})
    return {tender: counted.get(tender, 0) - expected.get(tender, 0) for tender in tenders}


def z_content(
    found: Report,
    counted: Mapping[str, int],
    *,
    session: int,
    opened_at: str,
    opened_by: str,
    operator: str,
    carried: Sequence[Carried],
) -> dict[str, Any]:
    """Write what the closing of a session seals."""
    expected = found.expected()
    return {
        "session": session,
        "opened_at": opened_at,
        "opened_by": opened_by,
        "operator": operator,
        "float_cents": found.float_cents,
        "sales_cents": found.totals.sales_cents,
        "refunds_cents": found.totals.refunds_cents,
        "deposits_cents": found.totals.deposits_cents,
        "total_cents": found.totals.total_cents,
        "vat": [
            {"rate_bp": rate, "gross_cents": gross, "net_cents": net, "vat_cents": vat}
            for rate, gross, net, vat in found.vat()
        ],
        "tenders": dict(sorted(found.totals.tenders.items())),
        "kinds": dict(sorted(found.totals.kinds.items())),
        "moved": [{"kind": m.kind, "amount_cents": m.amount_cents, "reason": m.reason} for m in found.moved],
        "expected": expected,
        "counted": dict(sorted(counted.items())),
        "differences": differences(expected, counted),
        "carried_over": [{"order": c.order, "label": c.label, "cents": c.cents} for c in carried],
    }
