"""A printer that is not there: listens as one on port 9100 does, answers, draws its paper, and fails when told to.

python -m printers.virtual --port 9100 --folder var/paper
"""

import argparse
import contextlib
import signal
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from printers.devices import PaperState
from printers.document import Cut
from printers.escpos import Asked, NotEscPos, Reader
from printers.layout import Element
from printers.paper import keep_job

_PIECE: Final = 4096
_WAKE_SECONDS: Final = 0.1
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Faults:
    """What goes wrong with this printer."""

    # The connection is reset after so many bytes of the next job; once.
    die_at: int | None = None
    # The paper ends after so many bytes of the next job.
    paper_out_at: int | None = None
    paper: PaperState = "enough"
    cover_open: bool = False
    mute: bool = False
    garbage: bool = False
    # It takes `piece` bytes, then rests.
    rest_seconds: float = 0.0
    piece: int = _PIECE


class VirtualPrinter:
    """A listener that prints one connection at a time, as printers do."""

    def __init__(
        self,
        port: int = 0,
        *,
        folder: Path | None = None,
        columns: int = 48,
        name: str = "paper",
        faults: Faults | None = None,
    ) -> None:
        """Take the port; nothing is answered before start()."""
        self.faults = faults or Faults()
        self.jobs: list[bytes] = []
        self.errors: list[NotEscPos] = []
        # All that ever stood on its paper, parts of broken jobs too.
        self.drawn: list[Element] = []
        self._folder, self._columns, self._name = folder, columns, name
        self._reader = Reader(columns=columns)
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(_WAKE_SECONDS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"virtual-{name}", daemon=True)

    @property
    def address(self) -> str:
        """Return the address by which an agent reaches it."""
        return f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, as if the plug were pulled."""
        self._stop.set()
        self._thread.join(timeout=5)
        self._listener.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_WAKE_SECONDS)
                _Job(self, connection).take()

    def read(self, data: bytes) -> list[Element | Asked]:
        """Read bytes as the printer's mind does; after nonsense it forgets what it was doing."""
        try:
            return self._reader.feed(data)
        except NotEscPos as wrong:
            self.errors.append(wrong)
            self._reader = Reader(columns=self._columns)
            return []

    @property
    def waiting(self) -> bytes:
        """Return the command that is not complete yet."""
        return self._reader.waiting

    @property
    def stopped(self) -> bool:
        """Return whether the plug is pulled."""
        return self._stop.is_set()

    def rest(self, seconds: float) -> None:
        """Take no bytes for a while, unless the plug is pulled."""
        self._stop.wait(seconds)

    def keep(self, data: bytes, *, broken: bool) -> None:
        """Keep a job that ended; what a broken one left is a torn piece of paper and no job."""
        if broken:
            self._reader = Reader(columns=self._columns, code_page=self._reader.code_page)
            return
        self.jobs.append(data)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            keep_job(data, folder=self._folder, name=self._name, columns=self._columns)

    def answer(self, question: int) -> bytes:
        """Return the answer to DLE EOT n."""
        faults = self.faults
        if faults.mute:
            return b""
        if faults.garbage:
            return b"\xff"
        out, cover = faults.paper == "out", faults.cover_open
        bits = {
            1: 0x08 if out or cover else 0,
            2: (0x04 if cover else 0) | (0x20 if out else 0),
            3: 0,
            4: 0x60 if out else 0x0C if faults.paper == "low" else 0,
        }
        return bytes([0x12 | bits[question]])


class _Job:
    """One connection to the printer, from its first byte to its last."""

    def __init__(self, printer: VirtualPrinter, connection: socket.socket) -> None:
        self._printer = printer
        self._connection = connection
        self._data = b""
        self._asked = 0
        self._has_drawn = False

    @property
    def _counted(self) -> int:
        """Return how many bytes of the job itself have come: questions do not count."""
        waiting = self._printer.waiting
        return len(self._data) - 3 * self._asked - (len(waiting) if waiting.startswith(b"\x10") else 0)

    def take(self) -> None:
        """Take bytes until the other side has said all, or the printer dies."""
        while not self._must_die():
            piece = self._receive()
            if not piece:
                break
            self._data += piece
            for drawn in self._printer.read(piece):
                self._obey(drawn)
        else:
            self._die()
        dead = self._connection.fileno() < 0
        if dead or self._has_drawn or self._printer.waiting:
            self._printer.keep(self._data, broken=dead)

    def _receive(self) -> bytes:
        """Return the next piece, never beyond the byte at which a fault waits."""
        faults = self._printer.faults
        size = faults.piece
        for limit in (faults.die_at, faults.paper_out_at):
            if limit is not None and limit > self._counted:
                size = min(size, limit - self._counted)
        while True:
            try:
                piece = self._connection.recv(size)
            except TimeoutError:
                if not self._printer.stopped:
                    continue
                self._die()
                return b""
            self._printer.rest(faults.rest_seconds)
            return piece

    def _must_die(self) -> bool:
        faults = self._printer.faults
        if faults.paper_out_at is not None and self._counted >= faults.paper_out_at:
            faults.paper, faults.paper_out_at = "out", None
        return faults.die_at is not None and self._counted >= faults.die_at

    def _die(self) -> None:
        """Reset the connection: the other side learns nothing more."""
        self._printer.faults.die_at = None
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._connection.close()

    def _obey(self, drawn: Element | Asked) -> None:
        if isinstance(drawn, Asked):
            self._asked += 1
            if answer := self._printer.answer(drawn.status):
                self._connection.sendall(answer)
            return
        if self._printer.faults.paper != "out" or isinstance(drawn, Cut):
            self._printer.drawn.append(drawn)
        self._has_drawn = True


def main() -> None:
    """Run a virtual printer until told to stop."""
    parser = argparse.ArgumentParser(description="A virtual receipt printer on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--folder", type=Path, default=Path("var/paper"))
    parser.add_argument("--columns", type=int, default=48)
    parser.add_argument("--name", default="paper")
    wanted = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with VirtualPrinter(wanted.port, folder=wanted.folder, columns=wanted.columns, name=wanted.name) as printer:
        print(f"virtual printer at {printer.address}, paper in {wanted.folder}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
