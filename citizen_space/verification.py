"""Does everything fit? The sealed chains, the orders and payments, the books, the victims' share, the bank's word."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from citizen_space.bank import reading
from citizen_space.bank import rules as bank_rules
from citizen_space.bank.models import BankFile, BankLine, BankMatch, BankStatement, MatchKind
from citizen_space.compensation import pain
from citizen_space.compensation.models import Accrual, Transfer, TransferItem, TransferStatus
from citizen_space.fiscal import queries as fiscal
from citizen_space.fiscal import verifier
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.fiscal.rules import MONEY
from citizen_space.fiscal.service import append
from citizen_space.kit.errors import Refusal
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
from citizen_space.orders.models import Order, OrderKind
from citizen_space.payments.models import Payment, PaymentStatus, Refund


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: it fits, or `detail` names the first row that does not."""

    what: str
    fits: bool
    detail: str


def verify(session: Session, keys: Keys) -> list[Finding]:
    """Check everything; the findings come in the order in which money goes."""
    sold = [_orders(session), _payments(session), _refunds(session)]
    books = [_balanced(session), _sales(session), _posted(session), _sealed_and_posted(session)]
    paid_on = [_shares(session), _unaccrued(session), _transfers(session), _bank(session)]
    return [*_chains(session, keys), *sold, *books, *paid_on]


def record_check(session: Session, findings: Sequence[Finding], *, at: datetime, keys: Keys) -> None:
    """Seal that everything was checked, and the first thing that did not fit."""
    online = fiscal.find_online(session)
    if online is None or online.id is None:
        return
    wrong = next((f"{one.what}: {one.detail}" for one in findings if not one.fits), "")
    content = {"by": "command", "findings": len(findings), "ok": not wrong, "problem": wrong}
    append(session, online.id, RowKind.INTEGRITY, content, at=at, keys=keys)


def _chains(session: Session, keys: Keys) -> Iterator[Finding]:
    for chain in verifier.verify(session, keys).chains:
        detail = str(chain.problem) if chain.problem else f"{chain.row_count} rows, {chain.perpetual_cents} cents"
        yield Finding(f"chain {chain.register}", chain.problem is None, detail)


# -- what was sold and paid --------------------------------------------------------------------------------------------


def _orders(session: Session) -> Finding:
    """Every order says what was sealed of it: what it was settled for, and what is left of that."""
    net_cents = col(Order.gross_cents) - col(Order.refunded_cents)
    said = (
        select(col(Order.id), col(Order.kind), col(Order.gross_cents), net_cents)
        .where(col(Order.gross_cents).is_not(None))
        .order_by(col(Order.id))
    )
    with _stream(session, _sealed_rows()) as rows, _stream(session, said) as orders:
        sealed = _by_order((order_id, *line) for order_id, kind, text in rows for line in _sums_of(kind, text))
        held = _by_order(
            line
            for order_id, kind, gross, net in orders
            for line in (
                (order_id, "sold", None, gross if kind == OrderKind.SALE else 0),
                (order_id, "left", None, net),
            )
        )
        order_id = _first_difference(sealed, held)
    if order_id is None:
        return Finding("orders", True, "every order says what was sealed of it")
    return Finding("orders", False, f"order {order_id}: it does not say what was sealed of it")


def _sums_of(kind: str, text: str) -> Iterator[tuple[str, int | None, int]]:
    try:
        cents = json.loads(text)["gross_cents"]
    except (ValueError, KeyError, TypeError):
        return
    yield "left", None, cents
    if kind == RowKind.SALE:
        yield "sold", None, cents


def _payments(session: Session) -> Finding:
    """Every payment and what went back of it is sealed, and all that is sealed was paid: order by order, by tender."""
    received = (
        select(col(Payment.order_id), col(Payment.tender), col(Payment.amount_cents), col(Payment.refunded_cents))
        .where(col(Payment.status) == PaymentStatus.RECEIVED)
        .order_by(col(Payment.order_id))
    )
    with _stream(session, _sealed_rows()) as rows, _stream(session, received) as payments:
        sealed = _by_order((order_id, *line) for order_id, _kind, text in rows for line in _tenders_of(text))
        held = _by_order(
            line
            for order_id, tender, came, went in payments
            for line in ((order_id, tender, _IN, came), (order_id, tender, _OUT, -went))
        )
        order_id = _first_difference(sealed, held)
    if order_id is None:
        return Finding("payments", True, "every payment is sealed, and every sealed tender was paid")
    return Finding("payments", False, f"order {order_id}: its payments and its sealed tenders differ")


_IN, _OUT = 1, -1


def _tenders_of(text: str) -> Iterator[tuple[str, int | None, int]]:
    try:
        parts = [(one["tender"], one["amount_cents"]) for one in json.loads(text)["content"]["tenders"]]
    except (ValueError, KeyError, TypeError):
        return
    for tender, cents in parts:
        yield tender, _IN if cents > 0 else _OUT, cents


def _refunds(session: Session) -> Finding:
    """What a payment says is given back of it is the sum of its refunds."""
    given = (
        select(col(Refund.payment_id), func.sum(col(Refund.amount_cents)).label("cents"))
        .group_by(col(Refund.payment_id))
        .subquery()
    )
    beside = select(col(Payment.id), col(Payment.refunded_cents), given.c.cents).outerjoin(
        given, given.c.payment_id == col(Payment.id)
    )
    differs = col(Payment.refunded_cents) != func.coalesce(given.c.cents, 0)
    wrong = session.execute(beside.where(differs).order_by(col(Payment.id)).limit(1)).first()
    if wrong is None:
        return Finding("refunds", True, "every refund is of a payment that says so")
    return Finding("refunds", False, f"payment {wrong.id}: {wrong.refunded_cents} said, {wrong.cents or 0} given back")


# -- the books ---------------------------------------------------------------------------------------------------------


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
    with (
        _stream(session, _sealed_rows()) as rows,
        _stream(session, _posted_rows()) as postings,
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


def _stream(session: Session, statement: Any) -> Any:
    """Read rows a thousand at a time: the whole history would not fit."""
    return session.execute(statement, execution_options={"yield_per": 1000})


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
    accrued = select(col(Accrual.entry_id), col(Accrual.beneficiary_id)).distinct().subquery()
    same = and_(accrued.c.entry_id == Posting.entry_id, accrued.c.beneficiary_id == Posting.beneficiary_id)
    # A join, not a question for each posting: no index leads from an entry to its accruals, nor does a sale need one.
    alone = (
        select(col(Posting.entry_id), col(Posting.beneficiary_id))
        .join(Entry, col(Entry.id) == col(Posting.entry_id))
        .outerjoin(accrued, same)
        .where(col(Entry.journal) == Journal.VICTIMS, col(Posting.account_code) == _OWED, accrued.c.entry_id.is_(None))
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


# -- what left and what the bank says ----------------------------------------------------------------------------------


def _transfers(session: Session) -> Finding:
    """A transfer pays what was set aside for its beneficiary, by the file that left, once the bank shows it."""
    held = (
        select(col(TransferItem.transfer_id), col(Accrual.beneficiary_id), func.sum(col(Accrual.amount_cents)))
        .join(Accrual, col(Accrual.id) == col(TransferItem.accrual_id))
        .group_by(col(TransferItem.transfer_id), col(Accrual.beneficiary_id))
    )
    sums = {(transfer_id, beneficiary_id): int(cents) for transfer_id, beneficiary_id, cents in session.execute(held)}
    shown = _shown_by_bank(session)
    for transfer in session.scalars(select(Transfer).order_by(col(Transfer.id))):
        problem = _problem_of(transfer, sums, shown)
        if problem:
            return Finding("transfers", False, f"transfer {transfer.reference}: {problem}")
    return Finding("transfers", True, "every transfer pays what was set aside, as its file and the bank say")


def _shown_by_bank(session: Session) -> dict[int, int]:
    lines = (
        select(col(BankMatch.target_id), col(BankLine.amount_cents))
        .join(BankLine, col(BankLine.id) == col(BankMatch.line_id))
        .where(col(BankMatch.kind) == MatchKind.transfer)
    )
    return {transfer_id: int(cents) for transfer_id, cents in session.execute(lines)}


def _problem_of(transfer: Transfer, sums: Mapping[tuple[int, int], int], shown: Mapping[int, int]) -> str:
    assert transfer.id is not None
    if sums.get((transfer.id, transfer.beneficiary_id)) != transfer.amount_cents:
        return "its amount is not what it holds"
    if transfer.file_text is not None and not _is_the_file(transfer, transfer.file_text):
        return "its file says something else"
    arrived = transfer.status in (TransferStatus.executed, TransferStatus.returned)
    if (shown.get(transfer.id) is not None) != arrived:
        return "the bank shows it and it is not executed, or the other way round"
    if arrived and shown[transfer.id] != -transfer.amount_cents:
        return "the bank shows another amount"
    return ""


def _is_the_file(transfer: Transfer, text: str) -> bool:
    return pain.fingerprint(text.encode()) == transfer.file_hash and all(
        f">{word}<" in text for word in (transfer.iban, transfer.reference)
    )


def _bank(session: Session) -> Finding:
    """Every statement and every line says what the file says that the bank gave."""
    for file in session.scalars(select(BankFile).order_by(col(BankFile.id))):
        problem = _problem_of_file(session, file)
        if problem:
            return Finding("bank", False, f"file {file.id} ({file.name}): {problem}")
    return Finding("bank", True, "every line of the bank stands in its file")


def _problem_of_file(session: Session, file: BankFile) -> str:
    if hashlib.sha256(file.content).hexdigest() != file.sha256:
        return "its bytes have changed"
    try:
        written = reading.read(file.content).statements
    except Refusal:
        return "it cannot be read any more"
    kept = session.scalars(
        select(BankStatement).where(col(BankStatement.file_id) == file.id).order_by(col(BankStatement.position))
    ).all()
    if [(one.opening_cents, one.closing_cents, len(one.lines)) for one in written] != [
        (one.opening_cents, one.closing_cents, one.line_count) for one in kept
    ]:
        return "its statements say something else"
    return next(
        (
            f"statement {one.id} has other lines"
            for one, read in zip(kept, written, strict=True)
            if _differs(session, one, read)
        ),
        "",
    )


def _differs(session: Session, statement: BankStatement, read: bank_rules.ReadStatement) -> bool:
    """A statement keeps the lines that no earlier one had brought: those it keeps all stand in the file."""
    lines = session.scalars(select(BankLine).where(col(BankLine.statement_id) == statement.id)).all()
    if len(lines) != statement.line_count - statement.known_count:
        return True
    said = Counter((one.on, one.amount_cents) for one in lines)
    return bool(said - Counter((one.on, one.amount_cents) for one in read.lines)) or any(
        bank_rules.key_of(_as_read(one)) != one.content_key for one in lines
    )


def _as_read(line: BankLine) -> bank_rules.ReadLine:
    return bank_rules.ReadLine(
        line.on, line.value_on, line.amount_cents, line.label, line.reference, line.bank_reference, line.counterparty
    )
