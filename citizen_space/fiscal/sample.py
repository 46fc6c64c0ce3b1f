"""The sample establishment's registers: one till for each room, and the one that sells online."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.fiscal import service
from citizen_space.kit.keys import Keys

# code, name, room, kind
REGISTERS = [
    ("R1", "Caisse du restaurant", "restaurant", "till"),
    ("H1", "Guichet de la salle", "venue", "till"),
    ("V1", "Comptoir de l’atelier", "repairs", "till"),
    ("WEB", "Ventes en ligne", None, "online"),
]


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Open the registers; one that is there stays as it is."""
    for code, name, room, kind in REGISTERS:
        service.open_register(session, code=code, name=name, kind=kind, at=at, room=room)
