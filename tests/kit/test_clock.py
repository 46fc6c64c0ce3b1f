"""The business day ends at five, and the clocks change twice a year."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_space.kit import clock


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 11, 24, 3, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 4, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 7, 1, 2, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 7, 1, 3, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_the_business_day_ends_at_five_in_paris(at: datetime, on: date) -> None:
    assert clock.business_day(at) == on


def test_the_day_of_the_spring_change_is_an_hour_short() -> None:
    first, end = clock.day_bounds(date(2026, 3, 28))
    assert end - first == timedelta(hours=23)


def test_the_day_of_the_autumn_change_is_an_hour_long() -> None:
    first, end = clock.day_bounds(date(2026, 10, 24))
    assert end - first == timedelta(hours=25)


def test_an_hour_that_happens_twice_means_the_first() -> None:
    assert clock.moment(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_does_not_happen_is_moved_on() -> None:
    at = clock.moment(date(2026, 3, 29), time(2, 30))
    assert clock.local(at).time() == time(3, 30)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001 made aware below
def test_every_instant_lies_in_its_business_day(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    first, end = clock.day_bounds(clock.business_day(at))
    assert first <= at < end
