"""The sample establishment's printers: all virtual, their paper is kept in a folder."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.kit.keys import Keys
from citizen_space.printing import queries, service

# code, name, columns, station, who stands in
PRINTERS = [
    ("R1", "Caisse du restaurant", 48, None, None),
    ("kitchen", "Cuisine", 48, "kitchen", "R1"),
    ("bar", "Bar", 32, "bar", "kitchen"),
    ("H1", "Guichet de la salle", 48, None, None),
    ("V1", "Comptoir de l’atelier", 48, None, None),
    ("office", "Bureau", 48, None, None),
]


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Make the printers known; one that is there stays as it is."""
    for code, name, columns, station, stand_in in PRINTERS:
        if queries.find_printer(session, code) is None:
            service.add_printer(
                session,
                code=code,
                name=name,
                address=f"virtual://{code}",
                columns=columns,
                station=station,
                fallback_code=stand_in,
            )
