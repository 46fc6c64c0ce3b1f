"""What is done with the bank's word: taken once, told apart, matched by reference, posted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session

from citizen_space.bank import queries, reading, rules, trial
from citizen_space.bank.models import BankAccount, BankFile, BankLine, BankMatch, BankStatement, MatchKind
from citizen_space.bank.refusals import (
    AccountUnknown,
    AmountsDiffer,
    LineMatched,
    StatementContradicts,
    StatementGap,
    TargetMatched,
)
from citizen_space.compensation import queries as shares
from citizen_space.compensation import service as compensation
from citizen_space.compensation.models import TransferStatus
from citizen_space.compensation.rules import is_iban, tidy_iban
from citizen_space.kit.actor import SYSTEM, Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import insert_once, lock
from citizen_space.law import queries as law
from citizen_space.ledger import entries as ledger
from citizen_space.payments import queries as payments
from citizen_space.staff import service as staff


@dataclass(frozen=True)
class Imported:
    """What a file brought; `again` when these very bytes had been taken before and nothing changed."""

    statements: tuple[BankStatement, ...]
    again: bool
    new_count: int
    known_count: int
    matched_count: int


def open_account(session: Session, *, iban: str, name: str, at: datetime) -> BankAccount:
    """Make an account of the house known; the same one is known once."""
    iban = tidy_iban(iban)
    for account in queries.list_accounts(session):
        if account.iban == iban:
            return account
    account = BankAccount(iban=iban, name=name, opened_at=at)
    session.add(account)
    session.flush()
    return account


def import_statement(
    session: Session, data: bytes, *, actor: Actor, at: datetime, name: str = "", file: rules.ReadFile | None = None
) -> Imported:
    """Take a file of the bank: all of it, or nothing and a sentence that says why. `file` is it already read."""
    sha256 = hashlib.sha256(data).hexdigest()
    lock(session, "bank:import")
    known = queries.find_file(session, sha256)
    if known is not None:
        assert known.id is not None
        before = queries.list_statements_of_file(session, known.id)
        return Imported(tuple(before), again=True, new_count=0, known_count=0, matched_count=0)
    read = file or reading.read(data)
    kept = BankFile(
        sha256=sha256, name=name[:200], format=read.format, content=data, imported_by=actor.code, imported_at=at
    )
    session.add(kept)
    session.flush()
    assert kept.id is not None
    statements = [_take(session, kept.id, position, one, at) for position, one in enumerate(read.statements, start=1)]
    staff.record(session, actor, "bank_file_imported", f"bank_file:{kept.id}", {"sha256": sha256, "name": name}, at)
    return Imported(
        tuple(statements),
        again=False,
        new_count=sum(one.line_count - one.known_count for one in statements),
        known_count=sum(one.known_count for one in statements),
        matched_count=match_lines(session, at=at),
    )


def _take(session: Session, file_id: int, position: int, read: rules.ReadStatement, at: datetime) -> BankStatement:
    account = _account_of(session, read.iban, at)
    assert account.id is not None
    known = queries.find_known(session, account.id, sorted({rules.key_of(line) for line in read.lines}))
    found = rules.follow(read, known)
    if found.reason:
        assert known is not None
        _refuse(read, known, found)
    statement = BankStatement(
        file_id=file_id,
        position=position,
        account_id=account.id,
        number=read.number[:60],
        from_on=read.from_on,
        to_on=read.to_on,
        opening_cents=read.opening_cents,
        movement_cents=read.movement_cents,
        closing_cents=read.closing_cents,
        line_count=len(read.lines),
        known_count=len(read.lines) - len(found.new),
        imported_at=at,
    )
    session.add(statement)
    session.flush()
    assert statement.id is not None
    if found.new:
        session.execute(insert(BankLine), _rows(statement.id, account.id, found.new))
    return statement


def _refuse(read: rules.ReadStatement, known: rules.Known, found: rules.Follow) -> None:
    if found.reason == "contradicts":
        unknown = [
            keyed
            for keyed in rules.number_lines(read.lines, {})
            if keyed.occurrence > known.occurrences.get(keyed.key, 0)
        ]
        raise StatementContradicts(number=read.number, count=len(unknown))
    raise StatementGap(
        number=read.number,
        opening_cents=read.opening_cents,
        expected_cents=known.closing_cents,
        until_on=known.to_on,
    )


def _account_of(session: Session, read: str, at: datetime) -> BankAccount:
    for account in queries.list_accounts(session):
        if rules.is_account(account.iban, read):
            return account
    own = tidy_iban(law.find_text(session, "house_bank_iban", business_day(at)))
    if is_iban(own) and rules.is_account(own, read):
        # The account that the parameters name is opened by its first statement.
        name = law.find_text(session, "house_bank_name", business_day(at))
        return open_account(session, iban=own, name=name, at=at)
    raise AccountUnknown(account=read[:40])


def _rows(statement_id: int, account_id: int, lines: Sequence[rules.KeyedLine]) -> list[dict[str, object]]:
    return [
        {
            "statement_id": statement_id,
            "account_id": account_id,
            "position": position,
            "on": keyed.line.on,
            "value_on": keyed.line.value_on,
            "amount_cents": keyed.line.amount_cents,
            "charges_cents": keyed.line.charges_cents,
            "label": keyed.line.label,
            "reference": keyed.line.reference,
            "bank_reference": keyed.line.bank_reference,
            "counterparty": keyed.line.counterparty,
            "content_key": keyed.key,
            "occurrence": keyed.occurrence,
        }
        for position, keyed in enumerate(lines, start=1)
    ]


# -- matching ----------------------------------------------------------------------------------------------------------


def match_lines(session: Session, *, at: datetime, actor: Actor = SYSTEM) -> int:
    """Find what lines are, by reference and amount, uniquely or not at all; gives how many were found."""
    lock(session, "bank:match")
    pairs = rules.find_matches(queries.list_words_unmatched(session), queries.list_targets(session))
    for line_id, target in pairs:
        _match(session, queries.get_line(session, line_id), target.kind, target.target_id, actor=actor, at=at)
    return len(pairs)


def confirm_match(
    session: Session, line_id: int, *, kind: str, target_id: int, actor: Actor, at: datetime
) -> BankMatch:
    """Let a person say what a line is when the bank has lost the reference; the amount must agree all the same."""
    lock(session, "bank:match")
    line = queries.get_line(session, line_id)
    if queries.find_match(session, line_id) is not None:
        raise LineMatched
    cents = _amount_of(session, kind, target_id)
    if cents != line.amount_cents:
        raise AmountsDiffer(line_cents=line.amount_cents, target_cents=cents)
    match = _match(session, line, kind, target_id, actor=actor, at=at)
    detail = {"kind": kind, "target_id": target_id, "amount_cents": cents}
    staff.record(session, actor, "bank_line_matched", f"bank_line:{line_id}", detail, at)
    return match


def _amount_of(session: Session, kind: str, target_id: int) -> int:
    """What a line must carry to be this; refused when it no longer waits for one."""
    if kind == MatchKind.returned:
        transfer = shares.get_transfer(session, target_id)
        if transfer.status != TransferStatus.executed:
            raise TargetMatched
        return transfer.amount_cents
    waiting = {(target.kind, target.target_id): target.amount_cents for target in queries.list_targets(session)}
    if (kind, target_id) not in waiting:
        raise TargetMatched
    return waiting[(kind, target_id)]


def _match(session: Session, line: BankLine, kind: str, target_id: int, *, actor: Actor, at: datetime) -> BankMatch:
    assert line.id is not None
    match = BankMatch(line_id=line.id, kind=kind, target_id=target_id, matched_at=at, matched_by=actor.code)
    if not insert_once(session, match):
        raise LineMatched
    if kind == MatchKind.transfer:
        compensation.mark_executed(session, target_id, on=line.on, at=at)
    elif kind == MatchKind.returned:
        compensation.mark_returned(session, target_id, on=line.on, actor=actor, at=at)
    else:
        _post_payout(session, target_id, line, at)
    return match


def _post_payout(session: Session, payout_id: int, line: BankLine, at: datetime) -> None:
    payout = payments.get_payout(session, payout_id)
    ledger.payout(
        session,
        payout_id=payout_id,
        amount_cents=payout.amount_cents,
        fee_cents=payout.fee_cents,
        on=line.on,
        at=at,
        label=f"Versement {payout.bank_reference or payout.provider_id}",
    )


# -- to try with -------------------------------------------------------------------------------------------------------


def list_trial_lines(session: Session) -> list[trial.TrialLine]:
    """What a bank would show next: the transfers whose file has left, the payouts that have arrived."""
    lines = [
        trial.TrialLine(-one.amount_cents, one.reference, f"{one.reference} part aux victimes", one.beneficiary_name)
        for one in shares.list_exported(session)
    ]
    for payout in queries.list_awaited_payouts(session):
        words = payout.bank_reference or payout.provider_id
        lines.append(trial.TrialLine(payout.amount_cents, payout.provider_id, words, payout.provider.capitalize()))
    return lines


def write_trial_statement(session: Session, *, version: str, on: date, at: datetime) -> tuple[str, bytes]:
    """A statement of the house's account that follows the last one: (name, bytes). Changes nothing."""
    iban = tidy_iban(law.get_text(session, "house_bank_iban", business_day(at)))
    account = next((one for one in queries.list_accounts(session) if one.iban == iban), None)
    last = queries.find_last_closing(session, account.id) if account is not None and account.id else None
    # Never before the last statement: a bank does not go back in time either.
    day = max(on, last[0]) if last else on
    number = f"ESSAI-{at:%Y%m%d%H%M%S}"
    opening = last[1] if last else 0
    lines = list_trial_lines(session)
    data = trial.write(iban=iban, number=number, opening_cents=opening, lines=lines, on=day, at=at, version=version)
    return f"{number}.xml", data
