"""Products: dated prices, options, counted portions, on and off the menu."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database, count_statements
from citizen_space.kit.errors import NotFound
from citizen_space.kit.keys import new_keys
from citizen_space.law import sample as law_sample
from citizen_space.products import queries, service
from citizen_space.products.models import Allergen, Price, Product
from citizen_space.products.rules import OptionMissing, OptionUnknown, choose_options, parse_allergens
from tests.checkout.shop import allow
from tests.harness.patience import PATIENCE_SECONDS


def menu(session: Session, at: datetime, **facts: object) -> Product:
    """A house with one dish."""
    law_sample.plant(session, at=at, keys=new_keys())
    category = service.add_category(session, room="restaurant", name_fr="Plats", name_en="Mains", station="kitchen")
    given: dict[str, object] = {"name_en": "Roast chicken", "course": 2, "allergens": ["milk", "gluten"]}
    return service.add_product(
        session,
        category=category,
        code="poulet",
        name_fr="Poulet rôti",
        vat_key="vat_on_site",
        price_cents=1650,
        valid_from=business_day(at),
        **{**given, **facts},  # type: ignore[arg-type]
    )


def test_an_offer_has_the_price_and_the_rate_of_its_day(session: Session, at: datetime) -> None:
    today = business_day(at)
    product = menu(session, at)
    assert product.id is not None
    service.set_price(session, product.id, price_cents=1700, valid_from=today + timedelta(days=10), today=today)
    assert queries.get_offer(session, product.id, today).price_cents == 1650
    assert queries.get_offer(session, product.id, today + timedelta(days=9)).price_cents == 1650
    later = queries.get_offer(session, product.id, today + timedelta(days=10))
    assert (later.price_cents, later.vat_rate_bp, later.station) == (1700, 1000, "kitchen")
    assert later.allergens == (Allergen.GLUTEN, Allergen.MILK)
    with pytest.raises(NotFound):
        queries.get_offer(session, product.id, today - timedelta(days=1))


def test_a_price_never_rewrites_a_day_that_was_sold(session: Session, at: datetime) -> None:
    today = business_day(at)
    product = menu(session, at)
    assert product.id is not None
    for day in (today - timedelta(days=1), today):
        with pytest.raises(service.PriceTooEarly):
            service.set_price(session, product.id, price_cents=1, valid_from=day, today=today)
    tomorrow = today + timedelta(days=1)
    service.set_price(session, product.id, price_cents=1700, valid_from=tomorrow, today=today)
    service.set_price(session, product.id, price_cents=1750, valid_from=tomorrow, today=today)
    with pytest.raises(service.PriceTooEarly):
        service.set_price(session, product.id, price_cents=1, valid_from=today, today=today)
    assert [p.price_cents for p in queries.list_prices(session, product.id)] == [1750, 1650]


def test_the_table_refuses_two_open_prices(session: Session, at: datetime) -> None:
    product = menu(session, at)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(Price(product_id=product.id or 0, price_cents=1, valid_from=date(2030, 1, 1)))
        session.flush()


def test_a_card_costs_three_statements(database: Database, at: datetime) -> None:
    with database.write() as session:
        product = menu(session, at)
        for number in range(5):
            service.add_option(session, product.id or 0, group_fr="Cuisson", name_fr=f"n{number}")
    with database.read() as session:
        queries.list_for_sale(session, "restaurant", business_day(at))
    with database.read() as session, count_statements(database) as counted:
        offers = queries.list_for_sale(session, "restaurant", business_day(at))
    assert counted.count <= 3, counted.sent
    assert len(offers) == 1 and len(offers[0].options) == 5


def test_options_are_those_of_the_product(session: Session, at: datetime) -> None:
    product = menu(session, at)
    facts = {"required": True}
    pink = service.add_option(session, product.id or 0, group_fr="Cuisson", name_fr="rosé", **facts)
    done = service.add_option(session, product.id or 0, group_fr="Cuisson", name_fr="bien cuit", **facts)
    chips = service.add_option(session, product.id or 0, group_fr="En plus", name_fr="frites", extra_cents=300)
    offer = queries.get_offer(session, product.id or 0, business_day(at))
    assert [o.name("fr") for o in choose_options(offer, [pink.id or 0, chips.id or 0])] == ["rosé", "frites"]
    for wrong in ([], [chips.id or 0], [pink.id or 0, done.id or 0]):
        with pytest.raises(OptionMissing, match="Cuisson"):
            choose_options(offer, wrong)
    with pytest.raises(OptionUnknown):
        choose_options(offer, [pink.id or 0, 10**6])


def test_off_the_menu_is_off_everywhere_at_once(session: Session, at: datetime) -> None:
    product = menu(session, at)
    assert product.id is not None
    service.set_available(session, product.id, available=False)
    assert queries.list_for_sale(session, "restaurant", business_day(at))[0].is_sold_out
    with pytest.raises(service.SoldOut):
        service.take_portion(session, product.id)


def test_the_house_charges_no_vat_where_it_is_not_liable(session: Session, at: datetime) -> None:
    product = menu(session, at)
    tomorrow = at + timedelta(days=1)
    allow(session, tomorrow, vat_liable_restaurant="false")
    assert queries.get_offer(session, product.id or 0, business_day(at)).vat_rate_bp == 1000
    assert queries.get_offer(session, product.id or 0, business_day(tomorrow)).vat_rate_bp == 0


def test_a_product_is_found_by_its_bar_code(session: Session, at: datetime) -> None:
    menu(session, at, barcode="3017620422003")
    found = queries.find_offer_by_barcode(session, "3017620422003", business_day(at))
    assert found is not None and found.code == "poulet"
    assert queries.find_offer_by_barcode(session, "00000000", business_day(at)) is None
    with pytest.raises(service.CodeTaken):
        menu(session, at, barcode="12345678")
    assert parse_allergens("") == ()


@pytest.mark.race
def test_portions_are_never_sold_twice(database: Database, at: datetime) -> None:
    with database.write() as session:
        product = menu(session, at, portions_left=5)

    def take(_number: int) -> bool:
        try:
            with database.write() as session:
                service.take_portion(session, product.id or 0, 2)
        except service.SoldOut:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 2
    with database.read() as session:
        assert session.exec(select(Product.portions_left)).one() == 1


@pytest.mark.race
def test_control_reading_before_writing_sells_too_many(database: Database, at: datetime) -> None:
    """The control: the same sale as look, then write, is one portion short on PostgreSQL."""
    with database.write() as session:
        product = menu(session, at, portions_left=2)
    both_have_looked = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def take(_number: int) -> None:
        with database.write() as session:
            left = session.exec(select(Product.portions_left).where(Product.id == product.id)).one() or 0
            if database.dialect == "postgresql":
                both_have_looked.wait()
            session.exec(update(Product).where(col(Product.id) == product.id).values(portions_left=left - 1))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take, range(2)))
    with database.read() as session:
        left = session.exec(select(Product.portions_left)).one()
    assert left == (1 if database.dialect == "postgresql" else 0)
