"""The sample establishment's workers: a dozen people, their posts, terms and the coming fortnight. All invented."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from citizen_space.kit import clock
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.keys import Keys
from citizen_space.workers import queries, rota
from citizen_space.workers.models import Post, Worker

# room, name_fr, name_en, regime
POSTS = [
    ("restaurant", "Cuisine", "Kitchen", "production"),
    ("restaurant", "Service en salle", "Waiting", "production"),
    ("restaurant", "Plonge", "Washing-up", "sg_III"),
    ("venue", "Accueil et billetterie", "Front of house", "production"),
    ("venue", "Technique", "Stage crew", "sg_I"),
    ("repairs", "Mécanique vélo", "Bike mechanics", "production"),
    ("repairs", "Comptoir de l’atelier", "Workshop counter", "production"),
]

# operator code, first name, last name, PIN, post, weekly hours
WORKERS = [
    ("R11", "Amadou", "Traoré", "2413", "Cuisine", 35),
    ("R12", "Kévin", "Lambert", "5072", "Cuisine", 35),
    ("R13", "Sofiane", "Meziane", "8164", "Service en salle", 35),
    ("R14", "Julien", "Prévost", "3925", "Service en salle", 28),
    ("R15", "Dragan", "Petrović", "6741", "Plonge", 20),
    ("H21", "Mickaël", "Dubois", "1386", "Accueil et billetterie", 24),
    ("H22", "Ousmane", "Diallo", "7259", "Accueil et billetterie", 24),
    ("H23", "Bruno", "Carpentier", "4608", "Technique", 24),
    ("V31", "Tarek", "Haddad", "9153", "Mécanique vélo", 35),
    ("V32", "Loïc", "Marchand", "2807", "Mécanique vélo", 35),
    ("V33", "Stéphane", "Noël", "6394", "Comptoir de l’atelier", 30),
    ("V34", "Éric", "Vasseur", "5518", "Mécanique vélo", 20),
]
DAYS_PLANNED = 14
STARTS, ENDS = time(9, 30), time(16, 0)


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Take the workers on, on terms at the law's floor, and plan their days; once."""
    if queries.find_by_code(session, WORKERS[0][0]) is not None:
        return
    posts = {
        name_fr: rota.open_post(session, room=room, name_fr=name_fr, name_en=name_en, regime=regime)
        for room, name_fr, name_en, regime in POSTS
    }
    today = clock.business_day(at)
    for code, first_name, last_name, pin, post_name, hours in WORKERS:
        worker = rota.take_on(
            session,
            first_name=first_name,
            last_name=last_name,
            operator_code=code,
            pin=pin,
            keys=keys,
            actor=SYSTEM,
            at=at,
        )
        _engage(session, worker, posts[post_name], hours, today, at)


def _engage(session: Session, worker: Worker, post: Post, hours: int, today: date, at: datetime) -> None:
    assert worker.id is not None and post.id is not None
    rota.agree(
        session,
        worker_id=worker.id,
        post_id=post.id,
        starts_on=today.replace(day=1),
        ends_on=None,
        weekly_minutes=hours * 60,
        hourly_rate_cents=queries.get_floor_cents(session, post.regime, today),
        actor=SYSTEM,
        at=at,
    )
    for on in (today + timedelta(days=n) for n in range(DAYS_PLANNED)):
        if on.weekday() < 5:
            rota.plan(
                session,
                worker_id=worker.id,
                post_id=post.id,
                starts_at=clock.moment(on, STARTS),
                ends_at=clock.moment(on, ENDS),
                actor=SYSTEM,
            )
