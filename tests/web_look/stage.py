"""A small stage for the templates: real templates, assets and policy; faked visits; acts that answer as told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from citizen_space.web.assets import Assets
from citizen_space.web.surface import content_security_policy
from citizen_space.web.templating import Templates
from citizen_space.web.visit import Front

WEB = Path(__file__).parents[2] / "citizen_space" / "web"
AT = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
FRONTS = [
    Front("restaurant", "Le restaurant", "Déjeuner du lundi au vendredi.", "/restaurant", ["ven. 27 nov., 12:30"]),
    Front("venue", "Les spectacles", "Théâtre, musique, cinéma.", "/spectacles", ["sam. 28 nov., 20:00"]),
    Front("repairs", "L’atelier vélo", "Révision, freins, roues.", "/velos", []),
]
MENU = [("Argent", [("/caisses", "Caisses", "banknote"), ("/journal", "Journal", "scroll-text")])]
TILL_ORDER = """{% extends "web/till.html" %}{% import "web/ui.html" as ui with context %}{% set room = "restaurant" %}
{% block title %}Table 4{% endblock %}{% block place %}Table 4{% endblock %}
{% block choose %}<form class="tiles" method="post" action="/act" data-once>{{ ui.submission() }}
{% for n in range(30) %}{{ ui.tile("Maquereau aux champignons et brisures", 1700, "fish", name="product", value=n) }}
{% endfor %}</form>{% endblock %}
{% block make %}{{ ui.order_lines(lines) }}{{ ui.scan("/scan") }}{% endblock %}
{% block pay %}{{ ui.total(123456) }}{{ ui.button("Encaisser") }}{% endblock %}"""
TILL_PIN = """{% extends "web/till.html" %}{% import "web/ui.html" as ui with context %}{% set bare = true %}
{% block title %}Code{% endblock %}
{% block content %}<form class="alone" method="post" action="/act"><h1>Qui êtes-vous</h1>
{{ ui.submission() }}{{ ui.keypad("amount") }}<p>{{ ui.button("Entrer") }}</p></form>{% endblock %}"""
OFFICE_LIST = """{% extends "web/office.html" %}{% import "web/ui.html" as ui with context %}
{% block title %}Ventes{% endblock %}{% block content %}{{ ui.filters() }}
{{ ui.table(["Reçu", {"label": "Montant", "numeric": true}], rows, "Ventes") }}{% endblock %}"""


@dataclass
class Stage:
    """An ASGI application that draws one template for each address, and keeps what it was sent."""

    templates: Templates = field(default_factory=lambda: Templates(Assets()))
    sent: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # statuses to give to the next acts, before the page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/static/"):
            await self.templates.assets(scope, receive, send)
            return
        request = Request(scope, receive)
        if request.url.path == "/nouvelles":
            await JSONResponse({})(scope, receive, send)
            return
        response = await self._act(request) if request.method == "POST" else self._page(request)
        response.headers["content-security-policy"] = content_security_policy()
        await response(scope, receive, send)

    async def _act(self, request: Request) -> Response:
        async with request.form() as form:
            self.sent.append({name: str(value) for name, value in form.items()} | {"path": request.url.path})
        if self.answers:
            status = self.answers.pop(0)
            if status >= 500:
                return Response("", status)
            return self._page(request, status, problem="Ce plat est épuisé.")
        return RedirectResponse("/till?done=1", 303)

    def _page(self, request: Request, status: int = 200, **more: Any) -> Response:
        path = request.url.path if request.method == "GET" else "/till"
        language = request.query_params.get("lang", "fr")
        theme = request.query_params.get("theme")
        return HTMLResponse(self.draw(path, language, theme=theme, **more), status)

    def draw(self, path: str, language: str = "fr", **more: Any) -> str:
        """Draw the page of an address."""
        name, source, context = _PAGES.get(path, ("web/error.html", None, {"status": 404}))
        environment = self.templates._environments[language]
        template = environment.from_string(source) if source else environment.get_template(name)
        return template.render({**_visit(path), **context, **more})


def _visit(path: str) -> dict[str, Any]:
    return {
        "who": None,
        "device": None,
        "surface": "public",
        "errors": {},
        "typed": {},
        "problem": None,
        "notice": None,
        "now": AT,
        "url": str,
        "current_path": path,
        "switch_language_url": f"{path}?lang=en",
        "house_name": "L’Escale",
        "fronts": FRONTS,
    }


_WORKER = {
    "surface": "till",
    "who": SimpleNamespace(code="R07", name="R07", role="worker", kind="worker"),
    "device": SimpleNamespace(code="R1", name="Restaurant"),
}
_STAFF = {
    "surface": "office",
    "who": SimpleNamespace(code="STAFF-1", name="Régie", role="finance", kind="staff"),
    "office_menu": lambda _who: MENU,
}
_PAGES: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "/": ("web/public/home.html", None, {}),
    "/venir": ("web/public/venir.html", None, {}),
    "/accessibilite": ("web/public/accessibilite.html", None, {}),
    "/mentions": ("web/public/mentions.html", None, {}),
    "/_components": ("web/components.html", None, {}),
    "/till": ("", TILL_ORDER, {**_WORKER, "lines": [(2, "Formule deux plats", 5600, "à point")] * 20}),
    "/empty": ("", TILL_ORDER, {**_WORKER, "lines": []}),
    "/idle": ("", TILL_ORDER, {**_WORKER, "lines": [], "idle_seconds": 2}),
    "/pin": ("", TILL_PIN, {**_WORKER, "who": None}),
    "/office": ("", OFFICE_LIST, {**_STAFF, "rows": [[{"value": f"R1-{n:06d}", "href": "#"}, n] for n in range(1000)]}),
    "/office-empty": ("", OFFICE_LIST, {**_STAFF, "rows": []}),
    "/till-error": ("web/error.html", None, {**_WORKER, "status": 403}),
    "/office-error": ("web/error.html", None, {**_STAFF, "status": 503}),
}
PUBLIC = ["/", "/venir", "/accessibilite", "/mentions", "/_components", "/nowhere"]
TILL = ["/till", "/empty", "/pin", "/till-error"]
OFFICE = ["/office", "/office-empty", "/office-error"]
