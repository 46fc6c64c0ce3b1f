"""Booking, paying, admitting, cancelling and exchanging at the hall."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking
from citizen_space.checkout.service import Tender
from citizen_space.kit import clock, db
from citizen_space.kit.ids import new_key
from citizen_space.law import service as law
from citizen_space.law.models import Confirmed
from citizen_space.orders import queries as orders
from citizen_space.venue import queries, rules, service, stage
from citizen_space.venue.models import Admission, Price, Scan, SeatClaim
from tests.venue.world import KEYS, WORKER, book, cancel, found, pay, performance, rate, scan, seat, sold, tickets, till


def claimed(session: Session) -> int:
    return len(session.exec(select(SeatClaim)).all())


def numbers(session: Session) -> list[int]:
    return [n for n in session.exec(select(Admission.number).order_by(col(Admission.number))) if n is not None]


def test_the_hall_has_what_the_law_asks(session: Session, at: datetime) -> None:
    found(session, at)
    assert queries.count_wheelchair_places(session) == (162, 5)


def test_booking_holds_seats_and_asks_their_price(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, ["B5", "B6"], rates=["plein", "jeune"])
    assert booked.payment is not None and booked.payment.amount_cents == 1500 + 900
    assert booked.booking.hold_expires_at == at + timedelta(minutes=15)
    lines = orders.list_lines(session, booked.booking.order_id or 0)
    assert [(line.label_fr, line.vat_rate_bp) for line in lines] == [
        ("Django, un soir, place B5, Plein", 550),
        ("Django, un soir, place B6, Moins de 18 ans", 550),
    ]
    assert {one.status for one in tickets(session, booked.booking.id or 0)} == {"reserved"}
    assert numbers(session) == []


def test_a_hall_that_is_not_liable_charges_no_vat(session: Session, at: datetime) -> None:
    found(session, at)
    law.set_parameter(
        session,
        key="vat_liable_venue",
        value="false",
        valid_from=clock.business_day(at),
        reference="CGI 256 B",
        confirmed=Confirmed.UNKNOWN,
        actor=WORKER,
        at=at,
    )
    booked = book(session, at, ["B5"])
    assert booked.payment is not None and booked.payment.amount_cents == 1500
    assert [line.vat_rate_bp for line in orders.list_lines(session, booked.booking.order_id or 0)] == [0]


def test_the_same_submission_is_the_same_booking(session: Session, at: datetime) -> None:
    found(session, at)
    first = book(session, at, submission="once-and-only-once")
    second = book(session, at, submission="once-and-only-once")
    assert (first.booking.id, first.payment) == (second.booking.id, second.payment)
    assert claimed(session) == 2


def test_a_seat_is_taken_once_and_all_or_none(session: Session, at: datetime) -> None:
    found(session, at)
    book(session, at, ["B5"])
    with pytest.raises(rules.SeatTaken), db.savepoint(session):
        book(session, at, ["B4", "B5", "B6"])
    assert claimed(session) == 1


def test_the_database_itself_refuses_the_second(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at, ["B5"])
    twin = SeatClaim(performance_id=performance(session).id or 0, seat_id=seat(session, "B5"), blocked="house")
    with pytest.raises(IntegrityError), db.savepoint(session):
        session.add(twin)
        session.flush()
    assert booked.booking.status == "held"


def test_paid_tickets_are_numbered_without_a_gap(session: Session, at: datetime) -> None:
    found(session, at)
    sold(session, at, ["B5", "B6"])
    book(session, at, ["C1"])  # never paid: it gets no number
    sold(session, at, ["D1", "D2", "D3"])
    assert numbers(session) == [1, 2, 3, 4, 5]


def test_a_refused_purchase_leaves_no_gap(session: Session, at: datetime) -> None:
    found(session, at)
    sold(session, at, ["B5"])
    late = book(session, at, ["C1"])
    with pytest.raises(LookupError), db.savepoint(session):
        service.confirm(session, late.booking, at)
        raise LookupError
    sold(session, at, ["D1"])
    assert numbers(session) == [1, 2]


def test_a_free_show_is_confirmed_at_once_and_numbered(session: Session, at: datetime) -> None:
    found(session, at)
    for price in session.exec(select(Price)):
        price.price_cents = 0
    booked = book(session, at)
    assert booked.payment is None
    assert booked.booking.status == "confirmed"
    assert numbers(session) == [1, 2]


def test_paying_twice_changes_nothing(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at)
    pay(session, booked, at)
    pay(session, booked, at)
    assert numbers(session) == [1, 2]


def test_money_after_the_lapse_takes_the_seats_again_if_free(session: Session, at: datetime) -> None:
    found(session, at)
    booked = book(session, at)
    lapse(session, at)
    assert claimed(session) == 0
    pay(session, booked, at + timedelta(minutes=20))
    assert claimed(session) == 2
    assert booked.booking.status == "confirmed"


def lapse(session: Session, at: datetime) -> None:
    for booking in bookings.lapse_expired(session, at + timedelta(minutes=16)):
        service.release(session, booking, at)


def test_money_after_the_lapse_is_refused_if_somebody_sits_there(session: Session, at: datetime) -> None:
    found(session, at)
    late = book(session, at, ["B5", "B6"])
    lapse(session, at)
    sold(session, at + timedelta(minutes=17), ["B6"])
    with pytest.raises(rules.SeatTaken), db.savepoint(session):
        service.confirm(session, late.booking, at + timedelta(minutes=20))
    session.refresh(late.booking)
    assert late.booking.status == "lapsed"
    assert claimed(session) == 1
    assert numbers(session) == [1]


def test_money_for_a_show_that_is_over_is_refused(session: Session, at: datetime) -> None:
    found(session, at)
    late = book(session, at)
    lapse(session, at)
    stage.close_performance(session, performance(session).id or 0, at=at)
    with pytest.raises(rules.SalesEnded):
        service.confirm(session, late.booking, at)


def test_sales_end_online_but_not_at_the_box_office(session: Session, at: datetime) -> None:
    tonight = found(session, at)
    late = performance(session).sales_end_at
    with pytest.raises(rules.SalesEnded):
        book(session, late)
    order_id = sell(session, tonight, "B5", late)
    assert orders.total_cents(session, order_id) == 1500


def sell(session: Session, performance_id: int, label: str, at: datetime) -> int:
    booked = service.book(
        session,
        performance_id=performance_id,
        wanted={seat(session, label): rate(session)},
        buyer=service.Buyer(None, (), "fr", "", till(session, at), WORKER),
        submission=new_key(),
        keys=KEYS,
        at=at,
    )
    assert booked.booking.order_id is not None
    return booked.booking.order_id


def test_the_box_office_sells_a_numbered_ticket(session: Session, at: datetime) -> None:
    order_id = sell(session, found(session, at), "B5", at)
    key = new_key()
    for _again in range(2):
        sale = service.settle(
            session, order_id, tenders=[Tender("card", 1500, "0042")], submission=key,
            register_id=till(session, at), actor=WORKER, keys=KEYS, at=at,
        )  # fmt: skip
        assert sale.receipt_number.startswith("H1-")
    assert numbers(session) == [1]


@pytest.mark.parametrize("wanted", ["nobody", "unknown seat", "unknown rate"])
def test_what_is_not_sold_is_refused(session: Session, at: datetime, wanted: str) -> None:
    found(session, at)
    choice = {"nobody": {}, "unknown seat": {99999: rate(session)}, "unknown rate": {seat(session, "B5"): 99999}}
    with pytest.raises((rules.NoSeatChosen, rules.SeatNotForSale)):
        service.book(
            session,
            performance_id=performance(session).id or 0,
            wanted=choice[wanted],
            buyer=service.Buyer(None, (), "fr", "", till(session, at), WORKER),
            submission=new_key(),
            keys=KEYS,
            at=at,
        )


# -- the door ---------------------------------------------------------------------------------------------------------


def opened(session: Session, at: datetime) -> int:
    tonight = found(session, at)
    service.open_doors(session, tonight, actor=WORKER, at=at)
    return tonight


def test_a_ticket_enters_once(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    one, two = sold(session, at)
    assert scan(session, one.code, tonight, at) == "admitted"
    assert scan(session, one.code, tonight, at) == "already_in"
    assert scan(session, two.reference.lower(), tonight, at) == "admitted"
    assert queries.count_in(session, tonight) == (2, 2)


def test_the_same_gesture_is_told_the_same(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    one, _two = sold(session, at)
    assert scan(session, one.code, tonight, at, "the-gesture") == "admitted"
    assert scan(session, one.code, tonight, at, "the-gesture") == "admitted"
    assert scan(session, "rubbish", tonight, at, "another-gesture") == "invalid"
    assert scan(session, one.code, tonight, at, "another-gesture") == "invalid"
    assert len(session.exec(select(Scan)).all()) == 2


def test_the_door_says_why_not(session: Session, at: datetime) -> None:
    tonight = found(session, at)
    other = performance(session, 1).id or 0
    one, two = sold(session, at)
    unpaid = tickets(session, book(session, at, ["C1"]).booking.id or 0)[0]
    assert scan(session, one.code, tonight, at) == "doors_closed"
    service.open_doors(session, tonight, actor=WORKER, at=at)
    service.open_doors(session, other, actor=WORKER, at=at)
    assert scan(session, one.code, other, at) == "wrong_performance"
    assert scan(session, unpaid.code, tonight, at) == "not_paid"
    assert scan(session, one.code.replace("CS1-", "CS1-Z", 1), tonight, at) == "invalid"
    cancel(session, booking_id=two.booking_id, at=at)
    assert scan(session, two.code, tonight, at) == "cancelled"


def test_an_entry_is_undone_once_and_the_ticket_enters_again(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    one, _two = sold(session, at)
    assert scan(session, one.code, tonight, at, "the-first-gesture") == "admitted"
    first = queries.get_scanned(session, "the-first-gesture").scan
    service.undo_admission(session, first.id or 0, reason="mistake", actor=WORKER, at=at)
    with pytest.raises(rules.ScanNotUndoable):
        service.undo_admission(session, first.id or 0, reason="mistake", actor=WORKER, at=at)
    assert queries.count_in(session, tonight) == (2, 0)
    assert scan(session, one.code, tonight, at) == "admitted"


def test_the_door_shows_no_surname(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    one, _two = sold(session, at)
    said = service.arrive(session, one.code, performance_id=tonight, nonce=new_key(), actor=WORKER, keys=KEYS, at=at)
    assert said.who == "Prénom0"


# -- cancelling, exchanging, closing ----------------------------------------------------------------------------------


def test_a_cancellation_frees_the_seats_and_gives_back_by_the_policy(session: Session, at: datetime) -> None:
    found(session, at)
    far = performance(session, 4)
    one, two = sold(session, at, performance_id=far.id)
    outcome = cancel(session, booking_id=one.booking_id, at=far.starts_at - timedelta(hours=30))
    assert outcome.kept_cents == outcome.refund_cents
    assert one.refunded_cents + two.refunded_cents == outcome.refund_cents
    assert claimed(session) == 0
    statement = queries.get_statement(session, far.id or 0)
    assert (statement.issued, statement.cancelled, statement.difference_cents) == (2, 2, 0)
    assert statement.receipts_cents == outcome.kept_cents


def test_who_is_inside_does_not_cancel(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    one, _two = sold(session, at)
    scan(session, one.code, tonight, at)
    with pytest.raises(rules.TicketUsed):
        cancel(session, booking_id=one.booking_id, at=at)


def test_an_exchange_gives_a_new_ticket_and_a_new_number(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    one, _two = sold(session, at)
    fresh = service.exchange(
        session, one.id or 0, performance_id=tonight, seat_id=seat(session, "C9"), actor=WORKER, keys=KEYS, at=at
    )
    assert (fresh.number, fresh.status, one.status) == (3, "valid", "cancelled")
    assert scan(session, one.code, tonight, at) == "cancelled"
    assert scan(session, fresh.code, tonight, at) == "admitted"
    assert claimed(session) == 2
    statement = queries.get_statement(session, tonight)
    assert (statement.receipts_cents, statement.difference_cents) == (3000, 0)


def test_an_exchange_for_another_date_moves_the_receipts(session: Session, at: datetime) -> None:
    tonight = found(session, at)
    stage_again = stage.add_performance(
        session, event_id=performance(session).event_id, starts_at=at + timedelta(days=9), doors_minutes=30,
        sales_minutes=30,
    )  # fmt: skip
    other = stage_again.id or 0
    one, two = sold(session, at)
    for old in (one, two):
        service.exchange(
            session, old.id or 0, performance_id=other, seat_id=old.seat_id, actor=WORKER, keys=KEYS, at=at
        )
    here, there = queries.get_statement(session, tonight), queries.get_statement(session, other)
    assert (here.receipts_cents, here.difference_cents) == (0, 0)
    assert (there.receipts_cents, there.difference_cents) == (3000, 0)
    booking = session.get_one(Booking, one.booking_id)
    assert booking.starts_at == stage_again.starts_at


def test_an_exchange_moves_no_money(session: Session, at: datetime) -> None:
    tonight = found(session, at)
    one, _two = sold(session, at)
    with pytest.raises(rules.PriceDiffers):
        service.exchange(
            session, one.id or 0, performance_id=tonight, seat_id=seat(session, "K1"), actor=WORKER, keys=KEYS, at=at
        )


def test_a_sold_seat_is_not_kept_back(session: Session, at: datetime) -> None:
    tonight = found(session, at)
    sold(session, at, ["B5"])
    with pytest.raises(rules.SeatIsSold):
        stage.block_seat(session, tonight, seat(session, "B5"), "killed")
    stage.block_seat(session, tonight, seat(session, "L14"), "killed")
    with pytest.raises(rules.SeatTaken), db.savepoint(session):
        book(session, at, ["L14"])
    stage.block_seat(session, tonight, seat(session, "L14"), None)
    assert sold(session, at, ["L14"])[0].status == "valid"


def test_a_performance_is_closed_and_knows_who_came(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    came, absent = sold(session, at, ["B5"])[0], sold(session, at, ["B6"])[0]
    scan(session, came.code, tonight, at)
    stage.close_performance(session, tonight, at=at + timedelta(hours=14))
    assert session.get_one(Booking, came.booking_id).status == "completed"
    assert session.get_one(Booking, absent.booking_id).status == "no_show"


def test_a_performance_is_over_when_it_has_ended_however_long_it_is(session: Session, at: datetime) -> None:
    tonight = opened(session, at)
    evening, event = queries.get_performance(session, tonight)
    event.minutes = 300
    session.flush()
    ended = evening.starts_at + timedelta(minutes=300)
    assert tonight not in [one.id for one in queries.list_over(session, ended - timedelta(seconds=1))]
    assert tonight in [one.id for one in queries.list_over(session, ended)]
    stage.close_performance(session, tonight, at=ended)
    assert tonight not in [one.id for one in queries.list_over(session, ended)]


def test_the_statement_says_what_the_books_say(session: Session, at: datetime) -> None:
    tonight = found(session, at)
    sold(session, at, ["A1", "A2"], rates=["plein", "jeune"])
    gone = sold(session, at, ["K1", "K2"], rates=["reduit", "solidaire"])
    cancel(session, booking_id=gone[0].booking_id, at=at, in_full=True)
    statement = queries.get_statement(session, tonight)
    assert [(line.band_fr[:8], line.rate_fr, line.issued, line.cancelled) for line in statement.lines] == [
        ("Première", "Plein", 1, 0),
        ("Première", "Moins de 18 ans", 1, 0),
        ("Troisièm", "Réduit", 1, 1),
        ("Troisièm", "Solidaire", 1, 1),
    ]
    assert (statement.receipts_cents, statement.ledger_cents, statement.difference_cents) == (2400, 2400, 0)
    assert (statement.first_number, statement.last_number) == (1, 4)


def test_a_dated_rate_of_vat_is_used(session: Session, at: datetime) -> None:
    found(session, at)
    first_nights = next(one for one in queries.list_dated(session, at) if one.event.vat_key == "vat_show_first_n")
    booked = book(session, at, ["B5"], performance_id=first_nights.performance.id or 0)
    assert [line.vat_rate_bp for line in orders.list_lines(session, booked.booking.order_id or 0)] == [210]


# -- a closed day ------------------------------------------------------------------------------------------------------


def close_tonight(session: Session, at: datetime) -> None:
    """Close the whole house in the middle of tonight's performance."""
    starts_at = performance(session).starts_at
    bookings.close(
        session,
        room=None,
        starts_at=starts_at + timedelta(minutes=10),
        ends_at=starts_at + timedelta(minutes=20),
        reason_fr="Incident",
        reason_en="Incident",
        actor=WORKER,
        at=at,
    )
    session.flush()


def test_a_closed_day_sells_no_seat_to_the_public(session: Session, at: datetime) -> None:
    found(session, at)
    close_tonight(session, at)
    with pytest.raises(rules.HallClosed), db.savepoint(session):
        book(session, at)
    assert claimed(session) == 0
    assert [one.closed for one in queries.list_dated(session, at)][:2] == [True, False]
    book(session, at, performance_id=performance(session, 1).id or 0)
    assert claimed(session) == 2


def test_a_closed_day_sells_no_seat_at_the_box_office(session: Session, at: datetime) -> None:
    found(session, at)
    close_tonight(session, at)
    desk = service.Buyer(contact=None, guests=(), language="fr", browser_key="", register_id=till(session, at))
    wanted = {seat(session, "B5"): rate(session)}
    tonight = performance(session).id or 0
    with pytest.raises(rules.HallClosed), db.savepoint(session):
        service.book(session, performance_id=tonight, wanted=wanted, buyer=desk, submission=new_key(), keys=KEYS, at=at)
    assert claimed(session) == 0


def test_no_ticket_is_exchanged_for_a_closed_day(session: Session, at: datetime) -> None:
    found(session, at)
    old = sold(session, at, ["B5"], performance_id=performance(session, 1).id or 0)[0]
    close_tonight(session, at)
    tonight = performance(session).id or 0
    with pytest.raises(rules.HallClosed), db.savepoint(session):
        service.exchange(
            session, old.id or 0, performance_id=tonight, seat_id=seat(session, "B5"), actor=WORKER, keys=KEYS, at=at
        )


def test_a_lapsed_hold_is_not_taken_again_on_a_day_closed_since(session: Session, at: datetime) -> None:
    found(session, at)
    late = book(session, at)
    kept = book(session, at, ["C1"])
    close_tonight(session, at)
    service.confirm(session, kept.booking, at)  # held before the closure: it stays, and staff see it
    lapse(session, at)
    with pytest.raises(rules.HallClosed), db.savepoint(session):
        service.confirm(session, late.booking, at + timedelta(minutes=20))
