"""What staff see of sales: the list, one sale with the whole way of its money, and the refund."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import Route

from citizen_space.bank import queries as bank
from citizen_space.bookings import queries as bookings
from citizen_space.bookings.models import Booking
from citizen_space.cash import queries as drawers
from citizen_space.checkout import queries, service
from citizen_space.checkout.forms import ReceiptForm, RefundForm
from citizen_space.checkout.refusals import BookingStands
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal.models import FiscalRegister, RegisterKind
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotAllowed
from citizen_space.kit.names import ROOM_NAMES
from citizen_space.kit.text import _, translate
from citizen_space.ledger import queries as books
from citizen_space.ledger.rules import say_source
from citizen_space.orders import queries as orders
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order, OrderKind
from citizen_space.payments import queries as payments
from citizen_space.payments.rules import TENDER_NAMES
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE, HEADS_OF, ROOM_HEADS
from citizen_space.web.visit import Visit

# Those who run a room give back its sales; finance all of them.
SALES = FINANCE | ROOM_HEADS
STATUS_NAMES = {
    "open": _("Ouverte"),
    "settled": _("Réglée"),
    "part_refunded": _("En partie remboursée"),
    "refunded": _("Remboursée"),
    "cancelled": _("Abandonnée"),
}
PAYMENT_NAMES = {
    "pending": _("Attendu"),
    "received": _("Reçu"),
    "failed": _("Refusé"),
    "expired": _("Délai écoulé"),
    "cancelled": _("Abandonné"),
    "sent": _("Envoyé"),
    "succeeded": _("Rendu"),
}
REFUNDED = _("Remboursement enregistré.")
CREDIT_NOTE_PRINTING = _("L’avoir s’imprime.")
CALLED_OFF = _("La réservation est annulée et remboursée, un message part.")
PER_PAGE = 100


def _asked_day(visit: Visit) -> date | None:
    typed = visit.query.get("jour")
    if typed == "":
        return None
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None if visit.query.get("q") else business_day(visit.at)


def show_sales(visit: Visit) -> Response:
    """The sales of a day, or those that a number names; the address keeps what was asked."""
    on, text, room = _asked_day(visit), visit.query.get("q", "").strip(), visit.query.get("salle", "")
    wanted = queries.SaleFilter(on=on, room=room if room in ROOM_NAMES else "", text=text)
    count, total_cents = queries.sum_sales(visit.session, wanted)
    pages = max(1, -(-count // PER_PAGE))
    asked = visit.query.get("page", "")
    number = min(pages, max(1, int(asked))) if asked.isdecimal() and len(asked) < 7 else 1
    by = visit.query.get("tri", "")
    kept = {"jour": on.isoformat() if on else "", "q": text, "salle": wanted.room}
    return visit.render(
        "checkout/office/sales.html",
        sales=queries.list_sales(visit.session, wanted, by=by, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        count=count,
        on=on,
        q=text,
        chosen_room=room,
        by=by if by in queries.SALE_ORDERS else "-date",
        base="?" + urlencode(kept),
        page=number,
        pages=pages,
        status_names=STATUS_NAMES,
        total_cents=total_cents,
    )


def show_sale(visit: Visit) -> Response:
    """One sale, and the walk of its money from the receipt to the bank."""
    order_id: int = visit.path["order_id"]
    order = orders.get_order(visit.session, order_id)
    received = list(payments.list_payments(visit.session, order_id))
    left_cents = _left(visit.session, order) if _may_refund(visit, order) else 0
    return visit.render(
        "checkout/office/sale.html",
        order=order,
        lines=orders.list_lines(visit.session, order_id),
        line_cents=order_rules.gross_cents,
        payments=received,
        refunds=payments.list_refunds(visit.session, order_id),
        tender_names=TENDER_NAMES,
        payment_names=PAYMENT_NAMES,
        status_names=STATUS_NAMES,
        say_source=say_source,
        left_cents=left_cents,
        registers=_registers(visit) if left_cents else [],
        credit_notes=queries.list_credit_note_views(visit.session, order_id) if _may_refund(visit, order) else [],
        standing=bookings.find_standing(visit.session, order.booking_id, order_id=order_id),
        **_walk(visit.session, order_id, received),
    )


def _walk(session: Session, order_id: int, received: list[Any]) -> dict[str, Any]:
    """What the money of a sale went through, each piece with what leads to it."""
    return {
        "rows": queries.list_sealed_rows(session, order_id),
        "entries": books.list_entries_for_order(session, order_id),
        "postings": books.list_postings_for_order(session, order_id),
        "accruals": queries.list_accruals(session, order_id),
        "payouts": payments.list_payouts_of_payments(session, [payment.id for payment in received]),
        "bank_lines": bank.list_lines_of_order(session, order_id),
    }


def _left(session: Session, order: Order) -> int:
    if order.settled_at is None:
        return 0
    left_cents = (order.gross_cents or 0) - order.refunded_cents
    return (
        min(left_cents, service.deposit_left_cents(session, order)) if order.kind == OrderKind.DEPOSIT else left_cents
    )


def _registers(visit: Visit) -> list[tuple[int, str]]:
    """Where a refund can be recorded: the online register, and the tills that are open."""
    opened = drawers.list_open_sessions(visit.session)
    return [
        (register.id, _named(visit, register))
        for register in registers.list_registers(visit.session)
        if register.id is not None and (register.kind == RegisterKind.ONLINE or register.id in opened)
    ]


def _named(visit: Visit, register: FiscalRegister) -> str:
    kind = _("en ligne") if register.kind == RegisterKind.ONLINE else _("caisse ouverte")
    return f"{register.name} ({translate(kind, visit.language)})"


def _may_refund(visit: Visit, order: Order) -> bool:
    return visit.who is not None and visit.who.role in FINANCE | HEADS_OF[order.room]


def refund(visit: Visit) -> Response:
    """Give a sale, or a part of it, back by the tenders it was paid with.

    What paid for a booking that stands goes with it: nobody keeps a place, or a ticket, for which the money is back.
    """
    form: RefundForm = visit.form
    order = orders.get_order(visit.session, visit.path["order_id"])
    if not _may_refund(visit, order):
        raise NotAllowed
    standing = bookings.find_standing(visit.session, order.booking_id, order_id=visit.path["order_id"])
    if standing is not None:
        _call_off(visit, form, order, standing)
        return visit.redirect(f"/ventes/{order.id}", notice=CALLED_OFF)
    service.refund(
        visit.session,
        visit.path["order_id"],
        amount_cents=form.amount,
        reason=form.reason,
        key=form.submission,
        actor=visit.actor,
        register_id=form.register_id,
        at=visit.at,
        keys=visit.house.keys,
    )
    return visit.redirect(f"/ventes/{visit.path['order_id']}", notice=REFUNDED)


def print_credit_note(visit: Visit) -> Response:
    """Print the paper of a refund at the till it was made on."""
    form: ReceiptForm = visit.form
    order = orders.get_order(visit.session, visit.path["order_id"])
    if not _may_refund(visit, order):
        raise NotAllowed
    service.print_credit_note(
        visit.session,
        visit.path["order_id"],
        visit.path["note_id"],
        actor=visit.actor,
        submission=form.submission,
        language=visit.language,
        keys=visit.house.keys,
        at=visit.at,
        public_url=visit.house.config.public_url,
    )
    return visit.redirect(f"/ventes/{order.id}", notice=CREDIT_NOTE_PRINTING)


def _call_off(visit: Visit, form: RefundForm, order: Order, booking: Booking) -> None:
    """Cancel the booking with its refund, in one transaction: its places are free and its tickets refused."""
    assert booking.id is not None
    if form.amount is not None and form.amount != _left(visit.session, order):
        raise BookingStands("amount")
    visit.house.call_off(
        visit.session,
        booking.id,
        visit.at,
        actor=visit.actor,
        reason=form.reason,
        key=form.submission,
        register_id=form.register_id,
    )


routes: list[Route] = [
    page("/ventes", show_sales, roles=SALES, name="office-sales"),
    page("/ventes/{order_id:int}", show_sale, roles=SALES, name="office-sale"),
    act("/ventes/{order_id:int}/rembourser", refund, form=RefundForm, again=show_sale, roles=SALES),
    act(
        "/ventes/{order_id:int}/avoirs/{note_id:int}",
        print_credit_note,
        form=ReceiptForm,
        again=show_sale,
        roles=SALES,
    ),
]
