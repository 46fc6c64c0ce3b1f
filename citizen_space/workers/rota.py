"""What is done about who works where: hire, agree on terms, plan shifts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from citizen_space.kit import crypto
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import insert_once, lock, lock_row
from citizen_space.kit.keys import Keys
from citizen_space.law import queries as law
from citizen_space.staff import service as staff
from citizen_space.workers import queries, rules
from citizen_space.workers.models import Contract, Post, Shift, Worker
from citizen_space.workers.refusals import (
    CodeTaken,
    ContractTwice,
    PayBelowFloor,
    PostNameTaken,
    RestTooShort,
    ShiftClash,
)


def take_on(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    operator_code: str,
    pin: str,
    language: str = "fr",
    keys: Keys,
    actor: Actor,
    at: datetime,
) -> Worker:
    """Write down a new worker."""
    fresh = Worker(
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        operator_code=operator_code.strip().upper(),
        pin_hash=crypto.hash_secret(pin, keys.pin_pepper),
        language=language,
        created_at=at,
    )
    if not insert_once(session, fresh):
        raise CodeTaken("operator_code")
    staff.record(session, actor, "worker_taken_on", f"worker:{fresh.id}", {"code": fresh.operator_code}, at)
    return fresh


def change_worker(
    session: Session, worker_id: int, *, active: bool, pin: str | None, keys: Keys, actor: Actor, at: datetime
) -> Worker:
    """Give a worker a new PIN, or end or resume their work here."""
    worker = lock_row(session, Worker, worker_id)
    worker.active = active
    if pin:
        worker.pin_hash = crypto.hash_secret(pin, keys.pin_pepper)
    session.add(worker)
    staff.record(session, actor, "worker_changed", f"worker:{worker_id}", {"active": active, "pin": bool(pin)}, at)
    return worker


def open_post(session: Session, *, room: str, name_fr: str, name_en: str, regime: str) -> Post:
    """Open a post to be held. Raises PostNameTaken."""
    fresh = Post(room=room, name_fr=name_fr.strip(), name_en=name_en.strip(), regime=regime)
    if not insert_once(session, fresh):
        raise PostNameTaken("name_fr")
    return fresh


def agree(
    session: Session,
    *,
    worker_id: int,
    post_id: int,
    starts_on: date,
    ends_on: date | None,
    weekly_minutes: int,
    hourly_rate_cents: int,
    actor: Actor,
    at: datetime,
) -> Contract:
    """Agree on a worker's terms at a post, never under the law's floor of the day they begin."""
    post = queries.get_post(session, post_id)
    floor_cents = queries.get_floor_cents(session, post.regime, starts_on)
    if hourly_rate_cents < floor_cents:
        raise PayBelowFloor("hourly_rate", floor_cents=floor_cents)
    fresh = Contract(
        worker_id=worker_id,
        post_id=post_id,
        starts_on=starts_on,
        ends_on=ends_on,
        weekly_minutes=weekly_minutes,
        hourly_rate_cents=hourly_rate_cents,
    )
    if not insert_once(session, fresh):
        raise ContractTwice("starts_on")
    detail = {"post": post_id, "hourly_rate_cents": hourly_rate_cents, "starts_on": starts_on}
    staff.record(session, actor, "contract_agreed", f"worker:{worker_id}", detail, at)
    return fresh


def plan(
    session: Session, *, worker_id: int, post_id: int, starts_at: datetime, ends_at: datetime, actor: Actor
) -> Shift:
    """Plan a shift: nobody at two posts at once, and the daily rest between two days."""
    lock(session, f"worker:{worker_id}")
    day = timedelta(days=1)
    others = queries.list_shifts_of(session, worker_id, starts_at=starts_at - day, ends_at=ends_at + day)
    _check_free(session, (starts_at, ends_at), others)
    fresh = Shift(worker_id=worker_id, post_id=post_id, starts_at=starts_at, ends_at=ends_at, planned_by=actor.code)
    session.add(fresh)
    session.flush()
    return fresh


def _check_free(session: Session, planned: tuple[datetime, datetime], others: Sequence[Shift]) -> None:
    on = business_day(planned[0])
    rest_h = law.get_int(session, "daily_rest_h", on)
    for other in others:
        its = (other.starts_at, other.ends_at)
        if rules.clash(planned, its):
            raise ShiftClash("starts", starts_at=its[0], ends_at=its[1])
        other_day = business_day(other.starts_at) != on
        if not rules.rests_enough(planned, its, other_day=other_day, daily_rest_h=rest_h):
            raise RestTooShort("starts", rest_h=rest_h)


def unplan(session: Session, shift_id: int) -> Shift:
    """Take a shift off the rota."""
    shift = lock_row(session, Shift, shift_id)
    session.delete(shift)
    return shift
