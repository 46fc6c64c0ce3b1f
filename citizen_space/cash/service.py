"""What is done with a drawer: opened, moved into and out of, looked at, counted and closed once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.cash import printouts, queries, rules
from citizen_space.cash.models import DrawerSession, DrawerStatus, Movement, MovementKind
from citizen_space.cash.queries import find_open_session as find_open_session
from citizen_space.cash.rules import Report
from citizen_space.fiscal import queries as registers
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow, RegisterKind, RowKind
from citizen_space.fiscal.rules import receipt_number, stamp
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import get_by_id, insert_once, lock_row
from citizen_space.kit.errors import Refusal
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import _
from citizen_space.ledger import entries as ledger
from citizen_space.payments.models import Tender
from citizen_space.printing import service as printing
from citizen_space.printing.queries import find_printer
from citizen_space.vouching import service as vouching
from citizen_space.vouching.rules import Voucher
from printers.document import Document


class TillIsClosed(Refusal):
    """Nothing is sold on a till that staff have not opened."""

    sentence = _("La caisse n’est pas ouverte. Un membre du personnel doit d’abord l’ouvrir.")


class TillIsOpen(Refusal):
    """A till is opened once at a time."""

    sentence = _("Cette caisse est déjà ouverte.")


class DrawerIsClosed(Refusal):
    """A session is counted and closed once."""

    sentence = _("Cette caisse a déjà été clôturée.")


class BillsAreOpen(Refusal):
    """Nobody closes over an open bill without knowing it."""

    sentence = _("Des tables ou des ventes ne sont pas réglées. Réglez-les, ou cochez pour les garder ouvertes.")


class NotEnoughCash(Refusal):
    """More is taken out than there is."""

    sentence = _("Il n’y a que %(left_cents)s en espèces dans la caisse.")


class ReasonMissing(Refusal):
    """Cash that moves says why."""

    status = 422
    sentence = _("Veuillez indiquer le motif.")


@dataclass(frozen=True)
class Z:
    """The close of a session: its figures, its count, and the number it is sealed under."""

    drawer: DrawerSession
    row: FiscalRow
    number: str
    report: Report
    counted: Mapping[str, int]
    differences: Mapping[str, int]

    @property
    def carried(self) -> list[rules.Carried]:
        """The bills that stayed open over it, as they were sealed."""
        return [rules.Carried(**one) for one in json.loads(self.row.content)["content"].get("carried_over", ())]


def open_session(
    session: Session,
    register_id: int,
    *,
    float_cents: int,
    actor: Actor,
    at: datetime,
    keys: Keys,
    pieces: Mapping[int, int] | None = None,
    reopening: Voucher | None = None,
) -> DrawerSession:
    """Open a till with its float, or none; the opening is sealed and everything after it belongs to the session.

    `pieces`: the float by coin and note; `reopening`: why a till is opened again on a day on which it was closed.
    """
    assert not pieces or rules.cents_of(pieces) == float_cents, "the pieces make the float"
    by_piece = {str(cents): count for cents, count in (pieces or {}).items() if count} or None
    register = registers.get_register(session, register_id)
    if find_open_session(session, register_id) is not None:
        raise TillIsOpen
    row = fiscal.append(
        session,
        register_id,
        RowKind.OPENING,
        {"operator": actor.code, "float_cents": float_cents} | ({"float_pieces": by_piece} if by_piece else {}),
        at=at,
        keys=keys,
    )
    drawer = DrawerSession(
        register_id=register_id,
        opened_at=at,
        opened_by=actor.code,
        opening_number=row.number,
        float_cents=float_cents,
        float_pieces=by_piece,
    )
    if not insert_once(session, drawer):
        raise TillIsOpen
    if float_cents:
        ledger.cash_drop(
            session,
            source=f"drawer:{drawer.id}:float",
            amount_cents=-float_cents,
            on=business_day(at),
            at=at,
            label=f"Fonds de caisse {register.code}",
        )
    if reopening is not None:
        _seal_on(session, drawer, reopening, at, keys)
    return drawer


def lock_open_session(session: Session, register_id: int) -> int | None:
    """Return the open session of a till and keep it open until this sale is done; None for a register without drawer.

    The lock is shared: sales do not wait for each other here, but a closing waits for all of them.
    """
    drawer_id = queries.lock_open_id(session, register_id)
    if drawer_id is None and registers.get_register(session, register_id).kind == RegisterKind.TILL:
        raise TillIsClosed
    return drawer_id


def move_cash(
    session: Session,
    drawer_session_id: int,
    *,
    kind: MovementKind,
    amount_cents: int,
    reason: str,
    actor: Actor,
    submission: str,
    at: datetime,
    keys: Keys,
    voucher: Voucher | None = None,
) -> Movement:
    """Put cash in or take it out, and seal it: a drop to the safe, change brought, a small expense."""
    drawer = _lock_open(session, drawer_session_id)
    known = queries.find_movement(session, submission)
    if known is not None:
        return known
    if not reason.strip():
        raise ReasonMissing("reason")
    left_cents = queries.read_report(session, drawer).expected_cash_cents
    if kind != MovementKind.PAID_IN and amount_cents > left_cents:
        raise NotEnoughCash("amount", left_cents=left_cents)
    movement = Movement(
        drawer_session_id=drawer_session_id,
        kind=kind,
        amount_cents=amount_cents,
        reason=reason.strip(),
        actor_code=actor.code,
        at=at,
        submission=submission,
    )
    session.add(movement)
    session.flush()
    ledger.cash_drop(
        session,
        source=f"cash_movement:{movement.id}",
        amount_cents=-amount_cents if kind == MovementKind.PAID_IN else amount_cents,
        on=business_day(at),
        at=at,
        label=reason.strip(),
    )
    _seal_movement(session, drawer, movement, voucher, keys)
    return movement


def _seal_movement(
    session: Session, drawer: DrawerSession, movement: Movement, voucher: Voucher | None, keys: Keys
) -> None:
    """Staff in the office answer for themselves; at the till somebody asked and staff vouched."""
    amount_cents = movement.amount_cents
    content: dict[str, Any] = {"session": drawer.id, "act": movement.kind, "amount_cents": amount_cents}
    if voucher is None:
        said = {**content, "operator": movement.actor_code, "reason": movement.reason}
        fiscal.append(session, drawer.register_id, RowKind.MOVEMENT, said, at=movement.at, keys=keys)
        return
    vouching.seal(
        session,
        voucher,
        content,
        register_id=drawer.register_id,
        subject=f"drawer:{drawer.id}",
        amount_cents=amount_cents,
        at=movement.at,
        keys=keys,
    )


def get_session_of_till(session: Session, register_id: int) -> DrawerSession:
    """Return the open session of a till. Raises TillIsClosed."""
    drawer = find_open_session(session, register_id)
    if drawer is None:
        raise TillIsClosed
    return drawer


def open_drawer(
    session: Session, register_id: int, voucher: Voucher, *, language: str, at: datetime, keys: Keys
) -> None:
    """Open the drawer without a sale, on the word of staff: the printer kicks it, the register seals it."""
    drawer = get_session_of_till(session, register_id)
    _queue(session, register_id, printouts.no_sale(voucher, language=language, at=at), f"no_sale:{voucher.key}", at)
    _seal_on(session, drawer, voucher, at, keys)


def print_x(session: Session, register_id: int, voucher: Voucher, *, language: str, at: datetime, keys: Keys) -> None:
    """Print a look at the open session, for the staff who vouched; the screen says nothing of it."""
    drawer = get_session_of_till(session, register_id)
    document = printouts.x_report(
        queries.read_report(session, drawer),
        register=registers.get_register(session, register_id).code,
        opened_at=drawer.opened_at,
        opened_by=drawer.opened_by,
        at=at,
        language=language,
    )
    _queue(session, register_id, document, f"x:{voucher.key}", at)
    _seal_on(session, drawer, voucher, at, keys)


def read_x(session: Session, drawer_session_id: int, voucher: Voucher, *, at: datetime, keys: Keys) -> Report:
    """Look at an open session in the office: it is sealed, so that everybody knows the count was not all blind."""
    drawer = _lock_open(session, drawer_session_id)
    if not vouching.is_done(session, voucher.key):
        _seal_on(session, drawer, voucher, at, keys)
    return queries.read_report(session, drawer)


def _seal_on(session: Session, drawer: DrawerSession, voucher: Voucher, at: datetime, keys: Keys) -> None:
    vouching.seal(
        session,
        voucher,
        {"session": drawer.id},
        register_id=drawer.register_id,
        subject=f"drawer:{drawer.id}",
        at=at,
        keys=keys,
    )


def _queue(session: Session, register_id: int, document: Document, key: str, at: datetime) -> None:
    """Print on the till's own printer, if it has one."""
    code = registers.get_register(session, register_id).code
    if find_printer(session, code) is not None:
        printing.queue(session, document, printer_code=code, key=key, at=at)


def _lock_open(session: Session, drawer_session_id: int) -> DrawerSession:
    drawer = lock_row(session, DrawerSession, drawer_session_id)
    if drawer.status != DrawerStatus.OPEN:
        raise DrawerIsClosed
    return drawer


def x_report(session: Session, drawer_session_id: int) -> Report:
    """Look at an open session; changes nothing."""
    return queries.read_report(session, queries.get_drawer_session(session, drawer_session_id))


def close_session(
    session: Session,
    drawer_session_id: int,
    counted: Mapping[str, int],
    actor: Actor,
    at: datetime,
    *,
    keys: Keys,
    carry_over: bool = False,
) -> Z:
    """Close a session by what was counted; of two at once, the second is told that it is done.

    Bills that are open go over to the next session when `carry_over` says so, and are sealed with the close.
    """
    drawer = _lock_open(session, drawer_session_id)
    assert drawer.id is not None
    carried = queries.list_left_open(session, drawer).bills
    if carried and not carry_over:
        raise BillsAreOpen("carry_over")
    found = queries.read_report(session, drawer)
    expected = found.expected()
    given = {tender: counted.get(tender, 0) for tender in sorted({*expected, *counted})}
    differences = rules.differences(expected, given)
    cash_cents = differences.get(Tender.CASH.value, 0)
    register = registers.get_register(session, drawer.register_id)
    _post_difference(session, drawer.id, cash_cents, register.code, at)
    _post_takings(session, drawer.id, given.get(Tender.CASH.value, 0), register.code, at)
    content = rules.z_content(
        found,
        given,
        session=drawer.id,
        opened_at=stamp(drawer.opened_at),
        opened_by=drawer.opened_by,
        operator=actor.code,
        carried=carried,
    )
    row = fiscal.append(session, drawer.register_id, RowKind.CLOSING, content, at=at, keys=keys)
    drawer.status, drawer.closed_at, drawer.closed_by = DrawerStatus.CLOSED, at, actor.code
    drawer.counted, drawer.expected, drawer.over_short_cents = given, expected, cash_cents
    drawer.z_row_id = row.id
    session.flush()
    return Z(drawer, row, receipt_number(register.code, row.number), found, given, differences)


def _post_difference(session: Session, drawer_id: int, cents: int, code: str, at: datetime) -> None:
    ledger.cash_difference(
        session,
        drawer_session_id=drawer_id,
        over_short_cents=cents,
        on=business_day(at),
        at=at,
        label=f"Écart de caisse {code}",
    )


def _post_takings(session: Session, drawer_id: int, cents: int, code: str, at: datetime) -> None:
    """Take what was counted out of the drawer to the safe: the next session begins with its own float."""
    if cents:
        ledger.cash_drop(
            session,
            source=f"drawer:{drawer_id}:takings",
            amount_cents=cents,
            on=business_day(at),
            at=at,
            label=f"Recette de caisse {code}",
        )


def find_z(session: Session, drawer_session_id: int) -> Z | None:
    """Read the close of a session back, as it was sealed."""
    drawer = queries.get_drawer_session(session, drawer_session_id)
    if drawer.z_row_id is None:
        return None
    row = get_by_id(session, FiscalRow, drawer.z_row_id)
    register = registers.get_register(session, drawer.register_id)
    counted, expected = drawer.counted or {}, drawer.expected or {}
    return Z(
        drawer,
        row,
        receipt_number(register.code, row.number),
        queries.read_report(session, drawer),
        counted,
        rules.differences(expected, counted),
    )
