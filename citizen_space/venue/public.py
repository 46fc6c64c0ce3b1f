"""What the public sees of the hall: the programme, the plan of seats, the rates, the names, the tickets."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from citizen_space.access import service as access
from citizen_space.access.forms import GuestLine, read_guests, wrong_guests
from citizen_space.bookings import queries as bookings_found
from citizen_space.bookings import rules as booking_rules
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.kit import clock, formats
from citizen_space.kit.actor import PUBLIC
from citizen_space.kit.errors import NotFound
from citizen_space.kit.qr import draw_png, make_code
from citizen_space.kit.text import _, translate, translate_number
from citizen_space.law import queries as law
from citizen_space.outbox.rules import Attachment
from citizen_space.payments import service as payments
from citizen_space.room import Contact, LinkDoors, Part, link_routes, mail_booking
from citizen_space.venue import queries, rules, service
from citizen_space.venue.forms import BookForm, read_ids, read_wanted
from citizen_space.venue.models import AdmissionStatus, Event
from citizen_space.venue.plan import Drawing
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.fields import SubmissionForm
from citizen_space.web.visit import Front, Visit

# -- the programme ----------------------------------------------------------------------------------------------------


def show_programme(visit: Visit) -> Response:
    """Every performance to come, by date."""
    return visit.render("venue/public/programme.html", dated=queries.list_dated(visit.session, visit.at))


def show_event(visit: Visit) -> Response:
    """One event: what it is, its dates and its prices."""
    event = queries.get_event(visit.session, visit.path["event_id"])
    rates, prices = queries.list_prices(visit.session, event)
    return visit.render(
        "venue/public/event.html",
        event=event,
        dated=queries.list_dated(visit.session, visit.at, event_id=event.id),
        bands=queries.list_bands(visit.session),
        rates=rates,
        prices=prices,
    )


# -- seats, rates, names ----------------------------------------------------------------------------------------------


def show_seats(visit: Visit) -> Response:
    """The plan and the list of seats, with what this browser holds already."""
    return _seats_page(visit, visit.path["performance_id"], read_ids(visit.query.getlist("place")))


def _seats_page(visit: Visit, performance_id: int, chosen: Sequence[int]) -> Response:
    house, own = service.availability(visit.session, performance_id, at=visit.at, browser_key=visit.known_browser_key)
    free = {one.seat.id for one in house.seats if one.is_free}
    kept = [seat_id for seat_id in chosen if seat_id in free][: rules.MOST_SEATS]
    payment = payments.find_of_booking(visit.session, own) if own else None
    return visit.render(
        "venue/public/seats.html",
        house=house,
        drawing=Drawing(house, kept, visit.language),
        chosen=kept,
        total_cents=sum(house.full_cents(one.seat) for one in house.seats if one.seat.id in kept),
        own=own,
        payment=payment,
        most=rules.MOST_SEATS,
        on_sale=rules.is_on_sale(house.performance, visit.at, closed=house.closed),
    )


def ask_rates(visit: Visit) -> Response:
    """The rate of each seat chosen; sends back to the plan when nothing, or too much, is chosen."""
    performance_id: int = visit.path["performance_id"]
    wanted = set(read_ids(visit.query.getlist("place")))
    house = queries.get_house(visit.session, performance_id, only=wanted)
    seats = [one.seat for one in house.seats if one.seat.id in wanted]
    try:
        first = [choices[0] for choices in map(house.rates_of, seats) if choices]
        rules.check_choices(first)
    except (rules.NoSeatChosen, rules.TooManySeats, rules.CompanionAlone) as refusal:
        visit.problem = refusal.say_in(visit.language)
        return _seats_page(visit, performance_id, list(wanted))
    return visit.render(
        "venue/public/rates.html",
        house=house,
        choices=[(seat, house.rates_of(seat)) for seat in seats],
        total_cents=rules.total_cents(first),
    )


def ask_names(visit: Visit) -> Response:
    """Who comes, and the order to confirm at its exact price."""
    return _names_page(visit, visit.path["performance_id"], read_wanted(visit.query))


def ask_names_again(visit: Visit) -> Response:
    """The same form with what is to be mended, and other seats where one is gone; the plan where there are none."""
    performance_id = read_ids([str(visit.typed.get("performance_id", ""))])
    if not performance_id:
        raise NotFound
    wanted = read_wanted(visit.typed)
    house = queries.get_house(visit.session, performance_id[0])
    chosen = [one for one in house.seats if one.seat.id in wanted]
    if all(one.is_free for one in chosen):
        visit.errors |= wrong_guests(visit.language, lambda: _read_holders(visit, wanted))
        return _names_page(visit, performance_id[0], wanted)
    offered = rules.seats_instead([one.seat for one in chosen], house.seats)
    if offered is None or house.closed:
        return _seats_page(visit, performance_id[0], [one.seat.id or 0 for one in chosen if one.is_free])
    return _names_page(visit, performance_id[0], {offered[seat_id]: rate for seat_id, rate in wanted.items()})


def _names_page(visit: Visit, performance_id: int, wanted: Mapping[int, int]) -> Response:
    house = queries.get_house(visit.session, performance_id, only=wanted)
    choices = house.pick(wanted)
    rules.check_choices(choices)
    policy = law.get_text(visit.session, "cancellation_policy_venue", clock.business_day(visit.at))
    return visit.render(
        "venue/public/names.html",
        house=house,
        choices=choices,
        total_cents=rules.total_cents(choices),
        policy=booking_rules.policy_sentences(policy, visit.language),
    )


def book(visit: Visit) -> Response:
    """Hold the seats and go to pay; where nothing is due, to the tickets."""
    form: BookForm = visit.form
    wanted = read_wanted(visit.typed)
    guests = _read_holders(visit, wanted)
    booked = service.book(
        visit.session,
        performance_id=form.performance_id,
        wanted=wanted,
        buyer=service.Buyer(
            contact=Contact(form.name, form.email, form.phone),
            guests=[access.GuestName(guest.first_name, guest.last_name) for guest in guests],
            language=visit.language,
            browser_key=visit.browser_key,
        ),
        submission=form.submission,
        keys=visit.house.keys,
        at=visit.at,
    )
    visit.keep_apart(booked.booking.hold_expires_at or visit.at)
    if booked.payment is not None:
        return visit.redirect(f"/payer/{booked.payment.submission}")
    if booked.booking.status == BookingStatus.CONFIRMED:
        key = f"booking:{booked.booking.id}:confirmed"
        mail_booking(visit.session, booked.booking, key=key, at=visit.at)
    return visit.redirect(doors.path(booked.booking))


def _read_holders(visit: Visit, wanted: Mapping[int, int]) -> list[GuestLine]:
    return read_guests(GuestLine, visit.typed, min(len(wanted), rules.MOST_SEATS))


def let_go(visit: Visit) -> Response:
    """Give back the seats this browser holds, without waiting for the hold to lapse."""
    own = bookings_found.find_own_hold(visit.session, room=service.ROOM, browser_key=visit.browser_key, at=visit.at)
    if own is not None:
        # As it is now: its payment may have landed meanwhile, and what is paid is not let go for nothing.
        own = bookings.lock_booking(visit.session, own.id)
        if own.status != BookingStatus.HELD:
            return visit.redirect(doors.path(own))
        bookings.cancel(visit.session, own, at=visit.at, actor=PUBLIC)
        service.release(visit.session, own, visit.at)
    return visit.redirect(f"/spectacles/seances/{visit.path['performance_id']}", notice=rules.LET_GO)


def show_seats_again(visit: Visit) -> Response:
    """The plan, with why something could not be done."""
    return _seats_page(visit, visit.path["performance_id"], [])


# -- what the house says of the room ----------------------------------------------------------------------------------


def front(session: Session, at: datetime, language: str) -> Front:
    """What the home page shows: the next performances."""
    dated = queries.list_dated(session, at, limit=3)
    return Front(
        room=service.ROOM,
        title=translate(_("La salle de spectacle"), language),
        text=translate(_("Théâtre, musique et danse, une salle tenue par ceux qui y apprennent un métier."), language),
        url="/spectacles",
        next_openings=[
            f"{formats.moment(one.performance.starts_at, language)} · {title_of(one.event, language)}"
            for one in dated
            if not one.closed
        ],
    )


def title_of(event: Event, language: str) -> str:
    """The event's title in the reader's language."""
    return event.title_en if language == "en" else event.title_fr


def title_booking(session: Session, booking: Booking, language: str) -> str:
    """What the page behind the secret link is headed with."""
    assert booking.id is not None
    tickets = queries.list_tickets(session, booking.id)
    seats = translate_number("une place", "%(n)s places", booking.party_size, language)
    return f"{title_of(tickets[0].event, language)}, {seats}" if tickets else seats


def part_of(session: Session, booking: Booking, language: str) -> Part:
    """The tickets of a booking: seats, rates, numbers, codes; nothing to enter with before it is paid."""
    assert booking.id is not None
    tickets = queries.list_tickets(session, booking.id)
    standing = [one for one in tickets if one.admission.status != AdmissionStatus.CANCELLED] or tickets
    valid = [one for one in standing if one.admission.status == AdmissionStatus.VALID]
    on = clock.business_day(booking.starts_at)
    rows = [
        (translate(_("Places"), language), ", ".join(one.seat.label for one in standing)),
        (translate(_("Portes"), language), formats.hour(standing[0].performance.doors_at, language)),
    ]
    return Part(
        rows=rows if standing else (),
        template="venue/public/tickets.html",
        context={
            "tickets": valid,
            "operator": law.find_text(session, "house_operator", on) or law.find_text(session, "house_name", on),
            "licence": law.find_text(session, "house_licence", on),
        },
        attachments=lambda: [_code_picture(one) for one in valid],
    )


def _code_picture(ticket: queries.Ticket) -> Attachment:
    """The ticket's code to print, for who reads mails without pictures of ours."""
    picture = draw_png(make_code(ticket.admission.code), scale=6)
    return Attachment(f"billet-{ticket.admission.number}-{ticket.seat.label}.png", "image/png", picture)


doors = LinkDoors(room="venue", prefix="/spectacles", title=title_booking, part=part_of, release=service.release)

PERFORMANCE = "/spectacles/seances/{performance_id:int}"
routes: list[Route] = [
    page("/spectacles", show_programme, shared=True),
    page("/spectacles/{event_id:int}", show_event, shared=True),
    page(PERFORMANCE, show_seats, shared=True),
    page(PERFORMANCE + "/tarifs", ask_rates),
    page(PERFORMANCE + "/noms", ask_names),
    act("/spectacles/reserver", book, form=BookForm, again=ask_names_again),
    act(PERFORMANCE + "/rendre", let_go, form=SubmissionForm, again=show_seats_again),
    *link_routes(doors),
]
