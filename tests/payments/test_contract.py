"""One contract for every processor: Stripe's door against a stand-in over HTTP, the sandbox against its own tables."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from citizen_space.config import Config
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.payments import sandbox_gateway
from citizen_space.payments.gateway import (
    BadSignature,
    CheckoutRequest,
    PaymentGateway,
    ProcessorRefused,
    RefundRequest,
)
from citizen_space.payments.sandbox_gateway import SandboxGateway, SandboxInProduction
from citizen_space.payments.stripe_gateway import StripeGateway
from tests.harness.databases import Databases
from tests.harness.patience import PATIENCE_SECONDS
from tests.payments import fake_stripe
from tests.payments.fake_stripe import FakeStripe


class World(Protocol):
    """A processor and what its customers do."""

    gateway: PaymentGateway

    def pay(self, checkout_id: str) -> tuple[bytes, str]:
        """Pay; gives the message and its signature."""

    def pay_out(self) -> None:
        """Send what is there to the bank."""


class StripeWorld:
    """Stripe's door, and the stand-in behind it."""

    def __init__(self, fake: FakeStripe) -> None:
        self.fake = fake
        self.gateway: PaymentGateway = StripeGateway(stripe_config(fake), seconds=PATIENCE_SECONDS, retries=0)

    def pay(self, checkout_id: str) -> tuple[bytes, str]:
        """Pay at Stripe."""
        self.fake.pay(checkout_id)
        return self.fake.event("checkout.session.completed", self.fake.sessions[checkout_id])

    def pay_out(self) -> None:
        """Let Stripe pay out."""
        self.fake.pay_out()


class SandboxWorld:
    """The sandbox on a database of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sandbox = SandboxGateway(database, config(), b"secret")
        self.gateway: PaymentGateway = self.sandbox

    def pay(self, checkout_id: str) -> tuple[bytes, str]:
        """Accept on the sandbox's page."""
        with self.database.write() as session:
            _row, message = sandbox_gateway.decide(session, checkout_id, "accept", datetime.now(UTC))
        assert message is not None
        return message, self.sandbox.sign(message)

    def pay_out(self) -> None:
        """Press the office's button."""
        with self.database.write() as session:
            assert sandbox_gateway.make_payout(session, datetime.now(UTC)) is not None


def config() -> Config:
    """A small configuration."""
    return Config(var=Path("unused"), database_url="sqlite://", public_url="http://public.example")


def stripe_config(fake: FakeStripe) -> Config:
    """A configuration that leads to the stand-in."""
    return replace(
        config(),
        stripe_secret_key=fake_stripe.KEY,
        stripe_webhook_secret=fake_stripe.SECRET,
        stripe_api_base=fake.url,
    )


@pytest.fixture(params=["stripe", "sandbox on sqlite", "sandbox on postgres"])
def world(request: pytest.FixtureRequest, databases: Databases) -> Iterator[World]:
    """Each processor in turn."""
    if request.param == "stripe":
        with fake_stripe.running() as fake:
            yield StripeWorld(fake)
        return
    url = databases.copy(request.param.rpartition(" ")[2])
    database = Database(url)
    yield SandboxWorld(database)
    database.dispose()
    databases.discard(url)


def request_of(key: str = "payment-1", **facts: object) -> CheckoutRequest:
    """A checkout of twelve euros."""
    asked = CheckoutRequest(
        key=key,
        amount_cents=1200,
        description="Espace citoyen · ABCD2345",
        reference="ABCD2345",
        customer_email="lea@example.org",
        language="fr",
        success_url="http://public.example/payer/x/retour",
        cancel_url="http://public.example/payer/x/annule",
        expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=15),
    )
    return replace(asked, **facts)  # type: ignore[arg-type]


def test_a_checkout_is_open_then_paid(world: World) -> None:
    checkout = world.gateway.open_checkout(request_of())
    assert checkout.url.startswith("http")
    before = world.gateway.read_checkout(checkout.id)
    assert (before.status, before.paid, before.payment_id, before.amount_cents) == ("open", False, None, 1200)
    world.pay(checkout.id)
    after = world.gateway.read_checkout(checkout.id)
    assert (after.status, after.paid, after.amount_cents) == ("complete", True, 1200)
    assert after.payment_id


def test_the_same_key_opens_the_same_checkout(world: World) -> None:
    asked = request_of()
    assert world.gateway.open_checkout(asked) == world.gateway.open_checkout(asked)
    with pytest.raises(ProcessorRefused):
        world.gateway.open_checkout(replace(asked, amount_cents=1300))
    assert world.gateway.open_checkout(replace(asked, key="payment-2")).id != world.gateway.open_checkout(asked).id


def test_a_checkout_ends_and_one_that_is_paid_does_not(world: World) -> None:
    ended = world.gateway.open_checkout(request_of("payment-1"))
    assert world.gateway.expire_checkout(ended.id).status == "expired"
    assert world.gateway.expire_checkout(ended.id).status == "expired"
    paid = world.gateway.open_checkout(request_of("payment-2"))
    world.pay(paid.id)
    state = world.gateway.expire_checkout(paid.id)
    assert (state.status, state.paid) == ("complete", True)


def test_a_refund_is_made_once_for_a_key_and_never_too_much(world: World) -> None:
    checkout = world.gateway.open_checkout(request_of())
    world.pay(checkout.id)
    payment_id = world.gateway.read_checkout(checkout.id).payment_id or ""
    asked = RefundRequest("refund-1-0", payment_id, 500, "annulation")
    first = world.gateway.refund(asked)
    assert first.status == "succeeded"
    assert world.gateway.refund(asked) == first == world.gateway.read_refund(first.id)
    with pytest.raises(ProcessorRefused):
        world.gateway.refund(replace(asked, key="refund-2-0", amount_cents=701))
    assert world.gateway.refund(replace(asked, key="refund-3-0", amount_cents=700)).id != first.id


def test_what_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(ProcessorRefused):
        world.gateway.read_checkout("cs_unknown")
    with pytest.raises(ProcessorRefused):
        world.gateway.refund(RefundRequest("refund-9-0", "pi_unknown", 100, ""))


def test_a_message_is_believed_by_its_signature_only(world: World) -> None:
    checkout = world.gateway.open_checkout(request_of())
    body, signature = world.pay(checkout.id)
    event = world.gateway.read_event(body, signature)
    assert (event.kind, event.object_id) == ("checkout.session.completed", checkout.id)
    forged = (
        (body + b" ", signature),
        (body, signature[:-2] + "00"),
        (body, ""),
        (b"\xff", signature),
        (body, "t=1,v1=0"),
    )
    for told, signed in forged:
        with pytest.raises(BadSignature):
            world.gateway.read_event(told, signed)


def test_a_payout_says_what_it_is_made_of(world: World) -> None:
    ids = []
    for number in (1, 2):
        checkout = world.gateway.open_checkout(request_of(f"payment-{number}"))
        world.pay(checkout.id)
        ids.append(world.gateway.read_checkout(checkout.id).payment_id or "")
    refund = world.gateway.refund(RefundRequest("refund-1-0", ids[0], 500, ""))
    world.pay_out()
    (payout,) = world.gateway.list_payouts(business_day(datetime.now(UTC)))
    by_kind = {kind: [i for i in payout.items if i.kind == kind] for kind in ("payment", "refund", "other")}
    assert sorted(i.source_id for i in by_kind["payment"]) == sorted(ids)
    assert [(i.source_id, i.amount_cents) for i in by_kind["refund"]] == [(refund.id, -500)]
    assert sum(i.amount_cents - i.fee_cents for i in payout.items) == payout.amount_cents
    assert payout.fee_cents == sum(i.fee_cents for i in payout.items) > 0
    assert payout.bank_reference and payout.status == "paid"
    assert world.gateway.list_payouts(business_day(datetime.now(UTC)) + timedelta(days=3)) == []


def test_the_sandbox_refuses_to_run_in_production(database: Database) -> None:
    with pytest.raises(SandboxInProduction):
        SandboxGateway(database, replace(config(), production=True), b"secret")
