"""What printing itself puts on paper: the test page, and the mark of a duplicate."""

import base64
from dataclasses import replace
from datetime import datetime
from functools import cache

from citizen_space.kit.formats import moment
from citizen_space.kit.text import translate
from citizen_space.printing.models import Printer
from printers.document import Code, Columns, Cut, Document, Kick, Picture, Rule, Space, Text

ACCENTS = "É È À Ç Ù Œ Æ é è ê ë à â ç î ï ô ö ù û ü ÿ œ æ € « » ’ – —"


_DOTS_A_UNIT = 4
# The house's mark, as web/static/mark.svg draws it: left edge and top of each of the three arches, in its units.
_ARCHES = ((1, 10), (16, 4), (31, 10))


@cache
def mark() -> Picture:
    """The house's mark in black dots: three doors, which every printer can draw or shows that it cannot."""
    width, height = 44 * _DOTS_A_UNIT, 36 * _DOTS_A_UNIT
    rows = [
        sum(1 << (width - 1 - x) for x in range(width) if _is_black(x / _DOTS_A_UNIT, y / _DOTS_A_UNIT))
        for y in range(height)
    ]
    return Picture(width, base64.b64encode(b"".join(row.to_bytes(width // 8) for row in rows)).decode())


def _is_black(x: float, y: float) -> bool:
    for left, top in _ARCHES:
        inside = left <= x <= left + 12 and top + 6 <= y <= 33
        if inside or (x - left - 6) ** 2 + (y - top - 6) ** 2 <= 36:
            return True
    return False


def test_page(printer: Printer, at: datetime, language: str = "fr") -> Document:
    """Make a page that shows whether a printer prints what we mean."""
    title = translate("Page d’essai", language)
    return Document(
        kind="test_page",
        title=title,
        language=language,
        blocks=(
            mark(),
            Text(title, size="large", align="center", bold=True),
            Text(printer.name, align="center"),
            Rule(),
            Columns((translate("Code", language), printer.code)),
            Columns((translate("Largeur", language), str(printer.columns))),
            Columns((translate("Page de codes", language), printer.code_page)),
            Columns((translate("Date", language), moment(at, language))),
            Rule(),
            Text(ACCENTS, align="center"),
            Text("0123456789" * 8),
            Text(translate("Grand", language), size="huge", align="center"),
            Text(translate("Inversé", language), inverted=True, align="center"),
            Columns((translate("Montant", language), "1 234,56 €"), bold=True),
            Code("https://espace-citoyen.example/essai", caption=translate("Ce code doit pouvoir être lu.", language)),
            Space(2),
            Cut(),
        ),
    )


def duplicate_of(document: Document, copy_number: int) -> Document:
    """Mark a document as the n-th copy of one that was printed before."""
    words = translate("DUPLICATA n° %(n)s", document.language, n=copy_number)
    mark = Text(words, size="large", align="center", bold=True, inverted=True)
    # The drawer was opened for the money; the paper alone comes again.
    blocks = (block for block in document.blocks if not isinstance(block, Kick))
    return replace(document, blocks=(mark, Space(1), *blocks))
