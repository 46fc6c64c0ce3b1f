"""The till as people meet it: registered by staff, taken by PIN, work asked for, anything rung up and paid."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from citizen_space.counter import queries as counter_queries
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.db import Database
from citizen_space.orders.models import Order, OrderLine
from citizen_space.staff import service as staff
from citizen_space.staff.models import StaffAudit
from citizen_space.workers.models import Attendance, Worker
from tests.counter.site import Site, post, words


@pytest.fixture
def site(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Site]:
    made = Site(fresh_database, tmp_path, at)
    yield made
    made.close()


def sign_in(till: TestClient, code: str = "R13", pin: str = "8164") -> None:
    assert post(till, "/caisse/connexion", code=code, pin=pin).status_code == 303


def test_a_screen_becomes_a_till_on_the_word_of_staff(site: Site) -> None:
    till = site.till(register_id=None)
    assert till.get("/caisse/").headers["location"] == "/caisse/enregistrer"
    refused = post(till, "/caisse/enregistrer", register_id=1, staff_pin="019999")
    assert refused.status_code == 403 and "Ce code personnel" in refused.text
    gate = post(till, "/caisse/enregistrer", register_id=1, staff_pin="059036")
    assert gate.status_code == 403, "the gate may not"
    assert post(till, "/caisse/enregistrer", register_id=1, staff_pin="014821").status_code == 303
    assert "R13" in till.get("/caisse/").text
    with site.database.read() as session:
        acts = session.exec(select(StaffAudit).where(StaffAudit.act == "till_registered")).all()
    assert [(row.actor_code, row.subject) for row in acts] == [("D01", "register:R1")]


GUESSES = [f"01{number:04}" for number in range(60)]


def guess_at_once(till: TestClient, site: Site) -> list[int]:
    """Sixty wrong PINs of one account from one screen, as many at once as the house answers."""
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda pin: post(till, "/caisse/enregistrer", register_id=1, staff_pin=pin), GUESSES)
    return sorted(answer.status_code for answer in answers)


@pytest.mark.race
def test_of_sixty_guesses_at_a_staff_pin_made_at_once_five_are_judged(site: Site) -> None:
    till = site.till(register_id=None)
    assert guess_at_once(till, site) == [403] * 5 + [429] * 55
    # A colleague vouches at the same screen meanwhile, and at another screen the same one does.
    assert post(till, "/caisse/enregistrer", register_id=1, staff_pin="027350").status_code == 303
    assert post(site.till(1), "/caisse/enregistrer", register_id=2, staff_pin="014821").status_code == 303
    with site.database.read() as session:
        refused = session.exec(select(StaffAudit).where(StaffAudit.act == "vouch_refused")).all()
    assert len(refused) == 5 and all("staff-pin:01@" in row.subject for row in refused)


@pytest.mark.race
def test_control_judged_before_they_are_counted_more_than_five_are(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: whoever looks first and counts afterwards lets through all who look meanwhile."""
    monkeypatch.setattr(staff, "reserve_try", staff.check_pause)
    remember = staff.WrongStaffPin.remember

    def count_late(refusal: staff.WrongStaffPin, session: Session) -> None:
        staff.count_tries(session, refusal.limits, at=site.at)
        remember(refusal, session)

    monkeypatch.setattr(staff.WrongStaffPin, "remember", count_late)
    is_right = staff.Guess.is_right
    together = threading.Barrier(10)

    def judge_together(guess: staff.Guess, typed: str, pepper: bytes) -> bool:
        with suppress(threading.BrokenBarrierError):
            together.wait(5)
        return is_right(guess, typed, pepper)

    monkeypatch.setattr(staff.Guess, "is_right", judge_together)
    assert guess_at_once(site.till(register_id=None), site).count(403) > 5


def test_the_online_register_is_no_till(site: Site) -> None:
    assert post(site.till(None), "/caisse/enregistrer", register_id=4, staff_pin="014821").status_code == 404


def test_clock_in_is_the_same_gesture_and_is_asked(site: Site) -> None:
    till = site.till()
    signed = post(till, "/caisse/connexion", code="R13", pin="8164")
    assert signed.headers["location"] == "/caisse/debut"
    assert "Commencer le travail" in till.get("/caisse/debut").text
    assert post(till, "/caisse/debut", answer="yes").headers["location"] == "/caisse/accueil"
    site.at += timedelta(hours=3)
    # The screen was locked meanwhile: who is at work is not asked again.
    post(till, "/caisse/verrouiller")
    assert till.get("/caisse/accueil").headers["location"] == "/caisse/"
    assert post(till, "/caisse/connexion", code="R13", pin="8164").headers["location"] == "/caisse/accueil"
    assert "Terminer le travail" in till.get("/caisse/sortie").text
    post(till, "/caisse/sortie", answer="yes")
    with site.database.read() as session:
        (worked,) = session.exec(select(Attendance)).all()
    assert worked.clocked_out_at is not None and worked.clocked_out_at - worked.clocked_in_at == timedelta(hours=3)
    assert worked.register_id == 1 and till.get("/caisse/accueil").status_code == 303


def test_no_is_an_answer(site: Site) -> None:
    till = site.till()
    sign_in(till)
    post(till, "/caisse/debut", answer="no")
    post(till, "/caisse/sortie", answer="no")
    with site.database.read() as session:
        assert session.exec(select(Attendance)).all() == []


def test_a_refused_sign_in_is_sealed_without_the_pin(site: Site) -> None:
    till = site.till()
    refused = post(till, "/caisse/connexion", code="r13", pin="0000")
    assert refused.status_code == 401 and "pas le bon code" in refused.text
    nobody = post(till, "/caisse/connexion", code="Z99", pin="0000")
    assert nobody.status_code == 401
    assert words(nobody.text).replace("Z99", "R13") == words(refused.text), "nobody learns who exists"
    with site.database.read() as session:
        rows = session.exec(select(FiscalRow).where(FiscalRow.kind == "sign_in_refused")).all()
    assert [json.loads(row.content)["content"] for row in rows] == [{"code": "R13"}, {"code": "Z99"}]
    assert not any("0000" in json.dumps(json.loads(row.content)["content"]) for row in rows)


@pytest.mark.race
def test_guesses_at_a_till_made_at_once_are_not_all_judged(site: Site) -> None:
    till = site.till()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: post(till, "/caisse/connexion", code="R13", pin=f"{n:04}"), range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
    # A colleague at the same till is not kept from working.
    sign_in(till, "R11", "2413")


def test_staff_may_take_the_till(site: Site) -> None:
    till = site.till()
    assert post(till, "/caisse/personnel", staff_pin="020000").status_code == 401
    assert post(till, "/caisse/personnel", staff_pin="027350").headers["location"] == "/caisse/accueil"
    home = till.get("/caisse/accueil").text
    assert "C02" in home and "Marc" not in home and "mes-heures" not in home


def test_anything_is_rung_up_and_paid(site: Site) -> None:
    product_id = site.sell_soup()
    till = site.till()
    sign_in(till)
    assert "Velouté" in till.get("/caisse/vente").text
    for submission in ("a" * 32, "b" * 32, "b" * 32):
        till.post("/caisse/vente/ajouter", data={"submission": submission, "product_id": product_id})
    with site.database.read() as session:
        lines = session.exec(select(OrderLine)).all()
        (order,) = session.exec(select(Order)).all()
    assert len(lines) == 2, "the same tap sent twice counts once"
    post(till, "/caisse/vente/enlever", line_id=lines[1].id)
    assert "9,00" in words(till.get("/caisse/vente/payer").text)
    submission = "c" * 32
    paid = till.post(f"/caisse/vente/{order.id}/payer", data={"submission": submission, "card_reference": "0042"})
    again = till.post(f"/caisse/vente/{order.id}/payer", data={"submission": submission, "card_reference": "0042"})
    assert paid.status_code == 303, words(paid.text)
    assert paid.headers["location"] == again.headers["location"] == f"/caisse/vente/{order.id}/payee"
    assert "9,00" in words(till.get(f"/caisse/vente/{order.id}/payee").text)
    with site.database.read() as session:
        (sale,) = session.exec(select(FiscalRow).where(FiscalRow.kind == "sale")).all()
    assert sale.gross_cents == 900


def test_nobody_pays_or_changes_what_another_till_rings_up(site: Site) -> None:
    product_id = site.sell_soup()
    till = site.till()
    sign_in(till)
    post(till, "/caisse/vente/ajouter", product_id=product_id)
    with site.database.read() as session:
        (line,) = session.exec(select(OrderLine)).all()
    other = site.till(register_id=2, code="H1")
    sign_in(other, "H21", "1386")
    assert post(other, "/caisse/vente/enlever", line_id=line.id).status_code == 404
    assert post(other, f"/caisse/vente/{line.order_id}/payer").status_code == 404
    assert post(till, f"/caisse/vente/{line.order_id}/payer").status_code == 303
    assert other.get(f"/caisse/vente/{line.order_id}/payee").status_code == 404


def test_what_the_page_showed_is_what_is_recorded(site: Site) -> None:
    product_id = site.sell_soup()
    till = site.till()
    sign_in(till)
    post(till, "/caisse/vente/ajouter", product_id=product_id)
    page = till.get("/caisse/vente/payer").text
    action = re.search(r'action="(/caisse/vente/\d+/payer)"', page)
    shown = re.search(r'name="due_cents" value="(\d+)"', page)
    assert action is not None and shown is not None
    # The sum is typed on the card terminal while another screen adds to the bill.
    post(till, "/caisse/vente/ajouter", product_id=product_id)
    refused = post(till, action[1], due_cents=shown[1], card_reference="0042")
    assert refused.status_code == 422 and "Il manque 9,00" in words(refused.text)
    assert 'name="due_cents" value="1800"' in refused.text
    assert post(till, action[1], due_cents=1800, card_reference="0043").status_code == 303


@pytest.mark.race
def test_two_first_taps_at_once_stand_on_one_bill(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    product_id = site.sell_soup()
    till = site.till()
    sign_in(till)
    find_current = counter_queries.find_current
    both_have_looked = threading.Barrier(2)

    def find_slowly(session: Session, **facts: Any) -> Order | None:
        found = find_current(session, **facts)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(1)
        return found

    monkeypatch.setattr(counter_queries, "find_current", find_slowly)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _n: post(till, "/caisse/vente/ajouter", product_id=product_id), range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    with site.database.read() as session:
        (order,) = session.exec(select(Order)).all()
        assert len(session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).all()) == 2


# -- own hours --------------------------------------------------------------------------------------------------------


def test_a_worker_reads_own_hours_and_disputes_own_lines(site: Site) -> None:
    till = site.till()
    sign_in(till)
    post(till, "/caisse/debut", answer="yes")
    site.at += timedelta(hours=2)
    post(till, "/caisse/sortie", answer="yes")
    sign_in(till)
    page = words(till.get("/caisse/mes-heures").text)
    assert "12:30" in page and "14:30" in page and "11,08" in page, "two hours at 5,54"
    assert "estimation" in page
    said = post(till, "/caisse/mes-heures/contester", attendance_id=1, says="J’ai fini plus tard")
    assert said.status_code == 303
    assert "En discussion" in till.get("/caisse/mes-heures").text
    other = site.till()
    sign_in(other, "R11", "2413")
    assert "12:30 14:30" not in words(other.get("/caisse/mes-heures").text)
    assert other.get("/caisse/mes-heures/1/contester").status_code == 404
    assert post(other, "/caisse/mes-heures/contester", attendance_id=1, says="Pas moi").status_code == 404


def test_months_that_are_none_are_not_found(site: Site) -> None:
    till = site.till()
    sign_in(till)
    for month in ("2026-13", "0001-01", "9999-12", "2026", "x"):
        assert till.get(f"/caisse/mes-heures?mois={month}").status_code == 404


# -- the wall ---------------------------------------------------------------------------------------------------------


def test_no_screen_of_the_till_names_a_person(site: Site) -> None:
    site.sell_soup()
    till = site.till()
    seen = [
        till.get(path).text for path in ("/caisse/", "/caisse/?code=R13", "/caisse/personnel", "/caisse/enregistrer")
    ]
    sign_in(till)
    post(till, "/caisse/debut", answer="yes")
    paths = ("debut", "accueil", "sortie", "vente", "mes-heures", "mes-heures/1/contester")
    seen += [till.get(f"/caisse/{path}").text for path in paths]
    with site.database.read() as session:
        names = _names(session)
    for page in seen:
        assert "<html" in page
        assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", page)]


def _names(session: Session) -> list[str]:
    return [name for worker in session.exec(select(Worker)) for name in (worker.first_name, worker.last_name)]


def test_who_is_not_signed_in_sees_the_door_only(site: Site) -> None:
    till = site.till()
    for path in ("accueil", "vente", "mes-heures", "debut", "sortie", "vente/payer"):
        assert till.get(f"/caisse/{path}").headers["location"] == "/caisse/"
    assert post(till, "/caisse/vente/ajouter", product_id=1).headers["location"] == "/caisse/"
