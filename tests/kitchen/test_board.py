"""The kitchen's screen through the application: the board, its steps, the word to the waiter, "86"."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from citizen_space import app
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.kitchen import queries
from citizen_space.kitchen.models import Chit
from citizen_space.products.models import Product
from citizen_space.restaurant.models import Table
from citizen_space.staff.models import StaffAudit
from citizen_space.web.visit import House
from tests.harness.houses import open_sample
from tests.restaurant.test_till import till


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime) -> Iterator[House]:
    """The sample establishment, its clock standing still."""
    with open_sample(database, tmp_path, at) as made:
        yield made


def dish(house: House, code: str) -> int:
    with house.database.read() as session:
        return session.exec(select(Product.id).where(Product.code == code)).one() or 0


def seat(client: TestClient, house: House, code: str = "5") -> str:
    """Seat two at a table; gives the address of their tab."""
    with house.database.read() as session:
        table_id = session.exec(select(Table.id).where(Table.code == code)).one()
    sent = {"submission": new_key(), "table_id": table_id, "covers": 2}
    return str(client.post("/caisse/restaurant/sans-reservation", data=sent).headers["location"])


def post(client: TestClient, path: str, **facts: object) -> int:
    return client.post(path, data={"submission": new_key(), **facts}).status_code


def order_soup(client: TestClient, house: House, tab: str, note: str = "") -> None:
    facts = {"note": note, "allergy": "1"} if note else {}
    assert post(client, f"{tab}/ajouter", product_id=dish(house, "soupe"), quantity=1, **facts) == 303
    assert post(client, f"{tab}/envoyer", course=1) == 303


def only_chit(house: House) -> Chit:
    with house.database.read() as session:
        return session.exec(select(Chit)).one()


def test_a_chit_is_begun_made_and_served(house: House, at: datetime) -> None:
    client = till(house, at)
    tab = seat(client, house)
    order_soup(client, house, tab, note="céleri")
    board = client.get("/caisse/cuisine").text
    assert "ALLERGIE : céleri" in board and "Table 5" in board and "Nouveau" in board
    chit = only_chit(house)
    path = f"/caisse/cuisine/bons/{chit.id}"
    assert post(client, path, to="started", number=0) == 303
    assert "En préparation" in client.get("/caisse/cuisine?poste=kitchen").text
    assert "en préparation" in client.get(tab).text
    assert post(client, path, to="ready", number=1) == 303
    assert "Prêt à servir" in client.get("/caisse/restaurant").text
    assert "prêt" in client.get(tab).text
    assert post(client, f"{tab}/servi") == 303
    assert "C’est prêt au passe" not in client.get(tab).text


def test_a_second_screen_that_taps_too_late_is_told(house: House, at: datetime) -> None:
    client = till(house, at)
    order_soup(client, house, seat(client, house))
    chit = only_chit(house)
    path = f"/caisse/cuisine/bons/{chit.id}"
    assert post(client, path, to="started", number=0) == 303
    late = client.post(path, data={"submission": new_key(), "to": "started", "number": 0, "station": "kitchen"})
    assert late.status_code == 409
    assert "C’est déjà fait sur un autre écran" in late.text


def test_a_dish_taken_back_is_shouted_and_must_be_read(house: House, at: datetime) -> None:
    client = till(house, at)
    tab = seat(client, house)
    order_soup(client, house, tab)
    with house.database.read() as session:
        (made,) = queries.list_to_do(session, at)
    line_id = made.dishes[0].line.id
    assert post(client, f"{tab}/lignes/{line_id}/annuler", reason="late", staff_pin="027350") == 303
    board = client.get("/caisse/cuisine").text
    assert "ANNULÉ" in board and "C’est lu" in board
    with house.database.read() as session:
        (cancelled,) = queries.list_to_do(session, at)
    assert post(client, f"/caisse/cuisine/bons/{cancelled.chit.id}", to="seen", number=0) == 303
    assert "Rien à préparer" in client.get("/caisse/cuisine").text


def test_the_board_never_locks_itself_and_leaves_by_locking(house: House, at: datetime) -> None:
    client = till(house, at)
    board = client.get("/caisse/cuisine").text
    assert "data-idle" not in board
    assert 'href="/caisse/accueil"' not in board
    assert "data-idle" in client.get("/caisse/restaurant").text


def test_a_signed_out_screen_is_told_no_news(house: House, at: datetime) -> None:
    client = till(house, at)
    assert set(client.get("/caisse/nouvelles").json()) == {"menu", "chits", "printers", "ages"}
    client.cookies.delete("cs_inner")
    assert client.get("/caisse/nouvelles").status_code == 303


# -- "86" --------------------------------------------------------------------------------------------------------------


def test_one_tap_and_the_dish_is_sold_out_everywhere(house: House, at: datetime) -> None:
    client, public = till(house, at), TestClient(app.public_app(house))
    tab = seat(client, house)
    soup = dish(house, "soupe")
    assert "Épuisé aujourd’hui" not in public.get("/restaurant").text
    before = client.get("/caisse/nouvelles").json()["menu"]
    assert post(client, "/caisse/carte", off=soup) == 303
    assert "Velouté de potimarron : épuisé, partout." in client.get("/caisse/carte").text
    later = at + timedelta(seconds=2)
    house.clock = lambda: later
    assert client.get("/caisse/nouvelles").json()["menu"] != before
    assert "Épuisé aujourd’hui" in public.get("/restaurant").text
    for path in (tab, "/caisse/vente"):
        shown = client.get(path).text
        category = re.search(r'href="([^"]*)"[^>]*>(?:(?!</a>).)*Entrées', shown, re.DOTALL)
        assert category, path
        assert "Épuisé" in client.get(path + category.group(1).removeprefix("/caisse/vente")).text
    refused = client.post(f"{tab}/ajouter", data={"submission": new_key(), "product_id": soup, "quantity": 1})
    assert refused.status_code == 409
    assert post(client, "/caisse/carte", on=soup) == 303
    assert post(client, f"{tab}/ajouter", product_id=soup, quantity=1) == 303
    with house.database.read() as session:
        acts = session.exec(select(StaffAudit.act).where(StaffAudit.subject == "product:soupe")).all()
    assert list(acts) == ["product_sold_out", "product_back"]


def test_what_a_table_has_ordered_stays_with_a_word(house: House, at: datetime) -> None:
    client = till(house, at)
    tab = seat(client, house)
    assert post(client, f"{tab}/ajouter", product_id=dish(house, "soupe"), quantity=1) == 303
    assert post(client, "/caisse/carte", off=dish(house, "soupe")) == 303
    assert "épuisé depuis : demandez à la cuisine" in client.get(tab).text
    assert post(client, f"{tab}/envoyer", course=1) == 303


def test_the_last_portion_makes_it_sold_out_by_itself(house: House, at: datetime) -> None:
    client = till(house, at)
    tab = seat(client, house)
    soup = dish(house, "soupe")
    assert post(client, f"/caisse/carte/{soup}", portions=1) == 303
    assert post(client, f"{tab}/ajouter", product_id=soup, quantity=1) == 303
    card = client.get("/caisse/carte").text
    assert "Épuisé" in card
    assert "épuisé depuis" not in client.get(tab).text
    # Back by the same tap: none is left by count, so the screen asks how many there are.
    asked = client.post("/caisse/carte", data={"submission": new_key(), "on": soup})
    assert asked.headers["location"] == f"/caisse/carte/{soup}"
    assert post(client, f"/caisse/carte/{soup}", uncounted="1") == 303
    assert post(client, f"{tab}/ajouter", product_id=soup, quantity=1) == 303


def test_neither_two_dishes_nor_none_are_meant(house: House, at: datetime) -> None:
    client = till(house, at)
    assert post(client, "/caisse/carte") == 422
    assert post(client, "/caisse/carte", on=1, off=1) == 422
