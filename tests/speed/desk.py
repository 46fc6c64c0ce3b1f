"""The acts that `bench` times, played without a network so that their statements can be counted."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.types import ASGIApp, Message

from bench.acts import Act
from bench.client import Answer, Client
from bench.stage import Stage, set_stage
from citizen_space import app, config
from citizen_space.kit import clock
from citizen_space.kit.db import Database, count_statements
from citizen_space.simulation import sample
from citizen_space.web.visit import House

PUBLIC, INNER = 1, 2


@dataclass
class LocalClient(Client):
    """The bench's client, speaking to the application itself."""

    apps: Mapping[int, ASGIApp] | None = None

    async def _send(self, request: bytes) -> Answer:
        assert self.apps is not None
        head, _gap, body = request.partition(b"\r\n\r\n")
        first, *rest = head.split(b"\r\n")
        method, address, _version = first.decode().split(" ")
        path, _mark, query = address.partition("?")
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(name.lower(), value) for name, _colon, value in (line.partition(b": ") for line in rest)],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", self.port),
        }
        await self.apps[self.port](scope, receive, send)
        lines = [b"%s: %s" % (name, value) for name, value in sent[0]["headers"]]
        status: int = sent[0]["status"]
        answer_head = b"\r\n".join([b"HTTP/1.1 %d -" % status, *lines, b""])
        return Answer(status, answer_head, b"".join(message.get("body", b"") for message in sent[1:]))


class Desk:
    """A sample house with open tills, and how many statements an act of it takes."""

    def __init__(self, database: Database, var: Path) -> None:
        given = {"CITIZEN_SPACE_VAR": str(var), "CITIZEN_SPACE_DATABASE_URL": database.url}
        self.database = database
        self.house: House = app.build_house(config.load(given), database=database)
        self.apps = {PUBLIC: app.public_app(self.house), INNER: app.inner_app(self.house)}
        with database.write() as session:
            sample.plant(session, at=clock.now(), keys=self.house.keys)
        self.stage: Stage = set_stage(database, self.house.keys, shows=2, doors=1)
        self.at = clock.now()
        self.house.clock = lambda: self.at  # it stands still: how long a page takes here is nobody's concern

    def client(self, port: int) -> LocalClient:
        """A browser: a registered till with somebody signed in, or a visitor nobody knows."""
        cookies = dict(self.stage.tills[0].cookies) if port == INNER else {}
        return LocalClient(port, cookies, apps=self.apps)

    def play(self, act: Act, port: int) -> None:
        """Do an act once."""
        asyncio.run(self._once(act, port))

    async def _once(self, act: Act, port: int) -> None:
        await act(self.client(port))

    def count(self, act: Act, port: int) -> list[str]:
        """Do an act twice, the second time with nothing kept from the first, and give what that one asked."""
        self.play(act, port)
        self.pass_time()
        with count_statements(self.database) as statements:
            self.play(act, port)
        return statements.sent

    def pass_time(self) -> None:
        """Let more than the time pass for which a page is kept."""
        self.at += timedelta(seconds=2)

    def read(self, path: str, cookies: Mapping[str, str] | None = None) -> Answer:
        """Look at a public page."""
        return asyncio.run(LocalClient(PUBLIC, dict(cookies or {}), apps=self.apps).get(path))
