"""Money, dates and hours as CLDR writes them; no float ever touches an amount."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date

from citizen_space.kit.clock import local

_LOCALES = {"fr": ("fr", "FR"), "en": ("en", "GB")}


@cache
def locale_of(language: str) -> Locale:
    """Return a language's rules, made by its parts: to parse a name, Babel would read two MiB about all the others."""
    return Locale(*_LOCALES.get(language, _LOCALES["fr"]))


@cache
def _symbols(language: str) -> tuple[str, str, str]:
    latin = locale_of(language).number_symbols["latn"]
    return latin["group"], latin["decimal"], latin["minusSign"]


@cache
def _around_money(language: str) -> tuple[str, str]:
    pattern = locale_of(language).currency_formats["standard"]
    return pattern.prefix[0].replace("¤", "€"), pattern.suffix[0].replace("¤", "€")


@lru_cache(maxsize=4096)
def money(cents: int, language: str = "fr") -> str:
    """Write an amount: 1 234,50 € or €1,234.50."""
    group, decimal, minus = _symbols(language)
    before, after = _around_money(language)
    euros, rest = divmod(abs(cents), 100)
    sign = minus if cents < 0 else ""
    return f"{sign}{before}{f'{euros:,}'.replace(',', group)}{decimal}{rest:02d}{after}"


@lru_cache(maxsize=2048)
def percent(bp: int, language: str = "fr") -> str:
    """Write basis points as a percentage: 550 is 5,5 %."""
    decimal, minus = _symbols(language)[1:]
    whole, rest = divmod(abs(bp), 100)
    digits = f"{rest:02d}".rstrip("0")
    number = f"{whole}{decimal}{digits}" if digits else str(whole)
    return f"{minus if bp < 0 else ''}{number}{locale_of(language).percent_formats[None].suffix[0]}"


@lru_cache(maxsize=2048)
def day(on: date, language: str = "fr") -> str:
    """Write a date: lun. 23 nov. 2026."""
    return str(format_date(on, "EEE d MMM y", locale=locale_of(language)))


@lru_cache(maxsize=2048)
def long_day(on: date, language: str = "fr") -> str:
    """Write a date in full: lundi 23 novembre 2026."""
    return str(format_date(on, "EEEE d MMMM y", locale=locale_of(language)))


@lru_cache(maxsize=512)
def month(first_on: date, language: str = "fr") -> str:
    """Write a month: novembre 2026."""
    return str(format_date(first_on, "LLLL y", locale=locale_of(language)))


def hour(at: datetime, language: str = "fr") -> str:
    """Write the hour of an instant in Paris: 12:30."""
    return f"{local(at):%H:%M}"


def moment(at: datetime, language: str = "fr") -> str:
    """Write an instant in Paris: lun. 23 nov. 2026, 12:30."""
    there = local(at)
    return f"{day(there.date(), language)}, {there:%H:%M}"


def duration(minutes: int, language: str = "fr") -> str:
    """Write a length of time: 45 min, 2 h, 1 h 30."""
    sign = "-" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{sign}{rest}\u00a0min"
    return f"{sign}{hours}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


def shown(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Write the facts of a sentence as their suffix says: `_cents`, `_bp`, `_at`, `_on`, `_minutes`."""
    return {name: _shown(name, value, language) for name, value in facts.items()}


def _shown(name: str, value: Any, language: str) -> Any:
    for suffix, write in (("_cents", money), ("_bp", percent), ("_at", moment), ("_on", day), ("_minutes", duration)):
        if name.endswith(suffix) and value is not None:
            return write(value, language)
    return value
