"""How the restaurant's tables, sittings, claims and tabs are found: every select of the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.bookings import queries as bookings
from citizen_space.bookings.models import Booking
from citizen_space.bookings.rules import is_closed
from citizen_space.checkout import queries as sales
from citizen_space.kit import clock
from citizen_space.kit.errors import NotFound
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders
from citizen_space.orders.models import Order
from citizen_space.restaurant.models import Claim, Sitting, Tab, Table
from citizen_space.restaurant.rules import (
    DayNotBookable,
    Offer,
    Taken,
    Window,
    free_tables,
    offer_of,
    runs_on,
    window_of,
)


@dataclass(frozen=True)
class Seated:
    """A tab with its order, as the floor plan and the list of open tables show it."""

    tab: Tab
    order: Order


def list_tables(session: Session) -> Sequence[Table]:
    """Every table in service, by code."""
    return session.exec(select(Table).where(col(Table.active)).order_by(Table.code)).all()


def get_table(session: Session, table_id: int) -> Table:
    """One table. Raises NotFound."""
    table = session.get(Table, table_id)
    if table is None or not table.active:
        raise NotFound
    return table


def list_all_tables(session: Session) -> Sequence[Table]:
    """Every table, those out of service last."""
    return session.exec(select(Table).order_by(col(Table.active).desc(), Table.code)).all()


def list_all_sittings(session: Session) -> Sequence[Sitting]:
    """Every sitting, those that may not be booked last."""
    return session.exec(select(Sitting).order_by(col(Sitting.active).desc(), col(Sitting.starts))).all()


def list_free_tables(session: Session, starts_at: datetime, ends_at: datetime) -> list[Table]:
    """The tables that nobody holds during a period, by code."""
    return free_tables(list_tables(session), list_taken(session, starts_at, ends_at), Window(starts_at, ends_at))


def list_sittings(session: Session) -> Sequence[Sitting]:
    """Every sitting in service, in the order of the day."""
    return session.exec(select(Sitting).where(col(Sitting.active)).order_by(col(Sitting.starts))).all()


def get_sitting(session: Session, sitting_id: int) -> Sitting:
    """One sitting. Raises NotFound."""
    sitting = session.get(Sitting, sitting_id)
    if sitting is None or not sitting.active:
        raise NotFound
    return sitting


def get_open_sitting(session: Session, booking: Booking, at: datetime) -> Sitting:
    """The sitting that a booking was made for, while it may still be had. Raises DayNotBookable."""
    on = clock.local(booking.starts_at).date()
    if booking.starts_at > at and not bookings.is_closed(session, booking.room, booking.starts_at, booking.ends_at):
        for sitting in list_sittings(session):
            if runs_on(sitting, on) and window_of(sitting, on).starts_at == booking.starts_at:
                return sitting
    raise DayNotBookable


def list_taken(session: Session, starts_at: datetime, ends_at: datetime) -> list[Taken]:
    """The claims that meet the period, in one statement; a live hold counts as taken."""
    columns = (Claim.table_id, Claim.starts_at, Claim.ends_at, Claim.covers, Claim.sitting_id)
    rows = session.execute(
        sa.select(*map(col, columns)).where(col(Claim.starts_at) < ends_at, col(Claim.ends_at) > starts_at)
    ).all()
    return [Taken(table_id, Window(starts, ends), covers, sitting) for table_id, starts, ends, covers, sitting in rows]


def list_offers(session: Session, first_on: date, *, days: int) -> list[tuple[date, list[Offer]]]:
    """What each sitting of so many local days from one on has left, full ones too; days without are left out."""
    sittings, tables = list_sittings(session), list_tables(session)
    start, end = clock.day_bounds(first_on)[0], clock.day_bounds(first_on + timedelta(days=days))[1]
    taken = list_taken(session, start, end)
    closures = bookings.list_closures(session, "restaurant", start, end)
    found = []
    for on in (first_on + timedelta(days=n) for n in range(days)):
        offers = [offer_of(sitting, on, tables, taken) for sitting in sittings if runs_on(sitting, on)]
        offers = [
            one for one in offers if not is_closed(closures, "restaurant", one.window.starts_at, one.window.ends_at)
        ]
        if offers:
            found.append((on, offers))
    return found


def walk_in_time(session: Session, at: datetime) -> timedelta:
    """How long a party that has not booked keeps its table, unless it leaves before."""
    return timedelta(minutes=law.get_int(session, "restaurant_walk_in_minutes", clock.business_day(at)))


def list_claims_of_booking(session: Session, booking_id: int) -> Sequence[tuple[Claim, Table]]:
    """The tables that one booking holds."""
    return session.exec(
        select(Claim, Table)
        .join(Table, col(Table.id) == Claim.table_id)
        .where(Claim.booking_id == booking_id)
        .order_by(Table.code)
    ).all()


def list_claims_between(
    session: Session, starts_at: datetime, ends_at: datetime
) -> Sequence[tuple[Claim, Table, Booking | None]]:
    """The claims of a period with their table and their booking, if any."""
    return session.exec(
        select(Claim, Table, Booking)
        .join(Table, col(Table.id) == Claim.table_id)
        .join(Booking, col(Booking.id) == Claim.booking_id, isouter=True)
        .where(Claim.starts_at < ends_at, Claim.ends_at > starts_at)
        .order_by(col(Claim.starts_at), Table.code)
    ).all()


def list_claims_of_tab(session: Session, tab_id: int) -> Sequence[Claim]:
    """The tables that a seated party keeps."""
    return session.exec(select(Claim).where(Claim.tab_id == tab_id)).all()


def list_seated(session: Session) -> list[Seated]:
    """The parties at table now, longest seated first."""
    rows = session.exec(
        select(Tab, Order)
        .join(Order, col(Order.id) == Tab.order_id)
        .where(col(Tab.left_at).is_(None))
        .order_by(col(Tab.seated_at))
    ).all()
    return [Seated(tab, order) for tab, order in rows]


def get_tab_of_order(session: Session, order_id: int) -> Tab:
    """The tab of an order. Raises NotFound."""
    tab = session.exec(select(Tab).where(Tab.order_id == order_id)).first()
    if tab is None:
        raise NotFound
    return tab


def find_tab_of_booking(session: Session, booking_id: int) -> Tab | None:
    """The tab of a booking whose party was seated, or None."""
    return session.exec(select(Tab).where(Tab.booking_id == booking_id)).first()


def list_bookings_between(
    session: Session, starts_at: datetime, ends_at: datetime, statuses: Sequence[str]
) -> Sequence[Booking]:
    """The restaurant's bookings that begin in the period, in the order of arrival."""
    return session.exec(
        select(Booking)
        .where(Booking.room == "restaurant", Booking.starts_at >= starts_at, Booking.starts_at < ends_at)
        .where(col(Booking.status).in_(statuses))
        .order_by(col(Booking.starts_at), col(Booking.reference))
    ).all()


def used_deposit_cents(session: Session, tab: Tab) -> int:
    """The part of the deposit that the bill takes now, in cents."""
    if tab.booking_id is None:
        return 0
    return sales.deposit_used_cents(session, tab.booking_id, orders.total_cents(session, tab.order_id))


def due_cents(session: Session, tab: Tab) -> int:
    """What is left to pay of a tab's bill once its deposit is used, in cents."""
    return orders.total_cents(session, tab.order_id) - used_deposit_cents(session, tab)
