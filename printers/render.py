"""From a document to the bytes of ESC/POS, by python-escpos.

The library is loaded on first use: it costs some 14 MB, and who only describes or previews documents needs none of it.
"""

import importlib.util
import json
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import segno

from printers.document import Align, Cut, Document, Kick
from printers.layout import Barcode, Element, Feed, Line, Qr, Raster, Run, layout, uses_digit_pairs
from printers.letters import CODE_PAGES

_LOADING: Final = threading.Lock()
# One model serves all: its code page numbers are Epson's, and widths are our layout's business.
_MODEL: Final = "TM-T20II"
_CANCEL_KANJI: Final = b"\x1c."
_FULL_CUT: Final = b"\x1dVA\x00"
# What a printer without a knife needs so that the last line can be torn off.
_TEAR_OFF_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """What one printer is like."""

    columns: int = 48
    code_page: str = "cp1252"
    # Cheap printers draw no QR codes: they get a picture.
    qr: Literal["native", "image"] = "native"
    knife: bool = True
    drawer_pin: Literal[2, 5] = 2
    # Chinese printers read accents as halves of ideograms unless told not to.
    cancel_kanji: bool = False

    def __post_init__(self) -> None:
        """Refuse a printer that we could not serve."""
        if not 24 <= self.columns <= 64:
            raise ValueError("columns: 24 to 64")
        if self.code_page not in CODE_PAGES:
            raise ValueError(f"code_page: one of {', '.join(CODE_PAGES)}")
        if self.qr not in ("native", "image") or self.drawer_pin not in (2, 5):
            raise ValueError("qr: native or image; drawer_pin: 2 or 5")


def profile_from(data: Mapping[str, Any]) -> Profile:
    """Return the profile of a printer described in plain data; what is not said is usual."""
    known = {name: data[name] for name in Profile.__dataclass_fields__ if data.get(name) is not None}
    if "code_page" in known:
        known["code_page"] = str(known["code_page"]).lower().replace("-", "")
    return Profile(**known)


def render(document: Document, profile: Profile | None = None) -> bytes:
    """Return the bytes that print a document, whatever another program left in the printer."""
    profile = profile or Profile()
    return render_elements(layout(document, profile.columns, profile.code_page), profile)


def render_elements(elements: tuple[Element, ...], profile: Profile) -> bytes:
    """Return the bytes that print what was laid out for this printer."""
    pen = _Pen(printer=new_printer(), profile=profile)
    # A new object for each job, reset before the code page: after a reset the library believes its page still chosen.
    pen.printer.hw("INIT")
    if profile.cancel_kanji:
        pen.printer._raw(_CANCEL_KANJI)
    pen.printer.charcode(profile.code_page.upper())
    for element in elements:
        _draw(pen, element)
    return bytes(pen.printer.output)


def new_printer() -> Any:
    """Return python-escpos's printer that writes into memory."""
    return load_escpos().Dummy(profile=_MODEL)


def load_escpos() -> Any:
    """Import python-escpos without what its import leaves behind: a temporary folder and a root log handler."""
    with _LOADING:
        if "escpos.capabilities" not in sys.modules:
            _import_in_private_folder()
        import escpos.printer

        return escpos.printer


def _import_in_private_folder() -> None:
    """Import it with a private folder to unpickle from, and with the one printer we use instead of thirty-five.

    Parsing all of them as YAML would take a third of a second at each start.
    """
    handlers, usual = list(logging.getLogger().handlers), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="escpos-") as private:
        environment = {
            "ESCPOS_CAPABILITIES_PICKLE_DIR": private,
            "ESCPOS_CAPABILITIES_FILE": _write_capabilities(private),
        }
        os.environ.update(environment)
        tempfile.tempdir = private
        try:
            import escpos.printer  # noqa: F401
        finally:
            tempfile.tempdir = usual
            for name in environment:
                del os.environ[name]
    logging.getLogger().handlers[:] = handlers


def _write_capabilities(folder: str) -> str:
    """Write the library's description of our printer model alone; return where."""
    places = importlib.util.find_spec("escpos").submodule_search_locations  # type: ignore[union-attr]
    everything = json.loads((Path(next(iter(places or ()))) / "capabilities.json").read_bytes())
    profile = everything["profiles"][_MODEL]
    few = {"profiles": {"default": profile, _MODEL: profile}, "encodings": everything["encodings"]}
    path = Path(folder) / "capabilities.json"
    path.write_text(json.dumps(few))
    return str(path)


@dataclass(slots=True)
class _Pen:
    """The printer and the look it has now, so that only changes are sent."""

    printer: Any
    profile: Profile
    look: Run = field(default_factory=lambda: Run(""))
    align: Align = "left"

    def set_align(self, align: Align) -> None:
        if align != self.align:
            self.printer.set(align=align)
            self.align = align

    def set_look(self, run: Run) -> None:
        now = self.look
        changes: dict[str, Any] = {}
        if (run.times_wide, run.times_high) != (now.times_wide, now.times_high):
            changes |= {"custom_size": True, "width": run.times_wide, "height": run.times_high}
        if run.small != now.small:
            changes["font"] = "b" if run.small else "a"
        if run.bold != now.bold:
            changes["bold"] = run.bold
        if run.inverted != now.inverted:
            changes["invert"] = run.inverted
        if run.underlined != now.underlined:
            changes["underline"] = int(run.underlined)
        if changes:
            self.printer.set(**changes)
        self.look = run


def _draw(pen: _Pen, element: Element) -> None:
    printer = pen.printer
    match element:
        case Line(runs, align):
            pen.set_align(align)
            for run in runs:
                pen.set_look(run)
                # Every letter is of the page already; the library would look each one up, which takes most of its time.
                printer._raw(run.text.encode(pen.profile.code_page))
            printer._raw(b"\n")
        case Feed(lines):
            printer.print_and_feed(lines)
        case Qr():
            _draw_qr(pen, element)
        case Barcode():
            _draw_barcode(pen, element)
        case Raster():
            _draw_picture(pen, element)
        case Cut(partial):
            _cut(pen, partial=partial)
        case Kick():
            printer.cashdraw(pen.profile.drawer_pin)


def _draw_qr(pen: _Pen, qr: Qr) -> None:
    pen.set_align(qr.align)
    if pen.profile.qr == "native":
        # Level M bears a crease and ten years in a drawer; 1 is the library's number for it.
        pen.printer.qr(qr.data, native=True, size=qr.module, ec=1)
        return
    # Pillow came with the library.
    from PIL import Image

    matrix = segno.make_qr(qr.data, error="m", boost_error=False, encoding="utf-8").matrix
    image = Image.new("1", (len(matrix), len(matrix)), 1)
    image.putdata([0 if dark else 1 for row in matrix for dark in row])
    pen.printer.image(image.resize((len(matrix) * qr.module,) * 2), impl="bitImageRaster")


def _draw_picture(pen: _Pen, picture: Raster) -> None:
    pen.set_align(picture.align)
    head = b"\x1dv0\x00" + (picture.width // 8).to_bytes(2, "little") + picture.height.to_bytes(2, "little")
    pen.printer._raw(head + picture.bits)


def _draw_barcode(pen: _Pen, code: Barcode) -> None:
    pen.set_align(code.align)
    data = code.data
    if code.kind == "code128":
        pairs = (
            bytes(int(data[at : at + 2]) for at in range(0, len(data), 2)).decode("latin-1")
            if uses_digit_pairs(data)
            else ""
        )
        # A brace chooses the code set, so one in the data is doubled.
        data = "{C" + pairs if pairs else "{B" + data.replace("{", "{{")
    # Function B says its length; function A ends at a zero byte, which outside decoders split. Words below are our own.
    pen.printer._raw(
        b"\x1dh"
        + bytes([code.height])
        + b"\x1dw"
        + bytes([code.module])
        + b"\x1dH\x00"
        + _barcode_start(code.kind, len(data))
    )
    pen.printer._raw(data.encode("latin-1"))


def _barcode_start(kind: str, length: int) -> bytes:
    return b"\x1dk" + (b"C" if kind == "ean13" else b"I") + bytes([length])


def _cut(pen: _Pen, *, partial: bool) -> None:
    if not pen.profile.knife:
        pen.printer.print_and_feed(_TEAR_OFF_LINES)
    elif partial:
        pen.printer.cut(mode="PART", feed=False)
    else:
        pen.printer._raw(_FULL_CUT)
