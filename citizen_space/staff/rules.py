"""What is true of accounts and of guessing at codes, whoever asks."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from citizen_space.kit.text import _

ACTS = {
    "account_opened": _("Compte ouvert"),
    "account_changed": _("Compte modifié"),
    "codes_changed": _("Codes changés"),
    "one_time_codes": _("Code à usage unique"),
    "sign_in": _("Connexion"),
    "sign_in_refused": _("Connexion refusée"),
    "sign_out": _("Déconnexion"),
    "till_registered": _("Écran enregistré comme caisse"),
    "till_sign_in": _("Connexion à une caisse"),
    "till_revoked": _("Écran retiré"),
    "sessions_ended": _("Connexions fermées par le personnel"),
    "vouched": _("Acte validé à une caisse"),
    "vouch_refused": _("Code personnel refusé"),
    "worker_taken_on": _("Personne inscrite"),
    "worker_changed": _("Fiche modifiée"),
    "contract_agreed": _("Contrat signé"),
    "month_locked": _("Mois clos"),
    "guest_vetted": _("Invité contrôlé"),
    "guest_in": _("Arrivée notée"),
    "guest_out": _("Départ noté"),
    "closed": _("Fermeture"),
    "reopened": _("Fermeture levée"),
    "beneficiary_added": _("Bénéficiaire ajouté"),
    "beneficiary_account_changed": _("Compte du bénéficiaire changé"),
    "share_rule_proposed": _("Règle de part proposée"),
    "share_rule_approved": _("Règle de part approuvée"),
    "bank_file_imported": _("Relevé importé"),
    "bank_line_matched": _("Ligne de banque rapprochée"),
    "transfer_prepared": _("Virement préparé"),
    "transfer_approved": _("Virement approuvé"),
    "transfer_exported": _("Fichier du virement produit"),
    "transfer_file_again": _("Fichier du virement téléchargé"),
    "transfer_cancelled": _("Virement abandonné"),
    "transfer_returned": _("Virement revenu"),
}


def hide_iban(iban: str) -> str:
    """An account number that may be shown: country, and the last four characters."""
    return f"{iban[:4]} •••• {iban[-4:]}"


_PIN = re.compile(r"(\d{2})(\d{4,6})")
_CODE_NUMBER = re.compile(r"(\d{2})$")


@dataclass(frozen=True)
class Limit:
    """So many tries under one key, then a pause that doubles with every further one."""

    key: str
    tries: int
    window_minutes: int
    pause_seconds: int
    longest_seconds: int


def limits(*, who: str, device: str) -> tuple[Limit, ...]:
    """Say what is counted for one try.

    A person at a device is slowed soon. A device is slowed late and briefly, so that one colleague's guesses never
    keep a team from working. A person everywhere is slowed last: nobody can lock a colleague out from another till.
    """
    return (
        Limit(f"{who}@{device}", tries=5, window_minutes=15, pause_seconds=30, longest_seconds=900),
        Limit(f"device:{device}", tries=25, window_minutes=10, pause_seconds=20, longest_seconds=60),
        Limit(who, tries=40, window_minutes=60, pause_seconds=60, longest_seconds=600),
    )


def count_try(limit: Limit, *, tries: int, last_at: datetime, at: datetime) -> int:
    """Count one more try, from nothing again when the last one is long ago."""
    return 1 if at - last_at > timedelta(minutes=limit.window_minutes) else tries + 1


def pause_until(limit: Limit, tries: int, at: datetime) -> datetime | None:
    """Say until when the next try has to wait."""
    if tries < limit.tries:
        return None
    doubled = limit.pause_seconds * 2 ** min(tries - limit.tries, 20)
    return at + timedelta(seconds=min(doubled, limit.longest_seconds))


def split_pin(typed: str) -> tuple[str, str] | None:
    """Part what is typed on a till into the staff number (two digits) and the secret behind it."""
    found = _PIN.fullmatch(typed.strip())
    return (found[1], found[2]) if found else None


def staff_number(operator_code: str) -> str:
    """Take the two digits by which an operator code is typed: STAFF-03 is 03."""
    found = _CODE_NUMBER.search(operator_code)
    return found[1] if found else ""


def totp_steps(at: datetime) -> tuple[int, int, int]:
    """Name the thirty-second steps whose one-time code is taken at an instant: clocks differ a little."""
    now = int(at.timestamp()) // 30
    return now - 1, now, now + 1
