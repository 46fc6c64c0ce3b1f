"""What the agent meets over HTTP: its token, a wait that holds nothing, a bell, and answers that count."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from citizen_space.kit.db import Database
from citizen_space.printing import agent_api, office, queries, till
from citizen_space.printing.models import JobState
from tests.fiscal.desk import Desk
from tests.harness.servers import serve
from tests.printing.test_queue import furnish, queue

TOKEN = {"Authorization": "Bearer " + "t" * 32}


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    with fresh_database.write() as session:
        furnish(session, at)
    made = Desk(fresh_database, tmp_path, at, agent_api.routes, surface="agent")
    yield made
    made.close()


@pytest.fixture
def agent(desk: Desk) -> TestClient:
    return TestClient(desk.app, headers=TOKEN)


def test_without_a_token_nobody_is_heard(desk: Desk) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic " + "t" * 32}):
        stranger = TestClient(desk.app, headers=headers, follow_redirects=False)
        for path in ("/agent/jobs/next", "/agent/jobs/1/state", "/agent/health"):
            assert stranger.post(path, json={"state": "printed", "lease": "x"}).status_code == 401


def test_a_job_goes_all_the_way(desk: Desk, agent: TestClient, at: datetime) -> None:
    with desk.database.write() as session:
        queue(session, at)
    [job] = agent.post("/agent/jobs/next", json={"agent": "a", "wait_seconds": 0}).json()["jobs"]
    plain = {"name": "kitchen", "address": "virtual://kitchen", "columns": 48, "code_page": "CP1252"}
    assert job["printer"] == {**plain, "qr": "native", "knife": True, "drawer_pin": 2, "cancel_kanji": False}
    assert job["document"]["kind"] == "kitchen_ticket"
    for state in ("sending", "printed"):
        answer = agent.post(f"/agent/jobs/{job['id']}/state", json={"lease": job["lease"], "state": state})
        assert answer.status_code == 204
    wrong = {"lease": "another", "state": "failed"}
    assert agent.post(f"/agent/jobs/{job['id']}/state", json=wrong).status_code == 409
    assert agent.post("/agent/jobs/999/state", json=wrong).status_code == 409
    with desk.database.read() as session:
        assert queries.get_job(session, job["id"]).state == JobState.PRINTED


def test_a_body_too_long_is_refused_even_when_it_does_not_say_so(desk: Desk) -> None:
    pieces = (b" " * 4096 for _ in range(32))
    assert TestClient(desk.app).post("/agent/jobs/next", content=pieces).status_code == 422


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"wait_seconds": "long"}', b'{"state": "eaten"}', b"\xff"])
def test_rubbish_is_refused_and_never_a_fault(agent: TestClient, body: bytes) -> None:
    for path in ("/agent/jobs/next", "/agent/jobs/1/state", "/agent/health"):
        assert agent.post(path, content=body).status_code in (200, 204, 409, 422)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"state": []}',
        b'{"wait_seconds": 1' + b"0" * 400 + b"}",
        b'{"wait_seconds": NaN}',
        b'{"wait_seconds": Infinity}',
        b'{"lease": "LEASE", "state": "failed", "detail": "\\u0000\\ud800"}',
        b'{"printers": [{"name": "kitchen", "state": [], "detail": "\\u0000\\ud800"}]}',
    ],
    ids=["deep", "a state that is a list", "a wait too long for a float", "no number", "for ever", "job", "health"],
)
def test_nonsense_from_the_agent_is_refused_and_never_a_fault(
    desk: Desk, agent: TestClient, at: datetime, body: bytes
) -> None:
    with desk.database.write() as session:
        queue(session, at)
    [job] = agent.post("/agent/jobs/next", json={"wait_seconds": 0}).json()["jobs"]
    told = body.replace(b"LEASE", job["lease"].encode())
    for path in (f"/agent/jobs/{job['id']}/state", "/agent/health"):
        assert agent.post(path, content=told).status_code in (200, 204, 409, 422)
    if b"wait" in body:
        assert agent.post("/agent/jobs/next", content=body).status_code == 422


def test_health_is_heard_and_printers_are_named(desk: Desk, agent: TestClient) -> None:
    told = {
        "agent": "a",
        "printers": [{"name": "kitchen", "online": False, "paper": "unknown", "detail": "éteinte"}, 7],
    }
    answer = agent.post("/agent/health", json=told)
    assert [printer["name"] for printer in answer.json()["printers"]] == ["bar", "kitchen"]
    with desk.database.read() as session:
        printer = queries.find_printer(session, "kitchen")
        assert printer is not None and (printer.health, printer.health_detail) == ("offline", "éteinte")


def test_nothing_to_do_is_said_after_the_wait(agent: TestClient) -> None:
    began = time.monotonic()
    assert agent.post("/agent/jobs/next", json={"wait_seconds": 0.3}).status_code == 204
    assert 0.25 < time.monotonic() - began < 5


def test_a_waiting_agent_hears_of_a_job_when_it_is_committed(desk: Desk, at: datetime) -> None:
    """The wait looks every half second; the bell is faster, and nobody holds a thread or a transaction meanwhile."""
    import httpx2

    with serve(desk.app) as url, httpx2.Client(base_url=url, headers=TOKEN, timeout=20) as client:
        client.post("/agent/jobs/next", json={"wait_seconds": 0})
        heard: list[float] = []

        def wait() -> None:
            answer = client.post("/agent/jobs/next", json={"wait_seconds": 10})
            assert len(answer.json()["jobs"]) == 1
            heard.append(time.monotonic())

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(1.1)
        with desk.database.write() as session:
            queue(session, at)
        committed = time.monotonic()
        waiting.join(15)
    assert len(heard) == 1
    assert heard[0] - committed < 3


# -- the office and the till -------------------------------------------------------------------------------------------


@pytest.fixture
def bureau(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    with fresh_database.write() as session:
        furnish(session, at)
    made = Desk(fresh_database, tmp_path, at, office.routes)
    yield made
    made.close()


def test_staff_see_the_queue_the_paper_and_answer(bureau: Desk, at: datetime) -> None:
    browser = bureau.sign_in("chef")
    with bureau.database.write() as session:
        job = queue(session, at)
        job.state = JobState.UNKNOWN
        session.add(job)
    assert "Regardez le papier" in browser.get("/bureau/imprimantes").text
    assert "Table 4" in browser.get("/bureau/impressions?state=unknown").text
    page = browser.get(f"/bureau/impressions/{job.id}").text
    assert "2 × Bœuf bourguignon" in page.replace("\u00a0", " ")
    assert "Oui, il est entier" in page
    answer = browser.post(f"/bureau/impressions/{job.id}/reponse", data={"printed": "no"})
    assert "imprimé de nouveau" in answer.text
    again = browser.post(f"/bureau/impressions/{job.id}/reponse", data={"printed": "yes"})
    assert again.status_code == 409 and "déjà changé" in again.text
    copy = browser.post(f"/bureau/impressions/{job.id}/duplicata", data={"submission": "s" * 32, "printer_id": "1"})
    assert "DUPLICATA n° 1" in copy.text.replace("\u00a0", " ")


def test_a_printer_is_tested_and_changed(bureau: Desk) -> None:
    browser = bureau.sign_in("admin")
    assert "Page d’essai" in browser.post("/bureau/imprimantes/1/essai", data={"submission": "s" * 32}).text
    fields = {"name": "Comptoir", "address": "tcp://10.0.0.9:9100", "columns": "32", "active": "1"}
    assert "Comptoir est à jour" in browser.post("/bureau/imprimantes/1", data=fields).text
    refused = browser.post("/bureau/imprimantes/1", data={**fields, "columns": "9", "fallback_id": "1"})
    assert refused.status_code == 422
    refused = browser.post("/bureau/imprimantes/1", data={**fields, "fallback_id": "1"})
    assert refused.status_code == 422 and "se remplacer elle-même" in refused.text


def test_where_a_printer_stands_is_for_who_runs_the_system(bureau: Desk) -> None:
    chef = bureau.sign_in("chef")
    fields = {"name": "Comptoir", "columns": "32", "active": "1"}
    assert chef.post("/bureau/imprimantes/1", data={**fields, "address": "file:///tmp/elsewhere"}).status_code == 403
    with bureau.database.read() as session:
        same = queries.get_printer(session, 1).address
    assert chef.post("/bureau/imprimantes/1", data={**fields, "address": same}).status_code == 200


def test_the_till_shows_one_word_and_what_to_do(fresh_database: Database, tmp_path: Path, at: datetime) -> None:
    with fresh_database.write() as session:
        furnish(session, at)
        printer = queries.find_printer(session, "kitchen")
        assert printer is not None
        printer.health, printer.health_at = "no_paper", at
        session.add(printer)
    desk = Desk(fresh_database, tmp_path, at, till.routes, surface="till")
    page = desk.sign_in("chef").get("/caisse/imprimante").text
    assert "Imprimante en panne" in page and "rouleau" in page
    desk.at = at + timedelta(seconds=1)
    desk.close()
