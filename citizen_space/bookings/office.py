"""What staff see of bookings: the day's list, one booking, the times in which nobody is taken."""

from datetime import date, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.bookings import queries, rules, service
from citizen_space.bookings.forms import CloseForm
from citizen_space.bookings.models import BookingStatus
from citizen_space.customers.queries import get_customer
from citizen_space.kit.clock import business_day
from citizen_space.kit.names import ROOM_NAMES
from citizen_space.kit.text import _
from citizen_space.staff import service as staff
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import ROOM_HEADS
from citizen_space.web.visit import Visit

STATUS_NAMES = {
    BookingStatus.HELD: _("En attente de paiement"),
    BookingStatus.CONFIRMED: _("Confirmée"),
    BookingStatus.ARRIVED: _("Arrivée"),
    BookingStatus.COMPLETED: _("Terminée"),
    BookingStatus.CANCELLED: _("Annulée"),
    BookingStatus.NO_SHOW: _("Absente"),
    BookingStatus.LAPSED: _("Abandonnée"),
}
PER_PAGE = 100
_AHEAD = timedelta(days=366)


def _day(visit: Visit) -> date:
    try:
        asked = date.fromisoformat(visit.query.get("jour", ""))
    except ValueError:
        return business_day(visit.at)
    return asked if date(2000, 1, 1) <= asked <= date(2999, 1, 1) else business_day(visit.at)


def _page(visit: Visit) -> int:
    typed = visit.query.get("page", "")
    return max(1, int(typed)) if typed.isdecimal() and len(typed) < 6 else 1


def show_day(visit: Visit) -> Response:
    """A day's bookings, of one room or of all."""
    on = _day(visit)
    asked = visit.query.get("lieu", "")
    chosen = next((name for name in ROOM_NAMES if name == asked), None)
    bookings = queries.list_day(visit.session, room=chosen, on=on)
    pages = max(1, -(-len(bookings) // PER_PAGE))
    page_number = min(_page(visit), pages)
    return visit.render(
        "bookings/office/day.html",
        on=on,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        chosen=chosen,
        rooms=ROOM_NAMES,
        bookings=bookings[(page_number - 1) * PER_PAGE : page_number * PER_PAGE],
        page=page_number,
        pages=pages,
        expected=sum(each.party_size for each in bookings if each.status in rules.LIVE),
        status_names=STATUS_NAMES,
    )


def go_to_booking(visit: Visit) -> Response:
    """Go to the booking whose reference was typed."""
    found = queries.find_by_reference(visit.session, visit.query.get("q", "")[:12])
    if found is None:
        return visit.render("bookings/office/not_found.html", 404, words=visit.query.get("q", "")[:12])
    return visit.redirect(f"/reservations/{found.id}")


def show_booking(visit: Visit) -> Response:
    """One booking and whom to call."""
    booking = queries.get_booking(visit.session, visit.path["booking_id"])
    customer = get_customer(visit.session, booking.customer_id) if booking.customer_id is not None else None
    return visit.render(
        "bookings/office/booking.html",
        booking=booking,
        customer=customer,
        policy=rules.policy_sentences(booking.policy, visit.language),
        status_names=STATUS_NAMES,
    )


def show_closures(visit: Visit) -> Response:
    """The times in which nobody is taken, and whom they meet."""
    closures = queries.list_closures(visit.session, None, visit.at, visit.at + _AHEAD)
    met = [
        (
            each,
            queries.list_live(visit.session, room=each.room, starts_at=each.starts_at, ends_at=each.ends_at),
        )
        for each in closures
    ]
    return visit.render("bookings/office/closures.html", closures=met, rooms=ROOM_NAMES, today=business_day(visit.at))


def close(visit: Visit) -> Response:
    """Take nobody more in a time."""
    form: CloseForm = visit.form
    closure = service.close(
        visit.session,
        room=form.room,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        reason_fr=form.reason_fr,
        reason_en=form.reason_en,
        actor=visit.actor,
        at=visit.at,
    )
    detail = {"from": form.starts_at, "to": form.ends_at}
    staff.record(visit.session, visit.actor, "closed", f"room:{closure.room or 'house'}", detail, visit.at)
    return visit.redirect("/fermetures", _("La fermeture est notée."))


def reopen(visit: Visit) -> Response:
    """Take a closure away."""
    closure = service.reopen(visit.session, visit.path["closure_id"])
    detail = {"from": closure.starts_at, "to": closure.ends_at}
    staff.record(visit.session, visit.actor, "reopened", f"room:{closure.room or 'house'}", detail, visit.at)
    return visit.redirect("/fermetures", _("La fermeture est levée."))


routes: list[BaseRoute] = [
    page("/reservations", show_day, roles=ROOM_HEADS),
    page("/reservations/chercher", go_to_booking, roles=ROOM_HEADS),
    page("/reservations/{booking_id:int}", show_booking, roles=ROOM_HEADS),
    page("/fermetures", show_closures, roles=ROOM_HEADS),
    act("/fermetures", close, form=CloseForm, again=show_closures, roles=ROOM_HEADS, once=True),
    act("/fermetures/{closure_id:int}/lever", reopen, again=show_closures, roles=ROOM_HEADS),
]
