"""What anybody may see of the share: what was collected, how far it has come, and what one receipt gave."""

import re
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.compensation import queries
from citizen_space.compensation.forms import CodeQuery
from citizen_space.compensation.models import Rule
from citizen_space.compensation.queries import MonthShare, Step
from citizen_space.compensation.refusals import ReceiptUnknown
from citizen_space.kit import formats
from citizen_space.kit.clock import business_day
from citizen_space.kit.names import ROOM_NAMES
from citizen_space.web.endpoint import page
from citizen_space.web.visit import Visit

_ROOMS: tuple[str, ...] = ROOM_NAMES


@dataclass(frozen=True)
class GiftView:
    """What one receipt gave to one beneficiary, and how far it has come."""

    name: str
    given_cents: int
    taken_back_cents: int
    set_aside_on: date
    reference: str | None
    status: str | None
    executed_on: date | None

    @property
    def amount_cents(self) -> int:
        """What is left after refunds."""
        return self.given_cents - self.taken_back_cents


def show_money(visit: Visit) -> Response:
    """Where the money goes."""
    months = queries.list_months(visit.session)
    return visit.render(
        "compensation/public/money.html",
        months=months,
        by_month=_by_month(months, visit.language),
        rooms=_sum_by_room(months),
        totals=_sum_all(months),
        rules=_sorted(queries.list_rules_in_force(visit.session, business_day(visit.at))),
        parts=queries.list_parts(visit.session),
        beneficiaries=queries.list_beneficiaries(visit.session),
        owed={one.beneficiary_id: one for one in queries.list_owed(visit.session)},
    )


def go_to_receipt(visit: Visit) -> Response:
    """From a typed code to its receipt."""
    code = _tidy(visit.ask(CodeQuery).code)
    return visit.redirect(f"/argent/recu/{code}") if code else visit.redirect("/argent")


def show_receipt(visit: Visit) -> Response:
    """What one receipt's share has become; it says neither who bought nor what."""
    code = _tidy(visit.path["trail_code"])
    receipt = queries.find_receipt(visit.session, code)
    if receipt is None:
        visit.problem = ReceiptUnknown().say_in(visit.language)
        return visit.render("compensation/public/receipt.html", 404, receipt=None, code=code, gifts=[])
    gifts = _gifts(queries.walk_of_order(visit.session, receipt.order_id))
    return visit.render("compensation/public/receipt.html", receipt=receipt, code=code, gifts=gifts)


def _gifts(steps: list[Step]) -> list[GiftView]:
    """One view for each beneficiary: the first accrual leads, refunds are taken off."""
    views: dict[int, GiftView] = {}
    for step in steps:
        before = views.get(step.beneficiary_id)
        given, back = max(step.amount_cents, 0), max(-step.amount_cents, 0)
        views[step.beneficiary_id] = GiftView(
            name=step.beneficiary_name,
            given_cents=given + (before.given_cents if before else 0),
            taken_back_cents=back + (before.taken_back_cents if before else 0),
            set_aside_on=before.set_aside_on if before else step.on,
            reference=before.reference if before else step.transfer_reference,
            status=before.status if before else step.transfer_status,
            executed_on=before.executed_on if before else step.executed_on,
        )
    return list(views.values())


def _tidy(code: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", code.upper())[:32]


def _by_month(months: list[MonthShare], language: str) -> list[tuple[str, list[MonthShare]]]:
    """The months by their names, the newest first, each with its rooms in the house's order."""
    named: dict[str, list[MonthShare]] = {}
    for one in sorted(months, key=lambda one: _ROOMS.index(one.room)):
        named.setdefault(one.month, []).append(one)
    return [
        (formats.month(date.fromisoformat(f"{month}-01"), language).capitalize(), named[month])
        for month in sorted(named, reverse=True)
    ]


def _sum_all(months: list[MonthShare]) -> MonthShare:
    return MonthShare(
        month="",
        room="",
        collected_cents=sum(one.collected_cents for one in months),
        in_transit_cents=sum(one.in_transit_cents for one in months),
        transferred_cents=sum(one.transferred_cents for one in months),
    )


def _sum_by_room(months: list[MonthShare]) -> list[tuple[str, int]]:
    return [(room, sum(one.collected_cents for one in months if one.room == room)) for room in _ROOMS]


def _sorted(rules: list[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: _ROOMS.index(rule.room))


routes: list[BaseRoute] = [
    page("/argent", show_money, shared=True),
    page("/argent/recu", go_to_receipt),
    page("/argent/recu/{trail_code}", show_receipt),
]
