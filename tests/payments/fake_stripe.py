"""A stateful stand-in for Stripe's API over HTTP: what it is sent is checked against the SDK's own parameter types."""

import json
import re
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import stripe
import stripe.params
import stripe.params.checkout
from pydantic import ConfigDict, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from typing_extensions import is_typeddict

from tests.harness.servers import serve

KEY, SECRET = "sk_test_essai", "whsec_essai"
Item = TypeVar("Item")
Fault = str  # "500", "429", "timeout", "reset": before acting; "reset after": acts, then the line breaks


def adapter(shape: Any) -> TypeAdapter[Any]:
    """Compile one of the SDK's parameter types; an unknown name, a wrong type or a missing field is refused."""
    for nested in vars(sys.modules[shape.__module__]).values():
        if is_typeddict(nested):
            nested.__pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)
    made: TypeAdapter[Any] = TypeAdapter(shape)
    untyped: Any = dict[str, Item]  # type: ignore[valid-type]
    made.rebuild(_types_namespace={"StripeContext": str, "UntypedStripeObject": untyped, "Mapping": dict})
    return made


SHAPES: dict[str, TypeAdapter[Any]] = {
    "sessions.create": adapter(stripe.params.checkout.SessionCreateParams),
    "sessions.retrieve": adapter(stripe.params.checkout.SessionRetrieveParams),
    "sessions.expire": adapter(stripe.params.checkout.SessionExpireParams),
    "refunds.create": adapter(stripe.params.RefundCreateParams),
    "refunds.retrieve": adapter(stripe.params.RefundRetrieveParams),
    "refunds.list": adapter(stripe.params.RefundListParams),
    "payment_intents.retrieve": adapter(stripe.params.PaymentIntentRetrieveParams),
    "payouts.list": adapter(stripe.params.PayoutListParams),
    "balance_transactions.list": adapter(stripe.params.BalanceTransactionListParams),
}
# What the SDK takes as options is no parameter of the API.
OPTIONS = {"api_key", "stripe_version", "stripe_account", "stripe_context", "max_network_retries", "idempotency_key"}


class Refused(Exception):
    """An answer that says no."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message


def unflatten(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Turn `a[0][b]=c` into nested data."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+", name)
        place = found
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    listed: dict[str, Any] = _lists(found)
    return listed


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(item) for key, item in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


@dataclass
class FakeStripe:
    """The state of the stand-in, and what the world does to it."""

    url: str = ""
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: list[dict[str, Any]] = field(default_factory=list)
    payouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refund_status: str = "succeeded"
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def id(self, prefix: str) -> str:
        """Make an id as Stripe's look."""
        return f"{prefix}_test_{next(self.numbers):08d}"

    # -- what the API does ---------------------------------------------------------------------------------------------

    def create_session(self, params: dict[str, Any]) -> dict[str, Any]:
        """Open a checkout."""
        ahead = int(params["expires_at"]) - time.time()
        if not 30 * 60 - 5 <= ahead <= 24 * 3600 + 5:
            raise Refused(400, "invalid_request_error", "expires_at must be 30 minutes to 24 hours ahead")
        amount = sum(int(i["quantity"]) * int(i["price_data"]["unit_amount"]) for i in params["line_items"])
        if amount < 50:
            raise Refused(400, "invalid_request_error", "amount too small")
        made = {
            "id": self.id("cs"),
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": amount,
            "currency": "eur",
            "metadata": params.get("metadata", {}),
            "success_url": params["success_url"],
            "cancel_url": params["cancel_url"],
            "expires_at": int(params["expires_at"]),
        }
        made["url"] = f"{self.url}/c/pay/{made['id']}"
        self.sessions[str(made["id"])] = made
        return made

    def expire_session(self, session_id: str) -> dict[str, Any]:
        """End a checkout that is open."""
        session = self.find(self.sessions, session_id)
        if session["status"] != "open":
            raise Refused(400, "invalid_request_error", "Only Checkout Sessions with a status of open can be expired")
        session.update(status="expired", url=None)
        return session

    def create_refund(self, params: dict[str, Any]) -> dict[str, Any]:
        """Give back, never more than was charged."""
        charge = next((c for c in self.charges.values() if c["payment_intent"] == params["payment_intent"]), None)
        if charge is None:
            raise Refused(404, "invalid_request_error", "No such payment_intent")
        amount = int(params.get("amount", charge["amount"]))
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise Refused(400, "invalid_request_error", "Refund amount is greater than unrefunded amount")
        charge["amount_refunded"] += amount
        made = {
            "id": self.id("re"),
            "object": "refund",
            "amount": amount,
            "status": self.refund_status,
            "payment_intent": params["payment_intent"],
            "charge": charge["id"],
            "metadata": params.get("metadata", {}),
        }
        self.refunds[str(made["id"])] = made
        self._move("refund", str(made["id"]), -amount, 0)
        return made

    def find(self, shelf: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
        """Find an object, or answer as Stripe does."""
        if name not in shelf:
            raise Refused(404, "invalid_request_error", f"No such object: '{name}'")
        return shelf[name]

    def _move(self, kind: str, source: str, amount: int, fee: int) -> None:
        moved = {"id": self.id("txn"), "object": "balance_transaction", "type": kind, "source": source}
        self.moved.append({**moved, "amount": amount, "fee": fee, "net": amount - fee, "payout": None})

    # -- what the world does -------------------------------------------------------------------------------------------

    def pay(self, session_id: str) -> None:
        """The customer pays."""
        with self.lock:
            session = self.sessions[session_id]
            assert session["status"] == "open", "the page is closed"
            session.update(status="complete", payment_status="paid", payment_intent=self.id("pi"), url=None)
            charge = {"id": self.id("ch"), "object": "charge", "payment_intent": session["payment_intent"]}
            self.charges[charge["id"]] = {**charge, "amount": session["amount_total"], "amount_refunded": 0}
            self._move("charge", charge["id"], session["amount_total"], 25 + session["amount_total"] * 15 // 1000)

    def pay_out(self) -> dict[str, Any]:
        """Send everything that is there to the bank."""
        with self.lock:
            mine = [moved for moved in self.moved if moved["payout"] is None]
            payout: dict[str, Any] = {
                "id": self.id("po"),
                "object": "payout",
                "status": "paid",
                "statement_descriptor": None,
            }
            payout["amount"] = sum(moved["net"] for moved in mine)
            payout["created"] = int(time.time())
            payout["arrival_date"] = int((datetime.now(UTC) + timedelta(days=2)).timestamp())
            payout["trace_id"] = {"status": "supported", "value": f"TRACE{payout['id'][-8:]}"}
            self.payouts[payout["id"]] = payout
            for moved in mine:
                moved["payout"] = payout["id"]
            self._move("payout", payout["id"], -payout["amount"], 0)
            self.moved[-1]["payout"] = payout["id"]
            return payout

    def event(self, kind: str, thing: dict[str, Any], *, event_id: str = "") -> tuple[bytes, str]:
        """Make a message as the webhook gets it, with its signature."""
        told = {
            "id": event_id or self.id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "type": kind,
            "data": {"object": thing},
        }
        body = json.dumps(told)
        signature: str = stripe.WebhookSignature.generate_signature_header(body, SECRET)
        return body.encode(), signature


@contextmanager
def running() -> Iterator[FakeStripe]:
    """Serve the stand-in on loopback."""
    fake = FakeStripe()
    with serve(_app(fake)) as url:
        fake.url = url
        yield fake


def _app(fake: FakeStripe) -> Starlette:
    def shown(thing: dict[str, Any]) -> dict[str, Any]:
        return {"livemode": False, **thing}

    def listed(things: list[dict[str, Any]]) -> dict[str, Any]:
        return {"object": "list", "data": things, "has_more": False, "url": "/v1/list"}

    def payouts(request: Request, params: dict[str, Any]) -> dict[str, Any]:
        since = int(params.get("created", {}).get("gte", 0))
        return listed([p for p in reversed(fake.payouts.values()) if p["created"] >= since])

    def refunds(request: Request, params: dict[str, Any]) -> dict[str, Any]:
        return listed([r for r in reversed(fake.refunds.values()) if r["payment_intent"] == params["payment_intent"]])

    def moves(request: Request, params: dict[str, Any]) -> dict[str, Any]:
        found = [dict(moved) for moved in fake.moved if moved["payout"] == params.get("payout")]
        if "data.source" in params.get("expand", []):
            shelves = {**fake.charges, **fake.refunds, **fake.payouts}
            for moved in found:
                moved["source"] = shelves[moved["source"]]
        return listed(found)

    def route(path: str, shape: str, act: Callable[[Request, dict[str, Any]], dict[str, Any]], method: str) -> Route:
        return Route(path, _Endpoint(fake, shape, lambda r, p: shown(act(r, p))), methods=[method])

    return Starlette(
        routes=[
            route("/v1/checkout/sessions", "sessions.create", lambda r, p: fake.create_session(p), "POST"),
            route(
                "/v1/checkout/sessions/{id}/expire",
                "sessions.expire",
                lambda r, p: fake.expire_session(r.path_params["id"]),
                "POST",
            ),
            route(
                "/v1/checkout/sessions/{id}",
                "sessions.retrieve",
                lambda r, p: fake.find(fake.sessions, r.path_params["id"]),
                "GET",
            ),
            route("/v1/refunds", "refunds.create", lambda r, p: fake.create_refund(p), "POST"),
            route("/v1/refunds", "refunds.list", refunds, "GET"),
            route(
                "/v1/refunds/{id}", "refunds.retrieve", lambda r, p: fake.find(fake.refunds, r.path_params["id"]), "GET"
            ),
            route("/v1/payouts", "payouts.list", payouts, "GET"),
            route("/v1/balance_transactions", "balance_transactions.list", moves, "GET"),
        ]
    )


class _Endpoint:
    """One address of the API: key, parameters, idempotency, faults, then the act."""

    def __init__(self, fake: FakeStripe, shape: str, act: Callable[[Request, dict[str, Any]], dict[str, Any]]) -> None:
        self.fake, self.shape, self.act = fake, shape, act

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = (await request.body()).decode()
        fault = self.fake.faults.pop(0) if self.fake.faults else ""
        if fault == "timeout":
            await _until_given_up(receive)
        if fault == "reset":
            return await _break_line(send)
        if fault in ("500", "429"):
            kind = "api_error" if fault == "500" else "rate_limit_error"
            answer: Response = _error(Refused(int(fault), kind, "injected"))
        else:
            answer = self._answer(request, body)
        if fault == "reset after":
            return await _break_line(send)
        await answer(scope, receive, send)
        return None

    def _answer(self, request: Request, body: str) -> Response:
        pairs = parse_qsl(body or request.url.query, keep_blank_values=True)
        with self.fake.lock:
            try:
                return self._checked(request, unflatten(pairs), json.dumps(sorted(pairs)))
            except Refused as refused:
                return _error(refused)

    def _checked(self, request: Request, params: dict[str, Any], plain: str) -> Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "invalid_request_error", "Invalid API Key")
        self.fake.requests.append((self.shape, params))
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key in self.fake.answers:
            known, status, said = self.fake.answers[key]
            if known != f"{request.url.path} {plain}":
                raise Refused(400, "idempotency_error", "Keys for idempotent requests can only be used with the same")
            return Response(said, status, {"idempotent-replayed": "true"}, "application/json")
        _check(self.shape, params)
        answer = JSONResponse(self.act(request, params))
        if key:
            self.fake.answers[key] = (f"{request.url.path} {plain}", 200, bytes(answer.body))
        return answer


def _check(shape: str, params: dict[str, Any]) -> None:
    if OPTIONS & params.keys():
        raise Refused(400, "invalid_request_error", "an option was sent as a parameter")
    try:
        SHAPES[shape].validate_python(params)
    except ValidationError as error:
        raise Refused(400, "invalid_request_error", f"{shape}: {error}") from error


def _error(refused: Refused) -> Response:
    said = {"error": {"type": refused.kind, "message": refused.message}}
    return JSONResponse(said, refused.status, {"stripe-should-retry": "false"} if refused.status == 429 else None)


async def _until_given_up(receive: Receive) -> None:
    """Say nothing until the other side has hung up: it comes too late however slow this machine is."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _break_line(send: Callable[[Any], Awaitable[None]]) -> None:
    """Promise more than is sent: the connection closes in the middle of the answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": False})
