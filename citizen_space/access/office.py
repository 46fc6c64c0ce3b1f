"""What vetting staff and the gate see: whom to check, who may come in today, who is inside. Never the money."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.access import printouts, queries, rules, service
from citizen_space.access.forms import DecideForm, PrintForm, RefuseForm
from citizen_space.access.models import Guest, Vetting
from citizen_space.access.queries import Party
from citizen_space.access.rules import Identity
from citizen_space.bookings import queries as bookings
from citizen_space.bookings.models import Booking
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.printing import service as printing
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import GATE
from citizen_space.web.visit import Visit

PRINTER = "office"
VETTING_NAMES = {
    Vetting.PENDING: _("À contrôler"),
    Vetting.CLEARED: _("Autorisé"),
    Vetting.REFUSED: _("Non autorisé"),
    Vetting.EXEMPT: _("Dispensé sur carte"),
    Vetting.NOT_NEEDED: _("Nom seulement"),
}


class ReferenceDiffers(Refusal):
    """What was typed is not the booking's reference."""

    status = 422
    sentence = _("Écrivez la référence de la réservation pour confirmer.")


def _day(visit: Visit) -> date:
    try:
        asked = date.fromisoformat(visit.query.get("jour", ""))
    except ValueError:
        return business_day(visit.at)
    return asked if date(2000, 1, 1) <= asked <= date(2999, 1, 1) else business_day(visit.at)


def _open(visit: Visit, guests: Iterable[Guest], purpose: str) -> dict[int, Identity]:
    """Open what is still there; what was destroyed stays unknown."""
    sealed = [guest for guest in guests if guest.sealed_identity is not None]
    return service.open_identities(
        visit.session, sealed, purpose=purpose, keys=visit.house.keys, actor=visit.actor, at=visit.at
    )


# -- vetting ----------------------------------------------------------------------------------------------------------


def show_board(visit: Visit) -> Response:
    """Whom to check, the most urgent first; the names stay closed until somebody opens them."""
    return visit.render(
        "access/office/board.html",
        parties=queries.list_to_vet(visit.session, from_on=business_day(visit.at)),
        looks=queries.list_looks(visit.session, 30),
        purges=queries.list_purges(visit.session),
    )


def open_party(visit: Visit) -> Response:
    """Open a party's identities, which is written down, and show them once."""
    booking = bookings.get_booking(visit.session, visit.path["booking_id"])
    assert booking.id is not None
    guests = queries.list_guests(visit.session, booking.id)
    return visit.render(
        "access/office/party.html",
        booking=booking,
        guests=guests,
        identities=_open(visit, guests, "vetting"),
        vetting_names=VETTING_NAMES,
    )


def decide(visit: Visit) -> Response:
    """Let a guest come, or not."""
    form: DecideForm = visit.form
    guest_id = visit.path["guest_id"]
    if form.decision == Vetting.REFUSED:
        return _ask_refusal(visit, guest_id)
    decided = service.exempt if form.decision == Vetting.EXEMPT else service.clear
    guest = decided(visit.session, guest_id, actor=visit.actor, at=visit.at)
    if any(each.vetting == Vetting.PENDING for each in queries.list_guests(visit.session, guest.booking_id)):
        visit.path["booking_id"] = guest.booking_id
        return open_party(visit)
    return visit.redirect("/acces", _("Toute la réservation est contrôlée."))


def _ask_refusal(visit: Visit, guest_id: int) -> Response:
    guest = queries.get_guest(visit.session, guest_id)
    booking = bookings.get_booking(visit.session, guest.booking_id)
    return visit.render("access/office/refuse.html", guest=guest, booking=booking)


def ask_refusal(visit: Visit) -> Response:
    """A refusal calls the booking off: say what will happen first."""
    return _ask_refusal(visit, visit.path["guest_id"])


def refuse(visit: Visit) -> Response:
    """Say no: the booking is called off, the money given back, a neutral mail sent."""
    form: RefuseForm = visit.form
    guest = queries.get_guest(visit.session, visit.path["guest_id"])
    if form.confirm.upper() != bookings.get_booking(visit.session, guest.booking_id).reference:
        raise ReferenceDiffers("confirm")
    service.refuse(visit.session, visit.path["guest_id"], actor=visit.actor, at=visit.at, turn_away=_turn_away(visit))
    return visit.redirect("/acces", _("La réservation est annulée et remboursée, un message neutre part."))


def _turn_away(visit: Visit) -> service.TurnAway:
    """The rooms are above us: how a booking is called off is handed in by the house."""

    def turn_away(session: Session, booking: Booking, at: datetime) -> None:
        assert booking.id is not None
        visit.house.on_refused(session, booking.id, at)

    return turn_away


# -- the gate ---------------------------------------------------------------------------------------------------------


def show_gate(visit: Visit) -> Response:
    """Who is expected on a day, and who is inside."""
    return _draw_gate(visit, _day(visit), {})


def _draw_gate(visit: Visit, on: date, identities: dict[int, Identity]) -> Response:
    inside = queries.list_inside(visit.session)
    return visit.render(
        "access/office/gate.html",
        on=on,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        today=business_day(visit.at),
        parties=queries.list_gate(visit.session, on),
        identities=identities,
        inside=inside,
        vetting_names=VETTING_NAMES,
        may_enter=rules.MAY_ENTER,
        is_inside=rules.is_inside,
    )


def _everybody(parties: Iterable[Party]) -> list[Guest]:
    return [guest for party in parties for guest in party.guests]


def show_names(visit: Visit) -> Response:
    """The same with full names: opening them is written down."""
    on = _day(visit)
    parties = queries.list_gate(visit.session, on)
    return _draw_gate(visit, on, _open(visit, _everybody(parties), "gate"))


def arrive(visit: Visit) -> Response:
    """A guest comes in."""
    service.arrive(visit.session, visit.path["guest_id"], actor=visit.actor, at=visit.at)
    return visit.redirect(f"/porte?jour={_day(visit)}")


def leave(visit: Visit) -> Response:
    """A guest goes out."""
    service.leave(visit.session, visit.path["guest_id"], actor=visit.actor, at=visit.at)
    return visit.redirect(f"/porte?jour={_day(visit)}")


def print_list(visit: Visit) -> Response:
    """The day's list on the roll, without family names; the page with the names prints from the browser."""
    form: PrintForm = visit.form
    on = _day(visit)
    document = printouts.gate_list(on, queries.list_gate(visit.session, on))
    printing.queue(visit.session, document, printer_code=PRINTER, key=f"gate:{form.submission}", at=visit.at)
    return visit.redirect(f"/porte?jour={on}", _("La liste part à l’imprimante du bureau."))


routes: list[BaseRoute] = [
    page("/acces", show_board, roles=GATE),
    act("/acces/{booking_id:int}", open_party, again=show_board, roles=GATE),
    act("/acces/convives/{guest_id:int}", decide, form=DecideForm, again=show_board, roles=GATE),
    page("/acces/convives/{guest_id:int}/refuser", ask_refusal, roles=GATE),
    act("/acces/convives/{guest_id:int}/refuser", refuse, form=RefuseForm, again=ask_refusal, roles=GATE),
    page("/porte", show_gate, roles=GATE),
    act("/porte/noms", show_names, again=show_gate, roles=GATE),
    act("/porte/convives/{guest_id:int}/arrivee", arrive, again=show_gate, roles=GATE),
    act("/porte/convives/{guest_id:int}/depart", leave, again=show_gate, roles=GATE),
    act("/porte/imprimer", print_list, form=PrintForm, again=show_gate, roles=GATE),
]
