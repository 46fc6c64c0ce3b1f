"""What the machine itself does to the record: an older copy put back, a clock set back, another version, a check."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select, text

from citizen_space import verification
from citizen_space.fiscal import jobs, queries, service, witness
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.kit.db import Database
from tests.fiscal.test_chain import KEYS, open_till, sell


@pytest.fixture
def house(fresh_database: Database, at: datetime) -> Database:
    """A till with three sales, and the register of what is sold online."""
    with fresh_database.write() as session:
        service.open_register(session, code="WEB", name="En ligne", kind="online", at=at)
        till = open_till(session, at)
        for cents in (1000, 2000, 3000):
            sell(session, till, cents, at)
    return fresh_database


def _rows(database: Database, kind: str) -> list[dict[str, Any]]:
    with database.read() as session:
        found = session.exec(select(FiscalRow.content).where(FiscalRow.kind == kind).order_by(FiscalRow.id)).all()  # type: ignore[arg-type]
    return [json.loads(text)["content"] for text in found]


def _go_back(session: Session, number: int) -> None:
    """Make the till's chain what it was at an earlier row, as an older copy of the database would be."""
    register = queries.find_register(session, "R1")
    assert register is not None and register.id is not None
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER seal_fiscal_row_delete"))
    else:
        session.execute(text("ALTER TABLE fiscal_row DISABLE TRIGGER USER"))
    newer = {"register_id": register.id, "number": number}
    session.execute(text("DELETE FROM fiscal_row WHERE register_id = :register_id AND number > :number"), newer)
    register.last_number, register.perpetual_cents = number, 1000
    register.last_hash = queries.find_hash(session, register.id, number) or ""
    session.add(register)


def test_an_older_copy_put_back_is_sealed_once_and_named(house: Database, tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "witness.json"
    jobs.watch_heads(house, KEYS, file, at)
    with house.write() as session:
        _go_back(session, 1)
    for minutes in (1, 2):
        jobs.watch_heads(house, KEYS, file, at + timedelta(minutes=minutes))
    [found] = _rows(house, RowKind.RESTORE)
    assert (found["remembered_number"], found["found_number"]) == (3, 1)
    with house.read() as session:
        assert service.verify(session, KEYS).ok


def test_an_older_copy_on_which_more_was_sold_is_seen_too(house: Database, tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "witness.json"
    jobs.watch_heads(house, KEYS, file, at)
    with house.write() as session:
        _go_back(session, 1)
    with house.write() as session:
        till = queries.get_register_id(session, "R1")
        for cents in (10, 20, 30, 40):
            sell(session, till, cents, at)
    jobs.watch_heads(house, KEYS, file, at + timedelta(minutes=1))
    assert [row["found_number"] for row in _rows(house, RowKind.RESTORE)] == [5]


def test_nothing_is_sealed_while_the_chains_only_grow(house: Database, tmp_path: Path, at: datetime) -> None:
    """The control: what is noted is really read, and growth is no trouble."""
    file = tmp_path / "witness.json"
    for minutes in range(3):
        jobs.watch_heads(house, KEYS, file, at + timedelta(minutes=minutes))
        with house.write() as session:
            sell(session, queries.get_register_id(session, "R1"), 500, at)
    assert not _rows(house, RowKind.RESTORE) and not _rows(house, RowKind.CLOCK)
    memory = witness.read(file)
    assert memory is not None and memory.heads["R1"].number == 5


def test_the_note_is_written_where_no_folder_of_keys_was_made(house: Database, tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "keys" / "witness.json"
    jobs.watch_heads(house, KEYS, file, at)
    assert witness.read(file) is not None


@pytest.mark.parametrize("spoilt", ["", "{", '{"at": 1, "heads": []}', '{"heads": {}}'])
def test_a_note_that_cannot_be_read_is_written_anew(house: Database, tmp_path: Path, at: datetime, spoilt: str) -> None:
    file = tmp_path / "witness.json"
    file.write_text(spoilt)
    jobs.watch_heads(house, KEYS, file, at)
    assert not _rows(house, RowKind.RESTORE)
    assert witness.read(file) is not None


def test_a_clock_set_back_is_sealed(house: Database, tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "witness.json"
    jobs.watch_heads(house, KEYS, file, at)
    jobs.watch_heads(house, KEYS, file, at - timedelta(seconds=30))
    assert not _rows(house, RowKind.CLOCK)
    jobs.watch_heads(house, KEYS, file, at - timedelta(hours=2))
    [found] = _rows(house, RowKind.CLOCK)
    assert found["noted_at"] > found["now"]


def test_each_version_is_sealed_once(house: Database, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for _start in range(2):
        jobs.record_version(house, KEYS, at)
    monkeypatch.setattr(jobs, "__version__", "9.9.9")
    jobs.record_version(house, KEYS, at)
    versions = _rows(house, RowKind.VERSION)
    assert [one["version"] for one in versions] == ["0.1.0", "9.9.9"]
    assert len(versions[0]["code"]) == 64


def test_a_check_is_sealed_with_what_it_found(house: Database, at: datetime) -> None:
    wrong = verification.Finding("orders", False, "order 7: it does not say what was sealed of it")
    with house.write() as session:
        verification.record_check(session, [wrong], at=at, keys=KEYS)
    [found] = _rows(house, RowKind.INTEGRITY)
    assert not found["ok"] and "order 7" in found["problem"]
