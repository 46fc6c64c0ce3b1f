"""Every address that takes something, and how a browser would fill what it serves there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel
from starlette.routing import Match, Route

from citizen_space.kit.ids import new_key
from citizen_space.registry import list_routes
from citizen_space.web.endpoint import Endpoint
from tests.bad_input.house import SampleHouse
from tests.journeys.client import Page

PREFIXES = {"public": "", "till": "/caisse", "office": "/bureau"}
# Whose till a path belongs to.
_REGISTERS = {"/salle": "H1", "/velos": "V1"}
# What a person would type; a field whose name is not here is filled by its type.
_TYPED = {
    "email": "claire@example.org",
    "phone": "0612345678",
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
    "code": "velours-7410",
    "login": "nouvelle.personne",
    "operator_code": "X77",
    "pin": "2580",
    "staff_pin": "014821",
    "vat_key": "vat_on_site",
    "confirm": "ABCDEFGH",
    "target": "transfer:1",
    "address": "tcp://192.0.2.7:9100",
    "seat": "C5",
    "rate": "10,5",
    "price": "12,50",
    "amount": "1,00",
    "hourly_rate": "6,20",
    "answer": "yes",
    "decision": "cleared",
    "valid_from": "2026-12-01",
    "valid_to": "2027-12-01",
    "upto_on": "2026-11-23",
    "first_on": "2026-12-21",
    "last_on": "2026-12-22",
    "on": "2026-12-01",
    "starts_on": "2026-12-01",
    "ends_on": "2027-12-01",
    "born_on": "1984-02-29",
    "starts": "10:00",
    "ends": "12:00",
    "born": "1984-02-29",
}
_TYPED_THERE = {("NewProductForm", "code"): "tarte-aux-noix", ("TableForm", "code"): "Z9"}
# May stay empty, and only something special fits.
_LEFT_EMPTY = ("barcode", "portions_left", "one_time_code", "address", "meal_voucher_cents", "cash_cents", "seat")
# The rows that a part of an address may name.
_ROWS = {
    "submission": ("payments_payment", "submission"),
    "checkout_id": ("payments_sandbox_session", "id"),
    "trail_code": ("orders_order", "trail_code"),
    "secret": ("bookings_booking", "secret"),
    "key": ("law_parameter", "key"),
    "sitting_id": ("restaurant_sitting", "id"),
    "table_id": ("restaurant_table", "id"),
    "device_id": ("web_device", "id"),
    "order_id": ("orders_order", "id"),
    "product_id": ("products_product", "id"),
    "performance_id": ("venue_performance", "id"),
    "event_id": ("venue_event", "id"),
    "admission_id": ("venue_admission", "id"),
    "work_order_id": ("repairs_work_order", "id"),
    "attendance_id": ("workers_attendance", "id"),
    "shift_id": ("workers_shift", "id"),
    "dispute_id": ("workers_dispute", "id"),
    "worker_id": ("workers_worker", "id"),
    "chit_id": ("kitchen_chit", "id"),
    "job_id": ("printing_job", "id"),
    "printer_id": ("printing_printer", "id"),
    "message_id": ("outbox_message", "id"),
    "transfer_id": ("compensation_transfer", "id"),
    "beneficiary_id": ("compensation_beneficiary", "id"),
    "rule_id": ("compensation_rule", "id"),
    "statement_id": ("bank_statement", "id"),
    "line_id": ("bank_line", "id"),
    "drawer_id": ("cash_drawer_session", "id"),
    "refund_id": ("payments_refund", "id"),
    "note_id": ("checkout_credit_note", "id"),
    "payout_id": ("payments_payout", "id"),
    "account_id": ("staff_account", "id"),
    "booking_id": ("bookings_booking", "id"),
    "guest_id": ("access_guest", "id"),
    "closure_id": ("bookings_closure", "id"),
    "closing_id": ("fiscal_closing", "id"),
    "archive_id": ("fiscal_archive", "id"),
    "register_id": ("fiscal_register", "id"),
    "entry_id": ("ledger_entry", "id"),
    "row_id": ("fiscal_row", "id"),
}
_ROOMS = {"/restaurant": "restaurant", "/spectacles": "venue", "/velos": "repairs"}
_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")


def make_path(target: "Target", place: SampleHouse, which: int = 0, *, wrong: str | None = None) -> str:
    """An address of this route whose parts name rows that are there; or, in every part, something `wrong`."""

    def part(found: "re.Match[str]") -> str:
        name = found[1]
        if wrong is not None:
            return wrong
        if name in ("on", "month"):
            return "2026-12-01" if name == "on" else "2026-11"
        table, column = ("repairs_quote", "secret") if "/devis/{secret}" in target.route.path else _ROWS[name]
        room = next((one for start, one in _ROOMS.items() if target.route.path.startswith(start)), "")
        of_room = {"room": room} if (table, room != "") == ("bookings_booking", True) and name == "secret" else {}
        known = place.ids(table, column, **of_room) or ["1"]
        return str(known[which % len(known)])

    return PREFIXES[target.surface] + _PART.sub(part, target.route.path)


@dataclass(frozen=True)
class Target:
    """A route that does something."""

    surface: str
    route: Route
    endpoint: Endpoint

    @property
    def name(self) -> str:
        """What it is called in a report."""
        return f"{self.surface}{self.route.path}"

    @property
    def form(self) -> type[BaseModel] | None:
        """What it reads."""
        return self.endpoint.form

    @property
    def register(self) -> str:
        """The till on which it is done."""
        return next((code for start, code in _REGISTERS.items() if self.route.path.startswith(start)), "R1")

    @property
    def role(self) -> str:
        """Somebody who may: a worker at the till, the director in the office."""
        if self.surface == "public" or not self.endpoint.roles:
            return ""
        return "worker" if "worker" in self.endpoint.roles else "director"

    def labels(self) -> dict[str, str]:
        """The French label of each field."""
        fields = self.form.model_fields if self.form else {}
        return {name: str(found.title) for name, found in fields.items() if found.title}


def list_targets(method: str = "POST") -> list[Target]:
    """Every route of every surface that answers this method."""
    return [
        Target(surface, route, route.endpoint)
        for surface in PREFIXES
        for route in list_routes(surface)
        if isinstance(route.endpoint, Endpoint) and method in (route.methods or ())
    ]


@dataclass
class Served:
    """A form as it was served: its address and what it carries."""

    path: str
    sent: dict[str, list[str]]
    choices: dict[str, list[str]]
    text_fields: frozenset[str]


@dataclass
class Visited:
    """What a walk through the whole house found: pages, and the forms of each act."""

    pages: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, list[Served]] = field(default_factory=dict)


def read_forms(page: Page) -> Iterator[Served]:
    """Every form of a page that does something."""
    for one in page.forms():
        if one.method == "post":
            text = {name for name, control in one.controls.items() if _is_text(control)}
            yield Served(urlsplit(one.action).path, one.sent, one.choices, frozenset(text))


def _is_text(control: Any) -> bool:
    """True when a person types in it and sees what was typed."""
    if control.tag == "textarea":
        return True
    kept = ("text", "email", "tel", "number", "date", "time", "month", "search", None)
    return control.tag == "input" and control.get("type") in kept


def find_target(surface: str, path: str, targets: list[Target]) -> Target | None:
    """The route that an address belongs to."""
    bare = path.removeprefix(PREFIXES[surface]) or "/"
    for target in targets:
        if target.surface != surface:
            continue
        method = "POST" if "POST" in (target.route.methods or ()) else "GET"
        try:
            match, _scope = target.route.matches({"type": "http", "path": bare, "method": method})
        except ValueError:  # a date that is none
            continue
        if match is Match.FULL:
            return target
    return None


def walk(place: SampleHouse, *, each: int = 3) -> Visited:
    """Follow every link as the public, as a worker at each till, and as the director; `each` pages of a route."""
    found = Visited()
    acts, pages = list_targets("POST"), list_targets("GET")
    for surface, role, register, starts in _walks(place):
        client = place.client(surface, f"walk {role} {register}")
        place.sign_in(client, surface, role, register)
        queue, seen = list(starts), set(starts)
        while queue:
            path = queue.pop(0)
            target = find_target(surface, urlsplit(path).path, pages)
            known = found.pages.setdefault(target.name if target else "", [])
            if target is None or len(known) >= each or _signs_off(path):
                continue
            answer = client.get(path, headers={"accept": "text/html", "accept-language": "fr"})
            assert answer.status_code < 500, f"{path}: {answer.status_code}"
            known.append(path)
            page = Page(answer)
            for served in read_forms(page) if page.is_html else ():
                if act := find_target(surface, served.path, acts):
                    found.forms.setdefault(act.name, []).append(served)
            links = [*page.links(), answer.headers.get("location", "")]
            for link in (_path(one) for one in links if one):
                if link not in seen and link.startswith(PREFIXES[surface] + "/"):
                    seen.add(link)
                    queue.append(link)
    return found


def _signs_off(path: str) -> bool:
    return path.endswith("/deconnexion")


def _path(link: str) -> str:
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _walks(place: SampleHouse) -> Iterator[tuple[str, str, str, list[str]]]:
    rooms = {"restaurant": "/restaurant", "venue": "/spectacles", "repairs": "/velos"}
    secrets = [
        f"{prefix}/reservation/{secret}"
        for room, prefix in rooms.items()
        for secret in place.ids("bookings_booking", "secret", room=room)
    ]
    quotes = [f"/velos/devis/{secret}" for secret in place.ids("bookings_booking", "secret", room="repairs")]
    pay = [f"/payer/{key}/annule" for key in place.ids("payments_payment", "submission", tender="card_online")]
    sandbox = [f"/bac-a-sable/{one}" for one in place.ids("payments_sandbox_session")]
    seats = place.ids("venue_seat")[60:62]
    rates = [
        f"/spectacles/seances/{one}/noms?" + "&".join(f"tarif_{seat}=1" for seat in seats)
        for one in place.ids("venue_performance")[1:3]
    ]
    yield "public", "", "", ["/", *secrets, *quotes, *pay, *sandbox, *rates]
    yield "till", "", "R1", ["/caisse/", "/caisse/enregistrer", "/caisse/personnel", "/caisse/?code=R13"]
    for register in ("R1", "H1", "V1"):
        yield "till", "worker", register, ["/caisse/accueil", "/caisse/debut"]
    yield "office", "", "", ["/bureau/connexion"]
    yield "office", "director", "", ["/bureau/"]


# -- what a browser would send -----------------------------------------------------------------------------------------


def fill(target: Target, served: Served | None) -> dict[str, list[str]]:
    """A form filled as a person would: what the page carries, and something for every field left empty."""
    data = {name: list(values) for name, values in served.sent.items()} if served else {}
    if "submission" in data or (target.form and "submission" in target.form.model_fields):
        data["submission"] = [new_key()]
    for name, found in target.form.model_fields.items() if target.form else ():
        offered = [one for one in (served.choices.get(name, []) if served else []) if one]
        if not _said(data.get(name)) and (found.is_required() or name in ("starts", "ends")):
            data[name] = [offered[0] if offered else _invent(name, found.annotation, target.form)]
    for name in served.text_fields if served else ():
        if not _said(data.get(name)) and name not in _LEFT_EMPTY:
            data[name] = [_invent(name.rpartition("_")[2] if name.startswith("guest_") else name, str, None)]
    return data


def _said(values: list[str] | None) -> bool:
    return any(value.strip() for value in values or ())


def _invent(name: str, annotation: Any, form: type[BaseModel] | None) -> str:
    special = _TYPED_THERE.get((form.__name__ if form else "", name))
    if special:
        return special
    if name in _TYPED and not (name == "on" and annotation is bool):
        return _TYPED[name]
    kinds = {annotation, get_origin(annotation), *get_args(annotation)}
    if get_args(annotation) and isinstance(get_args(annotation)[0], str):
        return str(get_args(annotation)[0])
    by_type: Mapping[type, str] = {
        bool: "1",
        int: "1",
        datetime: "2026-12-01T10:00",
        date: "2026-12-01",
        time: "10:00",
        bytes: "",
    }
    return next((value for kind, value in by_type.items() if kind in kinds), "Essai")
