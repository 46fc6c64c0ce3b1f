"""The small scripts, in a real browser: keys, double taps, a silent server, the scanner, the lock."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.browser import TILL, Screens
from tests.harness.servers import serve, wait_until
from tests.web_look.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def stage() -> Stage:
    """A stage of this test's own, to look at what it was sent."""
    return Stage()


@pytest.fixture
def base_url(stage: Stage, screens: Screens) -> Iterator[str]:
    """Where the stage is served, until the last screen has left it."""
    with serve(stage) as url:
        yield url
        screens.leave()


@pytest.fixture
def page(screens: Screens, base_url: str) -> Page:
    """A till's screen."""
    return screens.till(base_url)


@pytest.fixture
def rough_page(browser: Browser, base_url: str) -> Iterator[Page]:
    """A till's screen on which failing requests are expected."""
    context = browser.new_context(base_url=base_url, **TILL)
    yield context.new_page()
    context.close()


def test_amounts_enter_as_cents_from_the_right(page: Page, stage: Stage) -> None:
    page.goto("/pin")
    shown = page.locator("[data-shown]")
    for key, says in [("1", "0,01"), ("2", "0,12"), ("5", "1,25"), ("00", "125,00")]:
        page.locator(f'[data-key="{key}"]').click()
        expect(shown).to_contain_text(says)
    page.keyboard.press("Backspace")
    expect(shown).to_contain_text("12,50")
    page.get_by_role("button", name="Entrer").click()
    page.wait_for_url("**/till?done=1")
    assert stage.sent[0]["amount"] == "12,50"


def test_a_double_tap_sends_once(page: Page, stage: Stage) -> None:
    page.goto("/till")
    page.evaluate("() => { const tile = document.querySelector('.tile'); tile.click(); tile.click(); }")
    page.wait_for_url("**/till?done=1")
    assert len(stage.sent) == 1
    assert stage.sent[0]["product"] == "0"


def test_a_refusal_is_shown_where_one_is_and_the_page_stays_alive(page: Page, stage: Stage) -> None:
    stage.answers = [409]
    page.goto("/till")
    page.locator(".tile").nth(1).click()
    expect(page.get_by_role("alert")).to_contain_text("épuisé")
    page.locator(".tile").nth(2).click()
    page.wait_for_url("**/till?done=1")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert [sent["product"] for sent in stage.sent] == ["1", "2"]


def test_a_silent_server_is_said_and_the_same_act_is_sent_again(rough_page: Page, stage: Stage) -> None:
    stage.answers = [503, 503]
    rough_page.goto("/till")
    rough_page.locator(".tile").first.click()
    expect(rough_page.locator("[data-waiting]")).to_be_visible()
    rough_page.wait_for_url("**/till?done=1")
    expect(rough_page.locator("[data-waiting]")).to_be_hidden()
    assert len(stage.sent) == 3
    assert len({sent["submission"] for sent in stage.sent}) == 1


def test_a_link_waits_for_a_server_that_is_away(rough_page: Page, stage: Stage) -> None:
    """The browser's own page of errors would have no way back: the till stays where it is, and says why."""
    rough_page.goto("/till")
    rough_page.context.set_offline(True)
    rough_page.evaluate("document.querySelector('.where__home').href = '/empty'")
    rough_page.locator(".where__home").click()
    expect(rough_page.locator("[data-waiting]")).to_be_visible()
    expect(rough_page.locator(".tile").first).to_be_visible()
    rough_page.context.set_offline(False)
    rough_page.wait_for_url("**/empty")
    expect(rough_page.locator("[data-waiting]")).to_be_hidden()


def test_what_the_scanner_types_goes_to_the_scan_form(page: Page, stage: Stage) -> None:
    page.goto("/till")
    page.evaluate("() => { document.activeElement.blur(); document.querySelector('.tile').focus(); }")
    # A scanner types faster than any hand: all its keys in one go.
    page.evaluate(
        """() => {
            for (const key of [..."CS1.ABCD2345", "Enter"]) {
                const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
                document.activeElement.dispatchEvent(pressed);
            }
        }"""
    )
    wait_until(lambda: bool(stage.sent), what="the scan")
    assert stage.sent[0]["path"] == "/scan"
    assert stage.sent[0]["code"] == "CS1.ABCD2345"


def test_what_a_hand_types_does_not(page: Page, stage: Stage) -> None:
    page.goto("/till")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("CS1.ABCD", delay=90)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert stage.sent == []


def test_a_screen_nobody_touches_locks_itself(page: Page, stage: Stage) -> None:
    page.goto("/idle")
    page.wait_for_url("**/till?done=1")
    assert [sent["path"] for sent in stage.sent] == ["/verrouiller"]


def test_a_locked_screen_shows_nothing_even_when_the_server_is_silent(rough_page: Page, stage: Stage) -> None:
    stage.answers = [503] * 20
    rough_page.goto("/idle")
    expect(rough_page.locator("[data-waiting]")).to_be_visible()
    expect(rough_page.locator(".tile").first).to_be_hidden()
    expect(rough_page.locator(".where__place")).to_be_hidden()


def test_the_night_is_kept_on_this_machine(page: Page) -> None:
    page.goto("/till")
    page.get_by_role("button", name="Nuit").click()
    page.goto("/empty")
    expect(page.locator("html")).to_have_attribute("data-theme", "night")


def test_small_numbers_have_a_minus_and_a_plus_that_stop_at_their_ends(screens: Screens, base_url: str) -> None:
    page = screens.phone(base_url)
    page.goto("/_components")
    fewer = page.get_by_role("button", name="Enlever un")
    fewer.click()
    expect(page.get_by_role("spinbutton", name="Combien serez-vous")).to_have_value("1")
    expect(fewer).to_be_disabled()


def test_the_slash_goes_to_the_search_and_arrows_walk_the_lines(screens: Screens, base_url: str) -> None:
    page = screens.office(base_url)
    page.goto("/office")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator("tbody a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tbody a").nth(1)).to_be_focused()
