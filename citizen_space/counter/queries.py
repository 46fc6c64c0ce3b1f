"""How the till finds the sale it is making."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from citizen_space.kit.statements import Loader
from citizen_space.orders.models import Order, OrderStatus

# The label of what is rung up at the counter: no table and no booking.
LABEL = "Comptoir"
# Asked at every tap: built once.
_CURRENT = (
    select(Order)
    .where(
        Order.room == bindparam("room"),
        Order.status == OrderStatus.OPEN,
        Order.register_id == bindparam("register_id"),
        Order.operator_code == bindparam("operator_code"),
        Order.label == LABEL,
    )
    .order_by(col(Order.id).desc())
    .limit(1)
)
_FIND = Loader(Order, _CURRENT)
_LOCK = Loader(Order, _CURRENT.with_for_update())


def find_current(session: Session, *, room: str, register_id: int, operator_code: str) -> Order | None:
    """Find the sale that an operator has begun at a till and not finished."""
    return _FIND.first(session, room=room, register_id=register_id, operator_code=operator_code)


def lock_current(session: Session, *, room: str, register_id: int, operator_code: str) -> Order | None:
    """Find it as it is now and keep it until this transaction ends."""
    return _LOCK.first(session, again=True, room=room, register_id=register_id, operator_code=operator_code)
