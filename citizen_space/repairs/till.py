"""What a worker sees of the workshop: the board, one bike, its work. A first name or a code, never more."""

from typing import Any

from citizen_space.checkout import queries as sales
from citizen_space.checkout import service as checkout
from citizen_space.kit import clock
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import _
from citizen_space.law import queries as law
from citizen_space.printing import service as printing
from citizen_space.products import queries as products
from citizen_space.repairs import printouts, queries, rules, service, telling
from citizen_space.repairs.forms import (
    AnswerForm,
    HandOverForm,
    QuoteForm,
    SettleForm,
    StopForm,
    TakeInForm,
    WalkInForm,
)
from citizen_space.repairs.models import WorkOrder, WorkStatus
from citizen_space.room import Contact
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.fields import SubmissionForm
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit

BOARD = [
    (_("Attendus"), [WorkStatus.BOOKED]),
    (_("À examiner"), [WorkStatus.TAKEN_IN]),
    (_("Attend la réponse"), [WorkStatus.QUOTED]),
    (_("À réparer"), [WorkStatus.APPROVED, WorkStatus.WAITING_FOR_PARTS]),
    (_("En réparation"), [WorkStatus.IN_PROGRESS]),
    (_("À rendre"), [WorkStatus.READY, WorkStatus.DECLINED]),
]


def show_board(visit: Visit) -> Response:
    """Every bike by where it stands."""
    jobs = queries.list_jobs(visit.session, [status for _name, statuses in BOARD for status in statuses])
    columns = [(name, [job for job in jobs if job.work_order.status in statuses]) for name, statuses in BOARD]
    mine = queries.find_open_session(visit.session, visit.actor.code)
    return visit.render("repairs/till/board.html", columns=columns, mine=mine)


def go_to_bike(visit: Visit) -> Response:
    """A ticket or a tag was scanned: go to its bike."""
    found = queries.find_by_code(visit.session, visit.query.get("code", "")[:20])
    if found is None:
        return visit.redirect("/velos", _("Aucun vélo ne porte ce code."))
    return visit.redirect(f"/velos/{found.id}")


def show_bike(visit: Visit) -> Response:
    """One bike: what it needs, what was said, and the one next thing to do."""
    return visit.render("repairs/till/bike.html", **_bike(visit))


def _bike(visit: Visit) -> dict[str, Any]:
    work_order = queries.get_work_order(visit.session, visit.path["work_order_id"])
    assert work_order.id is not None
    quote = queries.find_quote(visit.session, work_order.id)
    worked = queries.list_work_sessions(visit.session, work_order.id)
    lines = queries.list_quote_lines(visit.session, quote.id) if quote else []
    due_cents = queries.due_cents(visit.session, work_order)
    may_pay = work_order.status == WorkStatus.READY and due_cents
    return {
        "work_order": work_order,
        "bike": queries.get_bike(visit.session, work_order.bike_id),
        "wishes": queries.list_wishes(visit.session, work_order.id),
        "quote": quote,
        "lines": lines,
        "accepted_cents": rules.total_cents(rules.accepted(lines)),
        "total_cents": rules.total_cents(lines),
        "worked_minutes": rules.minutes_worked(worked, visit.at),
        "running": [one for one in worked if one.stopped_at is None],
        "mine": next((one for one in worked if one.stopped_at is None and one.operator_code == visit.actor.code), None),
        "due_cents": due_cents,
        "cash_offers": sales.cash_offers(visit.session, due_cents, clock.business_day(visit.at)) if may_pay else [],
    }


def ask_walk_in(visit: Visit) -> Response:
    """The form for a bike that was not booked."""
    return visit.render("repairs/till/walk_in.html")


def take_in_walk_in(visit: Visit) -> Response:
    """Take in a bike that was not booked."""
    form: WalkInForm = visit.form
    work_order = service.take_in_walk_in(
        visit.session,
        bike=rules.BikeFacts(form.brand, form.colour, form.kind, form.model, form.frame_number),
        contact=Contact(form.first_name, ""),
        wish=form.wish,
        language=visit.language,
        submission=form.submission,
        at=visit.at,
    )
    return _taken_in(visit, work_order, form.condition, form.accessories)


def ask_take_in(visit: Visit) -> Response:
    """The form for a bike that was booked."""
    return visit.render("repairs/till/take_in.html", **_bike(visit))


def take_in(visit: Visit) -> Response:
    """Take in a bike that was booked."""
    form: TakeInForm = visit.form
    work_order = queries.get_work_order(visit.session, visit.path["work_order_id"])
    return _taken_in(visit, work_order, form.condition, form.accessories)


def _taken_in(visit: Visit, work_order: WorkOrder, condition: str, accessories: str) -> Response:
    assert work_order.id is not None
    work_order = service.arrive(visit.session, work_order.id, condition=condition, accessories=accessories, at=visit.at)
    _print_papers(visit, work_order)
    return visit.redirect(f"/velos/{work_order.id}", _("Le ticket et l’étiquette s’impriment."))


def _print_papers(visit: Visit, work_order: WorkOrder) -> None:
    bike = queries.get_bike(visit.session, work_order.bike_id)
    house_name = law.find_text(visit.session, "house_name", clock.business_day(visit.at))
    papers = {
        "claim": printouts.claim_ticket(
            work_order, bike, house_name=house_name, language=work_order.language, at=visit.at
        ),
        "tag": printouts.bike_tag(work_order, bike),
    }
    for name, document in papers.items():
        key = f"bike:{work_order.id}:{name}"
        printing.queue(visit.session, document, printer_code=_printer(visit), key=key, at=visit.at)


def _printer(visit: Visit) -> str:
    assert visit.device is not None
    return visit.device.code


def ask_quote(visit: Visit) -> Response:
    """The price list to build a quote from; what was wished is chosen already."""
    offers = products.list_for_sale(visit.session, service.ROOM, clock.business_day(visit.at))
    return visit.render("repairs/till/quote.html", offers=offers, **_bike(visit))


def quote(visit: Visit) -> Response:
    """Send the quote; the mail leaves after the commit."""
    form: QuoteForm = visit.form
    offers = products.list_offers(visit.session, form.products, clock.business_day(visit.at))
    wanted = [
        rules.wanted(
            offer,
            quantity=form.products.count(offer.product_id),
            second_hand=offer.product_id in form.second_hand and not offer.minutes,
        )
        for offer in offers
        if offer.room == service.ROOM
    ]
    sent = service.quote(visit.session, visit.path["work_order_id"], wanted, actor=visit.actor, at=visit.at)
    told = telling.tell_quote(visit.session, sent, at=visit.at)
    notice = _("Le devis est envoyé au client.") if told else _("Le devis est prêt : montrez-le au client.")
    return visit.redirect(f"/velos/{sent.work_order_id}", notice)


def ask_answer(visit: Visit) -> Response:
    """The customer answers at the counter."""
    return visit.render("repairs/till/answer.html", **_bike(visit))


def answer(visit: Visit) -> Response:
    """Record what the customer says at the counter."""
    form: AnswerForm = visit.form
    standing = queries.find_quote(visit.session, visit.path["work_order_id"])
    if standing is None or standing.id is None:
        raise NotFound
    service.approve(visit.session, standing.id, dict.fromkeys(form.lines, True), actor=visit.actor, at=visit.at)
    return visit.redirect(f"/velos/{standing.work_order_id}")


def start_work(visit: Visit) -> Response:
    """Begin to work on this bike."""
    service.start_work(visit.session, visit.path["work_order_id"], actor=visit.actor, at=visit.at)
    return visit.redirect(f"/velos/{visit.path['work_order_id']}")


def stop_work(visit: Visit) -> Response:
    """Stop, for a break or for want of a part."""
    form: StopForm = visit.form
    service.stop_work(visit.session, actor=visit.actor, at=visit.at, waiting_for_parts=form.waiting_for_parts)
    return visit.redirect(f"/velos/{visit.path['work_order_id']}")


def complete(visit: Visit) -> Response:
    """The bike is ready: the customer is told."""
    work_order_id: int = visit.path["work_order_id"]
    running = queries.find_open_session(visit.session, visit.actor.code)
    if running is not None and running.work_order_id == work_order_id:
        service.stop_work(visit.session, actor=visit.actor, at=visit.at)
    work_order = service.complete(visit.session, work_order_id, at=visit.at)
    telling.tell_ready(visit.session, work_order, at=visit.at)
    return visit.redirect(f"/velos/{work_order_id}", _("C’est prêt. Le client est prévenu."))


def settle(visit: Visit) -> Response:
    """Take the balance."""
    form: SettleForm = visit.form
    work_order = queries.get_work_order(visit.session, visit.path["work_order_id"])
    due_cents = queries.due_cents(visit.session, work_order) if form.due_cents is None else form.due_cents
    assert work_order.id is not None
    service.settle(
        visit.session,
        work_order.id,
        tenders=checkout.fill_tenders(due_cents, cash_cents=form.cash_cents, card_reference=form.card_reference),
        submission=form.submission,
        register_id=visit.register_id,
        actor=visit.actor,
        keys=visit.house.keys,
        at=visit.at,
    )
    return visit.redirect(f"/ventes/{work_order.order_id}", _("C’est payé. Rendez le vélo contre son ticket."))


def hand_over(visit: Visit) -> Response:
    """Give the bike back against its code."""
    form: HandOverForm = visit.form
    service.hand_over(visit.session, visit.path["work_order_id"], claim_code=form.claim_code, at=visit.at)
    return visit.redirect("/velos", _("Le vélo est rendu."))


BIKE = "/velos/{work_order_id:int}"
routes: list[Route] = [
    page("/velos", show_board, roles=TILL),
    page("/velos/code", go_to_bike, roles=TILL),
    page("/velos/nouveau", ask_walk_in, roles=TILL),
    act("/velos/nouveau", take_in_walk_in, form=WalkInForm, again=ask_walk_in, roles=TILL),
    page(BIKE, show_bike, roles=TILL),
    page(BIKE + "/depot", ask_take_in, roles=TILL),
    act(BIKE + "/depot", take_in, form=TakeInForm, again=ask_take_in, roles=TILL),
    page(BIKE + "/devis", ask_quote, roles=TILL),
    act(BIKE + "/devis", quote, form=QuoteForm, again=ask_quote, roles=TILL),
    page(BIKE + "/reponse", ask_answer, roles=TILL),
    act(BIKE + "/reponse", answer, form=AnswerForm, again=ask_answer, roles=TILL),
    act(BIKE + "/commencer", start_work, form=SubmissionForm, again=show_bike, roles=TILL),
    act(BIKE + "/arreter", stop_work, form=StopForm, again=show_bike, roles=TILL),
    act(BIKE + "/pret", complete, form=SubmissionForm, again=show_bike, roles=TILL),
    act(BIKE + "/payer", settle, form=SettleForm, again=show_bike, roles=TILL),
    act(BIKE + "/rendre", hand_over, form=HandOverForm, again=show_bike, roles=TILL),
]
