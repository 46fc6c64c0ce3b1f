"""Does everything fit? The sealed chains, the books, and the victims' share, recomputed from what is stored."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from citizen_space.compensation.models import Accrual
from citizen_space.fiscal import verifier
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.fiscal.rules import MONEY
from citizen_space.kit.keys import Keys
from citizen_space.ledger import queries as ledger
from citizen_space.ledger.models import Entry, Journal, Posting
from citizen_space.ledger.rules import (
    DEPOSITS,
    REVENUE_ACCOUNTS,
    SHARE_EXPENSE,
    TENDER_ACCOUNTS,
    VAT_COLLECTED,
)
from citizen_space.ledger.rules import SHARE_OWED as _OWED


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: it fits, or `detail` names the first row that does not."""

    what: str
    fits: bool
    detail: str


def verify(session: Session, keys: Keys) -> list[Finding]:
    """Check everything; the findings come in the order in which money goes."""
    books = [_balanced(session), _sales(session), _posted(session), _sealed_and_posted(session)]
    return [*_chains(session, keys), *books, _shares(session), _unaccrued(session)]


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


# Cents by account and VAT rate: a debit is positive.
_Amounts = dict[tuple[str, int | None], int]
_OfOrder = tuple[int, _Amounts]


def _sealed_and_posted(session: Session) -> Finding:
    """Every order stands in the books as it was sealed: account by account, rate by rate, refunds and share too."""
    at_a_time = {"yield_per": 1000}
    with (
        session.execute(_sealed_rows(), execution_options=at_a_time) as rows,
        session.execute(_posted_rows(), execution_options=at_a_time) as postings,
    ):
        sealed = _by_order((order_id, *line) for order_id, kind, text in rows for line in _lines_of(kind, text))
        posted = _by_order((order_id, account, rate, cents) for order_id, account, rate, cents in postings)
        order_id = _first_difference(sealed, posted)
    if order_id is None:
        return Finding("accounts", True, "every account holds what the sealed rows say")
    return Finding("accounts", False, f"order {order_id}: its sealed rows and its postings differ")


def _first_difference(sealed: Iterator[_OfOrder], posted: Iterator[_OfOrder]) -> int | None:
    nothing: _OfOrder = (0, {})
    for both in zip_longest(sealed, posted, fillvalue=nothing):
        if both[0] != both[1]:
            return min(order_id for order_id, _amounts in both if order_id)
    return None


def _sealed_rows() -> Select[int | None, str, str]:
    return (
        select(col(FiscalRow.order_id), col(FiscalRow.kind), col(FiscalRow.content))
        .where(col(FiscalRow.kind).in_(MONEY), col(FiscalRow.order_id).is_not(None))
        .order_by(col(FiscalRow.order_id))
    )


def _posted_rows() -> Select[int | None, str, int | None, int]:
    cents = (col(Posting.debit_cents) - col(Posting.credit_cents)).label("cents")
    return (
        select(col(Entry.order_id), col(Posting.account_code), col(Posting.vat_rate_bp), cents)
        .join(Posting, col(Posting.entry_id) == col(Entry.id))
        .where(col(Entry.order_id).is_not(None), col(Posting.account_code) != SHARE_EXPENSE)
        .order_by(col(Entry.order_id))
    )


def _lines_of(kind: str, text: str) -> Iterator[tuple[str, int | None, int]]:
    """What a sealed row must have posted; a text that cannot be read is the chain's finding."""
    try:
        content = json.loads(text)["content"]
        lines = [(TENDER_ACCOUNTS[one["tender"]], None, one["amount_cents"]) for one in content["tenders"]]
        if kind == RowKind.DEPOSIT:
            lines.append((DEPOSITS, None, -sum(cents for _account, _rate, cents in lines)))
        for part in content["vat"]:
            lines.append((REVENUE_ACCOUNTS[content["room"]], part["rate_bp"], -part["net_cents"]))
            lines.append((VAT_COLLECTED, part["rate_bp"], -part["vat_cents"]))
        lines.append((_OWED, None, -content.get("share_cents", 0)))
    except (ValueError, KeyError, TypeError):
        return
    yield from lines


def _by_order(lines: Iterable[tuple[int, str, int | None, int]]) -> Iterator[_OfOrder]:
    """Add the lines of each order up; what adds up to nothing is left out."""
    for order_id, group in groupby(lines, key=itemgetter(0)):
        sums: _Amounts = {}
        for _order_id, account, rate, cents in group:
            sums[account, rate] = sums.get((account, rate), 0) + cents
        if amounts := {key: cents for key, cents in sums.items() if cents}:
            yield order_id, amounts


def _unaccrued(session: Session) -> Finding:
    """Nothing is owed to a beneficiary by a sale without the row that says so."""
    accrued = select(col(Accrual.entry_id)).where(
        col(Accrual.entry_id) == col(Posting.entry_id), col(Accrual.beneficiary_id) == col(Posting.beneficiary_id)
    )
    alone = (
        select(col(Posting.entry_id), col(Posting.beneficiary_id))
        .join(Entry, col(Entry.id) == col(Posting.entry_id))
        .where(col(Entry.journal) == Journal.VICTIMS, col(Posting.account_code) == _OWED, ~accrued.exists())
    )
    wrong = session.execute(alone.order_by(col(Posting.entry_id)).limit(1)).first()
    if wrong is None:
        return Finding("accruals", True, "every share owed was set aside")
    return Finding("accruals", False, f"entry {wrong.entry_id}: beneficiary {wrong.beneficiary_id} is owed unexplained")


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
