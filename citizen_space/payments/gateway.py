"""The door to a payment processor: what the house asks of any, and what it gets back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal, Protocol

from citizen_space.kit.errors import OutsideIsDown, Refusal
from citizen_space.kit.text import _

CheckoutStatus = Literal["open", "complete", "expired"]
RefundProgress = Literal["pending", "succeeded", "failed"]


class ProcessorIsDown(OutsideIsDown):
    """The processor does not answer, or not in time: what we asked may or may not have been done."""

    sentence = _("Le service de paiement ne répond pas. Rien n’a été débité deux fois : veuillez réessayer.")


class ProcessorRefused(Refusal):
    """The processor understood, and says no."""

    status: ClassVar[int] = 409
    sentence = _("Le service de paiement a refusé cette opération.")

    def __init__(self, field: str | None = None, *, reason: str = "") -> None:
        super().__init__(field)
        self.reason = reason


class BadSignature(Refusal):
    """What came in was not signed by the processor, or too long ago."""

    status: ClassVar[int] = 400
    sentence = _("Signature refusée.")


@dataclass(frozen=True)
class CheckoutRequest:
    """Money to ask a customer for; the key makes a second asking the same one."""

    key: str
    amount_cents: int
    description: str
    reference: str
    customer_email: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True)
class Checkout:
    """Where the customer pays."""

    id: str
    url: str


@dataclass(frozen=True)
class CheckoutState:
    """What became of a checkout."""

    id: str
    status: CheckoutStatus
    paid: bool
    payment_id: str | None
    amount_cents: int


@dataclass(frozen=True)
class RefundRequest:
    """Money to give back of one payment; the key makes a second asking the same one."""

    key: str
    payment_id: str
    amount_cents: int
    reason: str
    # It may have been asked for before, so long ago that the processor has forgotten the key.
    again: bool = False


@dataclass(frozen=True)
class RefundState:
    """What became of a refund."""

    id: str
    status: RefundProgress


@dataclass(frozen=True)
class Event:
    """Something the processor tells us; the object it speaks of is read again before it is believed."""

    id: str
    kind: str
    object_id: str


@dataclass(frozen=True)
class PayoutItem:
    """One movement within a payout: `source_id` is the processor's payment or refund."""

    id: str
    kind: Literal["payment", "refund", "other"]
    source_id: str
    amount_cents: int
    fee_cents: int


@dataclass(frozen=True)
class PayoutState:
    """Money on its way to the bank: `amount_cents` is what arrives."""

    id: str
    amount_cents: int
    fee_cents: int
    arrives_on: date
    status: str
    bank_reference: str
    items: Sequence[PayoutItem] = field(default=())


class PaymentGateway(Protocol):
    """What every processor does for us."""

    @property
    def name(self) -> str:
        """The word stored with each payment."""

    @property
    def host(self) -> str:
        """Where the browser is sent to pay: the only foreign address a page may lead to; empty when it is ours."""

    def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Open a page where the customer pays; the same key and request give the same page."""

    def read_checkout(self, checkout_id: str) -> CheckoutState:
        """Say what became of a checkout."""

    def expire_checkout(self, checkout_id: str) -> CheckoutState:
        """End a checkout so that it can no longer be paid; one that is complete stays complete."""

    def refund(self, request: RefundRequest) -> RefundState:
        """Give money back; the same key and request do it once."""

    def read_refund(self, refund_id: str) -> RefundState:
        """Say what became of a refund."""

    def read_event(self, body: bytes, signature: str) -> Event:
        """Return what a message says, once its signature is checked."""

    def list_payouts(self, since: date) -> list[PayoutState]:
        """List the payouts made since a day, the oldest first, with what they are made of."""
