"""What a test of the workshop needs of a house: the law, the books, a register, the sample workshop."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from citizen_space.fiscal import service as fiscal
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.ids import new_key
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.law import sample as law_sample
from citizen_space.ledger import service as ledger
from citizen_space.products.queries import find_offer_by_code
from citizen_space.repairs import queries, rules, sample, service
from citizen_space.repairs.models import Quote, WorkOrder
from citizen_space.room import Booked, Contact

KEYS = new_keys()
WORKER = Actor("worker", 1, "V31")
OTHER = Actor("worker", 2, "V32")
BIKE = rules.BikeFacts(brand="Motobécane", colour="rouge", frame_number="mb 123")


def found(session: Session, at: datetime, *, keys: Keys = KEYS) -> None:
    """Lay out the sample workshop and what it stands on."""
    law_sample.plant(session, at=at, keys=keys)
    ledger.open_chart(session)
    fiscal.open_register(session, code="V1", name="Atelier", kind="till", at=at, room="repairs")
    sample.plant(session, at=at, keys=keys)


def bookable_day(at: datetime) -> date:
    """A weekday next week."""
    on = business_day(at) + timedelta(days=7)
    return on if on.weekday() < 5 else on + timedelta(days=7 - on.weekday())


def product(session: Session, code: str, at: datetime) -> int:
    """A product of the price list by its code."""
    offer = find_offer_by_code(session, code, business_day(at))
    assert offer is not None
    return offer.product_id


def book(
    session: Session, at: datetime, *, code: str = "revision-complete", submission: str = "", name: str = "Anne Martin"
) -> Booked:
    """Book a drop-off for one piece of work."""
    return service.book(
        session,
        on=bookable_day(at),
        product_ids=[product(session, code, at)],
        bike=BIKE,
        wish="",
        contact=Contact(name, "anne@exemple.fr"),
        language="fr",
        browser_key="browser",
        submission=submission or new_key(),
        at=at,
    )


def taken_in(session: Session, at: datetime) -> WorkOrder:
    """A bike at the counter."""
    work_order = service.take_in_walk_in(
        session, bike=BIKE, contact=Contact("Anne", ""), wish="", language="fr", submission=new_key(), at=at
    )
    return service.arrive(session, work_order.id or 0, condition="Bon état", accessories="", at=at)


def quoted(session: Session, work_order: WorkOrder, codes: list[str], at: datetime) -> Quote:
    """A quote sent for some products."""
    offers = [find_offer_by_code(session, code, business_day(at)) for code in codes]
    lines = [rules.wanted(offer) for offer in offers if offer is not None]
    return service.quote(session, work_order.id or 0, lines, actor=WORKER, at=at)


def accept(session: Session, quote: Quote, codes: list[str], at: datetime) -> WorkOrder:
    """The customer accepts the lines of some products and refuses the others."""
    wanted = {product(session, code, at) for code in codes}
    lines = queries.list_quote_lines(session, quote.id)
    answers = {line.id or 0: line.product_id in wanted for line in lines}
    return service.approve(session, quote.id or 0, answers, at=at)
