"""What finance sees and does about the share: what is owed, transfers step by step, rules, beneficiaries."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.compensation import pain, queries, rulebook, service
from citizen_space.compensation.forms import (
    AccountForm,
    BeneficiaryForm,
    CancelForm,
    ExportForm,
    PrepareForm,
    RuleForm,
)
from citizen_space.compensation.models import RuleDocument, TransferStatus
from citizen_space.compensation.refusals import NameNotTyped
from citizen_space.kit.clock import business_day
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.staff.rules import hide_iban
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE
from citizen_space.web.visit import Visit

STATUS_NAMES: dict[str, LazyText] = {
    TransferStatus.prepared: _("Préparé"),
    TransferStatus.approved: _("Approuvé"),
    TransferStatus.exported: _("Fichier remis"),
    TransferStatus.executed: _("Arrivé en banque"),
    TransferStatus.returned: _("Rejeté par la banque"),
    TransferStatus.cancelled: _("Annulé"),
}
BASE_NAMES: dict[str, LazyText] = {"net": _("hors taxes"), "gross": _("toutes taxes comprises")}


def _say(visit: Visit, text: LazyText, **facts: object) -> str:
    return translate(text, visit.language, **facts)


def show_overview(visit: Visit) -> Response:
    """What is owed to whom, the transfers, and what was missed."""
    return visit.render(
        "compensation/office/overview.html",
        owed=queries.list_owed(visit.session),
        transfers=queries.list_transfers(visit.session),
        missed=queries.list_missed(visit.session),
        today=business_day(visit.at),
        status_names=STATUS_NAMES,
    )


# -- transfers ---------------------------------------------------------------------------------------------------------


def prepare(visit: Visit) -> Response:
    """Collect what is owed into a transfer."""
    form: PrepareForm = visit.form
    transfer = service.prepare(
        visit.session, beneficiary_id=form.beneficiary_id, upto_on=form.upto_on, actor=visit.actor, at=visit.at
    )
    notice = _say(
        visit, _("Le virement %(name)s est préparé. Une autre personne doit l’approuver."), name=transfer.reference
    )
    return visit.redirect(f"/part/virements/{transfer.id}", notice)


def show_transfer(visit: Visit) -> Response:
    """One transfer: where it stands, what may be done next, and every receipt in it."""
    transfer = queries.get_transfer(visit.session, visit.path["transfer_id"])
    return visit.render(
        "compensation/office/transfer.html",
        transfer=transfer,
        items=queries.walk_of_transfer(visit.session, visit.path["transfer_id"]),
        status_names=STATUS_NAMES,
        versions=pain.VERSIONS,
    )


def approve(visit: Visit) -> Response:
    """Release a transfer."""
    transfer = service.approve(visit.session, visit.path["transfer_id"], actor=visit.actor, at=visit.at)
    return _back_to(visit, _say(visit, _("Le virement %(name)s est approuvé."), name=transfer.reference))


def cancel(visit: Visit) -> Response:
    """Give a transfer up."""
    transfer = queries.get_transfer(visit.session, visit.path["transfer_id"])
    if visit.form.confirm.strip().upper() != transfer.reference:
        raise NameNotTyped("confirm")
    service.cancel(visit.session, visit.path["transfer_id"], actor=visit.actor, at=visit.at)
    return _back_to(visit, _("Le virement est annulé. Son montant est de nouveau dû."))


def export(visit: Visit) -> Response:
    """Make the file, once."""
    made = service.export(
        visit.session,
        visit.path["transfer_id"],
        pain_version=visit.form.pain_version,
        actor=visit.actor,
        at=visit.at,
    )
    if made.again:
        return _back_to(visit, _("Ce fichier avait déjà été produit : c’est le même, à l’octet près."))
    return _back_to(visit, _("Le fichier est prêt : téléchargez-le et remettez-le à la banque."))


def download(visit: Visit) -> Response:
    """Hand out the stored bytes; each time is written down."""
    transfer = queries.get_transfer(visit.session, visit.path["transfer_id"])
    if transfer.file_text is None:
        return _back_to(visit, _("Le fichier n’est pas encore produit."))
    made = service.export(visit.session, visit.path["transfer_id"], actor=visit.actor, at=visit.at)
    return _file(made.name, "application/xml", made.data)


def _file(name: str, media_type: str, data: bytes) -> Response:
    safe = "".join(
        character for character in name if character.isascii() and (character.isalnum() or character in "-_.")
    )
    headers = {"Content-Disposition": f'attachment; filename="{safe or "document"}"'}
    return Response(data, media_type=media_type, headers=headers)


def _back_to(visit: Visit, notice: str) -> Response:
    return visit.redirect(f"/part/virements/{visit.path['transfer_id']}", notice)


# -- beneficiaries -----------------------------------------------------------------------------------------------------


def show_beneficiaries(visit: Visit) -> Response:
    """Who receives, on which account."""
    return visit.render(
        "compensation/office/beneficiaries.html",
        beneficiaries=queries.list_beneficiaries(visit.session),
        hide_iban=hide_iban,
    )


def show_beneficiary(visit: Visit) -> Response:
    """One beneficiary, its account whole, and the form to change it."""
    return visit.render(
        "compensation/office/beneficiary.html",
        beneficiary=queries.get_beneficiary(visit.session, visit.path["beneficiary_id"]),
    )


def add_beneficiary(visit: Visit) -> Response:
    """Make a beneficiary known."""
    form: BeneficiaryForm = visit.form
    rulebook.add_beneficiary(visit.session, **form.model_dump(), actor=visit.actor, at=visit.at)
    return visit.redirect("/part/beneficiaires", _("Le bénéficiaire est enregistré."))


def change_account(visit: Visit) -> Response:
    """Change the account a beneficiary is paid on."""
    form: AccountForm = visit.form
    rulebook.change_account(
        visit.session, visit.path["beneficiary_id"], iban=form.iban, bic=form.bic, actor=visit.actor, at=visit.at
    )
    notice = _("Le compte est changé. Une autre personne approuvera les virements vers ce compte.")
    return visit.redirect(f"/part/beneficiaires/{visit.path['beneficiary_id']}", notice)


# -- rules -------------------------------------------------------------------------------------------------------------


def show_rules(visit: Visit) -> Response:
    """Every rule, the one in force marked, and the form to propose another."""
    today = business_day(visit.at)
    return visit.render(
        "compensation/office/rules.html",
        rules=queries.list_rules(visit.session),
        in_force={rule.id for rule in queries.list_rules_in_force(visit.session, today)},
        parts=queries.list_parts(visit.session),
        beneficiaries=queries.list_beneficiaries(visit.session),
        base_names=BASE_NAMES,
        today=today,
    )


def propose_rule(visit: Visit) -> Response:
    """Write a rule down for somebody else to approve."""
    form: RuleForm = visit.form
    rulebook.propose_rule(
        visit.session,
        room=form.room,
        rate_bp=form.rate,
        base=form.base,
        parts=form.parts,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
        legal_basis=form.legal_basis,
        document=_store(visit, form.document),
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect("/part/regles", _("La règle est proposée. Une autre personne doit l’approuver."))


def _store(visit: Visit, content: bytes) -> RuleDocument:
    upload = visit.uploads.get("document")
    return rulebook.store_document(
        visit.session,
        name=(upload.filename if upload else "")[:200] or "document",
        # Never what the browser claims: it is handed out as it is, for downloading only.
        media_type="application/pdf" if content.startswith(b"%PDF-") else "application/octet-stream",
        content=content,
        actor=visit.actor,
        at=visit.at,
    )


def approve_rule(visit: Visit) -> Response:
    """Put a rule in force."""
    rulebook.approve_rule(visit.session, visit.path["rule_id"], actor=visit.actor, at=visit.at)
    return visit.redirect("/part/regles", _("La règle est approuvée."))


def download_document(visit: Visit) -> Response:
    """The text on which a rule rests."""
    rule = queries.get_rule(visit.session, visit.path["rule_id"])
    document = queries.get_document(visit.session, rule.document_id or 0)
    return _file(document.name, document.media_type, document.content)


_TRANSFER = "/part/virements/{transfer_id:int}"

routes: list[BaseRoute] = [
    page("/part", show_overview, roles=FINANCE),
    act("/part/virements", prepare, form=PrepareForm, again=show_overview, roles=FINANCE),
    page(_TRANSFER, show_transfer, roles=FINANCE),
    act(f"{_TRANSFER}/approuver", approve, again=show_transfer, roles=FINANCE),
    act(f"{_TRANSFER}/annuler", cancel, form=CancelForm, again=show_transfer, roles=FINANCE),
    act(f"{_TRANSFER}/exporter", export, form=ExportForm, again=show_transfer, roles=FINANCE),
    act(f"{_TRANSFER}/fichier", download, again=show_transfer, roles=FINANCE),
    page("/part/beneficiaires", show_beneficiaries, roles=FINANCE),
    act(
        "/part/beneficiaires", add_beneficiary, form=BeneficiaryForm, again=show_beneficiaries, roles=FINANCE, once=True
    ),
    page("/part/beneficiaires/{beneficiary_id:int}", show_beneficiary, roles=FINANCE),
    act(
        "/part/beneficiaires/{beneficiary_id:int}/compte",
        change_account,
        form=AccountForm,
        again=show_beneficiary,
        roles=FINANCE,
    ),
    page("/part/regles", show_rules, roles=FINANCE),
    act("/part/regles", propose_rule, form=RuleForm, again=show_rules, roles=FINANCE, once=True),
    act("/part/regles/{rule_id:int}/approuver", approve_rule, again=show_rules, roles=FINANCE),
    page("/part/regles/{rule_id:int}/document", download_document, roles=FINANCE),
]
