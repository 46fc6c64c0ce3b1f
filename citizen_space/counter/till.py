"""The till's own screens: which till this is, who takes it, what else can be sold, and going home."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.checkout import queries as sales
from citizen_space.checkout import service as checkout
from citizen_space.counter import queries, rules, service
from citizen_space.counter.forms import (
    AddForm,
    PayForm,
    RegisterForm,
    RemoveForm,
    SignInForm,
    StaffSignInForm,
    YesNoForm,
)
from citizen_space.fiscal import queries as registers
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound, SignInNeeded
from citizen_space.kit.text import _, translate
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders_found
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order
from citizen_space.products import queries as products
from citizen_space.staff import service as staff
from citizen_space.vouching.asking import screen_of
from citizen_space.web.endpoint import act, call_out, page
from citizen_space.web.roles import ADMIN, ROOM_HEADS, TILL, WORKER
from citizen_space.web.visit import Device, House, Visit
from citizen_space.workers import queries as workers_found
from citizen_space.workers import service as workers

MAY_REGISTER = ROOM_HEADS | ADMIN
ROOM_PATHS = {"restaurant": "/restaurant", "venue": "/salle", "repairs": "/velos"}


@dataclass(frozen=True)
class _Try:
    """A try at signing in, between the two transactions."""

    guess: staff.Guess
    typed: str
    code: str


def _device(visit: Visit) -> Device:
    if visit.device is None:
        raise SignInNeeded
    return visit.device


def _room(visit: Visit) -> str | None:
    return _device(visit).room


# -- who takes the till -----------------------------------------------------------------------------------------------


def show_door(visit: Visit) -> Response:
    """Nobody is signed in: tap your code; on a screen that is no till yet, make it one."""
    if visit.device is None:
        return visit.redirect("/enregistrer")
    if visit.who is not None:
        return visit.redirect("/accueil")
    code = visit.query.get("code", "")[:12] or str(visit.typed.get("code", ""))[:12]
    if code:
        return visit.render("counter/till/pin.html", bare=True, code=code)
    codes = workers_found.list_codes(visit.session, room=_room(visit), on=business_day(visit.at))
    return visit.render("counter/till/door.html", bare=True, codes=codes)


def _begin(visit: Visit) -> _Try:
    form: SignInForm = visit.form
    guess = workers.begin_sign_in(visit.session, form.code, register_id=_device(visit).register_id, at=visit.at)
    return _Try(guess, form.pin, form.code.upper())


def _judge(house: House, tried: _Try) -> bool:
    """Hash with no session open: it takes a while on purpose, and the other tills must not wait for it."""
    return tried.guess.is_right(tried.typed, house.keys.pin_pepper)


def _finish(visit: Visit, tried: _Try, right: bool) -> Response:
    worker = workers.finish_sign_in(visit.session, tried.guess, right=right)
    device = _device(visit)
    if worker is None:
        return _refuse(visit, tried, "counter/till/pin.html", code=tried.code)
    assert worker.id is not None
    visit.sign_in(
        kind="worker",
        subject_id=worker.id,
        role="worker",
        name=worker.operator_code,
        code=worker.operator_code,
        register_id=device.register_id,
    )
    at_work = workers_found.find_open(visit.session, worker.id)
    return visit.redirect("/accueil" if at_work is not None else "/debut")


def _refuse(visit: Visit, tried: _Try, template: str, **context: Any) -> Response:
    """Return and do not raise: what is sealed about it must stay."""
    service.seal_refused_sign_in(
        visit.session, _device(visit).register_id, tried.code, keys=visit.house.keys, at=visit.at
    )
    return visit.render(template, 401, bare=True, wrong=True, **context)


def show_staff_door(visit: Visit) -> Response:
    """Staff take the till."""
    return visit.render("counter/till/staff_pin.html", bare=True)


def _begin_staff(visit: Visit) -> _Try:
    _device(visit)
    return _begin_pin(visit)


def _begin_pin(visit: Visit) -> _Try:
    form: StaffSignInForm | RegisterForm = visit.form
    guess, secret = staff.begin_pin(visit.session, form.staff_pin, device=screen_of(visit), at=visit.at)
    return _Try(guess, secret, f"staff {form.staff_pin[:2]}")


def _finish_staff(visit: Visit, tried: _Try, right: bool) -> Response:
    account = staff.finish_pin(visit.session, tried.guess, right=right, at=visit.at)
    if account is None:
        return _refuse(visit, tried, "counter/till/staff_pin.html")
    assert account.id is not None
    visit.sign_in(
        kind="staff",
        subject_id=account.id,
        role=account.role,
        name=account.operator_code,
        code=account.operator_code,
        register_id=_device(visit).register_id,
    )
    return visit.redirect("/accueil")


def ask_start(visit: Visit) -> Response:
    """Do you start work?"""
    return visit.render("counter/till/start.html", bare=True)


def start(visit: Visit) -> Response:
    """Clock in, or only use the till."""
    form: YesNoForm = visit.form
    if form.answer == "no" or visit.who is None:
        return visit.redirect("/accueil")
    workers.clock_in(visit.session, visit.who.id, register_id=_device(visit).register_id, at=visit.at)
    return visit.redirect("/accueil", translate(_("Votre travail commence. Bonne journée."), visit.language))


def lock(visit: Visit) -> Response:
    """Leave the till to the next person; work goes on."""
    visit.sign_out()
    return visit.redirect("/")


def ask_end(visit: Visit) -> Response:
    """Do you end work?"""
    at_work = workers_found.find_open(visit.session, visit.who.id) if _is_worker(visit) and visit.who else None
    return visit.render("counter/till/end.html", at_work=at_work)


def end(visit: Visit) -> Response:
    """Sign out, and clock out when asked to."""
    form: YesNoForm = visit.form
    told = None
    if form.answer == "yes" and visit.who is not None and _is_worker(visit):
        ended = workers.clock_out(visit.session, visit.who.id, at=visit.at)
        if ended is not None:
            said = _("Vous aviez oublié de noter une fin. Parlez-en au personnel.")
            told = translate(said if ended.flagged else _("Votre travail est terminé. À bientôt."), visit.language)
    visit.sign_out()
    return visit.redirect("/", told)


def _is_worker(visit: Visit) -> bool:
    return visit.who is not None and visit.who.kind == "worker"


# -- which till this is -----------------------------------------------------------------------------------------------


def show_registers(visit: Visit) -> Response:
    """Which till is this screen?"""
    tills = [each for each in registers.list_registers(visit.session) if each.kind == "till"]
    return visit.render("counter/till/register.html", bare=True, tills=tills, revoked=visit.revoked_device)


def register(visit: Visit, tried: _Try, right: bool) -> Response:
    """Make this screen a till, on the word of staff."""
    form: RegisterForm = visit.form
    account = staff.vouch(visit.session, tried.guess, right=right, roles=MAY_REGISTER, at=visit.at)
    till = registers.get_register(visit.session, form.register_id)
    if till.id is None or till.kind != "till":
        raise NotFound
    visit.register_device(till.id, till.code, till.name, room=till.room, by=account.operator_code)
    staff.record(visit.session, staff.actor_of(account), "till_registered", f"register:{till.code}", {}, visit.at)
    return visit.redirect("/")


# -- home -------------------------------------------------------------------------------------------------------------


def show_home(visit: Visit) -> Response:
    """What can be done here: this till's room first."""
    own = _room(visit)
    rooms = sorted(ROOM_PATHS.items(), key=lambda each: each[0] != own)
    at_work = workers_found.find_open(visit.session, visit.who.id) if _is_worker(visit) and visit.who else None
    return visit.render("counter/till/home.html", room=own, rooms=rooms, at_work=at_work, worker=_is_worker(visit))


# -- ringing up anything ----------------------------------------------------------------------------------------------


def _sale_room(visit: Visit) -> str:
    return _room(visit) or "restaurant"


def _current(visit: Visit) -> Order | None:
    device = _device(visit)
    return queries.find_current(
        visit.session, room=_sale_room(visit), register_id=device.register_id, operator_code=visit.actor.code
    )


def _bill(visit: Visit) -> dict[str, Any]:
    """The right third: what was tapped and what it comes to."""
    order = _current(visit)
    lines = orders_found.list_live_lines(visit.session, order.id) if order is not None and order.id else []
    return {
        "order": order,
        "tapped": rules.gather(lines, visit.language),
        "total_cents": order_rules.totals(lines).gross_cents if lines else 0,
        "room": _sale_room(visit),
    }


def show_sale(visit: Visit) -> Response:
    """Everything this room sells, by category."""
    offers = products.list_for_sale(visit.session, _sale_room(visit), business_day(visit.at))
    categories = [(each[0], list(each[1])) for each in groupby(offers, key=lambda offer: offer.category_id)]
    asked = visit.query.get("rayon", "")
    chosen = next((each for each in categories if str(each[0]) == asked), categories[0] if categories else None)
    return visit.render("counter/till/sale.html", categories=categories, chosen=chosen, **_bill(visit))


def choose_options(visit: Visit) -> Response:
    """A product that comes with a choice."""
    offer = products.get_offer(visit.session, visit.path["product_id"], business_day(visit.at))
    groups = [
        (each[0], list(each[1])) for each in groupby(offer.options, key=lambda option: option.group(visit.language))
    ]
    return visit.render("counter/till/options.html", offer=offer, groups=groups, **_bill(visit))


def add(visit: Visit) -> Response:
    """One more."""
    form: AddForm = visit.form
    service.ring_up(
        visit.session,
        product_id=form.product_id,
        option_ids=form.options,
        room=_sale_room(visit),
        register_id=_device(visit).register_id,
        actor=visit.actor,
        submission=form.submission,
        at=visit.at,
    )
    return visit.redirect(_back(visit))


def remove(visit: Visit) -> Response:
    """One fewer."""
    form: RemoveForm = visit.form
    register_id = _device(visit).register_id
    service.take_off(visit.session, form.line_id, register_id=register_id, actor=visit.actor, at=visit.at)
    return visit.redirect(_back(visit))


def _back(visit: Visit) -> str:
    shelf = str(visit.typed.get("rayon", ""))
    return f"/vente?rayon={shelf}" if shelf.isdecimal() and len(shelf) < 10 else "/vente"


def give_up(visit: Visit) -> Response:
    """Begin again."""
    service.give_up(
        visit.session,
        room=_sale_room(visit),
        register_id=_device(visit).register_id,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect("/vente")


def ask_tenders(visit: Visit) -> Response:
    """How is it paid?"""
    bill = _bill(visit)
    if bill["order"] is None or not bill["tapped"]:
        return visit.redirect("/vente")
    on = business_day(visit.at)
    return visit.render(
        "counter/till/pay.html",
        due_cents=bill["total_cents"],
        cash_offers=sales.cash_offers(visit.session, bill["total_cents"], on),
        voucher_cap_cents=law.get_cents(visit.session, "meal_voucher_day", on) if bill["room"] == "restaurant" else 0,
        **bill,
    )


def pay(visit: Visit) -> Response:
    """Take the money."""
    form: PayForm = visit.form
    order = orders_found.get_order(visit.session, visit.path["order_id"])
    sale = service.pay(
        visit.session,
        visit.path["order_id"],
        tenders=checkout.fill_tenders(
            service.due_cents(visit.session, order) if form.due_cents is None else form.due_cents,
            meal_voucher_cents=form.meal_voucher_cents,
            cash_cents=form.cash_cents,
            card_reference=form.card_reference,
        ),
        submission=form.submission,
        register_id=_device(visit).register_id,
        actor=visit.actor,
        keys=visit.house.keys,
        at=visit.at,
    )
    return visit.redirect(f"/vente/{sale.order.id}/payee")


def show_paid(visit: Visit) -> Response:
    """It is paid: a receipt, if they ask for one."""
    order = orders_found.get_order(visit.session, visit.path["order_id"])
    if order.register_id != _device(visit).register_id:
        raise NotFound
    if order.settled_at is None:
        return visit.redirect("/vente")
    sale = checkout.get_sale(visit.session, order)
    return visit.render(
        "counter/till/paid.html",
        order=order,
        room=order.room,
        change_cents=sale.change_cents,
        total_cents=sale.fiscal_row.gross_cents,
    )


routes: list[BaseRoute] = [
    page("/", show_door),
    call_out(
        "/connexion",
        before=_begin,
        outside=_judge,
        after=_finish,
        form=SignInForm,
        again=show_door,
        methods=("POST",),
    ),
    page("/personnel", show_staff_door),
    call_out(
        "/personnel",
        before=_begin_staff,
        outside=_judge,
        after=_finish_staff,
        form=StaffSignInForm,
        again=show_staff_door,
        methods=("POST",),
    ),
    page("/enregistrer", show_registers),
    call_out(
        "/enregistrer",
        before=_begin_pin,
        outside=_judge,
        after=register,
        form=RegisterForm,
        again=show_registers,
        methods=("POST",),
    ),
    page("/debut", ask_start, roles=WORKER),
    act("/debut", start, form=YesNoForm, again=ask_start, roles=WORKER),
    page("/accueil", show_home, roles=TILL),
    act("/verrouiller", lock),
    page("/sortie", ask_end, roles=TILL),
    act("/sortie", end, form=YesNoForm, again=ask_end, roles=TILL),
    page("/vente", show_sale, roles=TILL),
    page("/vente/produit/{product_id:int}", choose_options, roles=TILL),
    act("/vente/ajouter", add, form=AddForm, again=show_sale, roles=TILL),
    act("/vente/enlever", remove, form=RemoveForm, again=show_sale, roles=TILL),
    act("/vente/abandonner", give_up, roles=TILL),
    page("/vente/payer", ask_tenders, roles=TILL),
    act("/vente/{order_id:int}/payer", pay, form=PayForm, again=ask_tenders, roles=TILL),
    page("/vente/{order_id:int}/payee", show_paid, roles=TILL),
]
