"""What a sale loses on the word of staff: a line the kitchen was sent, money given back at the till."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from citizen_space.bookings import queries as bookings
from citizen_space.checkout import refunds
from citizen_space.checkout.models import CreditNote
from citizen_space.checkout.refusals import RefundAtOffice
from citizen_space.checkout.rules import sealed_void
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.db import get_by_id
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


def give_back(
    session: Session,
    order_id: int,
    line_ids: Sequence[int],
    voucher: Voucher,
    *,
    register_id: int,
    at: datetime,
    keys: Keys,
) -> CreditNote:
    """Give back a sale, or some of its lines, at the till that made it; places somebody has are the office's matter."""
    order = orders_found.get_order(session, order_id)
    if bookings.find_standing(session, order.booking_id, order_id=order_id) is not None:
        raise RefundAtOffice
    wanted = {line.id: line.quantity for line in orders_found.list_live_lines(session, order_id) if line.id}
    note = refunds.refund(
        session,
        order_id,
        reason=voucher.why,
        key=voucher.key,
        actor=voucher.asked_by,
        register_id=register_id,
        at=at,
        keys=keys,
        lines={line_id: wanted.get(line_id, 0) for line_id in line_ids} or None,
        vouched_by=voucher.by.code,
    )
    row = get_by_id(session, FiscalRow, note.fiscal_row_id)
    vouching.keep(session, voucher, row, subject=f"order:{order_id}", amount_cents=note.amount_cents)
    return note
