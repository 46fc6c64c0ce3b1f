"""What the restaurant puts on paper: the kitchen's chits."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from citizen_space.kit import clock
from citizen_space.orders.models import OrderLine
from printers.document import Block, Columns, Cut, Document, Rule, Space, Text

COURSES_FR = {1: "ENTRÉES", 2: "PLATS", 3: "DESSERTS", 4: "CAFÉS"}
AT_ONCE_FR = "TOUT DE SUITE"  # nothing of it belongs to a course


def chits(
    lines: Sequence[OrderLine], *, table: str, covers: int, course: int, operator_code: str, at: datetime
) -> dict[str, Document]:
    """One chit for each station that has something to make: table and course huge, allergies inverted, no name."""
    stations: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.station:
            stations.setdefault(line.station, []).append(line)
    return {
        station: _chit(
            ones,
            table=table,
            covers=covers,
            title=COURSES_FR.get(course, f"SUITE {course}") if any(line.course for line in ones) else AT_ONCE_FR,
            operator_code=operator_code,
            at=at,
        )
        for station, ones in sorted(stations.items())
    }


def cancellation(
    line: OrderLine, *, table: str, covers: int, operator_code: str, at: datetime
) -> tuple[str, Document] | None:
    """The chit that takes a dish back which the kitchen was sent; None where it never was."""
    if not line.station or line.printed_quantity == 0:
        return None
    document = _chit(
        [line], table=table, covers=covers, title="ANNULATION", operator_code=operator_code, at=at, sign="−"
    )
    return line.station, document


def _chit(
    lines: Sequence[OrderLine],
    *,
    table: str,
    covers: int,
    title: str,
    operator_code: str,
    at: datetime,
    sign: str = "+",
) -> Document:
    head: list[Block] = [
        Text(table, size="huge", align="center", bold=True),
        Text(title, size="large", align="center", bold=True),
        Columns((f"{clock.local(at):%H:%M}  {covers} couverts", operator_code)),
        Rule(),
    ]
    dishes = [block for line in lines for block in _dish(line, sign)]
    return Document(kind="chit", title=f"{table} {title}", blocks=(*head, *dishes, Space(1), Cut()))


def _dish(line: OrderLine, sign: str) -> Iterable[Block]:
    yield Text(f"{sign}{line.quantity} {line.label_fr}", size="large", bold=True)
    for option in line.options:
        yield Text(f"   {option['name_fr']}", size="large")
    if line.seat:
        yield Text(f"   place {line.seat}")
    if line.note and line.allergy:
        yield Text(f" ALLERGIE : {line.note} ", size="large", bold=True, inverted=True)
    elif line.note:
        yield Text(f"   {line.note}")
