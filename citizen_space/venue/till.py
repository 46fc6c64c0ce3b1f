"""What a worker sees of the hall: the door and the box office. Never a surname, a phone or an address."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from citizen_space.bookings import queries as bookings_found
from citizen_space.checkout import queries as sales
from citizen_space.checkout import service as checkout
from citizen_space.kit import clock
from citizen_space.kit.errors import NotFound
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders_found
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order, OrderStatus
from citizen_space.printing import service as printing
from citizen_space.printing.rules import PrinterUnknown
from citizen_space.venue import printouts, queries, rules, service
from citizen_space.venue.forms import ScanForm, SellForm, SettleForm, UndoForm, read_ids, read_wanted
from citizen_space.venue.models import AdmissionStatus, Event, Performance, ScanResult
from citizen_space.venue.plan import Drawing
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.fields import SubmissionForm
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit

_DAYS_SHOWN = 30


def show_next(visit: Visit) -> Response:
    """Tonight's performance, and those that follow."""
    start = clock.day_bounds(clock.business_day(visit.at))[0]
    dated = queries.list_dated(visit.session, start, start + timedelta(days=_DAYS_SHOWN))
    return visit.render("venue/till/next.html", dated=dated, today=clock.business_day(visit.at))


# -- the door ---------------------------------------------------------------------------------------------------------


def show_door(visit: Visit) -> Response:
    """The door of a performance, waiting for a ticket."""
    return _door_page(visit, None)


def _door_page(visit: Visit, scanned: queries.Scanned | None) -> Response:
    performance_id: int = visit.path["performance_id"]
    performance, event = _known(scanned, performance_id) or queries.get_performance(visit.session, performance_id)
    sold, inside = queries.count_in(visit.session, performance_id)
    verdict = rules.VERDICTS[scanned.scan.result] if scanned else None
    if scanned is not None and scanned.refunded:
        verdict = rules.REFUNDED_VERDICT
    return visit.render(
        "venue/till/door.html",
        performance=performance,
        event=event,
        sold=sold,
        inside=inside,
        scanned=scanned,
        admitted=scanned is not None and scanned.scan.result == ScanResult.ADMITTED,
        verdict=verdict,
        last=queries.list_scanned(visit.session, performance_id),
        words={result: word for result, (word, _text) in rules.VERDICTS.items()},
    )


def _known(scanned: queries.Scanned | None, performance_id: int) -> tuple[Performance, Event] | None:
    """What the door has read already with a ticket that is for this very performance."""
    if scanned is None or scanned.performance is None or scanned.event is None:
        return None
    return (scanned.performance, scanned.event) if scanned.performance.id == performance_id else None


def scan(visit: Visit) -> Response:
    """Say yes or no to a ticket. The answer is the page itself: sent again, the same gesture is told the same."""
    form: ScanForm = visit.form
    scanned = service.arrive(
        visit.session,
        form.code,
        performance_id=visit.path["performance_id"],
        nonce=form.submission,
        actor=visit.actor,
        keys=visit.house.keys,
        at=visit.at,
    )
    visit.typed = {}
    return _door_page(visit, scanned)


def open_doors(visit: Visit) -> Response:
    """Open the doors of the performance."""
    performance_id: int = visit.path["performance_id"]
    service.open_doors(visit.session, performance_id, actor=visit.actor, at=visit.at)
    return visit.redirect(f"/salle/seances/{performance_id}", notice=rules.DOORS_ARE_OPEN)


def undo(visit: Visit) -> Response:
    """Take back an entry made by mistake."""
    form: UndoForm = visit.form
    service.undo_admission(visit.session, form.scan_id, reason=form.reason, actor=visit.actor, at=visit.at)
    return visit.redirect(f"/salle/seances/{visit.path['performance_id']}", notice=rules.ENTRY_UNDONE)


# -- the box office ---------------------------------------------------------------------------------------------------


def choose_seats(visit: Visit) -> Response:
    """The plan of seats to sell from."""
    house = queries.get_house(visit.session, visit.path["performance_id"])
    free = {one.seat.id for one in house.seats if one.is_free}
    asked = read_ids(visit.query.getlist("place")) or list(read_wanted(visit.typed))
    chosen = [seat_id for seat_id in asked if seat_id in free]
    total_cents = sum(house.full_cents(one.seat) for one in house.seats if one.seat.id in chosen)
    return visit.render(
        "venue/till/seats.html",
        house=house,
        drawing=Drawing(house, chosen, visit.language),
        chosen=chosen,
        total_cents=total_cents,
        most=rules.MOST_SEATS,
    )


def choose_rates(visit: Visit) -> Response:
    """The rate of each seat."""
    wanted = set(read_ids(visit.query.getlist("place")))
    house = queries.get_house(visit.session, visit.path["performance_id"], only=wanted)
    seats = [one.seat for one in house.seats if one.seat.id in wanted]
    first = [choices[0] for choices in map(house.rates_of, seats) if choices]
    try:
        rules.check_choices(first)
    except (rules.NoSeatChosen, rules.TooManySeats, rules.CompanionAlone) as refusal:
        visit.problem = refusal.say_in(visit.language)
        return choose_seats(visit)
    return visit.render(
        "venue/till/rates.html",
        house=house,
        choices=[(seat, house.rates_of(seat)) for seat in seats],
        total_cents=rules.total_cents(first),
    )


def sell(visit: Visit) -> Response:
    """Hold the seats for who stands here, and go to take the money."""
    form: SellForm = visit.form
    booked = service.book(
        visit.session,
        performance_id=visit.path["performance_id"],
        wanted=read_wanted(visit.typed),
        buyer=service.Buyer(
            contact=None,
            guests=(),
            language=visit.language,
            browser_key="",
            register_id=visit.register_id,
            actor=visit.actor,
        ),
        submission=form.submission,
        keys=visit.house.keys,
        at=visit.at,
    )
    return visit.redirect(f"/salle/ventes/{booked.booking.order_id}")


def ask_tenders(visit: Visit) -> Response:
    """What the seats come to and how they are paid."""
    order = _order(visit)
    if order.status != OrderStatus.OPEN:
        return visit.redirect(f"/salle/ventes/{order.id}/paye")
    lines = orders_found.list_live_lines(visit.session, order.id or 0)
    assert order.booking_id is not None
    due_cents = order_rules.totals(lines).gross_cents
    return visit.render(
        "venue/till/pay.html",
        order=order,
        booking=bookings_found.get_booking(visit.session, order.booking_id),
        lines=lines,
        line_cents=order_rules.gross_cents,
        due_cents=due_cents,
        cash_offers=sales.cash_offers(visit.session, due_cents, clock.business_day(visit.at)),
    )


def _order(visit: Visit) -> Order:
    order = orders_found.get_order(visit.session, visit.path["order_id"])
    # Its own sales only: the tickets of whoever bought elsewhere are nobody's here.
    if order.room != service.ROOM or order.booking_id is None or order.register_id != visit.register_id:
        raise NotFound
    return order


def settle(visit: Visit) -> Response:
    """Take the money, number the tickets and print them."""
    form: SettleForm = visit.form
    order = _order(visit)
    assert order.id is not None
    due_cents = orders_found.total_cents(visit.session, order.id) if form.due_cents is None else form.due_cents
    service.settle(
        visit.session,
        order.id,
        tenders=checkout.fill_tenders(due_cents, cash_cents=form.cash_cents, card_reference=form.card_reference),
        submission=form.submission,
        register_id=visit.register_id,
        actor=visit.actor,
        keys=visit.house.keys,
        at=visit.at,
    )
    _print(visit, order, again="")
    return visit.redirect(f"/salle/ventes/{order.id}/paye")


def _print(visit: Visit, order: Order, *, again: str) -> None:
    """Queue the tickets; a till without a printer still sells."""
    assert visit.device is not None and order.booking_id is not None
    on = clock.business_day(visit.at)
    house = {
        "operator": law.find_text(visit.session, "house_operator", on)
        or law.find_text(visit.session, "house_name", on),
        "licence": law.find_text(visit.session, "house_licence", on),
    }
    for ticket in queries.list_tickets(visit.session, order.booking_id):
        if ticket.admission.status != AdmissionStatus.VALID:
            continue
        key = f"ticket:{ticket.admission.id}{again}"
        document = printouts.ticket(**_words(ticket, house), language=visit.language)
        try:
            printing.queue(visit.session, document, printer_code=visit.device.code, key=key, at=visit.at)
        except PrinterUnknown:
            return


def _words(ticket: queries.Ticket, house: Mapping[str, str]) -> dict[str, Any]:
    return {
        "event": ticket.event,
        "performance": ticket.performance,
        "seat": ticket.seat,
        "band": ticket.band,
        "rate": ticket.rate,
        "number": ticket.admission.number,
        "reference": ticket.admission.reference,
        "price_cents": ticket.admission.price_cents,
        "code": ticket.admission.code,
        **house,
    }


def show_paid(visit: Visit) -> Response:
    """It is paid: hand over the tickets, and a receipt if they ask for one."""
    order = _order(visit)
    if order.settled_at is None or order.booking_id is None:
        return ask_tenders(visit)
    tickets = queries.list_tickets(visit.session, order.booking_id)
    return visit.render(
        "venue/till/paid.html",
        order=order,
        tickets=tickets,
        change_cents=sales.change_cents(visit.session, order.id or 0),
    )


def print_again(visit: Visit) -> Response:
    """Print the tickets once more, when the paper tore."""
    form: SubmissionForm = visit.form
    order = _order(visit)
    _print(visit, order, again=f":{form.submission}")
    return visit.redirect(f"/salle/ventes/{order.id}/paye", notice=rules.TICKETS_ARE_PRINTING)


PERFORMANCE = "/salle/seances/{performance_id:int}"
SALE = "/salle/ventes/{order_id:int}"
routes: list[Route] = [
    page("/salle", show_next, roles=TILL),
    page(PERFORMANCE, show_door, roles=TILL),
    act(PERFORMANCE + "/billet", scan, form=ScanForm, again=show_door, roles=TILL),
    act(PERFORMANCE + "/portes", open_doors, form=SubmissionForm, again=show_door, roles=TILL),
    act(PERFORMANCE + "/retour", undo, form=UndoForm, again=show_door, roles=TILL),
    page(PERFORMANCE + "/vendre", choose_seats, roles=TILL),
    page(PERFORMANCE + "/vendre/tarifs", choose_rates, roles=TILL),
    act(PERFORMANCE + "/vendre", sell, form=SellForm, again=choose_seats, roles=TILL),
    page(SALE, ask_tenders, roles=TILL),
    act(SALE, settle, form=SettleForm, again=ask_tenders, roles=TILL),
    page(SALE + "/paye", show_paid, roles=TILL),
    act(SALE + "/billets", print_again, form=SubmissionForm, again=show_paid, roles=TILL),
]
