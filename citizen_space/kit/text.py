"""What people read: French in the code, English in each package's `locale/en.po`."""

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
_PACKAGES = Path(__file__).parent.parent


class LazyText(str):
    """A French sentence that is translated only when somebody reads it."""

    __slots__ = ()


def _(text: str) -> LazyText:
    """Mark a French sentence for translation."""
    return LazyText(text)


@cache
def load_messages(language: str) -> dict[str, str | tuple[str, ...]]:
    """Read every package's catalogue of a language once, merged; French needs none."""
    messages: dict[str, str | tuple[str, ...]] = {}
    for path in sorted(_PACKAGES.glob(f"*/locale/{language}.po")):
        messages.update(_read(path, language))
    return messages


def _read(path: Path, language: str) -> dict[str, str | tuple[str, ...]]:
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file, locale=language)
    found: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string or ""
        forms = (said,) if isinstance(said, str) else tuple(said)
        if key and all(forms) and not message.fuzzy:
            found[key] = said if isinstance(said, str) else forms
    return found


def find_message(text: str, language: str) -> str:
    """Find the translation of a sentence, or the French itself."""
    found = text if language == "fr" else load_messages(language).get(text, text)
    return found if isinstance(found, str) else found[0]


def translate(text: str, /, language: str, **facts: Any) -> str:
    """Translate a sentence and fill its `%(name)s` places."""
    found = find_message(text, language)
    return found % facts if facts else str(found)


def translate_number(singular: str, plural: str, n: int, language: str, **facts: Any) -> str:
    """Translate a sentence that counts: French says one for 0 and 1, English for 1 only."""
    alone = abs(n) < 2 if language == "fr" else n == 1
    found = (singular, plural) if language == "fr" else load_messages(language).get(singular, (singular, plural))
    forms = (found, plural) if isinstance(found, str) else found
    return forms[0 if alone else 1] % {"n": n, "num": n, **facts}
