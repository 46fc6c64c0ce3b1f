"""From blocks to lines on paper of a known width: the one place where text is wrapped and aligned.

Renderer, preview and the interpreter of ESC/POS all speak in these elements, so they can be compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from printers.document import (
    Align,
    Block,
    Code,
    CodeKind,
    Columns,
    Cut,
    Document,
    Kick,
    Picture,
    Rule,
    Size,
    Space,
    Text,
)
from printers.letters import NO_BREAK, fit

# Dots of one cell of font A (normal) and font B (small) at 203 dpi.
CELL: Final = 12
CELL_HEIGHT: Final = 24
SMALL_CELL: Final = 9
SMALL_CELL_HEIGHT: Final = 17
LINE_HEIGHT: Final = 30
TIMES: Final = {"small": 1, "normal": 1, "large": 2, "huge": 3}

BARCODE_HEIGHT: Final = 72
# Bytes that a QR code of version 1, 2, … carries at error correction level M.
_QR_BYTES: Final = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504)
# The label left, the amounts right; a row has eight cells at most.
_USUAL_ALIGNS: Final[tuple[Align, ...]] = ("left", "right", "right", "right", "right", "right", "right", "right")
# A label in a narrower cell keeps all of its width when it wraps.
_HANGING_FROM: Final = 14
_QUIET_QR: Final = 8
_QUIET_BARCODE: Final = 20


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look."""

    text: str
    times_wide: int = 1
    times_high: int = 1
    small: bool = False
    bold: bool = False
    inverted: bool = False
    underlined: bool = False

    @property
    def cell_dots(self) -> int:
        """Return how wide one letter is."""
        return (SMALL_CELL if self.small else CELL) * self.times_wide

    @property
    def width_dots(self) -> int:
        """Return how wide all of it is."""
        return self.cell_dots * len(self.text)

    @property
    def height_dots(self) -> int:
        """Return how high its letters are."""
        return (SMALL_CELL_HEIGHT if self.small else CELL_HEIGHT) * self.times_high


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; an empty one is left-aligned."""

    runs: tuple[Run, ...] = ()
    align: Align = "left"

    @property
    def text(self) -> str:
        """Return its words."""
        return "".join(run.text for run in self.runs)

    @property
    def width_dots(self) -> int:
        """Return how much of the paper's width it takes."""
        return sum(run.width_dots for run in self.runs)

    @property
    def height_dots(self) -> int:
        """Return how far the paper moves."""
        return max([LINE_HEIGHT, *(run.height_dots for run in self.runs)])


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code drawn by the printer itself; `module` is the side of one of its squares, in dots."""

    data: str
    module: int
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode drawn by the printer itself; `module` is its thinnest bar, in dots."""

    kind: CodeKind
    data: str
    module: int
    height: int = BARCODE_HEIGHT
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture: rows of bits, eight to a byte, 1 is black."""

    width: int
    height: int
    bits: bytes
    align: Align = "center"


Element = Line | Feed | Qr | Barcode | Raster | Cut | Kick


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The paper a document is set on."""

    columns: int
    narrow: bool
    code_page: str

    @property
    def dots(self) -> int:
        return self.columns * CELL

    def capacity(self, size: Size) -> int:
        """Return how many letters of this size stand side by side."""
        return self.dots // (SMALL_CELL if size == "small" else CELL * TIMES[size])


def layout(document: Document, columns: int = 48, code_page: str = "cp1252") -> tuple[Element, ...]:
    """Set a document on paper of so many columns (48 for 80 mm, 32 for 58 mm), in letters of this code page."""
    used = min(columns, document.width or columns)
    sheet = _Sheet(columns=used, narrow=used < columns, code_page=code_page)
    return tuple(element for block in document.blocks for element in _set_block(block, sheet))


def code_modules(kind: CodeKind, data: str) -> int:
    """Return how many modules wide a code is, quiet zones included."""
    if kind == "ean13":
        return 95 + _QUIET_BARCODE
    if kind == "code128":
        symbols = len(data) // 2 if uses_digit_pairs(data) else len(data)
        return 11 * (symbols + 2) + 13 + _QUIET_BARCODE
    size = len(data.encode())
    version = next(number for number, most in enumerate(_QR_BYTES, start=1) if size <= most)
    return 17 + 4 * version + _QUIET_QR


def uses_digit_pairs(data: str) -> bool:
    """Return whether a Code 128 packs two digits into one symbol (code set C)."""
    return data.isdigit() and len(data) % 2 == 0


def wrap(text: str, capacity: int) -> list[str]:
    """Break a text into lines by words; an indent is kept on every line, a word too long is broken."""
    return [line for paragraph in text.split("\n") for line in _wrap_paragraph(paragraph, capacity)]


def _set_block(block: Block, sheet: _Sheet) -> Iterator[Element]:
    match block:
        case Text():
            yield from _set_text(block, sheet)
        case Columns():
            lines = _set_columns(block, sheet)
            yield from (_line(line, sheet, block.size, bold=block.bold) for line in lines)
        case Rule(char):
            capacity = sheet.capacity("normal")
            yield _line((fit(char, sheet.code_page) * capacity)[:capacity], sheet)
        case Code():
            yield from _set_code(block, sheet)
        case Picture():
            yield from _set_picture(block, sheet)
        case Space(lines=count):
            yield Feed(count)
        case Cut() | Kick():
            yield block


def _set_picture(picture: Picture, sheet: _Sheet) -> Iterator[Raster]:
    """Set a picture as it is, or every second dot of it where the paper is narrower; none that is wider still."""
    across, dots = picture.width // 8, picture.dots
    rows = [int.from_bytes(dots[at : at + across]) for at in range(0, len(dots), across)]
    width = picture.width
    if width > sheet.dots:
        width = picture.width // 16 * 8
        rows = [_every_second(row, picture.width, width) for row in rows[::2]]
    if 0 < width <= sheet.dots:
        bits = b"".join(row.to_bytes(width // 8) for row in rows)
        yield Raster(width, len(rows), bits, "center" if sheet.narrow else picture.align)


def _every_second(row: int, width: int, half: int) -> int:
    """Return a row of dots at half its width."""
    return sum((row >> (width - 1 - 2 * place) & 1) << (half - 1 - place) for place in range(half))


def _set_text(block: Text, sheet: _Sheet) -> Iterator[Line]:
    capacity = sheet.capacity(block.size)
    # White on black needs a black edge before the first and after the last letter.
    room = capacity - 2 if block.inverted else capacity
    for text in wrap(fit(block.text, sheet.code_page), room):
        if block.inverted:
            text = f" {_pad(text, room, block.align)} "
        yield _line(text, sheet, block.size, block.align, bold=block.bold, inverted=block.inverted)


def _line(
    text: str,
    sheet: _Sheet,
    size: Size = "normal",
    align: Align = "left",
    *,
    bold: bool = False,
    inverted: bool = False,
) -> Line:
    text = text.replace(NO_BREAK, " ")
    if not inverted:
        text = text.rstrip() if align == "left" else text.strip()
    if not text:
        return Line()
    if sheet.narrow:
        # A narrow document is a block in the middle of the paper; inside it each line keeps its own alignment.
        text, align = _pad(text, sheet.capacity(size), align), "center"
    times = TIMES[size]
    return Line((Run(text, times, times, size == "small", bold, inverted),), align)


def _set_code(block: Code, sheet: _Sheet) -> Iterator[Element]:
    """Set a code with air above and below it; one too wide for the paper becomes a QR code, which never is."""
    kind = block.kind
    most = sheet.dots // code_modules(kind, block.data)
    if kind != "qr" and most < 2:
        kind, most = "qr", sheet.dots // code_modules("qr", block.data)
    yield Feed(1)
    if kind == "qr":
        yield Qr(block.data, min(most, 6))
    else:
        yield Barcode(kind, block.data, min(most, 3))
    yield Feed(1)
    # What the scanner cannot read, a person can: the number under the bars, as well as its meaning.
    for words in ("" if block.kind == "qr" else block.data, block.caption):
        if words:
            yield from _set_text(Text(words, align="center"), sheet)


def _set_columns(block: Columns, sheet: _Sheet) -> list[str]:
    capacity = sheet.capacity(block.size)
    # A line cannot end inside a cell at will: the row decides.
    cells = [
        fit(cell, sheet.code_page).replace("\n", " ").strip(" " if place else "")
        for place, cell in enumerate(block.cells)
    ]
    aligns = block.aligns or _USUAL_ALIGNS[: len(cells)]
    widths = _column_widths(cells, aligns, block.weights, capacity)
    if widths is None:
        return _stack(cells, aligns, capacity)
    columns = [_cell_lines(cell, width, align) for cell, width, align in zip(cells, widths, aligns, strict=True)]
    rows = max(map(len, columns))
    filled = [lines + [""] * (rows - len(lines)) for lines in columns]
    return [_join(row, widths, aligns) for row in zip(*filled, strict=True)]


def _column_widths(
    cells: Sequence[str], aligns: Sequence[Align], weights: Sequence[int], capacity: int
) -> list[int] | None:
    """Return the width of each cell, or None when the amounts leave the label no room beside them."""
    label = _label_place(aligns)
    room = capacity - (len(cells) - 1)
    if weights:
        total = sum(weights)
        widths = [room * weight // total for weight in weights]
    else:
        widths = [len(cell) for cell in cells]
    for place, cell in enumerate(cells):
        if aligns[place] == "right" and place != label:
            widths[place] = max(widths[place], len(cell))
    widths[label] = room - sum(width for place, width in enumerate(widths) if place != label)
    least = len(cells[label]) if aligns[label] == "right" else min(len(cells[label]), max(6, capacity // 3))
    fits = all(width > 0 or not cell for cell, width in zip(cells, widths, strict=True))
    return widths if fits and widths[label] >= max(least, 1) else None


def _label_place(aligns: Sequence[Align]) -> int:
    return next((place for place, align in enumerate(aligns) if align != "right"), 0)


def _cell_lines(cell: str, width: int, align: Align) -> list[str]:
    if align == "right" or width == 0:
        return [cell]
    lines = wrap(cell, width)
    if len(lines) == 1 or width < _HANGING_FROM:
        return lines
    # What belongs to a line above is indented, so that the eye finds where each label begins.
    return [lines[0], *("  " + line for line in wrap(" ".join(lines[1:]), width - 2))]


def _join(row: Sequence[str], widths: Sequence[int], aligns: Sequence[Align]) -> str:
    return " ".join(_pad(cell, width, align) for cell, width, align in zip(row, widths, aligns, strict=True))


def _stack(cells: Sequence[str], aligns: Sequence[Align], capacity: int) -> list[str]:
    """Set the label above the amounts: on narrow paper, in large letters."""
    label = _label_place(aligns)
    amounts = [cell for place, cell in enumerate(cells) if place != label and cell]
    below = " ".join(amounts)
    last = [below] if len(below) <= capacity else [piece for cell in amounts for piece in wrap(cell, capacity)]
    first = wrap(cells[label], capacity) if cells[label] else []
    return first + [line.rjust(capacity) for line in last if line]


def _pad(text: str, width: int, align: Align) -> str:
    if align == "right":
        return text.rjust(width)
    return text.ljust(width) if align == "left" else text.center(width)


def _wrap_paragraph(paragraph: str, capacity: int) -> Iterator[str]:
    words = [word for word in paragraph.split(" ") if word]
    if not words:
        yield ""
        return
    indent = " " * min(len(paragraph) - len(paragraph.lstrip(" ")), capacity // 3)
    room = capacity - len(indent)
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            yield indent + line
            line = ""
        line = f"{line} {word}" if line else word
        while len(line) > room:
            yield indent + line[:room]
            line = line[room:]
    yield indent + line
