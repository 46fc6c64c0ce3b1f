"""Statements taken once, in order, told apart; lines matched uniquely or not at all; the walk both ways."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from citizen_space.bank import queries, service
from citizen_space.bank.models import BankLine, BankStatement
from citizen_space.bank.refusals import (
    AccountUnknown,
    AmountsDiffer,
    LineMatched,
    StatementContradicts,
    StatementGap,
    TargetMatched,
)
from citizen_space.compensation import queries as shares
from citizen_space.compensation.models import Transfer
from citizen_space.compensation.models import TransferStatus as Status
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.ledger import queries as ledger
from citizen_space.ledger.models import Entry
from citizen_space.payments import queries as payments
from citizen_space.payments.models import Payment, PaymentStatus, Payout, PayoutItem, Refund
from tests.bank.make_camt import Detail, Movement, camt
from tests.compensation.test_races import at_once
from tests.compensation.test_service import exported
from tests.compensation.world import ANNE, found, order, sell

DAY = date(2026, 11, 23)
NEXT = DAY + timedelta(days=1)


def take(session: Session, data: bytes, at: datetime) -> service.Imported:
    return service.import_statement(session, data, actor=ANNE, at=at, name="releve.xml")


def lines(session: Session) -> int:
    return len(session.exec(select(BankLine)).all())


# -- taken once and in order -------------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing_and_says_so(session: Session, at: datetime) -> None:
    found(session, at)
    data = camt([Movement(500), Movement(500), Movement(-20)], opening=1000)
    first, second = take(session, data, at), take(session, data, at)
    assert (first.again, first.new_count) == (False, 3), "two movements that read the same are two"
    assert (second.again, second.new_count) == (True, 0)
    assert [one.id for one in second.statements] == [one.id for one in first.statements]
    assert lines(session) == 3


def test_a_statement_of_another_account_is_refused(session: Session, at: datetime) -> None:
    found(session, at)
    with pytest.raises(AccountUnknown) as refused:
        take(session, camt([Movement(1)], iban="DE89370400440532013000"), at)
    assert "DE89370400440532013000" in str(refused.value)


def test_a_cfonb_file_names_the_account_by_its_rib(session: Session, at: datetime) -> None:
    found(session, at)
    data = (Path(__file__).parent / "files" / "cfonb120.txt").read_bytes()
    with pytest.raises(AccountUnknown):
        take(session, data, at)
    mine = data.replace(b"15589", b"10071").replace(b"15489", b"10071").replace(b"18706", b"10071")
    mine = mine.replace(b"98765432100", b"00001000123").replace(b"00123456789", b"00001000123")
    mine = b"\n".join(
        row[:11] + b"75000" + row[16:] if row[:2] in (b"01", b"04", b"05", b"07") else row for row in mine.split(b"\n")
    )
    assert take(session, mine, at).new_count == 6


def test_statements_follow_each_other(session: Session, at: datetime) -> None:
    found(session, at)
    take(session, camt([Movement(500)], opening=1000, from_on=DAY), at)
    with pytest.raises(StatementGap) as refused:
        take(session, camt([Movement(1, on=NEXT)], opening=1600, from_on=NEXT), at)
    assert "15,00" in str(refused.value)
    take(session, camt([Movement(1, on=NEXT)], opening=1500, from_on=NEXT, number="2"), at)
    before = DAY - timedelta(days=1)
    take(session, camt([Movement(7, on=before)], opening=993, from_on=before, number="0"), at)
    assert lines(session) == 3


def test_an_overlapping_statement_brings_only_what_is_new(session: Session, at: datetime) -> None:
    found(session, at)
    monday = [Movement(500, "A"), Movement(500, "A"), Movement(-30, "B")]
    take(session, camt(monday, opening=1000), at)
    both = take(session, camt([*monday, Movement(80, "C", on=NEXT)], opening=1000, to_on=NEXT, number="2"), at)
    assert (both.new_count, both.known_count) == (1, 3)
    assert lines(session) == 4


def test_one_that_says_something_else_of_known_days_is_refused_whole(session: Session, at: datetime) -> None:
    found(session, at)
    take(session, camt([Movement(500, "A"), Movement(9, "Z", on=NEXT)], opening=1000, to_on=NEXT), at)
    forged = camt([Movement(400, "A"), Movement(109, "Z", on=NEXT)], opening=1000, to_on=NEXT, number="2")
    with pytest.raises(StatementContradicts):
        take(session, forged, at)


def test_a_second_statement_of_the_day_may_say_the_very_same(session: Session, at: datetime) -> None:
    found(session, at)
    take(session, camt([Movement(500, text="REMISE")], opening=1000), at)
    second = take(session, camt([Movement(500, text="REMISE")], opening=1500, number="2"), at)
    assert (second.new_count, lines(session)) == (1, 2)


def test_the_same_statement_written_differently_brings_nothing(session: Session, at: datetime) -> None:
    found(session, at)
    data = camt([Movement(500, "A"), Movement(-500, "B")], opening=1000)
    take(session, data, at)
    again = take(session, data.replace(b"06:00:00", b"07:00:00"), at)
    assert (again.again, again.new_count, again.known_count) == (False, 0, 2)


def test_lines_are_sealed(session: Session, at: datetime) -> None:
    found(session, at)
    take(session, camt([Movement(500)]), at)
    for table in ("bank_line", "bank_statement", "bank_file"):
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(text(f"DELETE FROM {table}"))


# -- matched -----------------------------------------------------------------------------------------------------------


def payout(session: Session, at: datetime, *, amount: int = 1940, fee: int = 60) -> tuple[Payout, int]:
    """A payout of one online payment of 20 euros: (payout, order id)."""
    order_id = order(session, at)
    payment = Payment(
        order_id=order_id, tender="card_online", amount_cents=amount + fee, status=PaymentStatus.RECEIVED,
        submission=f"s{order_id}", created_at=at, received_at=at,
    )  # fmt: skip
    one = Payout(
        provider="sandbox", provider_id=f"po_{order_id}", amount_cents=amount, fee_cents=fee, arrives_on=DAY,
        status="paid", bank_reference=f"STRIPE-{order_id}", created_at=at,
    )  # fmt: skip
    session.add_all([payment, one])
    session.flush()
    assert one.id is not None
    session.add(
        PayoutItem(
            payout_id=one.id, provider_id=f"txn_{order_id}", kind="charge", payment_id=payment.id,
            amount_cents=amount + fee, fee_cents=fee,
        )
    )  # fmt: skip
    session.flush()
    return one, order_id


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_debit_and_credit_are_found_and_posted(session: Session, at: datetime, version: str) -> None:
    world = found(session, at)
    sold, _share = sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = exported(session, at, world)
    one, paid = payout(session, at)
    data = camt(
        [
            Movement(-transfer.amount_cents, transfer.reference, "part aux victimes"),
            Movement(1940, "", f"VIREMENT {one.bank_reference}"),
            Movement(-1200, "LOYER-11"),
        ],
        opening=100_000,
        version=version,
    )
    assert take(session, data, at).matched_count == 2
    session.refresh(transfer)
    assert (transfer.status, transfer.executed_on) == (Status.executed, DAY)
    assert ledger.balance(session, "512") == 1940 - transfer.amount_cents
    assert ledger.balance(session, "627") == 60
    assert ledger.balance(session, "5112") == -2000
    # Receipt → bank line, and bank line → receipt.
    line = queries.find_line_of_transfer(session, transfer.id or 0)
    assert line is not None and line.reference == transfer.reference
    assert [view.line.id for view in queries.list_lines_of_order(session, sold)] == [line.id]
    assert [one.order_id for one in queries.list_orders_of_line(session, line.id or 0)] == [sold]
    paid_line = queries.find_line_of_payout(session, one.id or 0)
    assert paid_line is not None
    assert [one.order_id for one in queries.list_orders_of_line(session, paid_line.id or 0)] == [paid]
    assert [line.label for line in queries.list_unmatched(session)] == [""]
    # The entry leads to the page of its payout, and so to every sale in it.
    assert session.exec(select(Entry.source).where(Entry.source == f"payout:{one.id}")).one()


def test_what_went_back_is_walked_too(session: Session, at: datetime) -> None:
    """A refund is taken off a later payout: its sale is behind both lines, and both lines are behind the sale."""
    found(session, at)
    (first, refunded), (later, other) = payout(session, at), payout(session, at, amount=1440)
    payment = session.exec(select(Payment).where(Payment.order_id == refunded)).one()
    back = Refund(payment_id=payment.id or 0, amount_cents=500, status="succeeded", key="back", created_at=at)
    session.add(back)
    session.flush()
    taken_off = PayoutItem(
        payout_id=later.id or 0, provider_id="txn_back", kind="refund", refund_id=back.id, amount_cents=-500
    )
    session.add(taken_off)
    later.amount_cents -= 500
    take(session, camt([Movement(1940, first.bank_reference), Movement(940, later.bank_reference)]), at)
    rows = [queries.find_line_of_payout(session, one.id or 0) for one in (first, later)]
    behind = [row.id or 0 for row in rows if row is not None]
    assert [view.line.id for view in queries.list_lines_of_order(session, refunded)] == behind
    assert [view.line.id for view in queries.list_lines_of_order(session, other)] == behind[1:]
    orders = {one.order_id: one.amount_cents for one in queries.list_orders_of_line(session, behind[1])}
    assert orders == {refunded: -500, other: 1500}
    assert [one.order_id for one in queries.list_orders_of_line(session, behind[0])] == [refunded]
    shown = [(item.amount_cents, one.id) for item, one in payments.list_payouts_of_payments(session, [payment.id or 0])]
    assert shown == [(2000, first.id), (-500, later.id)]


def test_a_batch_pays_several_transfers(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    first = exported(session, at, world)
    sell(session, at, net_cents=20_000, gross_cents=22_000)
    second = exported(session, at, world)
    details = tuple(Detail(one.amount_cents, one.reference) for one in (first, second))
    batch = Movement(-first.amount_cents - second.amount_cents, details=details)
    assert take(session, camt([batch]), at).matched_count == 2


def _exported(session: Session, at: datetime) -> Transfer:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    return exported(session, at, world)


@pytest.mark.parametrize("change", ["amount", "reference", "direction", "twice", "part"])
def test_no_guess_is_made(session: Session, at: datetime, change: str) -> None:
    transfer = _exported(session, at)
    line = Movement(-transfer.amount_cents, transfer.reference)
    written = {
        "amount": [replace(line, cents=line.cents - 1)],
        "reference": [replace(line, reference="VIC-202611-OTHER234")],
        "direction": [replace(line, cents=-line.cents)],
        "twice": [line, line],
        "part": [replace(line, reference=transfer.reference[:-1])],
    }[change]
    assert take(session, camt(written), at).matched_count == 0
    session.refresh(transfer)
    assert transfer.status == Status.exported


def test_a_transfer_not_yet_exported_is_never_executed_by_a_line(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = service.compensation.prepare(  # type: ignore[attr-defined]
        session, beneficiary_id=world.fund.id or 0, upto_on=business_day(at), actor=ANNE, at=at
    )
    assert take(session, camt([Movement(-transfer.amount_cents, transfer.reference)]), at).matched_count == 0


def test_a_line_that_came_before_the_export_is_found_at_the_next_look(session: Session, at: datetime) -> None:
    one, _ = payout(session, at)
    session.delete(session.exec(select(PayoutItem)).one())
    session.flush()
    session.delete(one)
    found(session, at)
    assert take(session, camt([Movement(1940, "po_late")]), at).matched_count == 0
    late = Payout(provider="sandbox", provider_id="po_late", amount_cents=1940, fee_cents=60, arrives_on=DAY,
                  status="paid", created_at=at)  # fmt: skip
    session.add(late)
    session.flush()
    assert service.match_lines(session, at=at) == 1
    assert service.match_lines(session, at=at) == 0


def test_a_person_may_say_what_a_line_is_when_the_amount_agrees(session: Session, at: datetime) -> None:
    transfer = _exported(session, at)
    take(session, camt([Movement(-transfer.amount_cents), Movement(-1)]), at)
    right, wrong = session.exec(select(BankLine).order_by(BankLine.amount_cents)).all()  # type: ignore[arg-type]
    key = {"kind": "transfer", "target_id": transfer.id or 0}
    with pytest.raises(AmountsDiffer):
        service.confirm_match(session, wrong.id or 0, **key, actor=ANNE, at=at)  # type: ignore[arg-type]
    service.confirm_match(session, right.id or 0, **key, actor=ANNE, at=at)  # type: ignore[arg-type]
    with pytest.raises(LineMatched):
        service.confirm_match(session, right.id or 0, **key, actor=ANNE, at=at)  # type: ignore[arg-type]
    with pytest.raises(TargetMatched):
        service.confirm_match(session, wrong.id or 0, **key, actor=ANNE, at=at)  # type: ignore[arg-type]


def test_a_returned_transfer_is_owed_again(session: Session, at: datetime) -> None:
    transfer = _exported(session, at)
    take(session, camt([Movement(-transfer.amount_cents, transfer.reference)], opening=5000), at)
    back = camt([Movement(transfer.amount_cents, on=NEXT)], opening=5000 - transfer.amount_cents, from_on=NEXT)
    take(session, back, at)
    (line,) = queries.list_unmatched(session)
    service.confirm_match(session, line.id or 0, kind="returned", target_id=transfer.id or 0, actor=ANNE, at=at)
    session.flush()
    session.refresh(transfer)
    assert transfer.status == Status.returned
    assert ledger.balance(session, "512") == 0
    assert any(one.open_cents == transfer.amount_cents for one in shares.list_owed(session))


@pytest.mark.race
def test_importing_twice_at_once_takes_the_file_once(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        transfer = _exported(session, at)
    data = camt([Movement(-transfer.amount_cents, transfer.reference)])

    def once() -> service.Imported:
        with fresh_database.write() as session:
            return take(session, data, at)

    results = [result for result in at_once(*[once] * 4) if isinstance(result, service.Imported)]
    assert sorted(result.again for result in results) == [False, True, True, True]
    with fresh_database.read() as session:
        assert len(session.exec(select(BankStatement)).all()) == 1
        assert ledger.balance(session, "512") == -transfer.amount_cents
