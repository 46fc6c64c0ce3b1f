"""The sample establishment: everything that `make run` shows, planted once, package by package from the ground up."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from citizen_space.bank import sample as bank
from citizen_space.compensation import sample as compensation
from citizen_space.fiscal import sample as fiscal
from citizen_space.kit.keys import Keys
from citizen_space.law import sample as law
from citizen_space.ledger import service as ledger
from citizen_space.printing import sample as printers
from citizen_space.printing import service as printing
from citizen_space.repairs import sample as repairs
from citizen_space.restaurant import sample as restaurant
from citizen_space.staff import sample as staff
from citizen_space.venue import sample as venue
from citizen_space.workers import sample as workers

AGENT_NAME = "bâtiment"
PLANTERS: tuple[Callable[..., None], ...] = (
    law.plant,
    staff.plant,
    fiscal.plant,
    printers.plant,
    compensation.plant,
    workers.plant,
    bank.plant,
    restaurant.plant,
    venue.plant,
    repairs.plant,
)


def plant(session: Session, *, at: datetime, keys: Keys, agent_token: str = "") -> None:
    """Plant what is missing; what is there stays as it is, so that a second start goes on with its data."""
    ledger.open_chart(session)
    for planter in PLANTERS:
        planter(session, at=at, keys=keys)
    if agent_token:
        printing.ensure_agent(session, AGENT_NAME, agent_token, at=at)


def sign_in_sheet() -> str:
    """Say who signs in where with what."""
    lines = ["  Office (login, code) and till (number and PIN):"]
    lines += [
        f"    {role:<15} {login:<10} {code:<14} {operator[-2:]}{pin}"
        for login, _name, role, operator, code, pin in staff.ACCOUNTS
    ]
    lines += ["  Till (operator code, PIN):"]
    lines += [f"    {code}  {pin}  {post}" for code, _first, _last, pin, post, _hours in workers.WORKERS]
    return "\n".join(lines)
