"""What is done to the books: an entry is posted, once, and balanced."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from citizen_space.kit.db import insert_row, insert_rows, is_unique_violation
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _
from citizen_space.ledger.chart import CHART
from citizen_space.ledger.models import Account, Entry, Posting
from citizen_space.ledger.rules import Line, is_balanced


class AlreadyPosted(Refusal):
    """The same cause was posted before."""

    sentence = _("Cette opération est déjà comptabilisée.")


def open_chart(session: Session) -> None:
    """Write the accounts that are not there yet."""
    known = set(session.exec(select(Account.code)))
    session.add_all(Account(code=c, label_fr=fr, label_en=en, kind=kind) for c, fr, en, kind in CHART if c not in known)
    session.flush()


def post(
    session: Session,
    *,
    source: str,
    journal: str,
    on: date,
    at: datetime,
    label: str,
    lines: Sequence[Line],
    order_id: int | None = None,
    reversal_of: int | None = None,
) -> Entry:
    """Post a balanced entry; its source is unique, and the database refuses a second."""
    kept = [line for line in lines if line.cents]
    assert len(kept) >= 2, "an entry has two sides"
    assert is_balanced(kept), f"unbalanced: {source}"
    entry = Entry(source=source, journal=journal, on=on, at=at, label=label, order_id=order_id, reversal_of=reversal_of)
    try:
        insert_row(session, entry)
    except IntegrityError as error:
        # The session is of no more use, and need not be: a refusal undoes the whole act.
        raise (AlreadyPosted() if is_unique_violation(error) else error) from error
    assert entry.id is not None
    insert_rows(session, Posting, [_posting(entry.id, on, line) for line in kept])
    return entry


def _posting(entry_id: int, on: date, line: Line) -> dict[str, object]:
    return {
        "entry_id": entry_id,
        "on": on,
        "account_code": line.account,
        "debit_cents": max(line.cents, 0),
        "credit_cents": max(-line.cents, 0),
        "room": line.room,
        "vat_rate_bp": line.vat_rate_bp,
        "beneficiary_id": line.beneficiary_id,
    }
