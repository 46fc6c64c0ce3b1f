"""The harness itself: a till on a real screen, judged, photographed."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.harness.browser import Screens, check_accessible, check_no_sideways_scroll
from tests.harness.servers import free_port, process, serve

GOOD = """<!doctype html><html lang="fr"><head><title>Essai</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"></head><body><main><h1>Réservé</h1><p>Œuvre à 8,50 €.</p></main></body></html>"""
BAD = GOOD.replace("<p>", "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='><p>").replace('lang="fr"', "")
WIDE = GOOD.replace("<p>", "<pre>" + "x" * 400 + "</pre><p>")
BROKEN = GOOD.replace("</main>", "</main><script>nobody.wrote(this)</script>")


def app() -> Starlette:
    """An application of four pages: one as it should be, three with a fault each."""

    def page(html: str) -> Route:
        def endpoint(request: Request) -> HTMLResponse:
            return HTMLResponse(html)

        name = next(key for key, value in globals().items() if value is html)
        return Route(f"/{name.lower()}", endpoint)

    return Starlette(routes=[page(GOOD), page(BAD), page(WIDE), page(BROKEN)])


@pytest.mark.browser
def test_a_good_page_passes_on_every_screen(screens: Screens) -> None:
    with serve(app()) as url:
        for opened in (screens.phone(url), screens.till(url), screens.office(url)):
            opened.goto("/good")
            check_accessible(opened)
            check_no_sideways_scroll(opened)
            assert screens.screenshot(opened, "harness/good").stat().st_size > 1000


@pytest.mark.browser
def test_each_fault_is_seen(screens: Screens) -> None:
    with serve(app()) as url:
        phone = screens.phone(url)
        phone.goto("/bad")
        with pytest.raises(AssertionError, match=r"image-alt.*"):
            check_accessible(phone)
        phone.goto("/wide")
        with pytest.raises(AssertionError, match="wider than the screen"):
            check_no_sideways_scroll(phone)
        phone.goto("/broken")
        assert "nobody is not defined" in screens.complaints.pop()


def test_a_process_is_started_stopped_and_heard(tmp_path: Path) -> None:
    port = free_port()
    arguments = ["http.server", "--bind", "127.0.0.1", str(port)]
    with process(arguments, folder=tmp_path, ready_url=f"http://127.0.0.1:{port}/") as running:
        assert running.popen.poll() is None
        running.kill()
        assert running.popen.returncode == -9


def test_a_process_that_ends_at_once_tells_why(tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="no_such_module"),
        process(["no_such_module"], folder=tmp_path, ready_url=f"http://127.0.0.1:{free_port()}/"),
    ):
        pass
