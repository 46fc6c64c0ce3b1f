"""What the kitchen is sent: once, changes only, and told when it is taken back."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from citizen_space.kit.ids import new_key
from citizen_space.kitchen import queries, rules, service
from citizen_space.kitchen.models import ChitState
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import LineState
from citizen_space.printing import queries as printing
from citizen_space.printing import service as printers
from citizen_space.printing.models import JobState, PrintJob
from citizen_space.products import queries as found
from citizen_space.products import service as products
from printers.document import Text, from_json
from tests.kitchen.pass_ import COOK, RUNNER, lay, order_dishes


def words(job: PrintJob) -> list[str]:
    return [block.text for block in from_json(job.document).blocks if isinstance(block, Text)]


def test_a_course_goes_to_each_station_once(session: Session, at: datetime) -> None:
    order = lay(session, at)
    order_dishes(session, order, {"soupe": 2, "aurore": 1}, at=at)
    key = new_key()
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=key, at=at)
    chits = queries.list_chits(session, order.id or 0)
    assert [(chit.station, chit.state) for chit in chits] == [("bar", "new"), ("kitchen", "new")]
    assert [job.kind for job in session.exec(select(PrintJob))] == ["chit", "chit"]
    with pytest.raises(rules.NothingToSend):
        service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)


def test_only_what_is_new_is_sent(session: Session, at: datetime) -> None:
    """Two soups are there; a third is asked for: one is made, not three."""
    order = lay(session, at)
    (soup,) = order_dishes(session, order, {"soupe": 2}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    orders.set_quantity(session, soup.id or 0, 3)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    first, second = session.exec(select(PrintJob).order_by(PrintJob.id))  # type: ignore[arg-type]
    assert "+2 Velouté de potimarron" in words(first)
    assert "+1 Velouté de potimarron" in words(second)
    assert queries.count_sent(session, [soup.id or 0]) == {soup.id: 3}


def test_a_station_without_a_printer_has_its_screen(session: Session, at: datetime) -> None:
    order = lay(session, at)
    for printer in printing.list_printers(session):
        printer.active = False
    order_dishes(session, order, {"soupe": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    assert session.exec(select(PrintJob)).all() == []
    assert [card.chit.station for card in queries.list_to_do(session, at)] == ["kitchen"]


def test_what_is_taken_back_is_told_once_and_must_be_read(session: Session, at: datetime) -> None:
    order = lay(session, at)
    soup, egg = order_dishes(session, order, {"soupe": 1, "oeuf": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    orders.void_line(session, soup.id, reason="customer", actor=RUNNER, at=at, vouched_by="C02")
    told = service.cancel(session, soup, actor=RUNNER, at=at)
    assert told is not None
    assert service.cancel(session, soup, actor=RUNNER, at=at) is told
    cancelled, made = rules.in_order(queries.list_to_do(session, at))
    assert cancelled.is_cancel and not made.is_cancel
    assert [dish.is_voided for dish in made.dishes] == [True, False]
    service.move(session, told.id or 0, ChitState.SEEN, number=0, actor=COOK, submission=new_key(), at=at)
    assert [card.is_cancel for card in queries.list_to_do(session, at)] == [False]
    papers = session.exec(select(PrintJob).order_by(PrintJob.id)).all()  # type: ignore[arg-type]
    assert "ANNULATION" in words(papers[-1])
    orders.void_line(session, egg.id, reason="customer", actor=RUNNER, at=at, vouched_by="C02")
    assert service.cancel(session, egg, actor=RUNNER, at=at) is not None
    assert [card.is_cancel for card in queries.list_to_do(session, at)] == [True]


def test_what_was_never_sent_is_not_taken_back(session: Session, at: datetime) -> None:
    order = lay(session, at)
    (soup,) = order_dishes(session, order, {"soupe": 1}, at=at)
    assert service.cancel(session, soup, actor=RUNNER, at=at) is None


def test_a_chit_goes_from_new_to_served_and_may_come_back(session: Session, at: datetime) -> None:
    order = lay(session, at)
    (soup,) = order_dishes(session, order, {"soupe": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    (chit,) = queries.list_chits(session, order.id or 0)
    steps = [ChitState.STARTED, ChitState.READY, ChitState.RECALLED, ChitState.READY]
    for number, state in enumerate(steps):
        service.move(session, chit.id or 0, state, number=number, actor=COOK, submission=new_key(), at=at)
        assert queries.list_states(session, order.id or 0) == {soup.id: state}
    assert queries.list_orders_ready(session, at) == {order.id}
    assert service.serve_order(session, order.id or 0, actor=RUNNER, submission=new_key(), at=at) == 1
    assert orders_found.get_line(session, soup.id or 0).state == LineState.SERVED
    assert queries.list_ready(session, at) == []
    assert queries.list_orders_ready(session, at) == set()


def test_the_same_tap_sent_twice_is_one_step(session: Session, at: datetime) -> None:
    order = lay(session, at)
    order_dishes(session, order, {"soupe": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    (chit,) = queries.list_chits(session, order.id or 0)
    key = new_key()
    for _again in range(2):
        service.move(session, chit.id or 0, ChitState.STARTED, number=0, actor=COOK, submission=key, at=at)
    assert (chit.state, chit.moves) == (ChitState.STARTED, 1)
    with pytest.raises(rules.ChitMoved):
        service.move(session, chit.id or 0, ChitState.STARTED, number=0, actor=COOK, submission=new_key(), at=at)
    with pytest.raises(rules.ChitMoved):
        service.move(session, chit.id or 0, ChitState.SEEN, number=1, actor=COOK, submission=new_key(), at=at)


def test_paper_that_waits_for_a_dead_printer_does_not_come_out_once_the_dish_is_begun(
    session: Session, at: datetime
) -> None:
    order = lay(session, at)
    order_dishes(session, order, {"soupe": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    (chit,) = queries.list_chits(session, order.id or 0)
    (job,) = session.exec(select(PrintJob)).all()
    service.move(session, chit.id or 0, ChitState.STARTED, number=0, actor=COOK, submission=new_key(), at=at)
    session.refresh(job)
    assert (job.state, job.detail) == (JobState.EXPIRED, "fait à l’écran")


def test_paper_that_an_agent_holds_is_not_taken_back(session: Session, at: datetime) -> None:
    order = lay(session, at)
    order_dishes(session, order, {"soupe": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    (job,) = session.exec(select(PrintJob)).all()
    agent = printers.ensure_agent(session, "cave", "un jeton assez long", at=at)
    printers.claim_jobs(session, agent, at)
    assert not printers.withdraw(session, job.key, why="", at=at)
    session.refresh(job)
    assert job.state == JobState.QUEUED


def test_the_oldest_comes_first_what_came_back_before_it_and_says_its_age(session: Session, at: datetime) -> None:
    order = lay(session, at)
    for minute, dish in enumerate(("soupe", "oeuf", "tartare")):
        then = at + timedelta(minutes=minute)
        order_dishes(session, order, {dish: 1}, at=then)
        service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=then)
    last = queries.list_chits(session, order.id or 0)[-1]
    for number, state in enumerate([ChitState.STARTED, ChitState.READY, ChitState.RECALLED]):
        service.move(session, last.id or 0, state, number=number, actor=COOK, submission=new_key(), at=at)
    cards = rules.in_order(queries.list_to_do(session, at + timedelta(minutes=21)))
    assert [(card.minutes, card.is_late) for card in cards] == [(19, False), (21, True), (20, True)]


def test_last_nights_chits_are_not_on_the_mornings_screen(session: Session, at: datetime) -> None:
    order = lay(session, at)
    order_dishes(session, order, {"soupe": 1}, at=at)
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    assert len(queries.list_to_do(session, at + timedelta(hours=12))) == 1
    assert queries.list_to_do(session, at + timedelta(days=1)) == []


def test_the_stamps_change_when_something_does(session: Session, at: datetime) -> None:
    order = lay(session, at)
    (soup,) = order_dishes(session, order, {"soupe": 1}, at=at)
    stamps = [queries.stamp_chits(session)]
    service.fire(session, order.id or 0, 1, actor=RUNNER, key=new_key(), at=at)
    stamps.append(queries.stamp_chits(session))
    (chit,) = queries.list_chits(session, order.id or 0)
    service.move(session, chit.id or 0, ChitState.STARTED, number=0, actor=COOK, submission=new_key(), at=at)
    stamps.append(queries.stamp_chits(session))
    assert len(set(stamps)) == 3
    before = found.stamp_menu(session)
    products.set_available(session, soup.product_id or 0, available=False)
    assert found.stamp_menu(session) != before
