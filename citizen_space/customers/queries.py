"""How customers are found."""

from sqlmodel import Session

from citizen_space.customers.models import Customer
from citizen_space.customers.rules import tidy_email
from citizen_space.kit.db import find_by, get_by_id


def find_by_email(session: Session, email: str) -> Customer | None:
    """Find the customer of a mail address."""
    return find_by(session, Customer, "email", tidy_email(email))


def get_customer(session: Session, customer_id: int) -> Customer:
    """Get a customer."""
    return get_by_id(session, Customer, customer_id)
