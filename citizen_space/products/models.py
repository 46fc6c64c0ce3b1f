"""What the house sells: categories, products, their dated prices and their options."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from citizen_space.kit.db import Table, cents_check
from citizen_space.kit.names import ROOM_NAMES


class Allergen(StrEnum):
    """The fourteen allergens that a menu must name (regulation (EU) 1169/2011, annex II)."""

    GLUTEN = "gluten"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    PEANUTS = "peanuts"
    SOYBEANS = "soybeans"
    MILK = "milk"
    NUTS = "nuts"
    CELERY = "celery"
    MUSTARD = "mustard"
    SESAME = "sesame"
    SULPHITES = "sulphites"
    LUPIN = "lupin"
    MOLLUSCS = "molluscs"


def room_check(column: str = "room") -> sa.CheckConstraint:
    """Return the constraint that a room is one of ours."""
    names = ", ".join(f"'{name}'" for name in ROOM_NAMES)
    return sa.CheckConstraint(f"{column} IN ({names})", name=f"{column}_known")


class Category(Table, table=True):
    """A group of products on the till and on the menu."""

    __tablename__ = "products_category"
    __table_args__ = (room_check(),)

    id: int | None = Field(default=None, primary_key=True)
    room: str = Field(index=True)
    name_fr: str
    name_en: str = ""
    sort: int = 0
    icon: str = ""
    # Where the chit of its products comes out; none for what is handed over the counter.
    station: str | None = None


class Product(Table, table=True):
    """Something with a name and a price."""

    __tablename__ = "products_product"
    __table_args__ = (
        room_check(),
        sa.CheckConstraint("course IS NULL OR course BETWEEN 1 AND 4", name="course_known"),
        # The table itself refuses to sell the portion that is not there.
        sa.CheckConstraint("portions_left IS NULL OR portions_left >= 0", name="portions_not_negative"),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes_positive"),
        sa.Index("ix_products_product_room_category_id", "room", "category_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    room: str
    category_id: int = Field(foreign_key="products_category.id")
    code: str = Field(unique=True)
    name_fr: str
    name_en: str = ""
    description_fr: str = ""
    description_en: str = ""
    # The key of the law parameter that holds the rate, never the rate.
    vat_key: str
    course: int | None = None
    icon: str = ""
    allergens: str = ""
    # Country of the meat, as the menu must say it.
    origin: str = ""
    # None: not counted.
    portions_left: int | None = None
    active: bool = True
    # False: "86", off the menu for now.
    available: bool = True
    barcode: str | None = Field(default=None, unique=True)
    minutes: int | None = None
    sort: int = 0


class Price(Table, table=True):
    """What a product costs between two dates."""

    __tablename__ = "products_price"
    __table_args__ = (
        cents_check("price_cents"),
        sa.CheckConstraint("price_cents >= 0", name="price_not_negative"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
        sa.UniqueConstraint("product_id", "valid_from"),
        # One open price at a time.
        sa.Index(
            "uq_products_price_open",
            "product_id",
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="products_product.id")
    price_cents: int
    valid_from: date
    # The first day it no longer holds.
    valid_to: date | None = None


class Option(Table, table=True):
    """A choice that goes with a product: cooking, side dish, extra."""

    __tablename__ = "products_option"
    __table_args__ = (cents_check("extra_cents"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="products_product.id", index=True)
    group_fr: str
    group_en: str = ""
    name_fr: str
    name_en: str = ""
    extra_cents: int = 0
    # One of its group must be chosen.
    required: bool = False
    sort: int = 0
