"""One mail address is one customer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from citizen_space.customers import rules, service
from citizen_space.customers.models import Customer
from citizen_space.kit.db import Database


def test_an_address_written_otherwise_is_the_same_customer(session: Session, at: datetime) -> None:
    first = service.find_or_create(session, name="Léa", email="Lea@Exemple.FR ", phone="03 21 00 00 00", at=at)
    later = at + timedelta(days=1)
    again = service.find_or_create(session, name="Léa M.", email=" lea@exemple.fr", language="en", at=later)
    assert again.id == first.id and (again.name, again.phone, again.language) == ("Léa M.", "0321000000", "en")
    assert again.last_contact_at == later and again.consented_at is None


def test_consent_is_given_and_dated_once(session: Session, at: datetime) -> None:
    facts = {"name": "Léa", "email": "lea@exemple.fr"}
    asked = service.find_or_create(session, **facts, wants_news=True, at=at)
    service.find_or_create(session, **facts, wants_news=True, at=at + timedelta(days=2))
    assert asked.consented_at == at


@pytest.mark.race
def test_two_at_once_make_one(database: Database, at: datetime) -> None:
    def make(_n: int) -> int | None:
        with database.write() as session:
            return service.find_or_create(session, name="Léa", email="lea@exemple.fr", at=at).id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(make, range(6)))) == 1
    with database.read() as session:
        assert len(session.exec(select(Customer)).all()) == 1


@pytest.mark.parametrize("typed", ["a@b.fr", "A.B+c@exemple.co.uk"])
def test_addresses(typed: str) -> None:
    assert rules.is_email(typed)


@pytest.mark.parametrize(
    "typed", ["", "a", "a@b", "a b@c.fr", "a@b.f", "a@@b.fr", "x" * 260 + "@b.fr", "a@b..fr", "=?utf-8?q?x?=@b.fr"]
)
def test_no_addresses(typed: str) -> None:
    assert not rules.is_email(typed)
