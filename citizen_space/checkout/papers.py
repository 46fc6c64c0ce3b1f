"""How a sale's papers are given: queued on the till's own printer, counted, and sealed when they are copies."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.checkout import printouts, queries
from citizen_space.checkout.models import CreditNoteCopy, ReceiptCopy
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.kit.actor import Actor
from citizen_space.kit.db import lock_row
from citizen_space.kit.errors import Refusal
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import _
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order
from citizen_space.orders.queries import list_live_lines
from citizen_space.orders.service import OrderIsClosed
from citizen_space.printing import service as printing
from citizen_space.printing.models import PrintJob
from citizen_space.printing.queries import find_job


class NothingToNote(Refusal):
    """A note without lines."""

    sentence = _("Il n’y a rien sur cette note.")


class NoPrinterOnline(Refusal):
    """What was given back on the online register has no till to print it."""

    sentence = _("Ce remboursement est fait en ligne : aucune caisse ne l’imprime.")


def print_receipt(
    session: Session,
    order_id: int,
    *,
    register_id: int,
    actor: Actor,
    submission: str,
    language: str,
    keys: Keys,
    at: datetime,
    public_url: str = "",
) -> PrintJob:
    """Give the receipt because somebody asked: the first is the original, every later one a sealed duplicate."""
    order = lock_row(session, Order, order_id)
    key = f"receipt:{submission}"
    known = find_job(session, key)
    if known is not None:
        return known
    number = queries.count_copies(session, order_id)
    document = printouts.receipt(session, order_id, language, public_url=public_url, copy=number)
    session.add(ReceiptCopy(order_id=order_id, number=number, at=at, actor_code=actor.code))
    code = registers.get_register(session, register_id).code
    job = printing.queue(session, document, printer_code=code, key=key, at=at)
    if number:
        content = {"operator": actor.code, "order": order.reference, "of": document.title, "copy": number}
        fiscal.append(session, register_id, RowKind.DUPLICATE, content, at=at, keys=keys, order_id=order_id)
    return job


def print_credit_note(
    session: Session,
    order_id: int,
    note_id: int,
    *,
    actor: Actor,
    submission: str,
    language: str,
    keys: Keys,
    at: datetime,
    public_url: str = "",
) -> PrintJob:
    """Give the paper of a refund at the till that made it: later ones are sealed duplicates, as for a receipt."""
    lock_row(session, Order, order_id)
    key = f"credit-note:{submission}"
    known = find_job(session, key)
    if known is not None:
        return known
    view = queries.get_credit_note_view(session, order_id, note_id)
    if not view.is_of_till:
        raise NoPrinterOnline
    document = printouts.credit_note(session, view.row, language, public_url=public_url, copy=view.copies)
    session.add(CreditNoteCopy(credit_note_id=note_id, number=view.copies, at=at, actor_code=actor.code))
    register_id = view.row.register_id
    code = registers.get_register(session, register_id).code
    job = printing.queue(session, document, printer_code=code, key=key, at=at)
    if view.copies:
        content = {"operator": actor.code, "of": document.title, "copy": view.copies}
        fiscal.append(session, register_id, RowKind.DUPLICATE, content, at=at, keys=keys, order_id=order_id)
    return job


def print_note(
    session: Session,
    order_id: int,
    *,
    register_id: int,
    actor: Actor,
    submission: str,
    language: str,
    keys: Keys,
    at: datetime,
) -> PrintJob:
    """Give the provisional note, sealed with what it asks for."""
    order = lock_row(session, Order, order_id)
    key = f"note:{submission}"
    known = find_job(session, key)
    if known is not None:
        return known
    row = _seal_note(session, order, register_id=register_id, actor=actor, keys=keys, at=at)
    code = registers.get_register(session, register_id).code
    number = f"{code}-{row.number:06d}"
    document = printouts.note(session, order_id, language, number=number, at=at, operator=actor.code)
    return printing.queue(session, document, printer_code=code, key=key, at=at)


def _seal_note(
    session: Session, order: Order, *, register_id: int, actor: Actor, keys: Keys, at: datetime
) -> FiscalRow:
    assert order.id is not None
    if order.status != "open":
        raise OrderIsClosed
    lines = list_live_lines(session, order.id)
    if not lines:
        raise NothingToNote
    totals = order_rules.totals(lines)
    content = {
        "operator": actor.code,
        "order": order.reference,
        "label": order.label,
        "asked_cents": totals.gross_cents,
        "net_cents": totals.net_cents,
    }
    return fiscal.append(session, register_id, RowKind.NOTE, content, at=at, keys=keys, order_id=order.id)
