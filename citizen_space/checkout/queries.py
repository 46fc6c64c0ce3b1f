"""How sales are found: the sealed rows of an order, the last sales of a till, the walk from a receipt to the bank."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from citizen_space.checkout.models import CreditNote, CreditNoteCopy, ReceiptCopy
from citizen_space.compensation.models import Accrual, Beneficiary, Transfer, TransferItem
from citizen_space.fiscal.models import FiscalRegister, FiscalRow, RegisterKind, RowKind
from citizen_space.fiscal.rules import receipt_number
from citizen_space.kit.errors import NotFound
from citizen_space.law import queries as law
from citizen_space.orders.models import Order, OrderKind, OrderStatus
from citizen_space.orders.queries import find_deposit
from citizen_space.payments.models import Payment
from citizen_space.payments.queries import deposit_left_cents
from citizen_space.payments.rules import likely_cash


@dataclass(frozen=True)
class SaleRow:
    """A sale in a list."""

    order: Order
    receipt_number: str
    operator_code: str


@dataclass(frozen=True)
class CreditNoteView:
    """A refund of a sale: its number, whether a till can print it, and how often one did."""

    note: CreditNote
    number: str
    row: FiscalRow
    is_of_till: bool
    copies: int


@dataclass(frozen=True)
class AccrualStep:
    """A piece of the share and how far it has come."""

    accrual: Accrual
    beneficiary: str
    transfer: Transfer | None


def get_sale_row(session: Session, order_id: int) -> FiscalRow:
    """Return the sealed row of a sale. Raises NotFound."""
    return _first_row(session, order_id, RowKind.SALE)


def get_deposit_row(session: Session, order_id: int) -> FiscalRow:
    """Return the first sealed row of a deposit. Raises NotFound."""
    return _first_row(session, order_id, RowKind.DEPOSIT)


def get_paid_row(session: Session, order_id: int) -> FiscalRow:
    """Return the row that says an order was paid: its sale, or the deposit it is. Raises NotFound."""
    return _first_row(session, order_id, RowKind.SALE, RowKind.DEPOSIT)


def _first_row(session: Session, order_id: int, *kinds: RowKind) -> FiscalRow:
    wanted = select(FiscalRow).where(FiscalRow.order_id == order_id, col(FiscalRow.kind).in_(kinds))
    row = session.exec(wanted.order_by(col(FiscalRow.id))).first()
    if row is None:
        raise NotFound
    return row


def change_cents(session: Session, order_id: int) -> int:
    """Return what was given back in cash when an order was settled."""
    return int(
        session.exec(select(func.coalesce(func.sum(Payment.change_cents), 0)).where(Payment.order_id == order_id)).one()
    )


def deposit_used_cents(session: Session, booking_id: int | None, bill_cents: int) -> int:
    """Return what a bill of so many cents takes of a booking's deposit: what is left of it, up to the bill."""
    deposit = find_deposit(session, booking_id)
    if deposit is None or deposit.id is None:
        return 0
    return min(deposit_left_cents(session, deposit.id), bill_cents)


def cash_offers(session: Session, due_cents: int, on: date) -> list[int]:
    """List the sums of cash that a till offers to touch; none where no cash is taken."""
    return likely_cash(due_cents) if law.get_bool(session, "cash_accepted", on) else []


def find_credit_note(session: Session, key: str) -> CreditNote | None:
    """Find the refund that a key made."""
    return session.exec(select(CreditNote).where(CreditNote.key == key)).first()


def list_credit_note_views(session: Session, order_id: int, *, register_id: int | None = None) -> list[CreditNoteView]:
    """List the refunds of a sale, of one register or of all, with how often each was printed."""
    statement: Any = (
        select(CreditNote, FiscalRow, FiscalRegister, func.count(col(CreditNoteCopy.id)))
        .join(FiscalRow, col(FiscalRow.id) == col(CreditNote.fiscal_row_id))
        .join(FiscalRegister, col(FiscalRegister.id) == col(FiscalRow.register_id))
        .join(CreditNoteCopy, col(CreditNoteCopy.credit_note_id) == col(CreditNote.id), isouter=True)
        .where(CreditNote.order_id == order_id)
        .group_by(col(CreditNote.id), col(FiscalRow.id), col(FiscalRegister.id))
        .order_by(col(CreditNote.id))
    )
    if register_id is not None:
        statement = statement.where(FiscalRow.register_id == register_id)
    return [
        CreditNoteView(note, receipt_number(till.code, row.number), row, till.kind == RegisterKind.TILL, copies)
        for note, row, till, copies in session.exec(statement).all()
    ]


def get_credit_note_view(session: Session, order_id: int, note_id: int) -> CreditNoteView:
    """Return one refund of a sale. Raises NotFound."""
    for view in list_credit_note_views(session, order_id):
        if view.note.id == note_id:
            return view
    raise NotFound


def count_copies(session: Session, order_id: int) -> int:
    """Return how often a receipt was printed."""
    return int(session.exec(select(func.count()).where(col(ReceiptCopy.order_id) == order_id)).one())


def list_sealed_rows(session: Session, order_id: int) -> list[tuple[FiscalRow, str]]:
    """List every sealed row of an order with its printed number."""
    rows = session.exec(
        select(FiscalRow, FiscalRegister.code)
        .join(FiscalRegister, col(FiscalRegister.id) == col(FiscalRow.register_id))
        .where(FiscalRow.order_id == order_id)
        .order_by(col(FiscalRow.id))
    ).all()
    return [(row, receipt_number(code, row.number)) for row, code in rows]


@dataclass(frozen=True)
class SaleFilter:
    """Which sales: of a day, a room, a till, or those that a reference or a receipt number names."""

    on: date | None = None
    room: str = ""
    register_id: int | None = None
    text: str = ""


def list_sales(
    session: Session, wanted: SaleFilter, *, by: str = "-date", limit: int = 100, offset: int = 0
) -> list[SaleRow]:
    """List settled orders in the order asked for, the newest first if none."""
    statement = _sales(wanted, select(Order, FiscalRow.number, FiscalRegister.code))
    statement = statement.order_by(*SALE_ORDERS.get(by, SALE_ORDERS["-date"])).limit(limit).offset(offset)
    return [
        SaleRow(order, receipt_number(code, number), order.operator_code)
        for order, number, code in session.exec(statement)
    ]


def sum_sales(session: Session, wanted: SaleFilter) -> tuple[int, int]:
    """Return how many there are and what the sales among them left, refunds taken off."""
    left = func.coalesce(col(Order.gross_cents), 0) - col(Order.refunded_cents)
    of_sales = func.sum(case((col(Order.kind) == OrderKind.SALE, left), else_=0))
    count, cents = session.exec(_sales(wanted, select(func.count(), func.coalesce(of_sales, 0)))).one()
    return int(count), int(cents)


SALE_ORDERS: dict[str, tuple[Any, ...]] = {
    "-date": (col(FiscalRow.id).desc(),),
    "date": (col(FiscalRow.id),),
    "-total": (col(Order.gross_cents).desc(), col(FiscalRow.id).desc()),
    "total": (col(Order.gross_cents), col(FiscalRow.id).desc()),
}


def _sales(wanted: SaleFilter, chosen: Any) -> Any:
    statement = (
        chosen.select_from(Order)
        .join(FiscalRow, col(FiscalRow.order_id) == col(Order.id))
        .join(FiscalRegister, col(FiscalRegister.id) == col(FiscalRow.register_id))
        .where(col(FiscalRow.kind).in_([RowKind.SALE, RowKind.DEPOSIT]), col(FiscalRow.gross_cents) >= 0)
        .where(col(Order.status).not_in([OrderStatus.OPEN]))
    )
    if wanted.on is not None:
        statement = statement.where(FiscalRow.on == wanted.on)
    if wanted.room:
        statement = statement.where(Order.room == wanted.room)
    if wanted.register_id is not None:
        statement = statement.where(FiscalRow.register_id == wanted.register_id)
    if wanted.text:
        statement = statement.where(_matches(wanted.text))
    return statement


def _matches(text: str) -> Any:
    code, _dash, number = text.strip().upper().rpartition("-")
    if code and number.isdigit() and len(number) < 10:
        return (col(FiscalRegister.code) == code) & (col(FiscalRow.number) == int(number))
    word = text.strip().upper()
    return (col(Order.reference) == word) | (col(Order.trail_code) == word)


def list_accruals(session: Session, order_id: int) -> list[AccrualStep]:
    """List what a sale set aside for whom, and the transfer that paid it."""
    rows = session.exec(
        select(Accrual, Beneficiary.name, Transfer)
        .join(Beneficiary, col(Beneficiary.id) == col(Accrual.beneficiary_id))
        # A transfer that was given up or returned holds it no longer.
        .join(TransferItem, (col(TransferItem.accrual_id) == col(Accrual.id)) & col(TransferItem.active), isouter=True)
        .join(Transfer, col(Transfer.id) == col(TransferItem.transfer_id), isouter=True)
        .where(Accrual.order_id == order_id)
        .order_by(col(Accrual.id))
    ).all()
    return [AccrualStep(accrual, name, transfer) for accrual, name, transfer in rows]
