"""Stripe: the only file that imports its package."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, TypeVar

import stripe

from citizen_space.config import Config
from citizen_space.kit.clock import PARIS
from citizen_space.payments.gateway import (
    BadSignature,
    Checkout,
    CheckoutRequest,
    CheckoutState,
    CheckoutStatus,
    Event,
    PayoutItem,
    PayoutState,
    ProcessorIsDown,
    ProcessorRefused,
    RefundProgress,
    RefundRequest,
    RefundState,
)

# Stripe keeps a checkout open for thirty minutes at least; ours is ended before by the clock, when the hold does.
_BEYOND_HOLD = timedelta(minutes=31)
_SECONDS = 8
_RETRIES = 2
_PROGRESS: dict[str, RefundProgress] = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
_KINDS: dict[str, Literal["payment", "refund"]] = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
}
_Result = TypeVar("_Result")


class StripeGateway:
    """Cards online by Checkout Sessions."""

    name = "stripe"

    def __init__(self, config: Config, *, seconds: float = _SECONDS, retries: int = _RETRIES) -> None:
        self.host = config.payment_page
        self._secret = config.stripe_webhook_secret
        self._client = stripe.StripeClient(
            config.stripe_secret_key,
            base_addresses={"api": config.stripe_api_base} if config.stripe_api_base else None,
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=seconds),
        )

    def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Open a Checkout Session; the same key and request give the same one."""
        params: Any = _session_params(request)
        opened = _ask(
            lambda: self._client.v1.checkout.sessions.create(params, {"idempotency_key": f"open-{request.key}"})
        )
        if not opened.url:
            raise ProcessorRefused(reason="no address to pay at")
        return Checkout(opened.id, opened.url)

    def read_checkout(self, checkout_id: str) -> CheckoutState:
        """Say what became of a session."""
        return _state(_ask(lambda: self._client.v1.checkout.sessions.retrieve(checkout_id)))

    def expire_checkout(self, checkout_id: str) -> CheckoutState:
        """End a session; one that is complete or over says so itself."""
        try:
            return _state(_ask(lambda: self._client.v1.checkout.sessions.expire(checkout_id)))
        except ProcessorRefused:
            return self.read_checkout(checkout_id)

    def refund(self, request: RefundRequest) -> RefundState:
        """Give money back; the same key and request do it once. Stripe forgets keys after a day: then we look."""
        found = self._find_refund(request) if request.again else None
        if found is not None:
            return found
        params: Any = {
            "payment_intent": request.payment_id,
            "amount": request.amount_cents,
            "metadata": {"key": request.key, "reason": request.reason[:500]},
        }
        made = _ask(lambda: self._client.v1.refunds.create(params, {"idempotency_key": request.key}))
        return _refund_state(made)

    def _find_refund(self, request: RefundRequest) -> RefundState | None:
        """Find the refund that an earlier asking made, though its answer never came."""
        with _translated():
            listed = self._client.v1.refunds.list({"payment_intent": request.payment_id, "limit": 100})
            made = (one for one in listed.auto_paging_iter() if _key_of(one) == request.key)
            return next(map(_refund_state, made), None)

    def read_refund(self, refund_id: str) -> RefundState:
        """Say what became of a refund."""
        return _refund_state(_ask(lambda: self._client.v1.refunds.retrieve(refund_id)))

    def read_event(self, body: bytes, signature: str) -> Event:
        """Check the signature and its age, then say what the message is about."""
        try:
            event = self._client.construct_event(body, signature, self._secret)
            return Event(event.id, event.type, str(event.data.object["id"]))
        except (stripe.SignatureVerificationError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise BadSignature from error

    def list_payouts(self, since: date) -> list[PayoutState]:
        """List the payouts made since a day with the payments and refunds they are made of, the oldest first."""
        first = int(datetime.combine(since, time(), tzinfo=PARIS).timestamp())
        with _translated():
            listed = self._client.v1.payouts.list({"created": {"gte": first}, "limit": 100})
            return [self._payout(payout) for payout in reversed(list(listed.auto_paging_iter()))]

    def _payout(self, payout: stripe.Payout) -> PayoutState:
        listed = self._client.v1.balance_transactions.list(
            {"payout": payout.id, "limit": 100, "expand": ["data.source"]}
        )
        items = [_item(moved) for moved in listed.auto_paging_iter() if moved.type != "payout"]
        trace = payout.trace_id
        return PayoutState(
            id=payout.id,
            amount_cents=payout.amount,
            fee_cents=sum(item.fee_cents for item in items),
            arrives_on=datetime.fromtimestamp(payout.arrival_date, UTC).date(),
            status=payout.status,
            bank_reference=(trace.value if trace and trace.value else "") or payout.id,
            items=tuple(items),
        )


def _session_params(request: CheckoutRequest) -> dict[str, Any]:
    # Nothing here may change between two askings with the same key: no clock, no random.
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": request.reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "eur",
                    "unit_amount": request.amount_cents,
                    "product_data": {"name": request.description},
                },
            }
        ],
        "locale": "en" if request.language == "en" else "fr",
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int((request.expires_at + _BEYOND_HOLD).timestamp()),
        "metadata": {"key": request.key},
        "payment_intent_data": {"description": request.reference, "metadata": {"key": request.key}},
    }
    return params | ({"customer_email": request.customer_email} if request.customer_email else {})


def _state(session: Any) -> CheckoutState:
    status: CheckoutStatus = session.status or "open"
    payment = session.payment_intent
    payment_id = payment if isinstance(payment, str) or payment is None else str(payment.id)
    return CheckoutState(session.id, status, session.payment_status == "paid", payment_id, session.amount_total or 0)


def _key_of(refund: Any) -> str:
    """The key that we gave it; who refunds at Stripe's own page gives none."""
    return str(refund.metadata["key"]) if refund.metadata and "key" in refund.metadata else ""


def _refund_state(refund: Any) -> RefundState:
    return RefundState(refund.id, _PROGRESS.get(refund.status or "", "pending"))


def _item(moved: Any) -> PayoutItem:
    kind = _KINDS.get(moved.type)
    source = moved.source
    source_id = source if isinstance(source, str) else str(source["id"]) if source else ""
    if kind == "payment" and source and not isinstance(source, str) and "payment_intent" in source:
        # We know a payment by its intent; the charge is Stripe's own word for it.
        source_id = str(source["payment_intent"] or source_id)
    return PayoutItem(moved.id, kind or "other", source_id, moved.amount, moved.fee)


def _ask(call: Callable[[], _Result]) -> _Result:
    with _translated():
        return call()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn Stripe's errors into ours: it may have been done (down), or it will not be (refused)."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        raise ProcessorRefused(reason=str(error.user_message or error)) from error
    except stripe.StripeError as error:
        raise ProcessorIsDown from error
