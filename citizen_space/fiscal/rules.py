"""What is true of the fiscal record: the exact text that is sealed, and what its rows add up to."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from citizen_space.fiscal.models import Period, RowKind

FORMAT_VERSION = 1
GENESIS = "0" * 64
"""What the first row of a chain names as the one before it."""

COUNTED = frozenset({RowKind.SALE, RowKind.REFUND})
"""What the totals and the perpetual total are made of."""

MONEY = COUNTED | {RowKind.DEPOSIT}
"""What may not be recorded on a day that is closed."""

ACTIVE = MONEY | {
    RowKind.VOID,
    RowKind.NOTE,
    RowKind.DUPLICATE,
    RowKind.NO_SALE,
    RowKind.OPENING,
    RowKind.TRAINING,
    RowKind.MOVEMENT,
    RowKind.OVERRIDE,
}
"""What makes a day one that must be closed; the machine's own events alone do not."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """All that a sealed row says."""

    register: str
    number: int
    kind: str
    at: datetime
    on: date
    gross_cents: int
    perpetual_cents: int
    order_id: int | None
    key_id: str
    previous: str
    content: Mapping[str, Any]

    def text(self) -> str:
        """Write the exact text that is hashed and signed."""
        return canonical(
            {
                "format": FORMAT_VERSION,
                "register": self.register,
                "number": self.number,
                "kind": self.kind,
                "at": stamp(self.at),
                "on": self.on.isoformat(),
                "gross_cents": self.gross_cents,
                "perpetual_cents": self.perpetual_cents,
                "order": self.order_id,
                "key": self.key_id,
                "previous": self.previous,
                "content": self.content,
            }
        )


def canonical(value: Mapping[str, Any]) -> str:
    """Write JSON in the one way there is: keys sorted, no spaces, no fractions."""
    _check_exact(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _check_exact(value: Any) -> None:
    assert not isinstance(value, float), "a fraction has no exact text: use whole cents and basis points"
    if isinstance(value, Mapping):
        assert all(isinstance(key, str) for key in value), "keys are text"
        for item in value.values():
            _check_exact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_exact(item)


def stamp(at: datetime) -> str:
    """Write a moment as the sealed text says it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def receipt_number(register_code: str, number: int) -> str:
    """Return the number as it is printed."""
    return f"{register_code}-{number:06d}"


def signed_bytes(row_hash: str) -> bytes:
    """Return what the signature is made over; the prefix keeps it from meaning anything elsewhere."""
    return b"citizen-space fiscal row " + row_hash.encode()


def money_content(
    *,
    lines: Sequence[Mapping[str, Any]],
    vat: Sequence[Mapping[str, int]],
    tenders: Sequence[Mapping[str, Any]],
    operator: str,
    **more: Any,
) -> dict[str, Any]:
    """Build the content of a sale, refund or deposit.

    `vat`: {rate_bp, gross_cents, net_cents, vat_cents} each; `tenders`: {tender, amount_cents} each, net of change.
    A refund's amounts are negative.
    """
    return {"lines": list(lines), "vat": list(vat), "tenders": list(tenders), "operator": operator, **more}


def is_coherent(kind: str, gross_cents: int, content: Mapping[str, Any]) -> bool:
    """Say whether a money row's VAT and tenders both add up to its amount, and net and VAT to each gross."""
    vat, tenders = content.get("vat", []), content.get("tenders", [])
    whole = all(line["gross_cents"] == line["net_cents"] + line["vat_cents"] for line in vat)
    paid = sum(tender["amount_cents"] for tender in tenders) == gross_cents
    taxed = kind == RowKind.DEPOSIT or sum(line["gross_cents"] for line in vat) == gross_cents
    return whole and paid and taxed


@dataclass(slots=True)
class Totals:
    """What a period adds up to."""

    sales_cents: int = 0
    refunds_cents: int = 0
    deposits_cents: int = 0
    vat: dict[str, list[int]] = field(default_factory=dict)
    """Rate in basis points to gross, net and VAT."""
    tenders: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def total_cents(self) -> int:
        """Sales less refunds."""
        return self.sales_cents + self.refunds_cents

    @property
    def row_count(self) -> int:
        """How many rows."""
        return sum(self.kinds.values())

    def add(self, kind: str, gross_cents: int, content: Mapping[str, Any]) -> None:
        """Count one row."""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if kind not in MONEY:
            return
        if kind == RowKind.SALE:
            self.sales_cents += gross_cents
        elif kind == RowKind.REFUND:
            self.refunds_cents += gross_cents
        else:
            self.deposits_cents += gross_cents
        for tender in content.get("tenders", []):
            self.tenders[tender["tender"]] = self.tenders.get(tender["tender"], 0) + tender["amount_cents"]
        if kind in COUNTED:
            for line in content.get("vat", []):
                self._add_vat(str(line["rate_bp"]), line["gross_cents"], line["net_cents"], line["vat_cents"])

    def merge(self, other: "Totals") -> None:
        """Count a shorter period."""
        self.sales_cents += other.sales_cents
        self.refunds_cents += other.refunds_cents
        self.deposits_cents += other.deposits_cents
        for rate, amounts in other.vat.items():
            self._add_vat(rate, *amounts)
        for own, theirs in ((self.tenders, other.tenders), (self.kinds, other.kinds)):
            for name, amount in theirs.items():
                own[name] = own.get(name, 0) + amount

    def _add_vat(self, rate: str, gross_cents: int, net_cents: int, vat_cents: int) -> None:
        sums = self.vat.setdefault(rate, [0, 0, 0])
        for place, cents in enumerate((gross_cents, net_cents, vat_cents)):
            sums[place] += cents

    def detail(self) -> dict[str, Any]:
        """Return the parts as plain data."""
        return {"vat": self.vat, "tenders": self.tenders, "kinds": self.kinds}

    @classmethod
    def from_detail(cls, sales_cents: int, refunds_cents: int, deposits_cents: int, text: str) -> "Totals":
        """Read the totals of a closing back."""
        return cls(sales_cents, refunds_cents, deposits_cents, **json.loads(text))


def closing_content(period: str, label: str, totals: Totals, perpetual_cents: int, actor_code: str) -> dict[str, Any]:
    """Write what a closing seals."""
    return {
        "period": period,
        "label": label,
        "sales_cents": totals.sales_cents,
        "refunds_cents": totals.refunds_cents,
        "total_cents": totals.total_cents,
        "deposits_cents": totals.deposits_cents,
        "row_count": totals.row_count,
        "totals": totals.detail(),
        "period_perpetual_cents": perpetual_cents,
        "actor": actor_code,
    }


def label_of(period: Period, on: date) -> str:
    """Name the day, month or year that a day belongs to."""
    length = {Period.DAY: 10, Period.MONTH: 7, Period.YEAR: 4}[period]
    return on.isoformat()[:length]


def months_over(first: date, today: date) -> list[str]:
    """Name the months from the first day's to the last that is over."""
    names: list[str] = []
    month = first.replace(day=1)
    while month.isoformat()[:7] < today.isoformat()[:7]:
        names.append(month.isoformat()[:7])
        month = (month + timedelta(days=32)).replace(day=1)
    return names


def years_over(first: date, today: date) -> list[str]:
    """Name the years from the first day's to the last that is over."""
    return [f"{year:04d}" for year in range(first.year, today.year)]


def last_day(month: str) -> date:
    """Return the last day of a month named 2026-11."""
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def months_of(year: str, opened_on: date) -> list[str]:
    """Name the months of a year, from the one in which the register was opened."""
    names = [f"{year}-{month:02d}" for month in range(1, 13)]
    return [name for name in names if name >= opened_on.isoformat()[:7]]


def sum_totals(parts: Iterable[Totals]) -> Totals:
    """Add periods up."""
    total = Totals()
    for part in parts:
        total.merge(part)
    return total
