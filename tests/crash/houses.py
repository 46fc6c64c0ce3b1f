"""Houses that may be killed: on SQLite one process, on PostgreSQL two and a database server of their own."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from citizen_space.kit.db import Database
from citizen_space.kit.keys import load_keys
from tests.crash.stage import Stage, set_stage
from tests.harness import postgres
from tests.harness.postgres import DURABLE, Cluster, running_cluster
from tests.harness.servers import Process, process
from tests.journeys.launch import read_clock
from tests.journeys.premises import LAUNCH, Premises


@dataclass
class Killable:
    """A house whose processes end by SIGKILL, and begin again on what is left."""

    premises: Premises
    names: tuple[str, ...]
    cluster: Cluster | None = None
    running: dict[str, Process] = field(default_factory=dict)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _servers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def bases(self) -> dict[str, str]:
        """Where each surface is reached."""
        return {"public": self.premises.public_url, "inner": self.premises.inner_url}

    def database(self) -> Database:
        """The house's database, opened by the test itself."""
        return Database(self.premises.database_url, threads=1)

    def plant(self, *, tickets: int) -> Stage:
        """Migrate, plant the sample establishment and make it ready."""
        done = self.premises.command("sample")
        assert done.returncode == 0, done.stderr
        keys = load_keys(self.premises.folder / "var" / "keys")
        database = self.database()
        try:
            at = read_clock(self.premises.clock_file)
            return set_stage(database, keys, at=at, tills=2, tickets=tickets)
        finally:
            database.dispose()

    def start(self) -> None:
        """Start what does not run, all at once, and wait until it answers."""
        ready = {
            "run": f"{self.premises.inner_url}/sante",
            "public": f"{self.premises.public_url}/",
            "inner": f"{self.premises.inner_url}/sante",
        }
        for name in self.names:
            if name not in self.running:
                self.running[name] = self._stack.enter_context(
                    process(
                        [LAUNCH, name],
                        folder=self.premises.folder / name,
                        environment=self.premises.environment,
                        ready_url=ready[name],
                        seconds=240,
                    )
                )

    def kill(self, chance: random.Random) -> None:
        """Kill all of it, or on two processes perhaps one of them."""
        names = list(self.running)
        for name in names if len(names) == 1 else chance.choice([names, names[:1], names[1:]]):
            self.running.pop(name).kill()

    def kill_all(self) -> None:
        """Kill what still runs."""
        for name in list(self.running):
            self.running.pop(name).kill()

    def close(self) -> None:
        """End everything."""
        self._stack.close()
        for server in self._servers:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=30)

    # -- the database server -------------------------------------------------------------------------------------------

    def kill_postmaster(self) -> None:
        """Kill the database server as a power cut would, and start it again on its files."""
        assert self.cluster is not None
        pid = self._postmaster()
        os.kill(pid, signal.SIGKILL)
        # It is a child of this process: as long as nobody has asked for its end, its number looks alive.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        binaries, user = postgres.find_binaries(), postgres.unprivileged_user()
        deadline = time.monotonic() + 60
        while True:
            # Its children may need a moment to notice; until then its shared memory is still in use.
            server = postgres._start(binaries, self.cluster.folder, user, DURABLE)
            with contextlib.suppress(RuntimeError):
                postgres._ready(self.cluster, server)
                self._servers.append(server)
                return
            server.wait(timeout=30)
            assert time.monotonic() < deadline, (self.cluster.folder / "log").read_text(errors="replace")
            time.sleep(0.2)

    def _postmaster(self) -> int:
        assert self.cluster is not None
        return int((self.cluster.folder / "data" / "postmaster.pid").read_text().split()[0])


@contextlib.contextmanager
def open_house(dialect: str, folder: Path) -> Iterator[Killable]:
    """A house on a database of its own, with durable commits."""
    with contextlib.ExitStack() as stack:
        if dialect == "sqlite":
            house = Killable(Premises(folder, f"sqlite:///{folder / 'house.db'}"), ("run",))
        else:
            cluster = stack.enter_context(running_cluster(DURABLE))
            house = Killable(Premises(folder, cluster.create("house")), ("public", "inner"), cluster)
        stack.callback(house.close)
        yield house
