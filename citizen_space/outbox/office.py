"""Mails as staff see them: what has left, what waits and why, one mail as it was written, sent again on request."""

from urllib.parse import urlencode

from starlette.responses import Response

from citizen_space.kit.text import LazyText, _, translate
from citizen_space.outbox import queries, rules, service
from citizen_space.outbox.forms import MessagesForm, ResendForm
from citizen_space.outbox.models import MessageState
from citizen_space.web.endpoint import Route, act, page
from citizen_space.web.roles import ADMIN, ROOM_HEADS
from citizen_space.web.visit import Visit

PER_PAGE = 50
# A mail holds a customer's name, address and guests: neither the gate nor finance needs to read it.
READERS = ROOM_HEADS | ADMIN
STATE_NAMES: dict[str, LazyText] = {
    MessageState.QUEUED: _("En attente"),
    MessageState.SENT: _("Envoyé"),
    MessageState.FAILED: _("Échec"),
}


def show_list(visit: Visit) -> Response:
    """Mails, newest first; the address keeps what was asked."""
    asked = visit.ask(MessagesForm)
    found = queries.list_messages(
        visit.session,
        states=[asked.state] if asked.state else [],
        words=asked.q,
        limit=PER_PAGE + 1,
        offset=(asked.page - 1) * PER_PAGE,
    )
    kept = {name: value for name, value in asked.model_dump(mode="json").items() if value and name != "page"}
    return visit.render(
        "outbox/office/list.html",
        messages=found[:PER_PAGE],
        asked=asked,
        counts=queries.count_states(visit.session),
        state_names=STATE_NAMES,
        base="?" + urlencode([*kept.items(), ("page", "")]),
        has_next=len(found) > PER_PAGE,
    )


def show_message(visit: Visit) -> Response:
    """One mail as it was written."""
    message = queries.get_message(visit.session, visit.path["message_id"])
    return visit.render(
        "outbox/office/message.html",
        message=message,
        attachments=rules.unpack(message.attachments),
        state_names=STATE_NAMES,
    )


def show_html(visit: Visit) -> Response:
    """The mail's own page, in a sandbox: nothing in it runs and nothing is fetched."""
    message = queries.get_message(visit.session, visit.path["message_id"])
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
    return Response(message.html, media_type="text/html", headers={"content-security-policy": policy})


def resend(visit: Visit) -> Response:
    """Send a mail again."""
    form: ResendForm = visit.form
    message = service.resend(visit.session, visit.path["message_id"], key=form.submission, at=visit.at)
    said = translate(_("Le message part de nouveau vers %(address)s."), visit.language, address=message.to_address)
    return visit.redirect(f"/courrier/{message.id}", said)


routes: list[Route] = [
    page("/courrier", show_list, roles=READERS),
    page("/courrier/{message_id:int}", show_message, roles=READERS),
    page("/courrier/{message_id:int}/page", show_html, roles=READERS),
    act("/courrier/{message_id:int}/renvoyer", resend, form=ResendForm, again=show_message, roles=READERS),
]
