"""The colours of tokens.css, measured: text on its ground reaches 4.5 : 1, on the till 7 : 1, by day and by night."""

import re

import pytest

from tests.web_look.stage import WEB

SHEET = re.sub(r"/\*.*?\*/", "", (WEB / "static" / "tokens.css").read_text(), flags=re.DOTALL)
GROUNDS = ("paper", "sheet", "sunken")
WASHED = ("restaurant", "venue", "repairs", "gift", "good", "wait", "busy", "bad", "calm")
TEXTS = ("ink", "muted", "link", *WASHED)
PAIRS = [
    *[(text, ground) for text in TEXTS for ground in GROUNDS],
    *[(name, f"{name}-wash") for name in WASHED],
    *[("ink", f"{name}-wash") for name in WASHED],
    ("on-act", "act"),
    ("on-act", "act-hover"),
    ("on-bad", "bad"),
    *[("sheet", room) for room in ("restaurant", "venue", "repairs", "gift")],
]
EDGES = [(edge, ground) for edge in ("edge", "focus") for ground in GROUNDS]


def block(selector: str) -> dict[str, str]:
    """Read the custom properties of a rule outside any @media."""
    outside = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", SHEET)
    found = re.findall(rf"(?:^|\}})\s*{re.escape(selector)}\s*\{{([^}}]*)\}}", outside)
    assert found, selector
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", "".join(found)))


DAY = block(":root")
TILL_DAY = {**DAY, **block(".till")}
TILL_NIGHT = {**TILL_DAY, **block('[data-theme="night"] .till')}


def luminance(colour: str) -> float:
    """Compute the relative luminance of #rrggbb, as WCAG defines it."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(tokens: dict[str, str], one: str, other: str) -> float:
    """Compute the contrast of two tokens."""
    light, dark = sorted((luminance(tokens[one]), luminance(tokens[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast({"a": "#000000", "b": "#ffffff"}, "a", "b") == pytest.approx(21)
    assert contrast({"a": "#777777", "b": "#ffffff"}, "a", "b") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("tokens", "least"), [(DAY, 4.5), (TILL_DAY, 7.0), (TILL_NIGHT, 7.0)], ids=["day", "till", "night"]
)
def test_every_text_can_be_read_on_its_ground(tokens: dict[str, str], least: float) -> None:
    poor = {pair: round(contrast(tokens, *pair), 2) for pair in PAIRS if contrast(tokens, *pair) < least}
    assert not poor


@pytest.mark.parametrize("tokens", [DAY, TILL_DAY, TILL_NIGHT], ids=["day", "till", "night"])
def test_what_can_be_touched_has_an_edge_one_can_see(tokens: dict[str, str]) -> None:
    poor = {pair: round(contrast(tokens, *pair), 2) for pair in EDGES if contrast(tokens, *pair) < 3}
    assert not poor


def test_the_night_names_every_colour_of_the_day() -> None:
    colours = {name for name, value in DAY.items() if value.startswith("#")} - {"qr-ground"}
    assert colours == {name for name, value in block('[data-theme="night"] .till').items() if value.startswith("#")}
