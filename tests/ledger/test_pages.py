"""The books in the office: the list, an entry, the balance, the export."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from citizen_space.kit.db import Database
from citizen_space.ledger import entries, fec, office
from citizen_space.ledger.service import open_chart
from tests.fiscal.desk import Desk
from tests.ledger.test_entries import ON, lunch


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    with fresh_database.write() as session:
        open_chart(session)
        entry = lunch(session, at)
        entries.share(
            session, source="share:1", order_id=1, room="restaurant", amounts=[(4, 618)], on=ON, at=at, label="Part"
        )
        entries.reversal(
            session, entry_id=entry.id or 0, source="refund:1", on=ON, at=at, label="Geste", portion_cents=100
        )
    made = Desk(fresh_database, tmp_path, at, office.routes)
    yield made
    made.close()


def test_the_list_and_its_filters(desk: Desk) -> None:
    browser = desk.sign_in()
    assert "Table 4" in browser.get("/bureau/ecritures").text
    assert "Table 4" not in browser.get("/bureau/ecritures?account=467").text
    assert "Table 4" in browser.get("/bureau/ecritures?q=table&journal=VT&from_on=2026-11-01").text
    assert "Aucune écriture" in browser.get("/bureau/ecritures?to_on=2026-11-01").text
    assert browser.get("/bureau/ecritures?from_on=demain").status_code == 422


def test_an_entry_leads_to_all_it_is_made_of(desk: Desk) -> None:
    browser = desk.sign_in()
    page = browser.get("/bureau/ecritures/1").text
    for link in (
        "/bureau/ventes/1",
        "/bureau/journal?order_id=1",
        "/bureau/ecritures?account=5113",
        "/bureau/ecritures/3",
    ):
        assert link in page
    assert "/bureau/part/beneficiaires/4" in browser.get("/bureau/ecritures/2").text
    assert "/bureau/ecritures/1" in browser.get("/bureau/ecritures/3").text
    assert browser.get("/bureau/ecritures/99").status_code == 404


def test_the_balance(desk: Desk) -> None:
    page = desk.sign_in().get("/bureau/ecritures/balance").text
    assert "Restaurant revenue" not in page and "Recettes du restaurant" in page
    assert "Aucun mouvement" in desk.sign_in().get("/bureau/ecritures/balance?to_on=2026-01-01").text
    assert "Restaurant revenue" in desk.sign_in().get("/bureau/ecritures/balance?lang=en").text


def test_the_export_is_what_the_law_describes(desk: Desk) -> None:
    answer = desk.sign_in().get("/bureau/ecritures/fec?from_on=2026-01-01&to_on=2026-12-31")
    assert answer.headers["content-disposition"] == 'attachment; filename="000000000FEC20261231.txt"'
    header, *lines = answer.text.removesuffix("\r\n").split("\r\n")
    assert header.split("\t") == list(fec.COLUMNS)
    rows = [dict(zip(fec.COLUMNS, line.split("\t"), strict=True)) for line in lines]
    assert rows[0] | {"EcritureNum": "1"} == {
        "JournalCode": "VT", "JournalLib": "Ventes", "EcritureNum": "1", "EcritureDate": "20261123",
        "CompteNum": "5113", "CompteLib": "Cartes à recevoir", "CompAuxNum": "", "CompAuxLib": "",
        "PieceRef": "sale:1", "PieceDate": "20261123", "EcritureLib": "Table 4", "Debit": "34,00", "Credit": "0,00",
        "EcritureLet": "", "DateLet": "", "ValidDate": "20261123", "Montantdevise": "", "Idevise": "",
    }  # fmt: skip
    assert [row["EcritureNum"] for row in rows] == sorted(row["EcritureNum"] for row in rows)
    assert {row["EcritureNum"] for row in rows} == {"1", "2", "3"}
    debits = sum(int(row["Debit"].replace(",", "")) for row in rows)
    assert debits == sum(int(row["Credit"].replace(",", "")) for row in rows) == 6900 + 618 + 100


def test_the_money_is_for_finance(desk: Desk) -> None:
    for path in ("", "/1", "/balance", "/export", "/fec"):
        assert desk.sign_in("gate_officer").get(f"/bureau/ecritures{path}").status_code == 403
        assert desk.sign_in("director").get(f"/bureau/ecritures{path}").status_code == 200
