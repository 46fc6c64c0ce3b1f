"""A dish that the kitchen was sent comes back on the word of staff, once, with a reason, and is sealed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from citizen_space import app, verification
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.orders.models import OrderLine
from citizen_space.printing.models import PrintJob
from citizen_space.products import queries as products
from citizen_space.restaurant import queries
from citizen_space.staff.models import StaffAudit
from citizen_space.vouching.models import Override
from citizen_space.web import sessions
from citizen_space.web.visit import House
from tests.harness.houses import open_sample
from tests.restaurant.test_till import till

CHEF, FINANCE, STAGE = "027350", "066412", "032694"


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime) -> Iterator[House]:
    """The sample establishment, its clock standing still."""
    with open_sample(database, tmp_path, at) as made:
        yield made


def sent_dish(house: House, client: TestClient, at: datetime) -> str:
    """A walk-in's dish, sent to the kitchen; gives the address where it is taken back."""
    with house.database.read() as session:
        tables = queries.list_tables(session)
        offers = products.list_for_sale(session, "restaurant", business_day(at))
        dish = next(one for one in offers if one.station and not one.options)
    form = {"submission": new_key(), "table_id": tables[0].id, "covers": 1}
    tab = client.post("/caisse/restaurant/sans-reservation", data=form).headers["location"]
    client.post(f"{tab}/ajouter", data={"submission": new_key(), "product_id": dish.product_id})
    sent = client.post(f"{tab}/envoyer", data={"submission": new_key(), "course": dish.course or 1})
    assert sent.status_code == 303
    with house.database.read() as session:
        line = session.exec(select(OrderLine).where(OrderLine.order_id == int(tab.rpartition("/")[2]))).one()
    assert line.printed_quantity == 1
    return f"{tab}/lignes/{line.id}/annuler"


def ask(client: TestClient, address: str, pin: str = CHEF, reason: str = "late", key: str = "") -> int:
    sent = {"submission": key or new_key(), "reason": reason, "staff_pin": pin}
    return client.post(address, data=sent).status_code


def voided(house: House) -> tuple[list[OrderLine], list[FiscalRow], list[Override]]:
    with house.database.read() as session:
        return (
            list(session.exec(select(OrderLine).where(col(OrderLine.state) == "voided"))),
            list(session.exec(select(FiscalRow).where(FiscalRow.kind == "void"))),
            list(session.exec(select(Override))),
        )


def test_the_cross_on_a_dish_that_was_sent_takes_nothing_off(house: House, at: datetime) -> None:
    client = till(house, at)
    address = sent_dish(house, client, at)
    tab = address.partition("/lignes")[0]
    line_id = address.split("/")[-2]
    assert f'href="{address}"' in client.get(tab).text and "/enlever" not in client.get(tab).text
    refused = client.post(f"{tab}/enlever", data={"submission": new_key(), "line_id": line_id})
    assert refused.headers["location"] == address
    assert "Le personnel tape son code" in client.get(address).text
    assert voided(house) == ([], [], [])


@pytest.mark.parametrize(
    ("pin", "reason", "status"),
    [("020000", "late", 403), (FINANCE, "late", 403), (STAGE, "late", 403), (CHEF, "envie", 422), (CHEF, "", 422)],
)
def test_without_a_head_of_the_room_and_a_reason_of_the_list_it_stays(
    house: House, at: datetime, pin: str, reason: str, status: int
) -> None:
    client = till(house, at)
    address = sent_dish(house, client, at)
    assert ask(client, address, pin, reason) == status
    assert voided(house) == ([], [], [])


def test_on_the_word_of_staff_it_is_voided_printed_and_sealed_once(house: House, at: datetime) -> None:
    client = till(house, at)
    address = sent_dish(house, client, at)
    key = new_key()
    assert [ask(client, address, key=key) for _again in range(2)] == [303, 303]
    (line,), (row,), (override,) = voided(house)
    assert (line.voided_by, line.void_vouched_by, line.void_reason) == ("R07", "C02", "Trop d’attente")
    content = json.loads(row.content)["content"]
    assert (content["operator"], content["vouched_by"], content["reason"]) == ("R07", "C02", "Trop d’attente")
    assert content["line"]["label"] == line.label_fr and content["act"] == "void"
    assert (override.asked_by, override.vouched_by, override.reason) == ("R07", "C02", "late")
    assert override.fiscal_row_id == row.id and override.subject == f"order:{line.order_id}"
    with house.database.read() as session:
        chits = session.exec(select(PrintJob).where(col(PrintJob.document).contains("ANNULATION"))).all()
        (act,) = session.exec(select(StaffAudit).where(StaffAudit.act == "vouched")).all()
        assert all(finding.fits for finding in verification.verify(session, house.keys))
    assert len(chits) == 1
    assert act.actor_code == "C02" and '"asked_by":"R07"' in act.detail
    # The table is free again: nothing is left to pay.
    tab = address.partition("/lignes")[0]
    assert client.post(f"{tab}/liberer", data={"submission": new_key()}).status_code == 303


@pytest.mark.race
def test_a_dish_taken_back_from_two_screens_at_once_comes_back_once(house: House, at: datetime) -> None:
    client = till(house, at)
    address = sent_dish(house, client, at)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _n: ask(client, address), range(2)))
    assert sorted(answers) == [303, 404]
    assert [len(found) for found in voided(house)] == [1, 1, 1]


def test_staff_see_who_asked_and_who_vouched(house: House, at: datetime) -> None:
    client = till(house, at)
    ask(client, sent_dish(house, client, at))
    with house.database.write() as session:
        token = sessions.sign_in(
            session, kind="staff", subject_id=1, role="director", name="D", code="D01", register_id=None, at=at
        )
    office = TestClient(app.inner_app(house), cookies={"cs_inner": token})
    page = office.get("/bureau/validations").text
    assert all(word in page for word in ("Plat annulé après l’envoi", "R07", "C02", "Trop d’attente", "/journal/"))
    assert "Aucune validation" in office.get("/bureau/validations?jour=2026-01-01").text
