"""What is done with products: kept up, priced from a day on, taken off the menu, counted."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.kit.db import insert_once, lock_row
from citizen_space.kit.errors import Refusal
from citizen_space.kit.statements import Statement
from citizen_space.kit.text import _
from citizen_space.products.models import Allergen, Category, Option, Price, Product
from citizen_space.products.queries import get_product
from citizen_space.products.rules import write_allergens


class SoldOut(Refusal):
    """Fewer portions are left than were asked for."""

    sentence = _("Ce produit n’est plus disponible.")


class PriceTooEarly(Refusal):
    """A price would rewrite days that are already sold."""

    status = 422
    sentence = _("Un prix ne peut pas commencer avant aujourd’hui, ni avant le prix déjà annoncé.")


class CodeTaken(Refusal):
    """Two products would have the same code or bar code."""

    sentence = _("Ce code est déjà celui d’un autre produit.")


def add_category(
    session: Session,
    *,
    room: str,
    name_fr: str,
    name_en: str = "",
    sort: int = 0,
    icon: str = "",
    station: str | None = None,
) -> Category:
    """Add a group of products."""
    category = Category(room=room, name_fr=name_fr, name_en=name_en, sort=sort, icon=icon, station=station)
    session.add(category)
    session.flush()
    return category


def add_product(
    session: Session,
    *,
    category: Category,
    code: str,
    name_fr: str,
    vat_key: str,
    price_cents: int,
    valid_from: date,
    allergens: Iterable[Allergen | str] = (),
    **facts: Any,
) -> Product:
    """Add a product with its first price."""
    assert category.id is not None
    product = Product(
        room=category.room,
        category_id=category.id,
        code=code,
        name_fr=name_fr,
        vat_key=vat_key,
        allergens=write_allergens(allergens),
        **facts,
    )
    if not insert_once(session, product):
        raise CodeTaken("code")
    assert product.id is not None
    session.add(Price(product_id=product.id, price_cents=price_cents, valid_from=valid_from))
    session.flush()
    return product


def change_product(
    session: Session, product_id: int, *, allergens: Iterable[Allergen | str] | None = None, **facts: Any
) -> Product:
    """Change what is said of a product; what was sold keeps what was said then."""
    product = get_product(session, product_id)
    _check_codes_free(session, product_id, code=facts.get("code"), barcode=facts.get("barcode"))
    if allergens is not None:
        facts["allergens"] = write_allergens(allergens)
    for name, value in facts.items():
        assert name in Product.model_fields, name
        setattr(product, name, value)
    session.flush()
    return product


def _check_codes_free(session: Session, product_id: int, **codes: str | None) -> None:
    for name, value in codes.items():
        if value is None:
            continue
        same = sa.and_(getattr(Product, name) == value, col(Product.id) != product_id)
        if session.exec(select(Product.id).where(same)).first() is not None:
            raise CodeTaken(name)


def set_price(session: Session, product_id: int, *, price_cents: int, valid_from: date, today: date) -> Price:
    """Set the price from a day on; the one before ends that day, the past is never rewritten."""
    get_product(session, product_id)
    current = session.exec(
        select(Price).where(Price.product_id == product_id, col(Price.valid_to).is_(None)).with_for_update()
    ).first()
    if valid_from < today or (current and valid_from < current.valid_from):
        raise PriceTooEarly("valid_from")
    if current and current.valid_from == valid_from and valid_from > today:
        # Announced and not yet used: it may still be corrected.
        current.price_cents = price_cents
        session.flush()
        return current
    if current and current.valid_from == valid_from:
        raise PriceTooEarly("valid_from")
    if current:
        current.valid_to = valid_from
        session.flush()
    price = Price(product_id=product_id, price_cents=price_cents, valid_from=valid_from)
    session.add(price)
    session.flush()
    return price


def add_option(session: Session, product_id: int, *, group_fr: str, name_fr: str, **facts: Any) -> Option:
    """Add a choice to a product."""
    option = Option(product_id=product_id, group_fr=group_fr, name_fr=name_fr, **facts)
    session.add(option)
    session.flush()
    return option


def set_available(session: Session, product_id: int, *, available: bool) -> None:
    """Put a product on or off the menu ("86"), everywhere at once."""
    get_product(session, product_id).available = available
    session.flush()


def set_portions(session: Session, product_id: int, portions: int | None) -> Product:
    """Say how many portions are left from now on; None: they are not counted."""
    product = lock_row(session, Product, product_id)
    product.portions_left = portions
    session.flush()
    return product


_TAKE_PORTION = Statement(
    sa.update(Product)
    .where(
        col(Product.id) == sa.bindparam("product"),
        col(Product.active),
        col(Product.available),
        sa.or_(col(Product.portions_left).is_(None), col(Product.portions_left) >= sa.bindparam("n")),
    )
    .values(portions_left=col(Product.portions_left) - sa.bindparam("n"))
)


def take_portion(session: Session, product_id: int, n: int = 1) -> None:
    """Take portions if there are as many: one statement, so that two tills never sell the same."""
    if _TAKE_PORTION.run(session, product=product_id, n=n) != 1:
        raise SoldOut("product_id")


def give_portion_back(session: Session, product_id: int, n: int = 1) -> None:
    """Give back portions that were not served."""
    session.execute(
        sa.update(Product)
        .where(col(Product.id) == product_id, col(Product.portions_left).is_not(None))
        .values(portions_left=col(Product.portions_left) + n)
        .execution_options(synchronize_session=False)
    )
