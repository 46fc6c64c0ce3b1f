"""What is done to the fiscal record: it is added to, closed, and checked."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import IO, Any

from sqlmodel import Session

from citizen_space import __version__
from citizen_space.fiscal import archive, queries, rules
from citizen_space.fiscal.models import (
    FiscalArchive,
    FiscalClosing,
    FiscalRegister,
    FiscalRow,
    Period,
    RegisterKind,
    RowKind,
)
from citizen_space.fiscal.rules import COUNTED, GENESIS, MONEY, Envelope, Totals
from citizen_space.fiscal.verifier import Problem, Report, verify
from citizen_space.fiscal.witness import Head
from citizen_space.kit import crypto
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import change, insert_once, insert_row, lock_row
from citizen_space.kit.errors import Refusal
from citizen_space.kit.keys import Keys, key_id
from citizen_space.kit.text import _

__all__ = ["Problem", "Report", "append", "close_day", "close_month", "close_year", "open_register", "verify"]


class DayIsClosed(Refusal):
    """No money is recorded on a day that is sealed."""

    sentence = _("La journée est clôturée : plus rien ne peut y être encaissé.")


class KeyRetired(Refusal):
    """This process still holds a signing key that was changed."""

    status = 503
    sentence = _("La clé de signature a changé : redémarrez le logiciel pour continuer à encaisser.")


class DayIsNotOver(Refusal):
    """A day that has not begun cannot be closed."""

    sentence = _("Cette période n’est pas terminée.")


def open_register(
    session: Session, *, code: str, name: str, kind: str, at: datetime, room: str | None = None
) -> FiscalRegister:
    """Open a register with an empty chain, or return the one of that code."""
    register = FiscalRegister(code=code, name=name, room=room, kind=RegisterKind(kind), last_hash=GENESIS, opened_at=at)
    if queries.find_register(session, code) is None and insert_once(session, register):
        return register
    found = queries.find_register(session, code)
    assert found is not None
    return found


def append(
    session: Session,
    register_id: int,
    kind: str,
    content: Mapping[str, Any],
    *,
    at: datetime,
    keys: Keys,
    gross_cents: int = 0,
    order_id: int | None = None,
) -> FiscalRow:
    """Seal one event as the next row of a register's chain.

    Call it last in the transaction: from here to the commit everybody else on this register waits.
    """
    assert kind not in MONEY or rules.is_coherent(kind, gross_cents, content), "VAT and tenders make the amount"
    on = business_day(at)
    register = _lock_register(session, register_id)
    if kind in MONEY and register.closed_through_on is not None and on <= register.closed_through_on:
        raise DayIsClosed
    return _seal(session, register, kind, content, on=on, at=at, keys=keys, gross_cents=gross_cents, order_id=order_id)


def close_day(session: Session, register_id: int, on: date, at: datetime, actor: Actor, *, keys: Keys) -> FiscalClosing:
    """Seal a day's totals (CGI 286 I 3° bis), and those of earlier days left open; a second call changes nothing."""
    if on > business_day(at):
        raise DayIsNotOver
    register = _lock_register(session, register_id)
    open_days = queries.list_open_days(session, register_id, on)
    for day in [day for day in open_days if day < on]:
        _close_one_day(session, register, day, at, actor, keys)
    found = queries.find_closing(session, register_id, Period.DAY, on.isoformat())
    return found or _close_one_day(session, register, on, at, actor, keys)


def close_month(
    session: Session, register_id: int, month: str, at: datetime, actor: Actor, *, keys: Keys
) -> FiscalClosing:
    """Seal the sum of a month's days (`month` is 2026-11), after those days that nobody had closed."""
    _check_over(Period.MONTH, month, at)
    register = _lock_register(session, register_id)
    for day in queries.list_open_days(session, register_id, rules.last_day(month)):
        _close_one_day(session, register, day, at, actor, keys)
    return _close_period(session, register, Period.MONTH, month, at, actor, keys)


def close_year(
    session: Session, register_id: int, year: str, at: datetime, actor: Actor, *, keys: Keys
) -> FiscalClosing:
    """Seal the sum of a year's months (`year` is 2026), after those that nobody had closed."""
    _check_over(Period.YEAR, year, at)
    register = _lock_register(session, register_id)
    for month in rules.months_of(year, register.opened_at.date()):
        close_month(session, register_id, month, at, actor, keys=keys)
    return _close_period(session, register, Period.YEAR, year, at, actor, keys)


def change_key(session: Session, new_public: bytes, *, reason: str, by: str, at: datetime, keys: Keys) -> int:
    """Let the key in use name its successor as the last thing it seals in every chain; returns in how many.

    A chain that has its successor already is left as it is: after a crash the same call goes on.
    """
    changed = 0
    for register in queries.list_registers(session):
        assert register.id is not None
        locked = _lock_register(session, register.id)
        if locked.key_id == key_id(new_public):
            continue
        content = {"new_key": key_id(new_public), "public": new_public.hex(), "reason": reason, "by": by}
        _seal(session, locked, RowKind.KEY, content, on=business_day(at), at=at, keys=keys)
        change(session, locked, key_id=key_id(new_public))
        changed += 1
    return changed


class PeriodNotClosed(Refusal):
    """What is not closed may still grow."""

    sentence = _("Cette période n’est pas encore clôturée : elle ne peut pas être archivée.")


class ArchivedAlready(Refusal):
    """Archives follow one another without a gap and without an overlap."""

    sentence = _("Une archive va déjà plus loin que cette période.")


def prepare_archive(
    session: Session, label: str, output: IO[bytes], *, by: str, at: datetime, keys: Keys
) -> FiscalArchive:
    """Write the archive of a closed month or year (BOI-TVA-DECLA-30-10-30, 220 to 260). Only reads.

    It begins where the one before ended. The same label again writes the same file.
    Raises PeriodNotClosed, ArchivedAlready.
    """
    known = queries.find_archive(session, label)
    if known is not None:
        archive.write(session, known, keys, output)
        return known
    before = queries.find_archive_before(session, label)
    if before is not None and archive.end_of(before.label) >= archive.end_of(label):
        raise ArchivedAlready("label")
    _check_closed(session, label, at)
    made = archive.draft(session, label, software=f"Citizen Space {__version__}", by=by, at=at)
    made.sha256 = archive.write(session, made, keys, output)
    return made


def record_archive(session: Session, made: FiscalArchive, *, at: datetime, keys: Keys) -> None:
    """Keep and seal that an archive was made, once; a label that is known changes nothing."""
    if queries.find_archive(session, made.label) is not None or not insert_once(session, made):
        return
    online = queries.find_online(session)
    if online is not None and online.id is not None:
        content = {
            "label": made.label,
            "sha256": made.sha256,
            "by": made.made_by,
            "registers": json.loads(made.content),
        }
        append(session, online.id, RowKind.ARCHIVE, content, at=at, keys=keys)


def list_archivable(session: Session, at: datetime) -> list[str]:
    """Name the months and years that are over and that no archive holds yet, the newest first."""
    registers = queries.list_registers(session)
    if not registers:
        return []
    opened_on, today = min(business_day(one.opened_at) for one in registers), business_day(at)
    labels = [*rules.years_over(opened_on, today), *rules.months_over(opened_on, today)]
    before = queries.find_archive_before(session, "")
    held_on = archive.end_of(before.label) if before else None
    return [one for one in sorted(labels, reverse=True) if held_on is None or archive.end_of(one) > held_on]


def _check_closed(session: Session, label: str, at: datetime) -> None:
    period = Period.MONTH if len(label) == 7 else Period.YEAR
    if archive.end_of(label) >= business_day(at):
        raise PeriodNotClosed("label")
    for register in queries.list_registers(session):
        assert register.id is not None
        begun = rules.label_of(period, business_day(register.opened_at)) <= label
        if begun and queries.find_closing(session, register.id, period, label) is None:
            raise PeriodNotClosed("label")


def is_behind(session: Session, register: FiscalRegister, head: Head | None) -> bool:
    """Say whether a chain does not hold what it was once seen to hold: an older copy of it was put back."""
    if head is None or head.number == 0:
        return False
    assert register.id is not None
    if register.last_number == head.number:
        return register.last_hash != head.hash
    return queries.find_hash(session, register.id, head.number) != head.hash


def record_check(session: Session, register_id: int, report: Report, *, by: str, at: datetime, keys: Keys) -> None:
    """Seal that the record was checked, by whom, and what was found."""
    content = {"by": by, "rows": report.row_count, "ok": report.ok, "problem": str(report.problem or "")}
    append(session, register_id, RowKind.INTEGRITY, content, at=at, keys=keys)


def day_totals(session: Session, register_id: int, on: date) -> Totals:
    """Add up a register's day as its closing will."""
    totals = Totals()
    for kind, gross_cents, text in queries.list_day(session, register_id, on):
        totals.add(kind, gross_cents, json.loads(text)["content"] if kind in MONEY else {})
    return totals


def _lock_register(session: Session, register_id: int) -> FiscalRegister:
    return lock_row(session, FiscalRegister, register_id)


def _seal(
    session: Session,
    register: FiscalRegister,
    kind: str,
    content: Mapping[str, Any],
    *,
    on: date,
    at: datetime,
    keys: Keys,
    gross_cents: int = 0,
    order_id: int | None = None,
    closed_through_on: date | None = None,
) -> FiscalRow:
    assert register.id is not None
    if register.key_id not in ("", keys.fiscal_key_id):
        raise KeyRetired
    number = register.last_number + 1
    perpetual_cents = register.perpetual_cents + (gross_cents if kind in COUNTED else 0)
    envelope = Envelope(
        register.code,
        number,
        RowKind(kind),
        at,
        on,
        gross_cents,
        perpetual_cents,
        order_id,
        keys.fiscal_key_id,
        register.last_hash,
        content,
    )
    text = envelope.text()
    row_hash = rules.hash_of(text)
    row = FiscalRow(
        register_id=register.id,
        number=number,
        kind=kind,
        at=at,
        on=on,
        format_version=rules.FORMAT_VERSION,
        key_id=keys.fiscal_key_id,
        content=text,
        previous_hash=register.last_hash,
        hash=row_hash,
        signature=crypto.sign(keys.fiscal_key, rules.signed_bytes(row_hash)).hex(),
        gross_cents=gross_cents,
        order_id=order_id,
    )
    insert_row(session, row)
    moved: dict[str, Any] = {"last_number": number, "last_hash": row_hash, "perpetual_cents": perpetual_cents}
    if closed_through_on is not None:
        moved["closed_through_on"] = closed_through_on
    change(session, register, **moved)
    return row


def _close_one_day(
    session: Session, register: FiscalRegister, on: date, at: datetime, actor: Actor, keys: Keys
) -> FiscalClosing:
    assert register.id is not None
    totals = day_totals(session, register.id, on)
    perpetual_cents = queries.get_perpetual_cents(session, register.id, on.isoformat()) + totals.total_cents
    through = max(on, register.closed_through_on or on)
    label = on.isoformat()
    return _record_closing(session, register, Period.DAY, label, totals, perpetual_cents, at, actor, keys, through)


def _check_over(period: Period, label: str, at: datetime) -> None:
    if label >= rules.label_of(period, business_day(at)):
        raise DayIsNotOver


def _close_period(
    session: Session,
    register: FiscalRegister,
    period: Period,
    label: str,
    at: datetime,
    actor: Actor,
    keys: Keys,
) -> FiscalClosing:
    assert register.id is not None
    register_id = register.id
    found = queries.find_closing(session, register_id, period, label)
    if found is not None:
        return found
    shorter = Period.DAY if period == Period.MONTH else Period.MONTH
    parts = queries.list_closings(session, register_id=register_id, period=shorter, within=label)
    totals = rules.sum_totals(totals_of(part) for part in parts)
    # "~" sorts after every digit and dash: the last day whose name begins with the period's.
    perpetual_cents = queries.get_perpetual_cents(session, register_id, f"{label}~")
    return _record_closing(session, register, period, label, totals, perpetual_cents, at, actor, keys, None)


def totals_of(closing: FiscalClosing) -> Totals:
    """Read a closing's totals."""
    return Totals.from_detail(closing.sales_cents, closing.refunds_cents, closing.deposits_cents, closing.totals)


def _record_closing(
    session: Session,
    register: FiscalRegister,
    period: Period,
    label: str,
    totals: Totals,
    perpetual_cents: int,
    at: datetime,
    actor: Actor,
    keys: Keys,
    closed_through_on: date | None,
) -> FiscalClosing:
    assert register.id is not None
    content = rules.closing_content(period, label, totals, perpetual_cents, actor.code)
    on = business_day(at)
    row = _seal(
        session, register, RowKind.CLOSING, content, on=on, at=at, keys=keys, closed_through_on=closed_through_on
    )
    assert row.id is not None
    closing = FiscalClosing(
        register_id=register.id,
        period=period,
        label=label,
        row_id=row.id,
        sales_cents=totals.sales_cents,
        refunds_cents=totals.refunds_cents,
        total_cents=totals.total_cents,
        deposits_cents=totals.deposits_cents,
        row_count=totals.row_count,
        totals=rules.canonical(totals.detail()),
        perpetual_cents=perpetual_cents,
        closed_at=at,
    )
    session.add(closing)
    session.flush()
    return closing
