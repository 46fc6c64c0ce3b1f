"""Every act at the drawer asks staff; a worker never reads what is in it before it is counted."""

import json
import re
from datetime import datetime

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from citizen_space import app
from citizen_space.cash import queries
from citizen_space.cash.models import Movement
from citizen_space.kit.ids import new_key
from citizen_space.ledger import queries as books
from citizen_space.orders.models import Order
from citizen_space.printing.models import PrintJob
from citizen_space.web import sessions
from tests.counter.site import words
from tests.vouching.till import FINANCE, NOBODY, Till

ACTS = {"sans-vente": "stuck", "apport": "change", "depense": "supplies", "coffre": "shift", "x": "doubt"}


def office(desk: Till, at: datetime, role: str = "director") -> TestClient:
    """Staff in the office."""
    with desk.house.database.write() as session:
        token = sessions.sign_in(
            session, kind="staff", subject_id=1, role=role, name="D", code="D01", register_id=None, at=at
        )
    return TestClient(app.inner_app(desk.house), cookies={"cs_inner": token}, follow_redirects=False)


@pytest.mark.parametrize("path", ACTS)
def test_nobody_acts_on_the_drawer_alone(desk: Till, path: str) -> None:
    page = desk.client.get(f"/caisse/tiroir/{path}").text
    assert "Le personnel tape son code" in page
    assert desk.vouch(f"/tiroir/{path}", pin=NOBODY, reason=ACTS[path], amount_cents=500) == 403
    assert desk.vouch(f"/tiroir/{path}", reason="because", amount_cents=500) == 422
    assert desk.overrides() == [] and desk.rows("movement") == [] and desk.rows("no_sale") == []


def test_the_drawer_opens_without_a_sale_once_and_it_is_sealed(desk: Till) -> None:
    key = new_key()
    for _again in range(2):
        assert desk.vouch("/tiroir/sans-vente", reason="change", submission=key) == 303
    (row,), (override,) = desk.rows("no_sale"), desk.overrides()
    said = json.loads(row.content)["content"]
    assert (said["operator"], said["vouched_by"], said["reason"]) == ("R07", "C02", "Faire de la monnaie")
    assert (override.act, override.amount_cents) == ("no_sale", None)
    with desk.read() as session:
        (slip,) = session.exec(select(PrintJob).where(PrintJob.kind == "no_sale")).all()
    assert "kick" in slip.document and (slip.expires_at - slip.created_at).seconds == 120
    desk.check()


def test_cash_moves_with_a_reason_and_is_sealed(desk: Till) -> None:
    assert desk.vouch("/tiroir/apport", reason="change", amount_cents=5000) == 303
    assert desk.vouch("/tiroir/depense", reason="supplies", amount_cents=700, pin=FINANCE) == 303
    key = new_key()
    for _again in range(2):
        assert desk.vouch("/tiroir/coffre", reason="too_much", amount_cents=3000, submission=key) == 303
    assert desk.vouch("/tiroir/coffre", reason="too_much", amount_cents=5000) == 409, "more than there is"
    sealed = [json.loads(row.content)["content"] for row in desk.rows("movement")]
    assert [(one["act"], one["amount_cents"]) for one in sealed] == [
        ("paid_in", 5000),
        ("paid_out", 700),
        ("drop", 3000),
    ]
    assert [one["vouched_by"] for one in sealed] == ["C02", "F06", "C02"]
    with desk.read() as session:
        assert len(session.exec(select(Movement)).all()) == 3
        assert books.balance(session, "53") == 5000 - 700 - 3000
    desk.check()


def test_a_movement_in_the_office_is_sealed_too(desk: Till, at: datetime) -> None:
    sent = {"submission": new_key(), "kind": "paid_in", "amount": "20,00", "reason": "monnaie"}
    for _again in range(2):
        assert office(desk, at).post("/bureau/caisses/1/mouvement", data=sent).status_code == 303
    (row,) = desk.rows("movement")
    said = json.loads(row.content)["content"]
    assert (said["operator"], said["amount_cents"], said["reason"]) == ("D01", 2000, "monnaie")


def test_the_till_prints_the_x_and_shows_no_figure(desk: Till) -> None:
    desk.sell()
    assert desk.vouch("/tiroir/x", reason="shift") == 303
    for path in ("/tiroir", "/tiroir/x", "/accueil"):
        assert not re.search(r"\d+,\d\d", words(desk.client.get(f"/caisse{path}").text)), path
    with desk.read() as session:
        printed = session.exec(select(PrintJob).where(PrintJob.kind == "x_report")).all()
    assert printed and "Attendu" not in printed[-1].document


def test_the_office_shows_no_total_of_an_open_till_before_an_x_is_asked_for(desk: Till, at: datetime) -> None:
    order = desk.sell()
    euros = f"{(order.gross_cents or 0) // 100},"
    staff = office(desk, at)
    assert euros not in words(staff.get("/bureau/caisses/1").text)
    assert euros not in words(staff.get("/bureau/caisses/1/compter").text)
    assert staff.post("/bureau/caisses/1/x", data={"submission": new_key()}).status_code == 422
    key = new_key()
    for _again in range(2):
        shown = staff.post("/bureau/caisses/1/x", data={"submission": key, "reason": "check"})
        assert shown.status_code == 200 and euros in words(shown.text)
    (override,) = desk.overrides()
    assert (override.act, override.vouched_by, override.subject) == ("x_report", "D01", "drawer:1")
    assert euros not in words(staff.get("/bureau/caisses/1").text), "this once"
    with desk.read() as session:
        assert queries.get_drawer_session(session, 1).status == "open"


# -- opening and closing ----------------------------------------------------------------------------------------------


def opening(desk: Till, at: datetime, **fields: object) -> int:
    """Open the till's drawer in the office; gives the status."""
    sent = {"submission": new_key(), "register_id": 1, **fields}
    return office(desk, at).post("/bureau/caisses/ouvrir", data=sent).status_code


def closing(desk: Till, at: datetime, **fields: object) -> int:
    """Count the till's open session; gives the status."""
    with desk.read() as session:
        drawer = queries.find_open_session(session, 1)
    assert drawer is not None
    sent = {"submission": new_key(), "card": "0", **fields}
    return office(desk, at).post(f"/bureau/caisses/{drawer.id}/cloturer", data=sent).status_code


def test_what_is_left_open_is_shown_and_the_close_refused_or_told(desk: Till, at: datetime) -> None:
    assert desk.post("/vente/ajouter", product_id=1).status_code == 303
    with desk.read() as session:
        order = session.exec(select(Order).where(Order.label == "Comptoir")).one()
    page = office(desk, at).get("/bureau/caisses/1/compter").text
    assert order.reference in page and "Ce qui reste ouvert" in page and "Garder ouvert" in page
    assert closing(desk, at) == 409
    assert closing(desk, at, carry_over="1") == 303
    (z,) = desk.rows("closing")
    (carried,) = json.loads(z.content)["content"]["carried_over"]
    assert (carried["order"], carried["label"]) == (order.reference, "Comptoir") and carried["cents"] > 0
    with desk.read() as session:
        printed = session.exec(select(PrintJob).where(PrintJob.kind == "z_report")).one()
    assert order.reference in printed.document
    assert "pas ouverte" in desk.client.get("/caisse/tiroir/coffre").text
    assert desk.vouch("/tiroir/coffre", reason="shift", amount_cents=1) == 409
    # Nothing is sold while the till is closed; the bill goes on in the next session.
    assert desk.post(f"/vente/{order.id}/payer", card_reference="1").status_code == 409
    assert opening(desk, at, reason="second_service") == 303
    assert desk.post(f"/vente/{order.id}/payer", card_reference="1").status_code == 303
    desk.check()


def test_a_till_opened_again_on_the_same_day_says_why(desk: Till, at: datetime) -> None:
    assert closing(desk, at) == 303
    assert opening(desk, at) == 422 and opening(desk, at, reason="because") == 422
    assert opening(desk, at, reason="second_service") == 303
    (override,) = desk.overrides()
    assert (override.act, override.reason, override.vouched_by) == ("reopening", "second_service", "D01")
    assert closing(desk, at) == 303
    assert len(desk.rows("closing")) == 2, "several sessions a day, each with its close"
    desk.check()


def test_the_float_is_counted_by_coin_and_note(desk: Till, at: datetime) -> None:
    assert closing(desk, at) == 303
    by_piece = {"piece_2000": "3", "piece_50": "5", "piece_1": "", "reason": "mistake"}
    assert opening(desk, at, **by_piece, float_amount="80") == 422, "the pieces make 62,50"
    assert opening(desk, at, **by_piece) == 303
    sealed = json.loads(desk.rows("opening")[-1].content)["content"]
    assert (sealed["float_cents"], sealed["float_pieces"]) == (6250, {"2000": 3, "50": 5})
    with desk.read() as session:
        drawer = queries.find_open_session(session, 1)
    assert drawer is not None and (drawer.float_cents, drawer.float_pieces) == (6250, {"2000": 3, "50": 5})
    desk.check()
