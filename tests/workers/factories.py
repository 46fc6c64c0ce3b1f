"""Workers, posts and terms for tests."""

from datetime import date, datetime

from sqlmodel import Session

from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.law import sample as law
from citizen_space.ledger import service as ledger
from citizen_space.staff import service as staff
from citizen_space.workers import rota
from citizen_space.workers.models import Post, Worker

KEYS: Keys = new_keys()
BEGAN = date(2026, 1, 1)


def plant_law(session: Session, at: datetime) -> None:
    """The law and the chart of accounts."""
    law.plant(session, at=at, keys=KEYS)
    ledger.open_chart(session)


def make_post(session: Session, *, room: str = "restaurant", regime: str = "production", name: str = "Salle") -> Post:
    """A post."""
    return rota.open_post(session, room=room, name_fr=name, name_en=name, regime=regime)


def make_worker(
    session: Session, at: datetime, *, code: str = "R07", pin: str = "4711", post: Post | None = None, cents: int = 600
) -> Worker:
    """A worker with terms at a post."""
    worker = rota.take_on(
        session,
        first_name="Amadou",
        last_name="Traoré",
        operator_code=code,
        pin=pin,
        keys=KEYS,
        actor=SYSTEM,
        at=at,
    )
    held = post or make_post(session)
    assert worker.id is not None and held.id is not None
    rota.agree(
        session,
        worker_id=worker.id,
        post_id=held.id,
        starts_on=BEGAN,
        ends_on=None,
        weekly_minutes=2100,
        hourly_rate_cents=cents,
        actor=SYSTEM,
        at=at,
    )
    return worker


def make_staff(session: Session, at: datetime, number: str = "01") -> int:
    """A member of staff; gives the id."""
    account = staff.open_account(
        session,
        login=f"head{number}",
        name="Claire",
        role="chef",
        operator_code=f"STAFF-{number}",
        code="tilleul-4821",
        pin=None,
        keys=KEYS,
        actor=SYSTEM,
        at=at,
    )
    assert account.id is not None
    return account.id
