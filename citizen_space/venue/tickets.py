"""What becomes of tickets: written when seats are chosen, numbered when they are paid, cancelled, scanned."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from citizen_space.bookings.models import Booking
from citizen_space.kit.actor import Actor
from citizen_space.kit.db import insert_once, insert_rows
from citizen_space.kit.ids import new_reference
from citizen_space.kit.keys import Keys
from citizen_space.kit.money import allocate
from citizen_space.kit.statements import Statement
from citizen_space.venue import rules
from citizen_space.venue.models import Admission, AdmissionStatus, Performance, Scan, ScanResult, Series

_SERIES = "tickets"


def reserve(
    session: Session, booking: Booking, performance: Performance, choices: Sequence[rules.Choice], keys: Keys
) -> None:
    """Write the tickets, signed but without a number: they let nobody in before they are paid."""
    rows = []
    for choice in choices:
        reference = new_reference()
        code = rules.write_code(
            keys.ticket_key, reference=reference, performance_id=performance.id or 0, seat=choice.seat.label
        )
        rows.append(
            {
                "reference": reference,
                "booking_id": booking.id,
                "performance_id": performance.id,
                "seat_id": choice.seat.id,
                "rate_id": choice.rate.id,
                "price_cents": choice.price_cents,
                "refunded_cents": 0,
                "code": code,
                "status": AdmissionStatus.RESERVED.value,
                "cancelled_by": "",
            }
        )
    insert_rows(session, Admission, rows)


def issue(session: Session, admissions: Sequence[Admission], at: datetime) -> None:
    """Give tickets their numbers, the next of the series: nobody else numbers until this transaction ends."""
    count = len(admissions)
    last: int = _number(session.get_bind().dialect.name).value(session, count=count)
    numbered = list(enumerate(admissions, start=last - count + 1))
    _ISSUE.run_each(session, [{"row_id": one.id, "ticket": number, "at": at} for number, one in numbered])
    for number, one in numbered:
        set_committed_value(one, "number", number)
        set_committed_value(one, "status", AdmissionStatus.VALID)
        set_committed_value(one, "issued_at", at)


# Written past the unit of work: every purchase does.
_ADMISSION = Admission.metadata.tables["venue_admission"]
_ISSUE = Statement(
    sa.update(_ADMISSION)
    .where(_ADMISSION.c.id == sa.bindparam("row_id"))
    .values(number=sa.bindparam("ticket"), status=AdmissionStatus.VALID.value, issued_at=sa.bindparam("at"))
)


@cache
def _number(dialect: str) -> Statement:
    """Take the next numbers of the series, or begin it."""
    flavour, series = postgresql if dialect == "postgresql" else sqlite, Series.metadata.tables["venue_series"]
    count = sa.bindparam("count", type_=sa.Integer)
    return Statement(
        flavour.insert(series)
        .values(code=_SERIES, last_number=count)
        .on_conflict_do_update(index_elements=["code"], set_={"last_number": series.c.last_number + count})
        .returning(series.c.last_number)
    )


def cancel(admissions: Sequence[Admission], booking: Booking, at: datetime) -> None:
    """Cancel the tickets; what is not kept of the price is given back for each, to the cent."""
    if any(one.admitted_at is not None for one in admissions):
        raise rules.TicketUsed
    valid = [one for one in admissions if one.status == AdmissionStatus.VALID]
    paid = [one.price_cents - one.refunded_cents for one in valid]
    back = allocate(max(0, sum(paid) - booking.kept_cents), paid) if sum(paid) else [0] * len(valid)
    for admission, cents in zip(valid, back, strict=True):
        admission.refunded_cents += cents
    for admission in admissions:
        admission.status, admission.cancelled_at = AdmissionStatus.CANCELLED, at
        admission.cancelled_by = booking.cancelled_by


def note_scan(
    session: Session,
    performance_id: int,
    admission: Admission | None,
    result: ScanResult,
    nonce: str,
    actor: Actor,
    at: datetime,
) -> Scan | None:
    """Write down what the door says; None when this very gesture was written before."""
    scan = Scan(
        performance_id=performance_id,
        admission_id=admission.id if admission else None,
        at=at,
        result=result.value,
        nonce=nonce,
        operator_code=actor.code,
        first_in_at=admission.admitted_at if admission and result == ScanResult.ALREADY_IN else None,
    )
    return scan if insert_once(session, scan) else None
