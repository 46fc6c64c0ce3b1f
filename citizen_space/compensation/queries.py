"""How the share is found: the rule in force, what a sale set aside, what is owed, and the walk to the bank."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Date, String, bindparam, case, cast, column, func, literal_column, select, table
from sqlmodel import Session, col

from citizen_space.compensation.models import (
    Accrual,
    Beneficiary,
    MissedShare,
    Reversal,
    Rule,
    RuleDocument,
    RulePart,
    Transfer,
    TransferItem,
    TransferStatus,
)
from citizen_space.compensation.rules import Terms
from citizen_space.kit.db import Table
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import Statement

T = TypeVar("T", bound=Table)

# Orders are a storey above: their table is named here as a foreign key names it, and only these columns are read.
_orders = table(
    "orders_order", column("id"), column("reference"), column("room"), column("trail_code"), column("on", Date)
)


@dataclass(frozen=True)
class Recorded:
    """What an order set aside and gave back, by beneficiary."""

    rule_by_beneficiary: dict[int, int]
    room: str
    entry_id: int
    gross_cents: int
    set_aside: dict[int, int]
    returned: dict[int, int]
    refunded_cents: int


@dataclass(frozen=True)
class Step:
    """One accrual of an order and how far it has come."""

    accrual_id: int
    source: str
    order_id: int
    order_reference: str
    room: str
    on: date
    beneficiary_id: int
    beneficiary_name: str
    rule_id: int
    rate_bp: int
    base: str
    base_cents: int
    amount_cents: int
    entry_id: int
    transfer_id: int | None
    transfer_reference: str | None
    transfer_status: str | None
    executed_on: date | None


@dataclass(frozen=True)
class Owed:
    """What is owed to a beneficiary."""

    beneficiary_id: int
    name: str
    open_cents: int
    in_transit_cents: int
    transferred_cents: int

    @property
    def set_aside_cents(self) -> int:
        """All that was ever set aside for it, refunds taken off."""
        return self.open_cents + self.in_transit_cents + self.transferred_cents


@dataclass(frozen=True)
class MonthShare:
    """A month of a room: collected, of which in a transfer under way, of which arrived."""

    month: str
    room: str
    collected_cents: int
    in_transit_cents: int
    transferred_cents: int


@dataclass(frozen=True)
class Receipt:
    """The order behind a receipt's code: nothing in it says who."""

    order_id: int
    room: str
    on: date
    trail_code: str


_LATEST = (
    select(col(Rule.id))
    .where(
        col(Rule.room) == bindparam("room"),
        col(Rule.approved_at).is_not(None),
        col(Rule.valid_from) <= bindparam("on"),
    )
    .order_by(col(Rule.valid_from).desc())
    .limit(1)
    .scalar_subquery()
)
# Asked by every sale.
_TERMS = Statement(
    select(
        col(Rule.id),
        col(Rule.rate_bp),
        col(Rule.base),
        col(Rule.valid_to),
        col(RulePart.beneficiary_id),
        col(RulePart.weight),
    )
    .join(RulePart, col(RulePart.rule_id) == col(Rule.id))
    .where(col(Rule.id) == _LATEST, col(Rule.document_hash).is_not(None))
    .order_by(col(RulePart.beneficiary_id))
)


def find_terms(session: Session, room: str, on: date) -> Terms | None:
    """The rule in force for a room on a day; read once per unit of work."""
    known: dict[tuple[str, date], Terms | None] = session.info.setdefault("compensation_terms", {})
    if (room, on) not in known:
        known[(room, on)] = _read_terms(session, room, on)
    return known[(room, on)]


def forget_terms(session: Session) -> None:
    """Read the rules again at the next sale."""
    session.info.pop("compensation_terms", None)


def _read_terms(session: Session, room: str, on: date) -> Terms | None:
    rows = _TERMS.all(session, room=room, on=on)
    if not rows:
        return None
    rule_id, rate_bp, base, valid_to, *_part = rows[0]
    if valid_to is not None and valid_to < on:
        return None
    return Terms(rule_id, rate_bp, base, tuple((beneficiary_id, weight) for *_rule, beneficiary_id, weight in rows))


def find_recorded(session: Session, order_id: int) -> Recorded | None:
    """What an order has set aside, and what its refunds have taken back; None when nothing was."""
    rows = session.execute(
        select(
            col(Accrual.source),
            col(Accrual.rule_id),
            col(Accrual.beneficiary_id),
            col(Accrual.room),
            col(Accrual.entry_id),
            col(Accrual.gross_cents),
            col(Accrual.amount_cents),
        )
        .where(col(Accrual.order_id) == order_id)
        .order_by(col(Accrual.id))
    ).all()
    given = [row for row in rows if row.amount_cents > 0]
    if not given:
        return None
    returned: dict[int, int] = {}
    for row in rows:
        if row.amount_cents < 0:
            returned[row.beneficiary_id] = returned.get(row.beneficiary_id, 0) - row.amount_cents
    set_aside: dict[int, int] = {}
    for row in given:
        set_aside[row.beneficiary_id] = set_aside.get(row.beneficiary_id, 0) + row.amount_cents
    return Recorded(
        rule_by_beneficiary={row.beneficiary_id: row.rule_id for row in given},
        room=given[0].room,
        entry_id=given[0].entry_id,
        gross_cents=sum({row.source: row.gross_cents for row in given}.values()),
        set_aside=set_aside,
        returned=returned,
        refunded_cents=_refunded_cents(session, order_id),
    )


def _refunded_cents(session: Session, order_id: int) -> int:
    query = select(func.coalesce(func.sum(col(Reversal.gross_cents)), 0)).where(col(Reversal.order_id) == order_id)
    return int(session.execute(query).scalar_one())


def share_of_order(session: Session, order_id: int) -> int:
    """What an order's share comes to, refunds taken off."""
    query = select(func.coalesce(func.sum(col(Accrual.amount_cents)), 0)).where(col(Accrual.order_id) == order_id)
    return int(session.execute(query).scalar_one())


def walk_of_order(session: Session, order_id: int) -> list[Step]:
    """From a receipt to the bank: every accrual of an order, with the transfer that pays it."""
    query = _steps(_current()).where(col(Accrual.order_id) == order_id).order_by(col(Accrual.id))
    return [Step(**row._mapping) for row in session.execute(query)]


def walk_of_transfer(session: Session, transfer_id: int) -> list[Step]:
    """Every accrual that a transfer pays, or held before it was given up or returned."""
    query = _steps(col(TransferItem.accrual_id) == col(Accrual.id))
    rows = session.execute(query.where(col(Transfer.id) == transfer_id).order_by(col(Accrual.id)))
    return [Step(**row._mapping) for row in rows]


def _steps(held: Any) -> Any:
    return (
        select(
            col(Accrual.id).label("accrual_id"),
            col(Accrual.source),
            col(Accrual.order_id),
            _orders.c.reference.label("order_reference"),
            col(Accrual.room),
            col(Accrual.on),
            col(Accrual.beneficiary_id),
            col(Beneficiary.name).label("beneficiary_name"),
            col(Rule.id).label("rule_id"),
            col(Rule.rate_bp),
            col(Rule.base),
            col(Accrual.base_cents),
            col(Accrual.amount_cents),
            col(Accrual.entry_id),
            col(Transfer.id).label("transfer_id"),
            col(Transfer.reference).label("transfer_reference"),
            col(Transfer.status).label("transfer_status"),
            col(Transfer.executed_on),
        )
        .join(_orders, _orders.c.id == col(Accrual.order_id))
        .join(Beneficiary, col(Beneficiary.id) == col(Accrual.beneficiary_id))
        .join(Rule, col(Rule.id) == col(Accrual.rule_id))
        .outerjoin(TransferItem, held)
        .outerjoin(Transfer, col(Transfer.id) == col(TransferItem.transfer_id))
    )


def _current() -> Any:
    """The transfer that holds an accrual now: one that was given up or returned no longer does."""
    return (col(TransferItem.accrual_id) == col(Accrual.id)) & col(TransferItem.active)


def list_unassigned(session: Session, beneficiary_id: int, upto_on: date) -> list[tuple[int, int, date]]:
    """Accruals, negative ones too, that no transfer pays yet: (id, cents, day)."""
    query = (
        select(col(Accrual.id), col(Accrual.amount_cents), col(Accrual.on))
        .outerjoin(TransferItem, _current())
        .where(
            col(Accrual.beneficiary_id) == beneficiary_id,
            col(Accrual.on) <= upto_on,
            col(TransferItem.accrual_id).is_(None),
        )
        .order_by(col(Accrual.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


_ARRIVED = col(Transfer.status) == TransferStatus.executed


def _part_of(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, col(Accrual.amount_cents)), else_=0)), 0)


def list_owed(session: Session) -> list[Owed]:
    """What is owed to every beneficiary: not yet in a transfer, in one under way, arrived."""
    query = (
        select(
            col(Beneficiary.id),
            col(Beneficiary.name),
            _part_of(col(TransferItem.transfer_id).is_(None)),
            _part_of(col(Transfer.id).is_not(None) & ~_ARRIVED),
            _part_of(_ARRIVED),
        )
        .outerjoin(Accrual, col(Accrual.beneficiary_id) == col(Beneficiary.id))
        .outerjoin(TransferItem, _current())
        .outerjoin(Transfer, col(Transfer.id) == TransferItem.transfer_id)
        .group_by(col(Beneficiary.id), col(Beneficiary.name))
        .order_by(col(Beneficiary.name))
    )
    return [Owed(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in session.execute(query)]


def list_months(session: Session) -> list[MonthShare]:
    """Per month and room, newest month first: collected, in transit, transferred."""
    month = func.substr(cast(col(Accrual.on), String), literal_column("1"), literal_column("7"))
    query = (
        select(
            month,
            col(Accrual.room),
            func.sum(Accrual.amount_cents),
            _part_of(col(Transfer.id).is_not(None) & ~_ARRIVED),
            _part_of(_ARRIVED),
        )
        .outerjoin(TransferItem, _current())
        .outerjoin(Transfer, col(Transfer.id) == TransferItem.transfer_id)
        .group_by(month, col(Accrual.room))
        .order_by(month.desc(), col(Accrual.room))
    )
    return [MonthShare(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in session.execute(query)]


def find_receipt(session: Session, trail_code: str) -> Receipt | None:
    """The sale behind the code printed on a receipt."""
    row = session.execute(
        select(_orders.c.id, _orders.c.room, _orders.c.on, _orders.c.trail_code).where(
            _orders.c.trail_code == trail_code
        )
    ).first()
    return Receipt(row[0], row[1], row[2], row[3]) if row else None


def list_rules(session: Session) -> list[Rule]:
    """Every rule ever proposed, the latest day first."""
    query = select(Rule).order_by(Rule.room, col(Rule.valid_from).desc(), col(Rule.id).desc())
    return list(session.scalars(query))


def list_rules_in_force(session: Session, on: date) -> list[Rule]:
    """The rule of each room on a day."""
    approved = select(Rule).where(col(Rule.approved_at).is_not(None), col(Rule.valid_from) <= on)
    latest: dict[str, Rule] = {}
    for rule in session.scalars(approved.order_by(col(Rule.valid_from))):
        latest[rule.room] = rule
    return [rule for rule in latest.values() if rule.valid_to is None or rule.valid_to >= on]


def list_parts(session: Session) -> dict[int, list[tuple[str, int]]]:
    """Names and weights by rule."""
    query = (
        select(col(RulePart.rule_id), col(Beneficiary.name), col(RulePart.weight))
        .join(Beneficiary, col(Beneficiary.id) == col(RulePart.beneficiary_id))
        .order_by(col(RulePart.rule_id), col(Beneficiary.name))
    )
    parts: dict[int, list[tuple[str, int]]] = {}
    for rule_id, name, weight in session.execute(query):
        parts.setdefault(rule_id, []).append((name, weight))
    return parts


def get_rule(session: Session, rule_id: int) -> Rule:
    """A rule."""
    return _get(session, Rule, rule_id)


def get_document(session: Session, document_id: int) -> RuleDocument:
    """The stored text of a rule."""
    return _get(session, RuleDocument, document_id)


def find_document(session: Session, sha256: str) -> RuleDocument | None:
    """A stored text by its fingerprint."""
    return session.scalars(select(RuleDocument).where(col(RuleDocument.sha256) == sha256)).first()


def get_beneficiary(session: Session, beneficiary_id: int) -> Beneficiary:
    """A beneficiary."""
    return _get(session, Beneficiary, beneficiary_id)


def list_beneficiaries(session: Session) -> list[Beneficiary]:
    """All beneficiaries, by name."""
    return list(session.scalars(select(Beneficiary).order_by(Beneficiary.name)))


def get_transfer(session: Session, transfer_id: int) -> Transfer:
    """A transfer."""
    return _get(session, Transfer, transfer_id)


def list_transfers(session: Session, *, limit: int = 200) -> list[Transfer]:
    """Transfers, the latest first."""
    return list(session.scalars(select(Transfer).order_by(col(Transfer.id).desc()).limit(limit)))


def list_exported(session: Session) -> list[Transfer]:
    """Transfers that the bank has yet to confirm."""
    query = select(Transfer).where(col(Transfer.status) == TransferStatus.exported).order_by(col(Transfer.id))
    return list(session.scalars(query))


def list_executed(session: Session, *, limit: int = 200) -> list[Transfer]:
    """Transfers that the bank has shown, the latest first: one of them may come back."""
    query = select(Transfer).where(col(Transfer.status) == TransferStatus.executed).order_by(col(Transfer.id).desc())
    return list(session.scalars(query.limit(limit)))


def list_missed(session: Session, *, limit: int = 200) -> list[MissedShare]:
    """Sales that set nothing aside because no rule was in force."""
    return list(session.scalars(select(MissedShare).order_by(col(MissedShare.id).desc()).limit(limit)))


def has_accruals_since(session: Session, room: str, on: date) -> bool:
    """Whether a room has already set something aside on a day or after it."""
    query = select(col(Accrual.id)).where(col(Accrual.room) == room, col(Accrual.on) >= on).limit(1)
    return session.execute(query).first() is not None


def _get(session: Session, model: type[T], key: int) -> T:
    found = session.get(model, key)
    if found is None:
        raise NotFound
    return found
