"""Codes, seats and the law's wheelchair places, without a database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_space.kit.crypto import new_signing_key, public_key
from citizen_space.venue import rules
from citizen_space.venue.models import Admission, Event, Performance, Rate, Seat
from citizen_space.web.templating import qr_svg

KEY = new_signing_key()
CODE = rules.write_code(KEY, reference="ABCDEFGH", performance_id=12, seat="B7")
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


def test_a_code_is_read_without_asking_anybody() -> None:
    assert rules.read_code(public_key(KEY), CODE) == rules.TicketCode("ABCDEFGH", 12, "B7")
    assert rules.read_code(public_key(KEY), f"  {CODE.lower()}\n") == rules.TicketCode("ABCDEFGH", 12, "B7")


def test_a_code_is_small_enough_for_a_small_qr() -> None:
    longest = rules.write_code(KEY, reference="ABCDEFGH", performance_id=999_999_999, seat="AB123")
    assert 'viewBox="0 0 41 41"' in qr_svg(CODE), "37 modules and a border of two"
    assert 'viewBox="0 0 45 45"' in qr_svg(longest), "41 modules and a border of two"


@given(place=st.integers(0, len(CODE) - 1), sign=st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ234567890-"))
def test_a_code_changed_anywhere_is_refused(place: int, sign: str) -> None:
    forged = CODE[:place] + sign + CODE[place + 1 :]
    read = rules.read_code(public_key(KEY), forged)
    # The last letter of base32 carries bits that no byte holds: changed there, it says the same and is the same ticket.
    assert read is None or read == rules.TicketCode("ABCDEFGH", 12, "B7")


@given(st.text(max_size=200))
def test_whatever_is_typed_is_no_code(text: str) -> None:
    assert rules.read_code(public_key(KEY), text) is None


def test_another_house_s_code_is_refused() -> None:
    assert rules.read_code(public_key(new_signing_key()), CODE) is None


@pytest.mark.parametrize(
    ("typed", "read"), [("abcd efgh", "ABCDEFGH"), ("ABCD-EFGH", "ABCDEFGH"), ("ABC", None), ("ABCDEFG0", None)]
)
def test_a_reference_is_typed_by_hand(typed: str, read: str | None) -> None:
    assert rules.read_reference(typed) == read


def ticket(**facts: Any) -> Admission:
    return Admission(**{"performance_id": 1, "status": "valid", "number": 1, **facts})


def tonight(status: str = "doors_open") -> Performance:
    return Performance(id=1, event_id=1, starts_at=NOON, doors_at=NOON, sales_end_at=NOON, status=status)


@pytest.mark.parametrize(
    ("admission", "performance", "said"),
    [
        (None, None, "invalid"),
        (ticket(performance_id=2, status="cancelled", admitted_at=NOON), tonight(), "wrong_performance"),
        (ticket(status="reserved"), tonight(), "not_paid"),
        # Validity is looked at before use: a ticket that was used and then cancelled is cancelled.
        (ticket(status="cancelled", admitted_at=NOON), tonight(), "cancelled"),
        (ticket(), tonight("cancelled"), "cancelled"),
        (ticket(), tonight("on_sale"), "doors_closed"),
        (ticket(admitted_at=NOON), tonight("closed"), "doors_closed"),
        (ticket(admitted_at=NOON), tonight(), "already_in"),
        (ticket(), tonight(), "admitted"),
    ],
)
def test_the_door_looks_at_validity_first(admission: Admission, performance: Performance, said: str) -> None:
    assert rules.judge(admission, performance, 1) == said


@pytest.mark.parametrize(
    ("capacity", "due"), [(1, 2), (50, 2), (51, 3), (100, 3), (101, 4), (150, 4), (151, 5), (162, 5), (201, 6)]
)
def test_the_law_asks_for_wheelchair_places(capacity: int, due: int) -> None:
    assert rules.wheelchair_places_due(capacity, {"base": 2, "up_to": 50, "per": 50}) == due


def chair(row: str, number: int, kind: str = "normal", band: int = 1) -> Seat:
    return Seat(
        id=ord(row) * 100 + number, section_id=1, band_id=band, row=row, number=number, x=number * 34,
        y=ord(row) * 40, kind=kind,
    )  # fmt: skip


def picked(*kinds: str) -> list[rules.Choice]:
    full = Rate(id=1, code="plein", name_fr="Plein", name_en="Full")
    return [rules.Choice(chair("B", n, kind), full, 1000) for n, kind in enumerate(kinds)]


def test_a_party_is_neither_nobody_nor_too_many() -> None:
    with pytest.raises(rules.NoSeatChosen):
        rules.check_choices([])
    with pytest.raises(rules.TooManySeats):
        rules.check_choices(picked(*["normal"] * 9))
    rules.check_choices(picked(*["normal"] * 8))


def test_a_companion_comes_with_a_wheelchair() -> None:
    rules.check_choices(picked("wheelchair", "companion"))
    with pytest.raises(rules.CompanionAlone):
        rules.check_choices(picked("companion", "normal"))


def test_the_nearest_seat_is_alike_and_free() -> None:
    lost = chair("B", 5)
    seats = [
        rules.SeatState(chair("B", 4), "taken"),
        rules.SeatState(chair("B", 6, band=2), "free"),
        rules.SeatState(chair("B", 8), "free"),
        rules.SeatState(chair("C", 5), "free"),
    ]
    near = rules.nearest_free(lost, seats, but=[])
    assert near is not None and near.label == "C5"
    second = rules.nearest_free(lost, seats, but=[near.id or 0])
    assert second is not None and second.label == "B8"


def test_a_party_is_kept_side_by_side_where_it_can_be() -> None:
    wanted = [chair("B", 5), chair("B", 6)]
    seats = [
        rules.SeatState(chair("B", 4), "taken"),
        rules.SeatState(wanted[0], "taken"),
        rules.SeatState(wanted[1], "free"),
        rules.SeatState(chair("C", 5), "free"),
        rules.SeatState(chair("C", 6), "free"),
        rules.SeatState(chair("D", 1), "free"),
        rules.SeatState(chair("D", 2), "free"),
    ]
    assert rules.seats_instead(wanted, seats) == {wanted[0].id: chair("C", 5).id, wanted[1].id: chair("C", 6).id}
    apart = [one for one in seats if one.seat.label not in ("C6", "D2")]
    assert rules.seats_instead(wanted, apart) == {wanted[0].id: chair("C", 5).id, wanted[1].id: wanted[1].id}
    assert rules.seats_instead(wanted, seats[:3]) is None


def test_an_event_has_two_titles() -> None:
    assert Event(title_fr="L’Avare", title_en="The Miser", minutes=90).vat_key == "vat_show"
