"""Pages that are the same for everybody, kept a moment: longer while nothing is written anywhere."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from starlette.datastructures import Headers
from starlette.responses import Response

from citizen_space.kit.db import Database

Key = tuple[str, str]
# Shown without a question, whatever was written since: what a page says of free places is a courtesy, the act looks
# again under its lock. Who has just acted, or holds a place, is drawn pages of their own: see `Visit.shelf_key`.
_COURTESY = timedelta(milliseconds=300)
# Shown while nothing was written; what depends on the hour alone (sales that end, today's date) is never older.
_LONGEST = timedelta(seconds=1)
_MOST = 256
# A form's own id is for one act of one person: a page that carries one is drawn for each.
_PERSONAL = b'name="submission"'


@dataclass(frozen=True)
class _Kept:
    version: object
    at: datetime
    response: Response

    @cached_property
    def zipped(self) -> Response:
        """The same page as nearly every browser wants it."""
        made = Response(gzip.compress(bytes(self.response.body), 6, mtime=0))
        ours = [pair for pair in self.response.raw_headers if pair[0] != b"content-length"]
        made.raw_headers += [*ours, (b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        return made


class Shelf:
    """Keeps what was drawn, with the state of the database that it was drawn from."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[Key, _Kept] = {}
        self._drawing: dict[Key, Lock] = {}
        self._mutex = Lock()

    def show(self, key: Key, at: datetime, headers: Headers, draw: Callable[[], Response]) -> Response:
        """Give the page that is kept, or draw it: one draws, whoever asks meanwhile waits for that one."""
        kept = self._find(key, at)
        if kept is None:
            with self._lock_of(key):
                kept = self._find(key, at)
                if kept is None:
                    return self._draw(key, at, draw)
        return kept.zipped if "gzip" in headers.get("accept-encoding", "") else kept.response

    def _find(self, key: Key, at: datetime) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        age = abs(at - kept.at)  # who came a little earlier may find what a later visitor had drawn meanwhile
        if timedelta() < age < _COURTESY:
            return kept
        # A clock that is held still tells no age: then too the database is asked.
        return kept if age < _LONGEST and kept.version == self._database.version() else None

    def _lock_of(self, key: Key) -> Lock:
        with self._mutex:
            if len(self._drawing) >= _MOST:
                self._kept.clear()
                self._drawing.clear()
            return self._drawing.setdefault(key, Lock())

    def _draw(self, key: Key, at: datetime, draw: Callable[[], Response]) -> Response:
        # Asked before the page is read: what is written meanwhile makes the page old, never the old page new.
        version = self._database.version()
        response = draw()
        if response.status_code == 200 and "set-cookie" not in response.headers and _PERSONAL not in response.body:
            self._kept[key] = _Kept(version, at, response)
        return response
