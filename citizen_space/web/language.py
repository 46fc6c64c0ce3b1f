"""Which language this reader gets."""

from collections.abc import Mapping

from citizen_space.kit.text import LANGUAGES, find_message, translate, translate_number

DEFAULT = "fr"

__all__ = ["DEFAULT", "LANGUAGES", "choose_language", "find_message", "translate", "translate_number"]


def choose_language(asked: str | None, remembered: str | None, headers: Mapping[str, str]) -> str:
    """Take `?lang=`, else what was chosen before, else what the browser prefers, else French."""
    for language in (asked, remembered):
        if language in LANGUAGES:
            return language
    return _preferred(headers.get("accept-language", ""))


def _preferred(header: str) -> str:
    best, best_weight = DEFAULT, 0.0
    for part in header.split(",")[:10]:
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower()[:2]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
