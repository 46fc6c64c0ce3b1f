"""The law in the office: read by all staff, said by finance, never for the past."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from citizen_space.kit.db import Database
from citizen_space.law import office, queries, service
from tests.fiscal.desk import Desk

NEW = {
    "value": "12,60",
    "valid_from": "2027-01-01",
    "reference": "décret 2026-1",
    "confirmed": "C",
    "submission": "k" * 32,
}


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    with fresh_database.write() as session:
        service.seed(session, at)
    made = Desk(fresh_database, tmp_path, at, office.routes)
    yield made
    made.close()


def test_the_list_shows_values_as_people_read_them(desk: Desk) -> None:
    page = desk.sign_in("chef").get("/bureau/loi").text.replace("\u202f", " ").replace("\u00a0", " ")
    for words in ("12,31 €", "5,5 %", "35 h", "à confirmer", "à renseigner", "CP D412-64", "ven. 1 janv. 2027"):
        assert words in page
    assert "Plafond" not in desk.sign_in().get("/bureau/loi?q=smic").text


def test_only_what_is_doubtful(desk: Desk) -> None:
    page = desk.sign_in().get("/bureau/loi?doute=1").text
    assert "CRDS" in page and "SMIC horaire brut" not in page


def test_a_new_value_is_said_and_shown_with_its_history(desk: Desk) -> None:
    browser = desk.sign_in()
    answer = browser.post("/bureau/loi/smic_h", data=NEW)
    assert answer.status_code == 200 and "La nouvelle valeur est enregistrée" in answer.text
    assert "décret 2026-1" in answer.text
    with desk.database.read() as session:
        assert queries.get_cents(session, "smic_h", date(2027, 1, 1)) == 1260
        assert queries.list_history(session, "smic_h")[-1].created_by == "S1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"valid_from": "2026-11-22"}, "Une valeur ne change pas dans le passé"),
        ({"valid_from": ""}, "Une valeur ne change pas dans le passé"),
        ({"value": "beaucoup"}, "Cette valeur ne convient pas"),
        ({"value": ""}, "Valeur"),
        ({"reference": ""}, "Référence"),
        ({"confirmed": "X"}, "Degré de certitude"),
    ],
)
def test_what_cannot_be_said_is_refused_and_what_was_typed_stays(
    desk: Desk, change: dict[str, str], words: str
) -> None:
    answer = desk.sign_in().post("/bureau/loi/smic_h", data={**NEW, **change})
    assert answer.status_code in (409, 422)
    assert words in answer.text
    if "reference" not in change:
        assert "décret 2026-1" in answer.text
    with desk.database.read() as session:
        assert len(queries.list_history(session, "smic_h")) == 6


def test_others_read_and_do_not_change(desk: Desk) -> None:
    browser = desk.sign_in("chef")
    assert "Nouvelle valeur" not in browser.get("/bureau/loi/smic_h").text
    assert browser.post("/bureau/loi/smic_h", data=NEW).status_code == 403
    assert browser.get("/bureau/loi/nothing").status_code == 404
