"""What finance sees and does with the bank's word: statements in, lines explained, the walk both ways."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.bank import queries, reading, service
from citizen_space.bank.forms import ImportForm, MatchForm, TrialForm
from citizen_space.bank.models import BankMatch, MatchKind
from citizen_space.bank.refusals import FileEmpty
from citizen_space.bank.rules import ReadFile
from citizen_space.compensation import queries as shares
from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.payments import queries as payments
from citizen_space.web.endpoint import act, call_out, page
from citizen_space.web.roles import FINANCE
from citizen_space.web.visit import House, Upload, Visit

KIND_NAMES: dict[str, LazyText] = {
    MatchKind.transfer: _("Virement de la part"),
    MatchKind.payout: _("Versement des paiements en ligne"),
    MatchKind.returned: _("Virement rendu par la banque"),
}


@dataclass(frozen=True)
class MatchView:
    """What a line is, as a page links it."""

    kind: str
    label: str
    url: str
    by: str
    at: Any


def _say(visit: Visit, text: LazyText, **facts: object) -> str:
    return translate(text, visit.language, **facts)


def _offers_trial(visit: Visit) -> bool:
    """A trial statement is for a house that takes play money."""
    return visit.house.config.sandbox and not visit.house.config.production


def show_bank(visit: Visit) -> Response:
    """Statements, what is unexplained, what the bank has yet to show."""
    return visit.render(
        "bank/office/bank.html",
        accounts=queries.list_accounts(visit.session),
        statements=queries.list_statements(visit.session),
        unmatched=queries.list_unmatched(visit.session),
        transfers=shares.list_exported(visit.session),
        payouts=queries.list_awaited_payouts(visit.session),
        trial=_offers_trial(visit),
    )


# -- import: the file is understood with no session open ---------------------------------------------------------------


def _receive(visit: Visit) -> Upload:
    upload = visit.uploads.get("file")
    if upload is None or not upload.content:
        raise FileEmpty
    return upload


def _understand(_house: House, upload: Upload) -> ReadFile:
    return reading.read(upload.content)


def _keep(visit: Visit, upload: Upload, file: ReadFile) -> Response:
    done = service.import_statement(
        visit.session, upload.content, actor=visit.actor, at=visit.at, name=upload.filename, file=file
    )
    if done.again:
        notice: str = _("Ce fichier avait déjà été importé : rien n’a changé.")
    else:
        notice = _say(
            visit,
            _("Lignes importées : %(new)s. Déjà connues : %(known)s. Rapprochées : %(matched)s."),
            new=done.new_count,
            known=done.known_count,
            matched=done.matched_count,
        )
    return visit.redirect(f"/banque/releves/{done.statements[0].id}", notice)


# -- statements and lines ----------------------------------------------------------------------------------------------


def show_statement(visit: Visit) -> Response:
    """One statement with its lines and what each is."""
    statement = queries.get_statement(visit.session, visit.path["statement_id"])
    lines = queries.list_lines(visit.session, visit.path["statement_id"])
    return visit.render(
        "bank/office/statement.html",
        statement=statement,
        account=queries.get_account(visit.session, statement.account_id),
        lines=[(view.line, _view(visit, view.match)) for view in lines],
    )


def show_line(visit: Visit) -> Response:
    """One line: what it is and every receipt behind it, or what it could be."""
    line = queries.get_line(visit.session, visit.path["line_id"])
    match = queries.find_match(visit.session, visit.path["line_id"])
    return visit.render(
        "bank/office/line.html",
        line=line,
        match=_view(visit, match),
        orders=queries.list_orders_of_line(visit.session, visit.path["line_id"]),
        candidates=[] if match else _candidates(visit, line.amount_cents),
    )


def _view(visit: Visit, match: BankMatch | None) -> MatchView | None:
    if match is None:
        return None
    if match.kind == MatchKind.payout:
        label, url = payments.get_payout(visit.session, match.target_id).provider_id, ""
    else:
        label = shares.get_transfer(visit.session, match.target_id).reference
        url = f"/part/virements/{match.target_id}"
    return MatchView(_say(visit, KIND_NAMES[match.kind]), label, url, match.matched_by, match.matched_at)


def _candidates(visit: Visit, cents: int) -> list[tuple[str, str]]:
    """What waits for a line of exactly this amount."""
    found = [
        (f"{target.kind}:{target.target_id}", " ".join(sorted(target.references)))
        for target in queries.list_targets(visit.session)
        if target.amount_cents == cents
    ]
    found += [
        (f"{MatchKind.returned}:{transfer.id}", transfer.reference)
        for transfer in shares.list_executed(visit.session)
        if transfer.amount_cents == cents
    ]
    return [(code, f"{_say(visit, KIND_NAMES[code.partition(':')[0]])} {label}") for code, label in found]


def confirm(visit: Visit) -> Response:
    """Say what a line is."""
    form: MatchForm = visit.form
    service.confirm_match(
        visit.session,
        visit.path["line_id"],
        kind=form.kind,
        target_id=form.target_id,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect(f"/banque/lignes/{visit.path['line_id']}", _("La ligne est rapprochée."))


def look_again(visit: Visit) -> Response:
    """Try to explain every line once more: a transfer or a payout may have come to be known since."""
    found = service.match_lines(visit.session, actor=visit.actor, at=visit.at)
    return visit.redirect("/banque", _say(visit, _("Lignes rapprochées : %(n)s."), n=found))


def go_to_transfer(visit: Visit) -> Response:
    """From a transfer to its line."""
    line = queries.find_line_of_transfer(visit.session, visit.path["transfer_id"])
    if line is None:
        raise NotFound
    return visit.redirect(f"/banque/lignes/{line.id}")


# -- to try with -------------------------------------------------------------------------------------------------------


def show_trial(visit: Visit) -> Response:
    """What the trial statement would carry."""
    if not _offers_trial(visit):
        raise NotFound
    return visit.render(
        "bank/office/trial.html",
        lines=service.list_trial_lines(visit.session),
        on=_trial_day(visit),
    )


def _trial_day(visit: Visit) -> date:
    return business_day(visit.at)


def download_trial(visit: Visit) -> Response:
    """A statement as a bank would give it."""
    if not _offers_trial(visit):
        raise NotFound
    form: TrialForm = visit.form
    name, data = service.write_trial_statement(
        visit.session, version=form.format, on=form.on or _trial_day(visit), at=visit.at
    )
    return Response(
        data, media_type="application/xml", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


routes: list[BaseRoute] = [
    page("/banque", show_bank, roles=FINANCE),
    call_out(
        "/banque/releves",
        before=_receive,
        outside=_understand,
        after=_keep,
        form=ImportForm,
        again=show_bank,
        roles=FINANCE,
        methods=("POST",),
    ),
    page("/banque/releves/{statement_id:int}", show_statement, roles=FINANCE),
    page("/banque/lignes/{line_id:int}", show_line, roles=FINANCE),
    act("/banque/lignes/{line_id:int}/rapprocher", confirm, form=MatchForm, again=show_line, roles=FINANCE),
    act("/banque/rapprocher", look_again, again=show_bank, roles=FINANCE),
    page("/banque/virements/{transfer_id:int}", go_to_transfer, roles=FINANCE),
    page("/banque/essai", show_trial, roles=FINANCE),
    act("/banque/essai", download_trial, form=TrialForm, again=show_trial, roles=FINANCE),
]
