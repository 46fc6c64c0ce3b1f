"""What a test of a sale needs of a house: law, books, registers, a rule for the share, an open till."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking
from citizen_space.cash import service as cash
from citizen_space.checkout import service as checkout
from citizen_space.checkout.service import Sale, Tender
from citizen_space.fiscal import service as fiscal
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.law import service as law
from citizen_space.law.models import Confirmed
from citizen_space.ledger.models import Entry, Posting
from citizen_space.orders import service as orders
from citizen_space.orders.models import Order
from citizen_space.orders.service import NewLine
from citizen_space.payments import service as payments
from citizen_space.payments.models import Payment
from tests.compensation import world

COOK = Actor("worker", 7, "R07")
CHEF = Actor("staff", 3, "STAFF-3")
_numbers = count(1)

FOUR_LINES = (
    NewLine("Velouté de potimarron", 900, 1000, label_en="Squash soup", quantity=2),
    NewLine("Œuf parfait", 1150, 1000, discount_cents=150, discount_reason="geste"),
    NewLine("Plat du jour", 1650, 1000, quantity=2),
    NewLine("Bière sans alcool", 450, 2000),
)
FOUR_LINES_CENTS = 1800 + 1000 + 3300 + 450


@dataclass
class Shop:
    """A house that is ready to sell."""

    at: datetime
    till_id: int
    web_id: int
    drawer_id: int
    keys: Keys = field(default_factory=new_keys)

    def order(self, session: Session, lines: Sequence[NewLine] = FOUR_LINES, **facts: Any) -> Order:
        """Open an order with lines."""
        given: dict[str, Any] = {"room": "restaurant", "label": "Table 4", "submission": f"order-{next(_numbers)}"}
        order = orders.open_order(
            session, register_id=self.till_id, operator_code=COOK.code, at=self.at, **{**given, **facts}
        )
        orders.add_lines(session, order, lines, at=self.at)
        return order

    def settle(self, session: Session, order: Order, *tenders: Tender, **facts: Any) -> Sale:
        """Settle an order at the till."""
        assert order.id is not None
        given: dict[str, Any] = {"submission": f"settle-{order.id}", "register_id": self.till_id, "actor": COOK}
        return checkout.settle(
            session, order.id, tenders=tenders, at=facts.pop("at", self.at), keys=self.keys, **{**given, **facts}
        )

    def sale(self, session: Session, lines: Sequence[NewLine] = FOUR_LINES, tender: str = "card") -> Sale:
        """Sell something by one tender."""
        order = self.order(session, lines)
        assert order.id is not None
        due = sum(line.quantity * line.unit_price_cents - line.discount_cents for line in lines)
        return self.settle(session, order, Tender(tender, due))

    def refund(self, session: Session, order_id: int, **facts: Any) -> Any:
        """Give a sale, or some of it, back."""
        given: dict[str, Any] = {"reason": "plat froid", "key": f"refund-{next(_numbers)}", "register_id": self.till_id}
        return checkout.refund(
            session, order_id, actor=CHEF, at=facts.pop("at", self.at), keys=self.keys, **{**given, **facts}
        )

    def booking(self, session: Session, room: str = "venue", *, starts_at: datetime, **facts: Any) -> Booking:
        """Hold a place for a party."""
        return bookings.hold(
            session,
            room=room,
            starts_at=starts_at,
            ends_at=facts.pop("ends_at"),
            party_size=2,
            customer=facts.pop("customer", None),
            language="fr",
            browser_key="b",
            submission=f"hold-{next(_numbers)}",
            policy="[]",
            access="open",
            minutes=15,
            at=self.at,
        )

    def online(
        self, session: Session, booking: Booking | None, lines: Sequence[NewLine], *, kind: str = "sale"
    ) -> tuple[Order, Payment]:
        """Open an order that is to be paid online, and its payment."""
        order = self.order(
            session,
            lines,
            room=booking.room if booking else "restaurant",
            booking_id=booking.id if booking else None,
            kind=kind,
        )
        due = sum(line.quantity * line.unit_price_cents for line in lines)
        payment = payments.start(
            session,
            order,
            tender="card_online",
            amount_cents=due,
            submission=f"pay-{next(_numbers):08d}",
            at=self.at,
            expires_at=booking.hold_expires_at if booking else None,
        )
        return order, payment


def found(session: Session, at: datetime, *, cash_accepted: bool = True) -> Shop:
    """Found a house and open its till."""
    world.found(session, at)
    if cash_accepted:
        allow(session, at, cash_accepted="true")
    registers = {
        code: fiscal.open_register(session, code=code, name=code, kind=kind, at=at, room=room).id or 0
        for code, kind, room in (("R1", "till", "restaurant"), ("WEB", "online", None))
    }
    shop = Shop(at, registers["R1"], registers["WEB"], 0)
    drawer = cash.open_session(session, shop.till_id, float_cents=10000, actor=CHEF, at=at, keys=shop.keys)
    shop.drawer_id = drawer.id or 0
    return shop


def allow(session: Session, at: datetime, **values: str) -> None:
    """Set parameters of the law from today."""
    for key, value in values.items():
        law.set_parameter(
            session,
            key=key,
            value=value,
            valid_from=business_day(at),
            reference="essai",
            confirmed=Confirmed.UNKNOWN,
            actor=CHEF,
            at=at,
        )


def postings(session: Session, source: str) -> dict[str, int]:
    """Return what an entry posted, by account: debits are positive."""
    rows = session.exec(
        select(Posting).join(Entry, col(Entry.id) == col(Posting.entry_id)).where(Entry.source == source)
    ).all()
    found: dict[str, int] = {}
    for row in rows:
        found[row.account_code] = found.get(row.account_code, 0) + row.debit_cents - row.credit_cents
    return found
