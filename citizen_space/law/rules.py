"""How a parameter is read: which of its rows holds on a day, and what its text means."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from citizen_space.kit.errors import NotFound, Refusal
from citizen_space.kit.money import BASIS
from citizen_space.kit.text import _
from citizen_space.law.models import Confirmed, Unit

THEMES = {
    "house": _("Établissement"),
    "booking": _("Réservation et accès"),
    "restaurant": _("Restaurant"),
    "hall": _("Salle de spectacle"),
    "bikes": _("Atelier vélos"),
    "vat": _("TVA"),
    "till": _("Caisse et archives"),
    "victims": _("Victimes"),
    "work": _("Travail"),
    "account": _("Compte nominatif"),
    "bank": _("Banque"),
    "privacy": _("Données personnelles"),
}

DOUBTFUL = frozenset({Confirmed.AMBIGUOUS, Confirmed.GENERAL, Confirmed.UNKNOWN})

_LARGEST = 10**9
_NUMBER = re.compile(r"-?[0-9]{1,9}([.][0-9]{1,6})?")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WHOLE = frozenset({Unit.COUNT, Unit.HOURS, Unit.MINUTES, Unit.DAYS, Unit.MONTHS, Unit.YEARS})
# Words that the house works with, by the beginning of their key.
_CHOICES = {"access_policy_": frozenset({"open", "named", "vetted"})}
_DECIMAL = frozenset({Unit.EUROS, Unit.PERCENT, Unit.FACTOR, Unit.CENTIMETRES})


class ParameterUnknown(NotFound):
    """No such key in the table of the law."""

    sentence = _("Le paramètre « %(key)s » n’existe pas.")


class ParameterUnset(Refusal):
    """The key exists, but nobody has decided its value for that day."""

    sentence = _("Le paramètre « %(key)s » n’a pas de valeur à cette date : il faut d’abord le renseigner.")


class ParameterUnreadable(Refusal):
    """The text does not fit the unit."""

    status = 422
    sentence = _("Cette valeur ne convient pas : %(unit)s attendu.")


class PastIsClosed(Refusal):
    """A value of the past was used already: it is part of what was sealed."""

    sentence = _("Une valeur ne change pas dans le passé : choisissez une date à partir d’aujourd’hui.")


@dataclass(frozen=True, slots=True)
class Value:
    """One dated value, as read from its row."""

    id: int
    key: str
    value: str
    unit: str
    valid_from: date | None
    valid_to: date | None


def effective(values: Iterable[Value], on: date) -> Value | None:
    """Return the value that holds on a day: the one that began last; of two of the same day, the one said last."""
    holding = [value for value in values if _holds(value, on)]
    return max(holding, key=lambda value: (value.valid_from or date.min, value.id), default=None)


def _holds(value: Value, on: date) -> bool:
    begun = value.valid_from is None or value.valid_from <= on
    return begun and (value.valid_to is None or on <= value.valid_to)


def read_decimal(value: Value) -> Decimal:
    """Return the number that a value's text says."""
    if _NUMBER.fullmatch(value.value) is None:
        raise ParameterUnreadable(unit=value.unit, key=value.key)
    return Decimal(value.value)


def read_hundredths(value: Value) -> int:
    """Return euros as cents, or a percentage as basis points; a third decimal would be lost, so it is refused."""
    hundredths = read_decimal(value) * 100
    if hundredths != hundredths.to_integral_value():
        raise ParameterUnreadable(unit=value.unit, key=value.key)
    return int(hundredths)


def read_int(value: Value) -> int:
    """Return a whole number."""
    number = read_decimal(value)
    if number != number.to_integral_value():
        raise ParameterUnreadable(unit=value.unit, key=value.key)
    return int(number)


def read_bool(value: Value) -> bool:
    """Return yes or no."""
    if value.value not in ("true", "false"):
        raise ParameterUnreadable(unit=value.unit, key=value.key)
    return value.value == "true"


def read_hour(value: Value) -> time:
    """Return an hour of the wall, as 09:30."""
    if _HOUR.fullmatch(value.value) is None:
        raise ParameterUnreadable("value", unit=value.unit, key=value.key)
    return time.fromisoformat(value.value)


def read_json(value: Value) -> Any:
    """Return what a structured value holds."""
    try:
        return json.loads(value.value)
    except ValueError:
        raise ParameterUnreadable(unit=value.unit, key=value.key) from None


def tidy_value(key: str, unit: str, text: str) -> str:
    """Return the text as it will be stored, or refuse what its unit cannot mean."""
    text = text.strip()
    if unit in _WHOLE or unit in _DECIMAL:
        text = text.replace(",", ".").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    candidate = Value(0, key, text, unit, None, None)
    _read_as_its_unit(candidate)
    return text


def _read_as_its_unit(value: Value) -> None:
    if value.unit in (Unit.EUROS, Unit.PERCENT):
        number = read_hundredths(value)
    elif value.unit in _WHOLE:
        number = read_int(value)
    elif value.unit in _DECIMAL:
        number = int(read_decimal(value))
    else:
        number = 0
        _read_words(value)
    if number < 0:
        raise ParameterUnreadable("value", unit=value.unit, key=value.key)


def _read_words(value: Value) -> None:
    if not value.value:
        raise ParameterUnreadable("value", unit=value.unit, key=value.key)
    if value.key.endswith("_hour"):
        read_hour(value)
    elif value.unit == Unit.YES_NO:
        read_bool(value)
    elif value.unit == Unit.JSON:
        read_json(value)
    if any(value.key.startswith(begins) and value.value not in words for begins, words in _CHOICES.items()):
        raise ParameterUnreadable("value", unit=value.unit, key=value.key)


def check_shape(value: Value, told_before: Iterable[Value]) -> None:
    """Refuse a structured value that is not built like those before it: the house could not work with it."""
    shapes = [shape for told in told_before if told.value and (shape := read_json(told))]
    if shapes and not _is_built_like(read_json(value), shapes[0]):
        raise ParameterUnreadable("value", unit=value.unit, key=value.key)


def _is_built_like(value: Any, shape: Any) -> bool:
    """A list of such rows, or such a row: the same names, each a whole number, nothing only where nothing may be."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(_is_such_a_row(row, shape) for row in value)
    return _is_such_a_row(value, [shape])


def _is_such_a_row(value: Any, shapes: Sequence[Mapping[str, Any]]) -> bool:
    if not isinstance(value, dict) or value.keys() != shapes[0].keys():
        return False
    return all(
        (number is None and any(shape[name] is None for shape in shapes))
        or (type(number) is int and 0 <= number <= (BASIS if name.endswith("bp") else _LARGEST))
        for name, number in value.items()
    )


def check_not_past(begins: date | None, today: date, told_before: Sequence[Value]) -> None:
    """Refuse to change the past; what nobody had ever said may be said for any day."""
    if all(not value.value for value in told_before):
        return
    if begins is None or begins < today:
        raise PastIsClosed("valid_from")
