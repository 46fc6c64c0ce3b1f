"""The fiscal record in the office: found, read word for word, verified."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from citizen_space.fiscal import office
from citizen_space.fiscal.models import FiscalClosing, FiscalRow
from citizen_space.kit.db import Database
from citizen_space.law import sample as law_sample
from tests.fiscal.desk import Desk
from tests.fiscal.test_chain import KEYS, a_day


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    with fresh_database.write() as session:
        a_day(session, at)
    made = Desk(fresh_database, tmp_path, at, office.routes, keys=KEYS)
    yield made
    made.close()


def test_rows_are_found_and_filtered(desk: Desk) -> None:
    browser = desk.sign_in()
    page = browser.get("/bureau/journal").text
    assert "R1-000008" in page and "Remboursement" in page
    page = browser.get("/bureau/journal?kind=refund&from_on=2026-11-23&register_id=1").text
    assert "R1-000006" in page and "R1-000002" not in page
    assert browser.get("/bureau/journal?page=abc").status_code == 422


def test_one_row_says_its_text_and_that_it_fits(desk: Desk) -> None:
    with desk.database.read() as session:
        row_id = session.exec(select(FiscalRow.id).where(FiscalRow.number == 3)).one()
    page = desk.sign_in().get(f"/bureau/journal/{row_id}").text
    assert "concordent" in page and "Menu du jour" in page and "/bureau/ventes/2" in page
    assert desk.sign_in().get("/bureau/journal/999999").status_code == 404


def test_an_altered_row_says_that_it_does_not_fit(desk: Desk) -> None:
    with desk.database.writer.begin() as connection:
        if desk.database.dialect == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER seal_fiscal_row_update")
        else:
            connection.exec_driver_sql("ALTER TABLE fiscal_row DISABLE TRIGGER USER")
        connection.exec_driver_sql(
            "UPDATE fiscal_row SET content = replace(content, ':1200', ':1100') WHERE number = 3"
        )
    browser = desk.sign_in()
    with desk.database.read() as session:
        row_id = session.exec(select(FiscalRow.id).where(FiscalRow.number == 3)).one()
    assert "ne correspond plus à son empreinte" in browser.get(f"/bureau/journal/{row_id}").text
    assert "R1-000003" in browser.post("/bureau/journal/verification", data={"submission": "v" * 32}).text


def test_closings_and_verification(desk: Desk) -> None:
    browser = desk.sign_in()
    assert "2026-11-23" in browser.get("/bureau/journal/clotures?period=day").text
    with desk.database.read() as session:
        closing_id = session.exec(select(FiscalClosing.id)).one()
    page = browser.get(f"/bureau/journal/clotures/{closing_id}").text
    assert "38,40" in page and "10\u202f%" in page.replace("\u00a0", "\u202f")
    path, sent = "/bureau/journal/verification", {"submission": "v" * 32}
    assert "8 lignes vérifiées, tout concorde." in browser.post(path, data=sent).text
    assert "8 rows checked, everything agrees." in browser.post(f"{path}?lang=en", data=sent).text


@pytest.mark.parametrize("role", ["gate_officer", "chef"])
def test_the_money_is_for_finance(desk: Desk, role: str) -> None:
    for path in ("/journal", "/journal/1", "/journal/clotures", "/journal/verification"):
        assert desk.sign_in(role).get(f"/bureau{path}").status_code == 403


def test_the_attestation_cites_the_law_of_the_day(desk: Desk, at: datetime) -> None:
    with desk.database.write() as session:
        law_sample.plant(session, at=at, keys=desk.house.keys)
    browser = desk.sign_in()
    page = browser.get("/bureau/journal/attestation").text
    assert "CGI, 286, I, 3° bis" in page and "loi 2026-103, art. 125" in page and "7500" in page
    desk.at = at + timedelta(days=60)  # from 2027 on the law of VAT stands in another code
    assert "CIBS, L216-40" in desk.sign_in().get("/bureau/journal/attestation").text
