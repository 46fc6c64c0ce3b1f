"""The first page of the office: today's work, by role."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.access import queries as access
from citizen_space.bookings import queries as bookings
from citizen_space.bookings import rules as booking_rules
from citizen_space.kit.clock import business_day
from citizen_space.kit.text import _
from citizen_space.web.endpoint import page
from citizen_space.web.roles import ADMIN, FINANCE, GATE, ROOM_HEADS, STAFF
from citizen_space.web.visit import Visit
from citizen_space.workers import queries as workers


@dataclass(frozen=True)
class Work:
    """Something to be done today, how much of it, and where."""

    label: str
    count: int
    path: str
    tone: str = ""


def _to_vet(visit: Visit) -> Work:
    count = access.count_to_vet(visit.session, from_on=business_day(visit.at))
    return Work(_("Invités à contrôler"), count, "/acces", "wait" if count else "")


def _expected(visit: Visit) -> Work:
    parties = access.list_gate(visit.session, business_day(visit.at))
    return Work(_("Personnes attendues à la porte"), sum(each.booking.party_size for each in parties), "/porte")


def _inside(visit: Visit) -> Work:
    return Work(_("Personnes à l’intérieur"), len(access.list_inside(visit.session)), "/porte")


def _booked(visit: Visit) -> Work:
    today = bookings.list_day(visit.session, room=None, on=business_day(visit.at))
    return Work(_("Réservations du jour"), sum(each.status in booking_rules.LIVE for each in today), "/reservations")


def _at_work(visit: Visit) -> Work:
    return Work(_("Personnes au travail"), len(workers.list_open(visit.session)), "/presences")


def _forgotten(visit: Visit) -> Work:
    count = len(workers.list_flagged(visit.session))
    return Work(_("Fins de travail oubliées"), count, "/presences", "wait" if count else "")


def _disputed(visit: Visit) -> Work:
    count = len(workers.list_open_disputes(visit.session))
    return Work(_("Heures contestées"), count, "/presences", "wait" if count else "")


# What each role does first; the menu beside it has the rest.
_BLOCKS: tuple[tuple[frozenset[str], Callable[[Visit], Work]], ...] = (
    (GATE, _to_vet),
    (GATE, _expected),
    (GATE, _inside),
    (ROOM_HEADS, _booked),
    (ROOM_HEADS, _at_work),
    (ROOM_HEADS, _forgotten),
    (ROOM_HEADS, _disputed),
)
_LINKS: tuple[tuple[frozenset[str], str, str, str], ...] = (
    (ROOM_HEADS, "/planning", _("Planning"), "calendar-days"),
    (ROOM_HEADS | FINANCE, "/decomptes", _("Décomptes du mois"), "receipt-text"),
    (FINANCE, "/virements", _("Virements"), "send"),
    (FINANCE, "/banque", _("Banque"), "landmark"),
    (ADMIN, "/equipe", _("Comptes du personnel"), "user-cog"),
    (ADMIN, "/audit", _("Journal des actes"), "eye"),
)


def show_home(visit: Visit) -> Response:
    """Today's work."""
    role = visit.who.role if visit.who else ""
    return visit.render(
        "counter/office/home.html",
        works=[block(visit) for roles, block in _BLOCKS if role in roles],
        links=[(path, label, symbol) for roles, path, label, symbol in _LINKS if role in roles],
        today=business_day(visit.at),
    )


routes: list[BaseRoute] = [page("/", show_home, roles=STAFF)]
