"""The till of the restaurant through the application: a party that has paid ahead."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from citizen_space import app, verification
from citizen_space.bookings.models import Booking
from citizen_space.cash import service as cash
from citizen_space.fiscal import queries as registers
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.ledger import queries as books
from citizen_space.payments import service as payments
from citizen_space.payments.models import Refund
from citizen_space.printing import queries as printing
from citizen_space.printing.models import PrintJob
from citizen_space.products import queries as products
from citizen_space.restaurant import queries as restaurant
from citizen_space.web import sessions
from citizen_space.web.visit import House
from tests.checkout import shop
from tests.harness.houses import open_sample
from tests.restaurant import world


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime) -> Iterator[House]:
    """The sample establishment, its clock standing still."""
    with open_sample(database, tmp_path, at) as made:
        yield made


def paid_ahead(house: House, at: datetime) -> Booking:
    """A table for two in a week, its deposit of 20 € paid."""
    with house.database.write() as session:
        booked = world.book(session, at)
        assert booked.payment is not None
        payments.receive(session, booked.payment, provider_payment="pi_1", at=at)
        house.on_paid(session, booked.payment.id or 0, at)
        return booked.booking


def till(house: House, at: datetime) -> TestClient:
    """A worker at the restaurant's till, its drawer open."""
    with house.database.write() as session:
        register_id = registers.get_register_id(session, "R1")
        cash.open_session(session, register_id, float_cents=0, actor=SYSTEM, at=at, keys=house.keys)
        token = sessions.sign_in(
            session, kind="worker", subject_id=1, role="worker", name="R07", code="R07", register_id=register_id, at=at
        )
        device = sessions.register_device(session, register_id, "R1", "Caisse", at)
    cookies = {"cs_inner": token, "cs_device": device}
    return TestClient(app.inner_app(house), follow_redirects=False, cookies=cookies)


def test_a_course_is_printed_at_the_printer_of_its_station_whatever_that_is_called(house: House, at: datetime) -> None:
    worker = till(house, at)
    with house.database.write() as session:
        kitchen = printing.find_printer(session, "kitchen")
        assert kitchen is not None
        kitchen.code, kitchen.active = "EPSON-7", False
        stands_in = printing.find_printer(session, "bar")
        assert stands_in is not None
        kitchen.fallback_id = stands_in.id
        offer = products.find_offer_by_code(session, "soupe", business_day(at))
        table = restaurant.list_tables(session)[0]
        assert offer is not None
    seated = worker.post(
        "/caisse/restaurant/sans-reservation", data={"submission": new_key(), "table_id": table.id, "covers": 2}
    )
    tab = seated.headers["location"]
    worker.post(f"{tab}/ajouter", data={"submission": new_key(), "product_id": offer.product_id})
    sent = worker.post(f"{tab}/envoyer", data={"submission": new_key(), "course": 1})
    assert sent.status_code == 303
    with house.database.read() as session:
        assert [(job.kind, job.printer_id) for job in session.exec(select(PrintJob))] == [("chit", stands_in.id)]


def test_what_the_bill_leaves_of_a_deposit_goes_back_to_who_paid_it(house: House, at: datetime) -> None:
    booking = paid_ahead(house, at)
    noon = booking.starts_at + timedelta(minutes=5)
    house.clock = lambda: noon
    with house.database.read() as session:
        offers = products.list_for_sale(session, "restaurant", business_day(noon))
        drink = min((one for one in offers if not one.options), key=lambda one: one.price_cents)
    client = till(house, noon)
    seated = client.post("/caisse/restaurant/arrivee", data={"submission": new_key(), "booking_id": booking.id})
    tab = seated.headers["location"]
    client.post(f"{tab}/ajouter", data={"submission": new_key(), "product_id": drink.product_id, "quantity": 1})
    sent = {"submission": new_key(), "due_cents": "0"}
    assert [client.post(f"{tab}/payer", data=sent).status_code for _again in range(2)] == [303, 303]
    with house.database.read() as session:
        assert session.exec(select(Refund.amount_cents)).all() == [2000 - drink.price_cents]
        assert books.balance(session, "4191") == 0
        assert all(finding.fits for finding in verification.verify(session, house.keys))


def test_cash_is_asked_for_where_the_house_takes_it_and_gives_change(house: House, at: datetime) -> None:
    client = till(house, at)
    assert "cash_cents" not in bill_of_a_walk_in(house, client, at).text
    with house.database.write() as session:
        shop.allow(session, at, cash_accepted="true")
    asked = bill_of_a_walk_in(house, client, at)
    due_cents = int(asked.text.partition('name="due_cents" value="')[2].partition('"')[0])
    assert f'data-value="{due_cents}"' in asked.text
    sent = {"submission": new_key(), "due_cents": due_cents, "cash_cents": due_cents + 730}
    paid = client.post(str(asked.url.path), data=sent, follow_redirects=True)
    assert "Rendez 7,30" in paid.text.replace("\xa0", " ")


def bill_of_a_walk_in(house: House, client: TestClient, at: datetime) -> Response:
    """Seat two people at a free table with one drink, and ask how it is paid."""
    with house.database.read() as session:
        table = restaurant.list_free_tables(session, at, at + timedelta(hours=1))[0]
        offers = products.list_for_sale(session, "restaurant", business_day(at))
        drink = min((one for one in offers if not one.options), key=lambda one: one.price_cents)
    walked_in = {"submission": new_key(), "table_id": table.id, "covers": table.min_covers}
    tab = client.post("/caisse/restaurant/sans-reservation", data=walked_in).headers["location"]
    client.post(f"{tab}/ajouter", data={"submission": new_key(), "product_id": drink.product_id, "quantity": 1})
    return client.get(f"{tab}/payer")
