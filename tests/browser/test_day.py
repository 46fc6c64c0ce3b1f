"""One day in a real browser: the public's phones, the tills by touch, the office; each page judged as it is met."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import office, phone, till
from tests.browser.cast import Cast, look, sign_in
from tests.journeys.day import AFTERNOON, EVENING, MORNING, NIGHT, NOON

pytestmark = pytest.mark.browser


def test_the_public_finds_books_pays_and_cancels(cast: Cast) -> None:
    somebody = cast.phone()
    phone.look_around(cast, somebody)
    phone.see_what_is_wrong(cast, cast.phone())
    table = phone.book_table(cast, cast.phone(), "samuel@example.org")
    cast.house.wait_mail("samuel@example.org", table.reference)
    phone.cancel(cast, somebody, table)
    cast.house.wait_mail("samuel@example.org", "annul")
    phone.read_in_english(cast, cast.phone(locale="en-GB"))


def test_seats_are_chosen_on_the_plan_or_by_keyboard_alone(cast: Cast) -> None:
    by_touch = cast.phone()
    phone.seats_by_plan(cast, by_touch, ("E6", "E7"))
    phone.name_holders(by_touch, "amina@example.org")
    phone.ticket(cast, by_touch, "amina@example.org")
    look(cast.screens, by_touch, "phone-venue-ticket")
    by_keys = cast.wide()
    phone.seats_by_list(by_keys, ("F6", "F7"))
    phone.name_holders(by_keys, "paul@example.org")
    phone.ticket(cast, by_keys, "paul@example.org")
    by_keys.goto("/spectacles")
    by_keys.get_by_role("link", name="Les Voix du dedans", exact=True).first.click()
    by_keys.get_by_role("link", name="Choisir mes places").first.click()
    expect(by_keys.locator(".plan g.seat--taken")).to_have_count(4)
    look(cast.screens, by_keys, "wide-seats")


def test_a_lunch_from_the_phone_to_the_bank(cast: Cast, tmp_path: Path) -> None:
    table = phone.book_table(cast, cast.phone(), "claire@example.org")
    office.clear_guests(cast, cast.office("portail"), table)
    cast.house.set_clock(MORNING)
    office.open_tills(cast, cast.office("direction"))
    cast.house.set_clock(NOON)
    office.let_guests_in(cast, cast.office("portail"), table)
    screen = cast.till("R1")
    till.work_begins(cast, screen, "R13")
    till.seat(cast, screen, 2)
    till.take_order(cast, screen)
    till.fire_courses(cast, screen)
    number = till.settle_lunch(cast, screen)
    till.leave(screen)
    cast.house.set_clock(NIGHT)
    counted = {"Total du terminal de paiement": "1,00", "Titres-restaurant comptés": "9,00"}
    office.close_till(cast, cast.office("direction"), "Caisse du restaurant", counted)
    finance = cast.office("finances")
    transfer = office.prepare_transfer(cast, finance)
    office.approve_transfer(cast, cast.office("comptable"), transfer)
    office.import_trial_statement(cast, finance, tmp_path)
    office.walk(cast, finance, number)
    office.read_month(cast, finance, "R13")
    phone.follow_the_money(cast, cast.phone())


def test_an_evening_at_the_door(cast: Cast) -> None:
    booker = cast.phone()
    phone.seats_by_plan(cast, booker, ("E6", "E7"))
    phone.name_holders(booker, "amina@example.org")
    codes = till.ticket_codes(cast, phone.ticket(cast, booker, "amina@example.org"))
    cast.house.set_clock(EVENING)
    office.open_tills(cast, cast.office("direction"))
    screen = cast.till("H1")
    sign_in(screen, "H21")
    till.let_in(cast, screen, codes)
    till.leave(screen)


def test_a_bike_comes_and_goes(cast: Cast) -> None:
    owner = cast.phone()
    phone.drop_bike(cast, owner)
    cast.house.set_clock(AFTERNOON)
    office.open_tills(cast, cast.office("direction"))
    screen = cast.till("V1")
    sign_in(screen, "V31")
    claim = till.take_in_bike(cast, screen)
    phone.accept_quote(cast, owner, till.quote_bike(cast, screen))
    till.repair_bike(cast, screen, claim)
    till.leave(screen)
