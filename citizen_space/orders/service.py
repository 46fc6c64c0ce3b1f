"""What is done with an order until it is settled: opened, added to, discounted, voided, given up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import find_by, insert_once, lock_row
from citizen_space.kit.errors import NotFound, Refusal
from citizen_space.kit.ids import new_reference
from citizen_space.kit.text import _
from citizen_space.orders import rules
from citizen_space.orders.models import LineState, Order, OrderKind, OrderLine, OrderStatus
from citizen_space.orders.queries import find_by_submission, get_line, list_lines
from citizen_space.orders.queries import list_open as list_open
from citizen_space.products import service as products
from citizen_space.products.rules import Offer, choose_options


class OrderIsClosed(Refusal):
    """An order that is settled or given up takes no more lines."""

    sentence = _("Cette commande est déjà close.")


class DiscountTooLarge(Refusal):
    """A discount of more than the price."""

    status = 422
    sentence = _("La remise ne peut pas dépasser %(most_cents)s.")


class LineIsSent(Refusal):
    """The kitchen has its chit: a word on the screen would not reach it."""

    sentence = _("C’est déjà envoyé en cuisine. Enlevez le plat et notez-le de nouveau.")


class StaffNeeded(Refusal):
    """What the kitchen was sent is taken off on the word of staff only."""

    status = 403
    sentence = _("C’est déjà envoyé en cuisine : il faut le code d’un membre du personnel pour l’enlever.")


class ReasonMissing(Refusal):
    """What takes something away says why."""

    status = 422
    sentence = _("Veuillez indiquer le motif.")


class QuantityTooSmall(Refusal):
    """Fewer than one."""

    status = 422
    sentence = _("La quantité doit être d’au moins 1.")


@dataclass(frozen=True)
class NewLine:
    """A line to add."""

    label_fr: str
    unit_price_cents: int
    vat_rate_bp: int
    label_en: str = ""
    quantity: int = 1
    product_id: int | None = None
    options: tuple[rules.Choice, ...] = field(default=())
    discount_cents: int = 0
    discount_reason: str = ""
    note: str = ""
    allergy: bool = False
    seat: int | None = None
    course: int | None = None
    station: str | None = None
    submission: str | None = None
    subject: str | None = None
    # False where the offer just read says that its portions are not counted: no row of the menu is written then.
    counted: bool = True


def open_order(
    session: Session,
    *,
    room: str,
    label: str,
    register_id: int | None,
    operator_code: str,
    submission: str,
    at: datetime,
    booking_id: int | None = None,
    covers: int | None = None,
    kind: str = OrderKind.SALE,
) -> Order:
    """Open an order; the same submission finds the one it opened."""
    facts: dict[str, Any] = {
        "room": room,
        "kind": kind,
        "label": label,
        "covers": covers,
        "booking_id": booking_id,
        "register_id": register_id,
        "operator_code": operator_code,
        "opened_at": at,
        "on": business_day(at),
        "submission": submission,
    }
    while True:
        order = Order(reference=new_reference(), trail_code=new_reference(12), **facts)
        if insert_once(session, order):
            return order
        found = find_by_submission(session, submission)
        if found is not None:
            return found
        # Else a reference was drawn twice: draw again.


def lock_open_order(session: Session, order_id: int | None) -> Order:
    """Lock an order that must still be open. Raises OrderIsClosed."""
    assert order_id is not None
    order = lock_row(session, Order, order_id)
    if order.status != OrderStatus.OPEN:
        raise OrderIsClosed
    return order


def add_line(
    session: Session,
    order: Order,
    *,
    label_fr: str,
    unit_price_cents: int,
    vat_rate_bp: int,
    at: datetime,
    added_by: str = "",
    **facts: Any,
) -> OrderLine:
    """Add one line (facts as in `NewLine`); a counted product loses its portions here and nowhere else."""
    line = NewLine(label_fr=label_fr, unit_price_cents=unit_price_cents, vat_rate_bp=vat_rate_bp, **facts)
    return add_lines(session, order, [line], at=at, added_by=added_by)[0]


def add_lines(
    session: Session, order: Order, lines: Sequence[NewLine], *, at: datetime, added_by: str = ""
) -> list[OrderLine]:
    """Add lines; those whose submission is already there are found and not added again."""
    return extend(session, lock_open_order(session, order.id), lines, at=at, added_by=added_by)


def extend(
    session: Session, order: Order, lines: Sequence[NewLine], *, at: datetime, added_by: str = ""
) -> list[OrderLine]:
    """Add lines, as `add_lines`, to an order that this transaction has locked."""
    if order.status != OrderStatus.OPEN:
        raise OrderIsClosed
    made = [_line(order, line, at=at, added_by=added_by or order.operator_code) for line in lines]
    is_new = [insert_once(session, row) for row in made]
    _take_portions(session, [line for line, new in zip(lines, is_new, strict=True) if new])
    return [row if new else _get_sent(session, row) for row, new in zip(made, is_new, strict=True)]


def _get_sent(session: Session, line: OrderLine) -> OrderLine:
    found = find_by(session, OrderLine, "submission", line.submission)
    assert found is not None, "nothing else in a line is unique"
    return found


def _take_portions(session: Session, lines: Iterable[NewLine]) -> None:
    """Take the portions in one order for all, so that two tills never wait for each other in a circle."""
    wanted: dict[int, int] = {}
    for line in lines:
        if line.product_id is not None and line.counted:
            wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
    for product_id in sorted(wanted):
        products.take_portion(session, product_id, wanted[product_id])


def _line(order: Order, line: NewLine, *, at: datetime, added_by: str) -> OrderLine:
    assert order.id is not None
    if line.quantity < 1:
        raise QuantityTooSmall("quantity")
    most_cents = line.quantity * (line.unit_price_cents + sum(choice.extra_cents for choice in line.options))
    if not 0 <= line.discount_cents <= most_cents:
        raise DiscountTooLarge("discount", most_cents=most_cents)
    return OrderLine(
        order_id=order.id,
        product_id=line.product_id,
        label_fr=line.label_fr,
        label_en=line.label_en,
        quantity=line.quantity,
        unit_price_cents=line.unit_price_cents,
        vat_rate_bp=line.vat_rate_bp,
        options=[choice.as_data() for choice in line.options],
        options_cents=sum(choice.extra_cents for choice in line.options),
        discount_cents=line.discount_cents,
        discount_reason=line.discount_reason,
        note=line.note,
        allergy=line.allergy,
        seat=line.seat,
        course=line.course,
        station=line.station,
        added_by=added_by,
        added_at=at,
        submission=line.submission,
        subject=line.subject,
    )


def offer_line(
    offer: Offer,
    *,
    quantity: int = 1,
    option_ids: Sequence[int] = (),
    note: str = "",
    allergy: bool = False,
    seat: int | None = None,
    submission: str | None = None,
) -> NewLine:
    """Return the line that an offer makes, with its price of now and the options chosen."""
    chosen = choose_options(offer, option_ids)
    if not offer.available:
        raise products.SoldOut("product_id")
    return NewLine(
        label_fr=offer.name_fr,
        label_en=offer.name_en,
        quantity=quantity,
        unit_price_cents=offer.price_cents,
        vat_rate_bp=offer.vat_rate_bp,
        product_id=offer.product_id,
        options=tuple(rules.Choice(o.name_fr, o.name_en, o.extra_cents, o.id) for o in chosen),
        note=note,
        allergy=allergy,
        seat=seat,
        course=offer.course,
        station=offer.station,
        submission=submission,
        counted=offer.portions_left is not None,
    )


def _lock_line(session: Session, line_id: int | None) -> tuple[Order, OrderLine]:
    """Lock the order first, then read the line as it is now."""
    assert line_id is not None
    order = lock_open_order(session, get_line(session, line_id).order_id)
    line = lock_row(session, OrderLine, line_id)
    if line.state == LineState.VOIDED:
        raise NotFound
    return order, line


def set_quantity(session: Session, line_id: int, quantity: int) -> OrderLine:
    """Change how many, while the kitchen has not been told."""
    _order, line = _lock_line(session, line_id)
    if quantity < max(1, line.printed_quantity):
        raise QuantityTooSmall("quantity")
    if line.product_id is not None and quantity != line.quantity:
        change = products.take_portion if quantity > line.quantity else products.give_portion_back
        change(session, line.product_id, abs(quantity - line.quantity))
    line.quantity = quantity
    line.discount_cents = min(line.discount_cents, rules.full_cents(line))
    session.flush()
    return line


def note_line(session: Session, line_id: int, *, note: str, allergy: bool) -> OrderLine:
    """Say something about a dish, while the kitchen has not been told of it."""
    _order, line = _lock_line(session, line_id)
    if line.printed_quantity:
        raise LineIsSent("note")
    line.note, line.allergy = note.strip(), allergy and bool(note.strip())
    session.flush()
    return line


def void_line(
    session: Session, line_id: int | None, *, reason: str, actor: Actor, at: datetime, vouched_by: str = ""
) -> OrderLine:
    """Take a line off before payment; it stays visible, with its reason and who vouched once the kitchen was told.

    Raises ReasonMissing, OrderIsClosed, NotFound.
    """
    _order, line = _lock_line(session, line_id)
    if line.printed_quantity and not vouched_by:
        raise StaffNeeded
    if line.printed_quantity and not reason.strip():
        raise ReasonMissing("reason")
    line.state = LineState.VOIDED
    line.voided_at, line.voided_by, line.void_reason = at, actor.code, reason.strip()
    line.void_vouched_by = vouched_by
    if line.product_id is not None and not line.printed_quantity:
        # What was cooked is gone; what was not can be sold again.
        products.give_portion_back(session, line.product_id, line.quantity)
    session.flush()
    return line


def discount_line(session: Session, line_id: int, *, discount_cents: int, reason: str) -> OrderLine:
    """Take an amount off a line; the whole price makes it a comp, still recorded."""
    _order, line = _lock_line(session, line_id)
    most_cents = rules.full_cents(line)
    if not 0 <= discount_cents <= most_cents:
        raise DiscountTooLarge("discount", most_cents=most_cents)
    if discount_cents and not reason.strip():
        raise ReasonMissing("reason")
    line.discount_cents, line.discount_reason = discount_cents, reason.strip()
    session.flush()
    return line


def discount_order(session: Session, order_id: int, *, discount_cents: int, reason: str) -> list[OrderLine]:
    """Spread a discount over the lines of an order by what each costs."""
    lock_open_order(session, order_id)
    lines = rules.live_lines(list_lines(session, order_id))
    most_cents = rules.totals(lines).gross_cents
    if not 0 <= discount_cents <= most_cents:
        raise DiscountTooLarge("discount", most_cents=most_cents)
    if not reason.strip():
        raise ReasonMissing("reason")
    for line, cents in zip(lines, rules.share_discount(lines, discount_cents), strict=True):
        line.discount_cents += cents
        line.discount_reason = reason.strip()
    session.flush()
    return lines


def set_state(session: Session, lines: Sequence[OrderLine], state: LineState) -> None:
    """Move lines on: fired when the kitchen is told, served when they are on the table."""
    assert state != LineState.VOIDED, "void_line says who and why"
    for line in lines:
        line.state = state
        if state == LineState.FIRED:
            line.printed_quantity = line.quantity
    session.flush()


def fire_course(session: Session, order_id: int, course: int, *, at: datetime) -> list[OrderLine]:
    """Send what the kitchen does not have yet of a course; gives those lines, as they were before.

    What has no course, a drink for one, goes with the first.
    """
    lock_open_order(session, order_id)
    waiting = [
        line
        for line in rules.live_lines(list_lines(session, order_id))
        if (line.course or 1) == course and line.printed_quantity < line.quantity
    ]
    set_state(session, waiting, LineState.FIRED)
    return waiting


def relabel(session: Session, order_id: int, label: str) -> Order:
    """Give an open order the name of another table."""
    order = lock_open_order(session, order_id)
    order.label = label
    session.flush()
    return order


def move_lines(session: Session, *, from_order_id: int, to_order_id: int, line_ids: Sequence[int]) -> list[OrderLine]:
    """Move lines from one open order to another; both are locked in one order for all."""
    for order_id in sorted({from_order_id, to_order_id}):
        lock_open_order(session, order_id)
    here = {line.id: line for line in rules.live_lines(list_lines(session, from_order_id))}
    if not line_ids or any(line_id not in here for line_id in line_ids):
        raise NotFound
    moved = [here[line_id] for line_id in line_ids]
    for line in moved:
        line.order_id = to_order_id
    session.flush()
    return moved


def cancel_order(session: Session, order: Order, *, at: datetime) -> Order:
    """Give up an order that nobody has paid; counted products come back."""
    order = lock_open_order(session, order.id)
    assert order.id is not None
    for line in rules.live_lines(list_lines(session, order.id)):
        if line.product_id is not None and not line.printed_quantity:
            products.give_portion_back(session, line.product_id, line.quantity)
    order.status = OrderStatus.CANCELLED
    session.flush()
    return order
