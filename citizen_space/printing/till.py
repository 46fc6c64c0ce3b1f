"""What a worker sees of printing: one word in the top bar, and what to do when it is red."""

from starlette.responses import Response

from citizen_space.printing import queries, rules
from citizen_space.web.endpoint import Route, page
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit


def show_state(visit: Visit) -> Response:
    """The printers' state, as a piece of the top bar."""
    troubled = queries.list_troubled(visit.session, visit.at)
    return visit.render(
        "printing/till/state.html",
        printers_ok=not troubled,
        troubled=[(printer.name, rules.advise(printer.health)) for printer in troubled],
    )


routes: list[Route] = [page("/imprimante", show_state, roles=TILL)]
