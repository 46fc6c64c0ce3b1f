"""The agent's line to the house: JSON over HTTP with connections kept open."""

import contextlib
import http.client
import json
import socket
import threading
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

_TIMEOUT_SECONDS: Final = 8.0


class ServerUnreachable(Exception):
    """No answer, or none that can be understood: try again later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    data: Any

    @property
    def accepted(self) -> bool:
        """Return whether the server did as it was told."""
        return 200 <= self.status < 300


class Server:
    """One server; every thread has its own connection to it."""

    def __init__(self, url: str, token: str) -> None:
        """Remember where it is."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not the address of a server: {url}")
        self._open = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._lines = threading.local()
        self._hung_up = threading.Event()
        self._all: list[http.client.HTTPConnection] = []

    def post(self, path: str, body: object, *, patience: float = 0.0) -> Answer:
        """Send JSON and return the answer; `patience` is how long the server may wait before it answers."""
        text = json.dumps(body).encode()
        # The server closes lines that were quiet for long; it shows at the next use, so a used line gets a second try.
        for is_last in (not self._has_line(), True):
            line = self._get_line()
            try:
                self._connect(line, _TIMEOUT_SECONDS + patience)
                if self._hung_up.is_set() and patience:
                    raise OSError("stopping")
                line.request("POST", self._prefix + path, text, self._headers)
                response = line.getresponse()
                return _understood(response.status, response.read())
            except (OSError, http.client.HTTPException, ValueError) as error:
                line.close()
                if is_last or self._hung_up.is_set() or isinstance(error, TimeoutError):
                    raise ServerUnreachable(f"{type(error).__name__}: {error}") from error
        raise AssertionError("the last try returns or raises")

    def hang_up(self) -> None:
        """Wake every thread that waits for an answer; may be called from a signal handler."""
        self._hung_up.set()
        for line in self._all:
            with contextlib.suppress(OSError):
                if line.sock is not None:
                    line.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close this thread's connection."""
        if self._has_line():
            self._lines.line.close()

    def _has_line(self) -> bool:
        line = getattr(self._lines, "line", None)
        return line is not None and line.sock is not None

    def _get_line(self) -> http.client.HTTPConnection:
        if getattr(self._lines, "line", None) is None:
            self._lines.line = self._open(self._host, self._port)
            self._all.append(self._lines.line)
        line: http.client.HTTPConnection = self._lines.line
        return line

    @staticmethod
    def _connect(line: http.client.HTTPConnection, timeout: float) -> None:
        if line.sock is None:
            line.timeout = timeout
            line.connect()
        line.sock.settimeout(timeout)


def _understood(status: int, body: bytes) -> Answer:
    if status >= 500:
        raise ServerUnreachable(f"HTTP {status}")
    try:
        return Answer(status, json.loads(body) if body else None)
    except ValueError:
        # A refusal may come as a page for people; only its number counts.
        return Answer(status, None) if status >= 400 else _raise_unreadable(status)


def _raise_unreadable(status: int) -> Answer:
    raise ServerUnreachable(f"HTTP {status} without JSON")
