"""From the drop-off to the hand-over: minutes, quotes and their answers, work, the code."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from citizen_space.kit import db
from citizen_space.orders import queries as orders
from citizen_space.repairs import queries, rules, service
from citizen_space.repairs.models import QuoteStatus, WorkOrder, WorkshopDay, WorkStatus
from tests.repairs.world import OTHER, WORKER, accept, book, bookable_day, found, quoted, taken_in


def test_a_booking_takes_minutes_and_gives_them_back(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at)
    day = session.get(WorkshopDay, bookable_day(at))
    assert day is not None
    session.refresh(day)
    assert (day.taken_minutes, booked.payment, booked.booking.status) == (120, None, "confirmed")
    service.release(session, booked.booking, at)
    session.refresh(day)
    assert day.taken_minutes == 0


def test_the_same_submission_is_the_same_booking(session: Session, at: datetime) -> None:
    found(session, at)
    first = book(session, at, submission="once-and-only-once")
    assert book(session, at, submission="once-and-only-once").booking.id == first.booking.id


def test_a_full_day_says_so(session: Session, at: datetime) -> None:
    found(session, at)
    for _ in range(4):
        book(session, at)
    with pytest.raises(rules.DayIsFull):
        book(session, at, code="crevaison")


def test_the_table_refuses_a_minute_too_many(session: Session, at: datetime) -> None:
    found(session, at)
    day = session.get(WorkshopDay, bookable_day(at))
    assert day is not None
    with pytest.raises(IntegrityError), db.savepoint(session):
        day.taken_minutes = day.capacity_minutes + 1
        session.flush()


def test_a_day_never_gets_fewer_minutes_than_are_taken(session: Session, at: datetime) -> None:
    found(session, at)
    book(session, at)
    with pytest.raises(rules.CapacityTaken):
        service.set_capacity(session, bookable_day(at), 60)
    assert service.set_capacity(session, bookable_day(at), 120).capacity_minutes == 120


def test_only_what_is_accepted_is_to_pay(session: Session, at: datetime) -> None:
    found(session, at)
    work_order = taken_in(session, at)
    quote = quoted(session, work_order, ["freins", "patins", "chaine"], at)
    work_order = accept(session, quote, ["freins", "patins"], at)
    assert work_order.status == WorkStatus.APPROVED
    assert queries.due_cents(session, work_order) == 1500 + 900


def test_refused_whole_the_bike_leaves_as_it_came(session: Session, at: datetime) -> None:
    found(session, at)
    work_order = accept(session, quoted(session, taken_in(session, at), ["freins"], at), [], at)
    assert work_order.status == WorkStatus.DECLINED
    service.hand_over(session, work_order.id or 0, claim_code=work_order.claim_code, at=at)
    assert work_order.status == WorkStatus.HANDED_OVER


def test_a_change_after_the_answer_asks_for_a_new_one(session: Session, at: datetime) -> None:
    found(session, at)
    work_order = taken_in(session, at)
    first = quoted(session, work_order, ["freins"], at)
    accept(session, first, ["freins"], at)
    second = quoted(session, work_order, ["freins", "cable"], at)
    assert (first.status, second.version, work_order.status) == (QuoteStatus.REPLACED, 2, WorkStatus.QUOTED)
    with pytest.raises(rules.CannotMoveSo):
        service.start_work(session, work_order.id or 0, actor=WORKER, at=at)
    accept(session, second, ["freins", "cable"], at)
    assert queries.due_cents(session, work_order) == 1500 + 1400
    assert work_order.order_id is not None
    voided = [line for line in orders.list_lines(session, work_order.order_id) if line.state == "voided"]
    assert len(voided) == 1


def _begun(session: Session, at: datetime, codes: list[str]) -> WorkOrder:
    """A bike whose first quote was accepted and worked on."""
    found(session, at)
    work_order = taken_in(session, at)
    accept(session, quoted(session, work_order, codes, at), codes, at)
    service.start_work(session, work_order.id or 0, actor=WORKER, at=at)
    service.stop_work(session, actor=WORKER, at=at + timedelta(minutes=20))
    return work_order


def test_a_no_to_every_line_of_a_later_quote_leaves_what_was_done_due(session: Session, at: datetime) -> None:
    work_order = _begun(session, at, ["freins"])
    accept(session, quoted(session, work_order, ["freins", "chaine"], at), [], at)
    assert (work_order.status, queries.due_cents(session, work_order)) == (WorkStatus.APPROVED, 1500)
    service.start_work(session, work_order.id or 0, actor=WORKER, at=at)
    service.stop_work(session, actor=WORKER, at=at)
    service.complete(session, work_order.id or 0, at=at)
    with pytest.raises(rules.SomethingIsDue):
        service.hand_over(session, work_order.id or 0, claim_code=work_order.claim_code, at=at)


def test_a_yes_to_one_new_line_does_not_undo_the_work_that_was_done(session: Session, at: datetime) -> None:
    work_order = _begun(session, at, ["freins"])
    accept(session, quoted(session, work_order, ["freins", "patins"], at), ["patins"], at)
    assert queries.due_cents(session, work_order) == 1500 + 900


def test_before_any_work_a_later_quote_may_be_refused_whole(session: Session, at: datetime) -> None:
    found(session, at)
    work_order = taken_in(session, at)
    accept(session, quoted(session, work_order, ["freins"], at), ["freins"], at)
    accept(session, quoted(session, work_order, ["freins", "chaine"], at), [], at)
    assert (work_order.status, queries.due_cents(session, work_order)) == (WorkStatus.DECLINED, 0)


def test_what_the_workshop_leaves_out_of_its_new_quote_is_not_due(session: Session, at: datetime) -> None:
    work_order = _begun(session, at, ["freins", "patins"])
    accept(session, quoted(session, work_order, ["freins"], at), ["freins"], at)
    assert queries.due_cents(session, work_order) == 1500


def test_a_quote_that_ran_out_is_sent_again_with_the_same_lines(session: Session, at: datetime) -> None:
    found(session, at)
    work_order = taken_in(session, at)
    first = quoted(session, work_order, ["freins"], at)
    later = at + timedelta(days=31)
    second = quoted(session, work_order, ["freins"], later)
    assert (first.status, second.version) == (QuoteStatus.REPLACED, 2)
    assert accept(session, second, ["freins"], later).status == WorkStatus.APPROVED


def test_a_bike_that_is_paid_gets_no_new_quote_and_can_leave(session: Session, at: datetime) -> None:
    work_order = _begun(session, at, ["freins"])
    service.complete(session, work_order.id or 0, at=at)
    order = orders.get_order(session, work_order.order_id or 0)
    order.status, order.settled_at, order.gross_cents = "settled", at, 1500
    service.start_work(session, work_order.id or 0, actor=WORKER, at=at)
    with pytest.raises(rules.AlreadyPaid):
        quoted(session, work_order, ["freins", "chaine"], at)
    service.stop_work(session, actor=WORKER, at=at)
    service.complete(session, work_order.id or 0, at=at)
    service.hand_over(session, work_order.id or 0, claim_code=work_order.claim_code, at=at)
    assert work_order.status == WorkStatus.HANDED_OVER


def test_an_answer_is_given_once(session: Session, at: datetime) -> None:
    found(session, at)
    quote = quoted(session, taken_in(session, at), ["freins"], at)
    accept(session, quote, ["freins"], at)
    with pytest.raises(rules.QuoteIsOver):
        accept(session, quote, [], at)


def test_a_price_that_ran_out_is_not_accepted(session: Session, at: datetime) -> None:
    found(session, at)
    quote = quoted(session, taken_in(session, at), ["freins"], at)
    with pytest.raises(rules.QuoteIsOver):
        accept(session, quote, ["freins"], at + timedelta(days=31))
    assert accept(session, quote, ["freins"], at + timedelta(days=30)).status == WorkStatus.APPROVED


def test_a_surname_never_comes_to_a_workers_screen(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, name="MARTIN Anne")
    work_order = queries.find_by_booking(session, booked.booking.id or 0)
    assert work_order is not None and work_order.first_name == ""
    assert taken_in(session, at).first_name == "Anne"


def test_a_worker_is_at_one_bike_at_a_time(session: Session, at: datetime) -> None:
    found(session, at)
    first, second = taken_in(session, at), taken_in(session, at)
    for work_order in (first, second):
        accept(session, quoted(session, work_order, ["freins"], at), ["freins"], at)
    service.start_work(session, first.id or 0, actor=WORKER, at=at)
    with pytest.raises(rules.AlreadyAtWork):
        service.start_work(session, second.id or 0, actor=WORKER, at=at)
    service.start_work(session, second.id or 0, actor=OTHER, at=at)
    with pytest.raises(rules.WorkIsRunning):
        service.complete(session, second.id or 0, at=at)
    later = at + timedelta(minutes=25)
    service.stop_work(session, actor=WORKER, at=later)
    assert rules.minutes_worked(queries.list_work_sessions(session, first.id or 0), later) == 25


def test_a_bike_leaves_against_its_own_code_once_paid(session: Session, at: datetime) -> None:
    found(session, at)
    work_order = taken_in(session, at)
    accept(session, quoted(session, work_order, ["freins"], at), ["freins"], at)
    service.start_work(session, work_order.id or 0, actor=WORKER, at=at)
    service.stop_work(session, actor=WORKER, at=at)
    service.complete(session, work_order.id or 0, at=at)
    with pytest.raises(rules.WrongClaimCode):
        service.hand_over(session, work_order.id or 0, claim_code="AUTRE", at=at)
    with pytest.raises(rules.SomethingIsDue):
        service.hand_over(session, work_order.id or 0, claim_code=work_order.claim_code.lower(), at=at)


@given(st.lists(st.sampled_from(sorted(WorkStatus)), max_size=12))
def test_from_every_status_a_bike_can_still_leave(path: list[WorkStatus]) -> None:
    status: str = WorkStatus.BOOKED
    for to in path:
        status = to if rules.can_move(status, to) else status
    reached, ahead = {status}, [status]
    while ahead:
        for following in rules.MOVES[ahead.pop()] - reached:
            reached.add(following)
            ahead.append(following)
    assert reached & {WorkStatus.HANDED_OVER, WorkStatus.CANCELLED}


def test_every_status_has_its_moves_and_its_words() -> None:
    assert set(rules.MOVES) == set(WorkStatus) == set(rules.STATES)


def test_so_many_days_are_so_many_days(session: Session, at: datetime) -> None:
    found(session, at)
    monday = bookable_day(at)
    for days in (1, 3, 5):
        offers = service.availability(session, monday, days=days, at=at)
        assert [offer.on for offer in offers] == [monday + timedelta(days=n) for n in range(days)]
