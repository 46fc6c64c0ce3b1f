"""The audit is read by people: words for codes, and no account number in full."""

import json

import pytest

from citizen_space.staff.audit import say_detail, say_subject

IBAN = "FR7630001007941234567890185"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({}, ""),
        ({"amount_cents": 195, "reference": "VIC-1"}, "montant : 1,95 € · référence : VIC-1"),
        ({"rate_bp": 550, "room": "venue"}, "taux : 5,5 % · lieu : Salle"),
        ({"from": IBAN, "to": IBAN}, "de : FR76 •••• 0185 · à : FR76 •••• 0185"),
        ({"before": {"active": True, "role": "chef"}}, "avant (actif : oui, fonction : Chef de cuisine)"),
        ({"starts_on": "2026-11-01"}, "à partir du : dim. 1 nov. 2026"),
        ({"sha256": "a" * 64}, "empreinte : aaaaaaaaaaaa…"),
        ({"unheard_of": "as it is"}, "unheard_of : as it is"),
    ],
)
def test_a_detail_is_said_in_words(detail: dict[str, object], said: str) -> None:
    assert say_detail(json.dumps(detail), "fr").replace("\u00a0", " ").replace("\u202f", " ") == said


def test_a_subject_leads_to_its_page() -> None:
    assert say_subject("transfer:7", "fr") == ("virement 7", "/part/virements/7")
    assert say_subject("room:venue", "en") == ("place: Hall", "/fermetures")
    assert say_subject("regie@office:127.0.0.1", "fr") == ("regie@office:127.0.0.1", "")
