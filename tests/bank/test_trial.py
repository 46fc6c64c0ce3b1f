"""The statement to try with is one that a bank could have sent."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_space.bank import reading, trial

HOUSE = "FR7610071750000000100012302"
lines = st.lists(
    st.builds(
        trial.TrialLine,
        amount_cents=st.integers(-(10**9), 10**9).filter(bool),
        reference=st.from_regex(r"VIC-[0-9]{6}-[A-Z2-9]{8}", fullmatch=True),
        text=st.text("abc é&<>", min_size=1, max_size=60).filter(str.strip),
        counterparty=st.text("Abc ’é", min_size=1, max_size=60).filter(str.strip),
    ),
    max_size=6,
)


@given(lines, st.integers(-(10**9), 10**9), st.sampled_from(["camt.053.001.02", "camt.053.001.04", "camt.053.001.08"]))
def test_it_reads_back_as_it_was_meant(written: list[trial.TrialLine], opening: int, version: str) -> None:
    at = datetime.fromisoformat("2026-11-24T06:00:00+00:00")
    data = trial.write(
        iban=HOUSE, number="ESSAI-1", opening_cents=opening, lines=written, on=date(2026, 11, 23), at=at,
        version=version,
    )  # fmt: skip
    file = reading.read(data)
    (statement,) = file.statements
    assert (file.format, statement.iban, statement.opening_cents) == (version, HOUSE, opening)
    assert statement.closing_cents == opening + sum(line.amount_cents for line in written)
    assert [(line.amount_cents, line.reference) for line in statement.lines] == [
        (line.amount_cents, line.reference) for line in written
    ]


def test_a_reference_longer_than_a_bank_keeps_is_cut_not_refused() -> None:
    at = datetime.fromisoformat("2026-11-24T06:00:00+00:00")
    line = trial.TrialLine(100, "po_" + "x" * 60, "y" * 300, "z" * 100)
    data = trial.write(
        iban=HOUSE, number="E", opening_cents=0, lines=[line], on=at.date(), at=at, version="camt.053.001.08"
    )
    assert reading.read(data).statements[0].lines[0].reference == ("po_" + "x" * 32)


def test_another_version_is_a_mistake_of_ours() -> None:
    at = datetime.fromisoformat("2026-11-24T06:00:00+00:00")
    with pytest.raises(ValueError, match=r"camt\.053\.001\.99"):
        trial.write(iban=HOUSE, number="E", opening_cents=0, lines=[], on=at.date(), at=at, version="camt.053.001.99")
