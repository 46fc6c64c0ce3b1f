"""The whole sample house in one process, in the middle of its day: something of everything, to be sent nonsense to."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlmodel import Session, col, select
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from citizen_space.access.service import GuestName
from citizen_space.app import build_house, inner_app, public_app
from citizen_space.bank import service as bank
from citizen_space.bookings import service as bookings
from citizen_space.cash import service as cash
from citizen_space.checkout import service as checkout
from citizen_space.compensation import rulebook
from citizen_space.compensation import service as compensation
from citizen_space.compensation.models import Beneficiary, RuleDocument
from citizen_space.config import Config
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal.models import FiscalRegister as Register
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day, moment
from citizen_space.kit.db import Database, metadata
from citizen_space.kit.ids import new_key
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.payments import service as payments
from citizen_space.payments.sandbox_gateway import SandboxGateway
from citizen_space.products import queries as products
from citizen_space.repairs import rules as bikes
from citizen_space.repairs import service as repairs
from citizen_space.repairs.models import WorkOrder
from citizen_space.restaurant import service as restaurant
from citizen_space.restaurant.models import Sitting
from citizen_space.restaurant.models import Table as DiningTable
from citizen_space.room import Booked, Contact
from citizen_space.simulation import sample
from citizen_space.staff.models import StaffAccount as Account
from citizen_space.venue import service as venue
from citizen_space.venue.models import Performance, Rate, Seat
from citizen_space.web import sessions
from citizen_space.workers import service as workers
from citizen_space.workers.models import Worker

CLAIRE = Contact("Claire Lacombe", "claire@example.org", "06 12 34 56 78")
CHEF = Actor("staff", 2, "C02")
COOK = Actor("worker", 1, "R11")
BIKE = bikes.BikeFacts(brand="Gitane", colour="vert", frame_number="vg 12")
# What a refused act may leave behind: the attempt itself, who looked, and that somebody is still there.
TRACES = frozenset({"staff_attempt", "staff_audit", "access_look", "web_sign_in"})
# The sandbox stands for a processor elsewhere: its memory is not the house's.
ELSEWHERE = frozenset({"payments_sandbox_session", "payments_sandbox_refund", "payments_sandbox_payout"})


@dataclass
class Writes:
    """The tables that committed transactions of the house wrote to since somebody asked last."""

    pending: dict[int, set[str]] = field(default_factory=dict)
    committed: set[str] = field(default_factory=set)

    def listen(self, engine: sa.Engine) -> None:
        """Notice every statement that writes, and whether it was kept."""
        event.listen(engine, "before_cursor_execute", self._note)
        event.listen(engine, "commit", self._keep)
        event.listen(engine, "rollback", self._forget)

    def take(self) -> set[str]:
        """Tell what was kept, and begin anew."""
        kept, self.committed = self.committed, set()
        return kept

    def _note(self, connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        words = statement.split(None, 3)
        act = words[0].upper()
        if act in ("INSERT", "DELETE", "UPDATE"):
            name = words[1] if act == "UPDATE" else words[2]
            self.pending.setdefault(id(connection), set()).add(name.partition("(")[0].strip('"'))

    def _keep(self, connection: Connection) -> None:
        self.committed |= self.pending.pop(id(connection), set())

    def _forget(self, connection: Connection) -> None:
        self.pending.pop(id(connection), None)


class SampleHouse:
    """Public, till and office of the sample establishment on one database, with a clock that stands still."""

    def __init__(self, database: Database, var: Path, at: datetime) -> None:
        config = Config(
            var=var,
            database_url=database.url,
            public_url="http://testserver",
            inner_url="http://testserver",
        )
        self.at, self.database = at, database
        self._cookies: dict[tuple[str, str, str], dict[str, str]] = {}
        self.house = build_house(config, database=database)
        self.house.clock = lambda: self.at
        gateway = self.house.payments
        assert isinstance(gateway, SandboxGateway)
        gateway._clock = lambda: self.at
        self.writes = Writes()
        self.writes.listen(database.writer)
        with database.write() as session:
            sample.plant(session, at=at, keys=self.house.keys, agent_token="agent-of-the-house")
        Day(self).live()
        self.apps: dict[str, ASGIApp] = {"public": public_app(self.house)}
        self.apps["till"] = self.apps["office"] = inner_app(self.house)
        self.clients: dict[tuple[str, str], TestClient] = {}
        self._stack = contextlib.ExitStack()

    def close(self) -> None:
        """Let the threads go."""
        self._stack.close()
        self.house.threads.shutdown()
        self.house.outside.shutdown()

    # -- who asks ------------------------------------------------------------------------------------------------------

    def client(self, surface: str, role: str = "") -> TestClient:
        """A browser at a surface; on the till it is a registered one. Sign in anew with `sign_in`."""
        key = (surface, role)
        if key not in self.clients:
            made = TestClient(self.apps[surface], follow_redirects=False, raise_server_exceptions=True)
            self.clients[key] = self._stack.enter_context(made)
        return self.clients[key]

    def sign_in(self, client: TestClient, surface: str, role: str, register: str = "R1") -> None:
        """Put somebody of this role in front of this browser, whoever was there before."""
        key = (surface, role, register)
        if key not in self._cookies:
            self._cookies[key] = {} if surface == "public" else self._make_cookies(surface, role, register)
        client.cookies.clear()
        for name, value in self._cookies[key].items():
            client.cookies.set(name, value)

    def forget_sign_ins(self) -> None:
        """Somebody may have been signed out: sign in anew from now on."""
        self._cookies.clear()

    def _make_cookies(self, surface: str, role: str, register: str) -> dict[str, str]:
        made: dict[str, str] = {}
        with self.database.write() as session:
            register_id = self._register_id(session, register) if surface == "till" else None
            if register_id is not None:
                made["cs_device"] = sessions.register_device(
                    session,
                    register_id,
                    register,
                    "Caisse",
                    self.at,
                    room=registers.get_register(session, register_id).room,
                )
            if role:
                made["cs_inner"] = self._signed_in(session, role, register_id, register)
        return made

    def _signed_in(self, session: Session, role: str, register_id: int | None, register: str) -> str:
        if role == "worker":
            letter = {"R1": "R", "H1": "H", "V1": "V"}[register]
            found: Any = session.exec(
                select(Worker).where(col(Worker.operator_code).startswith(letter)).order_by(col(Worker.id))
            ).first()
        else:
            found = session.exec(select(Account).where(Account.role == role).order_by(col(Account.id))).first()
        assert found is not None, role
        return sessions.sign_in(
            session,
            kind="worker" if role == "worker" else "staff",
            subject_id=found.id or 0,
            role=role,
            name=found.operator_code,
            code=found.operator_code,
            register_id=register_id,
            at=self.at,
        )

    @staticmethod
    def _register_id(session: Session, code: str) -> int:
        return session.exec(select(Register.id).where(Register.code == code)).one() or 0

    # -- what is stored ------------------------------------------------------------------------------------------------

    def ids(self, table: str, column: str = "id", **where: Any) -> list[Any]:
        """Every value of a column, as it stands now."""
        found = metadata.tables[table]
        statement = sa.select(found.c[column]).order_by(*found.primary_key.columns)
        for name, value in where.items():
            statement = statement.where(found.c[name] == value)
        with self.database.read() as session:
            return list(session.execute(statement).scalars())

    def count_rows(self) -> dict[str, int]:
        """How many rows each table has: one statement."""
        counts = [
            sa.select(sa.literal(name).label("name"), sa.func.count().label("rows")).select_from(table)
            for name, table in sorted(metadata.tables.items())
        ]
        with self.database.read() as session:
            return {row[0]: row[1] for row in session.execute(sa.union_all(*counts))}

    def contents(self) -> dict[str, list[Any]]:
        """Every row of every table, but for the traces."""
        with self.database.read() as session:
            return {
                name: [tuple(row) for row in session.execute(sa.select(table).order_by(*table.primary_key.columns))]
                for name, table in metadata.tables.items()
                if name not in TRACES
            }


@contextlib.contextmanager
def watch_commits(url: str) -> Iterator[Any]:
    """On SQLite, a number that changes whenever anybody else commits anything to the file; elsewhere always 0."""
    if not url.startswith("sqlite"):
        yield lambda: 0
        return
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), check_same_thread=False)) as connection:
        yield lambda: connection.execute("PRAGMA data_version").fetchone()[0]


# -- a day in the middle of which the nonsense comes -------------------------------------------------------------------


class Day:
    """Leaves something of everything behind: open and settled, booked and paid, quoted and ready, due and sent."""

    def __init__(self, place: SampleHouse) -> None:
        self.place, self.at, self.keys = place, place.at, place.house.keys

    def live(self) -> None:
        """Do all of it, each in its own transaction."""
        for act in (self.open_tills, self.lunch, self.shop, self.show, self.workshop, self.people, self.money):
            with self.place.database.write() as session:
                act(session)
        self.pay_page()

    def open_tills(self, session: Session) -> None:
        """Every till has its session; someone may open one more."""
        self.registers = {one.code: one.id or 0 for one in session.exec(select(Register))}
        for code in ("R1", "H1", "V1"):
            cash.open_session(session, self.registers[code], float_cents=5000, actor=CHEF, at=self.at, keys=self.keys)

    # -- the restaurant ------------------------------------------------------------------------------------------------

    def lunch(self, session: Session) -> None:
        """Bookings of next week, one of them paid; tabs open and settled; a closure."""
        self.unpaid = self._table(session, "browser-1")
        paid = self._table(session, "browser-2")
        self._pay(session, paid, deposit=True, confirm=restaurant.confirm)
        due = self._table(session, "browser-3")
        self._pay(session, due, deposit=True, confirm=restaurant.confirm)
        free = session.exec(select(DiningTable).where(DiningTable.active).order_by(col(DiningTable.id).desc())).all()
        tabs = [self._walk_in(session, table.id or 0) for table in free[:4]]
        for order_id in tabs:
            self._dishes(session, order_id, "restaurant", 3)
        restaurant.fire(session, tabs[0], 1, actor=COOK, submission=new_key(), at=self.at)
        self._settle(session, tabs[3], "R1", restaurant.settle)
        start = moment(business_day(self.at) + timedelta(days=40), time(8))
        bookings.close(
            session, room="restaurant", starts_at=start, ends_at=start + timedelta(hours=9),
            reason_fr="Travaux", reason_en="Works", actor=CHEF, at=self.at,
        )  # fmt: skip

    def _table(self, session: Session, browser: str) -> Booked:
        sitting = session.exec(select(Sitting).order_by(col(Sitting.starts))).first()
        assert sitting is not None
        return restaurant.book(
            session,
            sitting_id=sitting.id or 0,
            on=_weekday(business_day(self.at) + timedelta(days=7)),
            contact=CLAIRE,
            guests=[
                GuestName("Claire", "Lacombe", date(1984, 2, 29)),
                GuestName("Idris", "Okonkwo", date(1990, 7, 14)),
            ],
            language="fr",
            browser_key=browser,
            submission=new_key(),
            keys=self.keys,
            at=self.at,
        )

    def _walk_in(self, session: Session, table_id: int) -> int:
        tab = restaurant.walk_in(
            session, table_id=table_id, covers=2, register_id=self.registers["R1"], actor=COOK,
            submission=new_key(), at=self.at,
        )  # fmt: skip

        return tab.order_id

    def _dishes(self, session: Session, order_id: int, room: str, count: int) -> None:
        offers = products.list_for_sale(session, room, business_day(self.at))
        simple = [one for one in offers if not one.options and one.available and one.portions_left is None]
        for offer in simple[:count]:
            line = orders.NewLine(
                offer.name_fr, offer.price_cents, offer.vat_rate_bp, product_id=offer.product_id, course=1
            )
            orders.add_lines(session, orders_found.get_order(session, order_id), [line], at=self.at)

    def _settle(self, session: Session, order_id: int, register: str, settle: Any = checkout.settle) -> None:
        due = orders_found.total_cents(session, order_id)
        settle(
            session, order_id, tenders=[checkout.Tender("card", due, "TPE 1")], submission=new_key(),
            register_id=self.registers[register], actor=COOK, at=self.at, keys=self.keys,
        )  # fmt: skip

    def _pay(self, session: Session, booked: Booked, *, deposit: bool, confirm: Any) -> None:
        assert booked.payment is not None
        payments.receive(session, booked.payment, provider_payment=f"sbx_pi_{booked.payment.id}", at=self.at)
        confirm(session, booked.booking, self.at)
        take = checkout.take_deposit if deposit else checkout.settle_online
        take(session, booked.payment, self.at, keys=self.keys)

    # -- counter, hall, workshop ---------------------------------------------------------------------------------------

    def shop(self, session: Session) -> None:
        """Sales rung up at the counter: one open, one settled, one partly given back."""
        for settled in (False, True, True):
            order = orders.open_order(
                session, room="restaurant", label="Comptoir", register_id=self.registers["R1"],
                operator_code=COOK.code, submission=new_key(), at=self.at,
            )  # fmt: skip
            self._dishes(session, order.id or 0, "restaurant", 2)
            if settled:
                self._settle(session, order.id or 0, "R1")
        checkout.refund(
            session, order.id or 0, amount_cents=100, reason="plat froid", key=new_key(),
            actor=CHEF, register_id=self.registers["R1"], at=self.at, keys=self.keys,
        )  # fmt: skip

    def show(self, session: Session) -> None:
        """A hall whose doors are open, tickets sold, a scan made; a booking nobody has paid."""
        tonight, later = session.exec(select(Performance).order_by(col(Performance.starts_at))).all()[:2]
        sold = self._seats(session, later, 0, "browser-4")
        self._pay(session, sold, deposit=False, confirm=venue.confirm)
        self._seats(session, later, 4, "browser-5")
        mine = self._seats(session, tonight, 8, "browser-6")
        self._pay(session, mine, deposit=False, confirm=venue.confirm)
        venue.open_doors(session, tonight.id or 0, actor=COOK, at=self.at)

    def _seats(self, session: Session, performance: Performance, first: int, browser: str) -> Booked:
        seats = session.exec(select(Seat.id).where(col(Seat.active)).order_by(col(Seat.id)).offset(first + 20)).all()
        rate = session.exec(select(Rate.id).where(Rate.code == "plein")).one() or 0
        return venue.book(
            session,
            performance_id=performance.id or 0,
            wanted={seat or 0: rate for seat in seats[:2]},
            buyer=venue.Buyer(
                contact=CLAIRE,
                guests=[GuestName("Claire", "Lacombe"), GuestName("Idris", "Okonkwo")],
                language="fr",
                browser_key=browser,
            ),
            submission=new_key(),
            keys=self.keys,
            at=self.at,
        )

    def workshop(self, session: Session) -> None:
        """A bike at every step of its way."""
        offers = products.list_for_sale(session, "repairs", business_day(self.at))
        wanted = [one for one in offers if one.available][:2]
        repairs.book(
            session, on=_weekday(business_day(self.at) + timedelta(days=7)), product_ids=[wanted[0].product_id],
            bike=BIKE, wish="", contact=CLAIRE, language="fr", browser_key="browser-7", submission=new_key(),
            at=self.at,
        )  # fmt: skip
        for step in range(6):
            self._bike(session, step, [bikes.wanted(one) for one in wanted])

    def _bike(self, session: Session, step: int, wanted: Sequence[bikes.Wanted]) -> None:
        facts: dict[str, Any] = {"actor": Actor("worker", 20 + step, f"V{20 + step}"), "at": self.at}
        bike: WorkOrder = repairs.take_in_walk_in(
            session, bike=BIKE, contact=Contact("Anne", ""), wish="", language="fr", submission=new_key(), at=self.at
        )
        bike_id = bike.id or 0
        repairs.arrive(session, bike_id, condition="Bon état", accessories="", at=self.at)
        if step < 1:
            return
        quote = repairs.quote(session, bike_id, list(wanted), **facts)
        if step < 2:
            return
        repairs.approve(session, quote.id or 0, dict.fromkeys(_line_ids(session, quote.id), True), at=self.at)
        if step < 3:
            return
        repairs.start_work(session, bike_id, **facts)
        if step < 4:
            return
        repairs.stop_work(session, **facts)
        repairs.complete(session, bike_id, at=self.at)
        if step == 5:
            order_id = session.get_one(WorkOrder, bike_id).order_id
            assert order_id is not None
            self._settle(session, order_id, "V1")

    # -- people and money ----------------------------------------------------------------------------------------------

    def people(self, session: Session) -> None:
        """Hours worked, hours disputed."""
        worker = session.exec(select(Worker).order_by(col(Worker.id))).first()
        assert worker is not None
        worker_id = worker.id or 0
        start = self.at - timedelta(days=3)
        workers.clock_in(session, worker_id, at=start)
        hours = workers.clock_out(session, worker_id, at=start + timedelta(hours=4))
        assert hours is not None
        workers.clock_in(session, worker_id, at=self.at)
        workers.dispute(session, hours.id or 0, worker_id=worker_id, says="Une heure de plus", at=self.at)

    def money(self, session: Session) -> None:
        """A transfer prepared, another approved and exported; a statement of the bank; paper that waits."""
        who = session.exec(select(Beneficiary.id).order_by(col(Beneficiary.id))).all()
        upto = business_day(self.at)
        for position, beneficiary_id in enumerate(who):
            made = compensation.prepare(
                session, beneficiary_id=beneficiary_id or 0, upto_on=upto, actor=Actor("staff", 6, "F06"), at=self.at
            )
            if position:
                compensation.approve(session, made.id or 0, actor=Actor("staff", 1, "D01"), at=self.at)
                compensation.export(session, made.id or 0, actor=Actor("staff", 7, "F07"), at=self.at)
        self._rule(session)
        _name, data = bank.write_trial_statement(session, version="camt.053.001.08", on=upto, at=self.at)
        bank.import_statement(session, data, actor=Actor("staff", 6, "F06"), at=self.at, name="essai.xml")

    def _rule(self, session: Session) -> None:
        """A rule that waits for a second person."""
        shares = [(beneficiary_id or 0, 1) for beneficiary_id in session.exec(select(Beneficiary.id))]
        rulebook.propose_rule(
            session, room="repairs", rate_bp=1200, base="net", parts=shares,
            valid_from=business_day(self.at) + timedelta(days=30), valid_to=None, legal_basis="Convention, article 5",
            document=session.exec(select(RuleDocument)).first(), actor=Actor("staff", 6, "F06"), at=self.at,
        )  # fmt: skip

    def pay_page(self) -> None:
        """Somebody has gone to the processor's page and thinks about it; mails wait to be sent."""
        assert self.unpaid.payment is not None
        client = TestClient(public_app(self.place.house), follow_redirects=False)
        answer = client.get(f"/payer/{self.unpaid.payment.submission}")
        assert answer.status_code == 303, answer.text
        secret = self.place.ids("bookings_booking", "secret", room="repairs")[0]
        self._print_test_page()
        answer = client.post(f"/velos/reservation/{secret}/renvoyer", data={"submission": new_key()})
        assert answer.status_code == 303, answer.text

    def _print_test_page(self) -> None:
        office = TestClient(inner_app(self.place.house), follow_redirects=False)
        self.place.sign_in(office, "office", "director")
        answer = office.post("/bureau/imprimantes/1/essai", data={"submission": new_key()})
        assert answer.status_code == 303, answer.text


def _line_ids(session: Session, quote_id: int | None) -> list[int]:
    table = metadata.tables["repairs_quote_line"]
    return list(session.execute(sa.select(table.c.id).where(table.c.quote_id == quote_id)).scalars())


def _weekday(on: date) -> date:
    return on if on.weekday() < 5 else on + timedelta(days=7 - on.weekday())
