"""A real chromium for the tests: a phone, a till, an office; pictures, and axe's judgement."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
# Without these, chromium as root does not start, or looks for hosts that a closed network refuses.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
TILL: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
OFFICE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


class ChromiumMissing(RuntimeError):
    """No chromium is installed."""


def find_chromium() -> str:
    """Return the path of the installed browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise ChromiumMissing("no chromium on the PATH: run tests/harness/install_system.sh")


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start chromium and end it with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Screens:
    """Opens screens of each kind in one browser, and notices every error in their consoles."""

    browser: Browser
    pictures: Path
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def phone(self, base_url: str, **options: Any) -> Page:
        """Open a phone's screen (390 by 844, touch)."""
        return self.open(base_url, **{**PHONE, **options})

    def till(self, base_url: str, **options: Any) -> Page:
        """Open a till's screen (1024 by 768, touch)."""
        return self.open(base_url, **{**TILL, **options})

    def office(self, base_url: str, **options: Any) -> Page:
        """Open an office screen (1280 by 900)."""
        return self.open(base_url, **{**OFFICE, **options})

    def open(self, base_url: str, **options: Any) -> Page:
        """Open a screen in a context of its own: no cookie is shared with another."""
        settings = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce", **options}
        context = self.browser.new_context(base_url=base_url, **settings)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._note(page, message.type, message.text))
        return page

    def screenshot(self, page: Page, name: str, *, full_page: bool = False) -> Path:
        """Take a picture; it is kept under docs/screens only when the environment says SCREENS=1."""
        path = self.place(name)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=path, full_page=full_page, animations="disabled", caret="hide")
        return path

    def place(self, name: str) -> Path:
        """Say where the picture of this name goes."""
        folder = SCREENS if os.environ.get("SCREENS") == "1" else self.pictures
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def leave(self) -> None:
        """Close what is open before its server goes: a till asks for news as long as it is looked at."""
        for context in self.contexts:
            for page in context.pages:
                page.close()

    def close(self) -> None:
        """Close every screen; a script error or a refused resource on any of them is a failure."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, "the browser complained:\n" + "\n".join(self.complaints)

    def _note(self, page: Page, kind: str, text: str) -> None:
        # A refusal (409, 422…) is an answer like another; chromium logs each as a failed resource.
        if kind == "error" and "the server responded with a status of 4" not in text:
            self.complaints.append(f"{page.url}: {text}")


def check_accessible(page: Page, *, ignore: Callable[[dict[str, Any]], bool] | None = None) -> None:
    """Fail with axe's report when the page breaks a WCAG 2.2 A or AA rule."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    violations = [v for v in results.response["violations"] if not (ignore and ignore(v))]
    assert not violations, f"{page.url} is not accessible:\n" + "\n".join(_sentence(v) for v in violations)


def check_no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than its screen."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px wider than the screen"


def _sentence(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in violation["nodes"][:4])
    return f"  {violation['id']} ({violation['impact']}): {violation['help']}: {places}"
