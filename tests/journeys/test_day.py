"""One whole day, played from outside through the product's own processes, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.databases import Databases
from tests.journeys import crawl, inner, money
from tests.journeys import day as acts
from tests.journeys.day import Day
from tests.journeys.premises import open_on_postgres, open_on_sqlite


@pytest.fixture
def day(dialect: str, databases: Databases, tmp_path: Path) -> Iterator[Day]:
    """A house that runs, and nobody in it yet."""
    opened = open_on_sqlite(tmp_path) if dialect == "sqlite" else open_on_postgres(tmp_path, databases.copy(dialect))
    with opened as house:
        made = Day(house)
        yield made
        made.close()


def test_the_day(day: Day) -> None:
    acts.the_public_looks_around(day)
    acts.the_table(day)
    acts.a_cancelled_table(day)
    acts.a_declined_card(day)
    acts.an_abandoned_payment(day)
    acts.the_seats(day)
    acts.the_bike(day)
    acts.the_mails(day)
    inner.the_gate_clears(day)
    inner.the_tills_open(day)
    inner.the_guests_arrive(day)
    inner.the_lunch(day)
    inner.the_bike_is_repaired(day)
    money.a_booking_is_given_back(day)
    inner.the_door(day)
    money.every_sale_is_one_truth(day)
    money.a_dish_is_given_back(day)
    money.a_used_ticket_is_not_given_back(day)
    inner.the_tills_close(day, money.count_drawers(day))
    inner.the_day_is_sealed(day)
    money.all_fits(day)
    money.a_changed_byte_is_named(day)
    sent = money.the_transfers_leave(day)
    money.the_bank_answers(day, sent)
    money.the_walk_both_ways(day)
    money.the_public_page_agrees(day, sent)
    money.the_month(day, list(acts.WORKERS), day.house.folder)
    money.all_fits(day)
    crawl.every_wall_stands(day)
