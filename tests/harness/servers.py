"""Servers for the tests: an application in a thread, or a real process on a free port of this machine."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def free_port() -> int:
    """Return a port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(done: Callable[[], bool], *, what: str, seconds: float = 30, pause: float = 0.05) -> None:
    """Ask again until the answer is yes; fail with `what` when it is too late."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds} s, not yet: {what}")
        time.sleep(pause)


def answers(url: str) -> bool:
    """Say whether something speaks HTTP at this address, whatever it says."""
    try:
        # Who does not listen refuses at once; who is slow is asked once, and not again and again.
        with urllib.request.urlopen(url, timeout=20):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


@contextlib.contextmanager
def serve(app: ASGIApp, *, port: int | None = None) -> Iterator[str]:
    """Serve an application from a thread of this process and give its address."""
    port = port or free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host=HOST, port=port, log_level="warning", lifespan="auto", loop="asyncio", ws="none")
    )
    thread = threading.Thread(target=server.run, name=f"serve-{port}")
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive(), what=f"the application on port {port}")
        if not server.started:
            raise RuntimeError("the application did not start; its log says why")
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=15)


@dataclass
class Process:
    """A process of ours, with what it wrote."""

    popen: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """Return all that it wrote so far."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL to it and all its children."""
        self._signal(signal.SIGKILL)
        self.popen.wait(timeout=15)

    def stop(self, *, seconds: float = 15) -> int:
        """Ask it to end (SIGTERM), insist when it does not, and return its exit code."""
        self._signal(signal.SIGTERM)
        try:
            return self.popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {seconds} s:\n{self.output()}") from None

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


@contextlib.contextmanager
def process(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    ready_url: str | None = None,
    seconds: float = 30,
) -> Iterator[Process]:
    """Run `python -m …` as a process group of its own until the block ends; ready when `ready_url` answers."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "output.log"
    with log.open("ab") as sink:
        popen = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    running = Process(popen, log)
    try:
        if ready_url:
            _wait_ready(running, ready_url, seconds)
        yield running
    finally:
        if popen.poll() is None:
            running.stop()


def _wait_ready(running: Process, url: str, seconds: float) -> None:
    try:
        wait_until(lambda: running.popen.poll() is not None or answers(url), what=url, seconds=seconds)
    except TimeoutError as error:
        raise TimeoutError(f"{error}; it has not ended, so it is slow or hangs:\n{running.output()}") from None
    assert running.popen.poll() is None, f"ended with {running.popen.returncode}:\n{running.output()}"
