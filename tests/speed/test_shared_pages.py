"""What is drawn once for many, and when it is drawn anew."""

import asyncio
import gzip
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from bench.acts import hold
from bench.client import Client
from citizen_space.kit.db import Database, count_statements
from citizen_space.venue.models import Event
from tests.speed.desk import PUBLIC, Desk, LocalClient


def _rename(desk: Desk, title: str) -> None:
    """Write as another process would: through connections of its own."""
    elsewhere = Database(desk.database.url, threads=1)
    with elsewhere.write() as session:
        event = session.exec(select(Event).where(Event.id == desk.stage.for_sale[0].event_id)).one()
        event.title_fr = title
    elsewhere.dispose()


def test_a_page_that_did_not_change_asks_nothing(desk: Desk) -> None:
    desk.pass_time()
    first = desk.read("/spectacles")
    with count_statements(desk.database) as statements:
        second = desk.read("/spectacles")
    assert second.body == first.body
    assert statements.count == 0


@pytest.mark.parametrize("title", ["Un autre titre", "Encore un titre"])
def test_what_another_process_writes_is_seen_after_a_moment(desk: Desk, title: str) -> None:
    desk.pass_time()
    desk.read("/spectacles")
    _rename(desk, title)
    desk.at += timedelta(milliseconds=299)
    assert title.encode() not in desk.read("/spectacles").body
    desk.at += timedelta(milliseconds=1)
    assert title.encode() in desk.read("/spectacles").body


def test_a_page_that_many_want_is_drawn_once_a_moment_while_others_write(desk: Desk) -> None:
    desk.pass_time()
    desk.read("/spectacles")
    with count_statements(desk.database) as statements:
        for _turn in range(29):
            _rename(desk, "Un autre titre")
            desk.at += timedelta(milliseconds=10)
            desk.read("/spectacles")
    assert statements.count == 0


def test_who_has_just_acted_sees_what_came_of_it(desk: Desk) -> None:
    desk.pass_time()
    visitor, page = desk.client(PUBLIC), "/spectacles"
    asyncio.run(visitor.get(page))
    asyncio.run(_give_back_nothing(visitor, desk))
    _rename(desk, "Un titre tout neuf")
    desk.at += timedelta(milliseconds=10)
    assert b"Un titre tout neuf" in asyncio.run(visitor.get(page)).body
    assert b"Un titre tout neuf" not in desk.read(page).body


async def _give_back_nothing(visitor: Client, desk: Desk) -> None:
    path = f"/spectacles/seances/{desk.stage.for_sale[0].performance_id}/rendre"
    answer = await visitor.post(path, {"submission": "nothing-to-give-back"})
    assert urlsplit(answer.location).path == path.removesuffix("/rendre")
    await visitor.get(answer.location)  # the word that waits there is told


def test_a_page_grows_old_without_any_writing(desk: Desk) -> None:
    desk.read("/spectacles")
    desk.pass_time()
    with count_statements(desk.database) as statements:
        desk.read("/spectacles")
    assert statements.count > 0


def test_each_language_has_its_own(desk: Desk) -> None:
    french = desk.read("/spectacles")
    english = desk.read("/spectacles?lang=en")
    assert b'<html lang="fr"' in french.body
    assert b'<html lang="en"' in english.body
    assert b'<html lang="fr"' in desk.read("/spectacles").body


def test_a_word_for_one_visitor_is_told_to_nobody_else(desk: Desk) -> None:
    cookie = str(desk.house.cookies.dumps({"notice": "Ce mot est pour vous seul"}))
    told = desk.read("/spectacles", {"cs_visit": cookie})
    assert b"Ce mot est pour vous seul" in told.body
    assert b"Ce mot est pour vous seul" not in desk.read("/spectacles").body


def test_the_plan_is_drawn_once_for_all_who_hold_nothing(desk: Desk) -> None:
    plan = f"/spectacles/seances/{desk.stage.for_sale[0].performance_id}"
    desk.pass_time()
    first = desk.read(plan)
    assert b"set-cookie" not in first.head
    assert len(first.body) < 100_000
    with count_statements(desk.database) as statements:
        assert desk.read(plan).body == first.body
    assert statements.count == 0


def test_who_holds_seats_is_shown_them_and_nobody_else(desk: Desk) -> None:
    show = desk.stage.for_sale[0]
    plan, own_word = f"/spectacles/seances/{show.performance_id}", "Vous avez déjà des places en attente".encode()
    desk.pass_time()
    desk.read(plan)
    visitor = desk.client(PUBLIC)
    asyncio.run(hold(visitor, show, list(show.seat_ids[-2:])))
    desk.at += timedelta(milliseconds=10)
    assert own_word in asyncio.run(visitor.get(plan)).body
    assert own_word not in desk.read(plan).body
    desk.pass_time()
    assert own_word not in desk.read(plan).body
    desk.at += timedelta(minutes=10)
    assert own_word in asyncio.run(visitor.get(plan)).body


def test_the_zipped_page_is_the_same_page(desk: Desk) -> None:
    desk.read("/spectacles")
    client = LocalClient(PUBLIC, {}, gzip=True, apps=desk.apps)
    zipped = asyncio.run(client.get("/spectacles"))
    assert b"content-encoding: gzip" in zipped.head
    assert gzip.decompress(zipped.body) == desk.read("/spectacles").body
