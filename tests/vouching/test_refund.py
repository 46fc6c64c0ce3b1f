"""Money is given back at a till on the word of staff, by line, once."""

import json

from sqlmodel import select

from citizen_space.checkout.models import CreditNote
from citizen_space.kit.ids import new_key
from citizen_space.orders.models import Order, OrderLine
from tests.vouching.till import FINANCE, NOBODY, STAGE, Till


def test_a_worker_gives_nothing_back_alone(desk: Till) -> None:
    order = desk.sell()
    path = f"/ventes/{order.id}/rembourser"
    assert path in desk.client.get(f"/caisse/ventes/{order.id}").text
    assert desk.vouch(path, pin=NOBODY, reason="mistake") == 403
    assert desk.vouch(path, pin=STAGE, reason="mistake") == 403, "the head of another room"
    assert desk.vouch(path, reason="because") == 422
    assert desk.rows("refund") == [] and desk.overrides() == []


def test_a_line_is_given_back_once_and_both_are_recorded(desk: Till) -> None:
    order = desk.sell()
    path, key = f"/ventes/{order.id}/rembourser", new_key()
    with desk.read() as session:
        line, _other = session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).all()
    for _again in range(2):
        assert desk.vouch(path, reason="quality", lines=line.id, submission=key) == 303
    (row,), (override,) = desk.rows("refund"), desk.overrides()
    content = json.loads(row.content)["content"]
    assert (content["operator"], content["vouched_by"]) == ("R07", "C02")
    assert content["reason"] == "Produit ou plat non conforme" and row.gross_cents == -line.unit_price_cents
    assert (override.act, override.amount_cents, override.fiscal_row_id) == ("refund", line.unit_price_cents, row.id)
    # Finance may vouch for money too; the rest goes back, and then nothing is left.
    assert desk.vouch(path, pin=FINANCE, reason="other") == 303
    assert desk.vouch(path, reason="other") == 409
    with desk.read() as session:
        assert session.get_one(Order, order.id).status == "refunded"
        assert len(session.exec(select(CreditNote)).all()) == 2
    desk.check()


def test_a_line_of_another_sale_is_not_given_back(desk: Till) -> None:
    first, second = desk.sell(), desk.sell()
    with desk.read() as session:
        line = session.exec(select(OrderLine).where(OrderLine.order_id == second.id)).first()
    assert line is not None
    assert desk.vouch(f"/ventes/{first.id}/rembourser", reason="mistake", lines=line.id) == 422
    assert desk.rows("refund") == []
