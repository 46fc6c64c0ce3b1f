"""What may stand in templates, sheets and scripts: nothing inline, nothing from elsewhere, colours in one place."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.web_look.stage import WEB

PACKAGES = WEB.parent
TEMPLATES = sorted(PACKAGES.glob("*/templates/**/*.html"))
STATIC = WEB / "static"
SHEETS = sorted(STATIC.glob("*.css"))
SCRIPTS = sorted(STATIC.glob("*.js"))
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab|lab|lch|color)a?\(", re.IGNORECASE)
HOST = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]", re.IGNORECASE)


def name(path: Path) -> str:
    """Name a file from the packages' folder."""
    return path.relative_to(PACKAGES).as_posix()


def without_comments(path: Path) -> str:
    """Read a template, a sheet or a script without what is not sent."""
    return re.sub(r"\{#.*?#\}|/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_nothing_inline(path: Path) -> None:
    text = without_comments(path)
    # Mail readers only know what is in the letter itself; they show no page of ours.
    if "mail" not in path.relative_to(PACKAGES).as_posix():
        assert "<style" not in text
        assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"[\"']javascript:", text)


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEETS, *SCRIPTS], ids=name)
def test_no_page_asks_another_host(path: Path) -> None:
    fetched = re.findall(
        r"(?:src|href|srcset|action|data)\s*=\s*[\"'][^\"'{]*|url\([^)]*|^import\s[^;]*",
        without_comments(path),
        re.MULTILINE,
    )
    if path.name == "accessibilite.html":
        fetched = [found for found in fetched if not found.startswith("href")]
    assert not [found for found in fetched if HOST.search(found)]


@pytest.mark.parametrize("path", [s for s in SHEETS if s.name != "tokens.css"], ids=name)
def test_only_the_tokens_name_a_colour(path: Path) -> None:
    assert not COLOUR.findall(without_comments(path))


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_every_token_used_exists(path: Path) -> None:
    own = set(re.findall(r"(--[\w-]+)\s*:", path.read_text()))
    known = set(re.findall(r"(--[\w-]+)\s*:", (STATIC / "tokens.css").read_text())) | own
    assert set(re.findall(r"var\((--[\w-]+)", path.read_text())) <= known


def test_a_page_of_the_public_is_light() -> None:
    public = [STATIC / file for file in ("tokens.css", "components.css", "public.css", "once.js", "countdown.js")]
    assert sum(path.stat().st_size for path in public) < 70_000  # before gzip
    assert not [path for path in STATIC.rglob("*") if path.suffix in {".woff", ".woff2", ".ttf", ".otf"}]
    heavy = [path for path in STATIC.rglob("*") if path.suffix in {".png", ".jpg", ".svg", ".webp"}]
    assert not [path for path in heavy if path.stat().st_size > 60_000]


def test_all_that_the_web_says_is_said_in_english() -> None:
    with (WEB / "locale" / "en.po").open("rb") as file:
        english = {_key(message.id) for message in read_po(file) if message.id and message.string}
    methods = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
    keywords = {"_": None, "ngettext": (1, 2)}
    french = {_key(found[2]) for found in extract_from_dir(str(WEB), methods, keywords=keywords)}
    assert len(french) > 200
    assert french - english == set()


def _key(message: object) -> object:
    return message[0] if isinstance(message, list | tuple) else message
