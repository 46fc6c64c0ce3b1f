"""Who opens which screen that day, and what every page of theirs is judged by."""

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.harness.browser import Screens, check_accessible, check_no_sideways_scroll
from tests.journeys.day import DIRECTOR_PIN, STAFF, WORKERS
from tests.journeys.premises import Premises

# The machine may be busy with the other half of the suite.
expect.set_options(timeout=15_000)


@dataclass
class Cast:
    """The people of the day, each at a screen of their own."""

    house: Premises
    screens: Screens
    foreign: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def phone(self, **options: object) -> Page:
        """Somebody of the public takes out a phone."""
        return self._watched(self.screens.phone(self.house.public_url, **options))

    def wide(self) -> Page:
        """Somebody of the public sits at a large screen."""
        return self._watched(self.screens.office(self.house.public_url))

    def office(self, login: str) -> Page:
        """Somebody of the staff signs in at the office."""
        page = self._watched(self.screens.office(self.house.inner_url))
        page.goto("/bureau/connexion")
        page.get_by_label("Identifiant").fill(login)
        page.get_by_label("Code", exact=True).fill(STAFF[login])
        page.get_by_role("button", name="Se connecter").click()
        expect(page).to_have_url(f"{self.house.inner_url}/bureau/")
        return page

    def till(self, register: str) -> Page:
        """The director makes a touch screen the till of a register."""
        page = self._watched(self.screens.till(self.house.inner_url))
        page.goto("/caisse/")
        page.get_by_text(register, exact=True).tap()
        press(page, "Code personnel", DIRECTOR_PIN)
        page.get_by_role("button", name="Enregistrer cet écran").tap()
        expect(page.get_by_role("heading", name="Qui travaille")).to_be_visible()
        return page

    def close(self) -> None:
        """Keep what each screen showed last; nobody's page may have asked another host."""
        for number, page in enumerate(self.pages):
            page.screenshot(path=self.screens.pictures / f"last-{number}.png")
        self.screens.leave()
        assert not self.foreign, f"asked other hosts: {self.foreign}"

    def _watched(self, page: Page) -> Page:
        self.pages.append(page)
        ours = (self.house.public_url, self.house.inner_url, "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(ours) else self.foreign.append(asked.url))
        return page


def sign_in(page: Page, code: str) -> None:
    """A worker touches their code, presses their PIN, and says that work begins."""
    page.get_by_role("link", name=code).tap()
    press(page, "Votre code secret", WORKERS[code])
    page.get_by_role("button", name="Entrer").tap()
    page.get_by_role("button", name="Oui, je commence").tap()
    expect(page.get_by_role("heading", name="Que faites-vous")).to_be_visible()


def press(page: Page, pad: str, digits: str) -> None:
    """Press the keys of a pad, one by one."""
    keys = page.get_by_role("group", name=pad)
    for digit in digits:
        keys.get_by_role("button", name=digit, exact=True).tap()


def look(screens: Screens, page: Page, name: str, *, whole: bool = False) -> None:
    """Judge a page as axe and a narrow screen do, and take its picture."""
    page.wait_for_load_state()
    check_no_sideways_scroll(page)
    check_accessible(page)
    keep(screens, page, name, whole=whole)


def keep(screens: Screens, page: Page, name: str, *, whole: bool = False) -> None:
    """Take a picture and make it small: a page has few colours. `also/` is for this run's reader only."""
    page.wait_for_load_state()
    if name.startswith("also/"):
        path = screens.pictures / f"{name}.png"
        page.screenshot(path=path, full_page=whole, animations="disabled")
    else:
        lighten(screens.screenshot(page, name, full_page=whole))


def lighten(path: Path) -> None:
    """Write a picture again with a palette."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def check_in_sight(page: Page, button: Locator) -> None:
    """Fail when one must scroll to find the button that matters."""
    expect(button).to_be_in_viewport(ratio=1)
