"""What a test of the hall needs of a house: the law, the books, the registers, the sample hall."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from citizen_space.access.service import GuestName
from citizen_space.cash import service as cash
from citizen_space.checkout import service as checkout
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal import sample as fiscal_sample
from citizen_space.kit.actor import Actor
from citizen_space.kit.ids import new_key
from citizen_space.kit.keys import new_keys
from citizen_space.law import sample as law_sample
from citizen_space.ledger import service as ledger
from citizen_space.payments import service as payments
from citizen_space.room import Booked, Contact, cancel_booking
from citizen_space.venue import public, sample, service
from citizen_space.venue.models import Admission, Performance, Rate, Seat

KEYS = new_keys()
ANNE = Contact("Anne Martin", "anne@exemple.fr", "06 00 00 00 00")
WORKER = Actor("worker", 1, "H07")


def found(session: Session, at: datetime) -> int:
    """Lay out the sample hall and what it stands on; gives the performance of tonight."""
    law_sample.plant(session, at=at, keys=KEYS)
    ledger.open_chart(session)
    fiscal_sample.plant(session, at=at, keys=KEYS)
    sample.plant(session, at=at, keys=KEYS)
    return performance(session).id or 0


def performance(session: Session, nth: int = 0) -> Performance:
    """One of the performances to come, by its hour."""
    return session.exec(select(Performance).order_by(col(Performance.starts_at))).all()[nth]


def seat(session: Session, label: str) -> int:
    """The id of a seat: B5."""
    row, number = label[0], int(label[1:])
    found_id = session.exec(select(Seat.id).where(Seat.row == row, Seat.number == number)).one()
    return found_id or 0


def rate(session: Session, code: str = "plein") -> int:
    """The id of a rate."""
    return session.exec(select(Rate.id).where(Rate.code == code)).one() or 0


def book(
    session: Session,
    at: datetime,
    labels: Sequence[str] = ("B5", "B6"),
    *,
    rates: Sequence[str] = (),
    performance_id: int = 0,
    submission: str = "",
    browser_key: str = "browser",
) -> Booked:
    """Book some seats online, each at its rate."""
    codes = list(rates) or ["plein"] * len(labels)
    return service.book(
        session,
        performance_id=performance_id or performance(session).id or 0,
        wanted={seat(session, label): rate(session, code) for label, code in zip(labels, codes, strict=True)},
        buyer=service.Buyer(
            contact=ANNE,
            guests=[GuestName(f"Prénom{n}", f"Nom{n}") for n in range(len(labels))],
            language="fr",
            browser_key=browser_key,
        ),
        submission=submission or new_key(),
        keys=KEYS,
        at=at,
    )


def pay(session: Session, booked: Booked, at: datetime) -> None:
    """Let the money of a booking come in: first the seats, then the money, as the house does."""
    assert booked.payment is not None
    payments.receive(session, booked.payment, provider_payment=f"pi_{booked.payment.id}", at=at)
    service.confirm(session, booked.booking, at)
    checkout.settle_online(session, booked.payment, at, keys=KEYS)


def sold(session: Session, at: datetime, labels: Sequence[str] = ("B5", "B6"), **facts: object) -> list[Admission]:
    """Book and pay; gives the tickets."""
    booked = book(session, at, labels, **facts)  # type: ignore[arg-type]
    pay(session, booked, at)
    return tickets(session, booked.booking.id or 0)


def tickets(session: Session, booking_id: int) -> list[Admission]:
    """Every ticket of a booking, cancelled ones too."""
    return list(session.exec(select(Admission).where(Admission.booking_id == booking_id).order_by(col(Admission.id))))


def till(session: Session, at: datetime) -> int:
    """The hall's own register, its session open."""
    register_id = registers.get_register_id(session, "H1")
    if cash.find_open_session(session, register_id) is None:
        cash.open_session(session, register_id, float_cents=0, actor=WORKER, at=at, keys=KEYS)
    return register_id


def scan(session: Session, text: str, performance_id: int, at: datetime, nonce: str = "") -> str:
    """What the door says."""
    said = service.arrive(
        session, text, performance_id=performance_id, nonce=nonce or new_key(), actor=WORKER, keys=KEYS, at=at
    )
    return said.scan.result


cancel = partial(cancel_booking, doors=public.doors, actor=WORKER, keys=KEYS)
