"""An act that makes something is done once, however often the same page is sent."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from citizen_space.bookings import office
from citizen_space.bookings.models import Closure
from citizen_space.kit.db import Database
from citizen_space.web import jobs
from citizen_space.web.models import DoneAct
from tests.fiscal.desk import Desk

PATH = "/bureau/fermetures"


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    made = Desk(fresh_database, tmp_path, at, office.routes)
    yield made
    made.close()


def _sheet(on: str = "2026-12-24", submission: str = "one-page-of-ours-0001") -> dict[str, str]:
    return {"first_on": on, "last_on": on, "reason_fr": "Travaux", "submission": submission}


def _closures(desk: Desk) -> int:
    with desk.database.read() as session:
        return len(session.exec(select(Closure.id)).all())


def test_the_same_page_sent_again_leads_where_it_led_and_does_nothing_more(desk: Desk) -> None:
    browser = desk.sign_in("chef")
    answers = [browser.post(PATH, data=_sheet(), follow_redirects=False) for _time in range(3)]
    assert [one.status_code for one in answers] == [303] * 3
    assert len({one.headers["location"] for one in answers}) == 1
    assert _closures(desk) == 1


def test_another_page_or_another_content_is_another_act(desk: Desk) -> None:
    browser = desk.sign_in("chef")
    for sheet in (_sheet(), _sheet(on="2026-12-25"), _sheet(submission="another-page-of-ours")):
        browser.post(PATH, data=sheet)
    assert _closures(desk) == 3


def test_what_was_refused_may_be_sent_again(desk: Desk) -> None:
    browser = desk.sign_in("chef")
    assert browser.post(PATH, data={**_sheet(), "last_on": "2026-12-01"}).status_code in (409, 422)
    assert _closures(desk) == 0
    browser.post(PATH, data=_sheet())
    assert _closures(desk) == 1


@pytest.mark.race
def test_of_many_at_once_one_is_done(desk: Desk) -> None:
    browsers = [desk.sign_in("chef") for _number in range(6)]
    start = threading.Barrier(len(browsers))
    codes: list[int] = []

    def send(number: int) -> None:
        start.wait()
        codes.append(browsers[number].post(PATH, data=_sheet(), follow_redirects=False).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * len(browsers)
    assert _closures(desk) == 1


def test_without_a_key_each_is_an_act_of_its_own(desk: Desk) -> None:
    """The control: it is the page's key that holds the second back."""
    browser = desk.sign_in("chef")
    sheet = _sheet()
    del sheet["submission"]
    for _time in range(2):
        browser.post(PATH, data=sheet)
    assert _closures(desk) == 2


def test_keys_are_forgotten_after_two_days(desk: Desk, at: datetime) -> None:
    desk.sign_in("chef").post(PATH, data=_sheet())
    for days, left in ((1, 1), (3, 0)):
        jobs.forget_acts(desk.database, at + timedelta(days=days))
        with desk.database.read() as session:
            assert len(session.exec(select(DoneAct.key)).all()) == left
