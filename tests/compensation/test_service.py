"""The share with the sale, its refund, its transfer: on both databases."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, col, select

from citizen_space.compensation import pain, queries, rulebook, service
from citizen_space.compensation.models import Accrual, MissedShare, Rule, Transfer
from citizen_space.compensation.refusals import (
    AccountChanger,
    AccountHasChanged,
    BicWrong,
    DocumentMissing,
    IbanWrong,
    NothingToTransfer,
    PartsWrong,
    RulePast,
    RuleThere,
    SamePerson,
    TransferElsewhere,
)
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database, count_statements
from citizen_space.ledger import queries as ledger
from citizen_space.ledger.service import AlreadyPosted
from tests.compensation.world import ANNE, BILAL, CHLOE, World, found, order, propose, refund, sell


def owed(session: Session, world: World) -> tuple[int, int]:
    """What the ledger owes to the two beneficiaries."""
    fund = ledger.balance(session, "467", beneficiary_id=world.fund.id)
    return -fund, -ledger.balance(session, "467", beneficiary_id=world.support.id)


def test_a_sale_sets_its_share_aside_and_posts_it(session: Session, at: datetime) -> None:
    world = found(session, at)
    order_id, share = sell(session, at, net_cents=1234, gross_cents=1357)
    assert share == 123
    rows = session.exec(select(Accrual).order_by(col(Accrual.beneficiary_id))).all()
    assert [(row.beneficiary_id, row.amount_cents) for row in rows] == [(world.fund.id, 92), (world.support.id, 31)]
    assert {row.order_id for row in rows} == {order_id}
    postings = ledger.list_postings(session, rows[0].entry_id)
    assert sum(posting.debit_cents for posting in postings) == 123
    assert owed(session, world) == (92, 31)
    assert ledger.balance(session, "658", room="restaurant") == 123


def test_without_a_rule_the_sale_goes_on_and_is_noted(session: Session, at: datetime) -> None:
    found(session, at)
    order_id, share = sell(session, at, net_cents=1000, gross_cents=1200, room="venue")
    assert share == 0
    missed = session.exec(select(MissedShare)).one()
    assert (missed.order_id, missed.room, missed.gross_cents) == (order_id, "venue", 1200)
    assert refund(session, order_id, 1200, at) == 0


def test_a_proposed_rule_is_not_in_force(session: Session, at: datetime) -> None:
    world = found(session, at)
    propose(session, at, [(world.fund, 1)], world.document, room="venue")
    assert sell(session, at, net_cents=1000, gross_cents=1200, room="venue")[1] == 0


def test_no_document_no_rule(session: Session, at: datetime) -> None:
    world = found(session, at)
    rule = propose(session, at, [(world.fund, 1)], None, room="venue")
    with pytest.raises(DocumentMissing):
        rulebook.approve_rule(session, rule.id or 0, actor=BILAL, at=at)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Rule).where(col(Rule.id) == rule.id).values(approved_by="S2", approved_at=at))


def test_two_persons_approve_a_rule(session: Session, at: datetime) -> None:
    world = found(session, at)
    rule = propose(session, at, [(world.fund, 1)], world.document, room="venue")
    with pytest.raises(SamePerson):
        rulebook.approve_rule(session, rule.id or 0, actor=ANNE, at=at)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Rule).where(col(Rule.id) == rule.id).values(approved_by="S1", approved_at=at))


def test_a_rule_never_touches_the_past(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=1000, gross_cents=1100)
    today = business_day(at)
    for day in (today - timedelta(days=1), today):
        rule = propose(session, at, [(world.fund, 1)], world.document, valid_from=day)
        with pytest.raises(RulePast):
            rulebook.approve_rule(session, rule.id or 0, actor=BILAL, at=at)
    later = propose(session, at, [(world.fund, 1)], world.document, rate_bp=2000, valid_from=today + timedelta(days=1))
    rulebook.approve_rule(session, later.id or 0, actor=BILAL, at=at)
    assert sell(session, at, net_cents=1000, gross_cents=1100)[1] == 100
    assert sell(session, at + timedelta(days=1), net_cents=1000, gross_cents=1100)[1] == 200


def test_two_rules_cannot_begin_on_one_day(session: Session, at: datetime) -> None:
    world = found(session, at)
    second = propose(session, at, [(world.fund, 1)], world.document)
    with pytest.raises(RuleThere):
        rulebook.approve_rule(session, second.id or 0, actor=BILAL, at=at)


def test_a_rule_that_has_ended_leaves_a_gap_that_is_noted(session: Session, at: datetime) -> None:
    world = found(session, at)
    today = business_day(at)
    rule = propose(session, at, [(world.fund, 1)], world.document, room="repairs", valid_to=today)
    rulebook.approve_rule(session, rule.id or 0, actor=BILAL, at=at)
    assert sell(session, at, net_cents=1000, gross_cents=1100, room="repairs")[1] == 100
    assert sell(session, at + timedelta(days=1), net_cents=1000, gross_cents=1100, room="repairs")[1] == 0


def test_a_beneficiary_stands_once_in_a_rule(session: Session, at: datetime) -> None:
    world = found(session, at)
    with pytest.raises(PartsWrong):
        propose(session, at, [(world.fund, 1), (world.fund, 2)], world.document)


def test_accounts_are_checked(session: Session, at: datetime) -> None:
    world = found(session, at)
    with pytest.raises(IbanWrong):
        rulebook.change_account(session, world.fund.id or 0, iban="FR76 1234", bic="", actor=ANNE, at=at)
    with pytest.raises(BicWrong):
        rulebook.change_account(session, world.fund.id or 0, iban=world.fund.iban, bic="XX", actor=ANNE, at=at)


@settings(max_examples=25)
@given(
    sales=st.lists(st.tuples(st.integers(1, 90_000), st.integers(0, 20_000)), min_size=1, max_size=5),
    refunds=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60_000)), max_size=8),
    rate=st.integers(1, 10_000),
    weights=st.tuples(st.integers(1, 50), st.integers(1, 50)),
)
def test_ledger_accruals_and_refunds_agree_to_the_cent(
    session: Session,
    at: datetime,
    sales: list[tuple[int, int]],
    refunds: list[tuple[int, int]],
    rate: int,
    weights: tuple[int, int],
) -> None:
    with session.begin_nested() as undone:
        world = found(session, at, rate_bp=rate, weights=weights)
        made = [sell(session, at, net_cents=net, gross_cents=net + vat) for net, vat in sales]
        left = dict(made)
        for which, cents in refunds:
            order_id = made[which % len(made)][0]
            left[order_id] -= refund(session, order_id, cents, at)
        for order_id, share in left.items():
            assert queries.share_of_order(session, order_id) == share >= 0
        by_beneficiary = {one.beneficiary_id: one.open_cents for one in queries.list_owed(session)}
        assert (by_beneficiary[world.fund.id or 0], by_beneficiary[world.support.id or 0]) == owed(session, world)
        assert sum(by_beneficiary.values()) == sum(left.values())
        for order_id, _share in made:
            refund(session, order_id, 200_000, at)
            assert queries.share_of_order(session, order_id) == 0
        assert owed(session, world) == (0, 0)
        undone.rollback()


def test_a_sale_is_accrued_once(session: Session, at: datetime) -> None:
    found(session, at)
    order_id, _ = sell(session, at, net_cents=1000, gross_cents=1100)
    with pytest.raises((AlreadyPosted, IntegrityError)), session.begin_nested():
        on = business_day(at)
        service.accrue(
            session, order_id=order_id, room="restaurant", net_cents=1000, gross_cents=1100,
            source=f"sale:{order_id}", on=on, at=at,
        )  # fmt: skip


def test_accruals_are_sealed(session: Session, at: datetime) -> None:
    found(session, at)
    sell(session, at, net_cents=1000, gross_cents=1100)
    for statement in ("UPDATE compensation_accrual SET amount_cents = 1", "DELETE FROM compensation_accrual"):
        with pytest.raises((IntegrityError, StatementError)), session.begin_nested():
            session.execute(text(statement))


def test_a_sale_costs_few_statements(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        found(session, at)
    with fresh_database.write() as session:
        first, second = order(session, at), order(session, at)
        with count_statements(fresh_database) as sent:
            _accrue(session, first, at)
        assert sent.count <= 4, sent.sent
        with count_statements(fresh_database) as sent:
            _accrue(session, second, at)
        assert sent.count <= 3, sent.sent


def _accrue(session: Session, order_id: int, at: datetime) -> int:
    return service.accrue(
        session,
        order_id=order_id,
        room="restaurant",
        net_cents=1000,
        gross_cents=1100,
        source=f"sale:{order_id}",
        on=business_day(at),
        at=at,
    )


# -- transfers ---------------------------------------------------------------------------------------------------------


def prepared(session: Session, at: datetime, world: World) -> Transfer:
    """A transfer to the fund that ANNE prepared."""
    return service.prepare(session, beneficiary_id=world.fund.id or 0, upto_on=business_day(at), actor=ANNE, at=at)


def exported(session: Session, at: datetime, world: World) -> Transfer:
    """A transfer whose file has left."""
    transfer = prepared(session, at, world)
    service.approve(session, transfer.id or 0, actor=BILAL, at=at)
    service.export(session, transfer.id or 0, actor=ANNE, at=at)
    return transfer


def test_a_transfer_takes_all_that_is_open_and_refunds_wait_for_the_next(session: Session, at: datetime) -> None:
    world = found(session, at, weights=(1, 1))
    order_id, _ = sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = exported(session, at, world)
    assert transfer.amount_cents == 500
    service.mark_executed(session, transfer.id or 0, on=business_day(at), at=at)
    assert owed(session, world)[0] == 0
    refund(session, order_id, 11_000, at)
    assert owed(session, world)[0] == -500
    with pytest.raises(NothingToTransfer):
        prepared(session, at, world)
    sell(session, at, net_cents=20_000, gross_cents=22_000)
    assert prepared(session, at, world).amount_cents == 500, "the next transfer carries the refund"


def test_the_walk_leads_from_the_receipt_to_the_transfer_and_back(session: Session, at: datetime) -> None:
    world = found(session, at)
    order_id, share = sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = exported(session, at, world)
    service.mark_executed(session, transfer.id or 0, on=business_day(at), at=at)
    steps = queries.walk_of_order(session, order_id)
    assert sum(step.amount_cents for step in steps) == share
    mine = [step for step in steps if step.transfer_id == transfer.id]
    assert [(step.transfer_status, step.executed_on) for step in mine] == [("executed", business_day(at))]
    assert [step.order_id for step in queries.walk_of_transfer(session, transfer.id or 0)] == [order_id]


def test_the_second_person_is_another_one(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = prepared(session, at, world)
    with pytest.raises(SamePerson):
        service.approve(session, transfer.id or 0, actor=ANNE, at=at)
    with pytest.raises(AccountChanger):
        service.approve(session, transfer.id or 0, actor=CHLOE, at=at)
    for who in ("S1", "S3"):
        with pytest.raises(IntegrityError), session.begin_nested():
            approved = {"approved_by": who, "approved_at": at, "status": "approved"}
            session.execute(update(Transfer).where(col(Transfer.id) == transfer.id).values(**approved))
    service.approve(session, transfer.id or 0, actor=BILAL, at=at)


def test_an_account_changed_after_preparing_stops_the_transfer(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = prepared(session, at, world)
    rulebook.change_account(session, world.fund.id or 0, iban="DE89370400440532013000", bic="", actor=CHLOE, at=at)
    with pytest.raises(AccountHasChanged):
        service.approve(session, transfer.id or 0, actor=BILAL, at=at)
    service.cancel(session, transfer.id or 0, actor=ANNE, at=at)
    again = prepared(session, at, world)
    assert (again.iban, again.amount_cents) == ("DE89370400440532013000", transfer.amount_cents)


@pytest.mark.parametrize("version", pain.VERSIONS)
def test_the_file_is_what_the_official_schema_accepts(session: Session, at: datetime, version: str) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = prepared(session, at, world)
    with pytest.raises(TransferElsewhere):
        service.export(session, transfer.id or 0, actor=ANNE, at=at)
    service.approve(session, transfer.id or 0, actor=BILAL, at=at)
    first = service.export(session, transfer.id or 0, pain_version=version, actor=ANNE, at=at)
    pain.check(first.data, version)
    root = etree.fromstring(first.data)
    assert etree.QName(root).namespace == f"urn:iso:std:iso:20022:tech:xsd:{version}"
    assert root.findtext(".//{*}EndToEndId") == transfer.reference
    assert root.findtext(".//{*}InstdAmt") == "7.50"
    assert root.findtext(".//{*}CdtrAcct/{*}Id/{*}IBAN") == world.fund.iban
    assert root.findtext(".//{*}DbtrAcct/{*}Id/{*}IBAN") == "FR7610071750000000100012302"
    assert b"PstlAdr" not in first.data
    again = service.export(
        session, transfer.id or 0, pain_version="pain.001.001.03", actor=BILAL, at=at + timedelta(days=3)
    )
    assert (first.again, again.again) == (False, True)
    assert again.data == first.data, "the same bytes, whatever is asked and whenever"


def test_the_same_facts_give_the_same_bytes(at: datetime) -> None:
    house = pain.Party("Établissement « des Tilleuls »", "FR7610071750000000100012302", "TRPUFRP1")
    fund = pain.Party("Fonds d’aide & œuvres", "DE89370400440532013000")

    def once() -> bytes:
        return pain.write(
            debtor=house, creditor=fund, amount_cents=5, reference="VIC-1", text="été", on=at.date(), at=at,
            version=pain.VERSIONS[0],
        )  # fmt: skip

    assert once() == once()


def test_what_has_left_cannot_be_cancelled_nor_executed_twice(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = exported(session, at, world)
    with pytest.raises(TransferElsewhere):
        service.cancel(session, transfer.id or 0, actor=ANNE, at=at)
    service.mark_executed(session, transfer.id or 0, on=business_day(at), at=at)
    with pytest.raises(TransferElsewhere):
        service.mark_executed(session, transfer.id or 0, on=business_day(at), at=at)
    assert ledger.balance(session, "512") == -transfer.amount_cents


def test_a_returned_transfer_is_owed_again(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    before = owed(session, world)
    transfer = exported(session, at, world)
    service.mark_executed(session, transfer.id or 0, on=business_day(at), at=at)
    service.mark_returned(session, transfer.id or 0, on=business_day(at), actor=ANNE, at=at)
    assert owed(session, world) == before
    assert ledger.balance(session, "512") == 0
    assert prepared(session, at, world).amount_cents == transfer.amount_cents
    assert len(queries.walk_of_transfer(session, transfer.id or 0)) == 1, "what it held is still told"


def test_the_months_show_what_is_collected_and_how_far_it_has_come(session: Session, at: datetime) -> None:
    world = found(session, at)
    sell(session, at, net_cents=10_000, gross_cents=11_000)
    transfer = exported(session, at, world)
    month = queries.list_months(session)[0]
    assert (month.month, month.room) == ("2026-11", "restaurant")
    assert (month.collected_cents, month.in_transit_cents, month.transferred_cents) == (1000, 750, 0)
    service.mark_executed(session, transfer.id or 0, on=business_day(at), at=at)
    month = queries.list_months(session)[0]
    assert (month.collected_cents, month.in_transit_cents, month.transferred_cents) == (1000, 0, 750)
