"""What staff see of the restaurant: the day's sheet, the tables and the sittings."""

from datetime import date

from citizen_space.bookings import service as bookings
from citizen_space.kit import clock
from citizen_space.restaurant import queries, rules, service
from citizen_space.restaurant.forms import NoShowForm, SittingForm, TableForm
from citizen_space.web.endpoint import Response, Route, act, page
from citizen_space.web.roles import CHEF
from citizen_space.web.visit import Visit

SHOWN = ("confirmed", "arrived", "completed", "no_show")


def show_day(visit: Visit) -> Response:
    """Who is expected on a day: covers by sitting, tables, allergies to come; no identity papers."""
    on = _asked_day(visit)
    start, end = clock.day_bounds(on)
    found = queries.list_bookings_between(visit.session, start, end, SHOWN)
    codes: dict[int | None, list[str]] = {}
    for claim, table, _booking in queries.list_claims_between(visit.session, start, end):
        codes.setdefault(claim.booking_id, []).append(table.code)
    offers = [offer for _on, offers in queries.list_offers(visit.session, on, days=1) for offer in offers]
    rows = [{"booking": booking, "tables": "+".join(codes.get(booking.id, []))} for booking in found]
    return visit.render("restaurant/office/day.html", on=on, rows=rows, offers=offers)


def _asked_day(visit: Visit) -> date:
    try:
        return date.fromisoformat(visit.query.get("jour", ""))
    except ValueError:
        return clock.business_day(visit.at)


def mark_no_show(visit: Visit) -> Response:
    """A party never came: its table is free again."""
    form: NoShowForm = visit.form
    booking = bookings.lock_booking(visit.session, form.booking_id, room=service.ROOM)
    bookings.no_show(visit.session, booking, at=visit.at, actor=visit.actor)
    service.release(visit.session, booking, visit.at)
    return visit.redirect(f"/restaurant?jour={clock.business_day(booking.starts_at)}", notice=rules.MARKED_NO_SHOW)


def show_tables(visit: Visit) -> Response:
    """The tables and the sittings, to change."""
    return visit.render(
        "restaurant/office/tables.html",
        tables=sorted(queries.list_all_tables(visit.session), key=lambda table: (len(table.code), table.code)),
        sittings=queries.list_all_sittings(visit.session),
    )


def add_table(visit: Visit) -> Response:
    """Put a table into the room."""
    form: TableForm = visit.form
    service.save_table(visit.session, None, form.model_dump(exclude={"submission"}))
    return visit.redirect("/restaurant/tables", notice=rules.SAVED)


def change_table(visit: Visit) -> Response:
    """Change a table."""
    form: TableForm = visit.form
    service.save_table(visit.session, visit.path["table_id"], form.model_dump(exclude={"submission"}))
    return visit.redirect("/restaurant/tables", notice=rules.SAVED)


def change_sitting(visit: Visit) -> Response:
    """Change how many a sitting takes, how long it lasts, whether it may be booked."""
    form: SittingForm = visit.form
    service.save_sitting(visit.session, visit.path["sitting_id"], form.model_dump(exclude={"submission"}))
    return visit.redirect("/restaurant/tables", notice=rules.SAVED)


routes: list[Route] = [
    page("/restaurant", show_day, roles=CHEF),
    act("/restaurant/absents", mark_no_show, form=NoShowForm, again=show_day, roles=CHEF),
    page("/restaurant/tables", show_tables, roles=CHEF),
    act("/restaurant/tables", add_table, form=TableForm, again=show_tables, roles=CHEF, once=True),
    act("/restaurant/tables/{table_id:int}", change_table, form=TableForm, again=show_tables, roles=CHEF),
    act("/restaurant/services/{sitting_id:int}", change_sitting, form=SittingForm, again=show_tables, roles=CHEF),
]
