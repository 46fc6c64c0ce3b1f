"""The product as it really runs, for a journey: its processes, its folders, its clock, its commands."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from printers.escpos import interpret
from printers.layout import Line, Qr
from tests.harness.servers import HOST, Process, answers, free_port, process, wait_until
from tests.journeys.client import Browser, squeeze
from tests.journeys.launch import OFFSET_FILE, set_clock

LAUNCH = "tests.journeys.launch"
ROOT = Path(__file__).parents[2]
# A Monday in November, ten in the morning in Paris: whatever the day of the machine, the journey is the same.
BEGINS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Premises:
    """A house that runs."""

    folder: Path
    database_url: str
    public_port: int = field(default_factory=free_port)
    inner_port: int = field(default_factory=free_port)
    processes: dict[str, Process] = field(default_factory=dict)
    stops: dict[str, contextlib.ExitStack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.set_clock(BEGINS)

    @property
    def clock_file(self) -> Path:
        """Where the tests say what time it is in the house."""
        return self.folder / "offset"

    @property
    def public_url(self) -> str:
        """Where the public comes in."""
        return f"http://{HOST}:{self.public_port}"

    @property
    def inner_url(self) -> str:
        """Where the till and the office are."""
        return f"http://{HOST}:{self.inner_port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What every process of this house is told."""
        return {
            "PYTHONPATH": str(ROOT),
            OFFSET_FILE: str(self.clock_file),
            "CITIZEN_SPACE_VAR": str(self.folder / "var"),
            "CITIZEN_SPACE_DATABASE_URL": self.database_url,
            "CITIZEN_SPACE_PUBLIC_PORT": str(self.public_port),
            "CITIZEN_SPACE_INNER_PORT": str(self.inner_port),
        }

    def set_clock(self, at: datetime) -> None:
        """Make it another time in the house."""
        set_clock(self.clock_file, at)

    def start(self, name: str) -> None:
        """Start one of the house's processes, and wait until it answers."""
        ready = {"run": self.inner_url, "serve": self.inner_url, "inner": self.inner_url, "public": self.public_url}
        health = "/" if name == "public" else "/sante"
        started = process(
            [LAUNCH, name],
            folder=self.folder / name,
            environment=self.environment,
            ready_url=ready[name] + health if name in ready else None,
            seconds=240,
        )
        self.stops[name] = contextlib.ExitStack()
        self.processes[name] = self.stops[name].enter_context(started)
        if name == "serve":
            wait_until(lambda: answers(self.public_url), what="the public surface", seconds=240)

    def stop(self, name: str) -> None:
        """Ask a process to end, and see that it does so without a complaint."""
        if name in self.processes:
            running = self.processes.pop(name)
            assert running.popen.poll() is None, f"{name} has ended by itself:\n{running.output()}"
            self.stops.pop(name).close()
            assert "Traceback" not in running.output(), running.output()

    def start_again(self) -> None:
        """Stop and start what keeps the clock: it goes on with its data."""
        for name in ("run", "serve"):
            if name in self.processes:
                self.stop(name)
                self.start(name)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one of the product's commands to its end."""
        return subprocess.run(
            [sys.executable, "-m", LAUNCH, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def browser(self, surface: str, who: str) -> Browser:
        """Open somebody's browser at a surface."""
        return Browser(self.public_url if surface == "public" else self.inner_url, who)

    def log(self) -> str:
        """All that the processes wrote."""
        return "\n".join(one.output() for one in self.processes.values())

    # -- what came out of the house ------------------------------------------------------------------------------------

    def mails(self, to: str) -> list[EmailMessage]:
        """The mails that were sent to somebody, in their order."""
        files = sorted((self.folder / "var" / "mail").glob("*.eml"), key=lambda one: (one.stat().st_mtime_ns, one.name))
        read = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]
        return [mail for mail in read if to in str(mail["to"])]

    def wait_mail(self, to: str, *words: str, count: int = 1) -> EmailMessage:
        """Wait for a mail to somebody with these words in it."""

        def found() -> list[EmailMessage]:
            return [mail for mail in self.mails(to) if all(squeeze(word) in mail_words(mail) for word in words)]

        wait_until(lambda: len(found()) >= count, what=f"{count} mails to {to} with {words}", seconds=45)
        return found()[-1]

    def papers(self, printer: str = "") -> list[Path]:
        """The files a virtual printer wrote, in their order."""
        folder = self.folder / "var" / "paper"
        return sorted(folder.rglob(f"{printer}*.bin"), key=lambda one: one.stat().st_mtime_ns)

    def wait_paper(self, *words: str) -> str:
        """Wait until a paper with these words has come out of a printer; give all that is written on it."""

        def found() -> list[str]:
            read = (paper_words(one) for one in self.papers())
            return [text for text in read if all(squeeze(word) in text for word in words)]

        wait_until(lambda: bool(found()), what=f"a paper with {words}", seconds=30)
        return found()[-1]


def mail_words(mail: EmailMessage) -> str:
    """The subject and the plain text of a mail."""
    body = mail.get_body(("plain",))
    return squeeze(f"{mail['subject']} {body.get_content() if body else ''}")


def paper_words(path: Path) -> str:
    """What a person reads on this paper, drawn by the strict interpreter; a code stands as its own text."""
    columns = 32 if path.name.startswith("bar") else 48
    drawn = interpret(path.read_bytes(), columns)
    written = (one.text if isinstance(one, Line) else one.data for one in drawn if isinstance(one, Line | Qr))
    return squeeze("\n".join(written))


@contextlib.contextmanager
def open_on_sqlite(folder: Path) -> Iterator[Premises]:
    """`citizen-space run`: everything in one process group."""
    with running(Premises(folder, f"sqlite:///{folder / 'house.db'}"), ["run"]) as house:
        yield house


@contextlib.contextmanager
def open_on_postgres(folder: Path, database_url: str) -> Iterator[Premises]:
    """The Procfile's processes, each its own, on a database that already stands."""
    house = Premises(folder, database_url)
    planted = house.command("sample")
    assert planted.returncode == 0, planted.stderr
    with running(house, ["serve", "printers"]):
        yield house


@contextlib.contextmanager
def running(house: Premises, names: Sequence[str]) -> Iterator[Premises]:
    """Start these processes of a house and stop them with the block; its data stays."""
    try:
        for name in names:
            house.start(name)
        yield house
    finally:
        for name in names:
            house.stop(name)
