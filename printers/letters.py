"""Which letters a printer has: texts are brought to one code page before they are set, so that widths are final."""

import unicodedata
from functools import lru_cache
from typing import Final

# What Epson-like printers call each page after ESC t; the interpreter reads the same table backwards.
CODE_PAGES: Final = {
    "cp437": 0,
    "cp850": 2,
    "cp860": 3,
    "cp863": 4,
    "cp865": 5,
    "cp1252": 16,
    "cp866": 17,
    "cp852": 18,
    "cp858": 19,
}

NO_BREAK: Final = "\xa0"

# First the best stand-in, then what every page has.
_STAND_INS: Final = {
    "œ": ("oe",),
    "Œ": ("OE",),
    "æ": ("ae",),
    "Æ": ("AE",),
    "€": ("EUR",),
    "’": ("'",),
    "‘": ("'",),
    "“": ("«", '"'),
    "”": ("»", '"'),
    "«": ('"',),
    "»": ('"',),
    "…": ("...",),
    "–": ("-",),
    "—": ("─", "-"),
    "─": ("—", "-"),
    "═": ("=",),
    "−": ("–", "-"),
    "‐": ("-",),
    "‑": ("-",),
    "•": ("·", "*"),
    "·": ("-",),
    "×": ("x",),
    "→": ("->",),
    "←": ("<-",),
    "✓": ("x",),
    "≥": (">=",),
    "≤": ("<=",),
    "№": ("n°", "no"),
    "°": ("o",),
    "™": ("(tm)",),
    "ß": ("ss",),
    "ø": ("o",),
    "Ø": ("O",),
    "ł": ("l",),
    "Ł": ("L",),
}
_NO_WIDTH: Final = frozenset("\xad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\ufe0e\ufe0f")


def fit(text: str, code_page: str) -> str:
    """Return the text in letters of this code page; NO_BREAK marks the spaces where no line may end."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    if "\xad" not in text and _is_in(text, code_page):
        return text
    return "".join(_fit_letter(char, code_page) for char in text)


@lru_cache(maxsize=4096)
def _fit_letter(char: str, code_page: str) -> str:
    if char in "\u202f\u2007\xa0":
        return NO_BREAK
    if char == "\n":
        return char
    if char in _NO_WIDTH or unicodedata.category(char) in ("Mn", "Cf"):
        return ""
    if unicodedata.category(char) in ("Zs", "Zl", "Zp"):
        return " "
    for candidate in (char, *_STAND_INS.get(char, ()), _bare(char)):
        if candidate and _is_in(candidate, code_page):
            return candidate
    return "?"


def _bare(char: str) -> str:
    """Return the letter without its accents, and ligatures as their letters."""
    apart = unicodedata.normalize("NFKD", char)
    return "".join(part for part in apart if part.isprintable() and not unicodedata.combining(part))


def _is_in(text: str, code_page: str) -> bool:
    try:
        text.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True
