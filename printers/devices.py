"""Printers by address: tcp, usb, serial, file, virtual; each can be asked how it is, some can answer.

tcp://host:9100                      a printer on the network
usb://04b8:0e15                      the printer of this maker and model, by the system's usblp driver
serial:///dev/ttyS0?baud=19200       a serial line (flow=none, xonxoff or rtscts)
file:///path                         a file or a device node such as /dev/usb/lp0
virtual://name                       no paper at all: bytes and pictures in a folder
"""

import contextlib
import os
import select
import socket
import stat
import termios
import time
import tty
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from printers.paper import keep_job

CONNECT_SECONDS: Final = 2.0
# A printer that goes on taking bytes is slow; one that takes none for so long is dead.
SEND_SECONDS: Final = 15.0
# Printers answer within a few milliseconds, unless they never do.
ANSWER_SECONDS: Final = 0.6
_PIECE: Final = 4096

_ASK_PRINTER: Final = b"\x10\x04\x01"
_ASK_OFFLINE_CAUSE: Final = b"\x10\x04\x02"
_ASK_PAPER: Final = b"\x10\x04\x04"

PaperState = Literal["enough", "low", "out", "unknown"]
CoverState = Literal["closed", "open", "unknown"]


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """How a printer says it is; `known` is false when it said nothing that can be believed."""

    online: bool
    paper: PaperState = "unknown"
    cover: CoverState = "unknown"
    known: bool = False

    @property
    def trouble(self) -> str:
        """Return what keeps it from printing, or nothing."""
        if self.cover == "open":
            return "capot ouvert"
        if self.paper == "out":
            return "plus de papier"
        return "imprimante hors ligne" if self.known and not self.online else ""


UNKNOWN: Final = DeviceStatus(online=True)


class DeviceUnavailable(Exception):
    """The printer cannot be reached: not a byte has gone out."""


class DeviceDied(Exception):
    """The printer stopped taking bytes: `sent` of them had gone out."""

    def __init__(self, sent: int, why: str) -> None:
        """Keep how many bytes had gone out."""
        super().__init__(why)
        self.sent = sent


class Device(Protocol):
    """One open connection to one printer."""

    def status(self, patience: float = ...) -> DeviceStatus:
        """Ask the printer how it is; wait so many seconds for each answer."""
        ...

    def send(self, data: bytes) -> None:
        """Hand over all the bytes or raise DeviceDied."""
        ...

    def close(self) -> None:
        """Let the printer go; raise DeviceDied when it turns out that it has not taken everything."""
        ...


def open_device(address: str, *, folder: Path | None = None, columns: int = 48) -> Device:
    """Open the printer at an address; `folder` is where virtual printers leave their paper."""
    parts = urlsplit(address)
    match parts.scheme:
        case "tcp":
            return TcpDevice(parts.hostname or "", parts.port or 9100)
        case "usb":
            return NodeDevice(find_usb_node(parts.netloc))
        case "serial":
            return _open_serial(parts)
        case "file":
            return _open_file(Path(unquote(parts.path)))
        case "virtual":
            from_environment = os.environ.get("PRINTERS_FOLDER", "var/paper")
            return VirtualDevice(unquote(parts.netloc), folder or Path(from_environment), columns)
    raise DeviceUnavailable(f"adresse inconnue : {address}")


class AskedDevice:
    """What answers to DLE EOT: the questions are the same on every wire."""

    answers = False

    def status(self, patience: float = ANSWER_SECONDS) -> DeviceStatus:
        """Ask for printer and paper, and when it is off line for the cause."""
        printer = self._ask(_ASK_PRINTER, patience)
        paper = self._ask(_ASK_PAPER, patience) if printer is not None else None
        if printer is None or paper is None:
            self.answers = False
            return UNKNOWN
        self.answers = True
        online = not printer & 0x08
        cause = None if online else self._ask(_ASK_OFFLINE_CAUSE, patience)
        return DeviceStatus(
            online=online,
            paper="out" if paper & 0x60 else "low" if paper & 0x0C else "enough",
            cover="closed" if online else "unknown" if cause is None else "open" if cause & 0x04 else "closed",
            known=True,
        )

    def _ask(self, question: bytes, patience: float) -> int | None:
        """Return the printer's answer, or None when it is mute or talks nonsense."""
        self._write(question)
        answer = self._read(patience)
        # Four bits of every answer are fixed: what differs is noise, not a status.
        return answer[-1] if answer and answer[-1] & 0x93 == 0x12 else None

    def _write(self, data: bytes) -> None:
        raise NotImplementedError

    def _read(self, seconds: float) -> bytes:
        raise NotImplementedError


class TcpDevice(AskedDevice):
    """A printer on the network, usually on port 9100."""

    def __init__(self, host: str, port: int) -> None:
        """Connect within two seconds."""
        try:
            self._socket = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
        except OSError as error:
            raise DeviceUnavailable(f"imprimante injoignable ({host}:{port})") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(SEND_SECONDS)
        self._has_sent = False

    def send(self, data: bytes) -> None:
        """Hand over all the bytes."""
        self._has_sent = True
        sent = 0
        try:
            while sent < len(data):
                sent += self._socket.send(data[sent : sent + _PIECE])
        except OSError as error:
            raise DeviceDied(sent, "connexion coupée pendant l’impression") from error

    def close(self) -> None:
        """Say goodbye; a printer that answers no questions shows here whether it lives."""
        if self._socket.fileno() < 0:
            return
        try:
            if self._has_sent and not self.answers:
                self._wait_for_goodbye()
        finally:
            self._socket.close()

    def _wait_for_goodbye(self) -> None:
        """Give a mute printer the time to refuse what it was sent: a reset means that it died."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(ANSWER_SECONDS)
            while self._socket.recv(_PIECE):
                pass
        except TimeoutError:
            return
        except OSError as error:
            raise DeviceDied(1, "connexion coupée pendant l’impression") from error

    def _write(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise DeviceUnavailable("connexion coupée") from error

    def _read(self, seconds: float) -> bytes:
        try:
            self._socket.settimeout(seconds)
            answer = self._socket.recv(64)
        except TimeoutError:
            return b""
        except OSError as error:
            raise DeviceUnavailable("connexion coupée") from error
        finally:
            self._socket.settimeout(SEND_SECONDS)
        if not answer:
            raise DeviceUnavailable("connexion fermée par l’imprimante")
        return answer


class NodeDevice(AskedDevice):
    """A printer behind a device node: USB by usblp, a serial line, a parallel port."""

    def __init__(self, path: Path) -> None:
        """Open the node without waiting for the printer."""
        try:
            self._node = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            raise DeviceUnavailable(f"imprimante injoignable ({path})") from error

    @property
    def number(self) -> int:
        """Return the file descriptor, for settings of the line."""
        return self._node

    def send(self, data: bytes) -> None:
        """Hand over all the bytes as fast as the printer takes them."""
        sent = 0
        while sent < len(data):
            if not self._is_ready_within(SEND_SECONDS):
                raise DeviceDied(sent, "l’imprimante ne prend plus rien")
            try:
                sent += os.write(self._node, data[sent : sent + _PIECE])
            except BlockingIOError:
                continue
            except OSError as error:
                raise DeviceDied(sent, "imprimante débranchée pendant l’impression") from error

    def close(self) -> None:
        """Let the node go."""
        if self._node >= 0:
            os.close(self._node)
        self._node = -1

    def _is_ready_within(self, seconds: float) -> bool:
        return bool(select.select([], [self._node], [], seconds)[1])

    def _write(self, data: bytes) -> None:
        try:
            if self._is_ready_within(ANSWER_SECONDS):
                os.write(self._node, data)
        except OSError as error:
            raise DeviceUnavailable("imprimante débranchée") from error

    def _read(self, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and select.select([self._node], [], [], left)[0]:
            try:
                if answer := os.read(self._node, 64):
                    return answer
            except BlockingIOError:
                continue
            except OSError:
                return b""
            # usblp answers at once with nothing when nothing is there.
            time.sleep(0.01)
        return b""


class FileDevice:
    """An ordinary file: jobs are appended to it."""

    def __init__(self, path: Path) -> None:
        """Open the file at its end."""
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise DeviceUnavailable(f"fichier inaccessible ({path})") from error

    def status(self, patience: float = ANSWER_SECONDS) -> DeviceStatus:
        """Return that nothing is known: a file has no paper."""
        return UNKNOWN

    def send(self, data: bytes) -> None:
        """Append all the bytes."""
        sent = 0
        try:
            while sent < len(data):
                sent += os.write(self._file, data[sent:])
        except OSError as error:
            raise DeviceDied(sent, "écriture interrompue") from error

    def close(self) -> None:
        """Let the file go."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


class VirtualDevice:
    """No printer at all: each job becomes a .bin, an .svg and a .png in a folder."""

    def __init__(self, name: str, folder: Path, columns: int) -> None:
        """Make the folder."""
        self._name = name or "virtual"
        self._folder = folder
        self._columns = columns
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeviceUnavailable(f"dossier inaccessible ({folder})") from error

    def status(self, patience: float = ANSWER_SECONDS) -> DeviceStatus:
        """Return that all is well: this paper never ends."""
        return DeviceStatus(online=True, paper="enough", cover="closed", known=True)

    def send(self, data: bytes) -> None:
        """Keep the job and draw it."""
        try:
            keep_job(data, folder=self._folder, name=self._name, columns=self._columns)
        except OSError as error:
            raise DeviceDied(0, "papier virtuel inaccessible") from error

    def close(self) -> None:
        """Do nothing: every job is a file of its own."""


def find_usb_node(identity: str, system: Path = Path("/sys/class/usbmisc"), nodes: Path = Path("/dev/usb")) -> Path:
    """Return the device node of the USB printer with this maker and model number (04b8:0e15)."""
    maker, _, model = identity.lower().partition(":")
    for entry in sorted(system.glob("lp*")):
        # The class entry points at the interface; maker and model are written one level up.
        device = entry.resolve() / "device" / ".."
        with contextlib.suppress(OSError):
            found = [(device / name).read_text().strip().lower() for name in ("idVendor", "idProduct")]
            if found == [maker, model]:
                return nodes / entry.name
    raise DeviceUnavailable(f"imprimante USB {identity} non branchée")


def _open_file(path: Path) -> Device:
    with contextlib.suppress(OSError):
        if stat.S_ISCHR(path.stat().st_mode):
            return NodeDevice(path)
    return FileDevice(path)


def _open_serial(parts: SplitResult) -> Device:
    wanted = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    speed = getattr(termios, f"B{wanted.get('baud', '19200')}", None)
    if speed is None:
        raise DeviceUnavailable(f"vitesse inconnue : {wanted['baud']}")
    device = NodeDevice(Path(unquote(parts.path)))
    try:
        _set_line(device.number, speed, wanted.get("flow", "none"))
    except termios.error as error:
        device.close()
        raise DeviceUnavailable(f"ce n’est pas une liaison série ({parts.path})") from error
    return device


def _set_line(number: int, speed: int, flow: str) -> None:
    """Set eight bits, no parity, one stop bit, nothing translated, at this speed."""
    tty.setraw(number)
    line = termios.tcgetattr(number)
    line[0] = line[0] | termios.IXON | termios.IXOFF if flow == "xonxoff" else line[0] & ~(termios.IXON | termios.IXOFF)
    line[2] |= termios.CLOCAL | termios.CREAD
    line[2] = line[2] | termios.CRTSCTS if flow == "rtscts" else line[2] & ~termios.CRTSCTS
    line[4] = line[5] = speed
    termios.tcsetattr(number, termios.TCSANOW, line)
