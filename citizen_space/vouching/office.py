"""What staff see of overrides: what workers asked for at the tills, who vouched and why."""

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.kit.clock import business_day
from citizen_space.vouching import queries, rules
from citizen_space.web.endpoint import page
from citizen_space.web.roles import FINANCE, ROOM_HEADS
from citizen_space.web.visit import Visit


def _asked_day(visit: Visit) -> date | None:
    typed = visit.query.get("jour")
    if typed == "":
        return None
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return business_day(visit.at)


def show_overrides(visit: Visit) -> Response:
    """The overrides of a day, each leading to its sealed row."""
    on = _asked_day(visit)
    role = visit.who.role if visit.who else ""
    return visit.render(
        "vouching/office/overrides.html",
        on=on,
        overrides=queries.list_overrides(visit.session, on),
        acts=rules.ACT_NAMES,
        reasons=rules.REASONS,
        # The sealed journal is finance's.
        may_open_row=role in FINANCE,
    )


routes: list[Route] = [page("/validations", show_overrides, roles=FINANCE | ROOM_HEADS)]
