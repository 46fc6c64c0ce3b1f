"""The product as the Procfile starts it, on one database or the other, and what it costs the machine."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness.postgres import DURABLE, running_cluster
from tests.harness.servers import HOST, answers, free_port

ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
# CPU seconds in a second by which all our processes together may tick over while nobody asks for anything.
_AT_REST = 0.08


@dataclass
class House:
    """The product on this machine: where it is reached, what runs."""

    dialect: str
    folder: Path
    database_url: str
    postmaster: int | None = None
    public_port: int = field(default_factory=free_port)
    inner_port: int = field(default_factory=free_port)
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def var(self) -> Path:
        """What this installation writes."""
        return self.folder / "var"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the product is told."""
        own = {
            "PYTHONPATH": str(ROOT),
            "CITIZEN_SPACE_VAR": str(self.var),
            "CITIZEN_SPACE_DATABASE_URL": self.database_url,
            "CITIZEN_SPACE_PUBLIC_PORT": str(self.public_port),
            "CITIZEN_SPACE_INNER_PORT": str(self.inner_port),
        }
        # Whoever forbids Python here to keep what it has compiled does not forbid it where the product is installed.
        return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | own

    def command(self, *arguments: str) -> None:
        """Run one of the product's commands to its end."""
        subprocess.run(
            [sys.executable, "-m", "citizen_space", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    # -- starting -----------------------------------------------------------------------------------------------------

    def start(self) -> float:
        """Start every process and return the seconds until both surfaces answer."""
        began = time.monotonic()
        self.processes = [self._launch(line) for line in self._lines()]
        urls = [f"http://{HOST}:{self.public_port}/", f"http://{HOST}:{self.inner_port}/sante"]
        while urls:
            urls = [url for url in urls if not answers(url)]
            ended = [one.args for one in self.processes if one.poll() is not None]
            if ended or time.monotonic() - began > 240:
                raise RuntimeError(f"did not start: {ended or urls}\n{self.log()}")
            time.sleep(0.01)
        return time.monotonic() - began

    def _lines(self) -> list[str]:
        """On SQLite one process holds all that writes; else the lines of the Procfile, but for the release."""
        if self.dialect == "sqlite":
            return ["citizen-space run"]
        lines = (line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines() if line)
        return [command for name, _colon, command in lines if name != "release"]

    def _launch(self, line: str) -> "subprocess.Popen[bytes]":
        _program, *arguments = line.split()
        with (self.folder / "output.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "citizen_space", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        """Ask every process to end and wait for it."""
        for one in self.processes:
            one.terminate()
        for one in self.processes:
            try:
                one.wait(timeout=20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self.processes = []

    def log(self) -> str:
        """What the processes wrote."""
        return (self.folder / "output.log").read_text(errors="replace")

    # -- what it costs ------------------------------------------------------------------------------------------------

    def pids(self) -> list[int]:
        """Our processes and their children."""
        return _with_children([one.pid for one in self.processes])

    def cpu_seconds(self) -> tuple[float, float]:
        """CPU time spent so far: by our processes, by the database server's."""
        server = _with_children([self.postmaster]) if self.postmaster else []
        return sum(map(_cpu_seconds, self.pids())), sum(map(_cpu_seconds, server))

    def rest(self, seconds: float = 30.0) -> None:
        """Wait until what the last act left to be done (mails, paper) is done: it would be charged to the next."""
        until = time.monotonic() + seconds
        spent = self.cpu_seconds()[0]
        while time.monotonic() < until:
            time.sleep(1)
            before, spent = spent, self.cpu_seconds()[0]
            if spent - before < _AT_REST:
                return

    def memory_mib(self) -> tuple[float, float]:
        """Memory of all our processes: shared pages counted once (PSS), and counted in each (RSS)."""
        pairs = [_memory_kib(pid) for pid in self.pids()]
        return sum(pss for pss, _rss in pairs) / 1024, sum(rss for _pss, rss in pairs) / 1024


def _with_children(pids: list[int]) -> list[int]:
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = list(pids)
    for pid in found:
        found += parents.get(pid, [])
    return found


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process with those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def _memory_kib(pid: int) -> tuple[int, int]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:] if line.split()[1].isdigit()}
    return sizes.get("Pss", 0), sizes.get("Rss", 0)


@contextlib.contextmanager
def open_house(dialect: str, folder: Path) -> Iterator[House]:
    """Make the sample establishment on a database whose commits are durable; nothing of it runs yet."""
    folder.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        if dialect == "sqlite":
            house = House(dialect, folder, f"sqlite:///{folder / 'house.db'}")
        else:
            cluster = stack.enter_context(running_cluster(DURABLE))
            postmaster = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
            house = House(dialect, folder, cluster.create("house"), postmaster)
        house.command("sample")
        try:
            yield house
        finally:
            house.stop()
