"""The key that signs is changed: the old one names the new one, and signs nothing more."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from citizen_space.fiscal import service
from citizen_space.fiscal.service import KeyRetired
from citizen_space.kit import keys as key_store
from citizen_space.kit.crypto import public_key
from citizen_space.kit.db import Database, migrate
from citizen_space.kit.keys import Keys, load_keys
from tests.fiscal.test_chain import content, open_till


def _sell(session: Session, till: int, at: datetime, keys: Keys) -> None:
    service.append(session, till, "sale", content(1100), at=at, keys=keys, gross_cents=1100)


def _rotate(session: Session, folder: Path, at: datetime) -> tuple[Keys, Keys]:
    old = load_keys(folder, {})
    new = public_key(key_store.prepare_fiscal_key(folder))
    service.change_key(session, new, reason="chaque année", by="A1", at=at, keys=old)
    key_store.change_fiscal_key(folder, old)
    return old, load_keys(folder, {})


def test_the_chain_goes_on_under_the_new_key_and_fits_as_a_whole(
    session: Session, tmp_path: Path, at: datetime
) -> None:
    till = open_till(session, at)
    _sell(session, till, at, load_keys(tmp_path, {}))
    for year in (1, 2):
        _old, new = _rotate(session, tmp_path, at + timedelta(days=365 * year))
        _sell(session, till, at + timedelta(days=365 * year), new)
    report = service.verify(session, load_keys(tmp_path, {}))
    assert report.ok and report.row_count == 5


def test_the_old_key_signs_nothing_more(session: Session, tmp_path: Path, at: datetime) -> None:
    till = open_till(session, at)
    _sell(session, till, at, load_keys(tmp_path, {}))
    old, _new = _rotate(session, tmp_path, at)
    with pytest.raises(KeyRetired):
        _sell(session, till, at, old)
    assert not (tmp_path / "fiscal_key.next").exists()
    assert old.fiscal_key not in {path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_row_signed_by_the_old_key_after_the_change_is_named(session: Session, tmp_path: Path, at: datetime) -> None:
    """Whoever has stolen the old key can no longer go on with a chain."""
    till = open_till(session, at)
    _sell(session, till, at, load_keys(tmp_path, {}))
    old, new = _rotate(session, tmp_path, at)
    register = service._lock_register(session, till)
    register.key_id = ""  # as a thief at the database would
    session.flush()
    _sell(session, till, at, old)
    assert "n’est plus celle de la caisse" in str(service.verify(session, new).problem)


def test_a_key_nobody_knows_is_named(session: Session, tmp_path: Path, at: datetime) -> None:
    till = open_till(session, at)
    _sell(session, till, at, load_keys(tmp_path / "other", {}))
    assert "inconnue" in str(service.verify(session, load_keys(tmp_path, {})).problem)


def test_after_a_crash_in_the_midst_the_same_change_goes_on(session: Session, tmp_path: Path, at: datetime) -> None:
    till = open_till(session, at)
    old = load_keys(tmp_path, {})
    _sell(session, till, at, old)
    new = public_key(key_store.prepare_fiscal_key(tmp_path))
    assert service.change_key(session, new, reason="perte", by="A1", at=at, keys=old) == 1
    # Here the machine went down: the new key is in the chain, the old one still in its file.
    again = public_key(key_store.prepare_fiscal_key(tmp_path))
    assert again == new
    assert service.change_key(session, again, reason="perte", by="A1", at=at, keys=load_keys(tmp_path, {})) == 0
    key_store.change_fiscal_key(tmp_path, old)
    _sell(session, till, at, load_keys(tmp_path, {}))
    assert service.verify(session, load_keys(tmp_path, {})).ok


def test_the_command_changes_the_key(tmp_path: Path, at: datetime) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    migrate(url)
    database = Database(url)
    with database.write() as session:
        till = open_till(session, at)
        _sell(session, till, at, load_keys(tmp_path / "keys", {}))
    environment = {**os.environ, "CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": url}
    asked = [sys.executable, "-m", "citizen_space", "rotate-key", "--reason", "essai"]
    told = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert told.returncode == 0, told.stderr
    new = load_keys(tmp_path / "keys", {})
    assert told.stdout.strip().endswith(new.fiscal_key_id) and len(new.retired) == 1
    with database.read() as session:
        assert service.verify(session, new).ok
    database.dispose()
