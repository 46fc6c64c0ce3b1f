"""How the till finds the sale it is making."""

from sqlmodel import Session, col, select

from citizen_space.orders.models import Order, OrderStatus

# The label of what is rung up at the counter: no table and no booking.
LABEL = "Comptoir"


def find_current(session: Session, *, room: str, register_id: int, operator_code: str) -> Order | None:
    """Find the sale that an operator has begun at a till and not finished."""
    wanted = select(Order).where(
        Order.room == room,
        Order.status == OrderStatus.OPEN,
        Order.register_id == register_id,
        Order.operator_code == operator_code,
        Order.label == LABEL,
    )
    return session.exec(wanted.order_by(col(Order.id).desc())).first()
