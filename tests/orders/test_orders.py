"""Orders: lines are added once, counted products are counted, what is closed stays closed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from citizen_space.kit.clock import business_day
from citizen_space.kit.db import savepoint
from citizen_space.kit.errors import NotFound
from citizen_space.orders import queries, rules, service
from citizen_space.orders.models import LineState, Order, OrderLine
from citizen_space.orders.service import NewLine
from citizen_space.products import queries as offers
from citizen_space.products import service as products
from tests.checkout.shop import CHEF
from tests.products.test_products import menu


def open_order(session: Session, at: datetime, submission: str = "order-0001") -> Order:
    """Open an order at a table."""
    return service.open_order(
        session, room="restaurant", label="Table 4", register_id=None, operator_code="R07", submission=submission, at=at
    )


def test_the_same_submission_opens_the_same_order_and_adds_the_same_line(session: Session, at: datetime) -> None:
    order = open_order(session, at)
    assert open_order(session, at).id == order.id
    assert open_order(session, at, "order-0002").id != order.id
    line = NewLine("Café", 250, 1000, submission="line-0001")
    first = service.add_lines(session, order, [line, NewLine("Thé", 300, 1000)], at=at)
    again = service.add_lines(session, order, [line], at=at)
    assert again[0].id == first[0].id
    assert [found.label_fr for found in queries.list_lines(session, order.id or 0)] == ["Café", "Thé"]
    assert queries.total_cents(session, order.id or 0) == 550


def test_a_line_takes_its_portions_and_gives_back_what_was_not_cooked(session: Session, at: datetime) -> None:
    product = menu(session, at, portions_left=5)
    order = open_order(session, at)
    offer = offers.get_offer(session, product.id or 0, business_day(at))

    def left() -> int | None:
        return offers.get_offer(session, product.id or 0, business_day(at)).portions_left

    (line,) = service.add_lines(session, order, [service.offer_line(offer, quantity=3)], at=at)
    assert line.label_en == "Roast chicken" and line.course == 2 and left() == 2
    with pytest.raises(products.SoldOut), savepoint(session):
        service.add_lines(session, order, [service.offer_line(offer, quantity=3)], at=at)
    service.set_quantity(session, line.id or 0, 4)
    assert left() == 1
    service.void_line(session, line.id, reason="", actor=CHEF, at=at)
    assert left() == 5
    (cooked,) = service.add_lines(session, order, [service.offer_line(offer)], at=at)
    assert [fired.id for fired in service.fire_course(session, order.id or 0, 2, at=at)] == [cooked.id]
    assert service.fire_course(session, order.id or 0, 2, at=at) == []
    with pytest.raises(service.ReasonMissing):
        service.void_line(session, cooked.id, reason=" ", actor=CHEF, at=at, vouched_by="C02")
    with pytest.raises(service.StaffNeeded):
        service.void_line(session, cooked.id, reason="tombé", actor=CHEF, at=at)
    voided = service.void_line(session, cooked.id, reason="tombé", actor=CHEF, at=at, vouched_by="C02")
    assert (voided.void_reason, voided.void_vouched_by) == ("tombé", "C02")
    assert left() == 4, "what was cooked is gone"


def test_a_closed_order_takes_nothing_more(session: Session, at: datetime) -> None:
    order = open_order(session, at)
    line = service.add_line(session, order, label_fr="Café", unit_price_cents=250, vat_rate_bp=1000, at=at)
    service.cancel_order(session, order, at=at)
    for act in (
        lambda: service.add_line(session, order, label_fr="Thé", unit_price_cents=1, vat_rate_bp=0, at=at),
        lambda: service.void_line(session, line.id, reason="", actor=CHEF, at=at),
        lambda: service.discount_line(session, line.id or 0, discount_cents=1, reason="geste"),
        lambda: service.cancel_order(session, order, at=at),
        lambda: service.relabel(session, order.id or 0, "Table 5"),
    ):
        with pytest.raises(service.OrderIsClosed):
            act()


def test_discounts_say_why_and_stay_within_the_price(session: Session, at: datetime) -> None:
    order = open_order(session, at)
    lines = service.add_lines(session, order, [NewLine("Plat", 1000, 1000), NewLine("Vin", 500, 2000)], at=at)
    with pytest.raises(service.DiscountTooLarge, match="10,00"):
        service.discount_line(session, lines[0].id or 0, discount_cents=1001, reason="geste")
    with pytest.raises(service.ReasonMissing):
        service.discount_line(session, lines[0].id or 0, discount_cents=100, reason="")
    service.discount_order(session, order.id or 0, discount_cents=301, reason="attente")
    assert [line.discount_cents for line in lines] == [201, 100]
    assert queries.total_cents(session, order.id or 0) == rules.totals(lines).gross_cents == 1199


def test_lines_move_to_another_bill(session: Session, at: datetime) -> None:
    order, other = open_order(session, at), open_order(session, at, "order-0002")
    lines = service.add_lines(session, order, [NewLine("Plat", 1000, 1000), NewLine("Thé", 300, 1000)], at=at)
    service.move_lines(session, from_order_id=order.id or 0, to_order_id=other.id or 0, line_ids=[lines[1].id or 0])
    assert [queries.total_cents(session, one.id or 0) for one in (order, other)] == [1000, 300]
    with pytest.raises(NotFound):
        service.move_lines(session, from_order_id=order.id or 0, to_order_id=other.id or 0, line_ids=[lines[1].id or 0])


amounts = st.tuples(
    st.integers(1, 20), st.integers(0, 99_999), st.integers(0, 999), st.sampled_from([0, 210, 550, 2000])
)


@given(drawn=st.lists(amounts, min_size=1, max_size=12), discount=st.integers(0, 200_000))
def test_totals_add_up_and_a_shared_discount_is_whole(drawn: list[tuple[int, int, int, int]], discount: int) -> None:
    lines = [
        OrderLine(
            order_id=1, label_fr="x", quantity=quantity, unit_price_cents=unit, options_cents=extra, vat_rate_bp=rate,
            added_at=datetime(2026, 11, 23, tzinfo=UTC),
        )
        for quantity, unit, extra, rate in drawn
    ]  # fmt: skip
    before = rules.totals(lines).gross_cents
    for line, share in zip(lines, rules.share_discount(lines, discount), strict=True):
        assert 0 <= share <= rules.full_cents(line)
        line.discount_cents = share
    totals = rules.totals(lines)
    assert totals.gross_cents == before - min(discount, before) == totals.net_cents + totals.vat_cents
    assert sum(v.gross_cents for v in totals.vat) == totals.gross_cents
    lines[0].state = LineState.VOIDED
    assert rules.totals(lines).gross_cents == totals.gross_cents - rules.gross_cents(lines[0])
