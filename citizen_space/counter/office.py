"""The first page of the office, today's work by role; and the screens that are tills, with who works on them."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.access import queries as access
from citizen_space.bookings import queries as bookings
from citizen_space.bookings import rules as booking_rules
from citizen_space.counter import rules, service
from citizen_space.counter.forms import EndForm, RevokeForm
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotAllowed
from citizen_space.kit.text import _, translate
from citizen_space.web import sessions
from citizen_space.web.endpoint import act, page
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
    (ROOM_HEADS | ADMIN, "/ecrans", _("Écrans et connexions"), "monitor-check"),
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


# -- the screens that are tills, and who is signed in ------------------------------------------------------------------

# Who vouches for a screen takes it out of service too.
SCREENS = ROOM_HEADS | ADMIN


def show_screens(visit: Visit) -> Response:
    """Every screen that is or was a till, and the people who are signed in."""
    may_end_staff = visit.who is not None and visit.who.role in ADMIN
    return visit.render(
        "counter/office/screens.html",
        screens=sessions.list_devices(visit.session),
        signed_in=[one for one in sessions.list_open(visit.session, visit.at) if one.kind == "worker" or may_end_staff],
        reasons=rules.REVOKED,
    )


def show_screen(visit: Visit) -> Response:
    """One screen, and taking it out of service."""
    return visit.render(
        "counter/office/screen.html",
        screen=sessions.get_device(visit.session, visit.path["device_id"]),
        reasons=rules.REVOKED,
        choices=[(code, translate(word, visit.language)) for code, word in rules.REVOKED.items() if code != "moved"],
    )


def revoke(visit: Visit) -> Response:
    """Take a screen out of service."""
    form: RevokeForm = visit.form
    service.revoke_screen(visit.session, visit.path["device_id"], reason=form.reason, actor=visit.actor, at=visit.at)
    return visit.redirect("/ecrans", translate(_("L’écran n’est plus une caisse."), visit.language))


def end_sign_ins(visit: Visit) -> Response:
    """Sign one person out everywhere; staff only by those who keep the accounts."""
    form: EndForm = visit.form
    known = sessions.get_open(visit.session, form.sign_in_id, visit.at)
    if known.kind == "staff" and (visit.who is None or visit.who.role not in ADMIN):
        raise NotAllowed
    code = service.end_sign_ins(visit.session, form.sign_in_id, actor=visit.actor, at=visit.at)
    said = translate(_("Les connexions de %(code)s sont fermées."), visit.language, code=code)
    return visit.redirect("/ecrans", said)


routes: list[BaseRoute] = [
    page("/", show_home, roles=STAFF),
    page("/ecrans", show_screens, roles=SCREENS),
    page("/ecrans/{device_id:int}", show_screen, roles=SCREENS),
    act("/ecrans/{device_id:int}/retirer", revoke, form=RevokeForm, again=show_screen, roles=SCREENS),
    act("/ecrans/deconnecter", end_sign_ins, form=EndForm, again=show_screens, roles=SCREENS),
]
