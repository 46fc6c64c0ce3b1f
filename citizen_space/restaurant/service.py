"""What the restaurant does: one function per verb."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from citizen_space.access import service as access
from citizen_space.bookings import queries as bookings_found
from citizen_space.bookings import rules as booking_rules
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking
from citizen_space.checkout import service as checkout
from citizen_space.kit import clock, db
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.keys import Keys
from citizen_space.kit.names import RoomName
from citizen_space.kitchen import service as kitchen
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order, OrderLine
from citizen_space.payments import service as payments
from citizen_space.payments.models import Payment
from citizen_space.restaurant import queries, rules
from citizen_space.restaurant.models import Claim, Firing, Sitting, Tab, Table
from citizen_space.room import Booked, Contact, hold_booking

ROOM: RoomName = "restaurant"


def availability(session: Session, on: date, *, at: datetime) -> list[rules.Offer]:
    """What each sitting of a local day still has; empty when the day may not be booked."""
    today = clock.business_day(at)
    first = booking_rules.first_bookable_on(at, law.get_int(session, "booking_lead_days", today))
    if not first <= on <= first + timedelta(days=law.get_int(session, "booking_horizon_days", today)):
        return []
    return [offer for _on, offers in queries.list_offers(session, on, days=1) for offer in offers]


def hold(session: Session, booking: Booking, *, sitting_id: int | None, at: datetime) -> list[Table]:
    """Take the best tables for a booking. Raises TableTaken, SittingIsFull.

    The caller holds the lock of the day; the database refuses what slips through.
    """
    window = rules.Window(booking.starts_at, booking.ends_at)
    taken = queries.list_taken(session, window.starts_at, window.ends_at)
    if sitting_id is not None:
        _check_covers(session, sitting_id, booking.party_size, taken)
    tables = rules.best_fit(booking.party_size, rules.free_tables(queries.list_tables(session), taken, window))
    if tables is None:
        raise rules.TableTaken("party_size")
    _claim(session, tables, window, covers=booking.party_size, sitting_id=sitting_id, booking_id=booking.id)
    return list(tables)


def _check_covers(session: Session, sitting_id: int, party_size: int, taken: Sequence[rules.Taken]) -> None:
    seated = sum(claim.covers for claim in taken if claim.sitting_id == sitting_id)
    if seated + party_size > queries.get_sitting(session, sitting_id).max_covers:
        raise rules.SittingIsFull("party_size")


def _claim(
    session: Session,
    tables: Sequence[Table],
    window: rules.Window,
    *,
    covers: int,
    sitting_id: int | None = None,
    booking_id: int | None = None,
    tab_id: int | None = None,
) -> None:
    claims = [
        Claim(
            table_id=table.id or 0,
            sitting_id=sitting_id,
            booking_id=booking_id,
            tab_id=tab_id,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            covers=share,
        )
        for table, share in zip(tables, rules.share_covers(covers, tables), strict=True)
    ]
    try:
        with db.savepoint(session):
            session.add_all(claims)
            session.flush()
    except IntegrityError as error:
        if "restaurant_claim_overlap" not in str(error.orig):
            raise
        raise rules.TableTaken("party_size") from error


def book(
    session: Session,
    *,
    sitting_id: int,
    on: date,
    contact: Contact,
    guests: Sequence[access.GuestName],
    language: str,
    browser_key: str,
    submission: str,
    keys: Keys,
    at: datetime,
) -> Booked:
    """Hold a table for the party and open the deposit to pay. The same submission gives the same booking."""
    earlier = bookings_found.find_by_submission(session, submission)
    if earlier is not None:
        return Booked(earlier, payments.find_of_booking(session, earlier))
    if not guests:
        raise rules.GuestListIncomplete("guests")
    offer = _offer(session, sitting_id, on, at=at)
    db.lock(session, f"{ROOM}:{on.isoformat()}")
    booking = hold_booking(
        session,
        room=ROOM,
        contact=contact,
        starts_at=offer.window.starts_at,
        ends_at=offer.window.ends_at,
        party_size=len(guests),
        language=language,
        browser_key=browser_key,
        submission=submission,
        at=at,
    )
    hold(session, booking, sitting_id=sitting_id, at=at)
    access.name_guests(session, booking, guests, keys=keys, at=at)
    return Booked(booking, _deposit(session, booking, on=on, at=at))


def _offer(session: Session, sitting_id: int, on: date, *, at: datetime) -> rules.Offer:
    for offer in availability(session, on, at=at):
        if offer.sitting_id == sitting_id:
            return offer
    raise rules.DayNotBookable("on")


def _deposit(session: Session, booking: Booking, *, on: date, at: datetime) -> Payment | None:
    """The order and the payment of the deposit; None (and the booking confirmed) where none is asked."""
    each_cents = law.get_cents(session, "deposit_cents_restaurant", on)
    if each_cents == 0:
        confirm(session, booking, at)
        return None
    order = orders.open_order(
        session,
        room=ROOM,
        label=booking.reference,
        register_id=None,
        operator_code=PUBLIC.code,
        booking_id=booking.id,
        covers=booking.party_size,
        submission=f"{booking.submission}:deposit",
        at=at,
        kind="deposit",
    )
    orders.add_line(
        session,
        order,
        label_fr="Acompte, table réservée",
        label_en="Deposit, booked table",
        quantity=booking.party_size,
        unit_price_cents=each_cents,
        vat_rate_bp=0,
        at=at,
    )
    booking.order_id = order.id
    return payments.start(
        session,
        order,
        tender="card_online",
        amount_cents=each_cents * booking.party_size,
        submission=f"{booking.submission}:pay",
        at=at,
        expires_at=booking.hold_expires_at,
    )


def arrive(session: Session, booking_id: int, *, register_id: int, actor: Actor, submission: str, at: datetime) -> Tab:
    """Seat a party that has booked: the booking is arrived and its tab open. Twice gives the same tab."""
    booking = bookings.lock_booking(session, booking_id, room=ROOM)
    earlier = queries.find_tab_of_booking(session, booking_id)
    if earlier is not None:
        return earlier
    bookings.arrive(session, booking, at)
    claims = queries.list_claims_of_booking(session, booking_id)
    codes = "+".join(table.code for _claim_row, table in claims) or booking.reference
    tab = _open_tab(
        session, codes, booking.party_size, booking_id=booking_id, register_id=register_id,
        actor=actor, submission=submission, at=at,
    )  # fmt: skip
    for claim, _table in claims:
        claim.tab_id = tab.id
    return tab


def _open_tab(
    session: Session,
    codes: str,
    covers: int,
    *,
    booking_id: int | None,
    register_id: int,
    actor: Actor,
    submission: str,
    at: datetime,
) -> Tab:
    order = orders.open_order(
        session,
        room=ROOM,
        label=f"Table {codes}",
        register_id=register_id,
        operator_code=actor.code,
        booking_id=booking_id,
        covers=covers,
        submission=submission,
        at=at,
    )
    assert order.id is not None
    tab = Tab(order_id=order.id, booking_id=booking_id, table_codes=codes, covers=covers, seated_at=at)
    session.add(tab)
    session.flush()
    return tab


def settle(
    session: Session,
    order_id: int,
    *,
    tenders: Sequence[checkout.Tender],
    submission: str,
    register_id: int,
    actor: Actor,
    keys: Keys,
    at: datetime,
) -> checkout.Sale:
    """Pay the bill in full, the deposit first; the tables are free again. Raises what checkout raises."""
    tab = queries.get_tab_of_order(session, order_id)
    sale = checkout.settle(
        session,
        order_id,
        tenders=[*_deposit_tender(session, tab), *tenders],
        submission=submission,
        register_id=register_id,
        actor=actor,
        at=at,
        keys=keys,
    )
    _leave(session, tab, at)
    return sale


def _deposit_tender(session: Session, tab: Tab) -> list[checkout.Tender]:
    used_cents = queries.used_deposit_cents(session, tab)
    return [checkout.Tender("deposit", used_cents)] if used_cents else []


def _leave(session: Session, tab: Tab, at: datetime) -> None:
    tab.left_at = at
    assert tab.id is not None
    for claim in queries.list_claims_of_tab(session, tab.id):
        if claim.starts_at < at < claim.ends_at:
            claim.ends_at = at
        elif at <= claim.starts_at:
            session.delete(claim)
    if tab.booking_id is not None:
        bookings.complete(session, bookings_found.get_booking(session, tab.booking_id), at)


def confirm(session: Session, booking: Booking, at: datetime) -> None:
    """Make a paid hold firm; one that lapsed is taken again by the rule for everybody. Raises what `hold` raises."""
    # First the booking: while it is being let go, its tables still seem to be there.
    booking = bookings.lock_booking(session, booking.id)
    if not queries.list_claims_of_booking(session, booking.id or 0):
        db.lock(session, f"{ROOM}:{clock.local(booking.starts_at).date().isoformat()}")
        hold(session, booking, sitting_id=queries.get_open_sitting(session, booking, at).id, at=at)
    bookings.confirm(session, booking, at)


def release(session: Session, booking: Booking, at: datetime) -> None:
    """Let the booking's tables go; needs no lock."""
    assert booking.id is not None
    for claim, _table in queries.list_claims_of_booking(session, booking.id):
        session.delete(claim)
    session.flush()


def walk_in(
    session: Session, *, table_id: int, covers: int, register_id: int, actor: Actor, submission: str, at: datetime
) -> Tab:
    """Seat who has not booked, at a table free for as long as they stay. Raises TableNotFree, TableTooSmall."""
    known = orders_found.find_by_submission(session, submission)
    if known is not None:
        assert known.id is not None
        return queries.get_tab_of_order(session, known.id)
    db.lock(session, f"{ROOM}:{clock.local(at).date().isoformat()}")
    table = db.lock_row(session, Table, table_id)
    tab = _open_tab(
        session, table.code, covers, booking_id=None, register_id=register_id, actor=actor, submission=submission, at=at
    )
    window = rules.Window(at, at + queries.walk_in_time(session, at))
    try:
        _claim(session, [table], window, covers=covers, tab_id=tab.id)
    except rules.TableTaken as taken:
        raise rules.TableNotFree("table_id") from taken
    return tab


def unseat(session: Session, order_id: int, *, at: datetime) -> None:
    """Free the table of a party that leaves nothing to pay: nothing ordered, or all of it taken off."""
    tab = queries.get_tab_of_order(session, order_id)
    if orders_found.list_live_lines(session, order_id):
        raise rules.TabNotEmpty
    orders.cancel_order(session, orders_found.get_order(session, order_id), at=at)
    assert tab.id is not None
    for claim in queries.list_claims_of_tab(session, tab.id):
        if claim.booking_id is None:
            session.delete(claim)
        else:
            claim.tab_id = None
    if tab.booking_id is not None:
        bookings.undo_arrival(session, bookings_found.get_booking(session, tab.booking_id))
    # The booking may be seated again, at a tab of its own.
    tab.left_at, tab.booking_id = at, None
    session.flush()


def fire(
    session: Session, order_id: int, course: int, *, actor: Actor, submission: str, at: datetime
) -> list[OrderLine]:
    """Send the waiting lines of a course; a submission seen before sends nothing. Raises NothingToFire."""
    tab = queries.get_tab_of_order(session, order_id)
    assert tab.id is not None
    firing = Firing(tab_id=tab.id, course=course, fired_at=at, operator_code=actor.code, submission=submission)
    if not db.insert_once(session, firing):
        return []
    return kitchen.fire(session, order_id, course, actor=actor, key=submission, at=at)


def move_table(session: Session, order_id: int, table_id: int, *, at: datetime) -> Tab:
    """Move a seated party, with its tab, to one other table. Raises TableNotFree, TableTooSmall."""
    tab = queries.get_tab_of_order(session, order_id)
    table = db.lock_row(session, Table, table_id)
    assert tab.id is not None
    if tab.table_codes == table.code:
        return tab
    orders.relabel(session, order_id, f"Table {table.code}")  # its order first, as who settles it
    claims = queries.list_claims_of_tab(session, tab.id)
    ends_at = max((claim.ends_at for claim in claims), default=at + queries.walk_in_time(session, at))
    for claim in claims:
        session.delete(claim)
    session.flush()
    window = rules.Window(at, max(ends_at, at + timedelta(minutes=15)))
    booking_id = tab.booking_id
    try:
        _claim(session, [table], window, covers=tab.covers, tab_id=tab.id, booking_id=booking_id)
    except rules.TableTaken as taken:
        raise rules.TableNotFree("table_id") from taken
    tab.table_codes = table.code
    return tab


def split_tab(
    session: Session, order_id: int, line_ids: Sequence[int], *, actor: Actor, submission: str, at: datetime
) -> Tab:
    """Open a second bill at the same table with some of the lines of the first. Raises NotFound."""
    known = orders_found.find_by_submission(session, submission)
    if known is not None:
        assert known.id is not None
        return queries.get_tab_of_order(session, known.id)
    tab = queries.get_tab_of_order(session, order_id)
    order: Order = orders_found.get_order(session, order_id)
    assert order.register_id is not None
    other = _open_tab(
        session, tab.table_codes, 1, booking_id=None, register_id=order.register_id,
        actor=actor, submission=submission, at=at,
    )  # fmt: skip
    orders.move_lines(session, from_order_id=order_id, to_order_id=other.order_id, line_ids=line_ids)
    return other


def save_table(session: Session, table_id: int | None, facts: dict[str, Any]) -> Table:
    """Add a table or change one. Raises TableNameTaken."""
    table = db.lock_row(session, Table, table_id) if table_id else Table(**facts)
    table.sqlmodel_update(facts)
    if not db.insert_once(session, table):
        raise rules.TableNameTaken("code")
    return table


def save_sitting(session: Session, sitting_id: int, facts: dict[str, Any]) -> None:
    """Change a sitting; bookings that stand keep the time they were given."""
    session.add(db.lock_row(session, Sitting, sitting_id).sqlmodel_update(facts))
    session.flush()
