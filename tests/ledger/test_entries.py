"""Books that balance, are never changed, and are turned round to the cent."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select, text

from citizen_space.kit import vat
from citizen_space.kit.db import Database, count_statements
from citizen_space.ledger import entries, queries, rules
from citizen_space.ledger.models import Entry, Posting
from citizen_space.ledger.rules import Line, ReversalTooLarge, SalePart
from citizen_space.ledger.service import AlreadyPosted, open_chart, post

ON = date(2026, 11, 23)


@pytest.fixture
def books(session: Session) -> Session:
    """Open books."""
    open_chart(session)
    return session


def lunch(session: Session, at: datetime, order_id: int = 1) -> Entry:
    """Sell a lunch: 57,00 € at 10 %, 12,00 € at 20 %, paid by card, voucher and deposit."""
    parts = [
        SalePart("restaurant", line.rate_bp, line.net_cents, line.vat_cents)
        for line in vat.extract({1000: 5700, 2000: 1200})
    ]
    tenders = [("card", 3400), ("meal_voucher", 2500), ("deposit", 1000)]
    entry = entries.sale(session, order_id=order_id, parts=parts, tenders=tenders, on=ON, at=at, label="Table 4")
    assert entry is not None
    return entry


def balances(session: Session) -> dict[str, int]:
    """Return every balance that is not zero."""
    return {row.code: row.balance_cents for row in queries.trial_balance(session) if row.balance_cents}


def test_a_sale_brings_money_revenue_and_vat(books: Session, at: datetime) -> None:
    entry = lunch(books, at)
    assert balances(books) == {"5113": 3400, "5114": 2500, "4191": 1000, "7061": -6182, "4457": -718}
    assert rules.parts_of(queries.list_lines(books, entry.id or 0)) == [
        SalePart("restaurant", 1000, 5182, 518),
        SalePart("restaurant", 2000, 1000, 200),
    ]


def test_the_same_source_is_posted_once(books: Session, at: datetime) -> None:
    lunch(books, at)
    with pytest.raises(AlreadyPosted), books.begin_nested():
        lunch(books, at)
    assert len(books.exec(select(Entry)).all()) == 1


def test_an_unbalanced_entry_is_our_mistake_and_not_posted(books: Session, at: datetime) -> None:
    with pytest.raises(AssertionError, match="unbalanced"):
        post(books, source="x", journal="OD", on=ON, at=at, label="x", lines=[Line("53", 100), Line("512", -99)])
    assert books.exec(select(Entry)).all() == []


def test_a_sale_of_nothing_posts_nothing(books: Session, at: datetime) -> None:
    assert entries.sale(books, order_id=1, parts=[], tenders=[], on=ON, at=at, label="invitation") is None


def test_a_whole_refund_leaves_nothing(books: Session, at: datetime) -> None:
    entry = lunch(books, at)
    back = entries.reversal(books, entry_id=entry.id or 0, source="refund:1", on=ON, at=at, label="Remboursement")
    assert balances(books) == {}
    assert back.reversal_of == entry.id and back.order_id == entry.order_id


def test_a_part_goes_back_by_its_tender_and_its_rate(books: Session, at: datetime) -> None:
    entry = lunch(books, at)
    entries.reversal(
        books,
        entry_id=entry.id or 0,
        source="refund:1",
        on=ON,
        at=at,
        label="Le vin",
        portion_cents=1200,
        back_by={"card": 1200},
        gross_by_rate={2000: 1200},
    )
    assert balances(books) == {"5113": 2200, "5114": 2500, "4191": 1000, "7061": -5182, "4457": -518}
    with pytest.raises(ReversalTooLarge), books.begin_nested():
        entries.reversal(
            books, entry_id=entry.id or 0, source="refund:2", on=ON, at=at, label="Encore", portion_cents=5701
        )


def test_more_than_was_paid_by_a_tender_does_not_go_back_by_it(books: Session, at: datetime) -> None:
    entry = lunch(books, at)
    with pytest.raises(ReversalTooLarge), books.begin_nested():
        entries.reversal(
            books,
            entry_id=entry.id or 0,
            source="refund:1",
            on=ON,
            at=at,
            label="x",
            portion_cents=3401,
            back_by={"card": 3401},
        )


def test_every_other_way_money_moves(books: Session, at: datetime) -> None:
    common = {"on": ON, "at": at}
    entries.deposit(books, payment_id=1, order_id=1, amount_cents=2000, label="Acompte", **common)  # type: ignore[arg-type]
    assert balances(books) == {"5112": 2000, "4191": -2000}
    entries.payout(books, payout_id=7, amount_cents=1950, fee_cents=50, label="Stripe", **common)  # type: ignore[arg-type]
    assert balances(books) == {"512": 1950, "627": 50, "4191": -2000}
    share = entries.share(
        books,
        source="share:1",
        order_id=1,
        room="restaurant",
        amounts=[(1, 70), (2, 30)],
        label="Part",
        **common,  # type: ignore[arg-type]
    )
    assert share is not None
    assert queries.balance(books, "467", beneficiary_id=1) == -70
    entries.transfer_executed(books, transfer_id=9, beneficiary_id=1, amount_cents=70, label="Virement", **common)  # type: ignore[arg-type]
    assert queries.balance(books, "467", beneficiary_id=1) == 0
    # The refund comes after the transfer: the beneficiary owes, which the next transfer sets off.
    entries.share_reversal(
        books,
        source="share:1:refund:1",
        entry_id=share.id or 0,
        order_id=1,
        room="restaurant",
        amounts=[(1, 70), (2, 30)],
        label="Reprise",
        **common,  # type: ignore[arg-type]
    )
    assert queries.balance(books, "467", beneficiary_id=1) == 70
    assert queries.balance(books, "467", beneficiary_id=2) == 0
    assert entries.cash_difference(books, drawer_session_id=1, over_short_cents=0, label="-", **common) is None  # type: ignore[arg-type]
    entries.cash_difference(books, drawer_session_id=2, over_short_cents=-5, label="Manque", **common)  # type: ignore[arg-type]
    entries.cash_difference(books, drawer_session_id=3, over_short_cents=7, label="Trop", **common)  # type: ignore[arg-type]
    entries.cash_drop(books, source="drop:1", amount_cents=100, label="Coffre", **common)  # type: ignore[arg-type]
    entries.cash_banked(books, source="bank:1", amount_cents=100, label="Banque", **common)  # type: ignore[arg-type]
    entries.collected(books, source="tpe:1", tender="card", amount_cents=300, fee_cents=3, label="TPE", **common)  # type: ignore[arg-type]
    entries.wages(books, source="wages:1", gross_cents=500, label="Mois", **common)  # type: ignore[arg-type]
    entries.wages_paid(books, source="wages:1:paid", amount_cents=500, label="Régie", **common)  # type: ignore[arg-type]
    assert {code: cents for code, cents in balances(books).items() if code in ("53", "654", "758", "58", "421")} == {
        "53": -98,
        "654": 5,
        "758": -7,
    }
    assert sum(balances(books).values()) == 0
    assert queries.find_unbalanced(books) is None


amounts = st.integers(1, 100_000)
recorded = st.lists(
    st.tuples(st.sampled_from([550, 1000, 2000]), st.sampled_from(["restaurant", "venue"]), amounts),
    min_size=1,
    max_size=5,
)


@given(recorded, st.integers(1, 4), st.data())
def test_a_sale_in_any_parts_and_all_its_partial_refunds_balance_and_sum_exactly(
    sold: list[tuple[int, str, int]], tender_count: int, data: st.DataObject
) -> None:
    parts = []
    for rate_bp, room, gross in sold:
        line = vat.extract({rate_bp: gross})[0]
        parts.append(SalePart(room, rate_bp, line.net_cents, line.vat_cents))
    total = sum(gross for _rate, _room, gross in sold)
    names = list(rules.TENDER_ACCOUNTS)[:tender_count]
    cuts = sorted(data.draw(st.lists(st.integers(0, total), min_size=tender_count - 1, max_size=tender_count - 1)))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    lines = rules.sale_lines(parts, list(zip(names, shares, strict=True)))
    assert rules.is_balanced(lines)
    left, refunds, rest = rules.remaining_lines(lines, []), [], total
    while rest:
        portion = data.draw(st.integers(1, rest))
        refund = rules.reversed_lines(left, portion_cents=portion)
        assert rules.is_balanced(refund)
        assert sum(-line.cents for line in refund if line.account in rules.TENDER_ACCOUNTS.values()) == portion
        refunds.append(refund)
        left = rules.remaining_lines(lines, refunds)
        rest -= portion
        # What is left never turns its sign: no refund takes more of a rate or a tender than there was.
        assert all((line.cents > 0) == (line.account in rules.TENDER_ACCOUNTS.values()) for line in left)
    assert left == []


def test_the_books_refuse_to_be_changed(books: Session, at: datetime) -> None:
    lunch(books, at)
    for table in ("ledger_entry", "ledger_posting"):
        for statement in (f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            if "TRUNCATE" in statement and books.get_bind().dialect.name == "sqlite":
                continue
            with pytest.raises(Exception, match="sealed: ledger_"), books.begin_nested():
                books.execute(text(statement))


def test_the_table_itself_refuses_two_sides_and_negative_amounts(books: Session, at: datetime) -> None:
    entry = lunch(books, at)
    for debit, credit in ((1, 1), (0, 0), (-1, 0)):
        with pytest.raises(Exception, match="ck_ledger_posting"), books.begin_nested():
            books.add(Posting(entry_id=entry.id or 0, on=ON, account_code="53", debit_cents=debit, credit_cents=credit))
            books.flush()


def test_a_sale_costs_two_statements(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        open_chart(session)
    with count_statements(fresh_database) as statements, fresh_database.write() as session:
        lunch(session, at)
    assert statements.count == 2


def test_lists_and_filters(books: Session, at: datetime) -> None:
    first, second = lunch(books, at, 1), lunch(books, at, 2)
    assert [row.total_cents for row in queries.list_entries(books, queries.EntryFilter(), limit=9)] == [6900, 6900]
    wanted = queries.EntryFilter(journal="VT", account="5113", from_on=ON, to_on=ON, words="table", order_id=1)
    assert [row.entry.id for row in queries.list_entries(books, wanted, limit=9)] == [first.id]
    assert queries.list_entries(books, queries.EntryFilter(words="100%"), limit=9) == []
    assert [entry.id for entry in queries.list_entries_for_order(books, 2)] == [second.id]
    assert queries.find_entry(books, "sale:2") == second
