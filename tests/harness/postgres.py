"""A real PostgreSQL for the tests: one private cluster per test process, on a socket of its own, gone at the end."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

# Durability is for production; a test cluster that dies is thrown away.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
# For measuring: the server's own defaults in all that makes a commit durable, and its housekeeping.
DURABLE = {
    name: value
    for name, value in SETTINGS.items()
    if name not in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "wal_level", "max_wal_senders")
}
OWNER = "postgres"


class PostgresMissing(RuntimeError):
    """No PostgreSQL server is installed."""


@dataclass(frozen=True)
class Cluster:
    """A running server, reached through the socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self.folder), safe='/')}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """Create a database as a copy of another and return its address."""
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._run(command.format(sql.Identifier(database), sql.Identifier(template)))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(command)


def find_binaries() -> Path:
    """Return the folder of the newest installed server's programs."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise PostgresMissing("no initdb in /usr/lib/postgresql/*/bin nor on the PATH: run tests/harness/install_system.sh")


def unprivileged_user() -> str | None:
    """Name the user to run as, since initdb refuses root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise PostgresMissing("root may not run PostgreSQL, and there is no user 'postgres' or 'nobody'")


@contextlib.contextmanager
def running_cluster(settings: Mapping[str, str] = SETTINGS) -> Iterator[Cluster]:
    """Make a cluster, run it, and throw it away."""
    binaries, user = find_binaries(), unprivileged_user()
    # In /tmp itself: a socket's path may not exceed about a hundred characters, and `user` must be able to go there.
    folder = Path(tempfile.mkdtemp(prefix="cspg-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108
    if user:
        shutil.chown(folder, user)
    try:
        _initdb(binaries, folder, user)
        server = _start(binaries, folder, user, settings)
        try:
            yield _ready(Cluster(folder), server)
        finally:
            server.send_signal(signal.SIGQUIT)  # immediate shutdown: nothing here is to be kept
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity(user: str | None) -> dict[str, object]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _initdb(binaries: Path, folder: Path, user: str | None) -> None:
    command = [binaries / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(  # type: ignore[call-overload]
        command, cwd=folder, capture_output=True, text=True, env=_environment(), **_identity(user)
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(binaries: Path, folder: Path, user: str | None, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [binaries / "postgres", "-D", folder / "data", "-k", folder]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the server itself
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            **_identity(user),
        )
    return server


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _die_with_parent() -> None:
    """Ask the kernel to stop the server when the test process is killed (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _ready(cluster: Cluster, server: subprocess.Popen[bytes], *, seconds: float = 120) -> Cluster:
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with psycopg.connect(cluster.url("postgres"), connect_timeout=5):
                return cluster
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start:\n" + (cluster.folder / "log").read_text(errors="replace"))
