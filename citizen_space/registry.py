"""The lists of the house: its packages from the ground up, and its rooms. The only place that names all of them."""

import importlib
from datetime import datetime
from functools import partial
from pathlib import Path
from types import ModuleType

from sqlmodel import Session

from citizen_space.kit.names import ROOM_NAMES
from citizen_space.room import Room
from citizen_space.web.endpoint import Route
from citizen_space.web.visit import Front

# Every package that may have pages, jobs or sample data. A test holds that none is missing.
PACKAGES = (
    "web",
    "law",
    "staff",
    "ledger",
    "fiscal",
    "printing",
    "vouching",
    "outbox",
    "customers",
    "products",
    "compensation",
    "workers",
    "bookings",
    "orders",
    "access",
    "kitchen",
    "payments",
    "bank",
    "cash",
    "checkout",
    "basket",
    "counter",
    *ROOM_NAMES,
)
_HOUSE = Path(__file__).parent


def find_modules(file: str) -> list[ModuleType]:
    """Import every package's file of a kind: `public`, `till`, `office`, `agent_api`, `jobs`, `telling`, `sample`."""
    return [
        importlib.import_module(f"citizen_space.{package}.{file}")
        for package in PACKAGES
        if (_HOUSE / package / f"{file}.py").exists()
    ]


def list_routes(file: str) -> list[Route]:
    """Join the routes of every package's page file."""
    return [route for module in find_modules(file) for route in module.routes]


_ROOM_FILES = ("service", "jobs", "public")


def _room(name: str) -> Room:
    """Build a room from its modules: each has the same files; its public.py says `doors` and `front`.

    The page files of the inner surfaces are read where they are served: what the internet reaches never holds them.
    """
    service, jobs, public = (importlib.import_module(f"citizen_space.{name}.{file}") for file in _ROOM_FILES)
    return Room(
        name=public.doors.room,
        routes=partial(_routes_of, name),
        jobs=jobs.JOBS,
        confirm=service.confirm,
        release=service.release,
        front=public.front,
        doors=public.doors,
    )


def _routes_of(name: str, surface: str) -> list[Route]:
    routes: list[Route] = importlib.import_module(f"citizen_space.{name}.{surface}").routes
    return routes


ROOMS: dict[str, Room] = {name: _room(name) for name in ROOM_NAMES}


def list_fronts(session: Session, at: datetime, language: str) -> list[Front]:
    """What each room shows of itself on the home page."""
    return [room.front(session, at, language) for room in ROOMS.values()]
