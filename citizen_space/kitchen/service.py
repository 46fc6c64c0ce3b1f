"""What is done in the kitchen: sent there once, taken back, moved from new to served. Paper stops nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from citizen_space.kit.actor import Actor
from citizen_space.kit.db import insert_once, lock_row
from citizen_space.kitchen import printouts, queries, rules
from citizen_space.kitchen.models import Chit, ChitItem, ChitKind, ChitMove, ChitState
from citizen_space.orders import queries as orders_found
from citizen_space.orders import service as orders
from citizen_space.orders.models import LineState, OrderLine
from citizen_space.printing import service as printing


def fire(session: Session, order_id: int, course: int, *, actor: Actor, key: str, at: datetime) -> list[OrderLine]:
    """Send what the kitchen does not have yet of a course, one chit a station. Raises NothingToSend."""
    lines = orders.fire_course(session, order_id, course, at=at)
    if not lines:
        raise rules.NothingToSend("course")
    sent = queries.count_sent(session, [line.id or 0 for line in lines])
    stations: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.station and line.quantity > sent.get(line.id or 0, 0):
            stations.setdefault(line.station, []).append(line)
    for station, ones in sorted(stations.items()):
        chit = Chit(
            order_id=order_id,
            station=station,
            course=course if any(line.course for line in ones) else None,
            sent_at=at,
            sent_by=actor.code,
            key=f"fire:{key}:{station}",
        )
        _send(
            session,
            chit,
            [(line, line.quantity - sent.get(line.id or 0, 0), sent.get(line.id or 0, 0)) for line in ones],
        )
    return lines


def cancel(session: Session, line: OrderLine, *, actor: Actor, at: datetime) -> Chit | None:
    """Tell the station that a dish it was sent is not to be made; None where it never was. Twice tells it once."""
    assert line.id is not None
    sent = queries.count_sent(session, [line.id]).get(line.id, 0)
    key = f"void:{line.id}"
    if not line.station or not sent:
        return None
    found = queries.find_by_key(session, key)
    if found is not None:
        return found
    chit = Chit(
        order_id=line.order_id,
        station=line.station,
        course=line.course,
        kind=ChitKind.CANCEL,
        sent_at=at,
        sent_by=actor.code,
        key=key,
    )
    return _send(session, chit, [(line, sent, 0)])


def _send(session: Session, chit: Chit, items: Sequence[tuple[OrderLine, int, int]]) -> Chit:
    """Write a chit with what stands on it, and queue its paper where the station has a printer."""
    session.add(chit)
    session.flush()
    assert chit.id is not None
    for line, quantity, already in items:
        assert line.id is not None
        session.add(ChitItem(chit_id=chit.id, line_id=line.id, kind=chit.kind, quantity=quantity, already=already))
    session.flush()
    order = orders_found.get_order(session, chit.order_id)
    document = printouts.chit(chit, order, queries.list_dishes(session, chit), at=chit.sent_at)
    printing.queue_if_there(session, document, station=chit.station, key=_paper(chit), at=chit.sent_at)
    return chit


def _paper(chit: Chit) -> str:
    return f"chit:{chit.id}"


def move(session: Session, chit_id: int, to: str, *, number: int, actor: Actor, submission: str, at: datetime) -> Chit:
    """Take one step, once: who taps on what somebody else has just moved is told, and nothing is done again."""
    known = queries.find_move(session, submission)
    if known is not None:
        return lock_row(session, Chit, known.chit_id)
    chit = lock_row(session, Chit, chit_id)
    if chit.moves != number or not rules.can_move(chit.kind, chit.state, to):
        raise rules.ChitMoved
    step = ChitMove(
        chit_id=chit_id, number=number + 1, state=to, at=at, operator_code=actor.code, submission=submission
    )
    if not insert_once(session, step):
        raise rules.ChitMoved
    chit.state, chit.moves = to, number + 1
    session.flush()
    if to == ChitState.SERVED:
        _serve(session, chit)
    # Who has it on the screen needs no paper: it must not come out when a dead printer is back.
    printing.withdraw(session, _paper(chit), why="fait à l’écran", at=at)
    return chit


def _serve(session: Session, chit: Chit) -> None:
    lines = [dish.line for dish in queries.list_dishes(session, chit) if dish.line.state == LineState.FIRED]
    orders.set_state(session, lines, LineState.SERVED)


def serve_order(session: Session, order_id: int, *, actor: Actor, submission: str, at: datetime) -> int:
    """Take what is ready of an order to its table; says how many chits went."""
    ready = [chit for chit in queries.list_chits(session, order_id) if chit.state == ChitState.READY]
    for place, chit in enumerate(ready):
        assert chit.id is not None
        move(
            session,
            chit.id,
            ChitState.SERVED,
            number=chit.moves,
            actor=actor,
            submission=f"{submission}:{place}",
            at=at,
        )
    return len(ready)
