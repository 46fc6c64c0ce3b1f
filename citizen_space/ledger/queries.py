"""How the books are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from citizen_space.kit.db import get_by_id
from citizen_space.ledger.models import Account, Entry, Posting
from citizen_space.ledger.rules import REVENUE_ACCOUNTS, VAT_COLLECTED, Line, remaining_lines


@dataclass(frozen=True)
class AccountBalance:
    """What one account has seen and where it stands; positive is a debit balance."""

    code: str
    label_fr: str
    label_en: str
    kind: str
    debit_cents: int
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        """Debits less credits."""
        return self.debit_cents - self.credit_cents


@dataclass(frozen=True)
class EntryFilter:
    """What a reader of the journal asks for."""

    journal: str = ""
    account: str = ""
    from_on: date | None = None
    to_on: date | None = None
    words: str = ""
    order_id: int | None = None


@dataclass(frozen=True)
class EntryTotal:
    """An entry of the list with its amount."""

    entry: Entry
    total_cents: int


@dataclass(frozen=True)
class Record:
    """One posting with all that an export says of it."""

    entry_id: int
    journal: str
    on: date
    at: datetime
    source: str
    label: str
    account_code: str
    account_label: str
    debit_cents: int
    credit_cents: int
    beneficiary_id: int | None


def get_entry(session: Session, entry_id: int) -> Entry:
    """Return an entry."""
    return get_by_id(session, Entry, entry_id)


def find_entry(session: Session, source: str) -> Entry | None:
    """Return the entry of a source, if it was posted."""
    return session.exec(select(Entry).where(Entry.source == source)).first()


def list_postings(session: Session, entry_id: int) -> list[Posting]:
    """Return the postings of an entry."""
    return list(session.exec(select(Posting).where(Posting.entry_id == entry_id).order_by(col(Posting.id))))


def list_lines(session: Session, entry_id: int) -> list[Line]:
    """Return the postings of an entry as the rules read them."""
    return [line_of(posting) for posting in list_postings(session, entry_id)]


def line_of(posting: Posting) -> Line:
    """Return a posting with one signed amount."""
    cents = posting.debit_cents - posting.credit_cents
    return Line(posting.account_code, cents, posting.room, posting.vat_rate_bp, posting.beneficiary_id)


def list_left(session: Session, entry_id: int) -> list[Line]:
    """Return what the reversals made so far have left of an entry."""
    reversals = select(Entry.id).where(Entry.reversal_of == entry_id)
    own = col(Posting.entry_id) == entry_id
    postings = select(Posting).where(own | col(Posting.entry_id).in_(reversals)).order_by(col(Posting.id))
    return remaining_lines([line_of(posting) for posting in session.exec(postings)], [])


def list_reversals(session: Session, entry_id: int) -> list[Entry]:
    """Return the entries that turned this one round."""
    return list(session.exec(select(Entry).where(Entry.reversal_of == entry_id).order_by(col(Entry.id))))


def list_entries_for_order(session: Session, order_id: int) -> list[Entry]:
    """Return the entries that an order caused."""
    return list(session.exec(select(Entry).where(Entry.order_id == order_id).order_by(col(Entry.id))))


def list_postings_for_order(session: Session, order_id: int) -> list[tuple[Entry, Posting]]:
    """Return every posting that an order caused, with its entry."""
    joined = select(Entry, Posting).join(Posting, col(Posting.entry_id) == col(Entry.id))
    return list(session.exec(joined.where(Entry.order_id == order_id).order_by(col(Posting.id))))


def balance(
    session: Session,
    account: str,
    *,
    upto_on: date | None = None,
    beneficiary_id: int | None = None,
    room: str | None = None,
) -> int:
    """Return debits less credits of an account (so what is owed is negative)."""
    total = select(func.coalesce(func.sum(Posting.debit_cents) - func.sum(Posting.credit_cents), 0))
    total = total.where(Posting.account_code == account)
    if upto_on is not None:
        total = total.where(Posting.on <= upto_on)
    if beneficiary_id is not None:
        total = total.where(Posting.beneficiary_id == beneficiary_id)
    if room is not None:
        total = total.where(Posting.room == room)
    return int(session.exec(total).one())


def sales_cents(session: Session, order_ids: Sequence[int] | sa.Select[Any]) -> int:
    """Return what the books say that some orders (ids, or a select of them) brought: revenue and VAT, refunds off."""
    accounts = [*REVENUE_ACCOUNTS.values(), VAT_COLLECTED]
    total = select(func.coalesce(func.sum(Posting.credit_cents) - func.sum(Posting.debit_cents), 0))
    total = total.join(Entry, col(Entry.id) == Posting.entry_id)
    return int(
        session.exec(total.where(col(Entry.order_id).in_(order_ids), col(Posting.account_code).in_(accounts))).one()
    )


def trial_balance(
    session: Session, upto_on: date | None = None, *, from_on: date | None = None
) -> list[AccountBalance]:
    """Return every account that moved, with its debits and credits."""
    sums = select(
        Posting.account_code,
        func.sum(Posting.debit_cents).label("debit"),
        func.sum(Posting.credit_cents).label("credit"),
    ).group_by(Posting.account_code)
    if upto_on is not None:
        sums = sums.where(Posting.on <= upto_on)
    if from_on is not None:
        sums = sums.where(Posting.on >= from_on)
    moved = sums.subquery()
    joined = select(Account, moved.c.debit, moved.c.credit).join(moved, moved.c.account_code == Account.code)
    return [
        AccountBalance(account.code, account.label_fr, account.label_en, account.kind, int(debit), int(credit))
        for account, debit, credit in session.exec(joined.order_by(col(Account.code)))
    ]


def list_entries(session: Session, wanted: EntryFilter, *, limit: int, offset: int = 0) -> list[EntryTotal]:
    """Return entries, newest first, with their amounts."""
    chosen = select(Entry).order_by(col(Entry.id).desc()).limit(limit).offset(offset)
    if wanted.journal:
        chosen = chosen.where(Entry.journal == wanted.journal)
    if wanted.from_on:
        chosen = chosen.where(Entry.on >= wanted.from_on)
    if wanted.to_on:
        chosen = chosen.where(Entry.on <= wanted.to_on)
    if wanted.order_id is not None:
        chosen = chosen.where(Entry.order_id == wanted.order_id)
    if wanted.account:
        chosen = chosen.where(col(Entry.id).in_(_entries_of_account(wanted.account)))
    if wanted.words:
        words = f"%{_escaped(wanted.words)}%"
        chosen = chosen.where(col(Entry.label).ilike(words, escape="!") | col(Entry.source).ilike(words, escape="!"))
    entries = list(session.exec(chosen))
    totals = _totals(session, [entry.id for entry in entries])
    return [EntryTotal(entry, totals.get(entry.id, 0)) for entry in entries]


def list_records(session: Session, from_on: date, to_on: date) -> Iterator[Record]:
    """Return every posting of a period in the order of the books, a few at a time."""
    joined = (
        sa.select(
            col(Entry.id),
            col(Entry.journal),
            col(Entry.on),
            col(Entry.at),
            col(Entry.source),
            col(Entry.label),
            col(Account.code),
            col(Account.label_fr),
            col(Posting.debit_cents),
            col(Posting.credit_cents),
            col(Posting.beneficiary_id),
        )
        .join(Posting, col(Posting.entry_id) == col(Entry.id))
        .join(Account, col(Account.code) == col(Posting.account_code))
        .where(col(Entry.on).between(from_on, to_on))
        .order_by(col(Entry.id), col(Posting.id))
    )
    with session.execute(joined, execution_options={"yield_per": 1000}) as rows:
        record: Any
        for record in rows:
            yield Record(*record)


def find_unbalanced(session: Session) -> int | None:
    """Return the first entry whose postings do not balance: there is none unless somebody went behind our back."""
    debit, credit = func.sum(Posting.debit_cents), func.sum(Posting.credit_cents)
    wrong = select(Posting.entry_id).group_by(col(Posting.entry_id)).having(debit != credit)
    return session.exec(wrong.order_by(col(Posting.entry_id)).limit(1)).first()


def list_accounts(session: Session) -> list[Account]:
    """Return the chart of accounts."""
    return list(session.exec(select(Account).order_by(col(Account.code))))


def _entries_of_account(code: str) -> sa.Select[Any]:
    return sa.select(col(Posting.entry_id)).where(col(Posting.account_code) == code)


def _totals(session: Session, entry_ids: list[int | None]) -> dict[int | None, int]:
    sums = select(Posting.entry_id, func.sum(Posting.debit_cents)).where(col(Posting.entry_id).in_(entry_ids))
    return {entry_id: int(total) for entry_id, total in session.exec(sums.group_by(col(Posting.entry_id)))}


def _escaped(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")
