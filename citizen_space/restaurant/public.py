"""What the public sees of the restaurant: the card, the days, the form, and the page of the booking."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session

from citizen_space.access import service as access
from citizen_space.access.forms import wrong_guests
from citizen_space.bookings import rules as booking_rules
from citizen_space.bookings.models import Booking
from citizen_space.bookings.printouts import code_picture
from citizen_space.kit import clock, formats
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import _, translate, translate_number
from citizen_space.law import queries as law
from citizen_space.outbox.rules import Attachment
from citizen_space.products import queries as products
from citizen_space.products.rules import ALLERGEN_NAMES, Offer
from citizen_space.restaurant import queries, rules, service
from citizen_space.restaurant.forms import BookForm, read_guests
from citizen_space.room import Contact, LinkDoors, Part, link_routes
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.visit import Front, Visit

DAYS_SHOWN = 14
MOST_COVERS = 12


def show_front(visit: Visit) -> Response:
    """The place, how to come, and the card of the day."""
    today = clock.business_day(visit.at)
    return visit.render(
        "restaurant/public/front.html",
        card=_card(visit, today),
        lead_days=law.get_int(visit.session, "booking_lead_days", today),
    )


def _card(visit: Visit, on: date) -> list[dict[str, Any]]:
    offers = products.list_for_sale(visit.session, service.ROOM, on)
    return [
        {"name": name, "dishes": [_dish(offer, visit.language) for offer in group]}
        for name, group in groupby(offers, key=lambda offer: offer.category(visit.language))
    ]


def _dish(offer: Offer, language: str) -> dict[str, Any]:
    return {
        "name": offer.name(language),
        "description": offer.description(language),
        "origin": offer.origin,
        "price_cents": offer.price_cents,
        "allergens": [translate(ALLERGEN_NAMES[allergen], language) for allergen in offer.allergens],
        "available": not offer.is_sold_out,
    }


def show_days(visit: Visit) -> Response:
    """The days and sittings that still seat a party of this size."""
    party_size = _party_size(visit)
    first = booking_rules.first_bookable_on(
        visit.at, law.get_int(visit.session, "booking_lead_days", clock.business_day(visit.at))
    )
    days = [
        {"on": on, "offers": [_slot(offer, party_size, visit.language) for offer in offers]}
        for on, offers in queries.list_offers(visit.session, first, days=DAYS_SHOWN)
    ]
    return visit.render(
        "restaurant/public/days.html",
        days=days,
        party_size=party_size,
        deposit_cents=law.get_cents(visit.session, "deposit_cents_restaurant", first),
    )


def _party_size(visit: Visit) -> int:
    asked = visit.query.get("couverts", "2")
    return min(max(int(asked), 1), MOST_COVERS) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 2


def _slot(offer: rules.Offer, party_size: int, language: str) -> dict[str, Any]:
    return {
        "sitting_id": offer.sitting_id,
        "name": offer.name_en if language == "en" else offer.name_fr,
        "starts_at": offer.window.starts_at,
        "covers_left": offer.covers_left,
        "free": offer.seats(party_size),
    }


def ask_guests(visit: Visit) -> Response:
    """The form of one sitting of one day: who comes, and what is paid now."""
    try:
        on = date.fromisoformat(visit.path["on"])
    except ValueError as error:
        raise NotFound from error
    return _guests_page(visit, on, visit.path["sitting_id"], _party_size(visit))


def ask_guests_again(visit: Visit) -> Response:
    """The same form with what was typed and what is to be mended."""
    try:
        on = date.fromisoformat(visit.typed.get("on", ""))
        sitting_id, party_size = int(visit.typed.get("sitting_id", "")), int(visit.typed.get("party_size", ""))
    except ValueError as error:
        raise NotFound() from error
    party_size = min(max(party_size, 1), MOST_COVERS)
    visit.errors |= wrong_guests(visit.language, lambda: read_guests(visit.typed, party_size, on))
    return _guests_page(visit, on, sitting_id, party_size)


def _guests_page(visit: Visit, on: date, sitting_id: int, party_size: int) -> Response:
    sitting = queries.get_sitting(visit.session, sitting_id)
    if not rules.runs_on(sitting, on):
        raise NotFound()
    today = clock.business_day(visit.at)
    each_cents = law.get_cents(visit.session, "deposit_cents_restaurant", on)
    policy = law.get_text(visit.session, "cancellation_policy_restaurant", today)
    return visit.render(
        "restaurant/public/guests.html",
        on=on,
        sitting_id=sitting_id,
        name=sitting.name_en if visit.language == "en" else sitting.name_fr,
        starts_at=rules.window_of(sitting, on).starts_at,
        party_size=party_size,
        deposit_cents=each_cents * party_size,
        policy=booking_rules.policy_sentences(policy, visit.language),
    )


def book(visit: Visit) -> Response:
    """Hold the table and go to pay; where nothing is due, to the booking itself."""
    form: BookForm = visit.form
    booked = service.book(
        visit.session,
        sitting_id=form.sitting_id,
        on=form.on,
        contact=Contact(form.name, form.email, form.phone),
        guests=[
            access.GuestName(guest.first_name, guest.last_name, guest.born_on)
            for guest in read_guests(visit.typed, form.party_size, form.on)
        ],
        language=visit.language,
        browser_key=visit.browser_key,
        submission=form.submission,
        keys=visit.house.keys,
        at=visit.at,
    )
    if booked.payment is None:
        return visit.redirect(f"/restaurant/reservation/{booked.booking.secret}")
    return visit.redirect(f"/payer/{booked.payment.submission}")


def _title(_session: Session, booking: Booking, language: str) -> str:
    return translate_number(
        "Une table pour une personne", "Une table pour %(n)s personnes", booking.party_size, language
    )


def _part(session: Session, booking: Booking, language: str) -> Part:
    """The table and what is done with the deposit; the guests' names stay with the gate."""
    return Part(
        rows=[(translate(_("Acompte"), language), translate(_("déduit de votre addition"), language))],
        attachments=lambda: [Attachment(f"{booking.reference}.png", "image/png", code_picture(booking))],
    )


def front(session: Session, at: datetime, language: str) -> Front:
    """The restaurant on the home page: what it is and the next tables."""
    first = booking_rules.first_bookable_on(at, law.get_int(session, "booking_lead_days", clock.business_day(at)))
    openings = [
        formats.moment(offer.window.starts_at, language)
        for _on, offers in queries.list_offers(session, first, days=DAYS_SHOWN)
        for offer in offers
        if offer.seats(1)
    ]
    return Front(
        room=service.ROOM,
        title=translate(_("Le restaurant"), language),
        text=translate(_("Une cuisine de saison, à midi, du lundi au vendredi. Sans alcool, par carte."), language),
        url="/restaurant",
        next_openings=openings[:3],
    )


doors = LinkDoors(room=service.ROOM, prefix="/restaurant", title=_title, part=_part, release=service.release)

routes: list[Route] = [
    page("/restaurant", show_front, shared=True),
    page("/restaurant/reserver", show_days),
    page("/restaurant/reserver/{on}/{sitting_id:int}", ask_guests),
    act("/restaurant/reserver", book, form=BookForm, again=ask_guests_again),
    *link_routes(doors),
]
