"""What a worker sees of the kitchen: the board of a station, and the news that keeps every till's screen up to date."""

from collections import Counter
from datetime import timedelta
from typing import cast
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from citizen_space.kitchen import queries, rules, service
from citizen_space.kitchen.forms import MoveForm
from citizen_space.kitchen.models import ChitState
from citizen_space.printing import queries as printing
from citizen_space.products import queries as products
from citizen_space.web.endpoint import Route, act, page
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit

# What a card's button does next, in the words on it.
NEXT = {ChitState.NEW: ChitState.STARTED, ChitState.STARTED: ChitState.READY, ChitState.RECALLED: ChitState.READY}
_TOLD_FOR = timedelta(milliseconds=500)
_AGES_EVERY_SECONDS = 30


def show_board(visit: Visit) -> Response:
    """What is to be made, the oldest first; beside it what is ready."""
    to_do = queries.list_to_do(visit.session, visit.at)
    counts = Counter(card.chit.station for card in to_do)
    station = _station(visit)
    shown = [card for card in to_do if station in ("", card.chit.station)]
    return visit.render(
        "kitchen/till/board.html",
        cards=rules.in_order(shown),
        ready=queries.list_ready(visit.session, visit.at, station),
        stations=[(name, rules.station_name(name), counts[name]) for name in queries.list_stations(visit.session)],
        station=station,
        course_name=rules.course_name,
        next_state=NEXT,
        stays_awake=True,
    )


def _station(visit: Visit) -> str:
    """The station whose board is asked for; all of them when none is."""
    asked = str(visit.typed.get("station") or visit.query.get("poste", ""))
    return asked if asked in queries.list_stations(visit.session) else ""


def move(visit: Visit) -> Response:
    """Take a chit one step further, or back."""
    form: MoveForm = visit.form
    service.move(
        visit.session,
        visit.path["chit_id"],
        form.to,
        number=form.number,
        actor=visit.actor,
        submission=form.submission,
        at=visit.at,
    )
    station = _station(visit)
    return visit.redirect("/cuisine" + (f"?{urlencode({'poste': station})}" if station else ""))


def tell_news(visit: Visit) -> Response:
    """One word for each matter that a screen shows: where it differs, the screen draws that part anew."""
    asked_at, known = visit.house.told.get("news", (visit.at, None))
    if known is None or not timedelta() < visit.at - asked_at < _TOLD_FOR:
        known = {
            "menu": products.stamp_menu(visit.session),
            "chits": queries.stamp_chits(visit.session),
            "printers": printing.stamp_printers(visit.session, visit.at),
            "ages": str(int(visit.at.timestamp()) // _AGES_EVERY_SECONDS),
        }
        visit.house.told["news"] = visit.at, known
    return JSONResponse(cast("dict[str, str]", known))


routes: list[Route] = [
    page("/cuisine", show_board, roles=TILL),
    act("/cuisine/bons/{chit_id:int}", move, form=MoveForm, again=show_board, roles=TILL),
    page("/nouvelles", tell_news, roles=TILL),
]
