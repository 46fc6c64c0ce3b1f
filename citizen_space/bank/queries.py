"""How the bank's word is found, and the walk from a line to the receipts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from citizen_space.bank.models import BankAccount, BankFile, BankLine, BankMatch, BankStatement, MatchKind
from citizen_space.bank.rules import Known, Target, tokens, upper_references
from citizen_space.compensation import queries as compensation
from citizen_space.kit.errors import NotFound
from citizen_space.orders.models import Order
from citizen_space.payments.models import Payment, Payout, PayoutItem
from citizen_space.payments.queries import PAYMENT_OF_ITEM, moves_any


@dataclass(frozen=True)
class LineView:
    """A line with what it was found to be, in words that a page can link."""

    line: BankLine
    match: BankMatch | None


@dataclass(frozen=True)
class StatementView:
    """A statement in the list."""

    statement: BankStatement
    iban: str
    format: str
    matched_count: int
    kept_count: int


@dataclass(frozen=True)
class OrderOfLine:
    """A receipt behind a line: what of the line's amount is this order's."""

    order_id: int
    reference: str
    amount_cents: int


def list_accounts(session: Session) -> list[BankAccount]:
    """The house's accounts."""
    return list(session.exec(select(BankAccount).order_by(col(BankAccount.id))))


def find_file(session: Session, sha256: str) -> BankFile | None:
    """A file by its fingerprint."""
    return session.exec(select(BankFile).where(BankFile.sha256 == sha256)).first()


def get_statement(session: Session, statement_id: int) -> BankStatement:
    """A statement."""
    statement = session.get(BankStatement, statement_id)
    if statement is None:
        raise NotFound
    return statement


def get_account(session: Session, account_id: int) -> BankAccount:
    """An account of the house."""
    account = session.get(BankAccount, account_id)
    assert account is not None, account_id
    return account


def list_statements_of_file(session: Session, file_id: int) -> list[BankStatement]:
    """The statements that a file brought."""
    query = select(BankStatement).where(BankStatement.file_id == file_id).order_by(col(BankStatement.position))
    return list(session.exec(query))


def list_statements(session: Session, *, limit: int = 200) -> list[StatementView]:
    """Statements, the latest first, with how many of their lines are matched."""
    query: Any = (
        sa_select(
            BankStatement,
            col(BankAccount.iban),
            col(BankFile.format),
            func.count(col(BankMatch.line_id)),
            func.count(col(BankLine.id)),
        )
        .join(BankAccount, col(BankAccount.id) == col(BankStatement.account_id))
        .join(BankFile, col(BankFile.id) == col(BankStatement.file_id))
        .join(BankLine, col(BankLine.statement_id) == col(BankStatement.id), isouter=True)
        .join(BankMatch, col(BankMatch.line_id) == col(BankLine.id), isouter=True)
        .group_by(col(BankStatement.id), col(BankAccount.iban), col(BankFile.format))
        .order_by(col(BankStatement.to_on).desc(), col(BankStatement.id).desc())
        .limit(limit)
    )
    return [StatementView(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in session.execute(query)]


def find_known(session: Session, account_id: int, keys: Sequence[str]) -> Known | None:
    """What is known of an account: its first opening, its last closing, and which of these contents it has seen."""
    statements = select(BankStatement).where(BankStatement.account_id == account_id)
    last = session.exec(statements.order_by(col(BankStatement.to_on).desc(), col(BankStatement.id).desc())).first()
    if last is None:
        return None
    first = session.exec(statements.order_by(col(BankStatement.from_on), col(BankStatement.id))).first()
    assert first is not None
    occurrences: dict[str, int] = {}
    for start in range(0, len(keys), 500):
        seen = (
            select(BankLine.content_key, func.max(BankLine.occurrence))
            .where(BankLine.account_id == account_id, col(BankLine.content_key).in_(keys[start : start + 500]))
            .group_by(col(BankLine.content_key))
        )
        occurrences.update({key: int(count) for key, count in session.exec(seen)})
    return Known(first.opening_cents, last.closing_cents, first.from_on, last.to_on, occurrences)


def find_last_closing(session: Session, account_id: int) -> tuple[date, int] | None:
    """The day and the balance at which the last statement of an account ends."""
    query = select(col(BankStatement.to_on), col(BankStatement.closing_cents)).where(
        BankStatement.account_id == account_id
    )
    found = session.exec(query.order_by(col(BankStatement.to_on).desc(), col(BankStatement.id).desc())).first()
    return (found[0], found[1]) if found else None


def get_line(session: Session, line_id: int) -> BankLine:
    """A line of the bank."""
    line = session.get(BankLine, line_id)
    if line is None:
        raise NotFound
    return line


def find_match(session: Session, line_id: int) -> BankMatch | None:
    """What a line was found to be."""
    return session.get(BankMatch, line_id)


def list_lines(session: Session, statement_id: int) -> list[LineView]:
    """The lines that a statement brought, in the bank's order."""
    query = _with_match().where(BankLine.statement_id == statement_id).order_by(col(BankLine.position))
    return [LineView(row[0], row[1]) for row in session.exec(query)]


def list_unmatched(session: Session, *, limit: int = 200) -> list[BankLine]:
    """Lines that nothing explains yet, the latest first."""
    query = _with_match().where(col(BankMatch.line_id).is_(None)).order_by(col(BankLine.on).desc(), col(BankLine.id))
    return [row[0] for row in session.exec(query.limit(limit))]


def list_words_unmatched(session: Session) -> list[tuple[int, int, set[str]]]:
    """Every line that nothing explains yet: (id, cents, words a reference may stand among)."""
    query: Any = (
        sa_select(
            *(
                col(c)
                for c in (
                    BankLine.id,
                    BankLine.amount_cents,
                    BankLine.reference,
                    BankLine.bank_reference,
                    BankLine.label,
                )
            )
        )
        .join(BankMatch, col(BankMatch.line_id) == col(BankLine.id), isouter=True)
        .where(col(BankMatch.line_id).is_(None))
    )
    return [(row[0], row[1], tokens(row[2], row[3], row[4])) for row in session.execute(query)]


def _with_match() -> Any:
    return select(BankLine, BankMatch).join(BankMatch, col(BankMatch.line_id) == col(BankLine.id), isouter=True)


def list_targets(session: Session) -> list[Target]:
    """All that waits for a line: transfers whose file has left, payouts not yet seen."""
    targets = [
        Target(MatchKind.transfer, transfer.id, -transfer.amount_cents, upper_references(transfer.reference))
        for transfer in compensation.list_exported(session)
        if transfer.id is not None
    ]
    for payout in list_awaited_payouts(session):
        assert payout.id is not None
        words = upper_references(payout.provider_id, payout.bank_reference)
        targets.append(Target(MatchKind.payout, payout.id, payout.amount_cents, words))
    return targets


def list_awaited_payouts(session: Session) -> list[Payout]:
    """Payouts that no line of the bank has shown yet."""
    seen = select(BankMatch.target_id).where(col(BankMatch.kind) == MatchKind.payout)
    query = select(Payout).where(Payout.status == "paid", col(Payout.id).not_in(seen)).order_by(col(Payout.id))
    return list(session.exec(query))


def find_line_of_transfer(session: Session, transfer_id: int) -> BankLine | None:
    """The line of the bank that shows a transfer."""
    return _find_line(session, MatchKind.transfer, transfer_id)


def find_line_of_payout(session: Session, payout_id: int) -> BankLine | None:
    """The line of the bank that shows a payout."""
    return _find_line(session, MatchKind.payout, payout_id)


def _find_line(session: Session, kind: MatchKind, target_id: int) -> BankLine | None:
    query = select(BankLine).join(BankMatch, col(BankMatch.line_id) == col(BankLine.id))
    return session.exec(query.where(BankMatch.kind == kind, BankMatch.target_id == target_id)).first()


def list_lines_of_order(session: Session, order_id: int) -> list[LineView]:
    """From a receipt to the bank: the lines of its share's transfers, of its payments' payouts and of its refunds'."""
    transfers = {step.transfer_id for step in compensation.walk_of_order(session, order_id) if step.transfer_id}
    payouts = session.exec(
        select(PayoutItem.payout_id).where(moves_any(select(Payment.id).where(Payment.order_id == order_id)))
    ).all()
    wanted = ((col(BankMatch.kind) != MatchKind.payout) & col(BankMatch.target_id).in_(transfers)) | (
        (col(BankMatch.kind) == MatchKind.payout) & col(BankMatch.target_id).in_(payouts)
    )
    return [LineView(row[0], row[1]) for row in session.exec(_with_match().where(wanted).order_by(col(BankLine.id)))]


def list_orders_of_line(session: Session, line_id: int) -> list[OrderOfLine]:
    """From a line of the bank to the receipts: by the share it transfers, or by what it pays out and takes back."""
    match = find_match(session, line_id)
    if match is None:
        return []
    if match.kind != MatchKind.payout:
        parts = [(step.order_id, step.amount_cents) for step in compensation.walk_of_transfer(session, match.target_id)]
    else:
        query = (
            select(Payment.order_id, PayoutItem.amount_cents)
            .join(Payment, col(Payment.id) == PAYMENT_OF_ITEM)
            .where(PayoutItem.payout_id == match.target_id)
            .order_by(col(PayoutItem.id))
        )
        parts = [(row[0], row[1]) for row in session.exec(query)]
    totals: dict[int, int] = {}
    for order_id, cents in parts:
        totals[order_id] = totals.get(order_id, 0) + cents
    named = select(Order.id, Order.reference).where(col(Order.id).in_(totals))
    references = {row[0]: row[1] for row in session.exec(named)}
    return [OrderOfLine(order_id, references[order_id], cents) for order_id, cents in totals.items()]
