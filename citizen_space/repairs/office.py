"""What staff see of the workshop: the jobs by state, one job with its history, the days and their minutes."""

from datetime import timedelta

from citizen_space.kit import clock
from citizen_space.kit.text import _
from citizen_space.repairs import queries, rules, service
from citizen_space.repairs.forms import DayForm
from citizen_space.repairs.models import WorkStatus
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.roles import WORKSHOP
from citizen_space.web.visit import Visit

OPEN = [status for status in WorkStatus if status not in (WorkStatus.HANDED_OVER, WorkStatus.CANCELLED)]
DAYS_SHOWN = 28


def show_jobs(visit: Visit) -> Response:
    """The jobs in one state, or all that are open."""
    asked = visit.query.get("etat", "")
    statuses = [WorkStatus(asked)] if asked in set(WorkStatus) else OPEN
    jobs = queries.list_jobs(visit.session, statuses)
    return visit.render("repairs/office/jobs.html", jobs=jobs, states=rules.STAFF_STATES, asked=asked)


def show_job(visit: Visit) -> Response:
    """One job: every version of its quote, the work done, the bike's earlier jobs."""
    work_order = queries.get_work_order(visit.session, visit.path["work_order_id"])
    assert work_order.id is not None
    bike = queries.get_bike(visit.session, work_order.bike_id)
    worked = queries.list_work_sessions(visit.session, work_order.id)
    return visit.render(
        "repairs/office/job.html",
        work_order=work_order,
        bike=bike,
        states=rules.STAFF_STATES,
        quotes=[
            (quote, queries.list_quote_lines(visit.session, quote.id))
            for quote in queries.list_quotes(visit.session, work_order.id)
        ],
        worked=worked,
        worked_minutes=rules.minutes_worked(worked, visit.at),
        due_cents=queries.due_cents(visit.session, work_order),
        earlier=[job for job in queries.list_jobs_of_frame(visit.session, bike.frame_number) if job.bike.id != bike.id],
    )


def show_days(visit: Visit) -> Response:
    """The coming days and their minutes."""
    today = clock.business_day(visit.at)
    days = queries.list_days(visit.session, today, today + timedelta(days=DAYS_SHOWN))
    return visit.render("repairs/office/days.html", days=days)


def set_day(visit: Visit) -> Response:
    """Give a day its minutes, never fewer than are taken."""
    form: DayForm = visit.form
    service.set_capacity(visit.session, form.on, form.capacity_minutes)
    return visit.redirect("/velos/jours", _("C’est enregistré."))


routes: list[Route] = [
    page("/velos", show_jobs, roles=WORKSHOP),
    page("/velos/jours", show_days, roles=WORKSHOP),
    act("/velos/jours", set_day, form=DayForm, again=show_days, roles=WORKSHOP),
    page("/velos/{work_order_id:int}", show_job, roles=WORKSHOP),
]
