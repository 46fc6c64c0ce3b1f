"""What sales, deposits and refunds share: who acts on which register, and how a deposit is posted and sealed."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.fiscal.rules import money_content, receipt_number
from citizen_space.kit.clock import business_day
from citizen_space.kit.keys import Keys
from citizen_space.ledger import entries as ledger
from citizen_space.orders.models import Order
from citizen_space.payments.models import Payment

ONLINE_REGISTER = "WEB"


@dataclass(frozen=True)
class Act:
    """Who acts, on which register, when, and with what it is sealed."""

    register_id: int
    operator: str
    at: datetime
    keys: Keys

    @property
    def on(self) -> date:
        """The business day."""
        return business_day(self.at)


def number_of(row: FiscalRow) -> str:
    """Return the number of a sealed row as it is printed; the sealed text names its register."""
    return receipt_number(json.loads(row.content)["register"], row.number)


def post_deposit(session: Session, payment: Payment, order: Order, act: Act) -> int:
    """Post money that is still the customer's; gives the entry's id."""
    assert payment.id is not None
    entry = ledger.deposit(
        session,
        payment_id=payment.id,
        order_id=order.id,
        amount_cents=payment.amount_cents,
        on=act.on,
        at=act.at,
        label=f"Acompte {order.reference}",
        tender=payment.tender,
    )
    assert entry.id is not None
    return entry.id


def seal_deposit(
    session: Session, payment: Payment, order: Order, amount_cents: int, act: Act, *, reason: str = ""
) -> FiscalRow:
    """Seal a deposit taken (positive) or given back (negative)."""
    content = money_content(
        lines=[],
        vat=[],
        tenders=[{"tender": payment.tender, "amount_cents": amount_cents}],
        operator=act.operator,
        order=order.reference,
        room=order.room,
        label=order.label,
        payment=payment.id,
        **({"reason": reason} if reason else {}),
    )
    return fiscal.append(
        session,
        act.register_id,
        RowKind.DEPOSIT,
        content,
        at=act.at,
        keys=act.keys,
        gross_cents=amount_cents,
        order_id=order.id,
    )
