"""The server is started again in the middle of a sale: the screen waits, says so, and the sale ends once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.cast import Cast
from tests.browser.test_kitchen import choose, open_house, seat
from tests.browser.till import main_button

pytestmark = pytest.mark.browser
SALE = re.compile(r"R1-\d{6}")
WAITING = "En attente du serveur"


def forget_lost_requests(cast: Cast) -> None:
    """Chromium writes every request that found no server into its console: here that was the plan."""
    lost = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT_CONNECTED")
    cast.screens.complaints[:] = [one for one in cast.screens.complaints if not any(why in one for why in lost)]


def test_a_sale_ends_once_though_the_server_was_started_again_in_the_middle(cast: Cast) -> None:
    room = open_house(cast)
    seat(room, "5", "2")
    choose(room, "Boissons", "Aurore")
    cast.house.stop("run")
    # First only looking: the tap leads somewhere as soon as there is somewhere to lead to.
    room.get_by_role("link", name="Encaisser").tap()
    expect(room.get_by_text(WAITING)).to_be_visible()
    room.screenshot(path=cast.screens.pictures / "restart-waiting.png")
    cast.house.start("run")
    expect(room.get_by_label("Numéro du ticket du terminal")).to_be_visible(timeout=60_000)
    expect(room.get_by_text(WAITING)).to_be_hidden()
    room.get_by_label("Numéro du ticket du terminal").fill("004713")
    # Then the money itself.
    cast.house.stop("run")
    main_button(room).tap()
    expect(room.get_by_text(WAITING)).to_be_visible()
    expect(room.get_by_text("Réseau coupé", exact=True)).to_be_visible()
    main_button(room).tap(force=True)
    cast.house.start("run")
    expect(room.get_by_role("heading", name=SALE)).to_be_visible(timeout=60_000)
    office = cast.office("finances")
    office.goto("/bureau/ventes")
    expect(office.get_by_role("link", name=SALE)).to_have_count(1)
    forget_lost_requests(cast)
