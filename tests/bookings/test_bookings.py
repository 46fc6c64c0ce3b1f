"""A booking moves by one table of legal moves, keeps its policy, and is held once however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlmodel import Session, select

from citizen_space.bookings import printouts, queries, rules, service
from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.kit.actor import PUBLIC
from citizen_space.kit.clock import moment
from citizen_space.kit.db import Database
from tests.bookings.factories import POLICY, make_booking, make_hold

START = datetime(2026, 12, 10, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_before", "kept_cents"),
    [(97, 0), (96, 0), (95, 1250), (24, 1250), (23, 2500), (0, 2500), (-1, 2500)],
)
def test_what_is_kept_depends_on_when(hours_before: int, kept_cents: int) -> None:
    assert rules.kept_cents(POLICY, 2500, START, START - timedelta(hours=hours_before)) == kept_cents


@given(st.integers(0, 10**9), st.integers(-200, 2000))
def test_nothing_is_kept_beyond_what_was_paid_and_never_less_with_time(paid_cents: int, hours: int) -> None:
    now = rules.kept_cents(POLICY, paid_cents, START, START - timedelta(hours=hours))
    later = rules.kept_cents(POLICY, paid_cents, START, START - timedelta(hours=hours - 1))
    assert 0 <= now <= later <= paid_cents


@pytest.mark.parametrize("sunday", [date(2026, 10, 25), date(2027, 3, 28)])
def test_four_days_before_is_the_same_hour_of_the_wall_when_the_clocks_change(sunday: date) -> None:
    starts_at = moment(sunday + timedelta(days=2), time(12, 30))
    last = moment(sunday - timedelta(days=2), time(12, 30))
    assert rules.kept_cents(POLICY, 2500, starts_at, last) == 0
    assert rules.kept_cents(POLICY, 2500, starts_at, last + timedelta(minutes=1)) == 1250


def test_a_policy_is_said_in_words() -> None:
    french = rules.policy_sentences(POLICY, "fr")
    assert french[0] == "Jusqu’à 4 jours avant\u00a0: tout vous est rendu." or french[0].startswith(
        "Jusqu’à 4 jours avant"
    )
    assert "50" in french[1] and len(french) == 3


@pytest.mark.parametrize("policy", ["[]", '[{"until_hours": 0, "kept_bp": 0}]', '[{"until_hours": 48, "kept_bp": 0}]'])
def test_who_is_told_that_cancelling_is_free_gets_everything_back(policy: str) -> None:
    told_free = rules.policy_sentences(policy, "fr") == ["Vous pouvez annuler sans frais."]
    assert told_free == (rules.kept_cents(policy, 2500, START, START - timedelta(hours=1)) == 0)
    assert "n’est pas rendue" in " ".join(rules.policy_sentences(policy, "fr")) or told_free


def test_the_same_submission_holds_once(session: Session, at: datetime) -> None:
    first = make_hold(session, at, submission="s" * 32)
    again = make_hold(session, at + timedelta(seconds=2), submission="s" * 32)
    assert again.id == first.id and again.reference == first.reference
    assert len(first.secret) == 32 and first.secret != make_hold(session, at).secret


@pytest.mark.race
def test_the_same_submission_sent_at_once_holds_once(database: Database, at: datetime) -> None:
    def hold(_n: int) -> str:
        with database.write() as session:
            return make_hold(session, at, submission="s" * 32).reference

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(hold, range(6)))) == 1
    with database.read() as session:
        assert len(session.exec(select(Booking)).all()) == 1


def test_own_hold_is_found_again_until_it_ends(session: Session, at: datetime) -> None:
    held = make_hold(session, at)
    facts = {"room": "restaurant", "browser_key": held.browser_key}
    assert queries.find_own_hold(session, **facts, at=at + timedelta(minutes=14)) == held
    assert queries.find_own_hold(session, **facts, at=at + timedelta(minutes=15)) is None
    assert queries.find_own_hold(session, room="venue", browser_key=held.browser_key, at=at) is None
    assert queries.find_own_hold(session, room="restaurant", browser_key="", at=at) is None
    service.extend_hold(session, held, minutes=10, at=at + timedelta(minutes=14))
    assert queries.find_own_hold(session, **facts, at=at + timedelta(minutes=23)) == held
    with pytest.raises(service.HoldLapsed):
        service.extend_hold(session, held, minutes=10, at=at + timedelta(minutes=24))


def test_holds_lapse_and_a_late_payment_may_bring_one_back(session: Session, at: datetime) -> None:
    late, early = make_hold(session, at), make_hold(session, at, minutes=60)
    assert service.lapse_expired(session, at + timedelta(minutes=15)) == [late]
    assert service.lapse_expired(session, at + timedelta(minutes=15)) == []
    assert (late.status, early.status) == ("lapsed", "held")
    service.confirm(session, late, at + timedelta(minutes=16))
    assert late.status == "confirmed" and late.hold_expires_at is None


def test_a_day_in_a_booking(session: Session, at: datetime) -> None:
    booking = make_booking(session, at)
    assert service.confirm(session, booking, at) is booking
    service.arrive(session, booking, booking.starts_at)
    service.arrive(session, booking, booking.starts_at + timedelta(minutes=1))
    assert booking.arrived_at == booking.starts_at
    with pytest.raises(service.BookingMoved):
        service.cancel(session, booking, at=at, actor=PUBLIC)
    service.complete(session, booking, booking.ends_at)
    assert booking.status == "completed"


def test_cancelling_says_what_is_given_back_and_only_once(session: Session, at: datetime) -> None:
    booking = make_booking(session, at, starts_at=at + timedelta(hours=48))
    shown = service.quote_cancellation(booking, paid_cents=2000, at=at)
    done = service.cancel(session, booking, at=at, actor=PUBLIC, paid_cents=2000)
    assert done == shown == rules.Cancellation(kept_cents=1000, refund_cents=1000)
    with pytest.raises(service.BookingCancelled):
        service.cancel(session, booking, at=at, actor=PUBLIC, paid_cents=2000)


def test_called_off_by_the_house_everything_is_given_back(session: Session, at: datetime) -> None:
    booking = make_booking(session, at, starts_at=at + timedelta(hours=1))
    outcome = service.cancel(session, booking, at=at, actor=PUBLIC, paid_cents=2000, in_full=True)
    assert outcome == rules.Cancellation(0, 2000)


def test_nobody_is_absent_before_the_hour(session: Session, at: datetime) -> None:
    booking = make_booking(session, at)
    with pytest.raises(service.BookingMoved):
        service.no_show(session, booking, at=at)
    service.no_show(session, booking, at=booking.starts_at + timedelta(minutes=45))
    assert booking.status == "no_show"


def test_every_status_has_its_moves() -> None:
    assert set(rules.MOVES) == set(BookingStatus)
    assert all(set(moves) <= set(BookingStatus) for moves in rules.MOVES.values())
    ends = {status for status, moves in rules.MOVES.items() if not moves}
    assert ends == {BookingStatus.COMPLETED, BookingStatus.CANCELLED}


# -- closures ---------------------------------------------------------------------------------------------------------


def test_a_closure_meets_what_overlaps_it(session: Session, at: datetime) -> None:
    booking = make_booking(session, at)
    hours = timedelta(hours=1)
    facts: dict[str, Any] = {"reason_fr": "", "reason_en": "", "actor": PUBLIC, "at": at}
    service.close(session, room="venue", starts_at=booking.starts_at, ends_at=booking.ends_at, **facts)
    assert not queries.is_closed(session, "restaurant", booking.starts_at, booking.ends_at)
    house = service.close(
        session, room=None, starts_at=booking.ends_at - hours, ends_at=booking.ends_at + hours, **facts
    )
    session.flush()
    assert queries.is_closed(session, "restaurant", booking.starts_at, booking.ends_at)
    assert not queries.is_closed(session, "restaurant", booking.ends_at + hours, booking.ends_at + 2 * hours)
    met = queries.list_live(session, room=None, starts_at=house.starts_at, ends_at=house.ends_at)
    assert [each.id for each in met] == [booking.id]
    with pytest.raises(service.ClosureUpsideDown):
        service.close(session, room=None, starts_at=at, ends_at=at, **facts)


# -- calendar ---------------------------------------------------------------------------------------------------------


def test_the_calendar_entry_reads_back_and_keeps_the_secret_out_of_its_name(session: Session, at: datetime) -> None:
    booking = make_booking(session, at)
    text = printouts.calendar(booking, title="Table, deux; été", place="Arras", description="x", url="https://e/x")
    event = next(iter(Calendar.from_ical(text).walk("VEVENT")))
    assert event.decoded("dtstart") == booking.starts_at and event.decoded("dtend") == booking.ends_at
    assert str(event["summary"]) == "Table, deux; été" and booking.secret not in str(event["uid"])
    service.cancel(session, booking, at=at, actor=PUBLIC)
    gone = printouts.calendar(booking, title="x", place="x", description="x", url="x")
    assert b"METHOD:CANCEL" in gone and b"SEQUENCE:1" in gone


def test_references_are_told_apart(session: Session, at: datetime) -> None:
    references = sorted(make_hold(session, at).reference for _ in range(20))
    assert all(a != b for a, b in pairwise(references))
    found = queries.find_by_reference(session, f" {references[0].lower()} ")
    assert found is not None and found.reference == references[0]
