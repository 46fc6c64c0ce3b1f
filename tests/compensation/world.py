"""What a test of the share needs of a house: law, accounts, beneficiaries, rules, orders."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlmodel import Session

from citizen_space.compensation import rulebook, sample, service
from citizen_space.compensation.models import Beneficiary, Rule, RuleDocument
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.ids import new_key, new_reference
from citizen_space.kit.keys import new_keys
from citizen_space.law import sample as law_sample
from citizen_space.ledger import service as ledger
from citizen_space.orders.models import Order

ANNE = Actor("staff", 1, "S1")
BILAL = Actor("staff", 2, "S2")
CHLOE = Actor("staff", 3, "S3")
_numbers = count(1)


@dataclass
class World:
    """A house with one rule for the restaurant."""

    fund: Beneficiary
    support: Beneficiary
    document: RuleDocument
    rule: Rule


def found(
    session: Session,
    at: datetime,
    *,
    room: str = "restaurant",
    rate_bp: int = 1000,
    base: str = "net",
    weights: tuple[int, int] = (3, 1),
) -> World:
    """Found a house whose rule for one room is in force today; CHLOE put the accounts there."""
    law_sample.plant(session, at=at, keys=new_keys())
    ledger.open_chart(session)
    fund = rulebook.add_beneficiary(session, **sample.FUND, actor=CHLOE, at=at)
    support = rulebook.add_beneficiary(session, **sample.SUPPORT, actor=CHLOE, at=at)
    document = rulebook.store_document(
        session, name="convention.pdf", media_type="application/pdf", content=b"%PDF-1.7 ...", actor=ANNE, at=at
    )
    rule = propose(session, at, [(fund, weights[0]), (support, weights[1])], document, room, rate_bp, base)
    assert rule.id is not None
    rulebook.approve_rule(session, rule.id, actor=BILAL, at=at)
    return World(fund, support, document, rule)


def propose(
    session: Session,
    at: datetime,
    parts: list[tuple[Beneficiary, int]],
    document: RuleDocument | None,
    room: str = "restaurant",
    rate_bp: int = 1000,
    base: str = "net",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Rule:
    """Let ANNE propose a rule."""
    return rulebook.propose_rule(
        session,
        room=room,
        rate_bp=rate_bp,
        base=base,
        parts=[(who.id or 0, weight) for who, weight in parts],
        valid_from=valid_from or business_day(at),
        valid_to=valid_to,
        legal_basis="Convention du 1er septembre 2026, article 4",
        document=document,
        actor=ANNE,
        at=at,
    )


def order(session: Session, at: datetime, room: str = "restaurant") -> int:
    """Open an order as the till would; its content does not matter here."""
    row = Order(
        reference=new_reference(),
        room=room,
        opened_at=at,
        on=business_day(at),
        submission=new_key(),
        trail_code=new_reference(),
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def sell(
    session: Session, at: datetime, *, net_cents: int, gross_cents: int, room: str = "restaurant"
) -> tuple[int, int]:
    """Make a sale: (order id, share)."""
    order_id = order(session, at, room)
    share = service.accrue(
        session,
        order_id=order_id,
        room=room,
        net_cents=net_cents,
        gross_cents=gross_cents,
        source=f"sale:{order_id}",
        on=business_day(at),
        at=at,
    )
    return order_id, share


def refund(session: Session, order_id: int, cents: int, at: datetime) -> int:
    """Give some of a sale back; gives the share taken back."""
    return service.reverse(
        session,
        order_id=order_id,
        refund_cents=cents,
        source=f"refund:{order_id}:{next(_numbers)}",
        on=business_day(at),
        at=at,
    )
