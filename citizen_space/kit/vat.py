"""VAT is extracted from the gross total, once per document and rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from citizen_space.kit.money import BASIS, divide_half_up


@dataclass(frozen=True)
class VatLine:
    """What one rate holds of a document: gross == net + vat, always."""

    rate_bp: int
    gross_cents: int
    net_cents: int
    vat_cents: int


def extract(gross_by_rate: Mapping[int, int]) -> list[VatLine]:
    """Extract net and VAT from each rate's gross, highest rate first."""
    return [_line(rate_bp, gross_by_rate[rate_bp]) for rate_bp in sorted(gross_by_rate, reverse=True)]


def _line(rate_bp: int, gross_cents: int) -> VatLine:
    net_cents = divide_half_up(gross_cents * BASIS, BASIS + rate_bp)
    return VatLine(rate_bp, gross_cents, net_cents, gross_cents - net_cents)
