"""The page behind a booking's secret link: shown, sent again, cancelled by the policy it was booked under."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from citizen_space import app, verification
from citizen_space.access.service import GuestName
from citizen_space.bookings.models import Booking
from citizen_space.kit.clock import local
from citizen_space.kit.db import Database, building
from citizen_space.payments import service as payments
from citizen_space.payments.models import Refund
from citizen_space.restaurant import service as restaurant
from citizen_space.room import Contact
from citizen_space.web.visit import House
from tests.harness.houses import open_sample
from tests.harness.letters import list_letters


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime) -> Iterator[House]:
    """The sample establishment, its clock standing still."""
    with open_sample(database, tmp_path, at) as made:
        yield made


def _book(house: House, at: datetime) -> Booking:
    """Book a table for two in a week and pay its deposit."""
    on = local(at).date() + timedelta(days=7)
    with house.database.write() as session:
        offers = restaurant.availability(session, on, at=at)
        booked = restaurant.book(
            session,
            sitting_id=offers[0].sitting_id,
            on=on,
            contact=Contact("Élise Rœderer", "elise@example.org"),
            guests=[
                GuestName("Élise", "Rœderer", datetime(1990, 1, 1).date()),  # noqa: DTZ001 a birthday
                GuestName("Paul", "Rœderer", datetime(1988, 2, 2).date()),  # noqa: DTZ001 a birthday
            ],
            language="fr",
            browser_key="browser",
            submission="booking-1",
            keys=house.keys,
            at=at,
        )
        assert booked.payment is not None
        assert booked.payment.id is not None
        payments.receive(session, booked.payment, provider_payment="pi_1", at=at)
        house.on_paid(session, booked.payment.id, at)
        return booked.booking


def _mails(house: House) -> list[str]:
    return [one.subject for one in list_letters(house)]


def test_the_link_shows_the_booking_and_gives_it_to_a_calendar(house: House, at: datetime) -> None:
    booking = _book(house, at)
    client = TestClient(app.public_app(house), follow_redirects=False)
    link = f"/restaurant/reservation/{booking.secret}"
    shown = client.get(link)
    assert shown.status_code == 200
    assert booking.reference in shown.text
    assert "20,00\u00a0€" in shown.text
    calendar = client.get(f"{link}/calendrier.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert b"STATUS:CONFIRMED" in calendar.content
    for wrong in ("0" * 32, f"{booking.secret[:-1]}"):
        assert client.get(f"/restaurant/reservation/{wrong}").status_code == 404
    assert client.get(f"/velos/reservation/{booking.secret}").status_code == 404


def test_the_message_is_sent_again_but_not_twice_a_minute(house: House, at: datetime) -> None:
    booking = _book(house, at)
    before = len(_mails(house))
    client = TestClient(app.public_app(house), follow_redirects=False)
    for _again in range(3):
        assert client.post(f"/restaurant/reservation/{booking.secret}/renvoyer").status_code == 303
    assert len(_mails(house)) == before + 1


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Votre réservation est annulée."), ("en", "Your booking is cancelled.")]
)
def test_what_was_done_is_said_in_the_language_of_who_did_it(
    house: House, at: datetime, language: str, said: str
) -> None:
    booking = _book(house, at)
    client = TestClient(app.public_app(house), base_url="https://testserver")
    client.get("/restaurant", params={"lang": language})
    assert said in client.post(f"/restaurant/reservation/{booking.secret}/annuler").text


def test_a_cancellation_says_beforehand_what_it_gives_back_and_then_gives_it(house: House, at: datetime) -> None:
    booking = _book(house, at)
    client = TestClient(app.public_app(house), follow_redirects=False)
    link = f"/restaurant/reservation/{booking.secret}"
    assert "20,00\u00a0€" in client.get(f"{link}/annuler").text
    assert client.post(f"{link}/annuler").headers["location"] == link
    with house.database.read() as session:
        assert session.exec(select(Refund.amount_cents)).all() == [2000]
        assert session.exec(select(Booking.status)).all() == ["cancelled"]
        assert all(finding.fits for finding in verification.verify(session, house.keys))
    assert booking.reference in _mails(house)[-1]
    assert client.get(f"{link}/annuler").headers["location"] == link
    assert client.post(f"{link}/annuler").headers["location"] == link
    with house.database.read() as session:
        assert session.exec(select(Refund.amount_cents)).all() == [2000]


def test_a_late_cancellation_keeps_what_the_policy_says(house: House, at: datetime) -> None:
    booking = _book(house, at)
    client = TestClient(app.public_app(house), follow_redirects=False)
    house.clock = lambda: booking.starts_at - timedelta(hours=30)
    client.post(f"/restaurant/reservation/{booking.secret}/annuler")
    with house.database.read() as session:
        assert session.exec(select(Refund.amount_cents)).all() == [1000]
        assert session.exec(select(Booking.kept_cents)).all() == [1000]
        findings = verification.verify(session, house.keys)
    assert [finding for finding in findings if not finding.fits] == []


_UNSEAL = {
    "sqlite": "DROP TRIGGER seal_fiscal_row_update",
    "postgresql": "DROP TRIGGER seal_fiscal_row_rows ON fiscal_row",
}


def test_what_was_changed_behind_our_back_is_named(house: House, at: datetime) -> None:
    _book(house, at)
    with building(house.database.url) as connection:
        connection.exec_driver_sql(_UNSEAL[house.database.dialect])
        connection.exec_driver_sql("UPDATE fiscal_row SET gross_cents = gross_cents + 1 WHERE kind = 'deposit'")
    with house.database.read() as session:
        wrong = [finding for finding in verification.verify(session, house.keys) if not finding.fits]
    assert [finding.what for finding in wrong] == ["chain WEB"]
    assert "WEB-" in wrong[0].detail
