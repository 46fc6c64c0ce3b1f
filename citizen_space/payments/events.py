"""What is done with a message of the processor: the object it speaks of is read again, then it has its effect once."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.payments import queries, service
from citizen_space.payments.gateway import CheckoutState, Event, PaymentGateway, RefundState

Learnt = CheckoutState | RefundState | None


def learn(gateway: PaymentGateway, event: Event) -> Learnt:
    """Read what a message speaks of as it is now, with no transaction open: messages come late and out of order."""
    if event.kind.startswith("checkout.session."):
        return gateway.read_checkout(event.object_id)
    if event.kind.startswith("refund."):
        return gateway.read_refund(event.object_id)
    return None


def take_effect(
    session: Session, event: Event, learnt: Learnt, at: datetime, on_paid: service.OnPaid
) -> service.Effect:
    """Let a message have its effect and stamp it handled, in one transaction; told again, nothing happens."""
    if service.is_handled(session, event.id):
        return service.Effect("handled before")
    effect = _effect(session, learnt, at, on_paid)
    service.mark_handled(session, event.id, effect.outcome, at)
    return effect


def _effect(session: Session, learnt: Learnt, at: datetime, on_paid: service.OnPaid) -> service.Effect:
    if isinstance(learnt, CheckoutState):
        payment = queries.find_by_session(session, learnt.id)
        if payment is None or payment.id is None:
            return service.Effect("not ours")
        return service.apply_checkout(session, payment.id, learnt, at, on_paid)
    if isinstance(learnt, RefundState):
        refund = queries.find_refund_by_provider(session, learnt.id)
        if refund is None or refund.id is None:
            return service.Effect("not ours")
        return service.Effect(f"refund {service.note_refund(session, refund.id, learnt, at).status}")
    return service.Effect("nothing to do")
