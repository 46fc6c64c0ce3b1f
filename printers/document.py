"""What to print, with no printer in sight: a document is a tuple of blocks, and plain JSON on its way."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, Final, Literal, get_args

Size = Literal["small", "normal", "large", "huge"]
Align = Literal["left", "center", "right"]
CodeKind = Literal["qr", "code128", "ean13"]

# A longer one would not fit on 58 mm paper with dots large enough for a telephone's camera.
LONGEST_QR: Final = 500
LONGEST_CODE128: Final = 80
# As wide as 80 mm paper, and no longer than a hand: a large picture takes seconds on its way.
WIDEST_PICTURE: Final = 576
HIGHEST_PICTURE: Final = 400


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped by words."""

    text: str
    size: Size = "normal"
    align: Align = "left"
    bold: bool = False
    inverted: bool = False

    def __post_init__(self) -> None:
        """Refuse what no printer could do and clean the words."""
        _set_clean(self, "text", self.text)
        _check_choice("size", self.size, get_args(Size))
        _check_choice("align", self.align, get_args(Align))
        _check_flags(self.bold, self.inverted)


@dataclass(frozen=True, slots=True)
class Columns:
    """One row of a table: the label (first cell) on the left wraps, the amounts on the right never do.

    Without weights each amount takes its own width and the label the rest; with weights the cells share the
    width in that proportion, so that rows of one table stand under each other.
    """

    cells: tuple[str, ...]
    weights: tuple[int, ...] = ()
    aligns: tuple[Align, ...] = ()
    bold: bool = False
    size: Size = "normal"

    def __post_init__(self) -> None:
        """Refuse a row that cannot be set."""
        _check_tuple("cells", self.cells, str)
        _check_tuple("weights", self.weights, int)
        _check_tuple("aligns", self.aligns, str)
        if not 1 <= len(self.cells) <= 8:
            raise ValueError("cells: a row has 1 to 8 cells")
        if self.weights and (len(self.weights) != len(self.cells) or min(self.weights) < 1):
            raise ValueError("weights: one positive weight for each cell")
        if self.aligns and len(self.aligns) != len(self.cells):
            raise ValueError("aligns: one for each cell")
        for align in self.aligns:
            _check_choice("aligns", align, get_args(Align))
        object.__setattr__(self, "cells", tuple(map(clean, self.cells)))
        _check_choice("size", self.size, get_args(Size))
        _check_flags(self.bold)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    char: str = "─"

    def __post_init__(self) -> None:
        """Refuse what is not one visible character."""
        _check_text("char", self.char)
        if len(self.char) != 1 or not self.char.isprintable() or self.char == " ":
            raise ValueError("char: one visible character")


@dataclass(frozen=True, slots=True)
class Code:
    """A code to scan, with its meaning in words below it."""

    data: str
    kind: CodeKind = "qr"
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse data that the code cannot carry: the printer would print nothing, and say nothing."""
        _check_choice("kind", self.kind, get_args(CodeKind))
        _check_text("data", self.data)
        _CODE_CHECKS[self.kind](self.data)
        _set_clean(self, "caption", self.caption)


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo: rows of dots, eight to a byte, 1 is black, in base64; a narrower paper gets it at half the size."""

    width: int
    bits: str
    align: Align = "center"

    def __post_init__(self) -> None:
        """Refuse what is no picture, or more than a logo."""
        if type(self.width) is not int or self.width % 8 or not 8 <= self.width <= WIDEST_PICTURE:
            raise ValueError(f"width: 8 to {WIDEST_PICTURE} dots, whole bytes")
        _check_text("bits", self.bits)
        _check_choice("align", self.align, get_args(Align))
        dots = self.dots
        if not dots or len(dots) % (self.width // 8) or len(dots) > HIGHEST_PICTURE * self.width // 8:
            raise ValueError(f"bits: whole rows, {HIGHEST_PICTURE} at most")

    @property
    def dots(self) -> bytes:
        """Return the rows."""
        try:
            return base64.b64decode(self.bits, validate=True)
        except binascii.Error as error:
            raise ValueError("bits: base64") from error


@dataclass(frozen=True, slots=True)
class Space:
    """Empty lines."""

    lines: int = 1

    def __post_init__(self) -> None:
        """Refuse to feed half a roll."""
        if type(self.lines) is not int or not 1 <= self.lines <= 40:
            raise ValueError("lines: 1 to 40")


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the paper; partial leaves a point for the hand to tear."""

    partial: bool = True

    def __post_init__(self) -> None:
        """Refuse what is not a yes or a no."""
        _check_flags(self.partial)


@dataclass(frozen=True, slots=True)
class Kick:
    """Open the cash drawer."""


Block = Text | Columns | Rule | Code | Picture | Space | Cut | Kick

BLOCKS: Final[Mapping[str, type[Block]]] = {
    "text": Text,
    "columns": Columns,
    "rule": Rule,
    "code": Code,
    "picture": Picture,
    "space": Space,
    "cut": Cut,
    "kick": Kick,
}
_NAMES: Final = {block: name for name, block in BLOCKS.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """What to print; `width` (in columns of normal text) only when it must be narrower than the paper."""

    kind: str
    blocks: tuple[Block, ...]
    width: int | None = None
    title: str = ""
    language: str = "fr"

    def __post_init__(self) -> None:
        """Refuse what is not a document."""
        _check_tuple("blocks", self.blocks, *_NAMES)
        if self.width is not None and (type(self.width) is not int or not 16 <= self.width <= 64):
            raise ValueError("width: 16 to 64 columns")
        for name in ("kind", "title", "language"):
            _set_clean(self, name, getattr(self, name))


def to_data(document: Document) -> dict[str, Any]:
    """Return the document as plain data; what equals its default is left out."""
    data = _set_fields(document)
    data["blocks"] = [{"type": _NAMES[type(block)], **_set_fields(block)} for block in document.blocks]
    return data


def from_data(data: object) -> Document:
    """Return the document that plain data describes; an unknown or missing key is a ValueError."""
    given = _checked_keys(data, Document)
    blocks = given["blocks"]
    if not isinstance(blocks, list):
        raise ValueError("blocks: a list")
    return Document(**{**given, "blocks": tuple(map(_block_from_data, blocks))})


def to_json(document: Document) -> str:
    """Return the document as JSON, always the same text for the same document."""
    return json.dumps(to_data(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Document:
    """Return the document written in JSON; anything else is a ValueError."""
    return from_data(json.loads(text))


def clean(text: str) -> str:
    """Return the text without control characters and halves of characters, which no paper can show."""
    _check_text("text", text)
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(
        char for char in text if char == "\n" or (char >= " " and not "\x7f" <= char < "\xa0" and not _is_half(char))
    )


def ean13_check_digit(digits: str) -> str:
    """Return the thirteenth digit that belongs to the first twelve."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    return str(-total % 10)


def _is_half(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"


def _block_from_data(data: object) -> Block:
    if not isinstance(data, dict):
        raise ValueError("block: an object")
    kind = data.get("type")
    if not isinstance(kind, str) or kind not in BLOCKS:
        raise ValueError(f"block: unknown type {kind!r}")
    block: type[Any] = BLOCKS[kind]
    given = _checked_keys({key: value for key, value in data.items() if key != "type"}, block)
    # JSON has no tuples; every list inside a block is one.
    made: Block = block(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})
    return made


def _checked_keys(data: object, shape: type[Any]) -> dict[str, Any]:
    """Return the data once its keys are exactly those the shape knows and needs."""
    if not isinstance(data, dict):
        raise ValueError(f"{shape.__name__}: an object")
    known = {field.name: field for field in fields(shape)}
    unknown = sorted(str(key) for key in data if key not in known)
    missing = sorted(name for name, field in known.items() if field.default is MISSING and name not in data)
    if unknown or missing:
        raise ValueError(f"{shape.__name__}: unknown keys {unknown}, missing keys {missing}")
    return data


def _set_fields(value: Document | Block) -> dict[str, Any]:
    kept = [(field, getattr(value, field.name)) for field in _fields_of(value)]
    return {
        field.name: list(item) if isinstance(item, tuple) else item
        for field, item in kept
        if field.default is MISSING or item != field.default
    }


def _fields_of(value: Document | Block) -> tuple[Field[Any], ...]:
    return fields(value)


def _set_clean(owner: object, name: str, text: str) -> None:
    """Clean a text in place: a customer's odd note must not stop a sale."""
    object.__setattr__(owner, name, clean(text))


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name}: one of {', '.join(choices)}")


def _check_flags(*flags: bool) -> None:
    if any(type(flag) is not bool for flag in flags):
        raise ValueError("a flag is true or false")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{name}: text")


def _check_tuple(name: str, values: object, *kinds: type) -> None:
    if not isinstance(values, tuple) or any(type(value) not in kinds for value in values):
        raise ValueError(f"{name}: a tuple of {' or '.join(kind.__name__ for kind in kinds)}")


def _check_qr(data: str) -> None:
    if not data or any(map(_is_half, data)) or len(data.encode()) > LONGEST_QR:
        raise ValueError(f"data: a QR code carries 1 to {LONGEST_QR} bytes")


def _check_code128(data: str) -> None:
    if not 1 <= len(data) <= LONGEST_CODE128 or not all(" " <= char <= "~" for char in data):
        raise ValueError(f"data: a Code 128 carries 1 to {LONGEST_CODE128} ASCII characters")


def _check_ean13(data: str) -> None:
    if len(data) != 13 or not (data.isascii() and data.isdigit()):
        raise ValueError("data: an EAN-13 has 13 digits")
    # The printer would print a wrong one without a word.
    if data[12] != ean13_check_digit(data):
        raise ValueError("data: the check digit of this EAN-13 is wrong")


_CODE_CHECKS: Final[Mapping[str, Callable[[str], None]]] = {
    "qr": _check_qr,
    "code128": _check_code128,
    "ean13": _check_ean13,
}
