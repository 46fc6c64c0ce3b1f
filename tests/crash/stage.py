"""The sample establishment made ready to be killed: tills that are manned, seats for sale, a full hall at its doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from citizen_space.access.service import GuestName
from citizen_space.cash import service as cash
from citizen_space.checkout import service as checkout
from citizen_space.fiscal import service as fiscal
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.kit.keys import Keys
from citizen_space.payments import service as payments
from citizen_space.products import queries as products
from citizen_space.room import Contact
from citizen_space.venue import service as venue
from citizen_space.venue.models import Admission, Performance, Rate, Seat
from citizen_space.web import sessions
from citizen_space.workers.models import Worker

DIRECTOR = Actor("staff", 1, "D01")
GROUP = 6


@dataclass(frozen=True)
class Stage:
    """What the clients play on."""

    tills: Sequence[dict[str, str]]
    product_ids: Sequence[int]
    for_sale: Sequence[tuple[int, int]]  # performance and seat
    full_rate: int
    tonight: int
    codes: Sequence[str]


def set_stage(database: Database, keys: Keys, *, at: datetime, tills: int, tickets: int) -> Stage:
    """Open the tills, sell the tickets, open the doors; everything else goes through HTTP."""
    with database.write() as session:
        rate = session.exec(select(Rate.id).where(Rate.code == "plein")).one() or 0
        tonight, *later = session.exec(select(Performance).order_by(col(Performance.starts_at))).all()
        tonight.starts_at, tonight.doors_at = at + timedelta(minutes=90), at
        tonight.sales_end_at = at + timedelta(minutes=60)
        seats = [one or 0 for one in session.exec(select(Seat.id).where(col(Seat.active)).order_by(col(Seat.id)))]
        codes = _sell(session, tonight.id or 0, seats, rate, tickets, at=at, keys=keys)
        venue.open_doors(session, tonight.id or 0, actor=DIRECTOR, at=at)
        return Stage(
            tills=[_till(session, number, at, keys) for number in range(tills)],
            product_ids=_simple_products(session, at),
            for_sale=[(one.id or 0, seat) for one in later[-3:] for seat in seats[4:]],
            full_rate=rate,
            tonight=tonight.id or 0,
            codes=codes,
        )


def _till(session: Session, number: int, at: datetime, keys: Keys) -> dict[str, str]:
    code = f"K{number + 1}"
    register = fiscal.open_register(session, code=code, name=f"Caisse {code}", kind="till", at=at, room="restaurant")
    assert register.id is not None
    cash.open_session(session, register.id, float_cents=0, actor=DIRECTOR, at=at, keys=keys)
    worker = session.exec(select(Worker).order_by(col(Worker.id)).offset(number)).first()
    assert worker is not None and worker.id is not None
    token = sessions.sign_in(
        session,
        kind="worker",
        subject_id=worker.id,
        role="worker",
        name=worker.operator_code,
        code=worker.operator_code,
        register_id=register.id,
        at=at,
    )
    return {"cs_inner": token, "cs_device": sessions.register_device(session, register.id, code, code, at)}


def _simple_products(session: Session, at: datetime) -> list[int]:
    """What is sold without a question and is not counted out."""
    offers = products.list_for_sale(session, "restaurant", business_day(at))
    return [one.product_id for one in offers if not one.options and one.portions_left is None and one.available]


def _sell(
    session: Session, performance_id: int, seats: Sequence[int], rate: int, tickets: int, *, at: datetime, keys: Keys
) -> list[str]:
    """Sell the first seats of tonight to groups; gives the codes of their tickets."""
    for first in range(0, tickets, GROUP):
        taken = seats[first + 8 : first + 8 + GROUP]
        buyer = venue.Buyer(
            contact=Contact("Groupe", "groupe@example.org", "0612345678"),
            guests=[GuestName(f"Prénom{seat}", "Groupe") for seat in taken],
            language="fr",
            browser_key=f"group-{first}",
        )
        wanted = dict.fromkeys(taken, rate)
        booked = venue.book(
            session, performance_id=performance_id, wanted=wanted, buyer=buyer, submission=new_key(), keys=keys, at=at
        )
        assert booked.payment is not None
        payments.receive(session, booked.payment, provider_payment=f"sbx_pi_group_{first}", at=at)
        venue.confirm(session, booked.booking, at)
        checkout.settle_online(session, booked.payment, at, keys=keys)
    found = select(Admission.code).where(Admission.performance_id == performance_id).order_by(col(Admission.id))
    return list(session.exec(found))
