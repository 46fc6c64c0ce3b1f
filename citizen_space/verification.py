"""Does everything fit? The sealed chains, the books, and the victims' share, recomputed from what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from citizen_space.compensation.models import Accrual
from citizen_space.fiscal import verifier
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.kit.keys import Keys
from citizen_space.ledger import queries as ledger
from citizen_space.ledger.models import Entry, Posting

_OWED = "467"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: it fits, or `detail` names the first row that does not."""

    what: str
    fits: bool
    detail: str


def verify(session: Session, keys: Keys) -> list[Finding]:
    """Check everything; the findings come in the order in which money goes."""
    return [*_chains(session, keys), _balanced(session), _sales(session), _posted(session), _shares(session)]


def _chains(session: Session, keys: Keys) -> Iterator[Finding]:
    for chain in verifier.verify(session, keys).chains:
        detail = str(chain.problem) if chain.problem else f"{chain.row_count} rows, {chain.perpetual_cents} cents"
        yield Finding(f"chain {chain.register}", chain.problem is None, detail)


def _balanced(session: Session) -> Finding:
    entry_id = ledger.find_unbalanced(session)
    return Finding("ledger", entry_id is None, "balanced" if entry_id is None else f"entry {entry_id} does not balance")


def _sale_source() -> Select[Any]:
    """Each sealed sale beside what was posted for it."""
    order_id = col(Entry.order_id)
    cents = func.sum(col(Posting.debit_cents)).label("cents")
    posted = select(order_id, cents).select_from(Entry).join(Posting, col(Posting.entry_id) == col(Entry.id))
    totals = posted.where(col(Entry.source).like("sale:%")).group_by(order_id).subquery()
    sealed = col(FiscalRow.kind) == RowKind.SALE
    beside = select(col(FiscalRow.id), col(FiscalRow.number), col(FiscalRow.gross_cents), totals.c.cents)
    joined = beside.select_from(FiscalRow).outerjoin(totals, totals.c.order_id == col(FiscalRow.order_id))
    return joined.where(sealed, col(FiscalRow.gross_cents) != 0)


def _sales(session: Session) -> Finding:
    """Every sealed sale is in the books, to the cent."""
    source = _sale_source().subquery()
    differs = or_(source.c.cents.is_(None), source.c.cents != source.c.gross_cents)
    wrong = session.execute(select(source).where(differs).order_by(source.c.id).limit(1)).first()
    if wrong is None:
        return Finding("sales", True, "every sealed sale is posted, to the cent")
    return Finding("sales", False, f"sealed row {wrong.id}: {wrong.gross_cents} sealed, {wrong.cents} posted")


def _posted(session: Session) -> Finding:
    """No sale is in the books that was not sealed."""
    sealed = select(col(FiscalRow.order_id)).where(
        col(FiscalRow.kind) == RowKind.SALE, col(FiscalRow.order_id).is_not(None)
    )
    unsealed = select(col(Entry.id), col(Entry.source)).where(
        col(Entry.source).like("sale:%"), col(Entry.order_id).not_in(sealed)
    )
    wrong = session.execute(unsealed.order_by(col(Entry.id)).limit(1)).first()
    if wrong is None:
        return Finding("postings", True, "every posted sale is sealed")
    return Finding("postings", False, f"entry {wrong.id} ({wrong.source}) has no sealed row")


def _shares(session: Session) -> Finding:
    """What was set aside for each beneficiary is what the books owe it, entry by entry."""
    accrued = (
        select(col(Accrual.entry_id), col(Accrual.beneficiary_id), func.sum(col(Accrual.amount_cents)).label("cents"))
        .group_by(col(Accrual.entry_id), col(Accrual.beneficiary_id))
        .subquery()
    )
    owed = (
        select(
            col(Posting.entry_id),
            col(Posting.beneficiary_id),
            func.sum(col(Posting.credit_cents) - col(Posting.debit_cents)).label("cents"),
        )
        .where(col(Posting.account_code) == _OWED)
        .group_by(col(Posting.entry_id), col(Posting.beneficiary_id))
        .subquery()
    )
    same = and_(owed.c.entry_id == accrued.c.entry_id, owed.c.beneficiary_id == accrued.c.beneficiary_id)
    beside = select(accrued, owed.c.cents.label("posted")).select_from(accrued).outerjoin(owed, same)
    differs = or_(owed.c.cents.is_(None), owed.c.cents != accrued.c.cents)
    wrong = session.execute(beside.where(differs).order_by(accrued.c.entry_id).limit(1)).first()
    if wrong is None:
        return Finding("share", True, "every share set aside is owed in the books")
    detail = f"entry {wrong.entry_id}, beneficiary {wrong.beneficiary_id}: {wrong.cents} set aside, {wrong.posted} owed"
    return Finding("share", False, detail)
