"""What a worker sees of sales that are done: the last ones of this till, and the receipt somebody asks for."""

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.checkout import queries, service
from citizen_space.checkout.forms import ReceiptForm
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import _
from citizen_space.orders import queries as orders
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit

PRINTING = _("Le ticket s’imprime.")
CREDIT_NOTE_PRINTING = _("L’avoir s’imprime.")


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
    act("/ventes/{order_id:int}/ticket", print_receipt, form=ReceiptForm, again=show_sale, roles=TILL),
    act(
        "/ventes/{order_id:int}/avoirs/{note_id:int}",
        print_credit_note,
        form=ReceiptForm,
        again=show_sale,
        roles=TILL,
    ),
]
