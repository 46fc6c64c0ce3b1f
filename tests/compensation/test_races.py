"""Two people at once on one transfer: one of them gets a sentence; the controls show what the locks are for."""

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from citizen_space.compensation import queries, service
from citizen_space.compensation.models import Transfer, TransferItem
from citizen_space.compensation.refusals import NothingToTransfer, TransferElsewhere
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from tests.compensation.world import ANNE, BILAL, CHLOE, World, found, sell
from tests.harness.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.race


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment; gives what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait(timeout=PATIENCE_SECONDS)
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=2 * PATIENCE_SECONDS)
    return results


def house(database: Database, at: datetime) -> World:
    with database.write() as session:
        world = found(session, at)
        sell(session, at, net_cents=10_000, gross_cents=11_000)
    return world


def prepare(database: Database, world: World, at: datetime) -> Transfer:
    with database.write() as session:
        return service.prepare(session, beneficiary_id=world.fund.id or 0, upto_on=business_day(at), actor=ANNE, at=at)


def test_preparing_twice_at_once_pays_once(fresh_database: Database, at: datetime) -> None:
    world = house(fresh_database, at)
    results = at_once(*[lambda: prepare(fresh_database, world, at)] * 4)
    assert sum(isinstance(result, Transfer) for result in results) == 1
    assert sum(isinstance(result, NothingToTransfer) for result in results) == 3
    with fresh_database.read() as session:
        assert len(session.exec(select(TransferItem)).all()) == 1


def test_control_without_the_lock_the_table_still_pays_once(fresh_database: Database, at: datetime) -> None:
    """Two have read the same open accruals before either wrote: the unique item refuses the second."""
    world = house(fresh_database, at)
    with fresh_database.read() as session:
        from_before = session.exec(select(TransferItem)).all()
    assert not from_before
    first = prepare(fresh_database, world, at)
    with pytest.raises(IntegrityError), fresh_database.write() as session:
        accrual_id = session.exec(select(TransferItem.accrual_id)).one()
        second = Transfer(**{**first.model_dump(exclude={"id"}), "reference": "VIC-202611-SECOND22"})
        session.add(second)
        session.flush()
        session.add(TransferItem(transfer_id=second.id or 0, accrual_id=accrual_id))


def test_control_without_lock_and_constraint_both_would_pay(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without either, the money would leave twice: this is what the two are for."""
    world = house(fresh_database, at)
    with fresh_database.write() as session:
        session.connection().exec_driver_sql("DROP INDEX ix_compensation_transfer_item_once")
    if fresh_database.dialect == "sqlite":
        # The writer is alone: the second reads what the first has written.
        results = at_once(*[lambda: prepare(fresh_database, world, at)] * 2)
        assert sum(isinstance(result, Transfer) for result in results) == 1
        return
    both_have_read = threading.Barrier(2)
    real = queries.list_unassigned

    def slow(session: Session, beneficiary_id: int, upto_on: date) -> object:
        rows = real(session, beneficiary_id, upto_on)
        both_have_read.wait(timeout=PATIENCE_SECONDS)
        return rows

    monkeypatch.setattr(queries, "list_unassigned", slow)
    monkeypatch.setattr(service, "lock", lambda *_: None)
    monkeypatch.setattr(service, "lock_row", lambda session, model, key: session.get(model, key))
    results = at_once(*[lambda: prepare(fresh_database, world, at)] * 2)
    assert sum(isinstance(result, Transfer) for result in results) == 2


def test_approving_and_exporting_at_once_never_lets_an_unapproved_file_out(
    fresh_database: Database, at: datetime
) -> None:
    world = house(fresh_database, at)
    transfer_id = prepare(fresh_database, world, at).id or 0

    def approve() -> object:
        with fresh_database.write() as session:
            return service.approve(session, transfer_id, actor=BILAL, at=at)

    def export() -> object:
        with fresh_database.write() as session:
            return service.export(session, transfer_id, actor=CHLOE, at=at)

    results = at_once(approve, export, export, export)
    assert isinstance(results[0], Transfer)
    files = [result for result in results[1:] if isinstance(result, service.Export)]
    refused = [result for result in results[1:] if isinstance(result, TransferElsewhere)]
    assert len(files) + len(refused) == 3, results
    assert len({file.data for file in files}) <= 1, "one file, however often it is asked for"
    assert sum(not file.again for file in files) <= 1
    with fresh_database.write() as session:
        last = service.export(session, transfer_id, actor=CHLOE, at=at)
    assert last.again is bool(files)


def test_control_without_the_row_lock_two_files_leave(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock both see that no file was written yet, and both say theirs is the first."""
    world = house(fresh_database, at)
    transfer_id = prepare(fresh_database, world, at).id or 0
    with fresh_database.write() as session:
        service.approve(session, transfer_id, actor=BILAL, at=at)
    both_have_read = threading.Barrier(2)

    def unlocked(session: Session, model: type[Transfer], key: int) -> Transfer | None:
        row = session.get(model, key)
        if fresh_database.dialect == "postgresql":
            both_have_read.wait(timeout=PATIENCE_SECONDS)
        return row

    monkeypatch.setattr(service, "lock_row", unlocked)

    def export() -> service.Export:
        with fresh_database.write() as session:
            return service.export(session, transfer_id, actor=CHLOE, at=at)

    results = [result for result in at_once(export, export) if isinstance(result, service.Export)]
    firsts = sum(not result.again for result in results)
    assert firsts == (2 if fresh_database.dialect == "postgresql" else 1)
