"""The audit in words: what was done to what, and its detail as a person reads it, account numbers hidden."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from citizen_space.kit.formats import day, moment, money, percent
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.staff.rules import hide_iban

# The kind of thing an act is about, and where its page is.
SUBJECTS: dict[str, tuple[LazyText, str]] = {
    "staff": (_("compte %(id)s"), "/equipe/%s"),
    "worker": (_("personne %(id)s"), "/travailleurs/%s"),
    "guest": (_("convive %(id)s"), ""),
    "register": (_("caisse %(id)s"), ""),
    "room": (_("lieu %(id)s"), "/fermetures"),
    "beneficiary": (_("bénéficiaire %(id)s"), "/part/beneficiaires/%s"),
    "transfer": (_("virement %(id)s"), "/part/virements/%s"),
    "rule": (_("règle %(id)s"), "/part/regles"),
    "bank_file": (_("relevé %(id)s"), "/banque"),
    "bank_line": (_("ligne de banque %(id)s"), "/banque/lignes/%s"),
}
KEYS: dict[str, LazyText] = {
    "active": _("actif"),
    "amount_cents": _("montant"),
    "before": _("avant"),
    "code": _("code"),
    "document": _("document"),
    "from": _("de"),
    "gross_cents": _("brut"),
    "hourly_rate_cents": _("par heure"),
    "iban": _("IBAN"),
    "kind": _("nature"),
    "login": _("identifiant"),
    "name": _("nom"),
    "on": _("demandé"),
    "pin": _("code de caisse"),
    "post": _("poste"),
    "rate_bp": _("taux"),
    "reference": _("référence"),
    "role": _("fonction"),
    "room": _("lieu"),
    "sha256": _("empreinte"),
    "starts_on": _("à partir du"),
    "target_id": _("numéro"),
    "to": _("à"),
}
VALUES: dict[str, LazyText] = {
    "chef": _("Chef de cuisine"),
    "stage_manager": _("Régie de la salle"),
    "workshop_head": _("Chef d’atelier"),
    "gate_officer": _("Agent d’accueil"),
    "finance": _("Finances"),
    "director": _("Direction"),
    "admin": _("Administration du système"),
    "restaurant": _("Restaurant"),
    "venue": _("Salle"),
    "repairs": _("Atelier vélo"),
    "transfer": _("Virement de la part"),
    "payout": _("Versement des paiements en ligne"),
}
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:")
_DIGEST = re.compile(r"[0-9a-f]{40,}")


def say_subject(subject: str, language: str) -> tuple[str, str]:
    """Say what an act is about, and where to look at it; what has no name here is shown as it is."""
    kind, _colon, rest = subject.partition(":")
    if kind not in SUBJECTS or not rest:
        return subject, ""
    words, path = SUBJECTS[kind]
    named = translate(VALUES[rest], language) if rest in VALUES else rest
    return translate(words, language) % {"id": named}, path % rest if "%s" in path else path


def say_detail(detail: str, language: str) -> str:
    """Say the detail of an act in words."""
    return " · ".join(_said(json.loads(detail), language))


def _said(values: Mapping[str, Any], language: str) -> Iterator[str]:
    for key, value in values.items():
        word = translate(KEYS[key], language) if key in KEYS else key
        if isinstance(value, dict):
            yield f"{word} ({', '.join(_said(value, language))})"
        else:
            yield (
                f"{word} : {_value(key, value, language)}"
                if language == "fr"
                else f"{word}: {_value(key, value, language)}"
            )


def _value(key: str, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return translate(_("oui") if value else _("non"), language)
    if isinstance(value, int) and key.endswith("_cents"):
        return money(value, language)
    if isinstance(value, int) and key.endswith("_bp"):
        return percent(value, language)
    return _text(str(value), language)


def _text(value: str, language: str) -> str:
    if _IBAN.fullmatch(value):
        return hide_iban(value)
    if _DIGEST.fullmatch(value):
        return f"{value[:12]}…"
    if value in VALUES:
        return translate(VALUES[value], language)
    try:
        if _DAY.fullmatch(value):
            return day(date.fromisoformat(value), language)
        return moment(datetime.fromisoformat(value), language) if _INSTANT.match(value) else value
    except ValueError:
        return value
