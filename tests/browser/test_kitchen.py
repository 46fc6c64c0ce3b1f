"""The kitchen's screen beside the room's till: each sees within two seconds what the other does, by touch alone."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from printers.virtual import Faults, VirtualPrinter
from tests.browser import office
from tests.browser.cast import Cast, look, sign_in
from tests.browser.till import see
from tests.harness.servers import free_port, wait_until
from tests.journeys.day import NOON

pytestmark = pytest.mark.browser
PROMISED_SECONDS = 2.0


def kitchen(cast: Cast) -> Page:
    """Somebody in the kitchen takes a screen of the restaurant and opens the board."""
    screen = cast.till("R1")
    sign_in(screen, "R12")
    screen.get_by_role("link", name="La cuisine").tap()
    expect(screen.get_by_text("Rien à préparer")).to_be_visible()
    return screen


def seat(screen: Page, table: str, covers: str) -> None:
    screen.goto("/caisse/restaurant")
    screen.get_by_role("link", name=re.compile(rf"^Table {table}\b")).tap()
    screen.get_by_role("button", name=covers, exact=True).tap()
    expect(screen.locator(".where__place")).to_contain_text(f"Table {table}")


def choose(screen: Page, category: str, *dishes: str) -> None:
    screen.get_by_role("link", name=category, exact=True).tap()
    expect(screen.get_by_role("link", name=category, exact=True)).to_have_attribute("aria-current", "true")
    for dish in dishes:
        screen.get_by_role("button", name=dish).tap()
        expect(screen.locator(".lines")).to_contain_text(dish)


def note_allergy(screen: Page, dish: str, what: str) -> None:
    line = screen.locator(".lines__line", has_text=dish)
    line.get_by_role("link", name="Remarque, allergie").tap()
    screen.get_by_label("Remarque pour la cuisine").fill(what)
    screen.get_by_text("C’est une allergie").tap()
    screen.get_by_role("button", name="Enregistrer").tap()
    expect(screen.locator(".lines")).to_contain_text(f"Allergie : {what}")


def send(screen: Page, course: str) -> None:
    screen.get_by_role("button", name=course).tap()
    expect(screen.get_by_role("button", name=course)).to_have_count(0)


def take_back(screen: Page, dish: str) -> None:
    """Take a dish back that the kitchen was sent: staff say why and that it may be."""
    screen.get_by_role("link", name=re.compile(rf"^Annuler {dish}")).tap()
    screen.get_by_text("Trop d’attente").tap()
    screen.locator("[name=staff_pin]").fill("027350")
    screen.get_by_role("button", name="Annuler le plat").tap()
    expect(screen.locator(".where__place")).to_contain_text("Table")


def soon(act: Callable[[], None]) -> float:
    """How long it takes until what is asked for is there."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def open_house(cast: Cast) -> Page:
    cast.house.set_clock(NOON)
    office.open_tills(cast, cast.office("direction"))
    room = cast.till("R1")
    sign_in(room, "R13")
    return room


def test_from_the_table_to_the_pass_and_back(cast: Cast) -> None:
    room = open_house(cast)
    board = kitchen(cast)
    seat(room, "5", "2")
    choose(room, "Entrées", "Velouté de potimarron", "Tartare de daurade")
    note_allergy(room, "Tartare de daurade", "moutarde")
    choose(room, "Boissons", "Aurore")
    send(room, "Envoyer les entrées")
    expect(board.get_by_text("ALLERGIE : moutarde")).to_be_visible()
    seat(room, "10", "5")
    choose(room, "Entrées", "Œuf parfait, champignons")
    send(room, "Envoyer les entrées")
    expect(board.locator(".chit", has_text="Table 10")).to_be_visible()
    see(cast, board, "till-kitchen")
    # One card begins, the next one is taken back before anybody has touched it.
    first = board.locator(".chit", has_text="moutarde")
    first.get_by_role("button", name="Commencer").tap()
    expect(first).to_contain_text("En préparation")
    take_back(room, "Œuf")
    expect(board.get_by_text("ANNULÉ")).to_be_visible()
    see(cast, board, "till-kitchen-cancelled")
    board.get_by_role("button", name="C’est lu").tap()
    expect(board.locator(".chit", has_text="Table 10")).to_have_count(0)
    first.get_by_role("button", name="C’est prêt").tap()
    expect(board.locator(".chit--ready", has_text="Table 5")).to_be_visible()
    room.goto("/caisse/restaurant")
    expect(room.get_by_text("Prêt à servir")).to_be_visible()
    see(cast, room, "also/till-room-ready")
    room.get_by_role("link", name=re.compile(r"^Table 5\b")).tap()
    see(cast, room, "also/till-tab-ready")
    board.get_by_role("button", name="Rappeler").tap()
    expect(board.locator(".chit--recalled")).to_contain_text("Rappelé")
    expect(room.get_by_text("rappelé en cuisine").first).to_be_visible()
    see(cast, board, "also/till-kitchen-recalled")
    board.get_by_role("button", name="C’est prêt").tap()
    room.get_by_role("button", name="C’est servi").tap()
    expect(board.get_by_text("Rien n’attend au passe")).to_be_visible()


def test_sold_out_on_every_screen_within_two_seconds(cast: Cast) -> None:
    room = open_house(cast)
    board = kitchen(cast)
    guest = cast.phone()
    seat(room, "5", "2")
    choose(room, "Entrées", "Velouté de potimarron")
    tile = room.get_by_role("button", name="Velouté de potimarron").first
    board.get_by_role("link", name="Épuisé, portions").tap()
    board.get_by_role("button", name="Velouté de potimarron").tap()
    expect(board.get_by_text("épuisé, partout")).to_be_visible()
    assert soon(lambda: expect(tile).to_be_disabled()) < PROMISED_SECONDS
    expect(room.get_by_text("épuisé depuis : demandez à la cuisine")).to_be_visible()
    guest.goto("/restaurant")
    expect(guest.get_by_text("Épuisé aujourd’hui")).to_be_visible()
    see(cast, board, "till-sold-out")
    see(cast, room, "also/till-tab-sold-out")
    board.get_by_role("button", name="Velouté de potimarron").tap()
    expect(board.get_by_text("de nouveau à la carte")).to_be_visible()
    assert soon(lambda: expect(tile).to_be_enabled()) < PROMISED_SECONDS
    board.get_by_role("link", name="Compter : Velouté").tap()
    see(cast, board, "also/till-count")


def test_a_lost_network_is_said_and_made_good(cast: Cast) -> None:
    room = open_house(cast)
    board = kitchen(cast)
    seat(room, "5", "2")
    choose(room, "Entrées", "Velouté de potimarron")
    send(room, "Envoyer les entrées")
    expect(board.get_by_text("Velouté")).to_be_visible()
    board.context.set_offline(True)
    expect(board.get_by_text("Réseau coupé. Ce que vous voyez date de")).to_be_visible()
    expect(board.get_by_text("Velouté")).to_be_visible()
    see_offline(cast, board)
    take_back(room, "Velouté")
    board.get_by_role("button", name="Commencer").tap()
    expect(board.get_by_text("En attente du serveur")).to_be_visible()
    board.context.set_offline(False)
    expect(board.get_by_text("ANNULÉ")).to_be_visible()
    expect(board.get_by_text("Réseau coupé. Ce que vous voyez date de")).to_be_hidden()
    forget_failed_fetches(cast)


def test_a_dead_printer_is_said_loudly_and_what_it_missed_is_not_printed_twice(cast: Cast) -> None:
    room = open_house(cast)
    board = kitchen(cast)
    port = free_port()
    admin = cast.office("admin")
    admin.goto("/bureau/imprimantes")
    admin.get_by_role("link", name="Cuisine").click()
    admin.get_by_label("Adresse").fill(f"tcp://127.0.0.1:{port}")
    look(cast.screens, admin, "also/office-printer", whole=True)
    admin.get_by_role("button", name="Enregistrer").click()
    seat(room, "5", "2")
    choose(room, "Entrées", "Velouté de potimarron")
    send(room, "Envoyer les entrées")
    sign = "Cuisine : imprimante en panne"
    for screen in (room, board):
        expect(screen.get_by_text(sign)).to_be_visible()
    # The chit comes out at the till instead, and says for whom it is.
    cast.house.wait_paper("TABLE 5", "Velouté", "Pour : Cuisine")
    see(cast, room, "till-printer-down")
    room.get_by_text(sign).tap()
    expect(room.get_by_text("Ne répond pas").or_(room.get_by_text("En panne")).last).to_be_visible()
    see(cast, room, "also/till-printers")
    with VirtualPrinter(port, faults=Faults(die_at=200)) as printer:
        expect(room.get_by_text(sign)).to_have_count(0, timeout=30_000)
        assert printer.jobs == [], "what came out elsewhere is not printed again"
        seat(room, "6", "2")
        choose(room, "Entrées", "Tartare de daurade")
        send(room, "Envoyer les entrées")
        expect(room.get_by_text("un papier est-il sorti")).to_be_visible()
        see(cast, room, "also/till-paper-in-doubt")
        room.get_by_text("un papier est-il sorti").tap()
        expect(room.get_by_role("heading", name="Imprimantes")).to_be_visible()
        see(cast, room, "till-paper-asked")
        room.get_by_role("button", name="Non, l’imprimer").tap()
        expect(room.get_by_text("Le document est imprimé de nouveau")).to_be_visible()
        wait_until(lambda: len(printer.jobs) == 1, what="the paper that was asked for")


def see_offline(cast: Cast, board: Page) -> None:
    board.screenshot(path=cast.screens.pictures / "offline.png")


def forget_failed_fetches(cast: Cast) -> None:
    """Chromium writes every request that a lost network ends into its console: here that was the plan."""
    cast.screens.complaints[:] = [one for one in cast.screens.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
