"""A house that takes payments: its pages, one small room with a single place, and a clock that can be turned."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from citizen_space import config, stripe_events
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking
from citizen_space.customers.models import Customer
from citizen_space.customers.service import find_or_create
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.kit.jobs import Job
from citizen_space.kit.text import _
from citizen_space.orders.models import Order
from citizen_space.orders.service import NewLine
from citizen_space.payments import jobs
from citizen_space.payments.models import Payment
from citizen_space.payments.public import routes
from citizen_space.payments.sandbox_gateway import SandboxGateway
from citizen_space.payments.stripe_gateway import StripeGateway
from citizen_space.room import LinkDoors, Part, Room
from citizen_space.web.assets import Assets
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import Front, House
from tests.checkout import shop as shops
from tests.checkout.shop import Shop
from tests.harness.patience import PATIENCE_SECONDS
from tests.payments import fake_stripe
from tests.payments.fake_stripe import FakeStripe

PLACE = [NewLine("Place", 1200, 550)]


class PlaceGone(Refusal):
    """Somebody else has it."""

    sentence: ClassVar = _("Cette place vient d’être prise.")


def confirm(session: Session, booking: Booking, at: datetime) -> None:
    """Take the only place of that hour, if nobody has it."""
    other = select(Booking).where(
        Booking.starts_at == booking.starts_at, Booking.status == "confirmed", col(Booking.id) != booking.id
    )
    if session.exec(other).first() is not None:
        raise PlaceGone
    bookings.confirm(session, booking, at)


def _released(_session: Session, _booking: Booking, _at: datetime) -> None:
    """The place is free by its status alone."""


DOORS = LinkDoors(
    room="venue",
    prefix="/spectacles",
    title=lambda _session, _booking, _language: "Une place",
    part=lambda _session, _booking, _language: Part(),
    release=_released,
)
ROOM = Room(
    name="venue",
    routes=lambda _surface: (),
    jobs=(),
    confirm=confirm,
    release=_released,
    front=lambda _session, _at, _language: Front("venue", "", "", "", []),
    doors=DOORS,
)


@dataclass
class Place:
    """A house, its public pages and what a test does there."""

    house: House
    shop: Shop
    client: TestClient
    at: datetime
    starts_at: datetime
    bookings: list[int] = field(default_factory=list)

    def book(self) -> tuple[Booking, Order, Payment]:
        """Hold the place and open its payment, committed."""
        with self.house.database.write() as session:
            self.shop.at = self.at
            customer: Customer = find_or_create(
                session, name="Léa Martin", email="lea@example.org", phone="", language="fr", at=self.at
            )
            booking = self.shop.booking(
                session, starts_at=self.starts_at, ends_at=self.starts_at + timedelta(hours=2), customer=customer
            )
            order, payment = self.shop.online(session, booking, PLACE)
            booking.order_id = order.id
        return booking, order, payment

    def lapse(self) -> None:
        """Let a quarter of an hour and more pass."""
        self.at += timedelta(minutes=16)
        with self.house.database.write() as session:
            bookings.lapse_expired(session, self.at)

    def run(self, name: str) -> None:
        """Run one of the payments' jobs."""
        made: dict[str, Job] = {job.name: job for job in jobs.make_jobs(self.house.payments, self.house.on_paid)}
        made[name].run(self.house.database, self.at)

    def pay_page(self, payment: Payment) -> str:
        """Go to the processor's page; gives its path."""
        answer = self.client.get(f"/payer/{payment.submission}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix(self.house.config.public_url)

    def decide(self, path: str, choice: str) -> str:
        """Decide at the sandbox's page; gives where it leads."""
        answer = self.client.post(path, data={"choice": choice, "submission": "0123456789"})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The templates of the house, compiled once."""
    return Templates(Assets(), tmp_path_factory.mktemp("compiled"))


Build = Callable[..., Place]


@pytest.fixture
def build(database: Database, templates: Templates, tmp_path: Path) -> Iterator[Build]:
    """Build a house with the sandbox, or with Stripe's door on a stand-in."""
    opened: list[Place] = []

    def make(at: datetime, fake: FakeStripe | None = None) -> Place:
        settings = config.load({"CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": database.url})
        with database.write() as session:
            shop = shops.found(session, at)
        house = House(database, settings, shop.keys, templates)
        if fake is not None:
            settings = replace(
                settings,
                stripe_secret_key=fake_stripe.KEY,
                stripe_webhook_secret=fake_stripe.SECRET,
                stripe_api_base=fake.url,
            )
            house.payments = StripeGateway(settings, seconds=PATIENCE_SECONDS, retries=0)
        else:
            house.payments = SandboxGateway(database, settings, b"secret", clock=lambda: opened[0].at)
        house.on_paid = partial(stripe_events.handle_paid, house=house, rooms={"venue": ROOM})
        surface = Surface(house, "public", routes)
        client = TestClient(surface, follow_redirects=False, headers={"accept-language": "fr"})
        made = Place(house, shop, client, at, at + timedelta(days=7))
        house.clock = lambda: made.at
        opened.append(made)
        return made

    yield make
    for place in opened:
        place.client.close()
        place.house.threads.shutdown(wait=True)
        place.house.outside.shutdown(wait=True)


@pytest.fixture
def place(build: Build, at: datetime) -> Place:
    """A house with the sandbox."""
    return build(at)


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """Stripe's stand-in."""
    with fake_stripe.running() as running:
        yield running


@pytest.fixture
def stripe_place(build: Build, fake: FakeStripe) -> Place:
    """A house with Stripe's door; its clock is today's, since signatures have an age."""
    return build(datetime.now(UTC), fake)
