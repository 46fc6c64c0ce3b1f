"""What a person sees on a screen: a document, or what the interpreter read from bytes, drawn as white paper.

The SVG carries no style and no script, so that the strictest Content-Security-Policy shows it.
"""

import contextlib
import importlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Final

import segno

from printers.document import Align, Cut, Document, Kick
from printers.layout import CELL, CELL_HEIGHT, LINE_HEIGHT, Barcode, Element, Feed, Line, Qr, Raster, Run, layout

MARGIN: Final = 32
_INK: Final = "#1d1b20"
_PAPER: Final = "#ffffff"
_FAINT: Final = "#b9b4ad"
# Where letters stand in their cell, and the size that makes a usual monospaced font fill its width.
_BASELINE: Final = 19
_FONT_SIZE: Final = 20
_FONTS: Final = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"
_FONT_FILES: Final = (
    ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
    ("LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf"),
    ("NotoSansMono-Regular.ttf", "NotoSansMono-Bold.ttf"),
    ("Menlo.ttc", "Menlo.ttc"),
    ("consola.ttf", "consolab.ttf"),
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An element and where its upper left corner stands, in dots."""

    element: Element
    x: int
    y: int


def preview_svg(document: Document, columns: int = 48, code_page: str = "cp1252") -> str:
    """Return a document as its paper will look."""
    return paper_svg(layout(document, columns, code_page), columns, title=document.title or document.kind)


def preview_text(document: Document, columns: int = 48, code_page: str = "cp1252") -> str:
    """Return a document as plain text, codes by what they say."""
    return paper_text(layout(document, columns, code_page), columns)


def paper_text(elements: Sequence[Element], columns: int = 48) -> str:
    """Return what stands on the paper as plain text; large letters take as many places as they cover."""
    return "\n".join(line for element in elements for line in _text_lines(element, columns)) + "\n"


def paper_svg(elements: Sequence[Element], columns: int = 48, *, title: str = "") -> str:
    """Return what stands on the paper as SVG."""
    placed, height = place(elements, columns)
    width = columns * CELL + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="paper" viewBox="0 0 {width} {height}" role="img"',
        f' aria-label="{escape(title)}"><title>{escape(title)}</title>',
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        f'<g fill="{_INK}" font-family="{escape(_FONTS)}" font-size="{_FONT_SIZE}">',
        *(part for item in placed for part in _svg(item, width)),
        "</g></svg>",
    ]
    return "".join(parts)


def paper_png(elements: Sequence[Element], columns: int = 48, *, scale: int = 1) -> bytes:
    """Return what stands on the paper as PNG, one pixel (or `scale`) for each dot of the printer."""
    placed, height = place(elements, columns)
    # Pillow is loaded for pictures only: the web process, which previews in SVG, stays light.
    pillow = _Pillow(scale)
    image = pillow.images.new("L", ((columns * CELL + 2 * MARGIN) * scale, height * scale), 255)
    canvas = pillow.draws.Draw(image)
    for item in placed:
        _paint(pillow, image, canvas, item)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def place(elements: Sequence[Element], columns: int) -> tuple[list[Placed], int]:
    """Return where each element stands, and the height of the paper."""
    placed, y, dots = [], MARGIN, columns * CELL
    for element in elements:
        width, height = _extent(element)
        align: Align = getattr(element, "align", "left")
        free = {"left": 0, "center": (dots - width) // 2, "right": dots - width}[align]
        placed.append(Placed(element, MARGIN + free, y))
        y += height
    return placed, y + MARGIN


@lru_cache(maxsize=32)
def code_bits(element: Qr | Barcode) -> tuple[tuple[bool, ...], ...]:
    """Return the dark modules of a code, row by row, without quiet zone."""
    if isinstance(element, Qr):
        code = segno.make_qr(element.data, error="m", boost_error=False, encoding="utf-8")
        return tuple(tuple(map(bool, row)) for row in code.matrix)
    # Comes with python-escpos; its own drawing is not used.
    barcode = importlib.import_module("barcode")
    bars = barcode.get_barcode_class(element.kind)(element.data).build()[0]
    return (tuple(bit == "1" for bit in bars),)


def _extent(element: Element) -> tuple[int, int]:
    """Return the width and height of an element, in dots."""
    match element:
        case Line():
            return element.width_dots, element.height_dots
        case Feed(lines):
            return 0, lines * LINE_HEIGHT
        case Qr(_, module):
            side = len(code_bits(element)) * module
            return side, side
        case Barcode(_, _, module, height):
            return len(code_bits(element)[0]) * module, height
        case Raster(width, height):
            return width, height
        case Cut():
            # What stands between the last line and the knife.
            return 0, 2 * LINE_HEIGHT
        case Kick():
            return 0, 0


def _text_lines(element: Element, columns: int) -> Iterator[str]:
    match element:
        case Line(runs, align):
            text = "".join(_spread(run) for run in runs)
            padded = {"left": text, "center": text.center(columns), "right": text.rjust(columns)}[align]
            yield padded.rstrip()
        case Feed(lines):
            yield from [""] * lines
        case Qr(data) | Barcode(_, data):
            yield f"[{data}]".center(columns).rstrip()
        case Raster(width, height):
            yield f"[{width} × {height}]".center(columns).rstrip()
        case Cut():
            yield "- " * (columns // 2)
        case Kick():
            pass


def _spread(run: Run) -> str:
    gap = " " * (run.times_wide - 1)
    return "".join(char + gap for char in run.text)


def _svg(item: Placed, paper_width: int) -> Iterator[str]:
    match item.element:
        case Line(runs):
            x = item.x
            for run in runs:
                yield from _svg_run(run, x, item.y + item.element.height_dots - _line_gap(item.element))
                x += run.width_dots
        case Qr(_, module) as code:
            yield _svg_bits(code_bits(code), item, module, module)
        case Barcode(_, _, module, height) as code:
            yield _svg_bits(code_bits(code), item, module, height)
        case Raster() as picture:
            yield _svg_bits(_raster_bits(picture), item, 1, 1)
        case Cut():
            y = item.y + 2 * LINE_HEIGHT - 2
            yield f'<path d="M0 {y}H{paper_width}" stroke="{_FAINT}" stroke-width="2" stroke-dasharray="10 8"/>'


def _svg_run(run: Run, x: int, foot: int) -> Iterator[str]:
    """Draw one run whose cells end at the height `foot`; the width is forced, whatever font the reader has."""
    top = foot - run.height_dots
    if run.inverted:
        # Crisp, so that bands of several lines show no seam where they meet.
        box = f'x="{x}" y="{top}" width="{run.width_dots}" height="{run.height_dots}"'
        yield f'<rect {box} shape-rendering="crispEdges"/>'
    text = run.text.rstrip()
    lead = len(text) - len(text.lstrip())
    text = text.lstrip()
    if not text:
        return
    across, down = run.cell_dots / CELL, run.height_dots / CELL_HEIGHT
    look = (' font-weight="bold"' if run.bold else "") + (f' fill="{_PAPER}"' if run.inverted else "")
    look += ' text-decoration="underline"' if run.underlined else ""
    # No-break spaces: ordinary ones would be drawn together.
    words = escape(text).replace(" ", "\xa0")
    yield (
        f'<text transform="translate({x + lead * run.cell_dots} {top + _BASELINE * down:g}) scale({across:g} {down:g})"'
        f' textLength="{len(text) * CELL}" lengthAdjust="spacingAndGlyphs"{look}>{words}</text>'
    )


def _svg_bits(rows: Sequence[Sequence[bool]], item: Placed, wide: int, high: int) -> str:
    path = [
        f"M{item.x + start * wide} {item.y + line * high}h{(end - start) * wide}v{high}h{(start - end) * wide}z"
        for line, row in enumerate(rows)
        for start, end in _dark_stretches(row)
    ]
    return f'<path d="{"".join(path)}" shape-rendering="crispEdges"/>'


def _dark_stretches(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place
            start = None


def _raster_bits(picture: Raster) -> list[list[bool]]:
    across = picture.width // 8
    rows = [picture.bits[line * across : (line + 1) * across] for line in range(picture.height)]
    return [[bool(byte >> (7 - bit) & 1) for byte in row for bit in range(8)] for row in rows]


def _line_gap(line: Line) -> int:
    """Return the empty dots under the letters of a line."""
    return line.height_dots - max((run.height_dots for run in line.runs), default=0)


class _Pillow:
    """Pillow's modules and our fonts at one scale."""

    def __init__(self, scale: int) -> None:
        """Load Pillow."""
        self.images: Any = importlib.import_module("PIL.Image")
        self.draws: Any = importlib.import_module("PIL.ImageDraw")
        self.scale = scale

    def font(self, run: Run) -> tuple[Any, int]:
        """Return the font whose letters are as high as the run's, and its stroke."""
        return _font(_FONT_SIZE * self.scale * run.height_dots // CELL_HEIGHT, bold=run.bold)


@lru_cache(maxsize=32)
def _font(size: int, *, bold: bool) -> tuple[Any, int]:
    """Return a monospaced font, and the stroke that makes it bold where the font has no bold sister."""
    fonts: Any = importlib.import_module("PIL.ImageFont")
    for names in _FONT_FILES:
        with contextlib.suppress(OSError):
            return fonts.truetype(names[bold], size), 0
    # Every installation has this one: it comes with python-barcode, without its bold sister.
    carried = Path(importlib.import_module("barcode").__file__ or "").parent / "fonts" / "DejaVuSansMono.ttf"
    return fonts.truetype(str(carried), size), size // 24 + 1 if bold else 0


def _paint(pillow: _Pillow, image: Any, canvas: Any, item: Placed) -> None:
    scale = pillow.scale
    match item.element:
        case Line(runs):
            x = item.x
            for run in runs:
                _paint_run(pillow, image, run, x, item.y + item.element.height_dots - _line_gap(item.element))
                x += run.width_dots
        case Qr(_, module) as code:
            _paint_bits(canvas, code_bits(code), item, module * scale, module * scale, scale)
        case Barcode(_, _, module, height) as code:
            _paint_bits(canvas, code_bits(code), item, module * scale, height * scale, scale)
        case Raster() as picture:
            _paint_bits(canvas, _raster_bits(picture), item, scale, scale, scale)
        case Cut():
            y = (item.y + 2 * LINE_HEIGHT - 2) * scale
            for x in range(0, image.width, 18 * scale):
                canvas.line((x, y, x + 10 * scale, y), fill=185, width=2 * scale)


def _paint_run(pillow: _Pillow, image: Any, run: Run, x: int, foot: int) -> None:
    """Paint a run letter by letter, each in its cell; letters wider than high are stretched afterwards."""
    scale = pillow.scale
    (font, stroke), down = pillow.font(run), run.height_dots * scale / CELL_HEIGHT
    cell = round(CELL * down)
    strip = pillow.images.new("L", (max(1, cell * len(run.text)), run.height_dots * scale), 0 if run.inverted else 255)
    canvas, ink = pillow.draws.Draw(strip), 255 if run.inverted else 0
    for number, char in enumerate(run.text):
        middle = (number * cell + cell / 2, _BASELINE * down)
        canvas.text(middle, char, fill=ink, font=font, anchor="ms", stroke_width=stroke)
    if run.underlined:
        canvas.line((0, strip.height - 2, strip.width, strip.height - 2), fill=ink, width=2)
    strip = strip.resize((max(1, run.width_dots * scale), strip.height))
    image.paste(strip, (x * scale, (foot - run.height_dots) * scale))


def _paint_bits(canvas: Any, rows: Sequence[Sequence[bool]], item: Placed, wide: int, high: int, scale: int) -> None:
    for line, row in enumerate(rows):
        top = item.y * scale + line * high
        for start, end in _dark_stretches(row):
            left = item.x * scale
            canvas.rectangle((left + start * wide, top, left + end * wide - 1, top + high - 1), fill=0)
