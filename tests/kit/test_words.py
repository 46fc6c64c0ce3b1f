"""Refusals, formats, references, keys and seals of text."""

import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from citizen_space.kit import crypto, formats, ids, text
from citizen_space.kit.errors import NotFound, Refusal
from citizen_space.kit.keys import NAMES, load_keys, new_keys
from citizen_space.kit.text import _


class TooDear(Refusal):
    sentence = _("Il manque %(left_cents)s avant le %(until_on)s.")


def test_a_refusal_speaks_french_with_amounts_and_dates_written_out() -> None:
    refusal = TooDear("amount", left_cents=123456, until_on=date(2026, 11, 23))
    assert str(refusal) == "Il manque 1\u202f234,56\u00a0€ avant le lun. 23 nov. 2026."
    assert (refusal.status, refusal.field) == (409, "amount")
    assert NotFound().status == 404


def test_a_sentence_is_translated_when_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    english = {"Il manque %(left_cents)s avant le %(until_on)s.": "%(left_cents)s missing before %(until_on)s."}
    monkeypatch.setattr(text, "load_messages", lambda language: english)
    assert TooDear(left_cents=50, until_on=date(2026, 11, 23)).say_in("en") == "€0.50 missing before Mon 23 Nov 2026."


def test_french_counts_nothing_as_one_and_english_does_not() -> None:
    assert text.translate_number("%(n)s place", "%(n)s places", 0, "fr") == "0 place"
    assert text.translate_number("%(n)s place", "%(n)s places", 2, "fr") == "2 places"
    assert text.translate_number("%(n)s seat", "%(n)s seats", 0, "en") == "0 seats"
    assert text.translate_number("%(n)s seat", "%(n)s seats", 1, "en") == "1 seat"


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (0, "0,00\u00a0€", "€0.00"),
        (-5, "-0,05\u00a0€", "-€0.05"),
        (123456789, "1\u202f234\u202f567,89\u00a0€", "€1,234,567.89"),
    ],
)
def test_money_is_written_as_each_language_does(cents: int, french: str, english: str) -> None:
    assert formats.money(cents, "fr") == french
    assert formats.money(cents, "en") == english


def test_moments_are_those_of_the_wall_in_paris() -> None:
    at = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    assert formats.moment(at, "fr") == "mer. 15 juil. 2026, 00:30"
    assert formats.hour(at) == "00:30"


@pytest.mark.parametrize(("bp", "said"), [(550, "5,5\u00a0%"), (1000, "10\u00a0%"), (25, "0,25\u00a0%")])
def test_a_rate_is_written_without_idle_zeros(bp: int, said: str) -> None:
    assert formats.percent(bp, "fr") == said


@pytest.mark.parametrize(("minutes", "said"), [(45, "45\u00a0min"), (120, "2\u00a0h"), (65, "1\u00a0h\u00a005")])
def test_a_length_of_time_is_short(minutes: int, said: str) -> None:
    assert formats.duration(minutes) == said


def test_references_hold_nothing_that_is_misread() -> None:
    drawn = {ids.new_reference() for _number in range(500)}
    assert len(drawn) == 500
    assert not set("".join(drawn)) & set("01OIL")


def test_sealed_text_opens_with_its_key_only_and_shows_tampering() -> None:
    keys = new_keys()
    sealed = crypto.seal_text(keys.identity_key, "Dupont, né à Œuilly")
    assert crypto.open_text(keys.identity_key, sealed) == "Dupont, né à Œuilly"
    assert sealed != crypto.seal_text(keys.identity_key, "Dupont, né à Œuilly")
    with pytest.raises(InvalidTag):
        crypto.open_text(new_keys().identity_key, sealed)
    with pytest.raises(InvalidTag):
        crypto.open_text(keys.identity_key, sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB"))


def test_a_signature_fits_one_message_only() -> None:
    keys = new_keys()
    signature = crypto.sign(keys.fiscal_key, b"12,50")
    assert crypto.verify(keys.fiscal_public, b"12,50", signature)
    assert not crypto.verify(keys.fiscal_public, b"12,51", signature)
    assert not crypto.verify(keys.ticket_public, b"12,50", signature)


def test_a_pin_is_known_by_its_hash_and_the_pepper_alone_is_not_enough() -> None:
    keys = new_keys()
    hashed = crypto.hash_secret("1234", keys.pin_pepper)
    assert crypto.check_secret(hashed, "1234", keys.pin_pepper)
    assert not crypto.check_secret(hashed, "1235", keys.pin_pepper)
    assert not crypto.check_secret(hashed, "1234", new_keys().pin_pepper)
    assert not crypto.check_secret("no hash", "1234", keys.pin_pepper)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "keys", {})
    assert load_keys(tmp_path / "keys", {}) == first
    files = list((tmp_path / "keys").iterdir())
    assert {file.name for file in files} == set(NAMES)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert first.fiscal_key.hex() not in repr(first)


def test_a_key_of_the_environment_wins_and_a_short_one_is_refused(tmp_path: Path) -> None:
    given = {"CITIZEN_SPACE_COOKIE_SECRET": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}
    assert load_keys(tmp_path, given).cookie_secret == b"A" * 32
    with pytest.raises(ValueError, match="cookie_secret"):
        load_keys(tmp_path, {"CITIZEN_SPACE_COOKIE_SECRET": "QUFB"})
