"""How chits are found: every select of the package."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from citizen_space.kit import clock
from citizen_space.kit.statements import Statement
from citizen_space.kitchen.models import Chit, ChitItem, ChitKind, ChitMove, ChitState
from citizen_space.kitchen.rules import TO_DO, Card, Dish, minutes_since
from citizen_space.law import queries as law
from citizen_space.orders.models import Order, OrderLine
from citizen_space.products.models import Category

# What is ready longer than that stands on no screen any more, served or not.
READY_SHOWN = timedelta(hours=2)


def list_stations(session: Session) -> list[str]:
    """The stations that some category sends its dishes to, the kitchen first."""
    rows = session.exec(select(Category.station).where(col(Category.station).is_not(None)).distinct())
    return sorted({station for station in rows if station}, key=lambda name: (name != "kitchen", name))


def count_sent(session: Session, line_ids: Iterable[int]) -> dict[int, int]:
    """How many of each line the kitchen was sent."""
    counted = (
        select(ChitItem.line_id, sa.func.sum(ChitItem.quantity))
        .where(col(ChitItem.line_id).in_(list(line_ids)), ChitItem.kind == ChitKind.ORDER)
        .group_by(col(ChitItem.line_id))
    )
    return dict(session.exec(counted).all())


def list_to_do(session: Session, at: datetime, station: str = "") -> list[Card]:
    """What is to be made or to be read, at a station or at all of them."""
    return _cards(session, at, TO_DO, station)


def list_ready(session: Session, at: datetime, station: str = "") -> list[Card]:
    """What waits for who serves, the newest first."""
    cards = _cards(session, at, [ChitState.READY], station, since=at - READY_SHOWN)
    return sorted(cards, key=lambda card: card.chit.id or 0, reverse=True)


def _cards(
    session: Session, at: datetime, states: Collection[str], station: str, since: datetime | None = None
) -> list[Card]:
    # Last night's work is nobody's any more: the screen begins each business day with an empty board.
    begins = clock.day_bounds(clock.business_day(at))[0] if since is None else since
    chosen = (
        select(Chit, Order)
        .join(Order, col(Order.id) == Chit.order_id)
        .where(col(Chit.state).in_(list(states)), col(Chit.sent_at) >= begins)
    )
    if station:
        chosen = chosen.where(Chit.station == station)
    found = session.exec(chosen).all()
    dishes = _dishes(session, [chit.id or 0 for chit, _order in found])
    late_after = law.get_int(session, "kitchen_late_minutes", clock.business_day(at))
    cards = []
    for chit, order in found:
        minutes = minutes_since(chit.sent_at, at)
        cards.append(Card(chit, order, tuple(dishes.get(chit.id or 0, ())), minutes, minutes >= late_after))
    # Of what was taken back whole, only its cancellation is left to be read.
    return [card for card in cards if not card.is_void]


def _dishes(session: Session, chit_ids: Sequence[int]) -> dict[int, list[Dish]]:
    dishes: dict[int, list[Dish]] = {}
    if chit_ids:
        rows = session.exec(
            select(ChitItem, OrderLine)
            .join(OrderLine, col(OrderLine.id) == ChitItem.line_id)
            .where(col(ChitItem.chit_id).in_(chit_ids))
            .order_by(col(ChitItem.id))
        )
        for item, line in rows:
            dishes.setdefault(item.chit_id, []).append(Dish(item, line))
    return dishes


def list_dishes(session: Session, chit: Chit) -> list[Dish]:
    """What stands on one chit."""
    assert chit.id is not None
    return _dishes(session, [chit.id]).get(chit.id, [])


def list_chits(session: Session, order_id: int) -> Sequence[Chit]:
    """What was sent of one order, in its order."""
    return session.exec(select(Chit).where(Chit.order_id == order_id).order_by(col(Chit.id))).all()


def list_states(session: Session, order_id: int) -> dict[int, str]:
    """How far each line of an order is, by the last chit that asks for it."""
    rows = session.exec(
        select(ChitItem.line_id, Chit.state)
        .join(Chit, col(Chit.id) == ChitItem.chit_id)
        .join(OrderLine, col(OrderLine.id) == ChitItem.line_id)
        .where(OrderLine.order_id == order_id, Chit.kind == ChitKind.ORDER)
        .order_by(col(Chit.id))
    )
    return dict(rows.all())


def list_orders_ready(session: Session, at: datetime) -> set[int]:
    """The orders of which something waits to be served."""
    chosen = select(Chit.order_id).where(
        Chit.state == ChitState.READY, Chit.kind == ChitKind.ORDER, col(Chit.sent_at) >= at - READY_SHOWN
    )
    return set(session.exec(chosen))


def find_by_key(session: Session, key: str) -> Chit | None:
    """The chit of a key, or None."""
    return session.exec(select(Chit).where(Chit.key == key)).first()


def find_move(session: Session, submission: str) -> ChitMove | None:
    """The move that a submission made, or None."""
    return session.exec(select(ChitMove).where(ChitMove.submission == submission)).first()


_NEWEST = Statement(
    sa.select(
        sa.select(sa.func.max(col(Chit.id))).scalar_subquery(),
        sa.select(sa.func.max(col(ChitMove.id))).scalar_subquery(),
    )
)


def stamp_chits(session: Session) -> str:
    """A word that changes whenever something is sent to the kitchen or moved there."""
    newest = _NEWEST.first(session)
    assert newest is not None
    return "-".join(str(number or 0) for number in newest)
