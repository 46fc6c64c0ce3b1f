"""What finance sees of payments: what is awaited, what could not be given back, payouts and what they are made of."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.text import _
from citizen_space.payments import queries, sandbox_gateway, service
from citizen_space.payments.gateway import PayoutState
from citizen_space.payments.rules import TENDER_NAMES
from citizen_space.payments.sandbox_gateway import SandboxGateway
from citizen_space.web.endpoint import act, call_out, page
from citizen_space.web.fields import SubmissionForm
from citizen_space.web.roles import FINANCE
from citizen_space.web.visit import House, Visit

RETRIED = _("Le remboursement sera envoyé de nouveau.")
PAID_OUT = _("Le versement d’essai est fait.")
NOTHING = _("Il n’y a rien à verser.")
KIND_NAMES = {"payment": _("Paiement"), "refund": _("Remboursement"), "other": _("Autre mouvement")}


def show_payments(visit: Visit) -> Response:
    """Work first: refunds that failed or wait; then the payouts."""
    return visit.render(
        "payments/office/payments.html",
        troubled=queries.list_troubled_refunds(visit.session),
        payouts=queries.list_payouts(visit.session),
        unhandled=queries.list_unhandled(visit.session, visit.house.payments.name),
        tender_names=TENDER_NAMES,
        sandbox=isinstance(visit.house.payments, SandboxGateway),
    )


def show_payout(visit: Visit) -> Response:
    """One payout and the sales behind it."""
    payout = queries.get_payout(visit.session, visit.path["payout_id"])
    return visit.render(
        "payments/office/payout.html",
        payout=payout,
        items=queries.list_items_with_orders(visit.session, visit.path["payout_id"]),
        kind_names=KIND_NAMES,
    )


def retry_refund(visit: Visit) -> Response:
    """Send a failed refund again, under a new key."""
    service.retry_refund(visit.session, visit.path["refund_id"])
    return visit.redirect("/paiements", notice=RETRIED)


def make_payout(visit: Visit) -> Response | bool:
    """Let the sandbox send what was paid to the bank, as a processor does each day."""
    gateway: Any = visit.house.payments
    if not isinstance(gateway, SandboxGateway) or visit.house.config.production:
        raise NotFound
    if sandbox_gateway.make_payout(visit.session, visit.at) is None:
        return visit.redirect("/paiements", notice=NOTHING)
    return True


def list_payouts(house: House, _made: bool) -> list[PayoutState]:
    """Ask the processor for its payouts of today, with no session open."""
    found: list[PayoutState] = house.payments.list_payouts(business_day(house.clock()))
    return found


def store_payouts(visit: Visit, _made: bool, payouts: list[PayoutState]) -> Response:
    """Store them as the clock does."""
    for payout in payouts:
        service.store_payout(visit.session, visit.house.payments.name, payout, visit.at)
    return visit.redirect("/paiements", notice=PAID_OUT)


routes: list[Route] = [
    page("/paiements", show_payments, roles=FINANCE, name="office-payments"),
    page("/paiements/versements/{payout_id:int}", show_payout, roles=FINANCE, name="office-payout"),
    act(
        "/paiements/remboursements/{refund_id:int}/renvoyer",
        retry_refund,
        form=SubmissionForm,
        again=show_payments,
        roles=FINANCE,
    ),
    call_out(
        "/paiements/versements",
        before=make_payout,
        outside=list_payouts,
        after=store_payouts,
        form=SubmissionForm,
        again=show_payments,
        roles=FINANCE,
        methods=("POST",),
        name="office-sandbox-payout",
    ),
]
