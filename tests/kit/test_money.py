"""Cents are never lost and never made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_space.kit import money, vat

amounts = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=20).filter(
    lambda ones: sum(ones) > 0
)


@given(amounts, weights)
def test_an_allocation_sums_exactly(cents: int, by: list[int]) -> None:
    assert sum(money.allocate(cents, by)) == cents


@given(amounts, weights)
def test_a_share_is_within_a_cent_of_its_due(cents: int, by: list[int]) -> None:
    for share, weight in zip(money.allocate(cents, by), by, strict=True):
        assert abs(share * sum(by) - cents * weight) < sum(by)


@given(amounts, weights)
def test_turning_an_amount_round_turns_each_share_round(cents: int, by: list[int]) -> None:
    assert money.allocate(-cents, by) == [-share for share in money.allocate(cents, by)]


@given(amounts, st.integers(min_value=1, max_value=500))
def test_an_even_split_differs_by_one_cent_at_most(cents: int, parts: int) -> None:
    split = money.split_evenly(cents, parts)
    assert sum(split) == cents
    assert max(split) - min(split) <= 1


def test_the_larger_remainder_comes_first_then_the_earlier() -> None:
    assert money.allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert money.allocate(10, [1, 2, 4]) == [1, 3, 6]


@pytest.mark.parametrize("by", [[], [0, 0], [1, -1]])
def test_weights_that_say_nothing_are_refused(by: list[int]) -> None:
    with pytest.raises(ValueError):
        money.allocate(100, by)


@pytest.mark.parametrize(
    ("cents", "bp", "expected"), [(1000, 1000, 100), (5, 1000, 1), (-5, 1000, -1), (4, 1000, 0), (12345, 550, 679)]
)
def test_a_portion_is_rounded_half_up_away_from_zero(cents: int, bp: int, expected: int) -> None:
    assert money.portion(cents, bp) == expected


@given(amounts, st.integers(min_value=1, max_value=10**6))
def test_a_division_gives_the_remainder_back(cents: int, by: int) -> None:
    quotient, rest = money.divide(cents, by)
    assert quotient * by + rest == cents


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12", 1200),
        ("12,5", 1250),
        ("12.50", 1250),
        ("1 234,56 €", 123456),
        ("1\u202f234,50\u00a0€", 123450),
        ("-3", -300),
    ],
)
def test_what_people_type_is_read(typed: str, cents: int) -> None:
    assert money.parse_cents(typed) == cents


@pytest.mark.parametrize("typed", ["", "abc", "1,234.50", "12,345", "1e3", "٣", "--1", "12,", "9" * 12])
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        money.parse_cents(typed)


@given(st.dictionaries(st.sampled_from([0, 210, 550, 1000, 2000]), amounts, min_size=1))
def test_net_and_vat_make_the_gross(gross_by_rate: dict[int, int]) -> None:
    for line in vat.extract(gross_by_rate):
        assert line.net_cents + line.vat_cents == line.gross_cents == gross_by_rate[line.rate_bp]
        assert abs(line.net_cents * (10_000 + line.rate_bp) - line.gross_cents * 10_000) <= (10_000 + line.rate_bp) // 2


@given(st.sampled_from([0, 210, 550, 1000, 2000]), amounts)
def test_vat_of_a_refund_mirrors_the_sale(rate_bp: int, gross: int) -> None:
    (sale,), (refund,) = vat.extract({rate_bp: gross}), vat.extract({rate_bp: -gross})
    assert (refund.net_cents, refund.vat_cents) == (-sale.net_cents, -sale.vat_cents)
