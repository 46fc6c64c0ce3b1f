"""What the workshop tells a customer by mail: queued with the act, sent after its commit."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.customers.queries import get_customer
from citizen_space.outbox import service as outbox
from citizen_space.repairs import queries, rules
from citizen_space.repairs.models import Quote, WorkOrder
from citizen_space.web.visit import House


def tell_quote(session: Session, house: House, quote: Quote, *, at: datetime) -> bool:
    """Send the link of a quote; False when the customer left no address."""
    lines = queries.list_quote_lines(session, quote.id)
    return _tell(
        session,
        house,
        queries.get_work_order(session, quote.work_order_id),
        "quote",
        key=f"quote:{quote.id}",
        at=at,
        lines=lines,
        total_cents=rules.total_cents(lines),
        link_url=f"{house.config.public_url}/velos/devis/{quote.secret}",
    )


def tell_ready(session: Session, house: House, work_order: WorkOrder, *, at: datetime) -> bool:
    """Say that the bike may be fetched; False when the customer left no address."""
    due_cents = queries.due_cents(session, work_order)
    key = f"ready:{work_order.id}:{at:%Y%m%d}"
    return _tell(session, house, work_order, "ready", key=key, at=at, due_cents=due_cents)


def _tell(
    session: Session, house: House, work_order: WorkOrder, name: str, *, key: str, at: datetime, **facts: Any
) -> bool:
    if work_order.customer_id is None:
        return False
    outbox.write_mail(
        session,
        house.templates,
        f"repairs/mail/{name}",
        key=key,
        to_address=get_customer(session, work_order.customer_id).email,
        language=work_order.language,
        facts=facts,
        at=at,
    )
    return True
