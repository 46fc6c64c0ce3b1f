"""What a test of the kitchen needs: the sample card, its printers, and an order at a table."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.ids import new_key
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order, OrderLine
from citizen_space.printing import sample as printers
from citizen_space.products import queries as products
from tests.restaurant.world import KEYS, found

COOK = Actor(kind="worker", id=2, code="R03")
RUNNER = Actor(kind="worker", id=1, code="R07")


def lay(session: Session, at: datetime, label: str = "Table 5") -> Order:
    """Open the restaurant and one order."""
    found(session, at)
    printers.plant(session, at=at, keys=KEYS)
    return open_order(session, at, label)


def open_order(session: Session, at: datetime, label: str) -> Order:
    """Open an order at a table."""
    return orders.open_order(
        session, room="restaurant", label=label, register_id=None, operator_code="R07", covers=2,
        submission=new_key(), at=at,
    )  # fmt: skip


def order_dishes(session: Session, order: Order, dishes: Mapping[str, int], *, at: datetime) -> list[OrderLine]:
    """Put dishes of the card on an order, by their codes."""
    lines = []
    for code, quantity in dishes.items():
        offer = products.find_offer_by_code(session, code, business_day(at))
        assert offer is not None, code
        lines.append(
            orders.offer_line(offer, quantity=quantity, option_ids=[option.id for option in offer.options[:1]])
        )
    return orders.add_lines(session, order, lines, at=at, added_by=RUNNER.code)
