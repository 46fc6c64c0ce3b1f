"""What a worker sees of their own work: the month's hours and pay, and a way to say that a line is wrong."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.kit import formats
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound, SignInNeeded
from citizen_space.kit.text import _, translate
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import WORKER
from citizen_space.web.visit import Visit
from citizen_space.workers import months, queries, rules, service
from citizen_space.workers.forms import DisputeForm


def _own_id(visit: Visit) -> int:
    """Everybody sees their own and nobody else's."""
    if visit.who is None or visit.who.kind != "worker":
        raise SignInNeeded
    return visit.who.id


def _month(visit: Visit) -> dict[str, Any]:
    worker_id = _own_id(visit)
    this = business_day(visit.at).replace(day=1)
    asked = visit.query.get("mois") or str(visit.typed.get("mois") or "")
    first_on = rules.read_month(asked) if asked else this
    presences = queries.list_presences(
        visit.session, first_on=first_on, last_on=rules.last_of_month(first_on), worker_id=worker_id
    )
    return {
        "first_on": first_on,
        "month_name": formats.month(first_on, visit.language),
        "month": rules.write_month(first_on),
        "before": rules.write_month(rules.month_before(first_on)),
        "after": rules.write_month(rules.month_after(first_on)) if first_on < this else None,
        "presences": presences,
        "minutes_between": rules.minutes_between,
        "statement": months.month_statement(visit.session, worker_id, first_on, visit.at),
        "closed": queries.find_month(visit.session, worker_id, first_on),
    }


def show_hours(visit: Visit) -> Response:
    """My hours and what they come to."""
    return visit.render("workers/till/hours.html", **_month(visit))


def ask_dispute(visit: Visit) -> Response:
    """What is wrong with this line?"""
    return _dispute_page(visit, visit.path["attendance_id"])


def ask_dispute_again(visit: Visit) -> Response:
    """The same question, with what was typed."""
    typed = str(visit.typed.get("attendance_id", ""))
    return _dispute_page(visit, int(typed)) if typed.isdecimal() and len(typed) < 10 else show_hours(visit)


def _dispute_page(visit: Visit, attendance_id: int) -> Response:
    attendance = queries.get_attendance(visit.session, attendance_id)
    if attendance.worker_id != _own_id(visit):
        raise NotFound
    return visit.render("workers/till/dispute.html", attendance=attendance)


def dispute(visit: Visit) -> Response:
    """Note that a worker says a line is wrong."""
    form: DisputeForm = visit.form
    said = service.dispute(visit.session, form.attendance_id, worker_id=_own_id(visit), says=form.says, at=visit.at)
    on = queries.get_attendance(visit.session, said.attendance_id).on
    told = translate(_("C’est noté. Le personnel va vous répondre."), visit.language)
    return visit.redirect(f"/mes-heures?mois={rules.write_month(on)}", told)


routes: list[BaseRoute] = [
    page("/mes-heures", show_hours, roles=WORKER),
    page("/mes-heures/{attendance_id:int}/contester", ask_dispute, roles=WORKER),
    act("/mes-heures/contester", dispute, form=DisputeForm, again=ask_dispute_again, roles=WORKER),
]
