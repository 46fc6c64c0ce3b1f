"""The print queue: nothing lost, nothing twice, nothing too late; and what nobody knows is asked of a person."""

import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from citizen_space.kit.db import Database, count_statements
from citizen_space.printing import agent_api, jobs, queries, rules, service
from citizen_space.printing.models import Agent, JobState, Printer, PrintJob
from citizen_space.printing.printouts import duplicate_of
from citizen_space.printing.printouts import test_page as make_test_page
from citizen_space.printing.rules import MoveNotPossible, PrinterUnknown
from printers.document import Document, Kick, Text, from_json
from printers.letters import CODE_PAGES
from printers.render import profile_from, render


def ticket(kind: str = "kitchen_ticket", words: str = "2 × Bœuf bourguignon") -> Document:
    """Make a document."""
    return Document(kind=kind, title="Table 4", blocks=(Text(words),))


def furnish(session: Session, at: datetime) -> Agent:
    """Set up two printers, one standing in for the other, and an agent."""
    service.add_printer(session, code="bar", name="Bar", address="virtual://bar")
    service.add_printer(
        session, code="kitchen", name="Cuisine", address="virtual://kitchen", station="hot", fallback_code="bar"
    )
    return service.ensure_agent(session, "agent", "t" * 32, at=at)


@pytest.fixture
def agent(session: Session, at: datetime) -> Agent:
    """A furnished house."""
    return furnish(session, at)


def queue(session: Session, at: datetime, key: str = "k1", kind: str = "kitchen_ticket") -> PrintJob:
    """Queue a document for the kitchen."""
    return service.queue(session, ticket(kind), printer_code="kitchen", key=key, at=at)


def claim(session: Session, agent: Agent, at: datetime) -> PrintJob:
    """Fetch the one job that waits."""
    [(job, _printer)] = service.claim_jobs(session, agent, at)
    return job


def tell(session: Session, job: PrintJob, state: str, at: datetime, detail: str = "") -> None:
    """Report as the agent does."""
    service.report(session, job.id or 0, lease=job.lease or "", state=state, detail=detail, at=at)


def test_a_job_is_queued_fetched_sent_and_printed(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    job = claim(session, agent, at)
    assert service.claim_jobs(session, agent, at) == []
    tell(session, job, "sending", at)
    tell(session, job, "sending", at)  # the agent did not hear our answer
    tell(session, job, "printed", at)
    tell(session, job, "printed", at)
    assert (job.state, job.printed_at, job.attempts) == (JobState.PRINTED, at, 1)


def test_the_same_key_is_one_job(session: Session, agent: Agent, at: datetime) -> None:
    assert queue(session, at).id == queue(session, at).id
    with pytest.raises(PrinterUnknown):
        service.queue(session, ticket(), printer_code="nowhere", key="k2", at=at)


def test_a_station_has_its_printer(session: Session, agent: Agent, at: datetime) -> None:
    job = service.queue_at_station(session, ticket(), station="hot", key="k", at=at)
    assert queries.get_printer(session, job.printer_id).code == "kitchen"


def test_an_agent_that_died_before_printing_loses_nothing(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    first = claim(session, agent, at).lease
    later = at + rules.LEASE
    again = claim(session, agent, later)
    assert again.lease != first
    with pytest.raises(MoveNotPossible):
        service.report(session, again.id or 0, lease=first or "", state="sending", detail="", at=later)


def test_an_agent_that_died_while_printing_is_asked_of_a_person(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    job = claim(session, agent, at)
    tell(session, job, "sending", at)
    service.sweep(session, at + rules.LEASE)
    session.refresh(job)
    assert job.state == JobState.UNKNOWN
    assert service.claim_jobs(session, agent, at + rules.LEASE) == []
    service.answer_unknown(session, job.id or 0, printed=False, at=at + rules.LEASE)
    assert claim(session, agent, at + rules.LEASE).id == job.id
    with pytest.raises(MoveNotPossible):
        service.answer_unknown(session, job.id or 0, printed=True, at=at)


def test_the_agents_late_word_still_counts(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    job = claim(session, agent, at)
    tell(session, job, "sending", at)
    service.sweep(session, at + rules.LEASE)
    session.refresh(job)
    tell(session, job, "printed", at + rules.LEASE)
    assert job.state == JobState.PRINTED


def test_what_failed_is_tried_again_later_and_then_elsewhere(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    job = claim(session, agent, at)
    tell(session, job, "failed", at, "connexion refusée")
    assert (job.state, job.attempts, job.retry_at) == (JobState.QUEUED, 1, at + timedelta(seconds=5))
    assert service.claim_jobs(session, agent, at + timedelta(seconds=4)) == []
    job = claim(session, agent, at + timedelta(seconds=5))
    tell(session, job, "sending", at)
    tell(session, job, "failed", at, "plus de papier")
    [(job, printer)] = service.claim_jobs(session, agent, at + timedelta(seconds=6))
    assert printer.code == "bar"


def test_what_cannot_be_read_is_not_tried_again(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    job = claim(session, agent, at)
    tell(session, job, "failed", at, "document illisible : kind")
    assert job.state == JobState.FAILED
    service.retry(session, job.id or 0, at=at)
    assert claim(session, agent, at).id == job.id


def test_last_nights_kitchen_ticket_never_prints_in_the_morning(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    z = queue(session, at, "z", kind="z_report")
    morning = at + timedelta(hours=10)
    assert [job.id for job, _printer in service.claim_jobs(session, agent, morning)] == [z.id]
    assert service.sweep(session, morning) == (0, 1)
    job = queries.find_job(session, "k1")
    assert job is not None
    session.refresh(job)
    assert job.state == JobState.EXPIRED


def test_a_job_that_expired_while_it_was_leased_is_not_sent(session: Session, agent: Agent, at: datetime) -> None:
    service.queue(session, ticket(), printer_code="kitchen", key="k", at=at, ttl_minutes=1)
    job = claim(session, agent, at + timedelta(seconds=50))
    with pytest.raises(MoveNotPossible):
        tell(session, job, "sending", at + timedelta(seconds=61))


def test_a_second_print_is_a_counted_duplicate(session: Session, agent: Agent, at: datetime) -> None:
    job = queue(session, at)
    first = service.reprint(session, job.id or 0, key="c1", at=at)
    second = service.reprint(session, first.id or 0, key="c2", at=at)
    assert (first.copy_number, second.copy_number) == (1, 2)
    assert service.reprint(session, job.id or 0, key="c2", at=at).id == second.id
    mark = from_json(second.document).blocks[0]
    assert isinstance(mark, Text) and mark.text == "DUPLICATA n° 2"
    assert len(from_json(second.document).blocks) == 3


def test_a_receipt_is_not_copied_behind_the_fiscal_record(session: Session, agent: Agent, at: datetime) -> None:
    job = queue(session, at, kind="receipt")
    with pytest.raises(service.CopyIsSealed):
        service.reprint(session, job.id or 0, key="c", at=at)


def test_a_printer_out_of_service_is_stood_in_for(session: Session, agent: Agent, at: datetime) -> None:
    kitchen = queries.find_printer(session, "kitchen")
    assert kitchen is not None and kitchen.id is not None
    fields = {"name": "Cuisine", "address": "virtual://kitchen", "columns": 48}
    service.change_printer(session, kitchen.id, **fields, fallback_id=kitchen.fallback_id, active=False)
    assert queue(session, at).printer_id == kitchen.fallback_id
    with pytest.raises(rules.OwnFallback):
        service.change_printer(session, kitchen.id, **fields, fallback_id=kitchen.id, active=True)


def test_health_is_known_and_trouble_is_told(session: Session, agent: Agent, at: datetime) -> None:
    told = [
        {"name": "kitchen", "online": True, "paper": "out", "detail": "plus de papier"},
        {"name": "bar", "online": True, "paper": "enough", "detail": ""},
        {"name": "stranger", "online": False},
    ]
    service.note_health(session, agent, told, at=at)
    assert [printer.code for printer in queries.list_troubled(session, at)] == ["kitchen"]
    assert [printer.code for printer in queries.list_troubled(session, at + timedelta(minutes=5))] == ["bar", "kitchen"]


def test_a_test_page_can_be_printed_by_any_printer(session: Session, agent: Agent, at: datetime) -> None:
    for language in ("fr", "en"):
        printer = queries.find_printer(session, "bar")
        assert printer is not None
        document = make_test_page(printer, at, language)
        assert from_json(service.queue(session, document, printer_code="bar", key=language, at=at).document) == document


def test_queueing_costs_two_statements(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        furnish(session, at)
    with count_statements(fresh_database) as statements, fresh_database.write() as session:
        queue(session, at)
    assert statements.count == 2


@pytest.mark.race
def test_two_agents_never_get_the_same_job(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        furnish(session, at)
        for n in range(40):
            queue(session, at, f"k{n}")
    taken: list[int | None] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        for _round in range(5):
            with fresh_database.write() as session:
                agent = queries.list_agents(session)[0]
                taken.extend(job.id for job, _printer in service.claim_jobs(session, agent, at, limit=3))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 40


def test_the_clock_sweeps(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        furnish(session, at)
        queue(session, at)
    jobs.sweep(fresh_database, at + timedelta(days=1))
    with fresh_database.read() as session:
        assert queries.list_jobs(session, states=[JobState.EXPIRED])[0].printer_name == "Cuisine"


@given(st.sampled_from(list(JobState)), st.sampled_from(list(JobState)))
def test_nothing_leaves_a_final_state(state: JobState, to: JobState) -> None:
    if state in (JobState.PRINTED, JobState.EXPIRED):
        with pytest.raises(MoveNotPossible):
            rules.check_move(state, to)


# -- a printer is down -------------------------------------------------------------------------------------------------


def printer_of(session: Session, code: str) -> Printer:
    printer = queries.find_printer(session, code)
    assert printer is not None
    return printer


def fail_twice(session: Session, agent: Agent, at: datetime, detail: str = "imprimante injoignable (10.0.0.9)") -> None:
    tell(session, claim(session, agent, at), "failed", at, detail)
    tell(session, claim(session, agent, at + timedelta(seconds=5)), "failed", at + timedelta(seconds=5), detail)


def test_a_failed_job_says_at_once_that_its_printer_is_down(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    tell(session, claim(session, agent, at), "failed", at, "plus de papier")
    assert printer_of(session, "kitchen").health == "no_paper"
    (told,) = [one for one in queries.tell_printers(session, at) if one.health == "no_paper"]
    assert (told.name, told.stand_in, told.unknown) == ("Cuisine", "Bar", 0)
    job = claim(session, agent, at + timedelta(seconds=5))
    tell(session, job, "sending", at)
    tell(session, job, "printed", at + timedelta(seconds=6))
    assert printer_of(session, "kitchen").health == rules.HEALTHY


@pytest.mark.parametrize("detail", ["agent arrêté avant l’impression", "serveur injoignable avant l’impression", ""])
def test_what_the_agent_says_of_itself_is_not_the_printers_fault(
    session: Session, agent: Agent, at: datetime, detail: str
) -> None:
    queue(session, at)
    tell(session, claim(session, agent, at), "failed", at, detail)
    assert printer_of(session, "kitchen").health == "unseen"


def test_while_a_printer_is_down_the_next_papers_go_elsewhere_without_a_wait(
    session: Session, agent: Agent, at: datetime
) -> None:
    queue(session, at)
    fail_twice(session, agent, at)
    soon = at + timedelta(seconds=10)
    second = queue(session, soon, "k2")
    assert (second.printer_id, second.meant_for_id) == (
        printer_of(session, "bar").id,
        printer_of(session, "kitchen").id,
    )
    test = service.queue(session, ticket("test_page"), printer_code="kitchen", key="test", at=soon)
    assert test.printer_id == printer_of(session, "kitchen").id
    # Nobody has heard of it for long: that is no news to send paper away for.
    assert queue(session, soon + timedelta(minutes=5), "k3").printer_id == printer_of(session, "kitchen").id


def test_when_the_printer_is_back_no_ghost_comes_out_of_it(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    fail_twice(session, agent, at)
    soon = at + timedelta(seconds=6)
    [(job, printer)] = service.claim_jobs(session, agent, soon)
    assert printer.code == "bar"
    tell(session, job, "sending", soon)
    tell(session, job, "printed", soon)
    back = [{"name": "kitchen", "online": True, "paper": "enough"}]
    service.note_health(session, agent, back, at=soon)
    assert service.claim_jobs(session, agent, soon + timedelta(minutes=1)) == []
    assert queue(session, soon, "k2").printer_id == printer_of(session, "kitchen").id


def test_when_both_are_down_each_is_tried_in_its_turn_until_one_is_back(
    session: Session, agent: Agent, at: datetime
) -> None:
    queue(session, at)
    tried = []
    for _attempt in range(6):
        at += timedelta(seconds=61)
        service.note_health(session, agent, [], at=at)
        [(job, printer)] = service.claim_jobs(session, agent, at)
        tried.append(printer.code)
        tell(session, job, "failed", at, "imprimante injoignable")
    assert tried == ["kitchen", "kitchen", "bar", "bar", "kitchen", "kitchen"]


def test_a_doubt_is_told_as_long_as_it_is_worth_asking(session: Session, agent: Agent, at: datetime) -> None:
    queue(session, at)
    job = claim(session, agent, at)
    tell(session, job, "sending", at)
    before = queries.stamp_printers(session, at)
    tell(session, job, "unknown", at, "connexion coupée pendant l’impression")
    assert queries.stamp_printers(session, at) != before
    assert {one.code: one.unknown for one in queries.tell_printers(session, at)} == {"bar": 0, "kitchen": 1}
    tomorrow = at + timedelta(days=1)
    assert {one.unknown for one in queries.tell_printers(session, tomorrow)} == {0}


def test_the_drawer_opens_for_cash_only_and_only_once(session: Session, agent: Agent, at: datetime) -> None:
    chit = Document(kind="chit", title="Table 4", blocks=(Text("Soupe"), Kick()))
    with pytest.raises(rules.DrawerStaysShut):
        service.queue(session, chit, printer_code="bar", key="k", at=at)
    receipt = Document(kind="receipt", title="R1-1", blocks=(Text("Soupe"), Kick()))
    job = service.queue(session, receipt, printer_code="bar", key="r", at=at)
    assert from_json(job.document).blocks[-1] == Kick()
    assert Kick() not in duplicate_of(receipt, 1).blocks


def test_the_code_pages_offered_are_pages_a_printer_can_be_told(at: datetime) -> None:
    assert {page.lower() for page in rules.CODE_PAGES} <= set(CODE_PAGES)
    for page in rules.CODE_PAGES:
        printer = Printer(code="x", name="Essai", address="virtual://x", code_page=page)
        assert render(make_test_page(printer, at), profile_from({"code_page": page, "columns": 32}))


def test_the_agent_is_told_all_that_a_printer_is_like(session: Session, agent: Agent) -> None:
    printer = printer_of(session, "bar")
    facts = {"name": "Bar", "address": "tcp://10.0.0.8:9100", "columns": 32, "code_page": "CP858", "active": True}
    plain = {"qr": "image", "knife": False, "drawer_pin": 5, "cancel_kanji": True}
    service.change_printer(session, printer.id or 0, fallback_id=None, **facts, **plain)
    told = agent_api._printer_data(printer)
    profile = profile_from(told)
    assert (profile.columns, profile.code_page, profile.qr, profile.drawer_pin) == (32, "cp858", "image", 5)
    assert (profile.knife, profile.cancel_kanji) == (False, True)
