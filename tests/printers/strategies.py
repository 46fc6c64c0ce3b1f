"""Random documents: any that the types allow."""

import base64

from hypothesis import strategies as st

from printers.document import (
    Align,
    Block,
    Code,
    Columns,
    Cut,
    Document,
    Kick,
    Picture,
    Rule,
    Size,
    Space,
    Text,
    ean13_check_digit,
)

_WORDS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="aé œ€’–\xa0\u202f\n×ABCDEF0123456789,.", max_size=120),
)
_SIZES: st.SearchStrategy[Size] = st.sampled_from(["small", "normal", "large", "huge"])
_ALIGNS: st.SearchStrategy[Align] = st.sampled_from(["left", "center", "right"])
_ASCII = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80)


@st.composite
def _columns(draw: st.DrawFn) -> Columns:
    cells = draw(st.lists(_WORDS, min_size=1, max_size=8))
    weights = draw(st.one_of(st.just([]), st.lists(st.integers(1, 9), min_size=len(cells), max_size=len(cells))))
    aligns = draw(st.one_of(st.just([]), st.lists(_ALIGNS, min_size=len(cells), max_size=len(cells))))
    return Columns(tuple(cells), tuple(weights), tuple(aligns), draw(st.booleans()), draw(_SIZES))


@st.composite
def _codes(draw: st.DrawFn) -> Code:
    kind = draw(st.sampled_from(["qr", "code128", "ean13"]))
    if kind == "ean13":
        digits = draw(st.text(alphabet="0123456789", min_size=12, max_size=12))
        return Code(digits + ean13_check_digit(digits), "ean13", draw(_WORDS))
    if kind == "code128":
        return Code(draw(st.one_of(_ASCII, st.text(alphabet="0123456789", min_size=1, max_size=80))), "code128")
    return Code(draw(st.text(min_size=1, max_size=120)), "qr", draw(_WORDS))


@st.composite
def _pictures(draw: st.DrawFn) -> Picture:
    across, rows = draw(st.integers(1, 72)), draw(st.integers(1, 40))
    row = draw(st.binary(min_size=across, max_size=across))
    return Picture(across * 8, base64.b64encode(row * rows).decode(), draw(_ALIGNS))


def blocks() -> st.SearchStrategy[Block]:
    """Return any block."""
    return st.one_of(
        st.builds(Text, _WORDS, _SIZES, _ALIGNS, st.booleans(), st.booleans()),
        _columns(),
        st.builds(Rule, st.characters().filter(lambda char: char.isprintable() and char != " ")),
        _codes(),
        _pictures(),
        st.builds(Space, st.integers(1, 40)),
        st.builds(Cut, st.booleans()),
        st.just(Kick()),
    )


def documents() -> st.SearchStrategy[Document]:
    """Return any document."""
    return st.builds(
        Document,
        st.sampled_from(["receipt", "kitchen", "z"]),
        st.lists(blocks(), max_size=8).map(tuple),
        st.one_of(st.none(), st.integers(16, 64)),
        _WORDS,
        st.sampled_from(["fr", "en"]),
    )
