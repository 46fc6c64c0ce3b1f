"""A processor of our own for trying everything out without keys: no money moves. It refuses to run in production."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from citizen_space.config import Config
from citizen_space.kit.clock import business_day, day_bounds, now
from citizen_space.kit.db import Database, change, find_by, get_by_id, insert_once, lock_row
from citizen_space.kit.money import portion
from citizen_space.payments.gateway import (
    BadSignature,
    Checkout,
    CheckoutRequest,
    CheckoutState,
    CheckoutStatus,
    Event,
    PayoutItem,
    PayoutState,
    ProcessorRefused,
    RefundRequest,
    RefundState,
)
from citizen_space.payments.models import SandboxPayout, SandboxRefund, SandboxSession

Choice = Literal["accept", "decline", "abandon"]

# What a card costs here: like a real processor's price, so that fees show in payouts and books.
_FEE_BP = 150
_FEE_CENTS = 25
_ARRIVES_AFTER = timedelta(days=2)
_SIGNED_FOR = timedelta(minutes=5)
_Row = TypeVar("_Row", SandboxSession, SandboxRefund)


class SandboxInProduction(RuntimeError):
    """Play money would be taken for real."""


class SandboxGateway:
    """Keeps its own tables, in short transactions of its own, as if it stood elsewhere."""

    name = "sandbox"
    host = ""

    def __init__(self, database: Database, config: Config, secret: bytes, clock: Callable[[], datetime] = now) -> None:
        if config.production:
            raise SandboxInProduction
        self._database, self._base_url, self._clock = database, config.public_url, clock
        self._secret = hashlib.sha256(b"sandbox webhook " + secret).digest()

    def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Open a page of ours where one accepts, declines or abandons."""
        fingerprint = _fingerprint(request)
        with self._database.write() as session:
            row = SandboxSession(
                id=f"sbx_cs_{secrets.token_hex(12)}",
                key=request.key,
                params_hash=fingerprint,
                amount_cents=request.amount_cents,
                description=request.description,
                reference=request.reference,
                language=request.language,
                success_url=request.success_url,
                cancel_url=request.cancel_url,
                created_at=self._clock(),
                expires_at=request.expires_at,
            )
            row = _same(session, SandboxSession, row)
        return Checkout(row.id, f"{self._base_url}/bac-a-sable/{row.id}")

    def read_checkout(self, checkout_id: str) -> CheckoutState:
        """Say what became of a checkout."""
        with self._database.read() as session:
            return _state(_get(session, checkout_id), self._clock())

    def expire_checkout(self, checkout_id: str) -> CheckoutState:
        """End a checkout; one that is complete stays so."""
        with self._database.write() as session:
            row = lock_row(session, SandboxSession, _get(session, checkout_id).id)
            if row.status == "open":
                row.status = "expired"
            return _state(row, self._clock())

    def refund(self, request: RefundRequest) -> RefundState:
        """Give play money back, never more than was paid."""
        with self._database.write() as session:
            paid = session.exec(
                select(SandboxSession).where(SandboxSession.payment_id == request.payment_id).with_for_update()
            ).first()
            if paid is None:
                raise ProcessorRefused(reason=f"no such payment: {request.payment_id}")
            row = SandboxRefund(
                id=f"sbx_re_{secrets.token_hex(12)}",
                key=request.key,
                params_hash=_fingerprint(request),
                payment_id=request.payment_id,
                amount_cents=request.amount_cents,
                created_at=self._clock(),
            )
            known = session.exec(select(SandboxRefund).where(SandboxRefund.key == request.key)).first()
            if known is None and _refunded(session, request.payment_id) + request.amount_cents > paid.amount_cents:
                raise ProcessorRefused(reason="more than was paid")
            return RefundState(_same(session, SandboxRefund, row).id, "succeeded")

    def read_refund(self, refund_id: str) -> RefundState:
        """Say what became of a refund: here it always succeeds at once."""
        with self._database.read() as session:
            if session.get(SandboxRefund, refund_id) is None:
                raise ProcessorRefused(reason=f"no such refund: {refund_id}")
        return RefundState(refund_id, "succeeded")

    def read_event(self, body: bytes, signature: str) -> Event:
        """Check the signature and its age, then say what the message is about."""
        try:
            stamp, given = (part.partition("=")[2] for part in signature.split(","))
            if abs(self._clock().timestamp() - int(stamp)) > _SIGNED_FOR.total_seconds():
                raise BadSignature
            if not hmac.compare_digest(given, self._digest(stamp, body)):
                raise BadSignature
            told = json.loads(body)
            return Event(told["id"], told["type"], told["object"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadSignature from error

    def sign(self, body: bytes) -> str:
        """Sign a message as a processor does."""
        stamp = str(int(self._clock().timestamp()))
        return f"t={stamp},v1={self._digest(stamp, body)}"

    def _digest(self, stamp: str, body: bytes) -> str:
        return hmac.new(self._secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()

    def list_payouts(self, since: date) -> list[PayoutState]:
        """List the payouts made since a day, the oldest first."""
        first, _end = day_bounds(since)
        with self._database.read() as session:
            payouts = session.exec(
                select(SandboxPayout).where(SandboxPayout.created_at >= first).order_by(col(SandboxPayout.created_at))
            ).all()
            return [_payout_state(session, payout) for payout in payouts]


# -- what is done on the sandbox's own page, in that page's transaction ------------------------------------------------


def decide(session: Session, checkout_id: str, choice: Choice, at: datetime) -> tuple[SandboxSession, bytes | None]:
    """Let the person at the page accept, decline or abandon; gives the message to deliver, if there is one."""
    row = lock_row(session, SandboxSession, _get(session, checkout_id).id)
    if row.status != "open" or row.expires_at <= at:
        return row, None
    if choice == "accept":
        change(session, row, status="complete", payment_id=f"sbx_pi_{secrets.token_hex(12)}")
        return row, _message("checkout.session.completed", row.id)
    if choice == "decline":
        row.declined += 1
        return row, None
    row.status = "expired"
    return row, _message("checkout.session.expired", row.id)


def get_session(session: Session, checkout_id: str) -> SandboxSession:
    """Return a checkout for its page. Raises NotFound."""
    return get_by_id(session, SandboxSession, checkout_id)


def is_open(row: SandboxSession, at: datetime) -> bool:
    """Say whether a checkout can still be paid."""
    return row.status == "open" and row.expires_at > at


def make_payout(session: Session, at: datetime) -> SandboxPayout | None:
    """Send everything paid and given back so far to the bank, as a processor does each day; None when it is nothing."""
    paid = session.exec(
        select(SandboxSession)
        .where(col(SandboxSession.payment_id).is_not(None), col(SandboxSession.payout_id).is_(None))
        .with_for_update()
    ).all()
    given = session.exec(select(SandboxRefund).where(col(SandboxRefund.payout_id).is_(None)).with_for_update()).all()
    fee_cents = sum(fee_of(row.amount_cents) for row in paid)
    amount_cents = sum(row.amount_cents for row in paid) - sum(row.amount_cents for row in given) - fee_cents
    if amount_cents <= 0:
        return None
    number = secrets.token_hex(6).upper()
    payout = SandboxPayout(
        id=f"sbx_po_{number}",
        amount_cents=amount_cents,
        fee_cents=fee_cents,
        arrives_on=business_day(at) + _ARRIVES_AFTER,
        bank_reference=f"SANDBOX{number}",
        created_at=at,
    )
    session.add(payout)
    session.flush()
    for row in (*paid, *given):
        row.payout_id = payout.id
    session.flush()
    return payout


def fee_of(amount_cents: int) -> int:
    """Return what the sandbox keeps of a payment."""
    return portion(amount_cents, _FEE_BP) + _FEE_CENTS


def _message(kind: str, checkout_id: str) -> bytes:
    told = {"id": f"sbx_evt_{secrets.token_hex(12)}", "type": kind, "object": checkout_id}
    return json.dumps(told, sort_keys=True).encode()


def _get(session: Session, checkout_id: str) -> SandboxSession:
    row = find_by(session, SandboxSession, "id", checkout_id)
    if row is None:
        raise ProcessorRefused(reason=f"no such checkout: {checkout_id}")
    return row


def _same(session: Session, model: type[_Row], row: _Row) -> _Row:
    """Insert, or find what the key already made; the same key with another request is refused, as Stripe does."""
    if insert_once(session, row):
        return row
    found = session.exec(select(model).where(model.key == row.key)).one()
    if found.params_hash != row.params_hash:
        raise ProcessorRefused(reason="the same key came with another request")
    return found


def _fingerprint(request: CheckoutRequest | RefundRequest) -> str:
    plain: dict[str, Any] = {name: str(value) for name, value in vars(request).items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _state(row: SandboxSession, at: datetime) -> CheckoutState:
    status: CheckoutStatus = "complete" if row.status == "complete" else "expired" if not is_open(row, at) else "open"
    return CheckoutState(row.id, status, row.payment_id is not None, row.payment_id, row.amount_cents)


def _refunded(session: Session, payment_id: str) -> int:
    total = select(func.coalesce(func.sum(SandboxRefund.amount_cents), 0))
    return int(session.exec(total.where(SandboxRefund.payment_id == payment_id)).one())


def _payout_state(session: Session, payout: SandboxPayout) -> PayoutState:
    paid = session.exec(select(SandboxSession).where(SandboxSession.payout_id == payout.id)).all()
    given = session.exec(select(SandboxRefund).where(SandboxRefund.payout_id == payout.id)).all()
    items = [
        PayoutItem(
            f"{row.payment_id}:paid", "payment", row.payment_id or "", row.amount_cents, fee_of(row.amount_cents)
        )
        for row in paid
    ]
    items += [PayoutItem(f"{row.id}:given", "refund", row.id, -row.amount_cents, 0) for row in given]
    return PayoutState(
        id=payout.id,
        amount_cents=payout.amount_cents,
        fee_cents=payout.fee_cents,
        arrives_on=payout.arrives_on,
        status="paid",
        bank_reference=payout.bank_reference,
        items=tuple(items),
    )
