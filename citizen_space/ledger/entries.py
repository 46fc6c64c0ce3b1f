"""Every way in which money moves, one function each; nobody posts anything else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session

from citizen_space.ledger import queries, rules
from citizen_space.ledger.models import Entry, Journal
from citizen_space.ledger.rules import Line, SalePart
from citizen_space.ledger.service import post


def sale(
    session: Session,
    *,
    order_id: int,
    parts: Sequence[SalePart],
    tenders: Sequence[tuple[str, int]],
    on: date,
    at: datetime,
    label: str,
    source: str | None = None,
) -> Entry | None:
    """Post a sale: money in by each tender, revenue and VAT out by room and rate. A sale of nothing posts nothing."""
    lines = rules.sale_lines(parts, tenders)
    if not lines:
        return None
    source = source or f"sale:{order_id}"
    return post(
        session, source=source, journal=Journal.SALES, on=on, at=at, label=label, lines=lines, order_id=order_id
    )


def deposit(
    session: Session,
    *,
    payment_id: int,
    order_id: int | None,
    amount_cents: int,
    on: date,
    at: datetime,
    label: str,
    tender: str = "card_online",
) -> Entry:
    """Post a deposit: money that is still the customer's, so a liability, no revenue and no VAT."""
    lines = [Line(rules.TENDER_ACCOUNTS[tender], amount_cents), Line(rules.DEPOSITS, -amount_cents)]
    return post(
        session,
        source=f"deposit:{payment_id}",
        journal=Journal.DEPOSITS,
        on=on,
        at=at,
        label=label,
        lines=lines,
        order_id=order_id,
    )


def reversal(
    session: Session,
    *,
    entry_id: int,
    source: str,
    on: date,
    at: datetime,
    label: str,
    portion_cents: int | None = None,
    back_by: Mapping[str, int] | None = None,
    gross_by_rate: Mapping[int, int] | None = None,
) -> Entry:
    """Turn an entry's recorded postings round: all that is left of it, or a part (cents of its debit side).

    The caller holds the lock of the order or transfer concerned. `back_by` maps tenders to cents.
    """
    entry = queries.get_entry(session, entry_id)
    accounts = {rules.TENDER_ACCOUNTS[tender]: cents for tender, cents in back_by.items()} if back_by else None
    lines = rules.reversed_lines(
        queries.list_left(session, entry_id),
        portion_cents=portion_cents,
        back_by=accounts,
        gross_by_rate=gross_by_rate,
    )
    return post(
        session,
        source=source,
        journal=entry.journal,
        on=on,
        at=at,
        label=label,
        lines=lines,
        order_id=entry.order_id,
        reversal_of=entry_id,
    )


def share(
    session: Session,
    *,
    source: str,
    order_id: int,
    room: str,
    amounts: Sequence[tuple[int, int]],
    on: date,
    at: datetime,
    label: str,
    reversal_of: int | None = None,
) -> Entry | None:
    """Set the victims' share aside: (beneficiary, cents) each; negative amounts take it back."""
    lines = [Line(rules.SHARE_EXPENSE, cents, room, None, who) for who, cents in amounts]
    lines += [Line(rules.SHARE_OWED, -cents, room, None, who) for who, cents in amounts]
    if not any(line.cents for line in lines):
        return None
    return post(
        session,
        source=source,
        journal=Journal.VICTIMS,
        on=on,
        at=at,
        label=label,
        lines=lines,
        order_id=order_id,
        reversal_of=reversal_of,
    )


def share_reversal(
    session: Session,
    *,
    source: str,
    entry_id: int,
    order_id: int,
    room: str,
    amounts: Sequence[tuple[int, int]],
    on: date,
    at: datetime,
    label: str,
) -> Entry | None:
    """Take back (beneficiary, positive cents) of a share that was set aside, also after its transfer."""
    return share(
        session,
        source=source,
        order_id=order_id,
        room=room,
        amounts=[(who, -cents) for who, cents in amounts],
        on=on,
        at=at,
        label=label,
        reversal_of=entry_id,
    )


def transfer_executed(
    session: Session, *, transfer_id: int, beneficiary_id: int, amount_cents: int, on: date, at: datetime, label: str
) -> Entry:
    """Pay what was owed to a beneficiary out of the bank."""
    lines = [
        Line(rules.SHARE_OWED, amount_cents, beneficiary_id=beneficiary_id),
        Line(rules.BANK, -amount_cents),
    ]
    source = f"transfer:{transfer_id}"
    return post(session, source=source, journal=Journal.BANK, on=on, at=at, label=label, lines=lines)


def transfer_returned(
    session: Session, *, transfer_id: int, entry_id: int, on: date, at: datetime, label: str
) -> Entry:
    """Take back a transfer that the bank returned: it is owed again."""
    source = f"transfer:{transfer_id}:returned"
    return reversal(session, entry_id=entry_id, source=source, on=on, at=at, label=label)


def payout(
    session: Session, *, payout_id: int, amount_cents: int, fee_cents: int, on: date, at: datetime, label: str
) -> Entry:
    """Receive a Stripe payout on the bank account: `amount_cents` arrives, the fee was kept on the way."""
    lines = [
        Line(rules.BANK, amount_cents),
        Line(rules.FEES, fee_cents),
        Line(rules.ONLINE_CLEARING, -(amount_cents + fee_cents)),
    ]
    return post(session, source=f"payout:{payout_id}", journal=Journal.BANK, on=on, at=at, label=label, lines=lines)


def collected(
    session: Session,
    *,
    source: str,
    tender: str,
    amount_cents: int,
    on: date,
    at: datetime,
    label: str,
    fee_cents: int = 0,
) -> Entry:
    """Receive on the bank account what card terminals, vouchers or cheques had on its way."""
    lines = [
        Line(rules.BANK, amount_cents),
        Line(rules.FEES, fee_cents),
        Line(rules.TENDER_ACCOUNTS[tender], -(amount_cents + fee_cents)),
    ]
    return post(session, source=source, journal=Journal.BANK, on=on, at=at, label=label, lines=lines)


def cash_difference(
    session: Session, *, drawer_session_id: int, over_short_cents: int, on: date, at: datetime, label: str
) -> Entry | None:
    """Bring the cash account to what was counted: over is income, short an expense."""
    if not over_short_cents:
        return None
    other = rules.OVER if over_short_cents > 0 else rules.SHORT
    lines = [Line(rules.CASH, over_short_cents), Line(other, -over_short_cents)]
    source = f"drawer:{drawer_session_id}:over_short"
    return post(session, source=source, journal=Journal.CASH, on=on, at=at, label=label, lines=lines)


def cash_drop(session: Session, *, source: str, amount_cents: int, on: date, at: datetime, label: str) -> Entry:
    """Take cash out of the drawer towards the bank (negative: bring it in as a float)."""
    lines = [Line(rules.INTERNAL, amount_cents), Line(rules.CASH, -amount_cents)]
    return post(session, source=source, journal=Journal.CASH, on=on, at=at, label=label, lines=lines)


def cash_banked(session: Session, *, source: str, amount_cents: int, on: date, at: datetime, label: str) -> Entry:
    """Find dropped cash on the bank account."""
    lines = [Line(rules.BANK, amount_cents), Line(rules.INTERNAL, -amount_cents)]
    return post(session, source=source, journal=Journal.BANK, on=on, at=at, label=label, lines=lines)


def wages(
    session: Session, *, source: str, gross_cents: int, on: date, at: datetime, label: str, room: str | None = None
) -> Entry:
    """Recognise what a validated month of work is worth."""
    lines = [Line(rules.WAGES, gross_cents, room), Line(rules.WAGES_OWED, -gross_cents, room)]
    return post(session, source=source, journal=Journal.WAGES, on=on, at=at, label=label, lines=lines)


def wages_paid(session: Session, *, source: str, amount_cents: int, on: date, at: datetime, label: str) -> Entry:
    """Reimburse the administration for wages it has paid."""
    lines = [Line(rules.WAGES_OWED, amount_cents), Line(rules.BANK, -amount_cents)]
    return post(session, source=source, journal=Journal.BANK, on=on, at=at, label=label, lines=lines)
