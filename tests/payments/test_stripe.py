"""What Stripe's door does when Stripe does not: errors, timeouts, broken lines; and that the stand-in is strict."""

from collections.abc import Iterator

import pytest

from citizen_space.payments.gateway import ProcessorIsDown, ProcessorRefused, RefundRequest
from citizen_space.payments.stripe_gateway import StripeGateway
from tests.harness.patience import PATIENCE_SECONDS
from tests.payments import fake_stripe
from tests.payments.fake_stripe import FakeStripe, Refused, _check
from tests.payments.test_contract import request_of, stripe_config


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """The stand-in."""
    with fake_stripe.running() as running:
        yield running


@pytest.mark.parametrize("fault", ["500", "429", "timeout", "reset", "reset after"])
def test_a_fault_is_said_as_down_and_the_next_try_is_the_same_checkout(fake: FakeStripe, fault: str) -> None:
    config, asked = stripe_config(fake), request_of()
    fake.faults.append(fault)
    with pytest.raises(ProcessorIsDown):
        patience = 0.5 if fault == "timeout" else PATIENCE_SECONDS
        StripeGateway(config, seconds=patience, retries=0).open_checkout(asked)
    checkout = StripeGateway(config, seconds=PATIENCE_SECONDS, retries=0).open_checkout(asked)
    assert list(fake.sessions) == [checkout.id], "asked twice, opened once"


def test_a_refund_whose_answer_was_lost_is_not_made_twice(fake: FakeStripe) -> None:
    gateway = StripeGateway(stripe_config(fake), seconds=PATIENCE_SECONDS, retries=0)
    checkout = gateway.open_checkout(request_of())
    fake.pay(checkout.id)
    payment_id = gateway.read_checkout(checkout.id).payment_id or ""
    fake.faults.append("reset after")
    asked = RefundRequest("refund-1-0", payment_id, 1200, "trop tard")
    with pytest.raises(ProcessorIsDown):
        gateway.refund(asked)
    assert gateway.refund(asked).status == "succeeded"
    assert len(fake.refunds) == 1


def test_the_package_tries_again_by_itself_with_the_same_key(fake: FakeStripe) -> None:
    gateway = StripeGateway(stripe_config(fake), seconds=PATIENCE_SECONDS, retries=2)
    fake.faults += ["500", "500"]
    gateway.open_checkout(request_of())
    assert len(fake.sessions) == 1


def test_a_wrong_key_is_our_trouble_not_the_customers(fake: FakeStripe) -> None:
    config = stripe_config(fake)
    object.__setattr__(config, "stripe_secret_key", "sk_wrong")
    with pytest.raises((ProcessorIsDown, ProcessorRefused)):
        StripeGateway(config, seconds=PATIENCE_SECONDS, retries=0).open_checkout(request_of())


@pytest.mark.parametrize(
    ("shape", "params"),
    [
        ("refunds.create", {"amuont": "500", "payment_intent": "pi"}),
        ("refunds.create", {"amount": "a lot", "payment_intent": "pi"}),
        ("sessions.create", {"mode": "payment", "line_items": [{"quantity": 1, "price_data": {"curency": "eur"}}]}),
        ("sessions.create", {"line_items": [{"quantity": "1", "price_data": {"unit_amount": "12"}}]}),
        ("payouts.list", {"created": {"since": "1"}}),
        ("refunds.create", {"idempotency_key": "k", "payment_intent": "pi"}),
    ],
)
def test_the_stand_in_refuses_what_the_package_does_not_declare(shape: str, params: dict[str, object]) -> None:
    with pytest.raises(Refused):
        _check(shape, params)


def test_what_we_send_is_all_declared(fake: FakeStripe) -> None:
    gateway = StripeGateway(stripe_config(fake), seconds=PATIENCE_SECONDS, retries=0)
    gateway.open_checkout(request_of())
    shape, params = fake.requests[0]
    assert shape == "sessions.create" and params["mode"] == "payment" and params["locale"] == "fr"
    assert params["line_items"][0]["price_data"]["unit_amount"] == "1200"
    assert params["customer_email"] == "lea@example.org"
