"""What a sale loses on the word of staff: a line that the kitchen was sent."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.checkout.rules import sealed_void
from citizen_space.kit.keys import Keys
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import OrderLine
from citizen_space.orders.rules import gross_cents
from citizen_space.vouching import service as vouching
from citizen_space.vouching.rules import Voucher


def void_sent(
    session: Session, line_id: int, voucher: Voucher, *, register_id: int, at: datetime, keys: Keys
) -> OrderLine:
    """Take off what the kitchen was sent: the line stays visible, and the register seals who, who vouched and why."""
    line = orders.void_line(
        session, line_id, reason=voucher.why, actor=voucher.asked_by, at=at, vouched_by=voucher.by.code
    )
    order = orders_found.get_order(session, line.order_id)
    content = {"order": order.reference, "room": order.room, "label": order.label, "line": sealed_void(line)}
    vouching.seal(
        session,
        voucher,
        content,
        register_id=register_id,
        subject=f"order:{line.order_id}",
        amount_cents=gross_cents(line),
        order_id=line.order_id,
        at=at,
        keys=keys,
    )
    return line
