"""A small house over HTTP: hands out jobs, hears what became of them; as the real one does, lease by lease."""

import json
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from printers.document import Document, to_data
from tests.harness.patience import PATIENCE_SECONDS

TOKEN = "a token of the building"
LEASE_SECONDS = 1.5
FINAL = ("printed", "unknown", "failed")


def soon(what: Callable[[], bool]) -> None:
    """Wait until it is true."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def quickly(act: Callable[[], float], most_seconds: float) -> None:
    """Do it until it took less than that: what is in the way of a busy machine passes, what is in ours does not."""
    taken: list[float] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while not taken or taken[-1] >= most_seconds:
        assert time.monotonic() < until, taken
        taken.append(act())


@dataclass(frozen=True)
class Heard:
    """One thing an agent said of a job."""

    job_id: int
    state: str
    detail: str
    accepted: bool
    moment: float


@dataclass
class _Job:
    described: dict[str, Any]
    lease: str = ""
    state: str = "queued"
    leased_at: float = 0.0

    @property
    def is_free(self) -> bool:
        """Return whether it may be handed out: new, or taken by somebody who was not heard of since."""
        return self.state == "queued" or (self.state == "leased" and time.monotonic() - self.leased_at > LEASE_SECONDS)


@dataclass
class House:
    """Jobs, what was heard of them, and faults to inject."""

    port: int = 0
    jobs: dict[int, _Job] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    health: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    # Every request is answered with this status, when set.
    broken: int | None = None
    # Requests of these states are done, and their answers lost.
    deaf_to: set[str] = field(default_factory=set)
    printers_named: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        house = self

        class Handler(_Handler):
            pass

        Handler.house = house
        self._server = _Listener(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.hang_up()  # type: ignore[attr-defined]
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def queue(self, job_id: int, address: str, document: Document | dict[str, Any], name: str = "comptoir") -> None:
        """Let a job be handed out."""
        with self.changed:
            self.jobs[job_id] = _Job(
                {
                    "id": job_id,
                    "printer": {"name": name, "address": address, "columns": 48, "code_page": "cp1252"},
                    "kind": "receipt",
                    "copy": 0,
                    "document": to_data(document) if isinstance(document, Document) else document,
                }
            )
            self.changed.notify_all()

    def offer_again(self, job_id: int) -> None:
        """Let a lease run out: the same job is handed out under a new one."""
        with self.changed:
            self.jobs[job_id].state = "queued"
            self.changed.notify_all()

    def give_away(self, job_id: int) -> None:
        """Let another agent have a job, and keep it."""
        with self.changed:
            self.jobs[job_id].lease, self.jobs[job_id].leased_at = "of another agent", math.inf

    def wait_for(self, what: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something was heard."""
        with self.changed:
            assert self.changed.wait_for(what, seconds), (self.heard, self.jobs)

    def outcome(self, job_id: int, seconds: float = PATIENCE_SECONDS) -> Heard:
        """Wait for what became of a job."""
        self.wait_for(lambda: any(self._is_final(said, job_id) for said in self.heard), seconds)
        return next(said for said in self.heard if self._is_final(said, job_id))

    def states(self, job_id: int) -> list[str]:
        """Return all accepted states of a job, in order."""
        return [said.state for said in self.heard if said.job_id == job_id and said.accepted]

    @staticmethod
    def _is_final(said: Heard, job_id: int) -> bool:
        return said.job_id == job_id and said.state in FINAL and said.accepted

    def next_jobs(self, seconds: float) -> list[dict[str, Any]]:
        """Hand out what waits, at once when something appears."""
        with self.changed:
            self.polls += 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: any(job.is_free for job in self.jobs.values()), seconds)
            handed = [job for job in self.jobs.values() if job.is_free]
            for job in handed:
                job.state, job.lease, job.leased_at = "leased", secrets.token_hex(8), time.monotonic()
            return [{**job.described, "lease": job.lease} for job in handed]

    def hear(self, job_id: int, said: dict[str, Any]) -> int:
        """Hear of a job; only its present lease is believed."""
        with self.changed:
            job = self.jobs.get(job_id)
            accepted = job is not None and job.lease == said["lease"] and job.state != "queued"
            if accepted and job is not None:
                job.state = said["state"]
            self.heard.append(Heard(job_id, said["state"], said.get("detail", ""), accepted, time.monotonic()))
            self.changed.notify_all()
            return 200 if accepted else 409


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.lines: set[Any] = set()

    def hang_up(self) -> None:
        """Cut all lines, as a server that dies does."""
        for line in list(self.lines):
            try:
                line.shutdown(2)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    house: House

    def setup(self) -> None:
        super().setup()
        self.server.lines.add(self.connection)  # type: ignore[attr-defined]

    def finish(self) -> None:
        self.server.lines.discard(self.connection)  # type: ignore[attr-defined]
        super().finish()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401)
        elif self.house.broken:
            self._answer(self.house.broken)
        elif self.path == "/agent/jobs/next":
            jobs = self.house.next_jobs(body["wait_seconds"])
            self._answer(200, {"jobs": jobs}) if jobs else self._answer(204)
        elif self.path == "/agent/health":
            with self.house.changed:
                self.house.health.append(body)
                self.house.changed.notify_all()
            self._answer(200, {"printers": self.house.printers_named})
        else:
            status = self.house.hear(int(self.path.split("/")[3]), body)
            if body["state"] in self.house.deaf_to:
                self.close_connection = True
            else:
                self._answer(status, {})

    def _answer(self, status: int, data: object = None) -> None:
        text = b"" if data is None else json.dumps(data).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
