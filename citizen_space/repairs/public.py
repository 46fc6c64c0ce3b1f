"""What the public sees of the workshop: the price list, the days, the form, the page of the bike, the quote."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session

from citizen_space.bookings.models import Booking
from citizen_space.bookings.printouts import code_picture
from citizen_space.kit import clock, formats
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import _, translate
from citizen_space.outbox.rules import Attachment
from citizen_space.products import queries as products
from citizen_space.repairs import queries, rules, service
from citizen_space.repairs.forms import AnswerForm, DropOffForm
from citizen_space.repairs.models import Quote, QuoteStatus, WorkStatus
from citizen_space.room import Contact, LinkDoors, Part, link_routes, mail_booking
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.visit import Front, Visit

DAYS_SHOWN = 21


def show_front(visit: Visit) -> Response:
    """What the workshop does and what it costs."""
    offers = products.list_for_sale(visit.session, service.ROOM, clock.business_day(visit.at))
    groups = [(name, list(group)) for name, group in groupby(offers, key=lambda offer: offer.category(visit.language))]
    return visit.render("repairs/public/front.html", groups=groups)


def show_drop_off(visit: Visit) -> Response:
    """The form: which work, which bike, which day, who to tell."""
    today = clock.business_day(visit.at)
    offers = [offer for offer in products.list_for_sale(visit.session, service.ROOM, today) if offer.minutes]
    days = service.availability(visit.session, today, days=DAYS_SHOWN, at=visit.at)
    return visit.render("repairs/public/drop_off.html", offers=offers, days=days)


def book(visit: Visit) -> Response:
    """Keep minutes for the bike; the page of the booking is the ticket."""
    form: DropOffForm = visit.form
    booked = service.book(
        visit.session,
        on=form.on,
        product_ids=form.products,
        bike=rules.BikeFacts(form.brand, form.colour, form.kind, form.model, form.frame_number),
        wish=form.wish,
        contact=Contact(form.name, form.email, form.phone),
        language=visit.language,
        browser_key=visit.browser_key,
        submission=form.submission,
        at=visit.at,
    )
    mail_booking(visit.session, booked.booking, key=f"booking:{booked.booking.id}:confirmed", at=visit.at)
    return visit.redirect(doors.path(booked.booking))


def show_quote(visit: Visit) -> Response:
    """The quote behind its link, to answer line by line."""
    return visit.render("repairs/public/quote.html", **_quote(visit))


def _quote(visit: Visit) -> dict[str, Any]:
    quote = queries.get_quote_by_secret(visit.session, visit.path["secret"])
    work_order = queries.get_work_order(visit.session, quote.work_order_id)
    lines = queries.list_quote_lines(visit.session, quote.id)
    return {
        "quote": quote,
        "work_order": work_order,
        "bike": queries.get_bike(visit.session, work_order.bike_id),
        "lines": lines,
        "total_cents": rules.total_cents(lines),
        "accepted_cents": rules.total_cents(rules.accepted(lines)),
        "may_answer": rules.may_answer(quote, work_order, clock.business_day(visit.at)),
        "robots": "noindex, nofollow",
    }


def answer_quote(visit: Visit) -> Response:
    """Record the answer: the lines ticked are accepted, the others refused."""
    form: AnswerForm = visit.form
    quote: Quote = queries.get_quote_by_secret(visit.session, visit.path["secret"])
    if quote.id is None or quote.status == QuoteStatus.DRAFT:
        raise NotFound
    service.approve(visit.session, quote.id, dict.fromkeys(form.lines, True), at=visit.at)
    return visit.redirect(f"/velos/devis/{quote.secret}", _("Merci : votre réponse est enregistrée."))


# -- the page behind the secret link ----------------------------------------------------------------------------------


def _title(_session: Session, _booking: Booking, language: str) -> str:
    return translate(_("Votre vélo à l’atelier"), language)


def _part(session: Session, booking: Booking, language: str) -> Part:
    assert booking.id is not None
    work_order = queries.find_by_booking(session, booking.id)
    if work_order is None or work_order.id is None:
        return Part()
    bike = queries.get_bike(session, work_order.bike_id)
    wishes = queries.list_wishes(session, work_order.id)
    rows = [
        (translate(_("Vélo"), language), f"{bike.brand} {bike.model} {bike.colour}".replace("  ", " ")),
        (translate(_("Dépôt"), language), _hours(booking, language)),
        (translate(_("État"), language), translate(rules.STATES[WorkStatus(work_order.status)], language)),
        *[
            (
                wish.label_en if language == "en" and wish.label_en else wish.label_fr,
                formats.money(wish.price_cents, language),
            )
            for wish in wishes
        ],
    ]
    sent = next((q for q in queries.list_quotes(session, work_order.id) if q.status == QuoteStatus.SENT), None)
    return Part(
        rows=rows,
        template="repairs/public/part.html",
        context={"quote": sent},
        attachments=lambda: [Attachment(f"{booking.reference}.png", "image/png", code_picture(booking))],
    )


def _hours(booking: Booking, language: str) -> str:
    """Between which hours of its day a bike is brought, as they were when it was booked."""
    opens, closes = formats.hour(booking.starts_at), formats.hour(booking.ends_at)
    return translate(_("de %(opens)s à %(closes)s, au comptoir de l’atelier"), language, opens=opens, closes=closes)


def front(session: Session, at: datetime, language: str) -> Front:
    """The workshop on the home page: what it is and the next days with room."""
    today: date = clock.business_day(at)
    days = [offer for offer in service.availability(session, today, days=DAYS_SHOWN, at=at) if offer.minutes_left > 0]
    return Front(
        room=service.ROOM,
        title=translate(_("L’atelier vélo"), language),
        text=translate(_("Vous déposez votre vélo, nous le réparons, vous payez en le reprenant."), language),
        url="/velos",
        next_openings=[formats.day(offer.on, language=language) for offer in days[:3]],
    )


doors = LinkDoors(room=service.ROOM, prefix="/velos", title=_title, part=_part, release=service.release)

routes: list[Route] = [
    page("/velos", show_front, shared=True),
    page("/velos/deposer", show_drop_off),
    act("/velos/deposer", book, form=DropOffForm, again=show_drop_off),
    page("/velos/devis/{secret}", show_quote),
    act("/velos/devis/{secret}", answer_quote, form=AnswerForm, again=show_quote),
    *link_routes(doors),
]
