"""The share is exact to the cent, whatever the rates, the weights and the refunds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_space.compensation import rules
from citizen_space.compensation.models import TransferStatus
from citizen_space.kit import money

weights = st.lists(st.integers(1, 1000), min_size=1, max_size=6).map(
    lambda chosen: tuple((number, weight) for number, weight in enumerate(chosen, start=1))
)
terms = st.builds(
    rules.Terms,
    rule_id=st.just(1),
    rate_bp=st.integers(1, 10_000),
    base=st.sampled_from(["net", "gross"]),
    parts=weights,
)
cents = st.integers(0, 10_000_000)


@given(terms, cents, cents)
def test_the_parts_sum_to_the_share(rule: rules.Terms, net: int, vat: int) -> None:
    shares = rules.set_aside(rule, net_cents=net, gross_cents=net + vat)
    base = net if rule.base == "net" else net + vat
    assert sum(share.amount_cents for share in shares) == money.portion(base, rule.rate_bp)
    assert all(share.amount_cents > 0 for share in shares)
    total = sum(weight for _, weight in rule.parts)
    for share in shares:
        exact = money.portion(base, rule.rate_bp) * dict(rule.parts)[share.beneficiary_id]
        assert abs(share.amount_cents * total - exact) < total, "nobody is a whole cent off its weight"


@given(terms, st.integers(1, 1_000_000), st.lists(st.integers(1, 400_000), min_size=1, max_size=12))
def test_refunds_take_back_in_proportion_and_all_of_it_in_the_end(
    rule: rules.Terms, gross: int, refunds: list[int]
) -> None:
    recorded = {s.beneficiary_id: s.amount_cents for s in rules.set_aside(rule, net_cents=gross, gross_cents=gross)}
    returned: dict[int, int] = {}
    before = 0
    for refund in [*refunds, gross]:
        back = rules.give_back(recorded, returned=returned, gross_cents=gross, before_cents=before, refund_cents=refund)
        before += refund
        for share in back:
            assert share.amount_cents > 0
            returned[share.beneficiary_id] = returned.get(share.beneficiary_id, 0) + share.amount_cents
            assert returned[share.beneficiary_id] <= recorded[share.beneficiary_id]
        expected = money.divide_half_up(sum(recorded.values()) * min(before, gross), gross)
        assert sum(returned.values()) == expected, "many small refunds take back what one of their sum would"
    assert returned == recorded, "all refunded: nothing is left set aside"


@pytest.mark.parametrize(
    ("iban", "good"),
    [
        ("FR7630006000011234567890189", True),
        ("DE89370400440532013000", True),
        ("FR7630006000011234567890188", False),
        ("FR763000600001123456789018", False),
        ("", False),
        ("FR76 3000 6000 0112 3456 7890 189", False),
        ("FR76³0006000011234567890189", False),
        ("XX00", False),
    ],
)
def test_an_iban_is_checked_by_its_digits(iban: str, good: bool) -> None:
    assert rules.is_iban(iban) is good


@given(st.integers(4, 26), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(place: int, digit: str) -> None:
    iban = "FR7630006000011234567890189"
    changed = iban[:place] + digit + iban[place + 1 :]
    assert rules.is_iban(changed) is (changed == iban)


@given(st.text(max_size=300))
def test_text_for_the_bank_holds_only_what_banks_take(text: str) -> None:
    kept = rules.sepa_text(text, limit=70)
    assert len(kept) <= 70
    assert kept == kept.strip()
    assert all(character.isascii() and (character.isalnum() or character in "/?:().,'+ -") for character in kept)


def test_text_for_the_bank_keeps_its_letters() -> None:
    assert rules.sepa_text("Œuvre « Été » d’Arras – n° 3", limit=70) == "OEuvre Ete d'Arras - n 3"


def test_a_transfer_only_moves_forward() -> None:
    assert rules.may_move("prepared", TransferStatus.approved)
    assert not rules.may_move("prepared", TransferStatus.exported)
    assert not rules.may_move("exported", TransferStatus.cancelled)
    assert not rules.may_move("cancelled", TransferStatus.approved)
    assert not rules.may_move("executed", TransferStatus.executed)
