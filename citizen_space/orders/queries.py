"""How orders are found."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from citizen_space.kit.db import find_by, get_by_id
from citizen_space.kit.statements import Loader
from citizen_space.orders.models import LineState, Order, OrderKind, OrderLine, OrderStatus

# Asked at every act of a till: built once.
_OF_ORDER = select(OrderLine).where(OrderLine.order_id == bindparam("order_id")).order_by(col(OrderLine.id))
_LINES = Loader(OrderLine, _OF_ORDER)
_LIVE_LINES = Loader(OrderLine, _OF_ORDER.where(OrderLine.state != LineState.VOIDED))


def get_order(session: Session, order_id: int) -> Order:
    """Return an order."""
    return get_by_id(session, Order, order_id)


def find_by_submission(session: Session, submission: str) -> Order | None:
    """Find the order that a page has already opened."""
    return find_by(session, Order, "submission", submission)


def list_open(session: Session, room: str) -> Sequence[Order]:
    """List the open orders of a room, the oldest first."""
    return session.exec(
        select(Order)
        .where(Order.room == room, Order.status == OrderStatus.OPEN)
        .order_by(col(Order.opened_at), col(Order.id))
    ).all()


def find_deposit(session: Session, booking_id: int | None) -> Order | None:
    """Find the deposit that was paid for a booking."""
    if booking_id is None:
        return None
    wanted = select(Order).where(
        Order.booking_id == booking_id, Order.kind == OrderKind.DEPOSIT, col(Order.settled_at).is_not(None)
    )
    return session.exec(wanted.order_by(col(Order.id))).first()


def get_line(session: Session, line_id: int) -> OrderLine:
    """Return one line."""
    return get_by_id(session, OrderLine, line_id)


def list_lines(session: Session, order_id: int) -> Sequence[OrderLine]:
    """List every line of an order, voided ones included, in the order they were added."""
    return _LINES.all(session, order_id=order_id)


def list_live_lines(session: Session, order_id: int) -> Sequence[OrderLine]:
    """List the lines that count."""
    return _LIVE_LINES.all(session, order_id=order_id)


def total_cents(session: Session, order_id: int) -> int:
    """Return what an order comes to now; the same sum as `rules.totals`, made by the database."""
    price = col(OrderLine.quantity) * (col(OrderLine.unit_price_cents) + col(OrderLine.options_cents))
    statement = select(func.coalesce(func.sum(price - col(OrderLine.discount_cents)), 0))
    return int(session.exec(statement.where(OrderLine.order_id == order_id, OrderLine.state != LineState.VOIDED)).one())


def totals_of(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    """Return what each of several orders comes to now, in one statement."""
    price = col(OrderLine.quantity) * (col(OrderLine.unit_price_cents) + col(OrderLine.options_cents))
    rows = session.exec(
        select(OrderLine.order_id, func.sum(price - col(OrderLine.discount_cents)))
        .where(col(OrderLine.order_id).in_(order_ids), OrderLine.state != LineState.VOIDED)
        .group_by(col(OrderLine.order_id))
    ).all()
    return dict.fromkeys(order_ids, 0) | {order_id: int(cents) for order_id, cents in rows}
