"""What a worker sees of the drawer: that it is open, never what is in it; every act on it asks staff."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.cash import queries, service
from citizen_space.cash.forms import MoveAtTillForm
from citizen_space.cash.models import MovementKind
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.vouching.asking import asked, heads_of_till, vouched
from citizen_space.vouching.models import Act
from citizen_space.vouching.rules import Voucher
from citizen_space.web.endpoint import Handler, page
from citizen_space.web.roles import FINANCE, TILL
from citizen_space.web.visit import Visit


@dataclass(frozen=True)
class DrawerAct:
    """One thing done at the drawer: its address, its word and icon, and what is said once it is done."""

    path: str
    act: Act
    label: LazyText
    symbol: str
    done: LazyText
    has_amount: bool = True


ACTS = (
    DrawerAct("sans-vente", Act.NO_SALE, _("Ouvrir le tiroir"), "lock-open", _("Le tiroir s’ouvre."), has_amount=False),
    DrawerAct("apport", Act.PAID_IN, _("Mettre des espèces"), "arrow-left-right", _("Le mouvement est enregistré.")),
    DrawerAct("depense", Act.PAID_OUT, _("Sortir des espèces"), "undo-2", _("Le mouvement est enregistré.")),
    DrawerAct("coffre", Act.DROP, _("Mettre au coffre"), "lock", _("Le mouvement est enregistré.")),
    DrawerAct("x", Act.X_REPORT, _("Imprimer le X"), "printer", _("Le X s’imprime."), has_amount=False),
)


def show_drawer(visit: Visit) -> Response:
    """Since when the till is open, and what staff may be asked for."""
    drawer = queries.find_open_session(visit.session, visit.register_id)
    return visit.render("cash/till/drawer.html", drawer=drawer, acts=ACTS)


def _ask(one: DrawerAct) -> Handler:
    def ask(visit: Visit) -> Response:
        if queries.find_open_session(visit.session, visit.register_id) is None:
            return show_drawer(visit)
        return visit.render("cash/till/ask.html", one=one, **asked(visit, one.act))

    return ask


def _then(one: DrawerAct) -> Handler:
    return lambda visit: visit.redirect("/tiroir", translate(one.done, visit.language))


def _do(one: DrawerAct) -> Callable[[Visit, Voucher], None]:
    return {Act.NO_SALE: open_drawer, Act.X_REPORT: print_x}.get(one.act, move_cash)


def open_drawer(visit: Visit, voucher: Voucher) -> None:
    """Open the drawer without a sale."""
    service.open_drawer(
        visit.session, visit.register_id, voucher, language=visit.language, at=visit.at, keys=visit.house.keys
    )


def print_x(visit: Visit, voucher: Voucher) -> None:
    """Print a look at the session."""
    service.print_x(
        visit.session, visit.register_id, voucher, language=visit.language, at=visit.at, keys=visit.house.keys
    )


def move_cash(visit: Visit, voucher: Voucher) -> None:
    """Put cash in, take it out, or take it to the safe."""
    form: MoveAtTillForm = visit.form
    service.move_cash(
        visit.session,
        service.get_session_of_till(visit.session, visit.register_id).id or 0,
        kind=MovementKind(voucher.act.value),
        amount_cents=form.amount_cents,
        reason=voucher.why,
        actor=voucher.asked_by,
        submission=voucher.key,
        at=visit.at,
        keys=visit.house.keys,
        voucher=voucher,
    )


def _owners(visit: Visit) -> Collection[str]:
    """Those who own a till's session vouch at its drawer."""
    return FINANCE | frozenset(heads_of_till(visit))


def _routes(one: DrawerAct) -> list[Route]:
    path, ask = f"/tiroir/{one.path}", _ask(one)
    form = {"form": MoveAtTillForm} if one.has_amount else {}
    return [
        page(path, ask, roles=TILL, name=f"drawer-{one.path}"),
        vouched(path, _do(one), act=one.act, then=_then(one), again=ask, by=_owners, **form),
    ]


routes: list[Route] = [
    page("/tiroir", show_drawer, roles=TILL, name="till-drawer"),
    *(route for one in ACTS for route in _routes(one)),
]
