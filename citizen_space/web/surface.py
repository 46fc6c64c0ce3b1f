"""A surface: its routes, where it stands, and what guards it."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citizen_space.web.endpoint import Elsewhere, Missing
from citizen_space.web.visit import House, SurfaceName, SurfacePlace

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=(), usb=(), serial=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def content_security_policy(payment_host: str = "") -> str:
    """Write the policy: nothing from elsewhere, nothing inline; a form may end at the card processor's page."""
    form_action = f"'self' {payment_host}".strip()
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; manifest-src 'self'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    )


class Surface:
    """One surface of the house as an ASGI application."""

    def __init__(
        self,
        house: House,
        name: SurfaceName,
        routes: Sequence[BaseRoute],
        *,
        prefix: str = "",
        sign_in: str = "/",
        payment_host: str = "",
    ) -> None:
        self.house = house
        self.place = SurfacePlace(name, prefix, sign_in)
        self.routes = [cast(Route, route) for route in routes]
        self._fixed: dict[str, list[Route]] = {}
        self._patterns: list[Route] = []
        for route in self.routes:
            if "{" in route.path:
                self._patterns.append(route)
            else:
                self._fixed.setdefault(route.path, []).append(route)
        self._headers = [*_HEADERS, (b"content-security-policy", content_security_policy(payment_host).encode())]
        self._missing, self._elsewhere = Missing(), Elsewhere()
        self.answers: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route and answer, with the headers that guard a browser on every answer."""
        scope["house"], scope["surface"] = self.house, self.place

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answers[message["status"]] += 1
                # An answer with a policy of its own (a mail in its sandbox) keeps it: two of them would both be obeyed.
                own = any(name == b"content-security-policy" for name, _value in message["headers"])
                message["headers"] = [*message["headers"], *(self._headers[:-1] if own else self._headers)]
            await send(message)

        await self._find(scope)(scope, receive, guarded)

    def _find(self, scope: Scope) -> ASGIApp:
        path = scope["path"].removeprefix(self.place.prefix) or "/"
        candidates = self._fixed.get(path) or self._fixed.get(path.rstrip("/")) or ()
        for route in candidates:
            if route.methods is None or scope["method"] in route.methods:
                scope["path_params"] = {}
                return route.app
        known = bool(candidates)
        for route in self._patterns:
            match, found = _match(route, {**scope, "path": path})
            if match is Match.FULL:
                scope.update(found)
                return route.app
            known = known or match is Match.PARTIAL
        scope["path_params"] = {}
        return self._elsewhere if known else self._missing


def _match(route: Route, scope: Scope) -> tuple[Match, Scope]:
    try:
        return route.matches(scope)
    except ValueError:  # a date that is none
        return Match.NONE, {}
