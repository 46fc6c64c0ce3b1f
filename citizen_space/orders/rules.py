"""What is true of an order: the gross of a line, the totals, which lines count, which moves are legal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from citizen_space.kit import money
from citizen_space.kit.vat import VatLine, extract
from citizen_space.orders.models import LineState, OrderStatus


class Priced(Protocol):
    """What has a price: an order line, or the row that a query read of one."""

    @property
    def quantity(self) -> int: ...
    @property
    def unit_price_cents(self) -> int: ...
    @property
    def options_cents(self) -> int: ...
    @property
    def discount_cents(self) -> int: ...
    @property
    def vat_rate_bp(self) -> int: ...
    @property
    def state(self) -> str: ...


Line = TypeVar("Line", bound=Priced)


@dataclass(frozen=True)
class Totals:
    """What an order comes to, computed once for till, receipt, journal and books."""

    gross_cents: int
    net_cents: int
    vat: tuple[VatLine, ...]

    @property
    def vat_cents(self) -> int:
        """The VAT of all rates."""
        return self.gross_cents - self.net_cents


@dataclass(frozen=True)
class Choice:
    """An option as it was chosen, with its price of that moment."""

    name_fr: str
    name_en: str = ""
    extra_cents: int = 0
    id: int | None = None

    def as_data(self) -> dict[str, Any]:
        """Return it as the line stores it."""
        return {"id": self.id, "name_fr": self.name_fr, "name_en": self.name_en, "extra_cents": self.extra_cents}


# Every legal move of an order; what is not here does not happen.
MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.OPEN: frozenset({OrderStatus.SETTLED, OrderStatus.CANCELLED}),
    OrderStatus.SETTLED: frozenset({OrderStatus.PART_REFUNDED, OrderStatus.REFUNDED}),
    OrderStatus.PART_REFUNDED: frozenset({OrderStatus.PART_REFUNDED, OrderStatus.REFUNDED}),
    OrderStatus.REFUNDED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


def full_cents(line: Priced) -> int:
    """Return the line's price before its discount."""
    return line.quantity * (line.unit_price_cents + line.options_cents)


def gross_cents(line: Priced) -> int:
    """Return what the line costs: quantity × (unit price + options) − discount."""
    return full_cents(line) - line.discount_cents


def live_lines(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that count."""
    return [line for line in lines if line.state != LineState.VOIDED]


def totals(lines: Iterable[Priced]) -> Totals:
    """Return gross, net and VAT per rate of the lines that count."""
    by_rate: dict[int, int] = {}
    for line in lines:
        if line.state != LineState.VOIDED:
            by_rate[line.vat_rate_bp] = by_rate.get(line.vat_rate_bp, 0) + gross_cents(line)
    return totals_of_rates(by_rate)


def totals_of_rates(gross_by_rate: dict[int, int]) -> Totals:
    """Return the totals of amounts known per rate."""
    vat = tuple(extract(gross_by_rate))
    return Totals(sum(v.gross_cents for v in vat), sum(v.net_cents for v in vat), vat)


def share_discount(lines: Sequence[Priced], discount_cents: int) -> list[int]:
    """Spread a discount of the whole order over its lines by what each costs, to the cent."""
    weights = [gross_cents(line) for line in lines]
    if not sum(weights):
        return [0] * len(weights)
    return money.allocate(min(discount_cents, sum(weights)), weights)
