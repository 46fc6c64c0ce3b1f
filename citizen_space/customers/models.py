"""What is stored about those who pay or book."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from citizen_space.kit.db import Table


class Customer(Table, table=True):
    """Somebody who pays or books, known by a mail address."""

    __tablename__ = "customers_customer"
    __table_args__ = (CheckConstraint("language IN ('fr', 'en')", name="language"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    email: str = Field(unique=True, max_length=254)
    phone: str = Field(default="", max_length=30)
    language: str = Field(default="fr", max_length=2)
    # Set when the person asked for news, and only then.
    consented_at: datetime | None = Field(default=None)
    created_at: datetime
    last_contact_at: datetime = Field(index=True)
