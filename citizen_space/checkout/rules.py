"""What is true of a sale: the exact content that is sealed, what a refund of lines comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citizen_space.kit.errors import Refusal
from citizen_space.kit.money import divide_half_up
from citizen_space.kit.text import _
from citizen_space.kit.vat import VatLine
from citizen_space.ledger.rules import SalePart
from citizen_space.orders.models import LineState, Order, OrderLine
from citizen_space.orders.rules import Totals, gross_cents
from citizen_space.payments.rules import Part


class LineNotRefundable(Refusal):
    """A line that is not on the order, or fewer were sold."""

    status = 422
    sentence = _("Cette ligne ne peut pas être remboursée pour cette quantité.")


@dataclass(frozen=True)
class Tender:
    """What was handed over by one means of payment."""

    tender: str
    amount_cents: int
    reference: str = ""


def fill_tenders(due_cents: int, *, cash_cents: int, card_reference: str, meal_voucher_cents: int = 0) -> list[Tender]:
    """Let the card pay what vouchers and cash leave."""
    tenders = (
        Tender("meal_voucher", meal_voucher_cents),
        Tender("cash", cash_cents),
        Tender("card", max(due_cents - meal_voucher_cents - cash_cents, 0), card_reference),
    )
    return [tender for tender in tenders if tender.amount_cents]


def sale_parts(room: str, totals: Totals) -> list[SalePart]:
    """Return what each VAT rate brings, as the books take it."""
    return [SalePart(room, line.rate_bp, line.net_cents, line.vat_cents) for line in totals.vat]


def sealed_line(line: OrderLine) -> dict[str, Any]:
    """Return a line as it is sealed: the words, figures and options themselves, not references."""
    sealed: dict[str, Any] = {
        "label": line.label_fr,
        "quantity": line.quantity,
        "unit_cents": line.unit_price_cents,
        "gross_cents": gross_cents(line),
        "rate_bp": line.vat_rate_bp,
    }
    if line.label_en:
        sealed["label_en"] = line.label_en
    if line.options:
        sealed["options"] = [
            {"label": option["name_fr"], "label_en": option["name_en"], "cents": option["extra_cents"]}
            for option in line.options
        ]
    if line.discount_cents:
        sealed["discount_cents"] = line.discount_cents
        sealed["discount_reason"] = line.discount_reason
    return sealed


def sealed_void(line: OrderLine) -> dict[str, Any]:
    """Return what was taken off before payment, with who and why."""
    sealed: dict[str, Any] = {
        "label": line.label_fr,
        "quantity": line.quantity,
        "gross_cents": gross_cents(line),
        "by": line.voided_by,
        "reason": line.void_reason,
    }
    return sealed | ({"vouched_by": line.void_vouched_by} if line.void_vouched_by else {})


def sealed_vat(vat: Iterable[VatLine]) -> list[dict[str, int]]:
    """Return net and VAT by rate as they are sealed."""
    return [
        {
            "rate_bp": line.rate_bp,
            "gross_cents": line.gross_cents,
            "net_cents": line.net_cents,
            "vat_cents": line.vat_cents,
        }
        for line in vat
    ]


def sealed_tenders(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return the tenders as they are sealed; what was handed over and given back is said beside."""
    return [
        {"tender": part.tender, "amount_cents": part.amount_cents}
        | (
            {"given_cents": part.amount_cents + part.change_cents, "change_cents": part.change_cents}
            if part.change_cents
            else {}
        )
        for part in parts
    ]


def sale_more(order: Order, lines: Sequence[OrderLine], *, share_cents: int, change_cents: int) -> dict[str, Any]:
    """Return what a sealed sale says beside lines, VAT and tenders."""
    more: dict[str, Any] = {
        "order": order.reference,
        "room": order.room,
        "label": order.label,
        "share_cents": share_cents,
        "change_cents": change_cents,
        "trail_code": order.trail_code,
    }
    if order.covers is not None:
        more["covers"] = order.covers
    voids = [sealed_void(line) for line in lines if line.state == LineState.VOIDED]
    return more | ({"voids": voids} if voids else {})


def vat_of_parts(parts: Iterable[SalePart], *, sign: int) -> list[dict[str, int]]:
    """Return net and VAT by rate as posted, signed as the sealed row needs them."""
    found: dict[int, list[int]] = {}
    for part in parts:
        sums = found.setdefault(part.rate_bp, [0, 0])
        sums[0] += sign * abs(part.net_cents)
        sums[1] += sign * abs(part.vat_cents)
    return [
        {"rate_bp": rate, "gross_cents": net + vat, "net_cents": net, "vat_cents": vat}
        for rate, (net, vat) in sorted(found.items(), reverse=True)
    ]


def part_of_line(line: OrderLine, quantity: int) -> int:
    """Return what a quantity of a line comes to; all of it is exactly its gross."""
    if line.state == LineState.VOIDED or not 0 < quantity <= line.quantity:
        raise LineNotRefundable("lines")
    return divide_half_up(gross_cents(line) * quantity, line.quantity)


def gross_by_rate(lines: Mapping[int, OrderLine], wanted: Mapping[int, int]) -> dict[int, int]:
    """Return what (line id → quantity) comes to by VAT rate."""
    found: dict[int, int] = {}
    for line_id, quantity in wanted.items():
        if line_id not in lines:
            raise LineNotRefundable("lines")
        line = lines[line_id]
        found[line.vat_rate_bp] = found.get(line.vat_rate_bp, 0) + part_of_line(line, quantity)
    return found
