"""What the kitchen reads on paper: changes only, table and course huge, allergies inverted, no name."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from citizen_space.kit import clock
from citizen_space.kitchen import rules
from citizen_space.kitchen.models import Chit, ChitKind
from citizen_space.kitchen.rules import Dish
from citizen_space.orders.models import Order
from printers.document import Block, Columns, Cut, Document, Rule, Space, Text

CANCELLED_FR = "ANNULATION"


def chit(one: Chit, order: Order, dishes: Sequence[Dish], *, at: datetime) -> Document:
    """The paper of one chit; its station stands on it, for it may come out elsewhere."""
    table = (order.label or order.reference).upper()
    is_cancel = one.kind == ChitKind.CANCEL
    title = CANCELLED_FR if is_cancel else rules.course_name(one.course).upper()
    covers = f"  {order.covers} couverts" if order.covers else ""
    head: list[Block] = [
        Text(table, size="huge", align="center", bold=True),
        Text(title, size="large", align="center", bold=True),
        Columns((f"{clock.local(at):%H:%M}{covers}", one.sent_by)),
        Columns((f"Pour : {rules.station_name(one.station)}", f"n° {one.id}")),
        Rule(),
    ]
    lines = [block for dish in dishes for block in _dish(dish, "−" if is_cancel else "+")]
    return Document(kind="chit", title=f"{table} {title}", blocks=(*head, *lines, Space(1), Cut()))


def _dish(dish: Dish, sign: str) -> Iterable[Block]:
    line = dish.line
    yield Text(f"{sign}{dish.item.quantity} {line.label_fr}", size="large", bold=True)
    for option in line.options:
        yield Text(f"   {option['name_fr']}", size="large")
    if line.seat:
        yield Text(f"   place {line.seat}")
    if line.note and line.allergy:
        yield Text(f" ALLERGIE : {line.note} ", size="large", bold=True, inverted=True)
    elif line.note:
        yield Text(f"   {line.note}")
