"""A bank's file is understood exactly, or refused with a sentence: never a guess, never an accident."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citizen_space.bank import camt, cfonb, reading
from citizen_space.bank.refusals import (
    BalanceMissing,
    BalanceWrong,
    FileEmpty,
    FileRefused,
    FileTooBig,
    FormatUnknown,
    NotEuro,
    RecordMisplaced,
    RecordWrong,
    SchemaRefused,
    ValueUnreadable,
    XmlBroken,
    XmlForbidden,
)
from tests.bank.make_camt import Detail, Movement
from tests.bank.make_camt import camt as make

FILES = Path(__file__).parent / "files"
VERSIONS = ("02", "04", "08")


def official(name: str) -> bytes:
    return (FILES / name).read_bytes()


# -- the official samples ----------------------------------------------------------------------------------------------


def test_the_official_file_of_two_statements() -> None:
    first, second = reading.read(official("camt053.v2.multi.statement.xml")).statements
    assert (first.iban, first.opening_cents, first.movement_cents, first.closing_cents) == (
        "NL26VAYB8060476890", 1815, 885, 2700,
    )  # fmt: skip
    assert (second.opening_cents, second.movement_cents, second.closing_cents) == (2700, -700, 2000)
    assert [line.reference for line in first.lines + second.lines] == ["000000001", "000000002"]
    assert second.lines[0].counterparty == "Company Name 2"


@pytest.mark.parametrize("name", ["camt053.v2.minimal.xml", "camt053.v8.xml"])
def test_official_files_in_five_currencies_are_refused_by_name(name: str) -> None:
    with pytest.raises(NotEuro) as refused:
        reading.read(official(name))
    assert "SEK" in str(refused.value)


@pytest.mark.parametrize("name", ["camt053.v2.minimal.xml", "camt053.v8.xml"])
def test_official_files_in_euro_are_understood(name: str) -> None:
    data = official(name)
    for currency in (b"SEK", b"CHF", b"JPY"):
        data = data.replace(b'Ccy="' + currency + b'"', b'Ccy="EUR"')
    # The sample's balances are arbitrary; with those that its one entry makes true it is taken.
    right = data.replace(b"27.00", b"27.00", 1).replace(
        b"<CdtDbtInd>DBIT</CdtDbtInd>", b"<CdtDbtInd>CRDT</CdtDbtInd>", 1
    )
    (statement,) = reading.read(right).statements
    (line,) = statement.lines
    assert (statement.iban, line.amount_cents, line.counterparty) == ("NL26VAYB8060476890", 885, "NAME NAME")
    assert "4654654654654654" in line.label
    with pytest.raises(BalanceWrong):
        reading.read(data)


def test_the_cfonb_sample() -> None:
    first, second = reading.read(official("cfonb120.txt")).statements
    assert first.iban == "155890000098765432100"
    assert (first.opening_cents, first.closing_cents) == (-19040, -24121)
    assert [line.amount_cents for line in first.lines] == [-3221, -1070, -790]
    assert first.lines[0].reference == "OTHER REFERENCE"
    assert first.lines[0].counterparty == "INTERNET SFR"
    assert "MENSUEAUHTR13133" in first.lines[0].label
    assert first.lines[1].reference == "REFERENCE"
    assert (second.opening_cents, second.movement_cents, second.closing_cents) == (-24121, 7749, -16372)


def test_cfonb_without_line_ends_reads_the_same() -> None:
    rows = [row.ljust(120) for row in official("cfonb120.txt").decode("latin-1").splitlines() if row.strip()]
    assert reading.read("".join(rows).encode("latin-1")) == reading.read(official("cfonb120.txt"))


# -- what we write reads back ------------------------------------------------------------------------------------------

movements = st.lists(
    st.builds(
        Movement,
        cents=st.integers(-(10**9), 10**9).filter(bool),
        reference=st.text("ABCDEFGHJ0123456789-", min_size=1, max_size=30).filter(lambda text: text.strip() == text),
        text=st.text("abcdefé &<>œ", max_size=50),
    ),
    max_size=8,
)


@given(movements, st.integers(-(10**9), 10**9), st.sampled_from(VERSIONS))
def test_every_version_reads_what_was_written(written: list[Movement], opening: int, version: str) -> None:
    (statement,) = reading.read(make(written, opening=opening, version=version)).statements
    assert [line.amount_cents for line in statement.lines] == [one.cents for one in written]
    assert [line.reference for line in statement.lines] == [one.reference for one in written]
    assert statement.closing_cents == opening + sum(one.cents for one in written)


@given(movements, st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9).filter(bool))
def test_a_statement_that_does_not_add_up_is_refused(written: list[Movement], opening: int, off: int) -> None:
    closing = opening + sum(one.cents for one in written) + off
    with pytest.raises(BalanceWrong):
        reading.read(make(written, opening=opening, closing=closing))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_batch_is_one_line_for_each_payment(version: str) -> None:
    batch = Movement(-3000, details=(Detail(1000, "VIC-A"), Detail(2000, "VIC-B")))
    (statement,) = reading.read(make([batch], version=version)).statements
    assert [(line.amount_cents, line.reference) for line in statement.lines] == [(-1000, "VIC-A"), (-2000, "VIC-B")]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_charges_of_a_batch_are_kept_as_a_line(version: str) -> None:
    batch = Movement(2950, details=(Detail(1000, "A", charges=20), Detail(2000, "B", charges=30)))
    (statement,) = reading.read(make([batch], version=version)).statements
    assert [line.amount_cents for line in statement.lines] == [1000, 2000, -50]
    assert [line.charges_cents for line in statement.lines] == [20, 30, 0]


def test_a_batch_whose_payments_do_not_explain_it_stays_one_line() -> None:
    batch = Movement(-3000, details=(Detail(1000, "A"), Detail(1999, "B")))
    (statement,) = reading.read(make([batch])).statements
    assert [(line.amount_cents, line.reference) for line in statement.lines] == [(-3000, "")]


def test_what_is_not_booked_is_no_line() -> None:
    (statement,) = reading.read(make([Movement(100), Movement(900, status="PDNG")])).statements
    assert [line.amount_cents for line in statement.lines] == [100]


# -- broken and hostile ------------------------------------------------------------------------------------------------

GOOD = make([Movement(-750, "VIC-202611-ABCDEFGH", "part aux victimes"), Movement(9000, "po_1")], opening=100_000)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]><x>&m;</x>"
)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", FileEmpty),
        (b" \n", FileEmpty),
        (b"x" * (reading.LIMIT_BYTES + 1), FileTooBig),
        (b"%PDF-1.7", FormatUnknown),
        (b"<html></html>", FormatUnknown),
        (b"<Document/>", FormatUnknown),
        (GOOD[:-20], XmlBroken),
        (GOOD.replace(b"053.001.08", b"053.001.99"), FormatUnknown),
        (GOOD.replace(b"<CdtDbtInd>", b"<Wrong/><CdtDbtInd>"), SchemaRefused),
        (GOOD.replace(b"<Cd>CLBD</Cd>", b"<Cd>ITBD</Cd>"), BalanceMissing),
        (GOOD.replace(b">7.50<", b">7.505<"), ValueUnreadable),
        (GOOD.replace(b">7.50<", b">7.51<"), BalanceWrong),
        (GOOD.replace(b'<Amt Ccy="EUR">7.50', b'<Amt Ccy="USD">7.50'), NotEuro),
        (GOOD.replace(b">7.50<", b">-7.50<"), SchemaRefused),
        (BOMB, XmlForbidden),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + GOOD.partition(b"?>")[2], XmlForbidden),
        (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>', XmlForbidden),
        (GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"), FormatUnknown),
        (b"<?xml version='1.0' encoding='UTF-7'?>" + BOMB.partition(b"?>")[2], XmlForbidden),
        (b"<a>" * 100_000, XmlBroken),
        (b"01" + b" " * 118, NotEuro),
        (b"99" * 60, FormatUnknown),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_fast_and_by_name(data: bytes, refusal: type[FileRefused]) -> None:
    began = time.perf_counter()
    with pytest.raises(refusal) as refused:
        reading.read(data)
    assert time.perf_counter() - began < 2
    assert str(refused.value) and "%(" not in str(refused.value)
    assert refused.value.field == "file"


def test_an_entity_hidden_in_another_encoding_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    text = f'<?xml version="1.0" encoding="UTF-7"?><!DOCTYPE x [<!ENTITY f SYSTEM "{secret.as_uri()}">]><x>&f;</x>'
    hidden = text.replace("<!", "+ADw-+ACE-").encode()
    with pytest.raises(FileRefused) as refused:
        reading.read(hidden)
    assert "SECRET" not in str(refused.value)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        reading.read(data)


def _bitten(data: bytes, places: list[tuple[int, int]]) -> bytes:
    bytes_ = bytearray(data)
    for place, value in places:
        bytes_[place % len(bytes_)] = value
    return bytes(bytes_)


bites = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=6)


@settings(max_examples=300)
@given(bites)
def test_a_bitten_camt_is_read_or_refused(places: list[tuple[int, int]]) -> None:
    _read_or_refused(_bitten(GOOD, places))


@settings(max_examples=300)
@given(bites)
def test_a_bitten_cfonb_is_read_or_refused(places: list[tuple[int, int]]) -> None:
    _read_or_refused(_bitten(official("cfonb120.txt"), places))


def _read_or_refused(data: bytes) -> None:
    try:
        file = reading.read(data)
    except FileRefused as refusal:
        for language in ("fr", "en"):
            assert "%(" not in refusal.say_in(language)
        return
    for statement in file.statements:
        assert statement.opening_cents + statement.movement_cents == statement.closing_cents


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda rows: rows[1:], RecordMisplaced),
        (lambda rows: [*rows[:1], *rows[2:]], RecordMisplaced),
        (lambda rows: rows[:-1], BalanceMissing),
        (lambda rows: [rows[0], *rows], RecordMisplaced),
        (lambda rows: [rows[0][:90] + "x" * 14, *rows[1:]], RecordWrong),
        (lambda rows: [rows[0][:34] + "999999" + rows[0][40:], *rows[1:]], RecordWrong),
        (lambda rows: [rows[0][:16] + "USD" + rows[0][19:], *rows[1:]], NotEuro),
        (lambda rows: [rows[0][:21] + "11111111111" + rows[0][32:], *rows[1:]], RecordMisplaced),
        (lambda rows: [rows[0] + "x" * 10, *rows[1:]], RecordWrong),
    ],
)
def test_a_cfonb_record_out_of_place_is_named(change: object, refusal: type[FileRefused]) -> None:
    rows = [row.ljust(120) for row in official("cfonb120.txt").decode("latin-1").splitlines() if row.strip()]
    first = rows[: next(place for place, row in enumerate(rows) if row.startswith("07")) + 1]
    changed = change(first)  # type: ignore[operator]
    with pytest.raises(refusal):
        cfonb.read("\n".join(changed).encode("latin-1"))


def test_the_schemas_are_the_official_ones() -> None:
    assert {path.name for path in camt._SCHEMAS.iterdir()} == {f"camt.053.001.{version}.xsd" for version in VERSIONS}
