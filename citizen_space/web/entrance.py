"""The entrance of a port: which surface a path belongs to."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


class Plain:
    """A page of one line, for machines: health, metrics, robots."""

    def __init__(self, handler: Callable[[Request], Response]) -> None:
        self.handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in a thread: the handler may ask the database."""
        request = Request(scope)
        response = await asyncio.get_running_loop().run_in_executor(None, self.handler, request)
        await response(scope, receive, send)


class Entrance:
    """Sends each request to the door its path begins with."""

    def __init__(self, otherwise: ASGIApp, doors: Mapping[str, ASGIApp], at_root: ASGIApp | None = None) -> None:
        self.otherwise, self.doors, self.at_root = otherwise, dict(doors), at_root or otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the door; a server's start and stop need nothing of us."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._find(scope["path"])(scope, receive, send)

    def _find(self, path: str) -> ASGIApp:
        if path == "/":
            return self.at_root
        first = "/" + path[1:].partition("/")[0]
        return self.doors.get(first, self.otherwise)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
