"""Wakes agents that wait for work, as soon as a job is committed by this process; others are found by looking."""

import asyncio
import threading
from asyncio import AbstractEventLoop, Event
from contextlib import suppress

from sqlalchemy import event
from sqlmodel import Session

_RINGS = "printing_rings"


class Bell:
    """Heard by everybody who waits in this process, in whichever loop."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: set[tuple[AbstractEventLoop, Event]] = set()

    async def wait(self, seconds: float) -> None:
        """Return when it rings or when the time is over."""
        place = (asyncio.get_running_loop(), Event())
        with self._mutex:
            self._waiting.add(place)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(place[1].wait(), seconds)
        finally:
            with self._mutex:
                self._waiting.discard(place)

    def ring(self) -> None:
        """Wake everybody; may be called from any thread."""
        with self._mutex:
            waiting = list(self._waiting)
        for loop, heard in waiting:
            # A loop that has been closed has nobody left to wake.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(heard.set)


BELL = Bell()


def ring_after_commit(session: Session) -> None:
    """Ring once what this session has written can be seen."""
    session.info[_RINGS] = True


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    # A released savepoint is no commit: nobody else sees it yet.
    if session.get_nested_transaction() is None and session.info.pop(_RINGS, False):
        BELL.ring()
