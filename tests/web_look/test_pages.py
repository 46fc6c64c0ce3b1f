"""Base templates and components, drawn by a real browser and judged by axe, at every size and in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.harness.browser import Screens, check_accessible, check_no_sideways_scroll
from tests.harness.servers import serve
from tests.web_look.stage import OFFICE, PUBLIC, TILL, Stage

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage() -> Stage:
    """The stage all pages of this module stand on."""
    return Stage()


@pytest.fixture(scope="module")
def base_url(stage: Stage) -> Iterator[str]:
    """Where the stage is served."""
    with serve(stage) as url:
        yield url


def check(page: Page, address: str) -> None:
    """Open a page; it asks no other host, fits its screen, and axe finds nothing."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert asked
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))]
    check_no_sideways_scroll(page)
    check_accessible(page)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_on_a_phone(screens: Screens, base_url: str, path: str, language: str) -> None:
    page = screens.phone(base_url)
    check(page, f"{path}?lang={language}")
    screens.screenshot(page, f"look/phone{path.replace('/', '-')}-{language}", full_page=True)


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_on_a_large_screen(screens: Screens, base_url: str, path: str) -> None:
    check(screens.office(base_url), path)


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("path", TILL)
def test_till_pages(screens: Screens, base_url: str, path: str, theme: str) -> None:
    page = screens.till(base_url)
    check(page, f"{path}?theme={theme}")
    screens.screenshot(page, f"look/till{path.replace('/', '-')}-{theme}")


@pytest.mark.parametrize("path", OFFICE)
def test_office_pages(screens: Screens, base_url: str, path: str) -> None:
    page = screens.office(base_url)
    check(page, path)
    screens.screenshot(page, f"look/office{path.replace('/', '-')}")


def test_targets_are_large_enough_for_a_thumb(screens: Screens, base_url: str) -> None:
    page = screens.phone(base_url)
    page.goto("/_components")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
                "a.button, button, .input, .choice__option, .rooms__link, .foot__links a, .language")]
            .filter((one) => one.checkVisibility({ visibilityProperty: true }))
            .map((one) => [one.className, one.getBoundingClientRect().height])
            .filter(([, height]) => height < 47.5)"""
    )
    assert small == []


@pytest.mark.parametrize("path", ["/till", "/empty"])
def test_the_till_never_scrolls_and_its_button_is_always_there(screens: Screens, base_url: str, path: str) -> None:
    page = screens.till(base_url)
    page.goto(path)
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height == 768
    button = page.locator(".make__pay .button--primary").bounding_box()
    assert button is not None
    assert button["height"] >= 72
    assert button["y"] + button["height"] <= 768
    tile = page.locator(".tile").first.bounding_box()
    assert tile is not None
    assert tile["width"] >= 96
    assert tile["height"] >= 80


def test_everything_is_there_without_javascript(screens: Screens, base_url: str) -> None:
    page = screens.till(base_url, java_script_enabled=False)
    page.goto("/pin")
    page.get_by_role("textbox", name="Montant").fill("12,50")
    page.get_by_role("button", name="Entrer").click()
    assert page.url.endswith("/till?done=1")


def test_the_drawn_pages_hold_no_style_and_no_other_host(stage: Stage) -> None:
    for path in [*PUBLIC, *TILL, *OFFICE]:
        for language in ("fr", "en"):
            html = stage.draw(path, language)
            assert " style=" not in html
            assert 'src="http' not in html
            assert 'href="http' not in html
