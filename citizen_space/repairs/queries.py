"""How the workshop's days, work orders and quotes are found: every select of the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.kit.db import get_by_id
from citizen_space.kit.errors import NotFound
from citizen_space.law import queries as law
from citizen_space.orders import queries as orders
from citizen_space.repairs.models import (
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


@dataclass(frozen=True)
class Job:
    """A work order with its bike, as the board shows it."""

    work_order: WorkOrder
    bike: Bike


def list_days(session: Session, first_on: date, last_on: date) -> Sequence[WorkshopDay]:
    """The workshop's days in a period."""
    return session.exec(
        select(WorkshopDay).where(WorkshopDay.on >= first_on, WorkshopDay.on <= last_on).order_by(col(WorkshopDay.on))
    ).all()


def hours_of(session: Session, on: date) -> dict[str, time]:
    """Between which hours of the wall bikes are taken in on a day."""
    return {name: law.get_hour(session, f"repairs_{name}_hour", on) for name in ("opens", "closes")}


def find_claim(session: Session, booking_id: int) -> Claim | None:
    """The minutes that a booking takes, or None."""
    return session.exec(select(Claim).where(Claim.booking_id == booking_id)).first()


def get_work_order(session: Session, work_order_id: int) -> WorkOrder:
    """One work order. Raises NotFound."""
    return get_by_id(session, WorkOrder, work_order_id)


def find_by_submission(session: Session, submission: str) -> WorkOrder | None:
    """The work order that a submission already opened, or None."""
    return session.exec(select(WorkOrder).where(WorkOrder.submission == submission)).first()


def find_by_booking(session: Session, booking_id: int) -> WorkOrder | None:
    """The work order of a booking, or None."""
    return session.exec(select(WorkOrder).where(WorkOrder.booking_id == booking_id)).first()


def find_by_code(session: Session, code: str) -> WorkOrder | None:
    """The work order whose ticket or tag says this, or None."""
    code = code.strip().upper()
    wanted = select(WorkOrder).where((WorkOrder.claim_code == code) | (WorkOrder.tag_code == code))
    return session.exec(wanted).first()


def get_bike(session: Session, bike_id: int) -> Bike:
    """One bike. Raises NotFound."""
    return get_by_id(session, Bike, bike_id)


def list_jobs(session: Session, statuses: Sequence[WorkStatus]) -> list[Job]:
    """The work orders in some statuses with their bikes, the oldest promise first."""
    rows = session.exec(
        select(WorkOrder, Bike)
        .join(Bike, col(Bike.id) == WorkOrder.bike_id)
        .where(col(WorkOrder.status).in_(statuses))
        .order_by(col(WorkOrder.promised_on), col(WorkOrder.id))
    ).all()
    return [Job(work_order, bike) for work_order, bike in rows]


def list_jobs_of_frame(session: Session, frame_number: str) -> list[Job]:
    """Every job ever done on the bike with this frame number, the latest first."""
    rows = session.exec(
        select(WorkOrder, Bike)
        .join(Bike, col(Bike.id) == WorkOrder.bike_id)
        .where(Bike.frame_number == frame_number.strip().upper(), Bike.frame_number != "")
        .order_by(col(WorkOrder.id).desc())
    ).all()
    return [Job(work_order, bike) for work_order, bike in rows]


def list_wishes(session: Session, work_order_id: int) -> Sequence[Wish]:
    """What the customer asked for."""
    return session.exec(select(Wish).where(Wish.work_order_id == work_order_id).order_by(col(Wish.id))).all()


def list_quotes(session: Session, work_order_id: int) -> Sequence[Quote]:
    """Every version of a quote, the latest first."""
    return session.exec(
        select(Quote).where(Quote.work_order_id == work_order_id).order_by(col(Quote.version).desc())
    ).all()


def find_quote(session: Session, work_order_id: int) -> Quote | None:
    """The version that stands, or None."""
    return next(iter(list_quotes(session, work_order_id)), None)


def get_quote(session: Session, quote_id: int) -> Quote:
    """A quote. Raises NotFound."""
    found = session.get(Quote, quote_id)
    if found is None:
        raise NotFound
    return found


def get_quote_by_secret(session: Session, secret: str) -> Quote:
    """The quote of a secret link; a draft is not shown. Raises NotFound."""
    found = session.exec(select(Quote).where(Quote.secret == secret, Quote.status != QuoteStatus.DRAFT)).first()
    if found is None:
        raise NotFound
    return found


def list_quote_lines(session: Session, quote_id: int | None) -> Sequence[QuoteLine]:
    """The lines of one version."""
    return session.exec(select(QuoteLine).where(QuoteLine.quote_id == quote_id).order_by(col(QuoteLine.id))).all()


def list_work_sessions(session: Session, work_order_id: int) -> Sequence[WorkSession]:
    """The work done on a bike."""
    return session.exec(
        select(WorkSession).where(WorkSession.work_order_id == work_order_id).order_by(col(WorkSession.started_at))
    ).all()


def find_open_session(session: Session, operator_code: str) -> WorkSession | None:
    """What a worker is working on now, or None."""
    return session.exec(
        select(WorkSession).where(WorkSession.operator_code == operator_code, col(WorkSession.stopped_at).is_(None))
    ).first()


def due_cents(session: Session, work_order: WorkOrder) -> int:
    """What is left to pay before the bike leaves, in cents."""
    if work_order.order_id is None:
        return 0
    order = orders.get_order(session, work_order.order_id)
    return orders.total_cents(session, work_order.order_id) if order.settled_at is None else 0


def is_paid(session: Session, work_order: WorkOrder) -> bool:
    """Whether the work on a bike has been settled: its order is sealed."""
    return work_order.order_id is not None and orders.get_order(session, work_order.order_id).settled_at is not None


def list_late_bookings(session: Session, before: datetime) -> Sequence[Booking]:
    """Confirmed bookings whose day is over and whose bike never came."""
    return session.exec(
        select(Booking).where(
            Booking.room == "repairs", Booking.status == BookingStatus.CONFIRMED, Booking.starts_at < before
        )
    ).all()
