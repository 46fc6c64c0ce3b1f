"""The archive: whole, signed, one after the other without a gap, and checked by a file that runs alone."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from citizen_space.fiscal import archive_verifier, office, queries, service, shelf
from citizen_space.fiscal.models import FiscalArchive, FiscalRow, RowKind
from citizen_space.fiscal.service import ArchivedAlready, PeriodNotClosed
from citizen_space.kit import crypto
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.db import Database
from citizen_space.kit.keys import new_keys
from tests.fiscal.desk import Desk
from tests.fiscal.test_chain import KEYS, content, open_till, sell

NOVEMBER, DECEMBER = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 12, 3, 12, tzinfo=UTC)
JANUARY = datetime(2027, 1, 4, 12, tzinfo=UTC)


@pytest.fixture
def house(fresh_database: Database) -> Database:
    """Two months of a till and of the web, closed."""
    with fresh_database.write() as session:
        web = service.open_register(session, code="WEB", name="En ligne", kind="online", at=NOVEMBER).id or 0
        till = open_till(session, NOVEMBER)
        for at in (NOVEMBER, NOVEMBER + timedelta(days=7)):
            _sell_a_day(session, till, web, at)
        # A sale of the first of December comes before November is closed.
        sell(session, till, 990, datetime(2026, 12, 1, 9, tzinfo=UTC))
        for register in (web, till):
            service.close_month(session, register, "2026-11", DECEMBER, SYSTEM, keys=KEYS)
        for at in (DECEMBER, DECEMBER + timedelta(days=20)):
            _sell_a_day(session, till, web, at)
        for register in (web, till):
            service.close_month(session, register, "2026-12", JANUARY, SYSTEM, keys=KEYS)
    return fresh_database


def _sell_a_day(session: Session, till: int, web: int, at: datetime) -> None:
    for cents in (2850, 1200, -1200):
        sell(session, till, cents, at)
    sell(session, web, 3000, at)
    deposit = {**content(2000), "vat": []}
    service.append(session, till, RowKind.DEPOSIT, deposit, at=at, keys=KEYS, gross_cents=2000)


def make(house: Database, var: Path, label: str) -> Path:
    """Make an archive and return its file."""
    shelf.make_archive(house, var, label, by="F01", at=JANUARY, keys=KEYS)
    return shelf.path_of(var, label)


def check(path: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Check an archive as an inspector would: the verifier out of the archive itself, Python and nothing else."""
    alone = path.with_name("verifier.py")
    with zipfile.ZipFile(path) as archive:
        alone.write_bytes(archive.read("verifier.py"))
    asked = [sys.executable, "-I", "-S", str(alone), *options, str(path)]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120)


def test_an_archive_holds_every_row_and_is_checked_alone(house: Database, tmp_path: Path) -> None:
    path = make(house, tmp_path, "2026-11")
    for options in ((), ("--toutes",)):
        said = check(path, *options)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "Caisse R1 : 12 lignes, 3 clôtures" in said.stdout and "Tout concorde." in said.stdout


def test_archives_follow_one_another_without_a_gap(house: Database, tmp_path: Path) -> None:
    files = [make(house, tmp_path, label) for label in ("2026-11", "2026-12")]
    assert all(check(path).returncode == 0 for path in files)
    spans = []
    for path in files:
        with zipfile.ZipFile(path) as archive:
            [till] = [one for one in json.loads(archive.read("manifeste.json"))["registers"] if one["code"] == "R1"]
            numbers = [json.loads(line)["number"] for line in archive.read("caisse-R1.jsonl").splitlines()]
        assert numbers == list(range(till["first_number"], till["last_number"] + 1))
        spans.append(till)
    assert spans[1]["first_number"] == spans[0]["last_number"] + 1
    assert spans[1]["previous_hash"] == spans[0]["last_hash"]


def test_the_same_archive_again_is_the_same_file_and_is_sealed_once(house: Database, tmp_path: Path) -> None:
    first = make(house, tmp_path, "2026-11").read_bytes()
    assert make(house, tmp_path, "2026-11").read_bytes() == first
    with house.read() as session:
        assert len(session.exec(select(FiscalArchive)).all()) == 1
        [sealed] = session.exec(select(FiscalRow.content).where(FiscalRow.kind == RowKind.ARCHIVE)).all()
        assert service.verify(session, KEYS).ok
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert json.loads(sealed)["content"]["sha256"] == crypto.fingerprint(archive.read("manifeste.json"))


def test_what_is_not_closed_or_held_already_is_refused_and_leaves_no_file(house: Database, tmp_path: Path) -> None:
    with pytest.raises(PeriodNotClosed):
        make(house, tmp_path, "2026")
    with pytest.raises(PeriodNotClosed):
        make(house, tmp_path, "2027-01")
    make(house, tmp_path, "2026-12")
    with pytest.raises(ArchivedAlready):
        make(house, tmp_path, "2026-11")
    assert [path.name for path in (tmp_path / "archives").iterdir()] == ["journal-fiscal-2026-12.zip"]


# -- what was tampered with is named -----------------------------------------------------------------------------------


def rewrite(path: Path, file: str, change: Callable[[bytes], bytes], *, honest: bool = False) -> None:
    """Change a file of an archive; `honest` puts its new hash into the manifest, as a forger without the key would."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents[file] = change(contents[file])
    if honest:
        manifest = json.loads(contents["manifeste.json"])
        manifest["files"][file] = crypto.fingerprint(contents[file])
        contents["manifeste.json"] = json.dumps(manifest).encode()
        digest = crypto.fingerprint(contents["manifeste.json"])
        signature = crypto.sign(KEYS.fiscal_key, b"citizen-space fiscal archive " + digest.encode())
        contents["manifeste.sig"] = f"{KEYS.fiscal_key_id} {signature.hex()}".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content_ in contents.items():
            archive.writestr(name, content_)


def test_one_byte_of_any_file_is_noticed(house: Database, tmp_path: Path) -> None:
    path = make(house, tmp_path, "2026-11")
    whole = path.read_bytes()
    for file in ("caisse-R1.jsonl", "caisse-WEB.jsonl", "LISEZMOI.txt", "manifeste.json", "manifeste.sig"):
        path.write_bytes(whole)
        rewrite(path, file, lambda text: text[:70] + bytes([text[70] ^ 1]) + text[71:])
        assert check(path).returncode != 0, file


def test_an_amount_is_named_by_its_row_even_when_the_hashes_of_the_files_are_made_to_fit(
    house: Database, tmp_path: Path
) -> None:
    path = make(house, tmp_path, "2026-11")
    rewrite(path, "caisse-R1.jsonl", lambda text: text.replace(b"2850", b"2851", 1), honest=True)
    said = check(path)
    assert said.returncode == 1 and "R1-000001 : le texte scellé ne correspond plus" in said.stdout


def test_a_row_forged_with_its_hash_is_caught_by_the_chain_and_a_last_one_by_its_signature(
    house: Database, tmp_path: Path
) -> None:
    path = make(house, tmp_path, "2026-11")

    def forge(number: int) -> Callable[[bytes], bytes]:
        def change(text: bytes) -> bytes:
            lines = [json.loads(line) for line in text.splitlines()]
            one = lines[number]
            one["text"] = one["text"].replace('"order":null', '"order":1')
            one["hash"] = crypto.fingerprint(one["text"])
            return b"".join(json.dumps(line).encode() + b"\n" for line in lines)

        return change

    whole = path.read_bytes()
    rewrite(path, "caisse-R1.jsonl", forge(0), honest=True)
    assert "R1-000002 : la ligne n’est pas liée" in check(path).stdout
    path.write_bytes(whole)
    rewrite(path, "caisse-R1.jsonl", forge(-1), honest=True)
    assert "R1-000012 : la signature ne correspond pas" in check(path).stdout


@pytest.mark.parametrize("text", [b"", b"PK\x03\x04 nothing"])
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, text: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.zip").write_bytes(text)
    assert archive_verifier.main([str(tmp_path / "a.zip")]) == 2
    assert "illisible" in capsys.readouterr().out


@settings(max_examples=40, deadline=None)
@given(message=st.binary(max_size=200), flip=st.integers(0, 511), where=st.sampled_from(["message", "signature", "no"]))
def test_its_ed25519_agrees_with_the_library(message: bytes, flip: int, where: str) -> None:
    signature = bytearray(crypto.sign(KEYS.fiscal_key, message))
    said = message
    if where == "signature":
        signature[flip // 8] ^= 1 << flip % 8
    elif where == "message":
        said = message + b"!"
    fits = archive_verifier.signature_fits(KEYS.fiscal_public, said, bytes(signature))
    assert fits == crypto.verify(KEYS.fiscal_public, said, bytes(signature)) == (where == "no")


def test_another_key_signs_nothing_for_us() -> None:
    signature = crypto.sign(new_keys().fiscal_key, b"message")
    assert not archive_verifier.signature_fits(KEYS.fiscal_public, b"message", signature)


# -- in the office -----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(house: Database, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(house, tmp_path, JANUARY, office.routes, keys=KEYS)
    yield made
    made.close()


def test_finance_makes_and_fetches_an_archive(desk: Desk, tmp_path: Path) -> None:
    browser = desk.sign_in()
    assert "Aucune archive" in browser.get("/bureau/journal/archives").text
    sent = {"submission": "a" * 32, "label": "2026-11"}
    assert "L’archive 2026-11 est prête." in browser.post("/bureau/journal/archives", data=sent).text
    path = shelf.path_of(tmp_path, "2026-11")
    with desk.database.read() as session:
        [archive] = queries.list_archives(session)
    assert browser.get(f"/bureau/journal/archives/{archive.id}").content == path.read_bytes()
    whole = path.read_bytes()
    path.unlink()
    assert browser.get(f"/bureau/journal/archives/{archive.id}").content == whole
    refused = browser.post("/bureau/journal/archives", data={"submission": "b" * 32, "label": "2027-01"})
    assert refused.status_code == 409 and "pas encore clôturée" in refused.text
    assert browser.post("/bureau/journal/archives", data={**sent, "label": "2026-13"}).status_code == 422
    assert desk.sign_in("chef").get("/bureau/journal/archives").status_code == 403


def test_only_what_no_archive_holds_is_offered(house: Database, tmp_path: Path) -> None:
    def offered() -> list[str]:
        with house.read() as session:
            return service.list_archivable(session, JANUARY)

    assert offered() == ["2026-12", "2026-11", "2026"]
    make(house, tmp_path, "2026-11")
    assert offered() == ["2026-12", "2026"]
