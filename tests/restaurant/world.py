"""What a test of the restaurant needs of a house: the law, the books, the registers, the sample room."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from citizen_space.access.service import GuestName
from citizen_space.kit.clock import business_day
from citizen_space.kit.ids import new_key
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.law import sample as law_sample
from citizen_space.ledger import service as ledger
from citizen_space.restaurant import queries, sample, service
from citizen_space.restaurant.models import Sitting
from citizen_space.room import Booked, Contact

KEYS = new_keys()
ANNE = Contact("Anne Martin", "anne@exemple.fr", "06 00 00 00 00")


def found(session: Session, at: datetime, *, keys: Keys = KEYS) -> None:
    """Lay out the sample restaurant and what it stands on."""
    law_sample.plant(session, at=at, keys=keys)
    ledger.open_chart(session)
    sample.plant(session, at=at, keys=keys)


def bookable_day(at: datetime) -> date:
    """A weekday that may be booked: the lead time and then some."""
    on = business_day(at) + timedelta(days=7)
    return on if on.weekday() < 5 else on + timedelta(days=7 - on.weekday())


def sitting(session: Session) -> int:
    """The first sitting of the day."""
    found = session.exec(select(Sitting).order_by(Sitting.starts)).first()  # type: ignore[arg-type]
    assert found is not None and found.id is not None
    return found.id


def book(
    session: Session,
    at: datetime,
    party_size: int = 2,
    *,
    submission: str = "",
    sitting_id: int = 0,
    on: date | None = None,
) -> Booked:
    """Book the first sitting for a party."""
    return service.book(
        session,
        sitting_id=sitting_id or sitting(session),
        on=on or bookable_day(at),
        contact=ANNE,
        guests=[GuestName(f"Prénom{n}", f"Nom{n}", date(1980, 1, 1 + n)) for n in range(party_size)],
        language="fr",
        browser_key="browser",
        submission=submission or new_key(),
        keys=KEYS,
        at=at,
    )


def claims(session: Session, at: datetime) -> int:
    """How many covers are claimed on the bookable day."""
    on = bookable_day(at)
    offers = [offer for _on, found_offers in queries.list_offers(session, on, days=1) for offer in found_offers]
    return sum(24 - offer.covers_left for offer in offers)
