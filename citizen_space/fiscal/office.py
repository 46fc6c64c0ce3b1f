"""The fiscal record as finance sees it: rows with their exact text, closings, the proof that nothing was changed."""

import json
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from citizen_space import __version__
from citizen_space.fiscal import archive, queries, rules, service, shelf, verifier
from citizen_space.fiscal.forms import ArchiveForm, ClosingsForm, RowsForm
from citizen_space.fiscal.models import FiscalArchive, Period, RowKind
from citizen_space.fiscal.queries import RowFilter
from citizen_space.fiscal.verifier import Report
from citizen_space.kit.clock import business_day
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.law import queries as law
from citizen_space.web.endpoint import Route, call_out, page
from citizen_space.web.roles import FINANCE
from citizen_space.web.visit import House, Visit

PER_PAGE = 50
# Of what the sealed rows say, older rows included; payments has the same words for its own.
TENDER_NAMES: dict[str, LazyText] = {
    "card": _("Carte bancaire"),
    "card_online": _("Carte en ligne"),
    "cash": _("Espèces"),
    "meal_voucher": _("Titre-restaurant"),
    "cheque": _("Chèque"),
    "deposit": _("Acompte"),
}
KIND_NAMES: dict[str, LazyText] = {
    RowKind.SALE: _("Vente"),
    RowKind.REFUND: _("Remboursement"),
    RowKind.VOID: _("Annulation"),
    RowKind.NOTE: _("Note"),
    RowKind.DUPLICATE: _("Duplicata"),
    RowKind.DEPOSIT: _("Acompte"),
    RowKind.NO_SALE: _("Tiroir sans vente"),
    RowKind.OPENING: _("Ouverture"),
    RowKind.CLOSING: _("Clôture"),
    RowKind.SIGN_IN_REFUSED: _("Connexion refusée"),
    RowKind.TRAINING: _("Formation"),
    RowKind.PARAMETER: _("Paramètre"),
    RowKind.VERSION: _("Version"),
    RowKind.INTEGRITY: _("Contrôle d’intégrité"),
    RowKind.RESTORE: _("Copie ancienne remise"),
    RowKind.CLOCK: _("Horloge reculée"),
    RowKind.KEY: _("Clé de signature"),
    RowKind.ARCHIVE: _("Archive"),
    RowKind.MOVEMENT: _("Mouvement d’espèces"),
    RowKind.OVERRIDE: _("Validation du personnel"),
}
PERIOD_NAMES: dict[str, LazyText] = {Period.DAY: _("Jour"), Period.MONTH: _("Mois"), Period.YEAR: _("Année")}


def show_rows(visit: Visit) -> Response:
    """Rows, newest first; the address keeps what was asked."""
    asked = visit.ask(RowsForm)
    wanted = RowFilter(asked.register_id, asked.kind, asked.from_on, asked.to_on, asked.order_id)
    rows = queries.list_rows(visit.session, wanted, limit=PER_PAGE + 1, offset=(asked.page - 1) * PER_PAGE)
    registers = queries.list_registers(visit.session)
    month_ago = business_day(visit.at) - timedelta(days=30)
    kept = {name: value for name, value in asked.model_dump(mode="json").items() if value and name != "page"}
    return visit.render(
        "fiscal/office/rows.html",
        rows=rows[:PER_PAGE],
        asked=asked,
        registers=registers,
        codes={register.id: register.code for register in registers},
        kind_names=KIND_NAMES,
        restores=queries.list_rows(visit.session, RowFilter(kind=RowKind.RESTORE, from_on=month_ago), limit=5),
        receipt_number=rules.receipt_number,
        base="?" + urlencode([*kept.items(), ("page", "")]),
        has_next=len(rows) > PER_PAGE,
    )


def show_row(visit: Visit) -> Response:
    """One row: what it says, word for word, and whether it still fits."""
    row = queries.get_row(visit.session, visit.path["row_id"])
    register = queries.get_register(visit.session, row.register_id)
    before = queries.find_neighbour(visit.session, row, -1)
    after = queries.find_neighbour(visit.session, row, 1)
    problem = verifier.row_problem(row, visit.house.keys, before.hash if before else rules.GENESIS)
    return visit.render(
        "fiscal/office/row.html",
        row=row,
        register=register,
        number=rules.receipt_number(register.code, row.number),
        problem_of_row=problem,
        before=before,
        after=after,
        sealed=_readable(row.content),
        kind_names=KIND_NAMES,
    )


def _readable(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True)
    except ValueError:
        return text


def show_closings(visit: Visit) -> Response:
    """Closings, newest first."""
    asked = visit.ask(ClosingsForm)
    registers = queries.list_registers(visit.session)
    closings = queries.list_closings(visit.session, register_id=asked.register_id, period=asked.period, limit=400)
    return visit.render(
        "fiscal/office/closings.html",
        closings=closings,
        asked=asked,
        registers=registers,
        codes={register.id: register.code for register in registers},
        period_names=PERIOD_NAMES,
    )


def show_closing(visit: Visit) -> Response:
    """One closing: its totals, VAT by rate, tenders, counts."""
    closing = queries.get_closing(visit.session, visit.path["closing_id"])
    return visit.render(
        "fiscal/office/closing.html",
        closing=closing,
        register=queries.get_register(visit.session, closing.register_id),
        totals=service.totals_of(closing),
        period_names=PERIOD_NAMES,
        tender_names=TENDER_NAMES,
        kind_names=KIND_NAMES,
    )


def show_attestation(visit: Visit) -> Response:
    """The editor's attestation to sign, with the references of the day (CGI 286 I 3° bis; BOI-LETTRE-000242)."""
    on = business_day(visit.at)
    return visit.render(
        "fiscal/office/attestation.html",
        proof=law.find_in_force(visit.session, "isca_proof_type", on),
        fine=law.find_in_force(visit.session, "isca_fine", on),
        code=law.find_text(visit.session, "vat_cite_code", on),
        version=__version__,
        registers=queries.list_registers(visit.session),
        on=on,
    )


def show_archives(visit: Visit) -> Response:
    """The archives that were made, and which may be made."""
    return visit.render(
        "fiscal/office/archives.html",
        archives=queries.list_archives(visit.session),
        archivable=service.list_archivable(visit.session, visit.at),
    )


def begin_archive(visit: Visit) -> dict[str, Any]:
    """Nothing is noted before the file is there."""
    form: ArchiveForm = visit.form
    return {"label": form.label, "by": visit.actor.code, "at": visit.at}


def make_archive(house: House, asked: Mapping[str, Any]) -> FiscalArchive:
    """Write the file with no session of this request open: a year takes a while."""
    return shelf.make_archive(house.database, house.config.var, keys=house.keys, **asked)


def end_archive(visit: Visit, _asked: Mapping[str, Any], made: FiscalArchive) -> Response:
    """Say that it is there."""
    return visit.redirect(
        "/journal/archives", translate(_("L’archive %(label)s est prête."), visit.language, label=made.label)
    )


def download_archive(visit: Visit) -> Response:
    """The file as it was made; made again, byte for byte, when it is no longer in its folder."""
    found = queries.get_archive(visit.session, visit.path["archive_id"])
    path = shelf.path_of(visit.house.config.var, found.label)
    if path.exists():
        content = path.read_bytes()
    else:
        again = BytesIO()
        archive.write(visit.session, found, visit.house.keys, again)
        content = again.getvalue()
    headers = {"content-disposition": f'attachment; filename="{path.name}"'}
    return Response(content, media_type="application/zip", headers=headers)


def ask_verification(visit: Visit) -> Response:
    """Where the check is begun."""
    return visit.render("fiscal/office/verification.html", report=None)


def begin_verification(_visit: Visit) -> None:
    """Nothing is to be noted before."""


def verify(house: House, _prepared: None) -> Report:
    """Check everything, in a session that only reads: a year takes a minute, and the tills go on meanwhile."""
    with house.database.read() as session:
        return service.verify(session, house.keys)


def show_verification(visit: Visit, _prepared: None, report: Report) -> Response:
    """What was found; that it was checked, and by whom, is itself sealed."""
    online = queries.find_online(visit.session)
    if online is not None and online.id is not None:
        by = visit.actor.code
        service.record_check(visit.session, online.id, report, by=by, at=visit.at, keys=visit.house.keys)
    return visit.render("fiscal/office/verification.html", report=report)


routes: list[Route] = [
    page("/journal", show_rows, roles=FINANCE),
    page("/journal/clotures", show_closings, roles=FINANCE),
    page("/journal/clotures/{closing_id:int}", show_closing, roles=FINANCE),
    page("/journal/attestation", show_attestation, roles=FINANCE),
    page("/journal/archives", show_archives, roles=FINANCE),
    call_out(
        "/journal/archives",
        before=begin_archive,
        outside=make_archive,
        after=end_archive,
        form=ArchiveForm,
        again=show_archives,
        roles=FINANCE,
        methods=("POST",),
    ),
    page("/journal/archives/{archive_id:int}", download_archive, roles=FINANCE),
    page("/journal/verification", ask_verification, roles=FINANCE),
    call_out(
        "/journal/verification",
        before=begin_verification,
        outside=verify,
        after=show_verification,
        again=ask_verification,
        roles=FINANCE,
        methods=("POST",),
    ),
    page("/journal/{row_id:int}", show_row, roles=FINANCE),
]
