"""What a worker sees of the restaurant: the room, the tab, the bill. Never a surname, a phone or an address."""

from typing import Any

from citizen_space.checkout import overrides, papers, refunds
from citizen_space.checkout import queries as sales
from citizen_space.checkout import service as checkout
from citizen_space.kit import clock
from citizen_space.kit.errors import NotFound
from citizen_space.kitchen import queries as kitchen_found
from citizen_space.kitchen import service as kitchen
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders_found
from citizen_space.orders import rules as order_rules
from citizen_space.orders import service as orders
from citizen_space.orders.models import OrderLine
from citizen_space.products import queries as products
from citizen_space.restaurant import queries, rules, service
from citizen_space.restaurant.forms import (
    AddLineForm,
    FireForm,
    MoveForm,
    NoteLineForm,
    SeatBookingForm,
    SettleForm,
    SplitForm,
    VoidLineForm,
    WalkInForm,
)
from citizen_space.vouching.asking import asked, heads_of, vouched
from citizen_space.vouching.models import Act
from citizen_space.vouching.rules import Voucher
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.fields import SubmissionForm
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit


def show_room(visit: Visit) -> Response:
    """The tables as they stand, every other open bill, and the parties expected."""
    start, end = clock.day_bounds(clock.business_day(visit.at))
    claims = queries.list_claims_between(visit.session, start, end)
    seated = {seat.tab.id: seat.tab for seat in queries.list_seated(visit.session)}
    tables = [
        rules.state_of(table, [claim for claim, its_table, _b in claims if its_table.id == table.id], seated, visit.at)
        for table in sorted(queries.list_tables(visit.session), key=lambda one: (len(one.code), one.code))
    ]
    codes: dict[int | None, list[str]] = {}
    for claim, table, _booking in claims:
        codes.setdefault(claim.booking_id, []).append(table.code)
    expected = [
        {"booking": booking, "tables": "+".join(codes.get(booking.id, []))}
        for booking in queries.list_bookings_between(visit.session, start, end, ["confirmed"])
    ]
    shown = {state.tab.id for state in tables if state.tab}
    ready = kitchen_found.list_orders_ready(visit.session, visit.at)
    others = [tab for tab in seated.values() if tab.id not in shown]
    return visit.render("restaurant/till/room.html", tables=tables, expected=expected, others=others, ready=ready)


def seat_booking(visit: Visit) -> Response:
    """Seat a party that has booked."""
    form: SeatBookingForm = visit.form
    tab = service.arrive(
        visit.session,
        form.booking_id,
        register_id=visit.register_id,
        actor=visit.actor,
        submission=form.submission,
        at=visit.at,
    )
    return visit.redirect(f"/restaurant/tables/{tab.order_id}")


def ask_covers(visit: Visit) -> Response:
    """How many sit down at a free table."""
    return _covers_page(visit, visit.path["table_id"])


def ask_covers_again(visit: Visit) -> Response:
    """The same question, with why the table cannot be had."""
    table_id = str(visit.typed.get("table_id", ""))
    return _covers_page(visit, int(table_id)) if _is_number(table_id) else show_room(visit)


def _is_number(typed: str) -> bool:
    return typed.isdecimal() and len(typed) < 10


def _covers_page(visit: Visit, table_id: int) -> Response:
    return visit.render("restaurant/till/walk_in.html", table=queries.get_table(visit.session, table_id))


def seat_walk_in(visit: Visit) -> Response:
    """Seat a party that has not booked."""
    form: WalkInForm = visit.form
    tab = service.walk_in(
        visit.session,
        table_id=form.table_id,
        covers=form.covers,
        register_id=visit.register_id,
        actor=visit.actor,
        submission=form.submission,
        at=visit.at,
    )
    return visit.redirect(f"/restaurant/tables/{tab.order_id}")


def show_tab(visit: Visit) -> Response:
    """The card on the left, the party's lines on the right."""
    return visit.render("restaurant/till/tab.html", **_tab(visit))


def _tab(visit: Visit) -> dict[str, Any]:
    order_id: int = visit.path["order_id"]
    tab = queries.get_tab_of_order(visit.session, order_id)
    lines = orders_found.list_live_lines(visit.session, order_id)
    offers = products.list_for_sale(visit.session, service.ROOM, clock.business_day(visit.at))
    categories = list(
        dict.fromkeys((offer.category_id, offer.category(visit.language), offer.category_icon) for offer in offers)
    )
    asked = visit.query.get("categorie", "")
    current = int(asked) if _is_number(asked) else (categories[0][0] if categories else 0)
    return {
        "tab": tab,
        "order": orders_found.get_order(visit.session, order_id),
        "lines": lines,
        "total_cents": order_rules.totals(lines).gross_cents,
        "categories": categories,
        "current": current,
        "offers": [offer for offer in offers if offer.category_id == current],
        "courses": rules.courses_to_fire(lines),
        "made": kitchen_found.list_states(visit.session, order_id),
        "gone": {offer.product_id for offer in offers if not offer.available},
        "line_cents": order_rules.gross_cents,
    }


def choose_dish(visit: Visit) -> Response:
    """The options of a dish, how many, and the allergies to mind."""
    return _dish_page(visit, visit.path["product_id"])


def choose_dish_again(visit: Visit) -> Response:
    """The same dish with what was chosen and what is missing."""
    product_id = str(visit.typed.get("product_id", ""))
    return _dish_page(visit, int(product_id)) if _is_number(product_id) else show_tab(visit)


def _dish_page(visit: Visit, product_id: int) -> Response:
    offer = products.get_offer(visit.session, product_id, clock.business_day(visit.at))
    groups: dict[str, list[Any]] = {}
    for option in offer.options:
        groups.setdefault(option.group(visit.language), []).append(option)
    return visit.render("restaurant/till/dish.html", offer=offer, groups=groups, **_tab(visit))


def add_line(visit: Visit) -> Response:
    """Put a dish on the tab."""
    form: AddLineForm = visit.form
    offer = products.get_offer(visit.session, form.product_id, clock.business_day(visit.at))
    line = orders.offer_line(
        offer,
        quantity=form.quantity,
        option_ids=form.options,
        note=form.note,
        allergy=form.allergy and bool(form.note),
        seat=form.seat,
        submission=form.submission,
    )
    order = orders_found.get_order(visit.session, visit.path["order_id"])
    orders.add_lines(visit.session, order, [line], at=visit.at, added_by=visit.actor.code)
    return visit.redirect(f"/restaurant/tables/{order.id}?categorie={offer.category_id}")


def ask_note(visit: Visit) -> Response:
    """A remark or an allergy, for a dish on the tab."""
    return _note_page(visit, visit.path["line_id"])


def ask_note_again(visit: Visit) -> Response:
    """The same question, with why it came too late."""
    line_id = str(visit.typed.get("line_id", ""))
    return _note_page(visit, int(line_id)) if _is_number(line_id) else show_tab(visit)


def _note_page(visit: Visit, line_id: int) -> Response:
    return visit.render("restaurant/till/note.html", line=_own_line(visit, line_id), **_tab(visit))


def _own_line(visit: Visit, line_id: int) -> OrderLine:
    line = orders_found.get_line(visit.session, line_id)
    if line.order_id != visit.path["order_id"]:
        raise NotFound
    return line


def note_line(visit: Visit) -> Response:
    """Write what the kitchen must know of a dish."""
    form: NoteLineForm = visit.form
    line = _own_line(visit, form.line_id)
    orders.note_line(visit.session, line.id or 0, note=form.note, allergy=form.allergy)
    return visit.redirect(f"/restaurant/tables/{line.order_id}")


def void_line(visit: Visit) -> Response:
    """Take a dish off; what the kitchen was sent is asked of staff."""
    form: VoidLineForm = visit.form
    line = _own_line(visit, form.line_id)
    if line.printed_quantity:
        return visit.redirect(f"/restaurant/tables/{line.order_id}/lignes/{line.id}/annuler")
    orders.void_line(visit.session, line.id, reason=form.reason, actor=visit.actor, at=visit.at)
    return visit.redirect(f"/restaurant/tables/{line.order_id}")


def ask_take_back(visit: Visit) -> Response:
    """Why a dish comes back that the kitchen was sent, and the word of staff."""
    line = _own_line(visit, visit.path["line_id"])
    return visit.render("restaurant/till/take_back.html", line=line, **asked(visit, Act.VOID), **_tab(visit))


def take_back(visit: Visit, voucher: Voucher) -> None:
    """Take back a dish that the kitchen was sent, and tell the kitchen."""
    line = _own_line(visit, visit.path["line_id"])
    kitchen.cancel(visit.session, line, actor=visit.actor, at=visit.at)
    overrides.void_sent(
        visit.session,
        visit.path["line_id"],
        voucher,
        register_id=visit.register_id,
        at=visit.at,
        keys=visit.house.keys,
    )


def show_tab_again(visit: Visit) -> Response:
    """Back to the tab, without the dish."""
    return visit.redirect(f"/restaurant/tables/{visit.path['order_id']}")


def fire(visit: Visit) -> Response:
    """Send a course to the kitchen: its screens show it, its chits leave after the commit."""
    form: FireForm = visit.form
    tab = queries.get_tab_of_order(visit.session, visit.path["order_id"])
    service.fire(visit.session, tab.order_id, form.course, actor=visit.actor, submission=form.submission, at=visit.at)
    return visit.redirect(f"/restaurant/tables/{tab.order_id}", notice=rules.SENT_TO_KITCHEN)


def serve(visit: Visit) -> Response:
    """What was ready is on the table."""
    form: SubmissionForm = visit.form
    order_id: int = visit.path["order_id"]
    kitchen.serve_order(visit.session, order_id, actor=visit.actor, submission=form.submission, at=visit.at)
    return visit.redirect(f"/restaurant/tables/{order_id}")


def print_note(visit: Visit) -> Response:
    """Print the note before payment, marked as provisional."""
    form: SubmissionForm = visit.form
    tab = queries.get_tab_of_order(visit.session, visit.path["order_id"])
    tab.note_asked_at = visit.at
    papers.print_note(
        visit.session,
        tab.order_id,
        register_id=visit.register_id,
        actor=visit.actor,
        submission=form.submission,
        language=visit.language,
        keys=visit.house.keys,
        at=visit.at,
    )
    return visit.redirect(f"/restaurant/tables/{tab.order_id}", notice=rules.NOTE_IS_PRINTED)


def ask_tenders(visit: Visit) -> Response:
    """The bill and how it is paid."""
    context = _tab(visit)
    ahead_cents = sales.deposit_used_cents(visit.session, context["tab"].booking_id, context["total_cents"])
    due_cents = context["total_cents"] - ahead_cents
    today = clock.business_day(visit.at)
    return visit.render(
        "restaurant/till/pay.html",
        **context,
        deposit_cents=ahead_cents,
        due_cents=due_cents,
        voucher_cap_cents=law.get_cents(visit.session, "meal_voucher_day", today) * context["tab"].covers,
        cash_offers=sales.cash_offers(visit.session, due_cents, today),
    )


def settle(visit: Visit) -> Response:
    """Take the money; the card pays what the other tenders leave."""
    form: SettleForm = visit.form
    order_id: int = visit.path["order_id"]
    tab = queries.get_tab_of_order(visit.session, order_id)
    service.settle(
        visit.session,
        order_id,
        tenders=checkout.fill_tenders(
            queries.due_cents(visit.session, tab) if form.due_cents is None else form.due_cents,
            meal_voucher_cents=form.meal_voucher_cents,
            cash_cents=form.cash_cents,
            card_reference=form.card_reference,
        ),
        submission=form.submission,
        register_id=visit.register_id,
        actor=visit.actor,
        keys=visit.house.keys,
        at=visit.at,
    )
    refunds.give_back_rest(
        visit.session,
        tab.booking_id,
        reason=str(rules.REST_OF_DEPOSIT),
        actor=visit.actor,
        at=visit.at,
        keys=visit.house.keys,
    )
    return visit.redirect(f"/ventes/{order_id}", rules.IT_IS_PAID)


def ask_table(visit: Visit) -> Response:
    """The free tables a party may move to."""
    until = visit.at + queries.walk_in_time(visit.session, visit.at)
    context = _tab(visit)
    free = queries.list_free_tables(visit.session, visit.at, until)
    large = [table for table in free if table.max_covers >= context["tab"].covers]
    tables = sorted(large, key=lambda table: (len(table.code), table.code))
    return visit.render("restaurant/till/move.html", tables=tables, **context)


def move_table(visit: Visit) -> Response:
    """Move a party with its tab."""
    form: MoveForm = visit.form
    tab = service.move_table(visit.session, visit.path["order_id"], form.table_id, at=visit.at)
    return visit.redirect(f"/restaurant/tables/{tab.order_id}")


def unseat(visit: Visit) -> Response:
    """Free a table where a party was seated by mistake."""
    service.unseat(visit.session, visit.path["order_id"], at=visit.at)
    return visit.redirect("/restaurant", rules.TABLE_IS_FREE)


def ask_split(visit: Visit) -> Response:
    """Which dishes go on a bill of their own."""
    return visit.render("restaurant/till/split.html", **_tab(visit))


def split_tab(visit: Visit) -> Response:
    """Put some dishes on a second bill and go to pay it."""
    form: SplitForm = visit.form
    other = service.split_tab(
        visit.session,
        visit.path["order_id"],
        form.lines,
        actor=visit.actor,
        submission=form.submission,
        at=visit.at,
    )
    return visit.redirect(f"/restaurant/tables/{other.order_id}/payer")


TAB = "/restaurant/tables/{order_id:int}"
routes: list[Route] = [
    page("/restaurant", show_room, roles=TILL),
    act("/restaurant/arrivee", seat_booking, form=SeatBookingForm, again=show_room, roles=TILL),
    page("/restaurant/sans-reservation/{table_id:int}", ask_covers, roles=TILL),
    act("/restaurant/sans-reservation", seat_walk_in, form=WalkInForm, again=ask_covers_again, roles=TILL),
    page(TAB, show_tab, roles=TILL),
    page(TAB + "/plats/{product_id:int}", choose_dish, roles=TILL),
    act(TAB + "/ajouter", add_line, form=AddLineForm, again=choose_dish_again, roles=TILL),
    page(TAB + "/lignes/{line_id:int}", ask_note, roles=TILL),
    act(TAB + "/noter", note_line, form=NoteLineForm, again=ask_note_again, roles=TILL),
    act(TAB + "/enlever", void_line, form=VoidLineForm, again=show_tab, roles=TILL),
    page(TAB + "/lignes/{line_id:int}/annuler", ask_take_back, roles=TILL),
    vouched(
        TAB + "/lignes/{line_id:int}/annuler",
        take_back,
        act=Act.VOID,
        then=show_tab_again,
        again=ask_take_back,
        by=heads_of(service.ROOM),
    ),
    act(TAB + "/envoyer", fire, form=FireForm, again=show_tab, roles=TILL),
    act(TAB + "/servi", serve, form=SubmissionForm, again=show_tab, roles=TILL),
    act(TAB + "/note", print_note, form=SubmissionForm, again=show_tab, roles=TILL),
    page(TAB + "/payer", ask_tenders, roles=TILL),
    act(TAB + "/payer", settle, form=SettleForm, again=ask_tenders, roles=TILL),
    page(TAB + "/deplacer", ask_table, roles=TILL),
    act(TAB + "/deplacer", move_table, form=MoveForm, again=ask_table, roles=TILL),
    act(TAB + "/liberer", unseat, form=SubmissionForm, again=show_tab, roles=TILL),
    page(TAB + "/partager", ask_split, roles=TILL),
    act(TAB + "/partager", split_tab, form=SplitForm, again=ask_split, roles=TILL),
]
