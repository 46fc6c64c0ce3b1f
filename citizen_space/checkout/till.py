"""What a worker sees of sales that are done: the last ones of this till, and the receipt somebody asks for."""

from collections.abc import Collection

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.checkout import overrides, queries, service
from citizen_space.checkout.forms import GiveBackForm, ReceiptForm
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.formats import money
from citizen_space.kit.text import _, translate
from citizen_space.orders import queries as orders
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order
from citizen_space.vouching.asking import asked, vouched
from citizen_space.vouching.models import Act
from citizen_space.vouching.rules import Voucher
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE, HEADS_OF, TILL
from citizen_space.web.visit import Visit

PRINTING = _("Le ticket s’imprime.")
CREDIT_NOTE_PRINTING = _("L’avoir s’imprime.")
GIVE_BACK = _("Rendez %(cents)s par le moyen qui a servi à payer.")


def show_sales(visit: Visit) -> Response:
    """The last sales of this till today."""
    wanted = queries.SaleFilter(on=business_day(visit.at), register_id=visit.register_id, text=visit.query.get("q", ""))
    sales = queries.list_sales(visit.session, wanted, limit=40)
    return visit.render("checkout/till/sales.html", sales=sales)


def _own_sale(visit: Visit) -> Order:
    """The sale of the address, if it was made on this till."""
    order = orders.get_order(visit.session, visit.path["order_id"])
    if order.register_id != visit.register_id or order.settled_at is None:
        raise NotFound
    return order


def show_sale(visit: Visit) -> Response:
    """One sale: its lines, its receipt on paper, or the code by which the customer follows it."""
    order = _own_sale(visit)
    return visit.render(
        "checkout/till/sale.html",
        order=order,
        sale=service.get_sale(visit.session, order),
        lines=orders.list_live_lines(visit.session, visit.path["order_id"]),
        line_cents=order_rules.gross_cents,
        trail_url=f"{visit.house.config.public_url}/argent/recu/{order.trail_code}",
        copies=queries.count_copies(visit.session, visit.path["order_id"]),
        credit_notes=queries.list_credit_note_views(
            visit.session, visit.path["order_id"], register_id=visit.register_id
        ),
    )


def print_receipt(visit: Visit) -> Response:
    """Print the receipt because somebody asked."""
    order = _own_sale(visit)
    form: ReceiptForm = visit.form
    service.print_receipt(
        visit.session,
        visit.path["order_id"],
        register_id=visit.register_id,
        actor=visit.actor,
        submission=form.submission,
        language=visit.language,
        keys=visit.house.keys,
        at=visit.at,
        public_url=visit.house.config.public_url,
    )
    return visit.redirect(f"/ventes/{order.id}", notice=PRINTING)


def ask_refund(visit: Visit) -> Response:
    """Which lines of a sale are given back, why, and the word of staff."""
    order = _own_sale(visit)
    lines = orders.list_live_lines(visit.session, visit.path["order_id"])
    return visit.render(
        "checkout/till/refund.html",
        order=order,
        sale=service.get_sale(visit.session, order),
        lines=lines,
        line_cents=order_rules.gross_cents,
        left_cents=(order.gross_cents or 0) - order.refunded_cents,
        **asked(visit, Act.REFUND),
    )


def give_back(visit: Visit, voucher: Voucher) -> None:
    """Give back some lines of a sale of this till, or all that is left of it."""
    form: GiveBackForm = visit.form
    _own_sale(visit)
    overrides.give_back(
        visit.session,
        visit.path["order_id"],
        form.lines,
        voucher,
        register_id=visit.register_id,
        at=visit.at,
        keys=visit.house.keys,
    )


def show_given_back(visit: Visit) -> Response:
    """Say how much, and by what it was paid: it goes back the same way."""
    form: GiveBackForm = visit.form
    note = queries.find_credit_note(visit.session, form.submission)
    said = translate(GIVE_BACK, visit.language, cents=money(note.amount_cents if note else 0, visit.language))
    return visit.redirect(f"/ventes/{visit.path['order_id']}", notice=said)


def _room_of_sale(visit: Visit) -> Collection[str]:
    """Those who give this sale back in the office vouch for it at the till."""
    return FINANCE | HEADS_OF[_own_sale(visit).room]


def print_credit_note(visit: Visit) -> Response:
    """Print the paper of a refund that this till made."""
    order = _own_sale(visit)
    form: ReceiptForm = visit.form
    view = queries.get_credit_note_view(visit.session, visit.path["order_id"], visit.path["note_id"])
    if view.row.register_id != visit.register_id:
        raise NotFound
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


routes: list[Route] = [
    page("/ventes", show_sales, roles=TILL, name="till-sales"),
    page("/ventes/{order_id:int}", show_sale, roles=TILL, name="till-sale"),
    page("/ventes/{order_id:int}/rembourser", ask_refund, roles=TILL),
    vouched(
        "/ventes/{order_id:int}/rembourser",
        give_back,
        act=Act.REFUND,
        then=show_given_back,
        again=ask_refund,
        form=GiveBackForm,
        by=_room_of_sale,
    ),
    act("/ventes/{order_id:int}/ticket", print_receipt, form=ReceiptForm, again=show_sale, roles=TILL),
    act(
        "/ventes/{order_id:int}/avoirs/{note_id:int}",
        print_credit_note,
        form=ReceiptForm,
        again=show_sale,
        roles=TILL,
    ),
]
