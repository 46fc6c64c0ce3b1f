"""What a browser would read in a template, whatever is filled in: its texts, tags and attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from jinja2 import Environment

SHOWN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "summary"}
SILENT_TAGS = {"script", "style", "code", "kbd", "samp"}
WORD = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")  # a macro may write nothing but attributes
# Names, and signs that are the same in every language.
NEUTRAL = {
    *("Citizen", "Space", "IBAN", "BIC", "QR", "PIN", "SEPA", "pain", "camt", "CFONB", "CSV", "PDF", "FEC", "SIRET"),
    *("TVA", "EUR", "min", "px", "fr", "en", "Français", "English", "ics", "html", "utf", "kg", "cm"),
}


@dataclass
class Page:
    """A template with its places left empty: what it says, its tags, and its forms."""

    texts: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forms: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def words(self) -> list[str]:
        """Return the texts that have a word in them that is no name."""
        return [text for text in self.texts if set(WORD.findall(ATTRIBUTE.sub("", text))) - NEUTRAL]


def read_page(text: str) -> Page:
    """Read an HTML template."""
    reader = _Reader()
    reader.feed(_filled(text))
    reader.close()
    reader.page.forms = list(_forms(text))
    return reader.page


def read_letter(text: str) -> Page:
    """Read a plain-text template: all of it is shown."""
    return Page(texts=[line for line in _filled(text).splitlines() if line.strip()])


def _filled(text: str) -> str:
    """Put a digit where a value will stand, nothing where a statement stood, and drop what `trans` translates."""
    parts: list[str] = []
    translated = False
    for _line, kind, token in Environment(autoescape=True).lex(text):
        if kind == "name" and token in {"trans", "endtrans"}:
            translated = token == "trans"
        if kind == "data" and not translated:
            parts.append(token)
        elif kind == "variable_begin":
            # A tag whose name is filled in is still a tag.
            parts.append("x0" if "".join(parts[-1:]).endswith(("<", "</")) else "0")
        elif kind == "block_begin":
            parts.append(" ")
    return "".join(parts)


def _forms(text: str) -> Iterator[tuple[dict[str, str], str]]:
    """Give each form's attributes and what stands in it, unfilled."""
    for found in re.finditer(r"<form\b(.*?)>(.*?)</form>", text, re.DOTALL | re.IGNORECASE):
        pairs = re.findall(r"([\w-]+)\s*=\s*[\"']([^\"']*)", found[1])
        yield {name.lower(): value for name, value in pairs}, found[2]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.tags.append((tag, given))
        self._silent += tag in SILENT_TAGS
        self.page.texts += [value for name, value in given.items() if name in SHOWN_ATTRIBUTES and value]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.page.texts.append(given.get("value", ""))
        if tag == "meta" and given.get("name") == "description":
            self.page.texts.append(given.get("content", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._silent -= tag in SILENT_TAGS

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT_TAGS

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.page.texts.append(data.strip())
