"""What is done about customers: remember those who book, and when they were last in touch."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.customers import queries, rules
from citizen_space.customers.models import Customer
from citizen_space.kit.db import insert_once


def find_or_create(
    session: Session,
    *,
    name: str,
    email: str,
    phone: str = "",
    language: str = "fr",
    wants_news: bool = False,
    at: datetime,
) -> Customer:
    """Find the customer of a mail address, or make one; what they say now is what we keep."""
    fresh = Customer(
        name=name.strip(),
        email=rules.tidy_email(email),
        phone=rules.tidy_phone(phone),
        language=language,
        consented_at=at if wants_news else None,
        created_at=at,
        last_contact_at=at,
    )
    if insert_once(session, fresh):
        return fresh
    known = queries.find_by_email(session, email)
    assert known is not None
    return _refresh(session, known, name=name, phone=phone, language=language, wants_news=wants_news, at=at)


def _refresh(
    session: Session, known: Customer, *, name: str, phone: str, language: str, wants_news: bool, at: datetime
) -> Customer:
    known.name = name.strip()
    known.phone = rules.tidy_phone(phone) or known.phone
    known.language = language
    known.last_contact_at = max(at, known.last_contact_at)
    if wants_news and known.consented_at is None:
        known.consented_at = at
    session.add(known)
    return known
