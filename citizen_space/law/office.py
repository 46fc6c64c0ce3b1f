"""The law as staff see it: every value with its date, its reference and how sure we are; new values from a day on."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from starlette.responses import Response

from citizen_space.kit.clock import business_day
from citizen_space.kit.formats import day, money, percent
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.law import queries, service
from citizen_space.law.forms import ListForm, NewValueForm
from citizen_space.law.models import Confirmed, Parameter, Unit
from citizen_space.law.rules import DOUBTFUL, THEMES, effective, read_hundredths
from citizen_space.web.endpoint import Route, act, page
from citizen_space.web.roles import FINANCE, STAFF
from citizen_space.web.visit import Visit

CONFIRMED_NAMES: dict[str, LazyText] = {
    Confirmed.TEXT: _("Confirmé dans le texte"),
    Confirmed.SECONDARY: _("Source secondaire"),
    Confirmed.AMBIGUOUS: _("À confirmer : deux lectures possibles"),
    Confirmed.GENERAL: _("À confirmer : connaissance générale"),
    Confirmed.UNKNOWN: _("À confirmer : aucune source"),
}
UNIT_NAMES: dict[str, LazyText] = {
    Unit.EUROS: _("un montant en euros"),
    Unit.PERCENT: _("un pourcentage"),
    Unit.YES_NO: _("true (oui) ou false (non)"),
    Unit.COUNT: _("un nombre"),
    Unit.HOURS: _("des heures"),
    Unit.MINUTES: _("des minutes"),
    Unit.DAYS: _("des jours"),
    Unit.MONTHS: _("des mois"),
    Unit.YEARS: _("des années"),
    Unit.FACTOR: _("un coefficient"),
    Unit.CENTIMETRES: _("des centimètres"),
    Unit.TEXT: _("un texte"),
    Unit.JSON: _("des données (JSON)"),
}
_AFTER: dict[str, LazyText] = {
    Unit.HOURS: _("%(value)s h"),
    Unit.MINUTES: _("%(value)s min"),
    Unit.DAYS: _("%(value)s jours"),
    Unit.MONTHS: _("%(value)s mois"),
    Unit.YEARS: _("%(value)s ans"),
    Unit.CENTIMETRES: _("%(value)s cm"),
    Unit.FACTOR: _("× %(value)s"),
}

# What a code of the house means, where a value is one.
_WORDS: dict[str, LazyText] = {
    "open": _("ouvert à tous"),
    "named": _("sur nom"),
    "vetted": _("identité contrôlée"),
}


@dataclass(frozen=True)
class Shown:
    """One key as a line of the list."""

    row: Parameter
    value: str
    next_on: date | None


def show_list(visit: Visit) -> Response:
    """Every key by theme, with the value of today."""
    wanted = visit.ask(ListForm)
    today = business_day(visit.at)
    lines = [_line(rows, today, visit.language) for rows in _by_key(visit)]
    kept = [line for line in lines if _is_wanted(line.row, wanted)]
    chosen = [wanted.theme] if wanted.theme in THEMES else list(THEMES)
    themes = [(THEMES[name], [line for line in kept if line.row.theme == name]) for name in chosen]
    return visit.render(
        "law/office/list.html",
        themes=[(title, found) for title, found in themes if found],
        theme_names=[("", _("Tous")), *THEMES.items()],
        asked=bool(wanted.q or wanted.doute or wanted.theme),
        wanted=wanted,
        doubtful=DOUBTFUL,
        confirmed_names=CONFIRMED_NAMES,
        doubtful_count=sum(line.row.confirmed in DOUBTFUL for line in lines),
    )


def _by_key(visit: Visit) -> list[list[Parameter]]:
    rows = sorted(queries.list_parameters(visit.session), key=lambda row: row.key)
    return [list(group) for _key, group in groupby(rows, key=lambda row: row.key)]


def _line(rows: list[Parameter], today: date, language: str) -> Shown:
    found = effective((queries.value_of(row) for row in rows), today)
    row = next((one for one in rows if found is not None and one.id == found.id), rows[0])
    coming = [one.valid_from for one in rows if one.valid_from is not None and one.valid_from > today]
    return Shown(row, show_value(row, language) if found else "", min(coming, default=None))


def _is_wanted(row: Parameter, wanted: ListForm) -> bool:
    words = wanted.q.casefold()
    said = f"{row.key} {row.label_fr} {row.label_en} {row.reference} {row.value}".casefold()
    return words in said and (not wanted.doute or row.confirmed in DOUBTFUL)


def show_value(row: Parameter, language: str) -> str:
    """Write a value as people read it."""
    if not row.value:
        return ""
    if row.unit == Unit.EUROS:
        return money(read_hundredths(queries.value_of(row)), language)
    if row.unit == Unit.PERCENT:
        return percent(read_hundredths(queries.value_of(row)), language)
    if row.unit == Unit.YES_NO:
        return translate(_("oui") if row.value == "true" else _("non"), language)
    if row.unit == Unit.TEXT and row.value in _WORDS:
        return translate(_WORDS[row.value], language)
    return translate(_AFTER[row.unit], language, value=row.value) if row.unit in _AFTER else row.value


def show_key(visit: Visit) -> Response:
    """One key: today's value, everything that was ever said of it, and room for a new value."""
    rows = queries.list_history(visit.session, visit.path["key"])
    today = business_day(visit.at)
    line = _line(rows, today, visit.language)
    return visit.render(
        "law/office/parameter.html",
        line=line,
        history=[(row, show_value(row, visit.language)) for row in reversed(rows)],
        today=today,
        may_change=visit.who is not None and visit.who.role in FINANCE,
        never_said=all(not row.value for row in rows),
        theme=THEMES[line.row.theme],
        doubtful=DOUBTFUL,
        confirmed_names=CONFIRMED_NAMES,
        unit_name=UNIT_NAMES[line.row.unit],
    )


def set_value(visit: Visit) -> Response:
    """Say a new value."""
    form: NewValueForm = visit.form
    row = service.set_parameter(
        visit.session,
        key=visit.path["key"],
        value=form.value,
        valid_from=form.valid_from,
        reference=form.reference,
        confirmed=form.confirmed,
        note=form.note,
        actor=visit.actor,
        at=visit.at,
    )
    since = day(row.valid_from, visit.language) if row.valid_from else translate(_("toujours"), visit.language)
    said = translate(_("La nouvelle valeur est enregistrée (à partir de : %(since)s)."), visit.language, since=since)
    return visit.redirect(f"/loi/{row.key}", said)


routes: list[Route] = [
    page("/loi", show_list, roles=STAFF),
    page("/loi/{key}", show_key, roles=STAFF),
    act("/loi/{key}", set_value, form=NewValueForm, again=show_key, roles=FINANCE, once=True),
]
