"""What is done with the share: set aside with the sale, turned round by the refund, paid by a transfer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col

from citizen_space.compensation import pain, queries, rules
from citizen_space.compensation.models import (
    Accrual,
    Beneficiary,
    MissedShare,
    Reversal,
    Transfer,
    TransferItem,
    TransferStatus,
)
from citizen_space.compensation.refusals import (
    AccountChanger,
    AccountHasChanged,
    HouseAccountMissing,
    NothingToTransfer,
    SamePerson,
    TransferElsewhere,
)
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import insert_rows, lock, lock_row
from citizen_space.kit.ids import new_reference
from citizen_space.law import queries as law
from citizen_space.ledger import entries as ledger
from citizen_space.staff import service as staff


@dataclass(frozen=True)
class Export:
    """The file of a transfer; `again` when these very bytes had already been handed out."""

    name: str
    data: bytes
    again: bool


# -- with the sale -----------------------------------------------------------------------------------------------------


def accrue(
    session: Session,
    *,
    order_id: int,
    room: str,
    net_cents: int,
    gross_cents: int,
    source: str,
    on: date,
    at: datetime,
) -> int:
    """Set aside the share of a sale by the rule in force that day; without a rule the sale goes on and is noted."""
    if gross_cents <= 0:
        return 0
    terms = queries.find_terms(session, room, on)
    if terms is None:
        session.add(
            MissedShare(
                source=source, order_id=order_id, room=room, net_cents=net_cents, gross_cents=gross_cents, on=on, at=at
            )
        )
        return 0
    shares = rules.set_aside(terms, net_cents=net_cents, gross_cents=gross_cents)
    if not shares:
        return 0
    entry = ledger.share(
        session,
        source=f"share:{source}",
        order_id=order_id,
        room=room,
        amounts=_amounts(shares),
        on=on,
        at=at,
        label="Part aux victimes",
    )
    assert entry is not None
    base = rules.base_cents(terms, net_cents=net_cents, gross_cents=gross_cents)
    common = {
        "source": source,
        "order_id": order_id,
        "rule_id": terms.rule_id,
        "room": room,
        "base_cents": base,
        "gross_cents": gross_cents,
        "entry_id": entry.id,
        "on": on,
        "at": at,
    }
    rows = [common | {"beneficiary_id": s.beneficiary_id, "amount_cents": s.amount_cents} for s in shares]
    insert_rows(session, Accrual, rows)
    return sum(share.amount_cents for share in shares)


def reverse(session: Session, *, order_id: int, refund_cents: int, source: str, on: date, at: datetime) -> int:
    """Take back the share of what is refunded (gross), from what was recorded; gives the cents taken back."""
    assert refund_cents > 0, refund_cents
    recorded = queries.find_recorded(session, order_id)
    if recorded is None:
        return 0
    shares = rules.give_back(
        recorded.set_aside,
        returned=recorded.returned,
        gross_cents=recorded.gross_cents,
        before_cents=recorded.refunded_cents,
        refund_cents=refund_cents,
    )
    total = sum(share.amount_cents for share in shares)
    session.add(Reversal(source=source, order_id=order_id, gross_cents=refund_cents, amount_cents=total, on=on, at=at))
    if shares:
        _turn_round(session, recorded, shares, refund_cents, order_id=order_id, source=source, on=on, at=at)
    return total


def _turn_round(
    session: Session,
    recorded: queries.Recorded,
    shares: Sequence[rules.Share],
    refund_cents: int,
    *,
    order_id: int,
    source: str,
    on: date,
    at: datetime,
) -> None:
    entry = ledger.share_reversal(
        session,
        source=f"share:{source}",
        entry_id=recorded.entry_id,
        order_id=order_id,
        room=recorded.room,
        amounts=_amounts(shares),
        on=on,
        at=at,
        label="Part aux victimes reprise",
    )
    assert entry is not None
    rows = [
        {
            "source": source,
            "order_id": order_id,
            "rule_id": recorded.rule_by_beneficiary[share.beneficiary_id],
            "beneficiary_id": share.beneficiary_id,
            "room": recorded.room,
            "base_cents": 0,
            "gross_cents": -refund_cents,
            "amount_cents": -share.amount_cents,
            "entry_id": entry.id,
            "on": on,
            "at": at,
        }
        for share in shares
    ]
    insert_rows(session, Accrual, rows)


def _amounts(shares: Sequence[rules.Share]) -> list[tuple[int, int]]:
    return [(share.beneficiary_id, share.amount_cents) for share in shares]


# -- transfers ---------------------------------------------------------------------------------------------------------


def prepare(session: Session, *, beneficiary_id: int, upto_on: date, actor: Actor, at: datetime) -> Transfer:
    """Collect all that is set aside for a beneficiary up to a day, refunds taken off, into one transfer."""
    lock(session, f"compensation:transfer:{beneficiary_id}")
    beneficiary = lock_row(session, Beneficiary, beneficiary_id)
    unassigned = queries.list_unassigned(session, beneficiary_id, upto_on)
    total = sum(cents for _, cents, _ in unassigned)
    if total <= 0:
        raise NothingToTransfer(open_cents=total)
    transfer = Transfer(
        reference=f"VIC-{upto_on:%Y%m}-{new_reference()}",
        beneficiary_id=beneficiary_id,
        amount_cents=total,
        from_on=min(on for _, _, on in unassigned),
        upto_on=upto_on,
        beneficiary_name=beneficiary.name,
        iban=beneficiary.iban,
        bic=beneficiary.bic,
        account_changed_by=beneficiary.account_changed_by,
        prepared_by=actor.code,
        prepared_at=at,
    )
    session.add(transfer)
    session.flush()
    items = [{"transfer_id": transfer.id, "accrual_id": accrual_id, "active": True} for accrual_id, _, _ in unassigned]
    insert_rows(session, TransferItem, items)
    _note(session, actor, "transfer_prepared", transfer, at)
    return transfer


def approve(session: Session, transfer_id: int, *, actor: Actor, at: datetime) -> Transfer:
    """Release a transfer: a second person, who did not touch the account either."""
    transfer = _lock_at(session, transfer_id, TransferStatus.approved)
    beneficiary = lock_row(session, Beneficiary, transfer.beneficiary_id)
    if actor.code == transfer.prepared_by:
        raise SamePerson
    if (beneficiary.iban, beneficiary.bic) != (transfer.iban, transfer.bic):
        raise AccountHasChanged(reference=transfer.reference)
    if actor.code in (transfer.account_changed_by, beneficiary.account_changed_by):
        raise AccountChanger
    transfer.status = TransferStatus.approved
    transfer.approved_by, transfer.approved_at = actor.code, at
    session.add(transfer)
    _note(session, actor, "transfer_approved", transfer, at)
    return transfer


def cancel(session: Session, transfer_id: int, *, actor: Actor, at: datetime) -> Transfer:
    """Give up a transfer that has not left; what it held is owed again."""
    transfer = _lock_at(session, transfer_id, TransferStatus.cancelled)
    _release(session, transfer, TransferStatus.cancelled, actor, at)
    _note(session, actor, "transfer_cancelled", transfer, at)
    return transfer


def mark_returned(session: Session, transfer_id: int, *, on: date, actor: Actor, at: datetime) -> Transfer:
    """The bank gave the money back: the books turn round, and all of it is owed again."""
    transfer = _lock_at(session, transfer_id, TransferStatus.returned)
    assert transfer.entry_id is not None
    ledger.transfer_returned(
        session, transfer_id=transfer_id, entry_id=transfer.entry_id, on=on, at=at, label=transfer.reference
    )
    _release(session, transfer, TransferStatus.returned, actor, at)
    _note(session, actor, "transfer_returned", transfer, at)
    return transfer


def _release(session: Session, transfer: Transfer, to: TransferStatus, actor: Actor, at: datetime) -> None:
    items = update(TransferItem).where(col(TransferItem.transfer_id) == transfer.id)
    session.execute(items.values(active=False))
    transfer.status, transfer.ended_by, transfer.ended_at = to, actor.code, at
    session.add(transfer)


def export(
    session: Session, transfer_id: int, *, pain_version: str = pain.VERSIONS[0], actor: Actor, at: datetime
) -> Export:
    """Write the file for the bank, once; asked again, hand out the very same bytes and say so."""
    transfer = lock_row(session, Transfer, transfer_id)
    name = f"{transfer.reference}.xml"
    if transfer.file_text is not None:
        _note(session, actor, "transfer_file_again", transfer, at)
        return Export(name, transfer.file_text.encode(), again=True)
    _check_move(transfer, TransferStatus.exported)
    data = _write_file(session, transfer, pain_version, at)
    transfer.status, transfer.pain_version = TransferStatus.exported, pain_version
    transfer.file_text, transfer.file_hash = data.decode(), pain.fingerprint(data)
    transfer.exported_by, transfer.exported_at = actor.code, at
    session.add(transfer)
    _note(session, actor, "transfer_exported", transfer, at)
    return Export(name, data, again=False)


def _write_file(session: Session, transfer: Transfer, version: str, at: datetime) -> bytes:
    on = business_day(at)
    return pain.write(
        debtor=_house_account(session, on),
        creditor=pain.Party(transfer.beneficiary_name, transfer.iban, transfer.bic),
        amount_cents=transfer.amount_cents,
        reference=transfer.reference,
        text=f"{transfer.reference} part aux victimes {transfer.from_on:%d.%m.%Y} - {transfer.upto_on:%d.%m.%Y}",
        on=on,
        at=at,
        version=version,
    )


def _house_account(session: Session, on: date) -> pain.Party:
    name = law.get_text(session, "house_operator", on)
    iban = rules.tidy_iban(law.get_text(session, "house_bank_iban", on))
    bic = rules.tidy_iban(law.get_text(session, "house_bank_bic", on))
    if not rules.is_iban(iban) or not rules.sepa_text(name, limit=70) or (bic and not rules.is_bic(bic)):
        raise HouseAccountMissing
    return pain.Party(name, iban, bic)


def mark_executed(session: Session, transfer_id: int, *, on: date, at: datetime) -> Transfer:
    """The bank's statement shows it: what was owed is paid, and the books say so."""
    transfer = _lock_at(session, transfer_id, TransferStatus.executed)
    assert transfer.id is not None
    entry = ledger.transfer_executed(
        session,
        transfer_id=transfer.id,
        beneficiary_id=transfer.beneficiary_id,
        amount_cents=transfer.amount_cents,
        label=transfer.reference,
        on=on,
        at=at,
    )
    transfer.status, transfer.entry_id = TransferStatus.executed, entry.id
    transfer.executed_on, transfer.executed_at = on, at
    session.add(transfer)
    return transfer


def _lock_at(session: Session, transfer_id: int, to: TransferStatus) -> Transfer:
    transfer = lock_row(session, Transfer, transfer_id)
    _check_move(transfer, to)
    return transfer


def _check_move(transfer: Transfer, to: TransferStatus) -> None:
    if not rules.may_move(transfer.status, to):
        raise TransferElsewhere(reference=transfer.reference)


def _note(session: Session, actor: Actor, act: str, transfer: Transfer, at: datetime) -> None:
    detail = {"reference": transfer.reference, "amount_cents": transfer.amount_cents}
    staff.record(session, actor, act, f"transfer:{transfer.id}", detail, at)
