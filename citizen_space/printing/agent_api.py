"""What the printing agent asks of the house: jobs, and an ear for what became of them. Bearer token, JSON."""

import asyncio
import json
import math
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.errors import NotFound, Refusal, TooLarge, Unreadable
from citizen_space.printing import queries, service
from citizen_space.printing.bell import BELL
from citizen_space.printing.models import Agent, JobState, Printer, PrintJob
from citizen_space.printing.rules import MoveNotPossible
from citizen_space.web.endpoint import raw
from citizen_space.web.reading import read_body
from citizen_space.web.visit import House, Visit

LOOK_EVERY_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 20.0
_LARGEST_BODY = 64 * 1024
_REPORTED = frozenset({JobState.SENDING, JobState.PRINTED, JobState.UNKNOWN, JobState.FAILED})


class TokenRefused(Refusal):
    """No agent has this token."""

    status = 401


# -- waiting for work: no thread and no transaction is held meanwhile --------------------------------------------------


async def next_jobs(request: Request) -> Response:
    """Answer with jobs as soon as there are any, or with nothing when the agent has waited long enough."""
    house: House = request.scope["house"]
    token = _token(request)
    try:
        wait = _wait((await _read(request)).get("wait_seconds") or 0)
    except (ValueError, TypeError, OverflowError, Unreadable, TooLarge):
        return Response("a JSON object; wait_seconds: a number", 422)
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    while True:
        try:
            jobs = await loop.run_in_executor(house.threads, _fetch, house, token)
        except TokenRefused:
            return Response("token refused", 401)
        if jobs:
            return JSONResponse({"jobs": jobs})
        left = until - loop.time()
        if left <= 0 or await request.is_disconnected():
            return Response(status_code=204)
        await BELL.wait(min(left, LOOK_EVERY_SECONDS))


def _wait(asked: Any) -> float:
    """How long the agent wants to wait, within bounds; what is no number would never be over."""
    seconds = float(asked)
    if not math.isfinite(seconds):
        raise Unreadable
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _fetch(house: House, token: str) -> list[dict[str, Any]]:
    """Look without writing; only when there is something, take it."""
    at = house.clock()
    with house.database.read() as session:
        agent = _agent(session, token)
        if not queries.has_work(session, agent, at) and not _is_unseen(agent, at):
            return []
    with house.database.write() as session:
        agent = _agent(session, token)
        agent.last_seen_at = at
        session.add(agent)
        return [_job_data(job, printer) for job, printer in service.claim_jobs(session, agent, at)]


def _is_unseen(agent: Agent, at: datetime) -> bool:
    return agent.last_seen_at is None or at - agent.last_seen_at > timedelta(seconds=30)


# -- hearing of what became of it --------------------------------------------------------------------------------------


def state(visit: Visit) -> Response:
    """Hear what became of a job."""
    _agent(visit.session, _token(visit.request))
    told = _object(visit.body)
    state = str(told.get("state"))
    if state not in _REPORTED:
        raise Unreadable
    try:
        service.report(
            visit.session,
            visit.path["job_id"],
            lease=str(told.get("lease")),
            state=state,
            detail=str(told.get("detail") or ""),
            at=visit.at,
        )
    except (MoveNotPossible, NotFound):
        return Response(status_code=409)
    return Response(status_code=204)


def health(visit: Visit) -> Response:
    """Hear how the printers are, and say which there are."""
    agent = _agent(visit.session, _token(visit.request))
    told = _object(visit.body).get("printers")
    printers = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    service.note_health(visit.session, agent, printers, at=visit.at)
    known = [_printer_data(printer) for printer in queries.list_printers_of(visit.session, agent)]
    return JSONResponse({"printers": known})


# -- words and shapes --------------------------------------------------------------------------------------------------


def _token(request: Request) -> str:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _agent(session: Session, token: str) -> Agent:
    agent = queries.find_agent(session, fingerprint(token)) if token else None
    if agent is None:
        raise TokenRefused
    return agent


async def _read(request: Request) -> dict[str, Any]:
    return _object(await read_body(request.receive, request.headers, _LARGEST_BODY))


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body or b"{}", object_pairs_hook=_storable)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(told, dict):
        raise Unreadable
    return told


def _storable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose texts the database can hold: no NUL, no half of a character."""
    return {name: _bare(value) if isinstance(value, str) else value for name, value in pairs}


def _bare(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\0", "")


def _job_data(job: PrintJob, printer: Printer) -> dict[str, Any]:
    return {
        "id": job.id,
        "lease": job.lease,
        "printer": _printer_data(printer),
        "document": json.loads(job.document),
    }


def _printer_data(printer: Printer) -> dict[str, Any]:
    return {
        "name": printer.code,
        "address": printer.address,
        "columns": printer.columns,
        "code_page": printer.code_page,
        "qr": printer.qr,
        "knife": printer.knife,
        "drawer_pin": printer.drawer_pin,
        "cancel_kanji": printer.cancel_kanji,
    }


routes: list[BaseRoute] = [
    Route("/jobs/next", next_jobs, methods=["POST"], name="agent_next"),
    raw("/jobs/{job_id:int}/state", state, name="agent_state"),
    raw("/health", health, name="agent_health"),
]
