"""How printers and jobs are found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from citizen_space.kit.db import get_by_id
from citizen_space.kit.statements import Loader, Statement
from citizen_space.printing.models import Agent, JobState, Printer, PrintJob
from citizen_space.printing.rules import is_in_trouble


@dataclass(frozen=True)
class Listed:
    """A job of the list with its printer's name."""

    job: PrintJob
    printer_name: str


def find_printer(session: Session, code: str) -> Printer | None:
    """Return the printer of a code."""
    return session.exec(select(Printer).where(Printer.code == code)).first()


def find_printer_of_station(session: Session, station: str) -> Printer | None:
    """Find the printer of a kitchen station; one that is switched off only where no other stands there."""
    chosen = select(Printer).where(Printer.station == station)
    return session.exec(chosen.order_by(col(Printer.active).desc(), col(Printer.id)).limit(1)).first()


def get_printer(session: Session, printer_id: int) -> Printer:
    """Return a printer."""
    return get_by_id(session, Printer, printer_id)


def list_printers(session: Session) -> list[Printer]:
    """Return every printer, by code."""
    return list(session.exec(select(Printer).order_by(col(Printer.code))))


def list_printers_of(session: Session, agent: Agent) -> list[Printer]:
    """Return the printers that an agent serves."""
    mine = or_(col(Printer.agent_id).is_(None), col(Printer.agent_id) == agent.id)
    return list(session.exec(select(Printer).where(mine, col(Printer.active).is_(True)).order_by(col(Printer.id))))


def find_agent(session: Session, token_hash: str) -> Agent | None:
    """Return the agent of a token."""
    chosen = select(Agent).where(Agent.token_hash == token_hash, col(Agent.revoked_at).is_(None))
    return session.exec(chosen).first()


def list_agents(session: Session) -> list[Agent]:
    """Return every agent."""
    return list(session.exec(select(Agent).order_by(col(Agent.name))))


def get_job(session: Session, job_id: int) -> PrintJob:
    """Return a job."""
    return get_by_id(session, PrintJob, job_id)


def find_job(session: Session, key: str) -> PrintJob | None:
    """Return the job of a key."""
    return session.exec(select(PrintJob).where(PrintJob.key == key)).first()


def is_fetchable(agent: Agent, at: datetime) -> ColumnElement[bool]:
    """Say which jobs an agent may be given at this moment."""
    mine = select(Printer.id).where(
        or_(col(Printer.agent_id).is_(None), col(Printer.agent_id) == agent.id), col(Printer.active).is_(True)
    )
    return and_(
        col(PrintJob.state) == JobState.QUEUED,
        col(PrintJob.expires_at) > at,
        or_(col(PrintJob.leased_until).is_(None), col(PrintJob.leased_until) <= at),
        or_(col(PrintJob.retry_at).is_(None), col(PrintJob.retry_at) <= at),
        col(PrintJob.printer_id).in_(mine),
    )


def has_work(session: Session, agent: Agent, at: datetime) -> bool:
    """Say whether there is anything to fetch."""
    return session.exec(select(PrintJob.id).where(is_fetchable(agent, at)).limit(1)).first() is not None


def list_jobs(
    session: Session,
    *,
    states: Sequence[str] = (),
    printer_id: int | None = None,
    kind: str = "",
    only_kinds: Collection[str] = (),
    no_kinds: Collection[str] = (),
    limit: int = 50,
    offset: int = 0,
) -> list[Listed]:
    """Return jobs, newest first."""
    joined = select(PrintJob, Printer.name).join(Printer, col(Printer.id) == col(PrintJob.printer_id))
    if states:
        joined = joined.where(col(PrintJob.state).in_(states))
    if printer_id is not None:
        joined = joined.where(PrintJob.printer_id == printer_id)
    if kind:
        joined = joined.where(PrintJob.kind == kind)
    if only_kinds:
        joined = joined.where(col(PrintJob.kind).in_(only_kinds))
    if no_kinds:
        joined = joined.where(col(PrintJob.kind).not_in(no_kinds))
    ordered = joined.order_by(col(PrintJob.id).desc()).limit(limit).offset(offset)
    return [Listed(job, name) for job, name in session.exec(ordered)]


def count_by_printer(session: Session, states: Sequence[str]) -> dict[tuple[int, str], int]:
    """Count the jobs of each printer in these states."""
    counted = select(PrintJob.printer_id, PrintJob.state, func.count()).where(col(PrintJob.state).in_(states))
    grouped = counted.group_by(col(PrintJob.printer_id), col(PrintJob.state))
    return {(printer_id, state): count for printer_id, state, count in session.exec(grouped)}


def count_copies(session: Session, job_id: int) -> int:
    """Count the duplicates made of a job."""
    return session.exec(select(func.count()).where(PrintJob.copy_of == job_id)).one()


@dataclass(frozen=True)
class Told:
    """What a till's screen says of a printer: how it is, who stands in for it, and what a person must look at."""

    id: int
    code: str
    name: str
    station: str | None
    health: str
    health_at: datetime | None
    stand_in: str | None
    stand_in_code: str | None
    # Papers of which nobody knows whether they came out, as long as they are worth asking about.
    unknown: int


_STAND_IN = aliased(Printer)
_DOUBTED = (
    select(func.count(col(PrintJob.id)))
    .where(
        col(PrintJob.printer_id) == col(Printer.id),
        col(PrintJob.state) == JobState.UNKNOWN,
        col(PrintJob.expires_at) > bindparam("at", type_=PrintJob.__table__.c.expires_at.type),  # type: ignore[attr-defined]
    )
    .scalar_subquery()
)
_TOLD = Statement(
    sa_select(
        *(col(getattr(Printer, name)) for name in ("id", "code", "name", "station", "health", "health_at")),
        col(_STAND_IN.name),
        col(_STAND_IN.code),
        _DOUBTED,
    )
    .outerjoin(_STAND_IN, (col(_STAND_IN.id) == col(Printer.fallback_id)) & col(_STAND_IN.active))
    .where(col(Printer.active))
    .order_by(col(Printer.code))
)


def tell_printers(session: Session, at: datetime) -> list[Told]:
    """Say of each printer in service what a till should show, in one statement."""
    return [Told(*row) for row in _TOLD.all(session, at=at)]


def stamp_printers(session: Session, at: datetime) -> str:
    """A word that changes whenever a printer falls into trouble, comes out of it, or leaves a doubt."""
    told = tell_printers(session, at)
    return ",".join(
        f"{one.id}:{one.health}:{one.unknown}"
        for one in told
        if one.unknown or is_in_trouble(one.health, one.health_at, at)
    )


_ACTIVE = Loader(Printer, select(Printer).where(col(Printer.active).is_(True)).order_by(col(Printer.code)))


def list_troubled(session: Session, at: datetime) -> list[Printer]:
    """Return the printers that somebody should look at."""
    active = _ACTIVE.all(session)
    return [printer for printer in active if is_in_trouble(printer.health, printer.health_at, at)]
