"""What the workshop's pages and mails say of its hours: what the office has decided, whatever that is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from citizen_space import app
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.law import service as law
from citizen_space.law.models import Confirmed
from citizen_space.repairs import public, queries, telling
from citizen_space.web.visit import House
from tests.harness.houses import open_sample
from tests.harness.letters import list_letters
from tests.repairs.world import WORKER, book


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime) -> Iterator[House]:
    """The sample establishment, whose workshop takes bikes from 08:15 to 18:45 from today on."""
    with open_sample(database, tmp_path, at) as made:
        with made.database.write() as session:
            for key, value in (("repairs_opens_hour", "08:15"), ("repairs_closes_hour", "18:45")):
                law.set_parameter(
                    session,
                    key=key,
                    value=value,
                    valid_from=business_day(at),
                    reference="décision de l’établissement",
                    confirmed=Confirmed.UNKNOWN,
                    actor=WORKER,
                    at=at,
                )
        yield made


def test_the_form_says_the_hours_that_were_decided(house: House) -> None:
    shown = TestClient(app.public_app(house)).get("/velos/deposer").text
    assert "Dépôt de 08:15 à 18:45." in shown


def test_so_do_the_ticket_and_the_mail_that_the_bike_is_ready(house: House, at: datetime) -> None:
    with house.database.write() as session:
        booking = book(session, at).booking
        assert ("Dépôt", "de 08:15 à 18:45, au comptoir de l’atelier") in public.doors.part(session, booking, "fr").rows
        work_order = queries.find_by_booking(session, booking.id or 0)
        assert work_order is not None
        assert telling.tell_ready(session, work_order, at=at)
    assert "de 08:15 à 18:45" in list_letters(house)[-1].text
