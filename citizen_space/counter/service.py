"""What is done at the counter: sign-ins that were refused are sealed, anything for sale is rung up and paid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from citizen_space.checkout import service as checkout
from citizen_space.checkout.service import Sale, Tender
from citizen_space.counter import queries
from citizen_space.fiscal import service as fiscal
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import lock
from citizen_space.kit.errors import NotFound
from citizen_space.kit.keys import Keys
from citizen_space.orders import queries as orders_found
from citizen_space.orders import rules as order_rules
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order, OrderLine
from citizen_space.products import queries as products
from citizen_space.staff import service as staff
from citizen_space.web import sessions


def seal_refused_sign_in(session: Session, register_id: int, code: str, *, keys: Keys, at: datetime) -> None:
    """Seal that somebody was not let in at a till: the code they gave, never the PIN."""
    fiscal.append(session, register_id, "sign_in_refused", {"code": code}, at=at, keys=keys)


def revoke_screen(session: Session, device_id: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take a screen out of service: whoever works on it is out at the next touch. Twice is once."""
    device = sessions.revoke_device(session, device_id, by=actor.code, reason=reason, at=at)
    if device is not None:
        staff.record(session, actor, "till_revoked", f"register:{device.code}", {"reason": reason}, at)


def end_sign_ins(session: Session, sign_in_id: int, *, actor: Actor, at: datetime) -> str:
    """End every sign-in of the person who made this one; gives their operator code."""
    known = sessions.get_open(session, sign_in_id, at)
    kind: Literal["worker", "staff"] = "worker" if known.kind == "worker" else "staff"
    sessions.sign_out_everywhere(session, kind=kind, subject_id=known.subject_id, at=at)
    staff.record(session, actor, "sessions_ended", f"{kind}:{known.subject_id}", {"code": known.code}, at)
    return known.code


def ring_up(
    session: Session,
    *,
    product_id: int,
    option_ids: Sequence[int],
    room: str,
    register_id: int,
    actor: Actor,
    submission: str,
    at: datetime,
) -> OrderLine:
    """Add one of a product to the sale at hand, opening it with the first; the same tap sent twice counts once."""
    offer = products.get_offer(session, product_id, business_day(at))
    if offer.room != room:
        raise NotFound
    line = orders.offer_line(offer, option_ids=option_ids, submission=submission)
    order = _lock_sale(session, room=room, register_id=register_id, actor=actor, submission=submission, at=at)
    return orders.extend(session, order, [line], at=at, added_by=actor.code)[0]


def _lock_sale(session: Session, *, room: str, register_id: int, actor: Actor, submission: str, at: datetime) -> Order:
    """Take the sale at hand, or open one: of two first taps at once the second finds what the first has opened."""
    whose: dict[str, Any] = {"room": room, "register_id": register_id, "operator_code": actor.code}
    order = queries.lock_current(session, **whose)
    if order is not None:
        return order
    lock(session, f"counter:{register_id}:{actor.code}")
    return queries.lock_current(session, **whose) or orders.open_order(
        session, label=queries.LABEL, submission=f"counter:{submission}", at=at, **whose
    )


def take_off(session: Session, line_id: int, *, register_id: int, actor: Actor, at: datetime) -> OrderLine:
    """Take one line off the sale at hand."""
    order = orders_found.get_order(session, orders_found.get_line(session, line_id).order_id)
    if order.label != queries.LABEL or order.register_id != register_id:
        raise NotFound
    return orders.void_line(session, line_id, reason="", actor=actor, at=at)


def give_up(session: Session, *, room: str, register_id: int, actor: Actor, at: datetime) -> Order | None:
    """Give up the sale at hand."""
    order = queries.find_current(session, room=room, register_id=register_id, operator_code=actor.code)
    return orders.cancel_order(session, order, at=at) if order is not None else None


def due_cents(session: Session, order: Order) -> int:
    """Say what an order comes to."""
    assert order.id is not None
    return order_rules.totals(orders_found.list_live_lines(session, order.id)).gross_cents


def pay(
    session: Session,
    order_id: int,
    *,
    tenders: Sequence[Tender],
    submission: str,
    register_id: int,
    actor: Actor,
    keys: Keys,
    at: datetime,
) -> Sale:
    """Take the money for what was rung up here."""
    order = orders_found.get_order(session, order_id)
    if order.label != queries.LABEL or order.register_id != register_id:
        raise NotFound
    return checkout.settle(
        session,
        order_id,
        tenders=tenders,
        submission=submission,
        register_id=register_id,
        actor=actor,
        at=at,
        keys=keys,
    )
