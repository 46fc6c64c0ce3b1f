"""What staff see of the tills: open one, look (X), move cash, count blind and close (Z)."""

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.cash import printouts, queries, service
from citizen_space.cash.forms import CountForm, MoveForm, OpenForm, ReadForm
from citizen_space.cash.models import DrawerSession, MovementKind
from citizen_space.cash.rules import COUNTABLE, PIECES, Report
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal.models import RegisterKind
from citizen_space.kit.clock import business_day
from citizen_space.kit.text import _
from citizen_space.payments.rules import TENDER_NAMES
from citizen_space.printing import service as printing
from citizen_space.printing.queries import find_printer
from citizen_space.printing.rules import STATE_NAMES
from citizen_space.vouching import rules as vouching_rules
from citizen_space.vouching.asking import asked
from citizen_space.vouching.models import Act
from citizen_space.vouching.rules import Voucher
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE, ROOM_HEADS
from citizen_space.web.visit import Visit
from printers.document import Document

# A member of staff owns the till session: a worker never opens, counts or closes one.
TILLS = ROOM_HEADS | FINANCE
MOVEMENT_NAMES = {
    MovementKind.PAID_IN: _("Apport"),
    MovementKind.PAID_OUT: _("Dépense"),
    MovementKind.DROP: _("Mise au coffre"),
}
OPENED = _("La caisse est ouverte.")
MOVED = _("Le mouvement est enregistré.")
CLOSED = _("La caisse est clôturée.")


def show_tills(visit: Visit) -> Response:
    """The tills, which are open, and the last closings."""
    found = [r for r in registers.list_registers(visit.session) if r.kind == RegisterKind.TILL]
    return visit.render(
        "cash/office/tills.html",
        registers=found,
        opened=queries.list_open_sessions(visit.session),
        names={register.id: register.name for register in found},
        pieces=PIECES,
        closed_today=queries.list_closed_on(visit.session, business_day(visit.at)),
        reopening=asked(visit, Act.REOPENING)["reasons"],
        closed=[drawer for drawer in queries.list_drawer_sessions(visit.session) if drawer.closed_at],
    )


def open_till(visit: Visit) -> Response:
    """Open a till with its float; again on a day on which it was closed, with a reason."""
    form: OpenForm = visit.form
    reopening = None
    if form.register_id in queries.list_closed_on(visit.session, business_day(visit.at)):
        vouching_rules.check_reason(Act.REOPENING, form.reason)
        reopening = Voucher(Act.REOPENING, form.reason, visit.actor, visit.actor, form.submission)
    drawer = service.open_session(
        visit.session,
        form.register_id,
        float_cents=form.float_amount,
        actor=visit.actor,
        at=visit.at,
        keys=visit.house.keys,
        pieces=form.pieces,
        reopening=reopening,
    )
    return visit.redirect(f"/caisses/{drawer.id}", notice=OPENED)


def show_drawer(visit: Visit) -> Response:
    """An open session, without a figure that the count could lean on; or a closed one with its Z."""
    drawer = queries.get_drawer_session(visit.session, visit.path["drawer_id"])
    closed = drawer.z_row_id is not None
    return _draw_drawer(visit, drawer, queries.read_report(visit.session, drawer) if closed else None)


def _draw_drawer(visit: Visit, drawer: DrawerSession, report: Report | None) -> Response:
    return visit.render(
        "cash/office/drawer.html",
        drawer=drawer,
        register=registers.get_register(visit.session, drawer.register_id),
        report=report,
        **asked(visit, Act.X_REPORT),
        z=service.find_z(visit.session, visit.path["drawer_id"]),
        movements=queries.list_movements(visit.session, visit.path["drawer_id"]),
        movement_names=MOVEMENT_NAMES,
        tender_names=TENDER_NAMES,
    )


def read_x(visit: Visit) -> Response:
    """Look at an open session (X): who looked and why is sealed, and the figures are shown this once."""
    form: ReadForm = visit.form
    vouching_rules.check_reason(Act.X_REPORT, form.reason)
    voucher = Voucher(Act.X_REPORT, form.reason, visit.actor, visit.actor, form.submission)
    report = service.read_x(visit.session, visit.path["drawer_id"], voucher, at=visit.at, keys=visit.house.keys)
    return _draw_drawer(visit, queries.get_drawer_session(visit.session, visit.path["drawer_id"]), report)


def move_cash(visit: Visit) -> Response:
    """Put cash in or take it out."""
    form: MoveForm = visit.form
    service.move_cash(
        visit.session,
        visit.path["drawer_id"],
        kind=MovementKind(form.kind),
        amount_cents=form.amount,
        reason=form.reason,
        actor=visit.actor,
        submission=form.submission,
        at=visit.at,
        keys=visit.house.keys,
    )
    return visit.redirect(f"/caisses/{visit.path['drawer_id']}", notice=MOVED)


def ask_count(visit: Visit) -> Response:
    """The blind count: what is expected is not shown."""
    drawer = queries.get_drawer_session(visit.session, visit.path["drawer_id"])
    return visit.render(
        "cash/office/count.html",
        drawer=drawer,
        register=registers.get_register(visit.session, drawer.register_id),
        left=queries.list_left_open(visit.session, drawer),
        state_names=STATE_NAMES,
        countable=COUNTABLE,
        tender_names=TENDER_NAMES,
    )


def close_till(visit: Visit) -> Response:
    """Close by what was counted, and print the Z."""
    form: CountForm = visit.form
    z = service.close_session(
        visit.session,
        visit.path["drawer_id"],
        form.counted(),
        visit.actor,
        visit.at,
        keys=visit.house.keys,
        carry_over=form.carry_over,
    )
    _queue(visit, z)
    return visit.redirect(f"/caisses/{z.drawer.id}", notice=CLOSED)


def _queue(visit: Visit, z: service.Z) -> None:
    """Print on the till's own printer, if it has one: a closing does not wait for paper."""
    code = registers.get_register(visit.session, z.drawer.register_id).code
    if find_printer(visit.session, code) is not None:
        printing.queue(
            visit.session, z_document(z, code, visit.language), printer_code=code, key=f"z:{z.row.id}", at=visit.at
        )


def z_document(z: service.Z, code: str, language: str) -> Document:
    """Return a close on paper."""
    drawer: DrawerSession = z.drawer
    assert drawer.closed_at is not None
    return printouts.z_report(
        z.report,
        number=z.number,
        register=code,
        opened_at=drawer.opened_at,
        opened_by=drawer.opened_by,
        closed_at=drawer.closed_at,
        closed_by=drawer.closed_by,
        counted=z.counted,
        differences=z.differences,
        carried=z.carried,
        language=language,
    )


routes: list[Route] = [
    page("/caisses", show_tills, roles=TILLS, name="office-tills"),
    act("/caisses/ouvrir", open_till, form=OpenForm, again=show_tills, roles=TILLS),
    page("/caisses/{drawer_id:int}", show_drawer, roles=TILLS, name="office-drawer"),
    act("/caisses/{drawer_id:int}/x", read_x, form=ReadForm, again=show_drawer, roles=TILLS),
    act("/caisses/{drawer_id:int}/mouvement", move_cash, form=MoveForm, again=show_drawer, roles=TILLS),
    page("/caisses/{drawer_id:int}/compter", ask_count, roles=TILLS, name="office-count"),
    act("/caisses/{drawer_id:int}/cloturer", close_till, form=CountForm, again=ask_count, roles=TILLS),
]
