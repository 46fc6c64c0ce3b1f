"""What staff see of the hall: the performances, who comes, the seats kept back, the statement of each date."""

from datetime import timedelta

from citizen_space.kit import clock
from citizen_space.law import queries as law
from citizen_space.venue import queries, rules, service, stage
from citizen_space.venue.forms import BlockForm, ExchangeForm, PerformanceForm
from citizen_space.venue.models import PerformanceStatus
from citizen_space.venue.plan import Drawing
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.roles import FINANCE, STAGE
from citizen_space.web.visit import Visit

_DAYS_BACK = 60


def show_performances(visit: Visit) -> Response:
    """Every performance, those to come first: what is sold, what it brought, who came."""
    every = list(PerformanceStatus)
    start = clock.day_bounds(clock.business_day(visit.at))[0]
    coming = queries.list_dated(visit.session, start, statuses=every)
    past = queries.list_dated(visit.session, start - timedelta(days=_DAYS_BACK), start, statuses=every)
    seats, wheelchair = queries.count_wheelchair_places(visit.session)
    due = rules.wheelchair_places_due(seats, law.get_json(visit.session, "pmr_seats", clock.business_day(visit.at)))
    ids = [one.performance.id or 0 for one in (*coming, *past)]
    return visit.render(
        "venue/office/performances.html",
        lists=[("coming", coming), ("past", list(reversed(past)))],
        sales=queries.sales_of(visit.session, ids),
        events=queries.list_events(visit.session),
        seats=seats,
        wheelchair=wheelchair,
        wheelchair_due=due,
    )


def add_performance(visit: Visit) -> Response:
    """Put a date on sale."""
    form: PerformanceForm = visit.form
    performance = stage.add_performance(
        visit.session,
        event_id=form.event_id,
        starts_at=clock.moment(form.on, form.starts),
        doors_minutes=form.doors_minutes,
        sales_minutes=form.sales_minutes,
    )
    return visit.redirect(f"/salle/seances/{performance.id}", notice=rules.SAVED)


def show_performance(visit: Visit) -> Response:
    """One date: its plan, the seats kept back, the door list."""
    performance_id: int = visit.path["performance_id"]
    sold, inside = queries.count_in(visit.session, performance_id)
    house = queries.get_house(visit.session, performance_id)
    return visit.render(
        "venue/office/performance.html",
        house=house,
        drawing=Drawing(house, (), visit.language),
        sold=sold,
        inside=inside,
        door=queries.list_door(visit.session, performance_id),
        results=queries.count_results(visit.session, performance_id),
        words={result: word for result, (word, _text) in rules.VERDICTS.items()},
        coming=queries.list_dated(visit.session, visit.at),
    )


def block(visit: Visit) -> Response:
    """Keep a seat back, or put it on sale again."""
    form: BlockForm = visit.form
    performance_id: int = visit.path["performance_id"]
    stage.block_seat(visit.session, performance_id, form.seat_id, None if form.blocked == "free" else form.blocked)
    return visit.redirect(f"/salle/seances/{performance_id}", notice=rules.SAVED)


def exchange(visit: Visit) -> Response:
    """Exchange a ticket for another seat at the same price."""
    form: ExchangeForm = visit.form
    seat = queries.get_seat_by_label(visit.session, form.seat)
    assert seat.id is not None
    service.exchange(
        visit.session,
        visit.path["admission_id"],
        performance_id=form.performance_id,
        seat_id=seat.id,
        actor=visit.actor,
        keys=visit.house.keys,
        at=visit.at,
    )
    return visit.redirect(f"/salle/seances/{visit.path['performance_id']}", notice=rules.EXCHANGED)


def show_ticket(visit: Visit) -> Response:
    """One ticket and what it may be exchanged for."""
    ticket = queries.get_ticket(visit.session, visit.path["admission_id"])
    return visit.render(
        "venue/office/ticket.html",
        ticket=ticket,
        performance_id=visit.path["performance_id"],
        coming=queries.list_dated(visit.session, visit.at, event_id=ticket.event.id),
    )


def show_statement(visit: Visit) -> Response:
    """What the tickets of a date brought, by category, beside what the books say."""
    performance_id: int = visit.path["performance_id"]
    performance, event = queries.get_performance(visit.session, performance_id)
    return visit.render(
        "venue/office/statement.html",
        performance=performance,
        event=event,
        statement=queries.get_statement(visit.session, performance_id),
    )


PERFORMANCE = "/salle/seances/{performance_id:int}"
TICKET = PERFORMANCE + "/billets/{admission_id:int}"
routes: list[Route] = [
    page("/salle", show_performances, roles=STAGE | FINANCE),
    act("/salle", add_performance, form=PerformanceForm, again=show_performances, roles=STAGE, once=True),
    page(PERFORMANCE, show_performance, roles=STAGE),
    act(PERFORMANCE + "/place", block, form=BlockForm, again=show_performance, roles=STAGE),
    page(TICKET, show_ticket, roles=STAGE),
    act(TICKET, exchange, form=ExchangeForm, again=show_ticket, roles=STAGE),
    page(PERFORMANCE + "/bordereau", show_statement, roles=STAGE | FINANCE),
]
