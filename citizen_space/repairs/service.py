"""What the workshop does: one function per verb."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from citizen_space.bookings import queries as bookings_found
from citizen_space.bookings import rules as booking_rules
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.checkout import service as checkout
from citizen_space.kit import clock, db
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.errors import NotFound
from citizen_space.kit.ids import new_reference, new_secret
from citizen_space.kit.keys import Keys
from citizen_space.kit.names import RoomName
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import OrderLine
from citizen_space.products import queries as products
from citizen_space.products.rules import Offer as Product
from citizen_space.repairs import queries, rules
from citizen_space.repairs.models import (
    Answer,
    Bike,
    Claim,
    Quote,
    QuoteLine,
    QuoteStatus,
    Wish,
    WorkOrder,
    WorkSession,
    WorkshopDay,
    WorkStatus,
)
from citizen_space.room import Booked, Contact, hold_booking

ROOM: RoomName = "repairs"


def availability(session: Session, first_on: date, *, days: int, at: datetime) -> list[rules.Offer]:
    """So many days from one on, those that may be booked, and the minutes each has left, full ones included."""
    today = clock.business_day(at)
    horizon = today + timedelta(days=law.get_int(session, "booking_horizon_days", today))
    first = booking_rules.first_bookable_on(at, law.get_int(session, "repairs_lead_days", today))
    days_found = queries.list_days(session, max(first_on, first), min(horizon, first_on + timedelta(days=days - 1)))
    offers = [rules.offer_of(day, **queries.hours_of(session, day.on)) for day in days_found]
    if not offers:
        return []
    closures = bookings_found.list_closures(session, ROOM, offers[0].starts_at, offers[-1].ends_at)
    return [one for one in offers if not booking_rules.is_closed(closures, ROOM, one.starts_at, one.ends_at)]


def hold(session: Session, booking: Booking, *, minutes: int) -> Claim:
    """Take minutes of the booking's day in one guarded statement. Raises DayIsFull."""
    assert booking.id is not None
    on = clock.local(booking.starts_at).date()
    taken = session.execute(
        update(WorkshopDay)
        .where(col(WorkshopDay.on) == on, col(WorkshopDay.taken_minutes) + minutes <= col(WorkshopDay.capacity_minutes))
        .values(taken_minutes=col(WorkshopDay.taken_minutes) + minutes)
        .returning(col(WorkshopDay.on))
    ).first()
    if taken is None:
        raise rules.DayIsFull("on")
    claim = Claim(booking_id=booking.id, on=on, minutes=minutes)
    session.add(claim)
    session.flush()
    return claim


def book(
    session: Session,
    *,
    on: date,
    product_ids: Sequence[int],
    bike: rules.BikeFacts,
    wish: str,
    contact: Contact,
    language: str,
    browser_key: str,
    submission: str,
    at: datetime,
) -> Booked:
    """Keep minutes for a bike on a day; nothing is due before hand-over. The same submission, the same booking."""
    earlier = bookings_found.find_by_submission(session, submission)
    if earlier is not None:
        return Booked(earlier, None)
    wishes = _wishes(session, product_ids, clock.business_day(at))
    offer = next((offer for offer in availability(session, on, days=1, at=at) if offer.on == on), None)
    if offer is None:
        raise rules.DayNotBookable("on")
    booking = hold_booking(
        session,
        room=ROOM,
        contact=contact,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        party_size=1,
        language=language,
        browser_key=browser_key,
        submission=submission,
        at=at,
    )
    hold(session, booking, minutes=sum(product.minutes or 0 for product in wishes))
    _open_work_order(
        session, bike, wishes, wish=wish, customer_id=booking.customer_id, contact=contact, language=language,
        booking_id=booking.id, promised_on=on, submission=submission, at=at,
    )  # fmt: skip
    confirm(session, booking, at)
    return Booked(booking, None)


def _wishes(session: Session, product_ids: Sequence[int], on: date) -> list[Product]:
    found = [offer for offer in products.list_offers(session, product_ids, on) if offer.room == ROOM and offer.minutes]
    if not found:
        raise rules.NothingWished("products")
    return found


def _open_work_order(
    session: Session,
    bike: rules.BikeFacts,
    wishes: Sequence[Product],
    *,
    wish: str,
    customer_id: int | None,
    contact: Contact,
    language: str,
    booking_id: int | None,
    promised_on: date | None,
    submission: str,
    at: datetime,
) -> WorkOrder:
    row = Bike(
        kind=bike.kind, brand=bike.brand, model=bike.model, colour=bike.colour,
        frame_number=bike.frame_number.strip().upper(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    assert row.id is not None
    work_order = WorkOrder(
        booking_id=booking_id,
        customer_id=customer_id,
        # Who books gives one name, perhaps the surname first: a worker's screen then shows the code instead.
        first_name="" if booking_id is not None else contact.name.split()[0],
        language=language,
        bike_id=row.id,
        claim_code=new_reference(),
        tag_code=new_reference(),
        wish=wish,
        promised_on=promised_on,
        submission=submission,
        created_at=at,
    )
    session.add(work_order)
    session.flush()
    assert work_order.id is not None
    session.add_all(Wish(work_order_id=work_order.id, **rules.wish_facts(product)) for product in wishes)
    session.flush()
    return work_order


def arrive(session: Session, work_order_id: int, *, condition: str, accessories: str, at: datetime) -> WorkOrder:
    """Take in a bike: its condition and what is left with it are written down. Twice is once."""
    work_order = db.lock_row(session, WorkOrder, work_order_id)
    if work_order.status == WorkStatus.TAKEN_IN:
        return work_order
    _move(session, work_order, WorkStatus.TAKEN_IN)
    work_order.taken_in_at, work_order.condition, work_order.accessories = at, condition, accessories
    if work_order.booking_id is not None:
        bookings.arrive(session, bookings_found.get_booking(session, work_order.booking_id), at)
    return work_order


def settle(
    session: Session,
    work_order_id: int,
    *,
    tenders: Sequence[checkout.Tender],
    submission: str,
    register_id: int,
    actor: Actor,
    keys: Keys,
    at: datetime,
) -> checkout.Sale:
    """Pay the accepted work of a bike that is ready. Raises what checkout raises."""
    work_order = db.lock_row(session, WorkOrder, work_order_id)
    if work_order.order_id is None:
        raise NotFound
    if work_order.status not in (WorkStatus.READY, WorkStatus.HANDED_OVER):
        raise rules.CannotMoveSo
    return checkout.settle(
        session, work_order.order_id, tenders=tenders, submission=submission, register_id=register_id,
        actor=actor, at=at, keys=keys,
    )  # fmt: skip


def confirm(session: Session, booking: Booking, at: datetime) -> None:
    """Make a hold firm; minutes that were let go are taken again if they are free. Raises DayIsFull."""
    booking = bookings.lock_booking(session, booking.id)  # while it is being let go, its minutes still seem taken
    work_order = queries.find_by_booking(session, booking.id or 0)
    if work_order is not None and queries.find_claim(session, booking.id or 0) is None:
        hold(session, booking, minutes=sum(w.minutes for w in queries.list_wishes(session, work_order.id or 0)))
    bookings.confirm(session, booking, at)


def release(session: Session, booking: Booking, at: datetime) -> None:
    """Give a booking's minutes back; a bike that never came is off the board."""
    assert booking.id is not None
    claim = queries.find_claim(session, booking.id)
    if claim is not None:
        session.execute(
            update(WorkshopDay)
            .where(col(WorkshopDay.on) == claim.on)
            .values(taken_minutes=col(WorkshopDay.taken_minutes) - claim.minutes)
        )
        session.delete(claim)
    work_order = queries.find_by_booking(session, booking.id)
    if work_order is not None and work_order.status == WorkStatus.BOOKED and booking.status != BookingStatus.HELD:
        _move(session, work_order, WorkStatus.CANCELLED)
    session.flush()


def take_in_walk_in(
    session: Session,
    *,
    bike: rules.BikeFacts,
    contact: Contact,
    wish: str,
    language: str,
    submission: str,
    at: datetime,
) -> WorkOrder:
    """Open a work order at the counter for a bike that was not booked: a first name, and the code does the rest."""
    earlier = queries.find_by_submission(session, submission)
    if earlier is not None:
        return earlier
    return _open_work_order(
        session, bike, [], wish=wish, customer_id=None, contact=contact,
        language=language, booking_id=None, promised_on=None, submission=submission, at=at,
    )  # fmt: skip


def quote(session: Session, work_order_id: int, lines: Sequence[rules.Wanted], *, actor: Actor, at: datetime) -> Quote:
    """Send a binding price as a new version, which replaces the one before; the same lines again are the same quote."""
    if not lines:
        raise rules.QuoteIsEmpty("lines")
    work_order = db.lock_row(session, WorkOrder, work_order_id)
    if queries.is_paid(session, work_order):
        raise rules.AlreadyPaid
    _move(session, work_order, WorkStatus.QUOTED)
    before, today = queries.find_quote(session, work_order_id), clock.business_day(at)
    if before is not None and rules.is_same_quote(before, queries.list_quote_lines(session, before.id), lines, today):
        return before
    if before is not None:
        before.status = QuoteStatus.REPLACED
    fresh = Quote(
        work_order_id=work_order_id,
        version=before.version + 1 if before else 1,
        secret=new_secret(),
        status=QuoteStatus.SENT,
        created_at=at,
        created_by=actor.code,
        sent_at=at,
        valid_until=today + timedelta(days=law.get_int(session, "repairs_quote_days", today)),
    )
    session.add(fresh)
    session.flush()
    assert fresh.id is not None
    session.add_all(QuoteLine(quote_id=fresh.id, **vars(line)) for line in lines)
    session.flush()
    return fresh


def approve(
    session: Session, quote_id: int, answers: Mapping[int, bool], *, actor: Actor = PUBLIC, at: datetime
) -> WorkOrder:
    """Record what the customer says to each line; what is accepted becomes the order. Raises QuoteIsOver."""
    # The bike before its quote, as who writes a new version does.
    work_order = db.lock_row(session, WorkOrder, queries.get_quote(session, quote_id).work_order_id)
    found = db.lock_row(session, Quote, quote_id)
    if not rules.may_answer(found, work_order, clock.business_day(at)):
        raise rules.QuoteIsOver
    lines = queries.list_quote_lines(session, found.id)
    for line in lines:
        line.answer = Answer.ACCEPTED if answers.get(line.id or 0) else Answer.REFUSED
    found.status, found.answered_at = QuoteStatus.ANSWERED, at
    found.answered_by = "link" if actor.kind == "public" else actor.code
    earlier = _agreed_earlier(session, work_order)
    standing = rules.standing(earlier, lines) if queries.list_work_sessions(session, work_order.id or 0) else []
    _move(session, work_order, WorkStatus.APPROVED if standing else rules.status_after(lines))
    for old in earlier:
        if old not in standing:
            orders.void_line(session, old.id, reason="nouveau devis", actor=actor, at=at)
    _put_on_order(session, work_order, rules.accepted(lines), actor=actor, at=at)
    return work_order


def _agreed_earlier(session: Session, work_order: WorkOrder) -> Sequence[OrderLine]:
    """What the order says already: the work that an earlier version was accepted for."""
    return orders_found.list_live_lines(session, work_order.order_id) if work_order.order_id is not None else []


def _put_on_order(
    session: Session, work_order: WorkOrder, lines: Sequence[QuoteLine], *, actor: Actor, at: datetime
) -> None:
    """Add what was accepted to the bike's order, which the first yes opens."""
    if not lines:
        return
    order = orders.open_order(
        session, room=ROOM, label=work_order.tag_code, register_id=None, operator_code=actor.code,
        booking_id=work_order.booking_id, submission=f"{work_order.submission}:work", at=at,
    )  # fmt: skip
    work_order.order_id = order.id
    assert order.id is not None
    orders.add_lines(
        session, order, [orders.NewLine(**rules.order_facts(line)) for line in lines], at=at, added_by=actor.code
    )


def start_work(session: Session, work_order_id: int, *, actor: Actor, at: datetime) -> WorkSession:
    """Begin or go on with the work on a bike; nobody works on two at once. Raises AlreadyAtWork."""
    work_order = db.lock_row(session, WorkOrder, work_order_id)
    running = queries.find_open_session(session, actor.code)
    if running is not None and running.work_order_id == work_order_id:
        return running
    if work_order.status != WorkStatus.IN_PROGRESS:
        _move(session, work_order, WorkStatus.IN_PROGRESS)
    fresh = WorkSession(work_order_id=work_order_id, operator_code=actor.code, started_at=at)
    if running is not None or not db.insert_once(session, fresh):
        raise rules.AlreadyAtWork
    return fresh


def stop_work(session: Session, *, actor: Actor, at: datetime, waiting_for_parts: bool = False) -> WorkSession | None:
    """Stop what a worker is working on; None when it was nothing."""
    running = queries.find_open_session(session, actor.code)
    if running is None:
        return None
    running.stopped_at = max(at, running.started_at)
    work_order = db.lock_row(session, WorkOrder, running.work_order_id)
    if waiting_for_parts:
        _move(session, work_order, WorkStatus.WAITING_FOR_PARTS)
    session.flush()
    return running


def complete(session: Session, work_order_id: int, *, at: datetime) -> WorkOrder:
    """Say that a bike is ready to be fetched. Raises WorkIsRunning."""
    work_order = db.lock_row(session, WorkOrder, work_order_id)
    if work_order.status == WorkStatus.READY:
        return work_order
    if any(worked.stopped_at is None for worked in queries.list_work_sessions(session, work_order_id)):
        raise rules.WorkIsRunning
    _move(session, work_order, WorkStatus.READY)
    work_order.ready_at = at
    return work_order


def hand_over(session: Session, work_order_id: int, *, claim_code: str, at: datetime) -> WorkOrder:
    """Give the bike back against its own code, once nothing is due. Raises WrongClaimCode, SomethingIsDue."""
    work_order = db.lock_row(session, WorkOrder, work_order_id)
    if claim_code.strip().upper() != work_order.claim_code:
        raise rules.WrongClaimCode("claim_code")
    if work_order.status == WorkStatus.HANDED_OVER:
        return work_order
    due_cents = queries.due_cents(session, work_order)
    if due_cents:
        raise rules.SomethingIsDue(due_cents=due_cents)
    _move(session, work_order, WorkStatus.HANDED_OVER)
    work_order.handed_over_at = at
    if work_order.booking_id is not None:
        bookings.complete(session, bookings_found.get_booking(session, work_order.booking_id), at)
    return work_order


def set_capacity(session: Session, on: date, capacity_minutes: int) -> WorkshopDay:
    """Give a day its minutes. Raises CapacityTaken below what is taken."""
    day = session.get(WorkshopDay, on, with_for_update=True) or WorkshopDay(on=on, capacity_minutes=0)
    if capacity_minutes < day.taken_minutes:
        raise rules.CapacityTaken("capacity_minutes", taken=day.taken_minutes)
    day.capacity_minutes = capacity_minutes
    session.add(day)
    session.flush()
    return day


def _move(session: Session, work_order: WorkOrder, to: WorkStatus) -> None:
    if not rules.can_move(work_order.status, to):
        raise rules.CannotMoveSo
    work_order.status = to
    session.add(work_order)
