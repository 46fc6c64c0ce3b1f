"""How products are found: what is for sale on a day, one product, a bar code."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.kit.db import get_by_id
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import Loader, Statement
from citizen_space.law import queries as law
from citizen_space.products.models import Category, Option, Price, Product
from citizen_space.products.rules import Offer, OfferOption, parse_allergens


def list_for_sale(session: Session, room: str, on: date) -> list[Offer]:
    """List what a room sells on a day, in the order of the menu; what is "86" is listed and says so."""
    return _read_offers(session, on, _OFFERS_OF_ROOM, _OPTIONS_OF_ROOM, {"room": room})


def get_offer(session: Session, product_id: int, on: date) -> Offer:
    """Return one product with its price of a day."""
    return _one(_read_offers(session, on, _OFFER, _OPTIONS_OF_ONE, {"product_id": product_id}))


def list_offers(session: Session, product_ids: Sequence[int], on: date) -> list[Offer]:
    """List some products with their price of a day."""
    return _offers(session, on, col(Product.id).in_(sorted(set(product_ids)))) if product_ids else []


def find_offer_by_barcode(session: Session, barcode: str, on: date) -> Offer | None:
    """Find what carries a bar code."""
    return next(iter(_offers(session, on, col(Product.barcode) == barcode)), None)


def find_offer_by_code(session: Session, code: str, on: date) -> Offer | None:
    """Find a product by its own code."""
    return next(iter(_offers(session, on, col(Product.code) == code)), None)


def _one(offers: list[Offer]) -> Offer:
    if not offers:
        raise NotFound
    return offers[0]


def _offers(session: Session, on: date, *conditions: sa.ColumnElement[bool]) -> list[Offer]:
    rows = [dict(row) for row in session.execute(_OFFERS.where(*conditions), {"on": on}).mappings()]
    ids = [row["product_id"] for row in rows]
    options = session.exec(_OPTIONS.where(col(Option.product_id).in_(ids))).all() if ids else ()
    return _with_options(session, on, rows, options)


def _read_offers(
    session: Session, on: date, wanted: Statement, options: Loader[Option], which: dict[str, Any]
) -> list[Offer]:
    rows = [dict(zip(_NAMES, row, strict=True)) for row in wanted.all(session, on=on, **which)]
    has_options = any(row["has_options"] for row in rows)
    return _with_options(session, on, rows, options.all(session, **which) if has_options else ())


def _with_options(session: Session, on: date, rows: Sequence[dict[str, Any]], options: Iterable[Option]) -> list[Offer]:
    by_product = _by_product(options)
    return [
        _offer(row, vat_rate_bp(session, row["room"], row["vat_key"], on), by_product[row["product_id"]])
        for row in rows
    ]


def vat_rate_bp(session: Session, room: str, vat_key: str, on: date) -> int:
    """Return the rate that a room charges on a day: none at all where the house is not liable (CGI 256 B)."""
    if law.find_text(session, f"vat_liable_{room}", on) == "false":
        return 0
    return law.get_bp(session, vat_key, on)


_OFFER_COLUMNS: tuple[Any, ...] = (
    col(Product.id).label("product_id"),
    Product.code,
    Product.room,
    Product.category_id,
    col(Category.name_fr).label("category_fr"),
    col(Category.name_en).label("category_en"),
    col(Category.icon).label("category_icon"),
    Category.station,
    Product.name_fr,
    Product.name_en,
    Product.description_fr,
    Product.description_en,
    Product.icon,
    Price.price_cents,
    Product.vat_key,
    Product.course,
    Product.allergens,
    Product.origin,
    Product.portions_left,
    Product.available,
    Product.barcode,
    Product.minutes,
    sa.exists().where(col(Option.product_id) == col(Product.id)).label("has_options"),
)

# What a till asks at every tap: built once.
_OFFERS: Any = (
    sa.select(*_OFFER_COLUMNS)
    .join(Category, col(Category.id) == col(Product.category_id))
    .join(Price, col(Price.product_id) == col(Product.id))
    .where(
        col(Product.active),
        col(Price.valid_from) <= sa.bindparam("on"),
        sa.or_(col(Price.valid_to).is_(None), col(Price.valid_to) > sa.bindparam("on")),
    )
    .order_by(Category.sort, Category.id, Product.sort, Product.id)  # type: ignore[arg-type]
)
_NAMES = tuple(column.key for column in _OFFERS.selected_columns)
_OPTIONS = select(Option).order_by(col(Option.sort), col(Option.id))
_IN_ROOM = sa.select(col(Product.id)).where(col(Product.room) == sa.bindparam("room"))
_OFFER = Statement(_OFFERS.where(col(Product.id) == sa.bindparam("product_id")))
_OPTIONS_OF_ONE = Loader(Option, _OPTIONS.where(col(Option.product_id) == sa.bindparam("product_id")))
_OFFERS_OF_ROOM = Statement(_OFFERS.where(col(Product.room) == sa.bindparam("room")))
_OPTIONS_OF_ROOM = Loader(Option, _OPTIONS.where(col(Option.product_id).in_(_IN_ROOM)))


def _offer(facts: dict[str, Any], vat_rate_bp: int, options: list[OfferOption]) -> Offer:
    facts["allergens"] = parse_allergens(facts["allergens"])
    del facts["has_options"]
    return Offer(**facts, vat_rate_bp=vat_rate_bp, options=tuple(options))


def _by_product(options: Iterable[Option]) -> dict[int, list[OfferOption]]:
    found: dict[int, list[OfferOption]] = defaultdict(list)
    for option in options:
        assert option.id is not None
        found[option.product_id].append(
            OfferOption(
                id=option.id,
                group_fr=option.group_fr,
                group_en=option.group_en,
                name_fr=option.name_fr,
                name_en=option.name_en,
                extra_cents=option.extra_cents,
                required=option.required,
            )
        )
    return found


_COUNTED = Statement(
    sa.select(col(Product.id), col(Product.available), col(Product.portions_left))
    .where(col(Product.active), sa.or_(sa.not_(col(Product.available)), col(Product.portions_left).is_not(None)))
    .order_by(col(Product.id))
)


def stamp_menu(session: Session) -> str:
    """A word that changes whenever a dish is sold out, counted or back."""
    rows = _COUNTED.all(session)
    return ",".join(f"{product_id}:{portions if available else 'x'}" for product_id, available, portions in rows)


def get_product(session: Session, product_id: int) -> Product:
    """Return the product itself, as the office edits it."""
    return get_by_id(session, Product, product_id)


def list_categories(session: Session, room: str | None = None) -> Sequence[Category]:
    """List the categories of a room, or all."""
    statement = select(Category).order_by(col(Category.room), col(Category.sort), col(Category.id))
    return session.exec(statement.where(Category.room == room) if room else statement).all()


def list_prices(session: Session, product_id: int) -> Sequence[Price]:
    """List every price that a product has or had, the newest first."""
    return session.exec(
        select(Price).where(Price.product_id == product_id).order_by(col(Price.valid_from).desc())
    ).all()


def list_options(session: Session, product_id: int) -> Sequence[Option]:
    """List a product's options as the office edits them."""
    return session.exec(
        select(Option).where(Option.product_id == product_id).order_by(col(Option.sort), col(Option.id))
    ).all()


def list_products(
    session: Session, on: date, *, room: str = "", text: str = "", only_active: bool = True
) -> list[tuple[Product, Category, int | None]]:
    """List products for the office with their category and the price of a day, None when it has none."""
    price = (
        select(Price.price_cents)
        .where(Price.product_id == Product.id, Price.valid_from <= on)
        .where(sa.or_(col(Price.valid_to).is_(None), col(Price.valid_to) > on))
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(Product, Category, price)
        .join(Category, col(Category.id) == col(Product.category_id))
        .order_by(col(Product.room), col(Category.sort), col(Product.sort), col(Product.id))
    )
    if room:
        statement = statement.where(col(Product.room) == room)
    if only_active:
        statement = statement.where(col(Product.active))
    if text:
        like = f"%{text.lower()}%"
        statement = statement.where(sa.or_(sa.func.lower(Product.name_fr).like(like), col(Product.code).like(like)))
    return [(product, category, cents) for product, category, cents in session.execute(statement)]
