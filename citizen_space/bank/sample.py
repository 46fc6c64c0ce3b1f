"""The sample establishment's bank account: the one that its parameters name."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.bank import service
from citizen_space.kit.clock import business_day
from citizen_space.kit.keys import Keys
from citizen_space.law import queries as law


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Open the house's account; once."""
    on = business_day(at)
    iban = law.find_text(session, "house_bank_iban", on)
    if iban:
        service.open_account(session, iban=iban, name=law.find_text(session, "house_bank_name", on), at=at)
