"""The applications: public on one port; till, office and the printers' agents on the other. It only joins lists."""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from importlib import import_module
from typing import Any, cast

from sqlalchemy import text
from sqlmodel import Session
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from citizen_space import __version__, stripe_events
from citizen_space.bookings import service as bookings
from citizen_space.config import Config
from citizen_space.kit.actor import SYSTEM, Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.keys import Keys, load_keys
from citizen_space.kit.text import LazyText, _
from citizen_space.law import queries as law
from citizen_space.outbox.mail_gateway import open_gateway
from citizen_space.payments.gateway import PaymentGateway
from citizen_space.payments.sandbox_gateway import SandboxGateway
from citizen_space.printing import queries as printing
from citizen_space.printing.rules import advise, is_in_trouble
from citizen_space.registry import ROOMS, list_fronts, list_routes
from citizen_space.room import cancel_booking, mail_booking
from citizen_space.web.assets import Assets
from citizen_space.web.endpoint import Endpoint
from citizen_space.web.entrance import Entrance, Plain
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House, Visit, Who

log = logging.getLogger("citizen_space")


def build_house(config: Config, *, database: Database | None = None) -> House:
    """Make what every request shares, and hand in what the storeys above the web know."""
    found = database or Database(config.database_url, threads=config.threads)
    keys = load_keys(config.var / "keys")
    house = House(
        database=found,
        config=config,
        keys=keys,
        templates=Templates(Assets(), config.var / "templates"),
        payments=_payments(config, found, keys),
        mail=open_gateway(config.smtp_url, config.mail_from, config.var / "mail"),
        fronts=list_fronts,
        furnish=furnish,
    )
    house.on_paid = _on_paid(house)
    house.on_refused = house.call_off = partial(_call_off, house)
    return house


def _call_off(
    house: House,
    session: Session,
    booking_id: int,
    at: datetime,
    *,
    actor: Actor = SYSTEM,
    reason: str = "",
    key: str = "",
    register_id: int | None = None,
) -> None:
    """Cancel a booking in the house's name: everything is given back, and the mail gives no reason."""
    booking = bookings.lock_booking(session, booking_id)
    doors = ROOMS[booking.room].doors
    outcome = cancel_booking(
        session,
        doors,
        booking_id,
        actor=actor,
        at=at,
        keys=house.keys,
        in_full=True,
        reason=reason,
        key=key,
        register_id=register_id,
    )
    mail_booking(session, booking, key=f"booking:{booking_id}:called_off", at=at, outcome=outcome)


def _payments(config: Config, database: Database, keys: Keys) -> PaymentGateway:
    """Stripe when its keys are set; else the sandbox, which refuses to run in production."""
    if config.sandbox:
        return SandboxGateway(database, config, keys.cookie_secret)
    # Imported here only: 13 MB and a third of a second that a house without Stripe does not spend.
    made: PaymentGateway = import_module("citizen_space.payments.stripe_gateway").StripeGateway(config)
    return made


def _on_paid(house: House) -> Callable[[Session, int, datetime], str]:
    return partial(stripe_events.handle_paid, house=house)


# (path, label, icon) by domain; whoever may not enter a page does not see it, by the roles of its own route.
_MENU = (
    (
        _("Aujourd’hui"),
        (
            ("/porte", _("Porte"), "door-open"),
            ("/acces", _("Vérifications"), "id-card"),
            ("/reservations", _("Réservations"), "calendar-check"),
            ("/fermetures", _("Fermetures"), "calendar-off"),
            ("/restaurant", _("Restaurant"), "utensils"),
            ("/salle", _("Salle"), "drama"),
            ("/velos", _("Atelier vélo"), "bike"),
            ("/caisses", _("Caisses"), "wallet"),
        ),
    ),
    (
        _("Équipes"),
        (
            ("/planning", _("Planning"), "calendar-days"),
            ("/presences", _("Présences"), "clock"),
            ("/travailleurs", _("Travailleurs"), "users"),
            ("/decomptes", _("Décomptes"), "receipt-text"),
        ),
    ),
    (
        _("Vente"),
        (
            ("/produits", _("Produits et prix"), "tag"),
            ("/ventes", _("Ventes"), "receipt"),
            ("/validations", _("Validations"), "key-round"),
            ("/paiements", _("Paiements en ligne"), "credit-card"),
            ("/courrier", _("Courrier"), "mail"),
            ("/imprimantes", _("Imprimantes"), "printer"),
            ("/impressions", _("Impressions"), "file-text"),
        ),
    ),
    (
        _("Argent"),
        (
            ("/part", _("Part des victimes"), "heart-handshake"),
            ("/banque", _("Banque"), "landmark"),
            ("/ecritures", _("Écritures"), "book-open"),
            ("/journal", _("Journal fiscal"), "shield-check"),
        ),
    ),
    (
        _("Réglages"),
        (
            ("/loi", _("Loi et réglages"), "scale"),
            ("/ecrans", _("Écrans et connexions"), "monitor-check"),
            ("/equipe", _("Comptes du personnel"), "user-cog"),
            ("/audit", _("Journal des accès"), "eye"),
        ),
    ),
)
Menu = list[tuple[LazyText, list[tuple[str, LazyText, str]]]]


@cache
def _roles_by_path() -> dict[str, frozenset[str]]:
    shown = [(route.path, route.endpoint) for route in list_routes("office") if "GET" in (route.methods or ())]
    return {path: endpoint.roles for path, endpoint in shown if isinstance(endpoint, Endpoint)}


def office_menu(who: Who) -> Menu:
    """What this person may open, by domain."""
    roles = _roles_by_path()
    groups = [(group, [entry for entry in entries if who.role in roles.get(entry[0], ())]) for group, entries in _MENU]
    return [(group, entries) for group, entries in groups if entries]


def list_menu_paths() -> set[str]:
    """Every address that the menu may show."""
    return {path for _group, entries in _MENU for path, _label, _icon in entries}


_TOLD_FOR = timedelta(seconds=1)


def furnish(visit: Visit) -> Mapping[str, Any]:
    """What the base templates show of the storeys above the web: the house's particulars, menu and printers."""
    particulars = law.find_house(visit.session, business_day(visit.at))
    if visit.surface.name == "office":
        return {**particulars, "office_menu": office_menu}
    return {**particulars, **_tell_printers(visit)} if visit.device else particulars


def _tell_printers(visit: Visit) -> Mapping[str, Any]:
    """What a till's top bar says of the printers, and what to do when one is in trouble: asked once a second."""
    asked_at, known = visit.house.told.get("printers", (visit.at, None))
    if known is not None and timedelta() < visit.at - asked_at < _TOLD_FOR:
        return cast("Mapping[str, Any]", known)
    told = _ask_printers(visit)
    visit.house.told["printers"] = visit.at, told
    return told


def _ask_printers(visit: Visit) -> Mapping[str, Any]:
    told = printing.tell_printers(visit.session, visit.at)
    troubled = [one for one in told if is_in_trouble(one.health, one.health_at, visit.at)]
    doubted = [one for one in told if one.unknown]
    advice = [(one.name, advise(one.health)) for one in troubled]
    return {
        "printers_ok": not advice,
        "printers_advice": advice,
        "printers_down": troubled,
        "printers_doubted": doubted,
    }


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
        "/sante": Plain(partial(show_health, house)),
        "/metrics": Plain(partial(show_metrics, [till, office, agent])),
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


def show_metrics(surfaces: Sequence[Surface], _request: Request) -> Response:
    """Count answers by surface and status, in Prometheus's plain text."""
    lines = ["# TYPE citizen_space_answers_total counter"]
    for surface in surfaces:
        for status, count in sorted(surface.answers.items()):
            lines.append(f'citizen_space_answers_total{{surface="{surface.place.name}",status="{status}"}} {count}')
    lines += ["# TYPE citizen_space_up_seconds gauge", f"citizen_space_up_seconds {time.monotonic() - _STARTED:.0f}"]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
