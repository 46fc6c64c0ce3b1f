"""Every French sentence has its English, once, with the same places to fill."""

import re
from collections import defaultdict
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from tests.architecture.source import HOUSE, ROOT

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translate_number": (1, 2),
}
OPTIONS = {"silent": "false", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}
PLACE = re.compile(r"%\(\w+\)[sd]")


def used() -> dict[str, list[str]]:
    """Every sentence that the code and the templates mark, with the places where they do."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted([*HOUSE.rglob("*.py"), *HOUSE.glob("*/templates/**/*")]):
        for line, message in extracted(path):
            for text in (message,) if isinstance(message, str) else message[:1]:
                found[text].append(f"{path.relative_to(ROOT).as_posix()}:{line}")
    return found


def extracted(path: Path) -> list[tuple[int, str | tuple[str, ...]]]:
    """Return what Babel finds in one file."""
    if path.suffix not in {".py", ".html", ".txt", ".xml"}:
        return []
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    rows = extract_from_file(method, path, keywords=KEYWORDS, options=OPTIONS)
    return [(line, message) for line, message, _comments, _context in rows if message]


def translated() -> dict[str, list[tuple[str, Message]]]:
    """Every sentence of every catalogue, with the catalogues that have it."""
    found: dict[str, list[tuple[str, Message]]] = defaultdict(list)
    for path in sorted(HOUSE.glob("*/locale/en.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en", abort_invalid=True):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    found[key].append((path.relative_to(ROOT).as_posix(), message))
    return found


def forms(message: Message) -> tuple[str, ...]:
    """Return the sentence, or its singular and plural."""
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(said)


def test_every_sentence_is_found_at_all() -> None:
    assert len(used()) > 100


def test_every_sentence_has_its_english() -> None:
    english = {key for key, found in translated().items() if any(all(forms(m)) and not m.fuzzy for _, m in found)}
    missing = [f"{places[0]}: {text!r}" for text, places in sorted(used().items()) if text not in english]
    assert not missing, f"{len(missing)} without English:\n" + "\n".join(missing)


def test_a_sentence_is_translated_one_way() -> None:
    """All catalogues are merged at start: two translations of one sentence would depend on the order."""
    several = {
        key: sorted({" | ".join(forms(message)) for _, message in found})
        for key, found in translated().items()
        if len({forms(message) for _, message in found}) > 1
    }
    assert not several, "\n".join(f"{key!r}: {said}" for key, said in several.items())


def test_the_places_to_fill_are_the_same() -> None:
    wrong = []
    for key, found in translated().items():
        for path, message in found:
            ids = {message.id} if isinstance(message.id, str) else set(message.id)
            allowed = {place for text in ids for place in PLACE.findall(text)}
            wrong += [f"{path}: {key!r}" for said in forms(message) if said and not set(PLACE.findall(said)) <= allowed]
            if isinstance(message.id, str) and message.string and set(PLACE.findall(forms(message)[0])) != allowed:
                wrong.append(f"{path}: {key!r} loses a place")
    assert not wrong, "\n" + "\n".join(wrong)


def test_no_translation_is_left_over() -> None:
    """What nobody says any more is removed, so that a translator works for readers only."""
    in_use = set(used())
    left = [f"{found[0][0]}: {key!r}" for key, found in sorted(translated().items()) if key not in in_use]
    assert not left, f"{len(left)} translations of nothing:\n" + "\n".join(left)
