"""A visitor that costs little: it shares the machine's two cores with what it measures."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlencode, urlsplit

_HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: ([^=]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)", re.IGNORECASE)


class Refused(Exception):
    """The product said no, or something that this act does not expect."""


@dataclass
class Answer:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    @property
    def location(self) -> str:
        """Where it sends us, as a path."""
        found = _LOCATION.search(self.head)
        if found is None:
            raise Refused(f"{self.status}, and not sent on")
        parts = urlsplit(found[1].decode())
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page: its submission id among them; of fields that come twice, the last."""
        return {name.decode(): value.decode() for name, value in _HIDDEN.findall(self.body)}


class _Wire(asyncio.Protocol):
    """One kept-alive connection that reads answers with a length."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiting: asyncio.Future[Answer] | None = None
        self._received = b""
        self._head, self._needed = b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(Refused("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._needed < 0:
            head, gap, rest = self._received.partition(b"\r\n\r\n")
            if not gap:
                return
            length = _LENGTH.search(head)
            self._head, self._received = head, rest
            self._needed = int(length[1]) if length else 0
        if len(self._received) < self._needed:
            return
        body, self._received = self._received[: self._needed], self._received[self._needed :]
        head, self._head, self._needed = self._head, b"", -1
        assert self.waiting is not None
        self.waiting.set_result(Answer(int(head[9:12]), head, body))


@dataclass
class Client:
    """One browser: one connection, its cookies, and no patience for anything but the expected status (0: any)."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    gzip: bool = False
    _wire: _Wire | None = None

    async def get(self, path: str, *, expect: int = 200) -> Answer:
        """Ask for a page."""
        return await self._ask("GET", path, b"", expect)

    async def post(self, path: str, form: Mapping[str, str | int], *, expect: int = 303) -> Answer:
        """Send a form; in this house it is answered by an address to go on to."""
        return await self._ask("POST", path, urlencode(form).encode(), expect)

    async def _ask(self, method: str, path: str, body: bytes, expect: int) -> Answer:
        answer = await self._send(self._request(method, path, body))
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        if expect and answer.status != expect:
            raise Refused(f"{method} {path}: {answer.status} instead of {expect}")
        return answer

    def _request(self, method: str, path: str, body: bytes) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}", "accept-language: fr"]
        if self.cookies:
            lines.append("cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if self.gzip:
            lines.append("accept-encoding: gzip")
        if method == "POST":
            lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
            lines.append("sec-fetch-site: same-origin")
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def _send(self, request: bytes) -> Answer:
        loop = asyncio.get_running_loop()
        if self._wire is None or self._wire.transport is None:
            _transport, self._wire = await loop.create_connection(_Wire, "127.0.0.1", self.port)
        assert self._wire.transport is not None
        self._wire.waiting = loop.create_future()
        self._wire.transport.write(request)
        return await self._wire.waiting

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wire is not None and self._wire.transport is not None:
            self._wire.transport.close()
