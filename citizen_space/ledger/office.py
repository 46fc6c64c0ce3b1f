"""The books as finance sees them: entries, one entry with what caused it, the balance, the export."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from citizen_space.kit.clock import business_day
from citizen_space.kit.text import LazyText, _
from citizen_space.law import queries as law
from citizen_space.ledger import fec, queries, rules
from citizen_space.ledger.forms import JournalForm, PeriodForm
from citizen_space.ledger.models import Journal
from citizen_space.ledger.queries import EntryFilter
from citizen_space.web.endpoint import Route, page
from citizen_space.web.roles import FINANCE
from citizen_space.web.visit import Visit

PER_PAGE = 50
JOURNAL_NAMES: dict[str, LazyText] = {
    Journal.SALES: _("Ventes"),
    Journal.DEPOSITS: _("Acomptes"),
    Journal.VICTIMS: _("Part des victimes"),
    Journal.BANK: _("Banque"),
    Journal.CASH: _("Caisse"),
    Journal.WAGES: _("Rémunérations"),
    Journal.OTHER: _("Opérations diverses"),
}
# The first word of a source says what caused an entry, and so where its own page is.
SOURCE_PAGES: dict[str, tuple[LazyText, str]] = {
    "transfer": (_("Le virement"), "/part/virements/%s"),
    "payout": (_("Le versement"), "/paiements/versements/%s"),
    "drawer": (_("La session de caisse"), "/caisses/%s"),
    "wages": (_("Le décompte"), "/decomptes"),
}


def show_journal(visit: Visit) -> Response:
    """Entries, newest first; the address keeps what was asked."""
    asked = visit.ask(JournalForm)
    wanted = EntryFilter(asked.journal, asked.account, asked.from_on, asked.to_on, asked.q, asked.order_id)
    rows = queries.list_entries(visit.session, wanted, limit=PER_PAGE + 1, offset=(asked.page - 1) * PER_PAGE)
    kept = {name: value for name, value in asked.model_dump(mode="json").items() if value and name != "page"}
    return visit.render(
        "ledger/office/journal.html",
        rows=rows[:PER_PAGE],
        asked=asked,
        accounts=queries.list_accounts(visit.session),
        journal_names=JOURNAL_NAMES,
        say_source=partial(rules.say_source, language=visit.language),
        base="?" + urlencode([*kept.items(), ("page", "")]),
        has_next=len(rows) > PER_PAGE,
    )


def show_entry(visit: Visit) -> Response:
    """One entry: its postings, what caused it, what turned it round."""
    entry = queries.get_entry(visit.session, visit.path["entry_id"])
    entry_id = visit.path["entry_id"]
    kind, _colon, rest = entry.source.partition(":")
    title, path = SOURCE_PAGES.get(kind, (None, ""))
    return visit.render(
        "ledger/office/entry.html",
        entry=entry,
        postings=queries.list_postings(visit.session, entry_id),
        labels={account.code: account for account in queries.list_accounts(visit.session)},
        reversals=queries.list_reversals(visit.session, entry_id),
        siblings=_siblings(visit, entry.order_id, entry_id),
        journal_names=JOURNAL_NAMES,
        say_source=partial(rules.say_source, language=visit.language),
        source_title=title,
        source_path=path % rest.partition(":")[0] if "%s" in path else path,
    )


def _siblings(visit: Visit, order_id: int | None, entry_id: int) -> list[object]:
    if order_id is None:
        return []
    return [one for one in queries.list_entries_for_order(visit.session, order_id) if one.id != entry_id]


def show_balance(visit: Visit) -> Response:
    """The trial balance of a period."""
    asked = visit.ask(PeriodForm)
    upto_on = asked.to_on or business_day(visit.at)
    rows = queries.trial_balance(visit.session, upto_on, from_on=asked.from_on)
    return visit.render(
        "ledger/office/balance.html",
        rows=rows,
        asked=asked,
        upto_on=upto_on,
        debit_cents=sum(row.debit_cents for row in rows),
        credit_cents=sum(row.credit_cents for row in rows),
    )


def show_export(visit: Visit) -> Response:
    """Which period to export."""
    first, last = _period(visit)
    return visit.render("ledger/office/export.html", first=first, last=last)


def download_export(visit: Visit) -> Response:
    """The FEC of a period."""
    first, last = _period(visit)
    name = fec.file_name(law.find_text(visit.session, "house_siret", last), last)
    body = "".join(_export(visit, first, last)).encode()
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="text/plain; charset=utf-8", headers=headers)


def _export(visit: Visit, first: date, last: date) -> Iterator[str]:
    return fec.write(queries.list_records(visit.session, first, last))


def _period(visit: Visit) -> tuple[date, date]:
    asked = visit.ask(PeriodForm)
    today = business_day(visit.at)
    return asked.from_on or date(today.year, 1, 1), asked.to_on or today


routes: list[Route] = [
    page("/ecritures", show_journal, roles=FINANCE),
    page("/ecritures/balance", show_balance, roles=FINANCE),
    page("/ecritures/export", show_export, roles=FINANCE),
    page("/ecritures/fec", download_export, roles=FINANCE),
    page("/ecritures/{entry_id:int}", show_entry, roles=FINANCE),
]
