"""What a worker sees of printing: a sign when a printer is down, and a question where nobody knows what came out."""

from starlette.responses import Response

from citizen_space.kit.errors import NotAllowed
from citizen_space.kit.text import _, translate
from citizen_space.printing import queries, rules, service
from citizen_space.printing.forms import AnswerForm
from citizen_space.printing.models import JobState
from citizen_space.web.endpoint import Route, act, page
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit

# Who stands at a till answers for what comes out at a till; the gate's list and the closings are for staff.
AT_A_TILL = frozenset({"chit", "receipt", "note", "admission", "claim_ticket", "bike_tag"})
_WAITING = (JobState.QUEUED, JobState.SENDING)


def show_state(visit: Visit) -> Response:
    """The printers' state, as a piece of the top bar."""
    troubled = queries.list_troubled(visit.session, visit.at)
    return visit.render(
        "printing/till/state.html",
        printers_ok=not troubled,
        troubled=[(printer.name, rules.advise(printer.health)) for printer in troubled],
    )


def show_printers(visit: Visit) -> Response:
    """Each printer in one word, what waits for it, and the papers somebody must look at."""
    told = queries.tell_printers(visit.session, visit.at)
    doubted = queries.list_jobs(visit.session, states=[JobState.UNKNOWN], only_kinds=AT_A_TILL, limit=20)
    counts = queries.count_by_printer(visit.session, _WAITING)
    waiting = {one.id: sum(counts.get((one.id, state), 0) for state in _WAITING) for one in told}
    trouble = {one.id: rules.is_in_trouble(one.health, one.health_at, visit.at) for one in told}
    return visit.render(
        "printing/till/printers.html",
        told=sorted(told, key=lambda one: not trouble[one.id]),
        doubted=[one for one in doubted if one.job.expires_at > visit.at],
        waiting=waiting,
        trouble=trouble,
        advise=rules.advise,
    )


def answer(visit: Visit) -> Response:
    """Take a worker's word for what lies in front of the printer."""
    form: AnswerForm = visit.form
    if queries.get_job(visit.session, visit.path["job_id"]).kind not in AT_A_TILL:
        raise NotAllowed
    service.answer_unknown(visit.session, visit.path["job_id"], printed=form.printed == "yes", at=visit.at)
    said = _("C’est noté.") if form.printed == "yes" else _("Le document est imprimé de nouveau.")
    return visit.redirect("/imprimantes", translate(said, visit.language))


routes: list[Route] = [
    page("/imprimante", show_state, roles=TILL),
    page("/imprimantes", show_printers, roles=TILL),
    act("/imprimantes/papiers/{job_id:int}", answer, form=AnswerForm, again=show_printers, roles=TILL),
]
