"""Pay: never under the law, rounded once, and every sum is the sum of what is shown."""

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import Session, select

from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.clock import moment
from citizen_space.kit.money import divide_half_up
from citizen_space.ledger.models import Entry, Posting
from citizen_space.workers import months, printouts, queries, refusals, rota, rules, service
from citizen_space.workers.models import Worker, WorkMonth
from tests.workers.factories import KEYS, make_post, make_staff, make_worker, plant_law

NOVEMBER = date(2026, 11, 1)
DECEMBER_1 = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("smic_cents", "bp", "floor_cents"),
    [(1231, 4500, 554), (1231, 3300, 407), (1231, 2500, 308), (1231, 2000, 247), (1165, 2000, 233), (1202, 4500, 541)],
)
def test_the_floor_is_rounded_up(smic_cents: int, bp: int, floor_cents: int) -> None:
    """The figures of the table of the law."""
    assert rules.floor_cents(smic_cents, bp) == floor_cents


@given(st.integers(1, 100_000), st.integers(1, 10_000))
def test_no_floor_is_under_the_law(smic_cents: int, bp: int) -> None:
    floor = rules.floor_cents(smic_cents, bp)
    assert (floor - 1) * 10_000 < smic_cents * bp <= floor * 10_000


def test_a_lower_contract_is_refused(session: Session, at: datetime) -> None:
    plant_law(session, at)
    post = make_post(session)
    worker = make_worker(session, at, post=post, cents=541)
    assert worker.id is not None and post.id is not None
    terms: dict[str, Any] = {
        "worker_id": worker.id,
        "post_id": post.id,
        "ends_on": None,
        "weekly_minutes": 600,
        "actor": SYSTEM,
    }
    with pytest.raises(refusals.PayBelowFloor, match="5,54"):
        rota.agree(session, starts_on=date(2026, 6, 1), hourly_rate_cents=553, at=at, **terms)
    rota.agree(session, starts_on=date(2026, 6, 1), hourly_rate_cents=554, at=at, **terms)


def test_when_the_floor_rises_the_law_pays(session: Session, at: datetime) -> None:
    """A contract of January at its floor of then is paid the floor of November."""
    plant_law(session, at)
    worker = make_worker(session, at, cents=541)
    assert worker.id is not None
    service.clock_in(session, worker.id, at=at)
    service.clock_out(session, worker.id, at=at + timedelta(hours=1))
    statement = months.month_statement(session, worker.id, NOVEMBER, at + timedelta(hours=2))
    assert (statement.minutes, statement.gross_cents) == (60, 554)


# -- sums -------------------------------------------------------------------------------------------------------------

WORKED = st.builds(
    rules.Worked,
    attendance_id=st.integers(1, 9),
    on=st.dates(NOVEMBER, date(2026, 11, 30)),
    clocked_in_at=st.just(DECEMBER_1),
    clocked_out_at=st.just(DECEMBER_1),
    minutes=st.integers(0, 780),
    rate_cents=st.integers(200, 3000),
    regime=st.sampled_from(["production", "sg_I"]),
    reason=st.sampled_from(["work", "training", "court", "unpaid"]),
    post=st.just("Salle"),
    room=st.sampled_from(["restaurant", "venue", "repairs"]),
    flagged=st.just(False),
    validations=st.integers(0, 2),
    disputed=st.booleans(),
)
RATES = [
    rules.Rate("old_age_employee_rate", "Vieillesse", 690, "G"),
    rules.Rate("csg_rate", "CSG", 570, "G"),
    rules.Rate("crds_rate", "CRDS", 50, "G"),
]


@given(st.lists(WORKED, max_size=40))
def test_every_sum_is_the_sum_of_what_is_shown(worked: list[rules.Worked]) -> None:
    made = rules.make_statement(1, NOVEMBER, worked, RATES)
    assert sum(day.cents for day in made.days) == made.gross_cents
    assert sum(day.minutes for day in made.days) == made.minutes
    assert sum(cents for _room, cents in made.rooms) == made.gross_cents
    assert made.net_cents + sum(each.cents for each in made.withheld) == made.gross_cents
    paid = [each for each in worked if each.reason in rules.PAID]
    assert made.gross_cents == divide_half_up(sum(each.minutes * each.rate_cents for each in paid), 60)
    assert made.is_ready == (all(each.validations == 2 for each in worked) and not any(e.disputed for e in worked))
    assert 0 <= made.net_cents <= made.gross_cents
    assert [day.on for day in made.days] == sorted({each.on for each in worked})


@given(st.lists(WORKED, max_size=10))
def test_a_kept_statement_reads_as_it_was(worked: list[rules.Worked]) -> None:
    made = rules.make_statement(1, NOVEMBER, worked, RATES)
    assert rules.read_statement(rules.write_statement(made)) == made


def test_general_service_pays_no_contribution(session: Session, at: datetime) -> None:
    plant_law(session, at)
    worker = make_worker(session, at, post=make_post(session, regime="sg_III"))
    assert worker.id is not None
    service.clock_in(session, worker.id, at=at)
    service.clock_out(session, worker.id, at=at + timedelta(hours=2))
    statement = months.month_statement(session, worker.id, NOVEMBER, at + timedelta(hours=3))
    assert statement.withheld == () and statement.net_cents == statement.gross_cents == 1200


# -- closing a month --------------------------------------------------------------------------------------------------


def _month_of_work(session: Session, at: datetime) -> tuple[Worker, int, int]:
    plant_law(session, at)
    worker = make_worker(session, at)
    assert worker.id is not None
    first, second = make_staff(session, at, "01"), make_staff(session, at, "02")
    for on in (date(2026, 11, 2), date(2026, 11, 30)):
        start = moment(on, time(9, 0))
        service.clock_in(session, worker.id, at=start)
        ended = service.clock_out(session, worker.id, at=start + timedelta(hours=5, minutes=7))
        session.flush()
        assert ended is not None and ended.id is not None
        for account_id in (first, second):
            service.validate(session, [ended.id], account_id=account_id, at=DECEMBER_1)
    return worker, first, second


def test_two_people_close_a_month_and_it_is_posted_once(session: Session, at: datetime) -> None:
    worker, first, second = _month_of_work(session, at)
    assert worker.id is not None
    months.prepare_month(session, worker.id, NOVEMBER, account_id=first, at=DECEMBER_1)
    with pytest.raises(refusals.SecondPersonNeeded):
        months.lock_month(session, worker.id, NOVEMBER, account_id=first, actor=SYSTEM, at=DECEMBER_1)
    month = months.lock_month(session, worker.id, NOVEMBER, account_id=second, actor=SYSTEM, at=DECEMBER_1)
    assert (month.minutes, month.gross_cents) == (614, 6140)
    entry = session.get(Entry, month.entry_id)
    assert entry is not None and worker.first_name not in entry.label and "R07" in entry.label
    postings = session.exec(select(Posting).where(Posting.entry_id == entry.id)).all()
    assert {(p.account_code, p.debit_cents, p.credit_cents) for p in postings} == {("641", 6140, 0), ("421", 0, 6140)}
    with pytest.raises(refusals.MonthLocked):
        months.lock_month(session, worker.id, NOVEMBER, account_id=second, actor=SYSTEM, at=DECEMBER_1)


def test_a_closed_month_does_not_move(session: Session, at: datetime) -> None:
    worker, first, second = _month_of_work(session, at)
    assert worker.id is not None
    months.prepare_month(session, worker.id, NOVEMBER, account_id=first, at=DECEMBER_1)
    months.lock_month(session, worker.id, NOVEMBER, account_id=second, actor=SYSTEM, at=DECEMBER_1)
    line = queries.list_presences(session, first_on=NOVEMBER, last_on=date(2026, 11, 30))[0].attendance
    assert line.id is not None
    with pytest.raises(refusals.MonthLocked):
        service.correct(
            session,
            line.id,
            clocked_in_at=line.clocked_in_at,
            clocked_out_at=line.clocked_in_at + timedelta(hours=1),
            reason="work",
            why="trop tard",
            actor=SYSTEM,
            at=DECEMBER_1,
        )
    with pytest.raises(refusals.MonthLocked):
        service.dispute(session, line.id, worker_id=worker.id, says="Trop tard", at=DECEMBER_1)


@pytest.mark.parametrize("at_close", [datetime(2026, 11, 30, 12, tzinfo=UTC)])
def test_a_month_is_over_before_it_is_closed(session: Session, at: datetime, at_close: datetime) -> None:
    worker, first, _second = _month_of_work(session, at)
    assert worker.id is not None
    with pytest.raises(refusals.MonthNotReady):
        months.prepare_month(session, worker.id, NOVEMBER, account_id=first, at=at_close)


def test_open_or_unvalidated_hours_keep_a_month_open(session: Session, at: datetime) -> None:
    worker, first, _second = _month_of_work(session, at)
    assert worker.id is not None
    service.clock_in(session, worker.id, at=at)
    with pytest.raises(refusals.MonthNotReady):
        months.prepare_month(session, worker.id, NOVEMBER, account_id=first, at=DECEMBER_1)


# -- on paper ---------------------------------------------------------------------------------------------------------


def test_the_paper_says_the_same_in_plain_words(session: Session, at: datetime) -> None:
    worker, first, _second = _month_of_work(session, at)
    assert worker.id is not None
    worker.last_name = '#eval("1") $x$ `rm` Œuvré'
    statement = months.month_statement(session, worker.id, NOVEMBER, DECEMBER_1)
    month = months.prepare_month(session, worker.id, NOVEMBER, account_id=first, at=DECEMBER_1)
    pdf = printouts.statement_pdf(worker, statement, month, house="Espace citoyen", at=DECEMBER_1)
    reader = PdfReader(io.BytesIO(pdf))
    text = "".join(page.extract_text() for page in reader.pages).replace("\u202f", " ").replace("\u00a0", " ")
    for said in ("novembre 2026", '#eval("1") $x$ `rm` Œuvré', "10 h 14", "61,40 €", "estimation", "à confirmer"):
        assert said in text, said
    assert "/StructTreeRoot" in reader.root_object, "tagged, so that it can be read aloud"
    metadata = reader.xmp_metadata
    assert metadata is not None and b"pdfaid:part>3" in pdf


def test_a_month_row_keeps_no_name(session: Session, at: datetime) -> None:
    worker, first, _second = _month_of_work(session, at)
    assert worker.id is not None
    months.prepare_month(session, worker.id, NOVEMBER, account_id=first, at=DECEMBER_1)
    kept = session.exec(select(WorkMonth)).one().content
    assert worker.last_name not in kept and worker.first_name not in kept


def test_a_pin_signs_in_its_worker(session: Session, at: datetime) -> None:
    worker = make_worker_with_law(session, at)
    guess = service.begin_sign_in(session, "r07", register_id=1, at=at)
    right = guess.is_right("4711", KEYS.pin_pepper)
    assert service.finish_sign_in(session, guess, right=right) == worker
    wrong = service.begin_sign_in(session, "R07", register_id=1, at=at)
    assert service.finish_sign_in(session, wrong, right=wrong.is_right("0000", KEYS.pin_pepper)) is None
    nobody = service.begin_sign_in(session, "Z99", register_id=1, at=at)
    assert service.finish_sign_in(session, nobody, right=nobody.is_right("4711", KEYS.pin_pepper)) is None


def make_worker_with_law(session: Session, at: datetime) -> Worker:
    """A worker where the law is known."""
    plant_law(session, at)
    return make_worker(session, at)
