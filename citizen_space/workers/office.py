"""What staff see of work: the rota, who was here, what is to be validated, the people and their months."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.kit import formats
from citizen_space.kit.clock import business_day, day_bounds
from citizen_space.kit.names import ROOM_NAMES
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.law import queries as law
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE, ROOM_HEADS
from citizen_space.web.sessions import sign_out_everywhere
from citizen_space.web.visit import Visit
from citizen_space.workers import months, printouts, queries, rota, rules, service
from citizen_space.workers.forms import (
    AddHoursForm,
    AgreeForm,
    AnswerForm,
    ChangeWorkerForm,
    CorrectForm,
    LockForm,
    OpenPostForm,
    PlanForm,
    TakeOnForm,
    ValidateForm,
)
from citizen_space.workers.models import Reason, Regime
from citizen_space.workers.refusals import MonthDiffers

# Those who run a room plan and validate; finance closes the months.
HEADS = ROOM_HEADS
PAY = ROOM_HEADS | FINANCE

REASON_NAMES = {
    Reason.WORK: _("Travail"),
    Reason.TRAINING: _("Formation"),
    Reason.CLOSED_BY_HOUSE: _("Fermeture décidée par l’établissement"),
    Reason.COURT: _("Convocation"),
    Reason.MEDICAL: _("Rendez-vous médical"),
    Reason.VISIT: _("Parloir"),
    Reason.UNPAID: _("Absence non payée"),
}
REGIME_NAMES = {
    Regime.PRODUCTION: _("Production"),
    Regime.SERVICE_1: _("Service général, classe I"),
    Regime.SERVICE_2: _("Service général, classe II"),
    Regime.SERVICE_3: _("Service général, classe III"),
}


def _say(visit: Visit, text: LazyText) -> str:
    return translate(text, visit.language)


def _day(visit: Visit, name: str = "jour") -> date:
    """The day that the address names, else today."""
    try:
        asked = date.fromisoformat(visit.query.get(name, ""))
    except ValueError:
        return business_day(visit.at)
    return asked if date(2000, 1, 1) <= asked <= date(2999, 1, 1) else business_day(visit.at)


def _account_id(visit: Visit) -> int:
    assert visit.who is not None and visit.who.kind == "staff"
    return visit.who.id


def _people(visit: Visit) -> dict[str, Any]:
    workers = queries.list_workers(visit.session, active_only=True)
    return {
        "workers": [(each.id, f"{each.operator_code} · {each.first_name} {each.last_name}") for each in workers],
        "posts": [
            (each.id, each.name_en if visit.language == "en" else each.name_fr)
            for each in queries.list_posts(visit.session)
        ],
    }


# -- rota -------------------------------------------------------------------------------------------------------------


def show_rota(visit: Visit) -> Response:
    """A week of the rota."""
    on = _day(visit)
    monday = on - timedelta(days=on.weekday())
    starts_at, ends_at = day_bounds(monday)[0], day_bounds(monday + timedelta(days=6))[1]
    shifts = queries.list_shifts(visit.session, starts_at=starts_at, ends_at=ends_at)
    days = [
        (day, [each for each in shifts if business_day(each[0].starts_at) == day])
        for day in (monday + timedelta(days=n) for n in range(7))
    ]
    week = timedelta(days=7)
    return visit.render(
        "workers/office/rota.html", days=days, before=monday - week, after=monday + week, on=on, **_people(visit)
    )


def plan(visit: Visit) -> Response:
    """Plan a shift."""
    form: PlanForm = visit.form
    rota.plan(
        visit.session,
        worker_id=form.worker_id,
        post_id=form.post_id,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        actor=visit.actor,
    )
    return visit.redirect(f"/planning?jour={form.on}", _("Le service est planifié."))


def unplan(visit: Visit) -> Response:
    """Take a shift off the rota."""
    shift = rota.unplan(visit.session, visit.path["shift_id"])
    return visit.redirect(f"/planning?jour={business_day(shift.starts_at)}")


# -- attendance -------------------------------------------------------------------------------------------------------


def show_day(visit: Visit) -> Response:
    """Who was here on a day, and what waits for an answer."""
    on = _day(visit)
    return visit.render(
        "workers/office/presences.html",
        on=on,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        presences=queries.list_presences(visit.session, first_on=on, last_on=on),
        flagged=queries.list_flagged(visit.session),
        disputes=queries.list_open_disputes(visit.session),
        minutes_between=rules.minutes_between,
        reason_names=REASON_NAMES,
    )


def validate(visit: Visit) -> Response:
    """Say that lines are right."""
    form: ValidateForm = visit.form
    seen = service.validate(visit.session, form.lines, account_id=_account_id(visit), at=visit.at)
    return visit.redirect(f"/presences?jour={seen[0].on}", _("Les heures sont validées."))


def show_attendance(visit: Visit) -> Response:
    """One attendance: what it is, what it was, and how it is put right."""
    attendance = queries.get_attendance(visit.session, visit.path["attendance_id"])
    found = queries.list_presences(
        visit.session, first_on=attendance.on, last_on=attendance.on, worker_id=attendance.worker_id
    )
    presence = next(each for each in found if each.attendance.id == attendance.id)
    return visit.render("workers/office/attendance.html", presence=presence, reasons=_reasons(visit))


def _reasons(visit: Visit) -> list[tuple[str, str]]:
    return [(str(code), _say(visit, name)) for code, name in REASON_NAMES.items()]


def correct(visit: Visit) -> Response:
    """Put an attendance right."""
    form: CorrectForm = visit.form
    corrected = service.correct(
        visit.session,
        visit.path["attendance_id"],
        clocked_in_at=form.starts_at,
        clocked_out_at=form.ends_at,
        reason=form.reason,
        why=form.why,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect(f"/presences?jour={corrected.on}", _("La correction est notée."))


def show_add(visit: Visit) -> Response:
    """Hours that nobody clocked."""
    return visit.render("workers/office/add.html", on=_day(visit), reasons=_reasons(visit), **_people(visit))


def add(visit: Visit) -> Response:
    """Write down hours that nobody clocked."""
    form: AddHoursForm = visit.form
    added = service.add_attendance(
        visit.session,
        worker_id=form.worker_id,
        post_id=form.post_id,
        clocked_in_at=form.starts_at,
        clocked_out_at=form.ends_at,
        reason=form.reason,
        why=form.why,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect(f"/presences?jour={added.on}", _("Les heures sont notées."))


def answer(visit: Visit) -> Response:
    """Answer a worker."""
    form: AnswerForm = visit.form
    answered = service.answer(visit.session, visit.path["dispute_id"], text=form.answer, actor=visit.actor, at=visit.at)
    on = queries.get_attendance(visit.session, answered.attendance_id).on
    return visit.redirect(f"/presences?jour={on}", _("La réponse est donnée."))


# -- people -----------------------------------------------------------------------------------------------------------


def show_workers(visit: Visit) -> Response:
    """Who works here, at which posts, and which pay has fallen under the law's floor."""
    today = business_day(visit.at)
    contracts: dict[int, list[Any]] = {}
    for contract, post in queries.list_contracts(visit.session):
        if contract.starts_on <= today and (contract.ends_on is None or contract.ends_on >= today):
            floor_cents = queries.get_floor_cents(visit.session, post.regime, today)
            contracts.setdefault(contract.worker_id, []).append((contract, post, floor_cents))
    return visit.render(
        "workers/office/workers.html",
        workers=queries.list_workers(visit.session),
        contracts=contracts,
        posts=queries.list_posts(visit.session),
        regime_names=REGIME_NAMES,
        rooms=ROOM_NAMES,
    )


def show_take_on(visit: Visit) -> Response:
    """The form of a new worker."""
    return visit.render("workers/office/take_on.html")


def take_on(visit: Visit) -> Response:
    """Take a worker on."""
    form: TakeOnForm = visit.form
    worker = rota.take_on(
        visit.session,
        first_name=form.first_name,
        last_name=form.last_name,
        operator_code=form.operator_code,
        pin=form.pin,
        language=form.language,
        keys=visit.house.keys,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect(f"/travailleurs/{worker.id}", _("La personne est inscrite."))


def show_worker(visit: Visit) -> Response:
    """One worker: contracts and codes."""
    worker_id = visit.path["worker_id"]
    today = business_day(visit.at)
    return visit.render(
        "workers/office/worker.html",
        worker=queries.get_worker(visit.session, worker_id),
        contracts=queries.list_contracts(visit.session, worker_id),
        floors=[
            (_say(visit, name), queries.get_floor_cents(visit.session, regime, today))
            for regime, name in REGIME_NAMES.items()
        ],
        today=today,
        month=rules.write_month(today),
        **_people(visit),
    )


def change_worker(visit: Visit) -> Response:
    """Give a worker a new PIN, or end their work here; who came in with the old one is out."""
    form: ChangeWorkerForm = visit.form
    worker = rota.change_worker(
        visit.session,
        visit.path["worker_id"],
        active=form.active,
        pin=form.pin,
        keys=visit.house.keys,
        actor=visit.actor,
        at=visit.at,
    )
    assert worker.id is not None
    sign_out_everywhere(visit.session, kind="worker", subject_id=worker.id, at=visit.at)
    return visit.redirect(f"/travailleurs/{worker.id}", _("C’est enregistré."))


def agree(visit: Visit) -> Response:
    """Agree on terms."""
    form: AgreeForm = visit.form
    contract = rota.agree(
        visit.session,
        worker_id=visit.path["worker_id"],
        post_id=form.post_id,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        weekly_minutes=form.weekly_hours * 60,
        hourly_rate_cents=form.hourly_rate,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect(f"/travailleurs/{contract.worker_id}", _("Le contrat est enregistré."))


def open_post(visit: Visit) -> Response:
    """Open a post."""
    form: OpenPostForm = visit.form
    rota.open_post(visit.session, room=form.room, name_fr=form.name_fr, name_en=form.name_en, regime=form.regime)
    return visit.redirect("/travailleurs", _("Le poste est ouvert."))


# -- months -----------------------------------------------------------------------------------------------------------


def show_months(visit: Visit) -> Response:
    """Everybody's month: what it comes to, what is missing, who has closed it."""
    asked = visit.query.get("mois", "")
    first_on = rules.read_month(asked) if asked else business_day(visit.at).replace(day=1)
    closed = {each.worker_id: each for each in queries.list_months(visit.session, first_on)}
    rows = [
        (worker, months.month_statement(visit.session, worker.id or 0, first_on, visit.at), closed.get(worker.id or 0))
        for worker in queries.list_workers(visit.session)
    ]
    return visit.render("workers/office/months.html", rows=rows, **_months(visit, first_on))


def _months(visit: Visit, first_on: date) -> dict[str, Any]:
    return {
        "first_on": first_on,
        "month": rules.write_month(first_on),
        "month_name": formats.month(first_on, visit.language),
        "before": rules.write_month(rules.month_before(first_on)),
        "after": rules.write_month(rules.month_after(first_on)),
        "over": rules.last_of_month(first_on) < business_day(visit.at),
    }


def show_statement(visit: Visit) -> Response:
    """One worker's month, as it will be on paper."""
    first_on = rules.read_month(visit.path["month"])
    worker = queries.get_worker(visit.session, visit.path["worker_id"])
    assert worker.id is not None
    return visit.render(
        "workers/office/statement.html",
        worker=worker,
        statement=months.month_statement(visit.session, worker.id, first_on, visit.at),
        closed=queries.find_month(visit.session, worker.id, first_on),
        confirmed=printouts.CONFIRMED,
        **_months(visit, first_on),
    )


def print_statement(visit: Visit) -> Response:
    """The same as a PDF."""
    first_on = rules.read_month(visit.path["month"])
    worker = queries.get_worker(visit.session, visit.path["worker_id"])
    assert worker.id is not None
    pdf = printouts.statement_pdf(
        worker,
        months.month_statement(visit.session, worker.id, first_on, visit.at),
        queries.find_month(visit.session, worker.id, first_on),
        house=law.find_text(visit.session, "house_name", business_day(visit.at)),
        at=visit.at,
    )
    name = f"decompte-{visit.path['month']}-{worker.operator_code}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})


def prepare(visit: Visit) -> Response:
    """Say that a month is complete."""
    return _close(visit, lock=False)


def lock_month(visit: Visit) -> Response:
    """Lock a month that somebody else has prepared."""
    form: LockForm = visit.form
    if form.confirm != visit.path["month"]:
        raise MonthDiffers("confirm")
    return _close(visit, lock=True)


def _close(visit: Visit, *, lock: bool) -> Response:
    worker_id, month = visit.path["worker_id"], visit.path["month"]
    first_on, account_id = rules.read_month(month), _account_id(visit)
    if lock:
        months.lock_month(visit.session, worker_id, first_on, account_id=account_id, actor=visit.actor, at=visit.at)
        told = _("Le mois est clos et comptabilisé.")
    else:
        months.prepare_month(visit.session, worker_id, first_on, account_id=account_id, at=visit.at)
        told = _("Le mois est prêt : une deuxième personne peut le clore.")
    return visit.redirect(f"/decomptes/{month}/{worker_id}", told)


_MONTH = "/decomptes/{month:str}/{worker_id:int}"

routes: list[BaseRoute] = [
    page("/planning", show_rota, roles=HEADS),
    act("/planning", plan, form=PlanForm, again=show_rota, roles=HEADS, once=True),
    act("/planning/{shift_id:int}/enlever", unplan, roles=HEADS),
    page("/presences", show_day, roles=HEADS),
    act("/presences/valider", validate, form=ValidateForm, again=show_day, roles=HEADS),
    page("/presences/ajouter", show_add, roles=HEADS),
    act("/presences/ajouter", add, form=AddHoursForm, again=show_add, roles=HEADS, once=True),
    page("/presences/{attendance_id:int}", show_attendance, roles=HEADS),
    act("/presences/{attendance_id:int}", correct, form=CorrectForm, again=show_attendance, roles=HEADS),
    act("/contestations/{dispute_id:int}", answer, form=AnswerForm, again=show_day, roles=HEADS),
    page("/travailleurs", show_workers, roles=PAY),
    act("/travailleurs/postes", open_post, form=OpenPostForm, again=show_workers, roles=HEADS, once=True),
    page("/travailleurs/nouveau", show_take_on, roles=HEADS),
    act("/travailleurs/nouveau", take_on, form=TakeOnForm, again=show_take_on, roles=HEADS, once=True),
    page("/travailleurs/{worker_id:int}", show_worker, roles=PAY),
    act("/travailleurs/{worker_id:int}", change_worker, form=ChangeWorkerForm, again=show_worker, roles=HEADS),
    act("/travailleurs/{worker_id:int}/contrats", agree, form=AgreeForm, again=show_worker, roles=HEADS, once=True),
    page("/decomptes", show_months, roles=PAY),
    page(_MONTH, show_statement, roles=PAY),
    page(_MONTH + ".pdf", print_statement, roles=PAY),
    act(_MONTH + "/preparer", prepare, again=show_statement, roles=PAY),
    act(_MONTH + "/clore", lock_month, form=LockForm, again=show_statement, roles=PAY),
]
