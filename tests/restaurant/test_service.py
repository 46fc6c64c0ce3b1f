"""Booking, seating, firing and moving at the restaurant."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from citizen_space.bookings import service as bookings
from citizen_space.fiscal.models import FiscalRegister
from citizen_space.kit import db
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.ids import new_key
from citizen_space.kitchen.rules import NothingToSend
from citizen_space.law import service as law
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order
from citizen_space.products import queries as products
from citizen_space.restaurant import queries, rules, service
from citizen_space.restaurant.forms import AddLineForm
from citizen_space.restaurant.models import Claim, Table
from citizen_space.web import reading
from tests.restaurant.world import KEYS, book, bookable_day, found, sitting

WORKER = Actor("worker", 1, "R01")


def register(session: Session, at: datetime) -> int:
    known = session.exec(select(FiscalRegister.id).where(FiscalRegister.code == "R1")).first()
    return known or _new_register(session, at)


def _new_register(session: Session, at: datetime) -> int:
    row = FiscalRegister(code="R1", name="Restaurant", room="restaurant", kind="till", opened_at=at)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


@pytest.mark.parametrize(("minutes", "expected"), [("", 15), ("40", 40)])
def test_a_place_is_kept_as_long_as_the_house_says(session: Session, at: datetime, minutes: str, expected: int) -> None:
    found(session, at)
    if minutes:
        say(session, "booking_hold_minutes", minutes, at)
    assert book(session, at).booking.hold_expires_at == at + timedelta(minutes=expected)


def say(session: Session, key: str, value: str, at: datetime) -> None:
    """Let the house decide otherwise from today."""
    law.set_parameter(
        session, key=key, value=value, valid_from=business_day(at), reference="test", confirmed="C", actor=WORKER, at=at
    )


def test_a_booking_takes_a_table_and_asks_a_deposit(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, 3)
    claims = queries.list_claims_of_booking(session, booked.booking.id or 0)
    assert [(table.code, claim.covers) for claim, table in claims] == [("5", 3)]
    assert booked.payment is not None and booked.payment.amount_cents == 3000
    assert booked.booking.access == "vetted"


def test_the_same_submission_is_the_same_booking(session: Session, at: datetime) -> None:
    found(session, at)
    first = book(session, at, 2, submission="once-and-only-once")
    second = book(session, at, 2, submission="once-and-only-once")
    assert first.booking.id == second.booking.id
    assert len(session.exec(select(Claim)).all()) == 1


def test_too_early_a_day_is_refused(session: Session, at: datetime) -> None:
    found(session, at)
    with pytest.raises(rules.DayNotBookable):
        book(session, at, 2, on=at.date() + timedelta(days=1))


def test_a_full_sitting_says_so(session: Session, at: datetime) -> None:
    found(session, at)
    for _ in range(6):
        book(session, at, 4)
    with pytest.raises(rules.SittingIsFull):
        book(session, at, 2)


def test_the_database_refuses_two_parties_at_one_table(session: Session, at: datetime) -> None:
    found(session, at)
    table = session.exec(select(Table)).first()
    assert table is not None and table.id is not None
    session.add(Claim(table_id=table.id, starts_at=at, ends_at=at + timedelta(hours=1), covers=1))
    session.flush()
    touching = Claim(table_id=table.id, starts_at=at + timedelta(hours=1), ends_at=at + timedelta(hours=2), covers=1)
    session.add(touching)
    session.flush()
    with pytest.raises(IntegrityError, match="restaurant_claim_overlap"), db.savepoint(session):
        session.add(
            Claim(table_id=table.id, starts_at=at + timedelta(minutes=59), ends_at=at + timedelta(minutes=61), covers=1)
        )
        session.flush()


def test_a_hold_that_lapsed_is_taken_again_if_free(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, 2)
    service.release(session, booked.booking, at)
    service.confirm(session, booked.booking, at)
    assert booked.booking.status == "confirmed"
    assert len(queries.list_claims_of_booking(session, booked.booking.id or 0)) == 1


def test_a_hold_that_lapsed_comes_back_by_the_rule_for_everybody(session: Session, at: datetime) -> None:
    found(session, at)
    late = book(session, at, 4).booking
    service.release(session, late, at)
    for _ in range(6):
        book(session, at, 4)
    with pytest.raises(rules.SittingIsFull):
        service.confirm(session, late, at)


def test_a_hold_that_lapsed_does_not_come_back_once_closed_or_begun(session: Session, at: datetime) -> None:
    found(session, at)
    late = book(session, at, 2).booking
    service.release(session, late, at)
    with pytest.raises(rules.DayNotBookable):
        service.confirm(session, late, late.starts_at)
    bookings.close(
        session, room=None, starts_at=late.starts_at, ends_at=late.ends_at, reason_fr="", reason_en="",
        actor=WORKER, at=at,
    )  # fmt: skip
    with pytest.raises(rules.DayNotBookable):
        service.confirm(session, late, at)


def test_only_the_restaurants_own_parties_are_seated_here(session: Session, at: datetime) -> None:
    found(session, at)
    booking = book(session, at, 2).booking
    service.confirm(session, booking, at)
    booking.room = "venue"
    session.flush()
    with pytest.raises(NotFound):
        service.arrive(
            session, booking.id or 0, register_id=register(session, at), actor=WORKER, submission=new_key(), at=at
        )
    assert booking.status == "confirmed"


def test_who_sits_longer_than_planned_is_still_at_their_table(session: Session, at: datetime) -> None:
    found(session, at)
    tab = queries.get_tab_of_order(session, walk_in(session, at))
    claims = queries.list_claims_of_tab(session, tab.id or 0)
    table = session.exec(select(Table).where(Table.code == "5")).one()
    late = at + queries.walk_in_time(session, at) + timedelta(minutes=5)
    assert rules.state_of(table, claims, {tab.id: tab}, late).tab == tab
    assert rules.state_of(table, claims, {}, late).tab is None


def test_seated_twice_is_one_tab(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, 2)
    service.confirm(session, booked.booking, at)
    till = register(session, at)
    first = service.arrive(session, booked.booking.id or 0, register_id=till, actor=WORKER, submission=new_key(), at=at)
    second = service.arrive(
        session, booked.booking.id or 0, register_id=till, actor=WORKER, submission=new_key(), at=at
    )
    assert first.id == second.id
    assert booked.booking.status == "arrived"


def walk_in(session: Session, at: datetime, code: str = "5") -> int:
    table = session.exec(select(Table).where(Table.code == code)).one()
    tab = service.walk_in(
        session, table_id=table.id or 0, covers=2, register_id=register(session, at), actor=WORKER,
        submission=new_key(), at=at,
    )  # fmt: skip
    return tab.order_id


def test_a_walk_in_at_a_taken_table_is_refused(session: Session, at: datetime) -> None:
    found(session, at)
    walk_in(session, at)
    table = session.exec(select(Table).where(Table.code == "5")).one()
    with pytest.raises(rules.TableNotFree):
        service.walk_in(
            session, table_id=table.id or 0, covers=2, register_id=register(session, at), actor=WORKER,
            submission=new_key(), at=at,
        )  # fmt: skip


def order_dish(session: Session, order_id: int, code: str, at: datetime, options: int = 0) -> None:
    offer = products.find_offer_by_code(session, code, at.date())
    assert offer is not None
    chosen = [option.id for option in offer.options[:options]]
    order = session.get(Order, order_id)
    assert order is not None
    orders.add_lines(session, order, [orders.offer_line(offer, option_ids=chosen)], at=at)


def test_a_course_is_fired_once_and_only_what_is_new(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    order_dish(session, order_id, "piece", at, options=1)
    key = new_key()
    fired = service.fire(session, order_id, 2, actor=WORKER, submission=key, at=at)
    assert [line.label_fr for line in fired] == ["Pièce de bœuf, pommes grenaille"]
    assert service.fire(session, order_id, 2, actor=WORKER, submission=key, at=at) == []
    with pytest.raises(NothingToSend):
        service.fire(session, order_id, 2, actor=WORKER, submission=new_key(), at=at)
    order_dish(session, order_id, "assiette", at)
    again = service.fire(session, order_id, 2, actor=WORKER, submission=new_key(), at=at)
    assert [line.label_fr for line in again] == ["Assiette végétale du mois"]


def test_what_has_no_course_is_sent_with_the_first(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    order_dish(session, order_id, "aurore", at)
    assert rules.courses_to_fire(orders_found.list_live_lines(session, order_id)) == [1]
    fired = service.fire(session, order_id, 1, actor=WORKER, submission=new_key(), at=at)
    assert [line.label_fr for line in fired] == ["Aurore"]
    assert rules.courses_to_fire(orders_found.list_live_lines(session, order_id)) == []


def test_a_party_moves_with_its_tab(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    other = session.exec(select(Table).where(Table.code == "6")).one()
    tab = service.move_table(session, order_id, other.id or 0, at=at)
    assert tab.table_codes == "6"
    assert [claim.table_id for claim in queries.list_claims_of_tab(session, tab.id or 0)] == [other.id]


def test_some_dishes_go_on_a_bill_of_their_own(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    order_dish(session, order_id, "soupe", at)
    order_dish(session, order_id, "assiette", at)
    lines = orders_found.list_lines(session, order_id)
    other = service.split_tab(session, order_id, [lines[0].id or 0], actor=WORKER, submission=new_key(), at=at)
    assert queries.due_cents(session, other) == 900
    assert queries.due_cents(session, queries.get_tab_of_order(session, order_id)) == 1500


def test_the_day_counts_what_is_booked(session: Session, at: datetime) -> None:
    found(session, at)
    book(session, at, 4)
    offers = service.availability(session, bookable_day(at), at=at)
    assert [(offer.sitting_id == sitting(session), offer.covers_left) for offer in offers] == [(True, 20), (False, 24)]
    assert KEYS is not None


def test_a_party_seated_by_mistake_is_expected_again(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, 2)
    service.confirm(session, booked.booking, at)
    till = register(session, at)
    booking_id = booked.booking.id or 0
    tab = service.arrive(session, booking_id, register_id=till, actor=WORKER, submission=new_key(), at=at)
    service.unseat(session, tab.order_id, at=at)
    assert (booked.booking.status, booked.booking.arrived_at) == ("confirmed", None)
    again = service.arrive(session, booking_id, register_id=till, actor=WORKER, submission=new_key(), at=at)
    assert again.id != tab.id
    assert len(queries.list_claims_of_booking(session, booking_id)) == 1


def test_a_table_with_dishes_is_freed_by_paying_only(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    order_dish(session, order_id, "soupe", at)
    with pytest.raises(rules.TabNotEmpty):
        service.unseat(session, order_id, at=at)


def test_a_walk_in_seated_by_mistake_leaves_its_table_free(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    service.unseat(session, order_id, at=at)
    assert walk_in(session, at) != order_id


def test_each_group_of_options_sends_its_own_choice() -> None:
    typed = {"submission": new_key(), "product_id": "7", "options": ["3"], "options_1": "5", "options_2": "8"}
    assert reading.parse(AddLineForm, typed).options == [3, 5, 8]


def test_an_allergy_is_said_of_any_dish_until_the_kitchen_has_it(session: Session, at: datetime) -> None:
    found(session, at)
    order_id = walk_in(session, at)
    order_dish(session, order_id, "soupe", at)
    line_id = orders_found.list_lines(session, order_id)[0].id or 0
    orders.note_line(session, line_id, note=" lait ", allergy=True)
    (fired,) = service.fire(session, order_id, 1, actor=WORKER, submission=new_key(), at=at)
    assert (fired.note, fired.allergy) == ("lait", True)
    with pytest.raises(orders.LineIsSent):
        orders.note_line(session, line_id, note="rien", allergy=False)


def test_nobody_is_seated_at_a_table_too_small(session: Session, at: datetime) -> None:
    found(session, at)
    small = session.exec(select(Table).order_by(col(Table.max_covers))).first()
    assert small is not None and small.id is not None
    facts: dict[str, Any] = {"register_id": register(session, at), "actor": WORKER, "at": at}
    with pytest.raises(rules.TableTooSmall):
        service.walk_in(session, table_id=small.id, covers=small.max_covers + 1, submission=new_key(), **facts)
    order_id = walk_in(session, at)
    queries.get_tab_of_order(session, order_id).covers = small.max_covers + 1
    with pytest.raises(rules.TableTooSmall):
        service.move_table(session, order_id, small.id, at=at)
