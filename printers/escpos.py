"""A strict reader of ESC/POS: from bytes back to what stands on the paper.

It is the preview a person sees, the oracle of the tests and the heart of the virtual printer. Anything it does not
know, and anything a printer would silently swallow (a code too wide, a line beyond the edge), is an error with its
offset.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from printers.document import LONGEST_QR, Align, CodeKind, Cut, Kick, ean13_check_digit
from printers.layout import CELL, Barcode, Element, Feed, Line, Qr, Raster, Run, code_modules
from printers.letters import CODE_PAGES

_PAGES: Final = {number: name for name, number in CODE_PAGES.items()}
_ALIGNS: Final[dict[int, Align]] = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
_BARCODES: Final[dict[int, CodeKind]] = {67: "ean13", 73: "code128"}


class NotEscPos(ValueError):
    """These bytes are not a job that a printer would print as it was meant."""

    def __init__(self, offset: int, why: str) -> None:
        """Keep where it is and why."""
        super().__init__(f"byte {offset}: {why}")
        self.offset = offset
        self.why = why


class _TooFew(Exception):
    """The command is not complete yet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The other side asked for the printer's status n (DLE EOT n)."""

    status: int


@dataclass(slots=True)
class Reader:
    """A printer's mind: fed bytes in pieces of any size, it gives what was drawn; settings last from job to job."""

    columns: int = 48
    offset: int = 0
    # What another program may have left behind; ESC @ resets all but the number of columns.
    code_page: str = "cp437"
    align: Align = "left"
    look: Run = field(default_factory=lambda: Run(""))
    module: int = 3
    correction: int = 48
    stored: bytes = b""
    barcode_height: int = 162
    barcode_module: int = 3
    runs: list[Run] = field(default_factory=list)
    drawn: list[Element | Asked] = field(default_factory=list)
    waiting: bytes = b""

    def feed(self, data: bytes) -> list[Element | Asked]:
        """Read these bytes after all earlier ones; return what they draw and ask."""
        self.waiting += data
        place = 0
        try:
            while place < len(self.waiting):
                place += self._read(self.waiting, place)
        except _TooFew:
            pass
        except NotEscPos as wrong:
            raise NotEscPos(self.offset + wrong.offset, wrong.why) from None
        finally:
            self.waiting = self.waiting[place:]
            self.offset += place
        drawn, self.drawn = self.drawn, []
        return drawn

    def finish(self) -> None:
        """Say that the job ends here: half a command or half a line is an error."""
        if self.waiting:
            raise NotEscPos(self.offset, "the job ends inside a command")
        if self.runs:
            raise NotEscPos(self.offset, "the job ends inside a line")

    def _read(self, data: bytes, place: int) -> int:
        """Read one command or the letters up to the next; return how many bytes it took."""
        byte = data[place]
        if byte >= 0x20 and byte != 0x7F:
            return self._read_letters(data, place)
        if byte == 0x0A:
            self._end_line(place)
            return 1
        if byte not in (0x10, 0x1B, 0x1C, 0x1D):
            raise NotEscPos(place, f"no printer command begins with {byte:02X}")
        code = _take(data, place + 1, 1)
        command = _COMMANDS.get(bytes([byte]) + code)
        if command is None:
            raise NotEscPos(place, f"unknown command {byte:02X} {code.hex().upper()}")
        return 2 + command(self, data, place + 2)

    def _read_letters(self, data: bytes, place: int) -> int:
        end = place
        while end < len(data) and data[end] >= 0x20 and data[end] != 0x7F:
            end += 1
        try:
            text = data[place:end].decode(self.code_page)
        except UnicodeDecodeError as wrong:
            raise NotEscPos(
                place + wrong.start, f"{data[place + wrong.start]:02X} is no letter of {self.code_page}"
            ) from None
        run = replace(self.look, text=text)
        if self.runs and replace(self.runs[-1], text="") == replace(run, text=""):
            run = replace(run, text=self.runs.pop().text + text)
        self.runs.append(run)
        if sum(run.width_dots for run in self.runs) > self.columns * CELL:
            raise NotEscPos(place, "the line is longer than the paper is wide")
        return end - place

    def _end_line(self, place: int) -> None:
        self.drawn.append(Line(tuple(self.runs), self.align) if self.runs else Line())
        self.runs = []

    def _draw(self, place: int, element: Element) -> None:
        """Draw what begins a line of its own."""
        if self.runs:
            raise NotEscPos(place, "a line is not ended before this")
        self.drawn.append(element)

    def _reset(self, data: bytes, place: int) -> int:
        if self.runs:
            raise NotEscPos(place, "a reset in the middle of a line")
        fresh = Reader(columns=self.columns)
        for name in (
            "code_page",
            "align",
            "look",
            "module",
            "correction",
            "stored",
            "barcode_height",
            "barcode_module",
        ):
            setattr(self, name, getattr(fresh, name))
        return 0

    def _choose_page(self, data: bytes, place: int) -> int:
        number = _take(data, place, 1)[0]
        if number not in _PAGES:
            raise NotEscPos(place, f"unknown code page {number}")
        self.code_page = _PAGES[number]
        return 1

    def _set_align(self, data: bytes, place: int) -> int:
        if self.runs:
            raise NotEscPos(place, "alignment counts at the beginning of a line only")
        self.align = _ALIGNS[_one_of(data, place, set(_ALIGNS))]
        return 1

    def _set_size(self, data: bytes, place: int) -> int:
        size = _take(data, place, 1)[0]
        if size & 0x88:
            raise NotEscPos(place, f"unknown size {size:02X}")
        self.look = replace(self.look, times_wide=(size >> 4) + 1, times_high=(size & 7) + 1)
        return 1

    def _set_modes(self, data: bytes, place: int) -> int:
        """ESC ! sets font, weight, size and underline at once."""
        modes = _take(data, place, 1)[0]
        self.look = replace(
            self.look,
            small=bool(modes & 1),
            bold=bool(modes & 8),
            times_high=2 if modes & 16 else 1,
            times_wide=2 if modes & 32 else 1,
            underlined=bool(modes & 128),
        )
        return 1

    def _set_bold(self, data: bytes, place: int) -> int:
        self.look = replace(self.look, bold=_one_of(data, place, {0, 1}) == 1)
        return 1

    def _set_inverted(self, data: bytes, place: int) -> int:
        self.look = replace(self.look, inverted=_one_of(data, place, {0, 1}) == 1)
        return 1

    def _set_underlined(self, data: bytes, place: int) -> int:
        self.look = replace(self.look, underlined=_one_of(data, place, {0, 1, 2, 48, 49, 50}) % 48 > 0)
        return 1

    def _set_font(self, data: bytes, place: int) -> int:
        self.look = replace(self.look, small=_one_of(data, place, {0, 1, 48, 49}) % 48 == 1)
        return 1

    def _feed(self, data: bytes, place: int) -> int:
        self._draw(place, Feed(_take(data, place, 1)[0]))
        return 1

    def _cut(self, data: bytes, place: int) -> int:
        mode = _one_of(data, place, {0, 1, 48, 49, 65, 66})
        taken = 2 if mode in (65, 66) else 1
        _take(data, place, taken)
        self._draw(place, Cut(partial=mode in (1, 49, 66)))
        return taken

    def _kick(self, data: bytes, place: int) -> int:
        _one_of(data, place, {0, 1, 48, 49})
        _take(data, place, 3)
        self.drawn.append(Kick())
        return 3

    def _cancel_kanji(self, data: bytes, place: int) -> int:
        return 0

    def _answer(self, data: bytes, place: int) -> int:
        self.drawn.append(Asked(_one_of(data, place, {1, 2, 3, 4})))
        return 1

    def _set_barcode_height(self, data: bytes, place: int) -> int:
        self.barcode_height = _one_of(data, place, set(range(1, 256)))
        return 1

    def _set_barcode_module(self, data: bytes, place: int) -> int:
        self.barcode_module = _one_of(data, place, {2, 3, 4, 5, 6})
        return 1

    def _set_barcode_words(self, data: bytes, place: int) -> int:
        # Words drawn by the printer would stand where our layout knows nothing of them.
        _one_of(data, place, {0, 48})
        return 1

    def _barcode(self, data: bytes, place: int) -> int:
        kind = _BARCODES.get(_take(data, place, 1)[0])
        if kind is None:
            raise NotEscPos(place, "only EAN-13 and Code 128 by function B are known")
        length = _take(data, place, 2)[1]
        body = _take(data, place + 2, length)
        text = _ean13(body, place) if kind == "ean13" else _code128(body, place)
        self._check_width(place, code_modules(kind, text) * self.barcode_module)
        self._draw(place, Barcode(kind, text, self.barcode_module, self.barcode_height, self.align))
        return 2 + length

    def _symbol(self, data: bytes, place: int) -> int:
        """GS ( k: the QR code, in four steps."""
        letter, low, high = _take(data, place, 3)
        length = low + 256 * high
        if letter != ord("k") or length < 3:
            raise NotEscPos(place, "only the QR code is known of GS (")
        body = _take(data, place + 3, length)
        if body[0] != 49:
            raise NotEscPos(place, "only the QR code is known of GS ( k")
        match body[1]:
            case 65 if body[2:] == b"2\x00":
                pass
            case 67 if length == 3 and 1 <= body[2] <= 16:
                self.module = body[2]
            case 69 if length == 3 and 48 <= body[2] <= 51:
                self.correction = body[2]
            case 80 if body[2] == 48 and length > 3:
                self.stored = body[3:]
            case 81 if body[2:] == b"0":
                self._print_symbol(place)
            case _:
                raise NotEscPos(place, f"unknown step {body[1:3].hex()} of a QR code")
        return 3 + length

    def _print_symbol(self, place: int) -> None:
        try:
            text = self.stored.decode()
        except UnicodeDecodeError:
            raise NotEscPos(place, "the QR code's data is not UTF-8") from None
        if not 1 <= len(self.stored) <= LONGEST_QR:
            raise NotEscPos(place, "a QR code without data, or with more than the paper bears")
        if self.correction != 49:
            raise NotEscPos(place, "a QR code on paper needs error correction M")
        self._check_width(place, code_modules("qr", text) * self.module)
        self._draw(place, Qr(text, self.module, self.align))

    def _raster(self, data: bytes, place: int) -> int:
        """GS v 0: a picture."""
        head = _take(data, place, 6)
        if head[:2] not in (b"0\x00", b"00"):
            raise NotEscPos(place, "only pictures of normal density are known")
        across, height = head[2] + 256 * head[3], head[4] + 256 * head[5]
        bits = _take(data, place + 6, across * height)
        self._check_width(place, across * 8)
        self._draw(place, Raster(across * 8, height, bits, self.align))
        return 6 + len(bits)

    def _check_width(self, place: int, dots: int) -> None:
        if dots > self.columns * CELL:
            raise NotEscPos(place, f"{dots} dots are wider than the paper: a printer prints nothing")


_COMMANDS: Final[dict[bytes, Callable[[Reader, bytes, int], int]]] = {
    b"\x10\x04": Reader._answer,
    b"\x1b@": Reader._reset,
    b"\x1bt": Reader._choose_page,
    b"\x1ba": Reader._set_align,
    b"\x1bE": Reader._set_bold,
    b"\x1b-": Reader._set_underlined,
    b"\x1bM": Reader._set_font,
    b"\x1b!": Reader._set_modes,
    b"\x1bd": Reader._feed,
    b"\x1bp": Reader._kick,
    b"\x1c.": Reader._cancel_kanji,
    b"\x1d!": Reader._set_size,
    b"\x1dB": Reader._set_inverted,
    b"\x1dV": Reader._cut,
    b"\x1dh": Reader._set_barcode_height,
    b"\x1dw": Reader._set_barcode_module,
    b"\x1dH": Reader._set_barcode_words,
    b"\x1dk": Reader._barcode,
    b"\x1d(": Reader._symbol,
    b"\x1dv": Reader._raster,
}


def interpret(data: bytes, columns: int = 48) -> tuple[Element, ...]:
    """Return what one whole job draws on paper of so many columns."""
    reader = Reader(columns=columns)
    drawn = reader.feed(data)
    reader.finish()
    return tuple(element for element in drawn if not isinstance(element, Asked))


def _take(data: bytes, place: int, count: int) -> bytes:
    taken = data[place : place + count]
    if len(taken) < count:
        raise _TooFew
    return taken


def _one_of(data: bytes, place: int, allowed: set[int]) -> int:
    value = _take(data, place, 1)[0]
    if value not in allowed:
        raise NotEscPos(place, f"{value} is not a value of this command")
    return value


def _ean13(body: bytes, place: int) -> str:
    text = body.decode("latin-1")
    if len(text) != 13 or not text.isdigit() or text[12] != ean13_check_digit(text):
        raise NotEscPos(place, f"{text!r} is not an EAN-13")
    return text


def _code128(body: bytes, place: int) -> str:
    """Return what a Code 128 says: code set B with its doubled braces, or C with its pairs of digits."""
    if body[:2] == b"{C" and len(body) > 2 and max(body[2:]) < 100:
        return "".join(f"{pair:02d}" for pair in body[2:])
    text = body[2:].decode("latin-1")
    bare = text.replace("{{", "")
    if body[:2] != b"{B" or not text or "{" in bare or not all(" " <= char <= "~" for char in text):
        raise NotEscPos(place, "not a Code 128 of code set B or C")
    return text.replace("{{", "{")
