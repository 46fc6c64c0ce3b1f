"""Printers as staff see them: their health, the queue with what each paper looks like, answers and second prints."""

from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from citizen_space.kit.errors import NotAllowed
from citizen_space.kit.text import _, translate
from citizen_space.printing import queries, rules, service
from citizen_space.printing.forms import AnswerForm, JobsForm, PrinterForm, ReprintForm, TestForm
from citizen_space.printing.models import JobState, Printer, PrintJob
from citizen_space.printing.printouts import test_page
from citizen_space.web.endpoint import Route, act, page
from citizen_space.web.roles import ADMIN, GATE, STAFF
from citizen_space.web.visit import Visit
from printers.document import from_json
from printers.preview import preview_svg

PER_PAGE = 40
HEALTH_NAMES = {
    "ok": _("Prête"),
    "low_paper": _("Bientôt plus de papier"),
    "no_paper": _("Plus de papier"),
    "offline": _("Ne répond pas"),
    "cover": _("Capot ouvert"),
    "unseen": _("Jamais vue"),
}
HEALTH_TONES = {"ok": "ok", "low_paper": "wait", "no_paper": "bad", "offline": "bad", "cover": "bad", "unseen": "calm"}
# The wall between who comes and what is paid runs through the papers too: (only these kinds, none of those).
_GATE_KINDS = frozenset({"gate_list"})
_GATE_OFFICER = "gate_officer"
# What a person has to do something about.
_OPEN = (JobState.QUEUED, JobState.SENDING, JobState.UNKNOWN, JobState.FAILED)


def show_printers(visit: Visit) -> Response:
    """Every printer, how it is, and what waits for it."""
    printers = queries.list_printers(visit.session)
    return visit.render(
        "printing/office/printers.html",
        printers=printers,
        names={printer.id: printer.name for printer in printers},
        trouble={printer.id for printer in printers if _is_in_trouble(printer, visit)},
        counts=queries.count_by_printer(visit.session, _OPEN),
        unknown=queries.list_jobs(visit.session, states=[JobState.UNKNOWN], limit=20),
        agents=queries.list_agents(visit.session),
        health_names=HEALTH_NAMES,
        health_tones=HEALTH_TONES,
    )


def _is_in_trouble(printer: Printer, visit: Visit) -> bool:
    return printer.active and rules.is_in_trouble(printer.health, printer.health_at, visit.at)


def show_printer(visit: Visit) -> Response:
    """One printer, to change it."""
    printer = queries.get_printer(visit.session, visit.path["printer_id"])
    others = [one for one in queries.list_printers(visit.session) if one.id != printer.id]
    return visit.render("printing/office/printer.html", printer=printer, others=others, health_names=HEALTH_NAMES)


def change_printer(visit: Visit) -> Response:
    """Change a printer. Its address may name a file or a machine: that is for who runs the system."""
    form: PrinterForm = visit.form
    before = queries.get_printer(visit.session, visit.path["printer_id"])
    if form.address != before.address and not (visit.who and visit.who.role in ADMIN):
        raise NotAllowed("address")
    printer = service.change_printer(visit.session, visit.path["printer_id"], **form.model_dump())
    return visit.redirect("/imprimantes", translate(_("%(name)s est à jour."), visit.language, name=printer.name))


def print_test(visit: Visit) -> Response:
    """Print a test page."""
    form: TestForm = visit.form
    printer = queries.get_printer(visit.session, visit.path["printer_id"])
    document = test_page(printer, visit.at, visit.language)
    key = f"test:{printer.id}:{form.submission}"
    job = service.queue(visit.session, document, printer_code=printer.code, key=key, at=visit.at)
    return visit.redirect(f"/impressions/{job.id}", _("La page d’essai est en route."))


def _walls(visit: Visit) -> tuple[frozenset[str], frozenset[str]]:
    """The only kinds of paper this person may see, if there is such a limit, and the kinds they may not."""
    role = visit.who.role if visit.who else ""
    if role == _GATE_OFFICER:
        return _GATE_KINDS | {"test_page"}, frozenset()
    return frozenset(), frozenset() if role in GATE else _GATE_KINDS


def _get_job(visit: Visit) -> PrintJob:
    job = queries.get_job(visit.session, visit.path["job_id"])
    only, none = _walls(visit)
    if job.kind in none or (only and job.kind not in only):
        raise NotAllowed
    return job


def _job_id(visit: Visit) -> int:
    """The job that is acted on, if this person may see it."""
    _get_job(visit)
    job_id: int = visit.path["job_id"]
    return job_id


def show_jobs(visit: Visit) -> Response:
    """The queue, newest first; the address keeps what was asked."""
    asked = visit.ask(JobsForm)
    states = [asked.state] if asked.state else []
    only, none = _walls(visit)
    jobs = queries.list_jobs(
        visit.session,
        states=states,
        only_kinds=only,
        no_kinds=none,
        printer_id=asked.printer_id,
        limit=PER_PAGE + 1,
        offset=(asked.page - 1) * PER_PAGE,
    )
    kept = {name: value for name, value in asked.model_dump(mode="json").items() if value and name != "page"}
    return visit.render(
        "printing/office/jobs.html",
        jobs=jobs[:PER_PAGE],
        asked=asked,
        printers=queries.list_printers(visit.session),
        state_names=rules.STATE_NAMES,
        kind_names=rules.KIND_NAMES,
        base="?" + urlencode([*kept.items(), ("page", "")]),
        has_next=len(jobs) > PER_PAGE,
    )


def show_job(visit: Visit) -> Response:
    """One job: where it is, and the paper as it will look."""
    job = _get_job(visit)
    printer = queries.get_printer(visit.session, job.printer_id)
    drawn = preview_svg(from_json(job.document), printer.columns, printer.code_page.lower())
    return visit.render(
        "printing/office/job.html",
        job=job,
        printer=printer,
        printers=[one for one in queries.list_printers(visit.session) if one.active],
        preview=Markup(drawn),  # noqa: S704 drawn by us; every word in it is escaped there
        state_names=rules.STATE_NAMES,
        kind_names=rules.KIND_NAMES,
        may_copy=job.kind not in service.SEALED_KINDS,
    )


def answer(visit: Visit) -> Response:
    """Say whether a job is on the paper."""
    form: AnswerForm = visit.form
    service.answer_unknown(visit.session, _job_id(visit), printed=form.printed == "yes", at=visit.at)
    said = _("C’est noté.") if form.printed == "yes" else _("Le document est imprimé de nouveau.")
    return visit.redirect(f"/impressions/{visit.path['job_id']}", said)


def retry(visit: Visit) -> Response:
    """Try a failed job again."""
    service.retry(visit.session, _job_id(visit), at=visit.at)
    return visit.redirect(f"/impressions/{visit.path['job_id']}", _("Nouvel essai en cours."))


def reprint(visit: Visit) -> Response:
    """Print again, as a duplicate."""
    form: ReprintForm = visit.form
    job_id = _job_id(visit)
    key = f"copy:{job_id}:{form.submission}"
    job = service.reprint(visit.session, job_id, key=key, at=visit.at, printer_id=form.printer_id)
    return visit.redirect(f"/impressions/{job.id}", _("Le duplicata est en route."))


routes: list[Route] = [
    page("/imprimantes", show_printers, roles=STAFF),
    page("/imprimantes/{printer_id:int}", show_printer, roles=STAFF),
    act("/imprimantes/{printer_id:int}", change_printer, form=PrinterForm, again=show_printer, roles=STAFF),
    act("/imprimantes/{printer_id:int}/essai", print_test, form=TestForm, again=show_printer, roles=STAFF),
    page("/impressions", show_jobs, roles=STAFF),
    page("/impressions/{job_id:int}", show_job, roles=STAFF),
    act("/impressions/{job_id:int}/reponse", answer, form=AnswerForm, again=show_job, roles=STAFF),
    act("/impressions/{job_id:int}/reessayer", retry, again=show_job, roles=STAFF),
    act("/impressions/{job_id:int}/duplicata", reprint, form=ReprintForm, again=show_job, roles=STAFF),
]
