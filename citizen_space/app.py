"""The applications: public on one port; till, office and the printers' agents on the other. It only joins lists."""

import importlib
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import text
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from citizen_space import __version__
from citizen_space.config import Config
from citizen_space.kit.db import Database
from citizen_space.kit.keys import load_keys
from citizen_space.web.assets import Assets
from citizen_space.web.entrance import Entrance, Plain
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House

log = logging.getLogger("citizen_space")

# Every package that may have pages or jobs, from the ground up.
PACKAGES = (
    "web",
    "law",
    "staff",
    "ledger",
    "fiscal",
    "printing",
    "outbox",
    "customers",
    "products",
    "compensation",
    "workers",
    "bookings",
    "orders",
    "access",
    "payments",
    "cash",
    "bank",
    "checkout",
    "counter",
    "basket",
    "restaurant",
    "venue",
    "repairs",
)
_HOUSE = Path(__file__).parent


def find_modules(file: str) -> list[ModuleType]:
    """Import every package's file of a kind: `public`, `till`, `office`, `agent_api`, `jobs`."""
    return [
        importlib.import_module(f"citizen_space.{package}.{file}")
        for package in PACKAGES
        if (_HOUSE / package / f"{file}.py").exists()
    ]


def list_routes(file: str) -> list[BaseRoute]:
    """Join the routes of every package's page file."""
    return [route for module in find_modules(file) for route in module.routes]


def build_house(config: Config, *, database: Database | None = None) -> House:
    """Make what every request shares."""
    cache = config.var / "templates"
    return House(
        database=database or Database(config.database_url, threads=config.threads),
        config=config,
        keys=load_keys(config.var / "keys"),
        templates=Templates(Assets(), cache),
    )


def public_app(house: House) -> ASGIApp:
    """What the internet reaches; the inner routes are not in it."""
    host = getattr(house.payments, "host", "") or ""
    surface = Surface(house, "public", list_routes("public"), payment_host=host)
    robots = Plain(_allow_robots)
    entrance = Entrance(surface, {"/static": house.templates.assets, "/robots.txt": robots})
    return GZipMiddleware(entrance, minimum_size=700, compresslevel=4)


def inner_app(house: House) -> ASGIApp:
    """What the inner network reaches: the till, the office, the printers' agents, the health of it all."""
    till = Surface(house, "till", list_routes("till"), prefix="/caisse", sign_in="/")
    office = Surface(house, "office", list_routes("office"), prefix="/bureau", sign_in="/connexion")
    agent = Surface(house, "agent", list_routes("agent_api"), prefix="/agent")
    doors: dict[str, ASGIApp] = {
        "/static": house.templates.assets,
        "/caisse": till,
        "/bureau": office,
        "/agent": agent,
        "/robots.txt": Plain(_refuse_robots),
        "/sante": Plain(lambda request: show_health(house, request)),
        "/metrics": Plain(lambda request: show_metrics([till, office, agent])),
    }
    return Entrance(office, doors, at_root=Plain(_choose))


def _choose(request: Request) -> Response:
    """A registered till goes to the till, everybody else to the office."""
    return RedirectResponse("/caisse/" if "cs_device" in request.cookies else "/bureau/", 303)


def _allow_robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /payer/\nDisallow: /*/reservation/\n")


def _refuse_robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


# -- health ---------------------------------------------------------------------------------------------------------


def show_health(house: House, _request: Request) -> Response:
    """Say whether the house can answer: it asks the database."""
    state: dict[str, Any] = {"version": __version__, "database": house.database.dialect}
    try:
        with house.database.read() as session:
            session.execute(text("SELECT 1"))
    except Exception:
        log.exception("the database does not answer")
        return Response(json.dumps({**state, "status": "down"}), 503, media_type="application/json")
    return Response(json.dumps({**state, "status": "ok"}), media_type="application/json")


_STARTED = time.monotonic()


def show_metrics(surfaces: Sequence[Surface]) -> Response:
    """Count answers by surface and status, in Prometheus's plain text."""
    lines = ["# TYPE citizen_space_answers_total counter"]
    for surface in surfaces:
        for status, count in sorted(surface.answers.items()):
            lines.append(f'citizen_space_answers_total{{surface="{surface.place.name}",status="{status}"}} {count}')
    lines += ["# TYPE citizen_space_up_seconds gauge", f"citizen_space_up_seconds {time.monotonic() - _STARTED:.0f}"]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
