"""QR codes, drawn once each.

A ticket's code is made while somebody waits, so what all codes of a size share is worked out once, and a code of
capitals and digits is no more than its bits put in their places. Any other text is left to segno.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

import segno
from segno import consts

# The standard has an encoder try all eight masks and weigh each: seven eighths of the time a code takes. What we print
# is signed or drawn at random, so no mask meets a pattern of its own making, and a reader takes any of them.
_MASK = 0
_SIGNS = {sign: value for value, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_LARGEST = 6  # from the seventh on, a code also carries its own size, and its blocks are of two lengths
_WIDEST = 177
# A run of dark modules is a stroke, one of light modules a step.
_STROKES = {"1" * n: f"h{n}" for n in range(1, _WIDEST + 1)} | {"0" * n: f"m{n} 0" for n in range(1, _WIDEST + 1)}


@dataclass(frozen=True)
class Code:
    """The modules of a code, row by row: 1 is dark."""

    rows: tuple[str, ...]


@lru_cache(maxsize=256)
def make_code(text: str) -> Code:
    """Make a code; the page, the mail and the next look at the page share it."""
    if _SIGNS.keys() >= set(text):
        for size in range(1, _LARGEST + 1):
            form = _form(size)
            if _bits_of(text) <= 8 * form.blocks * form.data:
                return Code(form.place(_protect(_write(text, form), form)))
    made = segno.make(text, error="m", micro=False, mask=_MASK)
    return Code(tuple("".join(map(str, row)) for row in made.matrix))


# -- how it looks -----------------------------------------------------------------------------------------------------


def draw_path(code: Code, border: int) -> str:
    """Draw the dark modules as the path of an SVG, one unit each: strokes along the rows."""
    return "".join(f"M{border} {y}.5{_strokes(row)}" for y, row in enumerate(code.rows, start=border))


def _strokes(row: str) -> str:
    runs = row.rstrip("0").replace("01", "0 1").replace("10", "1 0").split()
    return "".join(map(_STROKES.__getitem__, runs))


def draw_png(code: Code, *, scale: int, border: int = 4) -> bytes:
    """Draw a code as a picture of black and white, so many dots a module."""
    width = scale * (len(code.rows) + 2 * border)
    light, dark, edge = "1" * scale, "0" * scale, "1" * scale * border
    widened = str.maketrans({"0": light, "1": dark})
    blank = scale * border * _scanline("1" * width)
    lines = (scale * _scanline(edge + row.translate(widened) + edge) for row in code.rows)
    header = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join([blank, *lines, blank]))
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _scanline(bits: str) -> bytes:
    padded = bits + "0" * (-len(bits) % 8)
    return b"\0" + int(padded, 2).to_bytes(len(padded) // 8)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# -- from signs to modules (ISO/IEC 18004) -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Form:
    """What all codes of one size share: their blocks, and for each module which bit of the stream it shows."""

    side: int
    blocks: int
    data: int
    spare: int
    left_over: int
    masked: int
    pick: Callable[[str], Iterable[str]]

    def place(self, codewords: bytes) -> tuple[str, ...]:
        """Put every bit in its place, masked, among the patterns that never change."""
        count = 8 * len(codewords) + self.left_over
        stream = (int.from_bytes(codewords) << self.left_over) ^ self.masked
        modules = "".join(self.pick(f"{stream:0{count}b}01"))
        return tuple(modules[start : start + self.side] for start in range(0, len(modules), self.side))


@cache
def _form(size: int) -> _Form:
    tables: Any = consts.ECC
    (block,) = tables[size][consts.ERROR_LEVEL_M]
    side = 17 + 4 * size
    places = list(_places(side))
    count = 8 * block.num_blocks * block.num_total
    fixed: Sequence[Sequence[int]] = segno.make("0", version=size, error="m", mask=_MASK, boost_error=False).matrix
    # Behind the stream's own bits stand a 0 and a 1, which the modules that never change show.
    shown = [[len(places) + module for module in row] for row in fixed]
    masked = 0
    for bit, (row, column) in enumerate(places):
        shown[row][column] = bit
        masked = masked << 1 | ((row + column) % 2 == 0)
    pick = itemgetter(*chain.from_iterable(shown))
    spare = block.num_total - block.num_data
    return _Form(side, block.num_blocks, block.num_data, spare, len(places) - count, masked, pick)


def _places(side: int) -> Iterator[tuple[int, int]]:
    """Where the bits go: up and down in columns of two, from the right, round the patterns."""
    for pair, right in enumerate(column - (column <= 6) for column in range(side - 1, 0, -2)):
        for row in range(side) if pair % 2 else range(side - 1, -1, -1):
            for column in (right, right - 1):
                if not _is_pattern(row, column, side):
                    yield row, column


def _is_pattern(row: int, column: int, side: int) -> bool:
    in_corner = (row < 9 and (column < 9 or column >= side - 8)) or (row >= side - 8 and column < 9)
    aligns = side > 21 and abs(row - side + 7) <= 2 and abs(column - side + 7) <= 2
    return in_corner or aligns or row == 6 or column == 6


def _bits_of(text: str) -> int:
    return 4 + 9 + 11 * (len(text) // 2) + 6 * (len(text) % 2)


def _write(text: str, form: _Form) -> bytes:
    """Write the signs two by two in eleven bits, and fill up as the standard says."""
    bits = 0b0010 << 9 | len(text)
    for first, second in zip(text[::2], text[1::2], strict=False):
        bits = bits << 11 | (45 * _SIGNS[first] + _SIGNS[second])
    if len(text) % 2:
        bits = bits << 6 | _SIGNS[text[-1]]
    used, room = _bits_of(text), 8 * form.blocks * form.data
    end = min(4, room - used)
    end += -(used + end) % 8
    written = (bits << end).to_bytes((used + end) // 8)
    return (written + b"\xec\x11" * (room // 16 + 1))[: room // 8]


def _protect(data: bytes, form: _Form) -> bytes:
    """Add what lets a reader mend a dirty code, and interleave the blocks."""
    blocks = [data[start : start + form.data] for start in range(0, len(data), form.data)]
    spares = [_spare_of(block, form.spare) for block in blocks]
    return bytes(chain.from_iterable(chain(zip(*blocks, strict=True), zip(*spares, strict=True))))


def _spare_of(block: bytes, count: int) -> bytes:
    multiples, top, most = _multiples(count), 8 * (count - 1), (1 << 8 * count) - 1
    rest = 0
    for byte in block:
        rest = (rest << 8 & most) ^ multiples[byte ^ rest >> top]
    return rest.to_bytes(count)


@cache
def _multiples(count: int) -> tuple[int, ...]:
    """The polynomial of so many spare bytes, times every byte there is."""
    exponents = consts.GEN_POLY[count]
    return tuple(
        int.from_bytes(bytes(consts.GALIOS_EXP[consts.GALIOS_LOG[byte] + one] if byte else 0 for one in exponents))
        for byte in range(256)
    )
