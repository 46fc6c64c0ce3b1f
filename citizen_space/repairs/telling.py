"""What the workshop tells a customer by mail: queued with the act, written and sent after its commit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.customers.queries import get_customer
from citizen_space.kit.clock import business_day, moment
from citizen_space.outbox import service as outbox
from citizen_space.outbox.models import Message
from citizen_space.outbox.rules import Letter
from citizen_space.repairs import queries, rules
from citizen_space.repairs.models import Quote, WorkOrder


def tell_quote(session: Session, quote: Quote, *, at: datetime) -> bool:
    """Send the link of a quote; False when the customer left no address."""
    work_order = queries.get_work_order(session, quote.work_order_id)
    assert quote.id is not None
    about = {"quote_id": quote.id}
    return _tell(session, work_order, "repairs.quote", key=f"quote:{quote.id}", about=about, at=at)


def tell_ready(session: Session, work_order: WorkOrder, *, at: datetime) -> bool:
    """Say that the bike may be fetched, and when; False when the customer left no address."""
    assert work_order.id is not None
    about = {"work_order_id": work_order.id, "due_cents": queries.due_cents(session, work_order)}
    key = f"ready:{work_order.id}:{at:%Y%m%d}"
    return _tell(session, work_order, "repairs.ready", key=key, about=about, at=at)


def _tell(
    session: Session, work_order: WorkOrder, letter: str, *, key: str, about: Mapping[str, int], at: datetime
) -> bool:
    if work_order.customer_id is None:
        return False
    to_address = get_customer(session, work_order.customer_id).email
    outbox.queue_letter(
        session, letter, key=key, to_address=to_address, language=work_order.language, about=about, at=at
    )
    return True


def list_letters(public_url: str) -> outbox.Letters:
    """The letters of the workshop."""

    def write_quote(session: Session, _message: Message, about: Mapping[str, Any]) -> Letter:
        quote = queries.get_quote(session, about["quote_id"])
        lines = queries.list_quote_lines(session, quote.id)
        facts = {
            "lines": lines,
            "total_cents": rules.total_cents(lines),
            "link_url": f"{public_url}/velos/devis/{quote.secret}",
        }
        return Letter("repairs/mail/quote", facts)

    def write_ready(session: Session, message: Message, about: Mapping[str, Any]) -> Letter:
        on = business_day(message.created_at)
        hours = queries.hours_of(session, on)
        facts = {"opens_at": moment(on, hours["opens"]), "closes_at": moment(on, hours["closes"])}
        return Letter("repairs/mail/ready", {"due_cents": about["due_cents"], **facts})

    return {"repairs.quote": write_quote, "repairs.ready": write_ready}
