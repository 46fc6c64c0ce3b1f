"""The process in the building, against a small house and printers that fail: never twice, never lost, never a lie."""

import itertools
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from printers.agent import Agent
from printers.devices import ANSWER_SECONDS
from printers.document import Cut, Document, Text
from printers.escpos import interpret
from printers.layout import Element
from printers.render import load_escpos, render
from printers.server import Answer, Server, ServerUnreachable
from printers.spool import Entry, Spool, SpoolInUse
from printers.virtual import Faults, VirtualPrinter
from tests.harness.patience import PATIENCE_SECONDS
from tests.printers.conftest import Patient
from tests.printers.house import TOKEN, House, quickly, soon
from tests.printers.samples import SAMPLES, receipt
from tests.printers.test_devices import free_port

Run = Callable[[House], AbstractContextManager[Agent]]


def numbered(number: int) -> Document:
    """Return a document whose first line is unlike any other's, long enough to die in."""
    return Document("receipt", (Text(f"Ticket {number}"), *(Text(f"ligne {line}") for line in range(40)), Cut()))


def times_begun(drawn: list[Element], number: int) -> int:
    """Return how often a document was begun on this paper."""
    return sum(getattr(element, "text", "") == f"Ticket {number}" for element in drawn)


class HeldPrinter(VirtualPrinter):
    """A printer that takes a first piece, and nothing more until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def rest(self, seconds: float) -> None:
        self.go_on.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module", autouse=True)
def _library() -> None:
    """Load it before the clocks run, as the agent does."""
    load_escpos()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    @contextmanager
    def running(house: House) -> Iterator[Agent]:
        spool = Spool(tmp_path / "spool")
        agent = Agent(Server(house.url, TOKEN), spool, name="bâtiment A", folder=tmp_path / "paper")
        thread = threading.Thread(target=agent.run)
        thread.start()
        try:
            yield agent
        finally:
            agent.stop()
            thread.join(PATIENCE_SECONDS)
            spool.close()
        assert not thread.is_alive()

    return running


# -- the good day -----------------------------------------------------------------------------------------------------


def test_every_document_is_printed_and_said_to_be(run: Run) -> None:
    with House() as house, VirtualPrinter() as printer, run(house) as agent:
        for number, sample in enumerate(SAMPLES):
            house.queue(number, printer.address, sample())
        for number in range(len(SAMPLES)):
            assert house.outcome(number).state == "printed"
            assert house.states(number) == ["sending", "printed"]
        soon(lambda: agent.spool.list_entries() == [])
    assert tuple(printer.drawn) == tuple(element for sample in SAMPLES for element in interpret(render(sample())))
    assert printer.errors == []


def test_from_the_tap_to_the_last_byte_is_less_than_300_ms(run: Run) -> None:
    with House() as house, VirtualPrinter() as printer, run(house):
        house.wait_for(lambda: house.polls > 0)
        numbers = itertools.count()

        def print_one() -> float:
            number, began = next(numbers), time.monotonic()
            house.queue(number, printer.address, receipt())
            house.outcome(number)
            return time.monotonic() - began

        quickly(lambda: statistics.median(print_one() for _ in range(9)), 0.3)


def test_virtual_printers_need_no_printer(run: Run, tmp_path: Path) -> None:
    with House() as house, run(house):
        house.queue(1, "virtual://cuisine", receipt())
        assert house.outcome(1).state == "printed"
    assert len(list((tmp_path / "paper").glob("cuisine-*.png"))) == 1


def test_the_house_hears_how_its_printers_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("printers.agent.HEALTH_SECONDS", 0.2)
    with House() as house, VirtualPrinter(faults=Faults(paper="low")) as printer:
        house.printers_named = [
            {"name": "comptoir", "address": printer.address, "columns": 48, "code_page": "cp1252"},
            {"name": "bar", "address": f"tcp://127.0.0.1:{free_port()}", "columns": 32, "code_page": "CP-1252"},
        ]
        with run(house):
            house.queue(1, printer.address, receipt())
            assert house.outcome(1).detail == "bientôt plus de papier"
            house.wait_for(lambda: bool(house.health) and len(house.health[-1]["printers"]) == 2)
        told = {printer["name"]: printer for printer in house.health[-1]["printers"]}
        assert told["comptoir"] == {"name": "comptoir", "online": True, "paper": "low", "detail": ""}
        assert (told["bar"]["online"], told["bar"]["paper"]) == (False, "unknown")
        # After a restart it looks at them before anybody prints, and no longer at those that are gone.
        house.health.clear()
        house.printers_named = house.printers_named[:1]
        with run(house):
            house.wait_for(lambda: bool(house.health) and house.health[-1]["printers"] == [told["comptoir"]])


# -- printers that fail -----------------------------------------------------------------------------------------------

LENGTH = len(render(numbered(1)))


@pytest.mark.parametrize("at", [0, 1, 2, 3, 5, 8, 13, 21, 55, 144, 233, LENGTH // 2, LENGTH - 2, LENGTH - 1, LENGTH])
def test_a_printer_that_dies_at_any_byte_leaves_an_honest_answer(run: Run, at: int) -> None:
    with House() as house, VirtualPrinter(faults=Faults(die_at=at)) as printer, run(house):
        house.queue(1, printer.address, numbered(1))
        house.queue(2, printer.address, numbered(2))
        first, second = house.outcome(1), house.outcome(2)
    assert first.state == ("failed" if at == 0 else "unknown")
    assert first.detail
    assert second.state == "printed"
    assert times_begun(printer.drawn, 1) <= 1
    assert times_begun(printer.drawn, 2) == 1


@pytest.mark.parametrize(
    ("faults", "state", "detail"),
    [
        (Faults(paper="out"), "failed", "plus de papier"),
        (Faults(cover_open=True), "failed", "capot ouvert"),
        (Faults(paper_out_at=300), "unknown", "plus de papier"),
        (Faults(mute=True), "printed", "l’imprimante ne dit pas son état"),
        (Faults(garbage=True), "printed", "l’imprimante ne dit pas son état"),
        (Faults(mute=True, die_at=300), "unknown", "connexion coupée pendant l’impression"),
        (Faults(piece=64, rest_seconds=0.05), "printed", ""),
    ],
)
def test_each_fault_of_a_printer_is_told_as_it_is(
    run: Run, wait_for_answers: Patient, faults: Faults, state: str, detail: str
) -> None:
    if faults.mute:
        wait_for_answers(ANSWER_SECONDS)
    with House() as house, VirtualPrinter(faults=faults) as printer, run(house):
        house.queue(1, printer.address, numbered(1))
        outcome = house.outcome(1)
    assert (outcome.state, outcome.detail) == (state, detail)
    assert times_begun(printer.drawn, 1) == (state != "failed")


def test_a_mute_printer_is_not_waited_for_twice(run: Run, wait_for_answers: Patient) -> None:
    wait_for_answers(ANSWER_SECONDS)
    with House() as house, VirtualPrinter(faults=Faults(mute=True)) as printer, run(house):
        house.queue(1, printer.address, numbered(1))
        house.outcome(1)
        wait_for_answers(100 * PATIENCE_SECONDS)  # whoever asked it again would not be seen again
        house.queue(2, printer.address, numbered(2))
        assert house.outcome(2).state == "printed"


def test_nobody_at_the_address_fails_and_prints_once_the_printer_is_back(run: Run) -> None:
    port = free_port()
    with House() as house, run(house):
        house.queue(1, f"tcp://127.0.0.1:{port}", numbered(1))
        assert "injoignable" in house.outcome(1).detail
        assert house.outcome(1).state == "failed"
        with VirtualPrinter(port) as printer:
            house.offer_again(1)
            house.wait_for(lambda: "printed" in house.states(1))
    assert times_begun(printer.drawn, 1) == 1


def test_a_dead_printer_keeps_no_other_waiting(run: Run, wait_for_answers: Patient) -> None:
    wait_for_answers(100 * PATIENCE_SECONDS)  # who waits for the dead one waits for ever
    with socket.create_server(("127.0.0.1", 0)) as silent, House() as house, VirtualPrinter() as printer, run(house):
        dead = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        house.wait_for(lambda: house.polls > 0)
        for number in range(5):
            house.queue(number, dead, numbered(number), name="cuisine")
        house.wait_for(lambda: house.states(0) == ["sending"])
        for number in range(10, 13):
            house.queue(number, printer.address, numbered(number))
            assert house.outcome(number).state == "printed"
        assert [house.states(number) for number in range(5)] == [["sending"], [], [], [], []]


def test_a_document_that_cannot_be_read_fails_and_says_so(run: Run) -> None:
    with House() as house, VirtualPrinter() as printer, run(house):
        house.queue(1, printer.address, {"kind": "receipt", "blocks": [{"type": "picture"}]})
        house.jobs[2] = type(house.jobs[1])({"id": 2, "printer": {"name": "x"}, "document": {}})
        house.queue(3, printer.address, numbered(3))
        assert "document illisible" in house.outcome(1).detail
        assert "document illisible" in house.outcome(2).detail
        assert house.outcome(3).state == "printed"
    assert len(printer.jobs) == 1


# -- a server that fails ----------------------------------------------------------------------------------------------


def test_a_job_that_the_house_takes_back_is_not_printed(run: Run) -> None:
    with House() as house, HeldPrinter() as printer, run(house) as agent:
        house.queue(1, printer.address, numbered(1))
        house.queue(2, printer.address, numbered(2))
        house.wait_for(lambda: house.states(1) == ["sending"] and house.jobs[2].state == "leased")
        house.give_away(2)
        printer.go_on.set()
        house.wait_for(lambda: any(said.job_id == 2 for said in house.heard))
        house.outcome(1)
        soon(lambda: agent.spool.find(2) is None)
    assert times_begun(printer.drawn, 2) == 0


def test_the_outcome_is_told_when_the_server_is_back(run: Run) -> None:
    house, printer = House(port=free_port()), HeldPrinter()
    with printer, house, run(house) as agent:
        house.queue(1, printer.address, numbered(1))
        house.wait_for(lambda: house.states(1) == ["sending"])
        house.__exit__(None, None, None)
        printer.go_on.set()
        soon(lambda: [entry.state for entry in agent.spool.list_entries()] == ["printed"])
        house.__enter__()
        assert house.outcome(1).state == "printed"
    assert times_begun(printer.drawn, 1) == 1


def test_an_answer_that_got_lost_prints_nothing_twice(run: Run) -> None:
    """The house did not hear `printed` and hands the job out again: it is told, not printed again."""
    with House() as house, VirtualPrinter() as printer, run(house):
        house.queue(2, printer.address, numbered(2))
        with house.changed:
            # From its next word on, nothing of job 2 is believed: its lease ran out.
            house.changed.wait_for(lambda: "sending" in house.states(2), PATIENCE_SECONDS)
            house.jobs[2].lease = "run out"
        house.wait_for(lambda: any(said.job_id == 2 and not said.accepted for said in house.heard))
        house.offer_again(2)
        assert house.outcome(2).state == "printed"
    assert times_begun(printer.drawn, 2) == 1


def test_a_job_handed_out_twice_while_it_waits_is_printed_once_under_its_last_lease(run: Run) -> None:
    with House() as house, HeldPrinter() as printer, run(house):
        house.queue(1, printer.address, numbered(1))
        house.wait_for(lambda: house.states(1) == ["sending"])
        house.queue(2, printer.address, numbered(2))
        house.wait_for(lambda: house.jobs[2].state == "leased")
        first = house.jobs[2].lease
        house.offer_again(2)
        house.wait_for(lambda: house.jobs[2].state == "leased" and house.jobs[2].lease != first)
        printer.go_on.set()
        assert house.outcome(2).state == "printed"
    assert times_begun(printer.drawn, 2) == 1


@pytest.mark.parametrize("broken", [401, 404, 500, 503])
def test_a_server_that_refuses_is_tried_again_and_again(run: Run, broken: int) -> None:
    with House(broken=broken) as house, VirtualPrinter() as printer, run(house):
        house.queue(1, printer.address, numbered(1))
        time.sleep(0.6)
        assert printer.jobs == []
        house.broken = None
        assert house.outcome(1).state == "printed"


def test_a_line_that_the_server_closed_is_opened_again() -> None:
    with House() as house:
        server = Server(house.url, TOKEN)
        house.deaf_to = {"printed"}
        house.queue(1, "virtual://x", receipt())
        answer = server.post("/agent/jobs/next", {"wait_seconds": 1})
        assert answer.accepted
        body = {"lease": answer.data["jobs"][0]["lease"], "state": "printed"}
        with pytest.raises(ServerUnreachable):
            server.post("/agent/jobs/1/state", body)
        # Heard twice, for the used line got a second try; both times the house was deaf.
        assert [said.state for said in house.heard] == ["printed", "printed"]
        house.deaf_to = set()
        assert server.post("/agent/jobs/1/state", body) == Answer(200, {})
        server.close()


# -- this process fails -----------------------------------------------------------------------------------------------


Start = Callable[[House], subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def starting(house: House) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "printers.agent", "--server", house.url, "--spool", str(tmp_path / "spool")]
        environment = {**os.environ, "PRINTERS_TOKEN": TOKEN}
        agent = subprocess.Popen(
            [*command, "--folder", str(tmp_path / "paper")], env=environment, stderr=subprocess.DEVNULL
        )
        started.append(agent)
        return agent

    yield starting
    for agent in started:
        agent.kill()
        agent.wait()


@pytest.mark.parametrize("after", [0.0, 0.05, 0.15, 0.3, 0.45])
def test_an_agent_killed_in_the_middle_of_a_job_never_prints_it_again(
    start: Start, tmp_path: Path, after: float
) -> None:
    with House() as house, VirtualPrinter(faults=Faults(piece=64, rest_seconds=0.05)) as printer:
        agent = start(house)
        house.queue(1, printer.address, numbered(1))
        house.wait_for(lambda: house.states(1) == ["sending"])
        time.sleep(after)
        agent.send_signal(signal.SIGKILL)
        agent.wait()
        begun_before = [path for path in (tmp_path / "spool").glob("job-1.json") if "sending" in path.read_text()]
        # The house knows nothing: the lease runs out and the job is handed out again.
        house.offer_again(1)
        agent = start(house)
        outcome = house.outcome(1)
        house.queue(2, printer.address, numbered(2))
        assert house.outcome(2).state == "printed"
        agent.terminate()
        assert agent.wait(PATIENCE_SECONDS) == 0
    # Where not a byte had gone out it may be printed now, or fail and be handed out again.
    assert outcome.state in (("unknown",) if begun_before else ("failed", "printed"))
    assert times_begun(printer.drawn, 1) <= 1
    assert times_begun(printer.drawn, 2) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_two_seconds_in_the_middle_of_a_long_poll(start: Start, number: signal.Signals) -> None:
    def stop_one() -> float:
        with House() as house:
            agent = start(house)
            house.wait_for(lambda: house.polls > 0)
            began = time.monotonic()
            agent.send_signal(number)
            assert agent.wait(PATIENCE_SECONDS) == 0
            return time.monotonic() - began

    quickly(stop_one, 2)


def test_it_stays_small(start: Start) -> None:
    with House() as house, VirtualPrinter() as printer:
        agent = start(house)
        for job_id, address in ((1, printer.address), (2, "virtual://bar"), (3, printer.address)):
            house.queue(job_id, address, receipt(), name=address)
            assert house.outcome(job_id).state == "printed"
        status = Path(f"/proc/{agent.pid}/status").read_text()
        agent.terminate()
        agent.wait()
    resident_kib = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    assert resident_kib < 45 * 1024


def test_a_full_disk_stops_no_printer_for_ever(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with House() as house, VirtualPrinter() as printer, run(house):
        write = Spool._write

        def full(spool: Spool, name: str, data: Any) -> None:
            if name == "job-1.json" and data["state"] == "sending":
                raise OSError(28, "No space left on device")
            write(spool, name, data)

        monkeypatch.setattr(Spool, "_write", full)
        monkeypatch.setattr("printers.agent.log.exception", lambda *_: None)
        house.queue(1, printer.address, numbered(1))
        # Not a byte went out, but after a crash nobody could know: a person looks.
        assert house.outcome(1).state == "unknown"
        house.queue(2, printer.address, numbered(2))
        assert house.outcome(2).state == "printed"
    assert times_begun(printer.drawn, 1) == 0


# -- the memory on disk -----------------------------------------------------------------------------------------------


def test_the_spool_remembers_across_runs(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.record(Entry(1, "a", "taken"))
    spool.record(Entry(1, "a", "sending"))
    spool.record(Entry(2, "b", "printed"))
    spool.record(Entry(3, "c", "printed"))
    spool.forget(Entry(3, "c", "printed"))
    spool.forget(Entry(2, "another lease", "printed"))
    spool.refuse(Entry(2, "another lease", "printed"))
    with pytest.raises(SpoolInUse):
        Spool(tmp_path)
    spool.close()
    again = Spool(tmp_path)
    assert sorted(again.list_entries(), key=lambda entry: entry.id) == [
        Entry(1, "a", "sending"),
        Entry(2, "b", "printed"),
    ]
    again.refuse(Entry(2, "b", "printed"))
    again.close()
    os.utime(tmp_path / "job-2.json", (0, 0))
    last = Spool(tmp_path)
    assert last.list_entries() == [Entry(1, "a", "sending")]
    last.close()


_STARTS_AN_AGENT = """
import os, subprocess, sys, time
agent = subprocess.Popen([*sys.argv[1:], "--parent", str(os.getpid())], start_new_session=True)
print(agent.pid, flush=True)
time.sleep(300)
"""


def test_an_agent_does_not_outlive_the_house_that_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "printers.agent", "--server", "http://127.0.0.1:1", "--token", TOKEN]
    house = subprocess.Popen(
        [sys.executable, "-c", _STARTS_AN_AGENT, *command, "--spool", str(tmp_path / "spool")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert house.stdout is not None
    agent_pid = int(house.stdout.readline())
    soon(lambda: (tmp_path / "spool").exists())
    assert runs(agent_pid)
    house.kill()
    house.wait()
    house.stdout.close()
    soon(lambda: not runs(agent_pid))


def runs(pid: int) -> bool:
    """Tell whether a process still works: one that has ended has no words left, even while nobody has asked for it."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def test_the_programs_say_how_they_are_used() -> None:
    for module in ("printers.agent", "printers.virtual"):
        done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True)
        assert "usage" in done.stdout


def test_the_virtual_printer_runs_on_its_own(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "printers.virtual", "--port", "0", "--folder", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    address = program.stdout.readline().split()[3].rstrip(",").removeprefix("tcp://")
    host, port = address.split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(render(receipt()))
    soon(lambda: bool(list(tmp_path.glob("paper-*.bin"))))
    program.terminate()
    assert program.wait(PATIENCE_SECONDS) == 0
    program.stdout.close()
    assert len(list(tmp_path.glob("paper-*.png"))) == 1
