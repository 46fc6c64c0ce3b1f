"""Our codes are segno's, and any reader's."""

import io

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from citizen_space.kit import qr

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _by_segno(text: str) -> tuple[str, ...]:
    made = segno.make(text, error="m", micro=False, mask=0, mode="alphanumeric", boost_error=False)
    return tuple("".join(map(str, row)) for row in made.matrix)


def _ends_on_a_byte(text: str) -> bool:
    """Where the bits and their end fill bytes exactly, segno adds a byte that the standard does not ask for."""
    return (4 + 9 + 11 * (len(text) // 2) + 6 * (len(text) % 2) + 4) % 8 == 0


@given(st.text(SIGNS, min_size=1, max_size=154).filter(lambda text: not _ends_on_a_byte(text)))
def test_every_module_is_where_segno_puts_it(text: str) -> None:
    assert qr.make_code(text).rows == _by_segno(text)


@pytest.mark.parametrize("length", [20, 21, 38, 39, 61, 62, 90, 91, 122, 123, 154, 155, 400])
def test_a_size_is_used_to_its_last_bit_and_then_the_next(length: int) -> None:
    text = ("B7" * length)[:length]
    assert len(qr.make_code(text).rows) == len(_by_segno(text))


@pytest.mark.parametrize(
    "text", ["CS1-ABCDEFGH-12-B7-" + "Q" * 103, "ABCD2345", "B7" * 11 + "B", "https://exemple.fr/argent/é?a=1"]
)
def test_a_reader_reads_the_picture_and_the_path(text: str) -> None:
    assert _ends_on_a_byte("B7" * 11 + "B"), "a case the comparison with segno leaves out"
    code = qr.make_code(text)
    picture = Image.open(io.BytesIO(qr.draw_png(code, scale=6)))
    assert picture.size == (6 * (len(code.rows) + 8),) * 2
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]
    assert _modules_of(qr.draw_path(code, 2), len(code.rows)) == code.rows


def _modules_of(path: str, side: int) -> tuple[str, ...]:
    """Follow a path's strokes again."""
    rows: list[str] = []
    for line in path.split("M")[1:]:
        start, _half, strokes = line.partition(".5")
        assert start == f"2 {len(rows) + 2}"
        row = ""
        for stroke in strokes.replace("h", "|h").replace("m", "|m").split("|")[1:]:
            row += ("1" if stroke[0] == "h" else "0") * int(stroke[1:].split()[0])
        rows.append(row.ljust(side, "0"))
    return tuple(rows)
