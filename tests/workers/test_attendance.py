"""Hours: asked for, never guessed, right across midnight and changes of the clock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.clock import local, moment
from citizen_space.kit.db import Database
from citizen_space.kit.errors import NotFound
from citizen_space.workers import queries, refusals, rota, rules, service
from citizen_space.workers.models import Attendance, Correction
from tests.harness.patience import PATIENCE_SECONDS
from tests.workers.factories import make_post, make_staff, make_worker, plant_law


@pytest.fixture
def worker_id(session: Session, at: datetime) -> int:
    plant_law(session, at)
    worker = make_worker(session, at)
    assert worker.id is not None
    return worker.id


def test_in_and_out(session: Session, worker_id: int, at: datetime) -> None:
    begun = service.clock_in(session, worker_id, register_id=1, at=at)
    assert service.clock_in(session, worker_id, at=at + timedelta(minutes=5)) is begun
    ended = service.clock_out(session, worker_id, at=at + timedelta(hours=3, seconds=1))
    assert ended is begun and ended.clocked_out_at is not None and not ended.flagged
    assert rules.minutes_between(ended.clocked_in_at, ended.clocked_out_at) == 181
    assert service.clock_out(session, worker_id, at=at + timedelta(hours=4)) is None


def test_across_midnight_it_counts_for_the_day_it_began(session: Session, worker_id: int) -> None:
    begun = moment(date(2026, 11, 23), time(19, 0))
    service.clock_in(session, worker_id, at=begun)
    ended = service.clock_out(session, worker_id, at=moment(date(2026, 11, 24), time(0, 45)))
    assert ended is not None and ended.clocked_out_at is not None
    assert ended.on == date(2026, 11, 23)
    assert rules.minutes_between(ended.clocked_in_at, ended.clocked_out_at) == 5 * 60 + 45


@pytest.mark.parametrize(
    ("night", "minutes"),
    [(date(2026, 10, 24), 6 * 60), (date(2026, 3, 28), 4 * 60), (date(2026, 11, 23), 5 * 60)],
    ids=["the hour that comes twice", "the hour that is left out", "an ordinary night"],
)
def test_a_change_of_the_clock_gives_and_takes_nothing(
    session: Session, worker_id: int, night: date, minutes: int
) -> None:
    """From 23:00 to 04:00 on the wall: six hours in October, four in March."""
    begun, ended = moment(night, time(23, 0)), moment(night + timedelta(days=1), time(4, 0))
    service.clock_in(session, worker_id, at=begun)
    found = service.clock_out(session, worker_id, at=ended)
    session.flush()
    session.expire_all()
    assert found is not None and found.clocked_out_at is not None and found.on == night
    assert rules.minutes_between(found.clocked_in_at, found.clocked_out_at) == minutes
    assert (local(found.clocked_in_at).hour, local(found.clocked_out_at).hour) == (23, 4)


def test_a_forgotten_end_is_flagged_and_not_guessed(session: Session, worker_id: int, at: datetime) -> None:
    begun = service.clock_in(session, worker_id, at=at)
    assert service.flag_forgotten(session, at + timedelta(hours=13)) == []
    assert service.flag_forgotten(session, at + timedelta(hours=13, minutes=1)) == [begun]
    assert begun.flagged and begun.clocked_out_at is None
    fresh = service.clock_in(session, worker_id, at=at + timedelta(days=1))
    assert fresh.id != begun.id
    assert [each.attendance.id for each in queries.list_flagged(session)] == [begun.id]


def test_an_end_the_next_day_is_flagged_too(session: Session, worker_id: int, at: datetime) -> None:
    service.clock_in(session, worker_id, at=at)
    ended = service.clock_out(session, worker_id, at=at + timedelta(hours=20))
    assert ended is not None and ended.flagged and ended.clocked_out_at is None


def test_coming_back_the_next_day_leaves_yesterday_to_staff(session: Session, worker_id: int) -> None:
    first = service.clock_in(session, worker_id, at=moment(date(2026, 11, 23), time(20, 0)))
    second = service.clock_in(session, worker_id, at=moment(date(2026, 11, 24), time(8, 0)))
    assert first.flagged and second.id != first.id


def test_without_a_contract_nobody_starts(session: Session, worker_id: int) -> None:
    with pytest.raises(refusals.NoContract):
        service.clock_in(session, worker_id, at=datetime(2025, 12, 1, 9, tzinfo=UTC))


@pytest.mark.race
def test_two_clock_ins_at_once_are_one(database: Database, at: datetime) -> None:
    with database.write() as session:
        plant_law(session, at)
        worker_id = make_worker(session, at).id
    assert worker_id is not None

    def clock_in(_n: int) -> int | None:
        with database.write() as session:
            return service.clock_in(session, worker_id, at=at).id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(clock_in, range(6)))) == 1
    with database.read() as session:
        assert len(session.exec(select(Attendance)).all()) == 1


def test_the_database_itself_refuses_a_second_open_attendance(session: Session, worker_id: int, at: datetime) -> None:
    """The control: without the service's lock the constraint still stands."""
    begun = service.clock_in(session, worker_id, at=at)
    session.add(Attendance(worker_id=worker_id, post_id=begun.post_id, on=begun.on, clocked_in_at=at))
    with pytest.raises(IntegrityError):
        session.flush()


# -- corrections and validation ---------------------------------------------------------------------------------------


def _ended(session: Session, worker_id: int, at: datetime) -> Attendance:
    service.clock_in(session, worker_id, at=at)
    ended = service.clock_out(session, worker_id, at=at + timedelta(hours=3))
    assert ended is not None
    session.flush()
    return ended


def test_a_correction_is_written_down_and_asks_for_validation_again(
    session: Session, worker_id: int, at: datetime
) -> None:
    ended = _ended(session, worker_id, at)
    assert ended.id is not None
    first, second = make_staff(session, at, "01"), make_staff(session, at, "02")
    service.validate(session, [ended.id], account_id=first, at=at)
    service.validate(session, [ended.id], account_id=first, at=at)
    assert [ended.validated_by_1, ended.validated_by_2] == [first, None], "the same person is one person"
    service.validate(session, [ended.id], account_id=second, at=at)
    assert {ended.validated_by_1, ended.validated_by_2} == {first, second}
    later = at + timedelta(hours=5)
    service.correct(
        session,
        ended.id,
        clocked_in_at=at,
        clocked_out_at=at + timedelta(hours=4),
        reason="work",
        why="Sortie notée trop tôt",
        actor=SYSTEM,
        at=later,
    )
    assert ended.validated_by_1 is None and ended.validated_by_2 is None
    written = session.exec(select(Correction)).one()
    assert "15:30" in written.before and "16:30" in written.after


def test_hours_do_not_overlap_and_do_not_lie_ahead(session: Session, worker_id: int, at: datetime) -> None:
    ended = _ended(session, worker_id, at)
    facts: dict[str, Any] = {
        "worker_id": worker_id,
        "post_id": ended.post_id,
        "reason": "work",
        "why": "oubli",
        "actor": SYSTEM,
    }
    later = at + timedelta(hours=8)
    with pytest.raises(refusals.HoursOverlap):
        service.add_attendance(
            session, clocked_in_at=at + timedelta(hours=2), clocked_out_at=at + timedelta(hours=4), at=later, **facts
        )
    with pytest.raises(refusals.HoursImpossible):
        service.add_attendance(
            session, clocked_in_at=at + timedelta(hours=7), clocked_out_at=at + timedelta(hours=9), at=later, **facts
        )
    touching = service.add_attendance(
        session, clocked_in_at=at + timedelta(hours=3), clocked_out_at=at + timedelta(hours=4), at=later, **facts
    )
    assert touching.id is not None


def _all_write_down(
    database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch, after_looking: Callable[[], object]
) -> list[str]:
    """The same hours written down by four heads at once, who all look before anyone writes."""
    with database.write() as session:
        plant_law(session, at)
        worker = make_worker(session, at)
        post_id = queries.list_posts(session)[0].id
    look = queries.list_overlapping

    def look_slowly(*args: Any, **facts: Any) -> Any:
        seen = look(*args, **facts)
        after_looking()
        return seen

    monkeypatch.setattr(queries, "list_overlapping", look_slowly)

    def write_down(_n: int) -> str:
        try:
            with database.write() as session:
                service.add_attendance(
                    session, worker_id=worker.id or 0, post_id=post_id or 0, clocked_in_at=at - timedelta(hours=3),
                    clocked_out_at=at, reason="work", why="oubli", actor=SYSTEM, at=at,
                )  # fmt: skip
        except refusals.HoursOverlap:
            return "overlap"
        return "written"

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(write_down, range(4)))


@pytest.mark.race
def test_hours_written_down_by_several_at_once_are_paid_once(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _all_write_down(fresh_database, at, monkeypatch, lambda: sleep(0.15))
    assert said == ["overlap", "overlap", "overlap", "written"]


@pytest.mark.race
def test_control_without_the_lock_the_same_hours_are_paid_twice(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "lock", lambda _session, *_names: None)
    # SQLite has one writer at a time whatever is locked; elsewhere all have looked before anyone writes.
    alone = fresh_database.dialect == "sqlite"
    all_have_looked = Barrier(1 if alone else 4, timeout=PATIENCE_SECONDS)
    written = _all_write_down(fresh_database, at, monkeypatch, all_have_looked.wait).count("written")
    assert written == (1 if alone else 4)


@pytest.mark.race
def test_a_correction_and_a_clock_out_at_once_wait_for_each_other(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database.write() as session:
        plant_law(session, at)
        worker_id = make_worker(session, at).id or 0
        begun = service.clock_in(session, worker_id, at=at)
    later, find_open, has_found = at + timedelta(hours=3), queries.find_open, Event()

    def find_slowly(session: Session, worker_id: int) -> Attendance | None:
        current = find_open(session, worker_id)
        has_found.set()
        sleep(0.3)  # the correction comes meanwhile
        return current

    monkeypatch.setattr(queries, "find_open", find_slowly)

    def clock_out() -> None:
        with fresh_database.write() as session:
            service.clock_out(session, worker_id, at=later)

    def correct() -> None:
        assert has_found.wait(PATIENCE_SECONDS)
        with fresh_database.write() as session:
            service.correct(
                session, begun.id or 0, clocked_in_at=at, clocked_out_at=at + timedelta(hours=2), reason="work",
                why="parti plus tôt", actor=SYSTEM, at=later,
            )  # fmt: skip

    with ThreadPoolExecutor(2) as pool:
        for act in [pool.submit(clock_out), pool.submit(correct)]:
            act.result()
    with fresh_database.read() as session:
        kept = session.get(Attendance, begun.id)
        assert kept is not None and kept.clocked_out_at == at + timedelta(hours=2)


def test_an_answer_that_was_given_is_not_written_over(session: Session, worker_id: int, at: datetime) -> None:
    ended = _ended(session, worker_id, at)
    asked = service.dispute(session, ended.id or 0, worker_id=worker_id, says="J’ai fini plus tard", at=at)
    service.answer(session, asked.id or 0, text="Corrigé", actor=SYSTEM, at=at)
    service.answer(session, asked.id or 0, text="Corrigé", actor=SYSTEM, at=at)
    with pytest.raises(refusals.AlreadyAnswered):
        service.answer(session, asked.id or 0, text="Refusé", actor=SYSTEM, at=at)
    assert asked.answer == "Corrigé"


def test_a_worker_disputes_own_lines_only(session: Session, worker_id: int, at: datetime) -> None:
    ended = _ended(session, worker_id, at)
    other = make_worker(session, at, code="R08", post=make_post(session, name="Plonge"))
    assert ended.id is not None and other.id is not None
    with pytest.raises(NotFound):
        service.dispute(session, ended.id, worker_id=other.id, says="Ce n’est pas moi", at=at)
    asked = service.dispute(session, ended.id, worker_id=worker_id, says="J’ai fini plus tard", at=at)
    with pytest.raises(refusals.AlreadyDisputed):
        service.dispute(session, ended.id, worker_id=worker_id, says="J’insiste", at=at)
    assert asked.id is not None
    service.answer(session, asked.id, text="Corrigé", actor=SYSTEM, at=at)
    assert queries.list_open_disputes(session) == []


# -- rota -------------------------------------------------------------------------------------------------------------


def test_shifts_clash_and_leave_the_daily_rest(session: Session, worker_id: int) -> None:
    post = make_post(session, name="Bar")
    on = date(2026, 11, 24)

    def plan(day: date, start: int, end: int) -> object:
        assert post.id is not None
        return rota.plan(
            session,
            worker_id=worker_id,
            post_id=post.id,
            starts_at=moment(day, time(start)),
            ends_at=moment(day, time(end)),
            actor=SYSTEM,
        )

    plan(on, 16, 23)
    with pytest.raises(refusals.ShiftClash):
        plan(on, 22, 23)
    with pytest.raises(refusals.RestTooShort):
        plan(on + timedelta(days=1), 9, 12)
    plan(on + timedelta(days=1), 10, 12)
    plan(on, 9, 12)
