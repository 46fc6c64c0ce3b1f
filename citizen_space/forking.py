"""Several processes from one that has read what all of them need: what none of them changes, they hold once."""

import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from citizen_space.kit import memory

# One that ends sooner than this has not failed at its work but at its start, as it would again.
STARTS_WITHIN_SECONDS = 5.0
_WAIT_TO_END_SECONDS = 20.0
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # of linux/prctl.h
_HEARD = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGCHLD})
_log = logging.getLogger("citizen_space")

Part = Callable[[], int]


@dataclass(frozen=True)
class _Child:
    name: str
    born_at: float
    """Seconds of the machine's steady clock."""


def serve_apart(parts: Mapping[str, Part]) -> int:
    """Run each part in a process of its own until a signal says stop; one that dies at work is started again.

    Returns 0 after a signal, 1 when a part could not start. Call it before any thread or connection is there: a
    fork carries neither across.
    """
    memory.keep_for_good()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    children: dict[int, _Child] = {}
    try:
        for name, part in parts.items():
            children[_fork(name, part)] = _Child(name, time.monotonic())
        return _watch(children, parts)
    finally:
        _end(children)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _fork(name: str, part: Part) -> int:
    """Start a part and return the number of its process."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _be_child(name, parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
        status = part()
    except SystemExit as asked:
        status = asked.code if isinstance(asked.code, int) else 1
    except BaseException:
        _log.exception("the process ends")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _be_child(name: str, parent: int) -> None:
    """Be called by one's name, and be told to stop when the parent is killed: nobody else would do it.

    On Linux; elsewhere nothing is asked.
    """
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_NAME, f"space {name}".encode())
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _watch(children: dict[int, _Child], parts: Mapping[str, Part]) -> int:
    while True:
        if signal.sigwait(_HEARD) != signal.SIGCHLD:
            return 0
        for ended in _bury(children):
            if time.monotonic() - ended.born_at < STARTS_WITHIN_SECONDS:
                _log.error("%s could not start", ended.name)
                return 1
            _log.error("%s died and is started again", ended.name)
            children[_fork(ended.name, parts[ended.name])] = _Child(ended.name, time.monotonic())


def _bury(children: dict[int, _Child]) -> list[_Child]:
    """Take note of those that have ended."""
    ended = [pid for pid in children if os.waitpid(pid, os.WNOHANG)[0]]
    return [children.pop(pid) for pid in ended]


def _end(children: dict[int, _Child]) -> None:
    """Ask all to stop, and wait; kill who does not hear."""
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + _WAIT_TO_END_SECONDS
    while children and time.monotonic() < until:
        signal.sigtimedwait({signal.SIGCHLD}, 0.5)
        _bury(children)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
