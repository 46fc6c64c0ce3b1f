"""Every page that can be opened, by everybody who may try: no error, and nothing of the other side of a wall."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from citizen_space.registry import list_routes
from citizen_space.web.endpoint import Endpoint
from citizen_space.web.roles import ANYONE
from tests.journeys.client import Browser, Page
from tests.journeys.day import STAFF, Day
from tests.journeys.inner import register_till, sign_in_office, take_till
from tests.journeys.money import ask

PREFIX = {"public": "", "till": "/caisse", "office": "/bureau"}
# Where each number of an address comes from; by the address's beginning when the name alone does not say it.
IDS = {
    "secret /restaurant": "SELECT secret FROM bookings_booking WHERE room = 'restaurant' ORDER BY id",
    "secret /spectacles": "SELECT secret FROM bookings_booking WHERE room = 'venue' AND customer_id IS NOT NULL",
    "secret /velos/devis": "SELECT secret FROM repairs_quote",
    "secret /velos": "SELECT secret FROM bookings_booking WHERE room = 'repairs'",
    "submission": "SELECT submission FROM payments_payment WHERE tender = 'card_online' ORDER BY id",
    "device_id": "SELECT id FROM web_device ORDER BY id",
    "checkout_id": "SELECT id FROM payments_sandbox_session ORDER BY created_at",
    "trail_code": "SELECT trail_code FROM orders_order WHERE settled_at IS NOT NULL",
    "on": "SELECT '2026-12-01'",
    "sitting_id": "SELECT id FROM restaurant_sitting",
    "event_id": "SELECT id FROM venue_event",
    "performance_id": "SELECT performance_id FROM venue_admission UNION ALL SELECT id FROM venue_performance",
    "admission_id": "SELECT id FROM venue_admission",
    "attendance_id": "SELECT id FROM workers_attendance ORDER BY worker_id",
    "order_id /restaurant": "SELECT order_id FROM restaurant_tab ORDER BY id DESC",
    "order_id /salle": "SELECT order_id FROM bookings_booking WHERE room = 'venue' AND customer_id IS NULL",
    "order_id": "SELECT max(id) FROM orders_order WHERE settled_at IS NOT NULL GROUP BY room ORDER BY room",
    "product_id /restaurant": "SELECT product_id FROM products_option",
    "product_id": "SELECT id FROM products_product",
    "table_id": "SELECT id FROM restaurant_table ORDER BY id DESC",
    "work_order_id": "SELECT id FROM repairs_work_order ORDER BY id DESC",
    "key": "SELECT key FROM law_parameter WHERE key IN ('vat_on_site', 'house_name')",
    "account_id": "SELECT id FROM staff_account",
    "entry_id": "SELECT id FROM ledger_entry ORDER BY id DESC",
    "closing_id": "SELECT id FROM fiscal_closing",
    "archive_id": "SELECT id FROM fiscal_archive",
    "row_id": "SELECT id FROM fiscal_row",
    "printer_id": "SELECT id FROM printing_printer",
    "job_id": "SELECT min(id) FROM printing_job GROUP BY kind ORDER BY kind",
    "message_id": "SELECT id FROM outbox_message ORDER BY id",
    "transfer_id": "SELECT id FROM compensation_transfer",
    "beneficiary_id": "SELECT id FROM compensation_beneficiary",
    "rule_id": "SELECT id FROM compensation_rule",
    "worker_id": "SELECT worker_id FROM workers_attendance",
    "month": "SELECT '2026-11'",
    "booking_id": "SELECT id FROM bookings_booking",
    "guest_id": "SELECT id FROM access_guest",
    "payout_id": "SELECT id FROM payments_payout",
    "statement_id": "SELECT id FROM bank_statement",
    "line_id /restaurant": """SELECT max(id) FROM orders_line WHERE order_id IN (SELECT order_id FROM restaurant_tab)
        GROUP BY order_id ORDER BY order_id DESC""",
    "line_id": "SELECT id FROM bank_line",
    "drawer_id": "SELECT id FROM cash_drawer_session ORDER BY id DESC",
}
# What an address must be asked with to be a page of its own.
QUERIES = {
    "/spectacles/seances/{performance_id:int}/noms": """SELECT 'tarif_' || s.id || '=' || r.id
        FROM venue_seat s, venue_rate r WHERE s.kind = 'normal' ORDER BY s.id DESC, r.id LIMIT 1""",
    "/reservations/chercher": "SELECT 'q=' || reference FROM bookings_booking WHERE room = 'venue'",
}
TRIED = 2  # ids of each kind; of the papers, one of each kind, all of them
ALL_TRIED = frozenset({"job_id", "order_id"})
# An archive is made when its month is over: its page is tried with the archives.
AFTER_THE_DAY = frozenset({"archive_id"})
# Papers carry names or amounts: some are refused to a role that may see others.
PAPERS = "/impressions/{job_id:int}"


@dataclass(frozen=True)
class Door:
    """One GET route of a surface and who may open it."""

    surface: str
    path: str
    roles: frozenset[str]

    @property
    def names(self) -> list[str]:
        """The parts of its address that are to be filled in."""
        return re.findall(r"{(\w+)", self.path)


def list_doors(surface: str) -> list[Door]:
    """Every GET route of a surface."""
    found = [route for route in list_routes(surface) if "GET" in (route.methods or ())]
    return [Door(surface, route.path, _roles(route.endpoint)) for route in found]


def _roles(endpoint: object) -> frozenset[str]:
    assert isinstance(endpoint, Endpoint)
    return frozenset(endpoint.roles)


@dataclass
class Crawl:
    """What was opened, by whom, and what could not be."""

    day: Day
    ids: dict[str, list[str]] = field(default_factory=dict)
    opened: set[tuple[str, str]] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def addresses(self, door: Door) -> Iterator[str]:
        """The door's addresses with real numbers in them."""
        choices = [self._choose(name, door.path) for name in door.names]
        for values in itertools.islice(zip(*_padded(choices), strict=True), None) if choices else [()]:
            path = door.path
            for name, value in zip(door.names, values, strict=True):
                path = re.sub(rf"{{{name}(:\w+)?}}", value, path)
            asked = "?" + ask(self.day, QUERIES[door.path])[0][0] if door.path in QUERIES else ""
            yield PREFIX[door.surface] + path + asked

    def _choose(self, name: str, path: str) -> list[str]:
        known = [key for key in IDS if key.split()[0] == name and (" " not in key or path.startswith(key.split()[1]))]
        key = max(known, key=len)
        if key not in self.ids:
            found = list(dict.fromkeys(str(row[0]) for row in ask(self.day, IDS[key])))
            self.ids[key] = found if name in ALL_TRIED else found[:TRIED]
        assert self.ids[key] or key in AFTER_THE_DAY, f"the day left nothing for {key}"
        return self.ids[key]

    def enter(self, who: str, browser: Browser, door: Door, *, role: str | None, check: Callable[[Page], None]) -> None:
        """Open a door at all its addresses; whoever has no right must be refused."""
        welcome = door.roles == ANYONE or role in door.roles
        for address in self.addresses(door):
            try:
                page = browser.open(address)
                if welcome:
                    self._welcomed(door, page, address, check)
                else:
                    assert (
                        page.status == 403
                        or "connexion" in page.path
                        or page.path in ("/caisse/", "/caisse/enregistrer")
                    ), f"is let in: {page.status} {page.path}"
            except AssertionError as problem:
                self.complaints.append(f"{who} at {address}: {str(problem)[:600]}")
            if not welcome:
                break

    def _welcomed(self, door: Door, page: Page, address: str, check: Callable[[Page], None]) -> None:
        behind_a_wall = door.path == PAPERS and page.status == 403
        assert behind_a_wall or page.status not in (401, 403), f"is refused: {page.words[:300]}"
        if page.status == 200:
            self.opened.add((door.surface, door.path))
        check(page)


def _padded(choices: Sequence[Sequence[str]]) -> list[list[str]]:
    longest = max(len(one) for one in choices)
    return [[one[index % len(one)] for index in range(longest)] for one in choices]


# -- what may not be seen ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Secrets:
    """What the day's people are called; read from the database, so that none is forgotten."""

    customers: tuple[str, ...]
    reach: tuple[str, ...]
    workers: tuple[str, ...]
    identities: tuple[str, ...] = ("Okonkwo", "Marchal", "Zielinski", "1984-02-29", "29 févr. 1984", "14 juil. 1990")


def read_secrets(day: Day) -> Secrets:
    """The surnames, mails and phones of the public; the names of the workers."""
    people = ask(day, "SELECT name, email, phone FROM customers_customer")
    workers = ask(day, "SELECT last_name FROM workers_worker")
    surnames = {name.split(" ", 1)[1] for name, _email, _phone in people}
    reach = {one for _name, email, phone in people for one in (email, phone) if one}
    return Secrets(tuple(surnames), tuple(reach), tuple(row[0] for row in workers))


def hide(*secrets: str) -> Callable[[Page], None]:
    """A check that none of this is in a page."""

    def check(page: Page) -> None:
        page.keeps_silent(*secrets)

    return check


def no_amounts(page: Page) -> None:
    """The gate knows nothing of money. The law's own values are public."""
    if not page.path.startswith("/bureau/loi"):
        amount = re.search(r".{0,40}\d,\d\d €.{0,20}", page.words)
        assert not amount, f"shows an amount: {amount.group()}"


# -- the walk ---------------------------------------------------------------------------------------------------------


def every_wall_stands(day: Day) -> None:
    """Go everywhere as everybody."""
    crawl, secrets = Crawl(day), read_secrets(day)
    _as_the_public(day, crawl, secrets)
    _at_the_till(day, crawl, secrets)
    _at_the_office(day, crawl, secrets)
    for surface in PREFIX:
        for door in list_doors(surface):
            tried = (door.surface, door.path) in crawl.opened or AFTER_THE_DAY & set(door.names)
            if not tried and door.path not in NEVER_A_PAGE:
                crawl.complaints.append(f"nobody could open {surface} {door.path}")
    assert not crawl.complaints, f"{len(crawl.complaints)} complaints:\n" + "\n".join(crawl.complaints)


# Their answer is always to lead on, or a refusal once the thing is done.
NEVER_A_PAGE: frozenset[str] = frozenset()


def _as_the_public(day: Day, crawl: Crawl, secrets: Secrets) -> None:
    stranger = day.who("public", "stranger")
    for door in list_doors("public"):
        crawl.enter("the public", stranger, door, role=None, check=hide(*secrets.workers, *secrets.identities))
    # What is inside is not on this port at all.
    for path in ("/caisse/", "/bureau/", "/agent/jobs/next", "/sante", "/metrics"):
        assert stranger.open(path).status == 404, f"the public port answers at {path}"


def _at_the_till(day: Day, crawl: Crawl, secrets: Secrets) -> None:
    unseen = hide(*secrets.customers, *secrets.reach, *secrets.identities, *secrets.workers)
    nobody = day.who("inner", "nobody")
    till = register_till(day, "crawling till", "R1")
    for door in list_doors("till"):
        crawl.enter("nobody", nobody, door, role=None, check=unseen)
    take_till(till, "R13")
    for door in list_doors("till"):
        crawl.enter("a worker", till, door, role="worker", check=unseen)
    for door in list_doors("office"):
        crawl.enter("a worker", till, door, role=None, check=unseen)
    door_till = register_till(day, "crawling door", "H1")
    take_till(door_till, "H21")
    for door in list_doors("till"):
        crawl.enter("a worker at the door", door_till, door, role="worker", check=unseen)


def _at_the_office(day: Day, crawl: Crawl, secrets: Secrets) -> None:
    roles = dict(ask(day, "SELECT login, role FROM staff_account"))
    checks = {
        "gate_officer": no_amounts,
        "finance": hide(*secrets.identities),
        "admin": hide(*secrets.identities),
    }
    for login in STAFF:
        browser = sign_in_office(day, login)
        for door in list_doors("office"):
            check = checks.get(roles[login], hide())
            crawl.enter(login, browser, door, role=roles[login], check=check)
