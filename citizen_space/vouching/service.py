"""What is done with an override: it is sealed, kept and written into the audit log, the same for every act."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.kit.db import lock
from citizen_space.kit.keys import Keys
from citizen_space.staff import service as staff
from citizen_space.vouching import queries
from citizen_space.vouching.models import Act, Override
from citizen_space.vouching.rules import Voucher

# What the register's journal calls it; a refund has its own row, made where the money is turned round.
ROW_KINDS: Mapping[str, RowKind] = {
    Act.VOID: RowKind.VOID,
    Act.NO_SALE: RowKind.NO_SALE,
    Act.PAID_IN: RowKind.MOVEMENT,
    Act.PAID_OUT: RowKind.MOVEMENT,
    Act.DROP: RowKind.MOVEMENT,
}


def is_done(session: Session, key: str) -> bool:
    """Say whether the same page has done its act; of two at once, the second waits here for the first."""
    lock(session, f"override:{key}")
    return queries.find_override(session, key) is not None


def seal(
    session: Session,
    voucher: Voucher,
    content: Mapping[str, Any],
    *,
    register_id: int,
    subject: str,
    at: datetime,
    keys: Keys,
    amount_cents: int | None = None,
    order_id: int | None = None,
) -> Override:
    """Seal an act that staff vouched for on the till's register, and keep who asked, who vouched and why."""
    said = {"act": voucher.act.value, **content, **voucher.sealed()}
    kind = ROW_KINDS.get(voucher.act, RowKind.OVERRIDE)
    row = fiscal.append(session, register_id, kind, said, at=at, keys=keys, order_id=order_id)
    return keep(session, voucher, row, subject=subject, amount_cents=amount_cents)


def keep(
    session: Session, voucher: Voucher, row: FiscalRow, *, subject: str, amount_cents: int | None = None
) -> Override:
    """Keep who vouched for what a sealed row says, and write it into the audit log."""
    assert row.id is not None
    override = Override(
        at=row.at,
        act=voucher.act,
        subject=subject,
        amount_cents=amount_cents,
        reason=voucher.reason,
        asked_by=voucher.asked_by.code,
        vouched_by=voucher.by.code,
        register_id=row.register_id,
        fiscal_row_id=row.id,
        key=voucher.key,
    )
    session.add(override)
    session.flush()
    detail = {"act": voucher.act.value, "reason": voucher.reason, "asked_by": voucher.asked_by.code}
    staff.record(session, voucher.by, "vouched", subject, detail, row.at)
    return override
