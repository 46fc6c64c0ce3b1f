"""What is done with print jobs: queued, fetched, reported, asked about, printed again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.db import insert_once, lock_row
from citizen_space.kit.errors import Refusal
from citizen_space.kit.ids import new_secret
from citizen_space.kit.text import _
from citizen_space.printing import queries, rules
from citizen_space.printing.bell import ring_after_commit
from citizen_space.printing.models import Agent, JobState, Printer, PrintJob
from citizen_space.printing.printouts import duplicate_of
from citizen_space.printing.rules import PrinterUnknown
from printers.document import Document, Kick, from_json, to_json

# A copy of these is a fiscal event of its own: it is asked of the sale, which seals it, and not of the queue.
SEALED_KINDS = frozenset({"receipt", "note"})


class CopyIsSealed(Refusal):
    """A duplicate of a receipt must be counted in the fiscal record."""

    sentence = _("Un duplicata de ticket se demande depuis la vente, qui l’enregistre.")


class PrinterCodeTaken(Refusal):
    """Two printers cannot have one code."""

    sentence = _("Ce code d’imprimante est déjà utilisé.")


def add_printer(
    session: Session,
    *,
    code: str,
    name: str,
    address: str,
    columns: int = 48,
    code_page: str = "CP1252",
    station: str | None = None,
    fallback_code: str | None = None,
) -> Printer:
    """Make a printer known."""
    fallback = queries.find_printer(session, fallback_code) if fallback_code else None
    printer = Printer(
        code=code,
        name=name,
        address=address,
        columns=columns,
        code_page=code_page,
        station=station,
        fallback_id=fallback.id if fallback else None,
    )
    if not insert_once(session, printer):
        raise PrinterCodeTaken("code")
    return printer


def change_printer(session: Session, printer_id: int, *, fallback_id: int | None, **facts: Any) -> Printer:
    """Change what is said of a printer; one cannot stand in for itself."""
    printer = lock_row(session, Printer, printer_id)
    if fallback_id is not None:
        queries.get_printer(session, fallback_id)
    if fallback_id == printer_id:
        raise rules.OwnFallback("fallback_id")
    assert facts.keys() <= Printer.model_fields.keys()
    printer.sqlmodel_update({**facts, "fallback_id": fallback_id})
    session.add(printer)
    session.flush()
    return printer


def ensure_agent(session: Session, name: str, token: str, *, at: datetime) -> Agent:
    """Let this token in: at every start, the token of the environment is the one that counts."""
    found = queries.find_agent(session, fingerprint(token))
    if found is not None:
        return found
    agent = session.exec(select(Agent).where(Agent.name == name)).first()
    if agent is None:
        agent = Agent(name=name, token_hash=fingerprint(token), created_at=at)
    agent.token_hash, agent.revoked_at = fingerprint(token), None
    session.add(agent)
    session.flush()
    return agent


def queue(
    session: Session,
    document: Document,
    *,
    printer_code: str,
    key: str,
    at: datetime,
    ttl_minutes: int | None = None,
) -> PrintJob:
    """Queue a document; the same key again returns the job that is there."""
    printer = queries.find_printer(session, printer_code)
    if printer is None:
        raise PrinterUnknown(code=printer_code)
    return _queue(session, printer, document, key=key, at=at, ttl_minutes=ttl_minutes)


def queue_at_station(
    session: Session, document: Document, *, station: str, key: str, at: datetime, ttl_minutes: int | None = None
) -> PrintJob:
    """Queue a document at the printer of a station (kitchen, cold, bar …), or at the one that stands in for it.

    Raises PrinterUnknown.
    """
    printer = queries.find_printer_of_station(session, station)
    if printer is None:
        raise PrinterUnknown(code=station)
    return _queue(session, printer, document, key=key, at=at, ttl_minutes=ttl_minutes)


def queue_if_there(session: Session, document: Document, *, station: str, key: str, at: datetime) -> PrintJob | None:
    """Queue a document at a station's printer; None where the station has a screen and no paper."""
    printer = queries.find_printer_of_station(session, station)
    if printer is None or not _working(session, printer, at).active:
        return None
    return queue_at_station(session, document, station=station, key=key, at=at)


def withdraw(session: Session, key: str, *, why: str, at: datetime) -> bool:
    """Take back a document that no agent holds: what it asks for was done without it. False where it is too late."""
    waiting = update(PrintJob).where(
        col(PrintJob.key) == key,
        col(PrintJob.state) == JobState.QUEUED,
        or_(col(PrintJob.leased_until).is_(None), col(PrintJob.leased_until) <= at),
    )
    done = session.exec(waiting.values(state=JobState.EXPIRED, detail=why, leased_until=None))
    return bool(done.rowcount)


def _queue(session: Session, printer: Printer, document: Document, *, at: datetime, **facts: Any) -> PrintJob:
    if any(isinstance(block, Kick) for block in document.blocks) and document.kind not in rules.DRAWER_KINDS:
        raise rules.DrawerStaysShut
    # Who tests a printer wants to see that very one, dead or not.
    chosen = printer if document.kind == "test_page" else _working(session, printer, at)
    meant_for_id = printer.id if chosen is not printer else None
    return _insert_job(session, chosen, document, at=at, meant_for_id=meant_for_id, **facts)


def _working(session: Session, printer: Printer, at: datetime) -> Printer:
    """Return the printer, or the one that stands in while it is out of service or was heard to be down."""
    if printer.fallback_id is None or _is_fit(printer, at):
        return printer
    fallback = queries.get_printer(session, printer.fallback_id)
    return fallback if _is_fit(fallback, at) else printer


def _is_fit(printer: Printer, at: datetime) -> bool:
    return printer.active and not rules.is_down(printer.health, printer.health_at, at)


def _insert_job(
    session: Session,
    printer: Printer,
    document: Document,
    *,
    key: str,
    at: datetime,
    ttl_minutes: int | None = None,
    copy_of: int | None = None,
    copy_number: int = 0,
    meant_for_id: int | None = None,
) -> PrintJob:
    flavour = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {
        "printer_id": printer.id,
        "kind": document.kind,
        "title": document.title,
        "document": to_json(document),
        "state": JobState.QUEUED,
        "key": key,
        "created_at": at,
        "expires_at": rules.worth_until(document.kind, at, ttl_minutes),
        "attempts": 0,
        "detail": "",
        "meant_for_id": meant_for_id,
        "copy_of": copy_of,
        "copy_number": copy_number,
    }
    # One statement and no savepoint: this is part of every sale that prints.
    insert = flavour.insert(PrintJob).values(**values).on_conflict_do_nothing(index_elements=["key"])
    made: PrintJob | None = session.scalars(insert.returning(PrintJob)).first()
    if made is not None:
        ring_after_commit(session)
        return made
    found = queries.find_job(session, key)
    assert found is not None
    return found


# -- the agent ---------------------------------------------------------------------------------------------------------


def claim_jobs(session: Session, agent: Agent, at: datetime, limit: int = 20) -> list[tuple[PrintJob, Printer]]:
    """Give an agent the jobs that wait, each under a lease; another agent at the same moment gets others."""
    waiting = select(PrintJob).where(queries.is_fetchable(agent, at)).order_by(col(PrintJob.id)).limit(limit)
    jobs = list(session.exec(waiting.with_for_update(skip_locked=True)))
    for job in jobs:
        job.lease = new_secret()
        job.leased_until = at + rules.LEASE
        session.add(job)
    session.flush()
    printers = {printer.id: printer for printer in queries.list_printers_of(session, agent)}
    return [(job, printers[job.printer_id]) for job in jobs]


def report(session: Session, job_id: int, *, lease: str, state: str, detail: str, at: datetime) -> None:
    """Take an agent's word for what became of a job; without the current lease it is no longer its job."""
    job = lock_row(session, PrintJob, job_id)
    if job.lease != lease:
        raise rules.MoveNotPossible
    if job.state == state:
        return  # the agent did not hear our first answer
    if state == JobState.SENDING and job.expires_at <= at:
        raise rules.MoveNotPossible
    job.detail = detail[:500]
    _note_printer(session, job, state, at)
    if state == JobState.FAILED:
        _fail(session, job, at)
    else:
        # The agent's answer may arrive after its lease, when the clock has given the job up for unknown.
        rules.check_move(JobState.SENDING if _is_late_outcome(job, state) else job.state, state)
        _move(job, state, at)
    session.add(job)
    session.flush()


def _note_printer(session: Session, job: PrintJob, state: str, at: datetime) -> None:
    """What became of a job says at once how its printer is: the tills must not wait for the next round of looks."""
    trouble = rules.trouble_of(job.detail) if state in (JobState.FAILED, JobState.UNKNOWN) else None
    if trouble is None and state != JobState.PRINTED:
        return
    printer = queries.get_printer(session, job.printer_id)
    if trouble is not None:
        printer.health, printer.health_detail, printer.health_at = trouble, job.detail[:200], at
    elif printer.health in rules.DOWN:
        printer.health, printer.health_detail, printer.health_at = rules.HEALTHY, "", at


def _is_late_outcome(job: PrintJob, state: str) -> bool:
    return job.state == JobState.QUEUED and state in (JobState.PRINTED, JobState.UNKNOWN)


def _move(job: PrintJob, state: str, at: datetime) -> None:
    job.state = state
    job.leased_until = at + rules.LEASE if state == JobState.SENDING else None
    if state == JobState.SENDING:
        job.attempts += 1
    if state == JobState.PRINTED:
        job.printed_at = at


def _fail(session: Session, job: PrintJob, at: datetime) -> None:
    """Nothing went out: try again a little later, after some attempts on the printer that stands in."""
    if job.state == JobState.QUEUED:
        job.attempts += 1
    if job.attempts >= rules.MOST_ATTEMPTS or rules.is_hopeless(job.detail):
        rules.check_move(JobState.SENDING, JobState.FAILED)
        _move(job, JobState.FAILED, at)
        return
    _move(job, JobState.QUEUED, at)
    job.lease = None
    job.retry_at = rules.retry_at(job.attempts, at)
    if job.attempts % rules.FALLBACK_AFTER_ATTEMPTS == 0:
        _send_elsewhere(session, job, at)


def _send_elsewhere(session: Session, job: PrintJob, at: datetime) -> None:
    """Let the printer that stands in try; when that one fails too, it is the first one's turn again."""
    printer = queries.get_printer(session, job.printer_id)
    is_away = job.meant_for_id is not None and job.meant_for_id != printer.id
    other_id = job.meant_for_id if is_away else printer.fallback_id
    if other_id is None or not queries.get_printer(session, other_id).active:
        return
    job.meant_for_id = job.meant_for_id or printer.id
    job.printer_id = other_id
    if _is_fit(queries.get_printer(session, other_id), at):
        job.retry_at = None
        ring_after_commit(session)


def sweep(session: Session, at: datetime) -> tuple[int, int]:
    """Give up for unknown what an agent never answered for, and let expire what is no longer worth printing."""
    lost = update(PrintJob).where(col(PrintJob.state) == JobState.SENDING, col(PrintJob.leased_until) <= at)
    unknown = session.exec(lost.values(state=JobState.UNKNOWN, detail="l’agent n’a pas répondu", leased_until=None))
    stale = update(PrintJob).where(
        col(PrintJob.state) == JobState.QUEUED,
        col(PrintJob.expires_at) <= at,
        or_(col(PrintJob.leased_until).is_(None), col(PrintJob.leased_until) <= at),
    )
    expired = session.exec(stale.values(state=JobState.EXPIRED, leased_until=None))
    return unknown.rowcount, expired.rowcount


def note_health(session: Session, agent: Agent, told: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Write down how an agent's printers are."""
    agent.last_seen_at = at
    session.add(agent)
    printers = {printer.code: printer for printer in queries.list_printers_of(session, agent)}
    for one in told:
        printer = printers.get(str(one.get("name")))
        if printer is not None:
            printer.health = rules.health_of(one)
            printer.health_detail = str(one.get("detail") or "")[:200]
            printer.health_at = at
            session.add(printer)
    session.flush()


# -- people ------------------------------------------------------------------------------------------------------------


def answer_unknown(session: Session, job_id: int, *, printed: bool, at: datetime) -> PrintJob:
    """Take a person's word for what is on the paper: it is there, or it is to be printed again."""
    job = lock_row(session, PrintJob, job_id)
    if job.state != JobState.UNKNOWN:
        raise rules.MoveNotPossible
    rules.check_move(job.state, JobState.PRINTED if printed else JobState.QUEUED)
    if printed:
        _move(job, JobState.PRINTED, at)
    else:
        _requeue(session, job, at)
    session.add(job)
    session.flush()
    return job


def retry(session: Session, job_id: int, *, at: datetime) -> PrintJob:
    """Try a failed job again."""
    job = lock_row(session, PrintJob, job_id)
    rules.check_move(job.state, JobState.QUEUED)
    if job.state != JobState.FAILED:
        raise rules.MoveNotPossible
    _requeue(session, job, at)
    session.add(job)
    session.flush()
    return job


def _requeue(session: Session, job: PrintJob, at: datetime) -> None:
    job.state, job.lease, job.leased_until, job.retry_at = JobState.QUEUED, None, None, None
    job.attempts, job.detail = 0, ""
    job.expires_at = rules.worth_until(job.kind, at)
    ring_after_commit(session)


def reprint(session: Session, job_id: int, *, key: str, at: datetime, printer_id: int | None = None) -> PrintJob:
    """Print a document again, marked as a duplicate and counted."""
    job = lock_row(session, PrintJob, job_id)
    if job.kind in SEALED_KINDS:
        raise CopyIsSealed
    found = queries.find_job(session, key)
    if found is not None:
        return found
    original_id = job.copy_of or job.id
    assert original_id is not None
    original = queries.get_job(session, original_id)
    copy_number = queries.count_copies(session, original_id) + 1
    document = duplicate_of(from_json(original.document), copy_number)
    printer = queries.get_printer(session, printer_id or job.printer_id)
    return _insert_job(
        session, _working(session, printer, at), document, key=key, at=at, copy_of=original_id, copy_number=copy_number
    )
