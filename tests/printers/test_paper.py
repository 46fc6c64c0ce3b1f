"""From documents to bytes and back: what the strict reader finds on the paper is what was laid out."""

import base64
import io
import itertools
import logging
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from typing import Any, get_args

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from printers.document import Align, Code, Columns, Cut, Document, Kick, Picture, Rule, Size, Text
from printers.escpos import NotEscPos, Reader, interpret
from printers.layout import Element, Feed, Line, Qr, Raster, Run, layout
from printers.letters import CODE_PAGES, fit
from printers.preview import code_bits, paper_png, paper_svg, paper_text, preview_svg, preview_text
from printers.render import Profile, profile_from, render
from tests.printers.samples import SAMPLES, TRAIL, admission, bike_tag, kitchen_chit, receipt
from tests.printers.strategies import documents

ACCENTS = "é è ç à ù ê î ô ë ï œ Œ € « » É È Ç"


def document(*blocks: Any, width: int | None = None) -> Document:
    return Document("test", blocks, width=width)


def words(elements: Sequence[Element]) -> list[str]:
    return [element.text for element in elements if isinstance(element, Line)]


def scanned(png: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))]


# -- the round --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "columns", "code_page"), list(itertools.product(SAMPLES, (48, 42, 32), ("cp1252", "cp858", "cp437")))
)
def test_every_kind_of_document_stands_on_paper_as_laid_out(sample: Any, columns: int, code_page: str) -> None:
    profile = Profile(columns=columns, code_page=code_page)
    assert interpret(render(sample(), profile), columns) == layout(sample(), columns, code_page)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), st.sampled_from([48, 42, 32, 24]), st.sampled_from(["cp1252", "cp858", "cp437"]))
def test_no_document_makes_bytes_that_a_printer_refuses(paper: Document, columns: int, code_page: str) -> None:
    profile = Profile(columns=columns, code_page=code_page)
    drawn = interpret(render(paper, profile), columns)
    assert drawn == layout(paper, columns, code_page)
    assert paper_text(drawn, columns) == preview_text(paper, columns, code_page)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_document_can_be_looked_at(paper: Document) -> None:
    ElementTree.fromstring(preview_svg(paper, 32))
    assert Image.open(io.BytesIO(paper_png(layout(paper, 32), 32))).width == 32 * 12 + 64


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.lists(st.integers(1, 400), max_size=12))
def test_bytes_may_come_in_pieces_of_any_size(sample: Any, pieces: list[int]) -> None:
    data, reader, drawn = render(sample()), Reader(), []
    for size in [*pieces, len(data)]:
        drawn += reader.feed(data[:size])
        data = data[size:]
    reader.finish()
    assert tuple(drawn) == layout(sample())


# -- letters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other", [b"", b"\x1bt\x00", b"\x1bt\x12\x1d!\x11\x1bE\x01\x1ba\x02\x1dB\x01", b"\x1b@\x1bt\x11"]
)
def test_accents_are_right_on_the_first_and_on_every_later_job(other: bytes) -> None:
    """Whatever another program left in the same printer: page, size, weight, alignment, inversion."""
    printer = Reader()
    printer.feed(other)
    for _ in range(3):
        drawn = printer.feed(render(document(Text(ACCENTS))))
        printer.finish()
        assert drawn == [Line((Run(ACCENTS),))]


def test_accents_are_wrong_without_the_page_of_the_job() -> None:
    """The control: the reader would have told."""
    data = render(document(Text(ACCENTS))).replace(b"\x1bt\x10", b"")
    assert words(interpret(data)) != [ACCENTS]


def test_each_job_begins_with_reset_and_page() -> None:
    assert render(document()).startswith(b"\x1b@\x1bt\x10")
    assert render(document(), Profile(code_page="cp858")).startswith(b"\x1b@\x1bt\x13")
    assert render(document(), Profile(cancel_kanji=True)).startswith(b"\x1b@\x1c.\x1bt\x10")


@pytest.mark.parametrize(
    ("text", "code_page", "expected"),
    [
        ("Œufs à l’oseille – 12,50 €", "cp1252", "Œufs à l’oseille – 12,50 €"),
        ("Œufs à l’oseille – 12,50 €", "cp858", "OEufs à l'oseille - 12,50 €"),
        ("12,50 €", "cp437", "12,50 EUR"),
        ("− 1", "cp1252", "– 1"),
        ("cœur", "cp437", "coeur"),
        ("Dvořák, Łódź, naïve", "cp1252", "Dvorák, Lódz, naïve"),
        ("e\u0301te\u0301", "cp1252", "été"),
        ("🚲 vélo", "cp1252", "? vélo"),
        ("日本", "cp1252", "??"),
        ("ﬁn", "cp1252", "fin"),
        ("a\u200bb\u2009c", "cp1252", "ab c"),
    ],
)
def test_letters_that_a_page_lacks_have_stand_ins(text: str, code_page: str, expected: str) -> None:
    assert fit(text, code_page) == expected


def test_stand_ins_are_made_before_wrapping() -> None:
    lines = words(layout(document(Text("œ" * 20)), 32, "cp858"))
    assert lines == ["oe" * 16, "oe" * 4]


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_every_page_prints_its_letters(code_page: str) -> None:
    letters = "".join(dict.fromkeys(fit(chr(number), code_page) for number in range(0xC0, 0x180)))
    paper = document(Text(letters))
    assert interpret(render(paper, Profile(code_page=code_page))) == layout(paper, 48, code_page)


# -- setting ----------------------------------------------------------------------------------------------------------


def test_words_wrap_and_french_spaces_do_not_part_an_amount() -> None:
    assert words(layout(document(Text("Total de la commande à payer 12,50\xa0€")), 32)) == [
        "Total de la commande à payer",
        "12,50 €",
    ]
    assert words(layout(document(Text("a\u202f:\u202fb\n\nc")), 32)) == ["a : b", "", "c"]
    assert words(layout(document(Text("x" * 70)), 32)) == ["x" * 32, "x" * 32, "x" * 6]
    assert words(layout(document(Text("  - une option assez longue pour deux lignes")), 32)) == [
        "  - une option assez longue pour",
        "  deux lignes",
    ]


def test_sizes_fill_the_paper() -> None:
    expected: dict[Size, int] = {"small": 64, "normal": 48, "large": 24, "huge": 16}
    assert set(expected) == set(get_args(Size))
    for size, capacity in expected.items():
        assert len(words(layout(document(Text("x" * 100, size=size))))[0]) == capacity


def test_amounts_stand_at_the_right_edge_and_never_wrap() -> None:
    long_label = "Velouté de potimarron, crème fraîche d’Isigny et éclats de châtaigne"
    lines = words(layout(document(Columns((long_label, "1 234,56 €"))), 32))
    assert lines[0].endswith(" 1 234,56 €")
    assert len(lines[0]) == 32
    assert all("€" not in line for line in lines[1:])
    assert " ".join(line.replace("1 234,56 €", "").strip() for line in lines) == long_label


def test_amounts_go_below_a_label_they_leave_no_room() -> None:
    assert words(layout(document(Columns(("Reste à payer", "12 345 678,90 €"), size="large")), 32)) == [
        "Reste à payer",
        " 12 345 678,90 €",
    ]


def test_rows_of_a_table_stand_under_each_other() -> None:
    rows = [("TVA", "HT", "TTC"), ("10 %", "1 039,55 €", "1 143,50 €"), ("5,5 %", "5,42 €", "6,50 €")]
    lines = words(layout(document(*(Columns(row, weights=(2, 3, 3)) for row in rows)), 48))
    assert {line.index(row[1]) + len(row[1]) for line, row in zip(lines, rows, strict=True)} == {30}
    assert {len(line) for line in lines} == {48}


def test_an_allergy_is_a_black_band_across_the_paper() -> None:
    band = [line for line in layout(kitchen_chit()) if isinstance(line, Line) and line.runs and line.runs[0].inverted]
    assert band
    for line in band:
        assert line.width_dots == 48 * 12
        assert line.text.startswith(" ")
        assert line.text.endswith(" ")


@pytest.mark.parametrize("align", get_args(Align))
def test_a_narrow_document_stands_in_the_middle(align: Align) -> None:
    for element in layout(document(Text("abc", align=align), Rule("="), width=20), 48):
        assert isinstance(element, Line)
        assert (element.align, len(element.text)) == ("center", 20)


def test_the_drawer_opens_and_the_knife_cuts() -> None:
    data = render(document(Kick(), Cut(), Cut(partial=False)))
    assert data.count(b"\x1bp\x00") == 1
    assert interpret(data) == (Kick(), Cut(partial=True), Cut(partial=False))
    assert b"\x1bp\x01" in render(document(Kick()), Profile(drawer_pin=5))
    assert interpret(render(document(Cut()), Profile(knife=False))) == (Feed(5),)


# -- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [48, 32])
@pytest.mark.parametrize("qr", ["native", "image"])
def test_the_qr_code_is_read_back_from_the_paper(columns: int, qr: str) -> None:
    for sample, said in ((receipt, TRAIL), (admission, "A1.4F7K.9QZ2-MXTR")):
        drawn = interpret(render(sample(), profile_from({"columns": columns, "qr": qr})), columns)
        assert any(isinstance(element, Qr if qr == "native" else Raster) for element in drawn)
        assert scanned(paper_png(drawn, columns)) == [said]


def test_accents_survive_in_a_qr_code() -> None:
    said = "https://exemple.fr/été?œuvre=€"
    assert scanned(paper_png(interpret(render(document(Code(said)))))) == [said]


@pytest.mark.parametrize("length", [1, 13, 62, 63, 213, 300, 500])
@pytest.mark.parametrize("columns", [48, 32])
def test_long_qr_codes_still_fit_the_paper(length: int, columns: int) -> None:
    said = ("https://exemple.fr/" + "abcdefgh" * 70)[:length]
    drawn = interpret(render(document(Code(said)), Profile(columns=columns)), columns)
    assert scanned(paper_png(drawn, columns, scale=2)) == [said]


def test_barcodes_are_read_back_from_the_paper() -> None:
    assert scanned(paper_png(interpret(render(bike_tag())))) == ["V-0042", "3760123456784"]


@pytest.mark.parametrize("said", ["a{b}", "{", "12345678", "1", "V 0042 ~", "0042" * 5])
def test_every_code_128_says_what_it_was_told(said: str) -> None:
    drawn = interpret(render(document(Code(said, kind="code128"))))
    assert scanned(paper_png(drawn)) == [said]
    # What cannot be scanned can be read.
    assert said in words(drawn)


def test_a_barcode_too_wide_becomes_a_qr_code() -> None:
    said = "A-VERY-LONG-REFERENCE-0123456789-ABCDEFGH"
    drawn = interpret(render(document(Code(said, kind="code128")), Profile(columns=32)), 32)
    assert any(isinstance(element, Qr) for element in drawn)
    assert scanned(paper_png(drawn, 32)) == [said]


def test_a_qr_code_needs_no_more_modules_than_the_layout_reserves() -> None:
    for length in (1, 14, 15, 42, 106, 251, 500):
        qr = next(element for element in layout(document(Code("a" * length)), 32) if isinstance(element, Qr))
        assert (len(code_bits(qr)) + 8) * qr.module <= 32 * 12


# -- the strict reader ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "offset", "why"),
    [
        (b"ab\x07", 2, "no printer command"),
        (b"\x1bZ", 0, "unknown command 1B 5A"),
        (b"\x1b@\x1dL\x00\x00", 2, "unknown command"),
        (b"\x1b", 0, "inside a command"),
        (b"abc", 3, "inside a line"),
        (b"\x1bt\x63", 2, "unknown code page"),
        (b"\x1bt\x10\x81\n", 3, "no letter of cp1252"),
        (b"x" * 49 + b"\n", 0, "longer than the paper"),
        (b"\x1d!\x11" + b"x" * 25 + b"\n", 3, "longer than the paper"),
        (b"\x1bE\x02", 2, "not a value"),
        (b"\x1d!\x08", 2, "unknown size"),
        (b"a\x1ba\x01", 3, "beginning of a line"),
        (b"a\x1b@", 3, "middle of a line"),
        (b"a\x1dV\x42\x00", 3, "not ended"),
        (b"\x1dV\x07", 2, "not a value"),
        (b"\x1dkC\x0c123456789012", 2, "not an EAN-13"),
        (b"\x1dk\x02123456789012\x00", 2, "function B"),
        (b"\x1dkI\x03A12", 2, "not a Code 128"),
        (b"\x1dw\x03\x1dkI\x22{B" + b"A" * 32, 5, "wider than the paper"),
        (b"\x1d(k\x03\x001Q0", 2, "QR code without data"),
        (b"\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0", 13, "correction M"),
        (b"\x1d(k\x03\x002C\x06", 2, "only the QR code"),
        (b"\x1d(L\x03\x001C\x06", 2, "only the QR code"),
        (b"\x1d(k\x03\x001Z0", 2, "unknown step"),
        (b"\x1d(k\x04\x001P0\xff\x1d(k\x03\x001E1\x1d(k\x03\x001Q0", 19, "not UTF-8"),
        (b"\x1dv0\x01\x01\x00\x01\x00\x00", 2, "normal density"),
        (b"\x1dv0\x00\x49\x00\x01\x00" + b"\x00" * 73, 2, "wider than the paper"),
    ],
)
def test_what_no_printer_would_print_is_an_error_with_its_place(data: bytes, offset: int, why: str) -> None:
    with pytest.raises(NotEscPos, match=why) as wrong:
        interpret(data)
    assert wrong.value.offset == offset


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        interpret(data)
    except NotEscPos as wrong:
        assert 0 <= wrong.offset <= len(data)


@pytest.mark.parametrize(("columns", "width", "height"), [(48, 400, 4), (32, 200, 2), (24, 200, 2)])
def test_a_logo_is_drawn_dot_by_dot_and_at_half_the_size_on_narrow_paper(columns: int, width: int, height: int) -> None:
    """A square of four dots becomes one: what is black stays black."""
    row, gap = b"\xc3" * 50, b"\x00" * 50
    logo = Picture(400, base64.b64encode(row + row + gap + gap).decode())
    document = Document("test_page", (logo, Text("Sous le logo"), Cut()))
    (picture, *_rest) = interpret(render(document, Profile(columns=columns)), columns)
    assert isinstance(picture, Raster)
    assert (picture.width, picture.height) == (width, height)
    drawn = [picture.bits[at : at + width // 8] for at in range(0, len(picture.bits), width // 8)]
    assert drawn == ([row, row, gap, gap] if width == 400 else [b"\x99" * 25, b"\x00" * 25])


def test_what_is_no_logo_is_refused() -> None:
    for width, bits in [(7, "AAAA"), (584, "AAAA"), (16, "AAAA"), (8, ""), (8, "?"), (8, "AA" * 600)]:
        with pytest.raises(ValueError, match=r"width|bits"):
            Picture(width, bits)


def test_lines_of_several_looks_are_drawn() -> None:
    """Another program's job: the virtual printer must show it too."""
    drawn = interpret(b"\x1b@\x1bt\x10a\x1bE\x01b\x1d!\x10c\x1b-\x01d\x1b!\x00e\x1dB\x01f\n")
    line = drawn[0]
    assert isinstance(line, Line)
    assert [(run.text, run.times_wide, run.bold, run.underlined, run.inverted) for run in line.runs] == [
        ("a", 1, False, False, False),
        ("b", 1, True, False, False),
        ("c", 2, True, False, False),
        ("d", 2, True, True, False),
        ("e", 1, False, False, False),
        ("f", 1, False, False, True),
    ]
    assert Image.open(io.BytesIO(paper_png(drawn))).height > 60
    ElementTree.fromstring(paper_svg(drawn))


# -- what a person sees -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_svg_needs_no_style_and_no_script(sample: Any) -> None:
    svg = preview_svg(sample())
    root = ElementTree.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "title", "rect", "g", "text", "path"}
    assert not any(name == "style" or name.startswith("on") for element in root.iter() for name in element.attrib)
    assert root.attrib["aria-label"] == (sample().title or sample().kind)


def test_the_svg_shows_words_as_they_are_even_hostile_ones() -> None:
    svg = preview_svg(document(Text("<script>alert(1)</script> & \"'")))
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]
    assert "".join(filter(None, texts)).replace("\xa0", " ") == "<script>alert(1)</script> & \"'"


def test_the_text_preview_is_the_paper() -> None:
    assert preview_text(
        document(Text("A", size="huge", align="center"), Columns(("a", "1")), Code("x"), Cut()), 24
    ) == ("          A\na                      1\n\n          [x]\n\n" + "- " * 12 + "\n")


# -- cost -------------------------------------------------------------------------------------------------------------

_IMPORTS = """
import sys, {module}
print(sorted({{"escpos", "PIL", "qrcode", "barcode", "yaml"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("module", ["printers.document", "printers.layout", "printers.preview", "printers.escpos"])
def test_who_only_describes_paper_loads_no_printer(module: str) -> None:
    """The web processes preview documents: the library of the printers would cost each of them 14 MB."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTS.format(module=module)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_loading_the_library_leaves_nothing_behind(tmp_path: Any) -> None:
    program = (
        "import logging, os, tempfile\n"
        "from printers.render import load_escpos\n"
        "load_escpos()\n"
        "print(logging.getLogger().handlers, os.listdir(tempfile.gettempdir()),"
        " [name for name in os.environ if name.startswith('ESCPOS')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "[] [] []"
    assert logging.getLogger("escpos").name == "escpos"
