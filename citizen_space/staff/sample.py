"""The sample establishment's staff; the codes are for trying the product and are printed at its start."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.keys import Keys
from citizen_space.staff import queries, service

# login, name, role, operator code, sign-in code, secret digits of the PIN
ACCOUNTS = [
    ("direction", "Claire Aubry", "director", "D01", "tilleul-4821", "4821"),
    ("chef", "Marc Delattre", "chef", "C02", "thym-7350", "7350"),
    ("regie", "Sonia Benali", "stage_manager", "S03", "rideau-2694", "2694"),
    ("atelier", "Yann Le Goff", "workshop_head", "A04", "pignon-5178", "5178"),
    ("portail", "Nadia Roche", "gate_officer", "G05", "portail-9036", "9036"),
    ("finances", "Paul Hennequin", "finance", "F06", "registre-6412", "6412"),
    ("comptable", "Inès Caron", "finance", "F07", "balance-3587", "3587"),
    ("admin", "Hugo Petit", "admin", "T08", "clavier-1943", "1943"),
]


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Open the accounts that are missing."""
    for login, name, role, operator_code, code, pin in ACCOUNTS:
        if queries.find_by_login(session, login) is None:
            service.open_account(
                session,
                login=login,
                name=name,
                role=role,
                operator_code=operator_code,
                code=code,
                pin=pin,
                keys=keys,
                actor=SYSTEM,
                at=at,
            )
