"""What a room is to the rest of the house, and the page behind a booking's secret link, the same for all three."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from citizen_space.bookings import printouts, queries, rules
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import AccessPolicy, Booking, BookingStatus
from citizen_space.bookings.rules import Cancellation
from citizen_space.checkout import refunds
from citizen_space.checkout import service as checkout
from citizen_space.checkout.sealing import ONLINE_REGISTER
from citizen_space.customers import service as customers
from citizen_space.customers.queries import get_customer
from citizen_space.fiscal import queries as registers
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.jobs import Job
from citizen_space.kit.keys import Keys
from citizen_space.kit.names import RoomName
from citizen_space.kit.text import _, translate
from citizen_space.law import queries as law
from citizen_space.orders.models import OrderKind
from citizen_space.orders.queries import get_order
from citizen_space.outbox import service as outbox
from citizen_space.outbox.models import Message
from citizen_space.outbox.rules import Attachment, Letter
from citizen_space.payments.models import Payment
from citizen_space.payments.queries import list_received
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.visit import Front, Visit


@dataclass(frozen=True)
class Contact:
    """How to reach who books."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True)
class Booked:
    """What booking gives: the hold, and what is to be paid for it; None where nothing is due."""

    booking: Booking
    payment: Payment | None


@dataclass(frozen=True)
class Part:
    """What a room says of one booking: lines of word and value, shown on the page and in the mail alike.

    `template` is the room's own piece of the page, drawn with `context`; `attachments` go with the mail
    and are made for it only.
    """

    rows: Sequence[tuple[str, str]] = ()
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: Callable[[], Sequence[Attachment]] = tuple


@dataclass(frozen=True)
class LinkDoors:
    """How the page behind a secret link reaches its room."""

    room: RoomName
    prefix: str  # where the room's public pages stand: "/restaurant"
    title: Callable[[Session, Booking, str], str]  # session, booking, language → "Une table pour 4"
    part: Callable[[Session, Booking, str], Part]
    release: Callable[[Session, Booking, datetime], None]

    def path(self, booking: Booking) -> str:
        """The path of a booking's page."""
        return f"{self.prefix}/reservation/{booking.secret}"


@dataclass(frozen=True)
class Room:
    """One of the three activities, as the storeys above see it."""

    name: RoomName
    routes: Callable[[str], Sequence[Route]]  # of a surface: "public", "till" or "office"
    jobs: Sequence[Job]
    confirm: Callable[[Session, Booking, datetime], None]
    release: Callable[[Session, Booking, datetime], None]
    front: Callable[[Session, datetime, str], Front]
    doors: LinkDoors


# -- a hold, for whichever room ---------------------------------------------------------------------------------------


def hold_booking(
    session: Session,
    *,
    room: RoomName,
    contact: Contact | None,
    starts_at: datetime,
    ends_at: datetime,
    party_size: int,
    language: str,
    browser_key: str,
    submission: str,
    label: str = "",
    at: datetime,
) -> Booking:
    """Write down who books and hold by what the house has decided: how long, how it is cancelled, who may enter.

    Who has no contact stands at the counter, and has been through the gate already.
    """
    today = business_day(at)
    customer = None
    if contact is not None:
        customer = customers.find_or_create(
            session, name=contact.name, email=contact.email, phone=contact.phone, language=language, at=at
        )
    return bookings.hold(
        session,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        party_size=party_size,
        customer=customer,
        language=language,
        browser_key=browser_key,
        submission=submission,
        policy=law.get_text(session, f"cancellation_policy_{room}", today),
        access=law.get_text(session, f"access_policy_{room}", today) if contact else AccessPolicy.OPEN,
        minutes=law.get_int(session, "booking_hold_minutes", today),
        label=label,
        at=at,
    )


# -- money and mail of a booking, for whichever room ----------------------------------------------------------------


def paid_cents(session: Session, booking: Booking) -> int:
    """What was paid for a booking and not given back."""
    if booking.order_id is None:
        return 0
    return sum(one.amount_cents - one.refunded_cents for one in list_received(session, booking.order_id))


def cancel_booking(
    session: Session,
    doors: LinkDoors,
    booking_id: int,
    *,
    actor: Actor,
    at: datetime,
    keys: Keys,
    in_full: bool = False,
    reason: str = "",
    key: str = "",
    register_id: int | None = None,
) -> Cancellation:
    """Cancel by the policy it was booked under: free the room's claims, give back, keep what is kept.

    The money goes back on the online register, unless staff name a till of theirs.
    """
    booking = bookings.lock_booking(session, booking_id)
    outcome = bookings.cancel(
        session, booking, at=at, actor=actor, paid_cents=paid_cents(session, booking), in_full=in_full
    )
    doors.release(session, booking, at)
    if booking.order_id is None:
        return outcome
    if outcome.refund_cents:
        refunds.refund(
            session,
            booking.order_id,
            amount_cents=outcome.refund_cents,
            reason=reason or f"Annulation {booking.reference}",
            key=key or f"cancel:{booking.reference}",
            actor=actor,
            register_id=register_id or registers.get_register_id(session, ONLINE_REGISTER),
            at=at,
            keys=keys,
        )
    order = get_order(session, booking.order_id)
    if order.kind == OrderKind.DEPOSIT and outcome.kept_cents:
        label = _("Réservation annulée, acompte gardé")
        checkout.keep_deposit(
            session,
            order,
            amount_cents=outcome.kept_cents,
            label_fr=label,
            label_en=translate(label, "en"),
            at=at,
            keys=keys,
        )
    return outcome


def mail_booking(
    session: Session, booking: Booking, *, key: str, at: datetime, outcome: Cancellation | None = None
) -> None:
    """Queue the mail of a booking: its ticket, or with an outcome, the word that it was cancelled."""
    if booking.customer_id is None:
        return
    assert booking.id is not None
    about = {"booking_id": booking.id, **(vars(outcome) if outcome is not None else {})}
    outbox.queue_letter(
        session,
        "booking" if outcome is None else "cancelled",
        key=key,
        to_address=get_customer(session, booking.customer_id).email,
        language=booking.language,
        about=about,
        at=at,
    )


def list_letters(doors: Mapping[str, LinkDoors], public_url: str) -> outbox.Letters:
    """The letters about bookings, for rooms by their names."""

    def facts_of(session: Session, message: Message, about: Mapping[str, Any]) -> dict[str, Any]:
        booking = queries.get_booking(session, about["booking_id"])
        return _facts(session, doors[booking.room], booking, message.language, public_url, message.created_at)

    def write_ticket(session: Session, message: Message, about: Mapping[str, Any]) -> Letter:
        facts = facts_of(session, message, about)
        part: Part = facts["part"]
        return Letter("bookings/mail/booking", facts, [_calendar_file(facts), *part.attachments()])

    def write_cancellation(session: Session, message: Message, about: Mapping[str, Any]) -> Letter:
        facts = facts_of(session, message, about)
        outcome = Cancellation(about["kept_cents"], about["refund_cents"])
        return Letter("bookings/mail/cancelled", {**facts, "outcome": outcome}, [_calendar_file(facts)])

    return {"booking": write_ticket, "cancelled": write_cancellation}


def _facts(
    session: Session, doors: LinkDoors, booking: Booking, language: str, public_url: str, at: datetime
) -> dict[str, Any]:
    return {
        "booking": booking,
        "room": doors.room,
        "heading": doors.title(session, booking, language),
        "part": doors.part(session, booking, language),
        "link": doors.path(booking),
        "link_url": public_url + doors.path(booking),
        "place": law.find_text(session, "house_address", business_day(at)),
        "policy_sentences": rules.policy_sentences(booking.policy, language),
        "paid_cents": paid_cents(session, booking),
    }


def _calendar_file(facts: Mapping[str, Any]) -> Attachment:
    return Attachment("reservation.ics", "text/calendar", _calendar(facts))


def _calendar(facts: Mapping[str, Any]) -> bytes:
    part: Part = facts["part"]
    described = "\n".join(f"{word} : {value}" for word, value in part.rows)
    return printouts.calendar(
        facts["booking"],
        title=facts["heading"],
        place=facts["place"],
        description=described,
        url=facts["link_url"],
    )


# -- the page behind the secret link --------------------------------------------------------------------------------

_GONE = (BookingStatus.CANCELLED, BookingStatus.LAPSED)


def link_routes(doors: LinkDoors) -> list[Route]:
    """Make the routes of a room's secret link: show, calendar, cancel (policy shown before), send again."""
    at_link = f"{doors.prefix}/reservation/{{secret}}"
    name = f"{doors.room}.booking"
    return [
        page(at_link, partial(_show, doors), name=name),
        page(f"{at_link}/calendrier.ics", partial(_give_calendar, doors), name=f"{name}.calendar"),
        page(f"{at_link}/annuler", partial(_ask_cancel, doors), name=f"{name}.ask_cancel"),
        act(f"{at_link}/annuler", partial(_cancel, doors), again=partial(_ask_cancel, doors), name=f"{name}.cancel"),
        act(f"{at_link}/renvoyer", partial(_resend, doors), again=partial(_show, doors), name=f"{name}.resend"),
    ]


def _get(visit: Visit, doors: LinkDoors) -> Booking:
    booking = queries.get_by_secret(visit.session, visit.path["secret"])
    if booking.room != doors.room:
        raise NotFound
    return booking


def _facts_of(visit: Visit, doors: LinkDoors, booking: Booking) -> dict[str, Any]:
    return _facts(visit.session, doors, booking, visit.language, visit.house.config.public_url, visit.at)


def _show(doors: LinkDoors, visit: Visit) -> Response:
    booking = _get(visit, doors)
    facts = _facts_of(visit, doors, booking)
    may_cancel = _may_cancel(booking, visit.at)
    context = {**facts["part"].context, **facts, "may_cancel": may_cancel, "robots": "noindex, nofollow"}
    return visit.render("bookings/public/booking.html", **context)


def _give_calendar(doors: LinkDoors, visit: Visit) -> Response:
    facts = _facts_of(visit, doors, _get(visit, doors))
    headers = {"content-disposition": 'attachment; filename="reservation.ics"'}
    return Response(_calendar(facts), media_type="text/calendar", headers=headers)


def _may_cancel(booking: Booking, at: datetime) -> bool:
    return booking.status in (BookingStatus.HELD, BookingStatus.CONFIRMED) and booking.starts_at > at


def _ask_cancel(doors: LinkDoors, visit: Visit) -> Response:
    booking = _get(visit, doors)
    gone = booking.status in _GONE  # asked twice, it was done the first time
    if gone or (not _may_cancel(booking, visit.at) and not visit.problem):
        return visit.redirect(doors.path(booking))
    quoted = bookings.quote_cancellation(booking, paid_cents=paid_cents(visit.session, booking), at=visit.at)
    facts = _facts_of(visit, doors, booking)
    return visit.render("bookings/public/cancel.html", **facts, quoted=quoted, robots="noindex, nofollow")


def _cancel(doors: LinkDoors, visit: Visit) -> Response:
    booking = _get(visit, doors)
    assert booking.id is not None
    outcome = cancel_booking(visit.session, doors, booking.id, actor=PUBLIC, at=visit.at, keys=visit.house.keys)
    mail_booking(visit.session, booking, key=f"booking:{booking.id}:cancelled", at=visit.at, outcome=outcome)
    return visit.redirect(doors.path(booking), _("Votre réservation est annulée."))


def _resend(doors: LinkDoors, visit: Visit) -> Response:
    booking = _get(visit, doors)
    # The minute in the key: however often the button is pressed, one mail a minute leaves.
    mail_booking(visit.session, booking, key=f"booking:{booking.id}:again:{visit.at:%Y%m%d%H%M}", at=visit.at)
    return visit.redirect(doors.path(booking), _("Le message est en route. Pensez à regarder les indésirables."))
