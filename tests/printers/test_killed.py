"""The agent is killed between any two bytes, and between any two things it writes down: printed once, or in doubt."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from printers.agent import Agent, Worker
from printers.devices import TcpDevice
from printers.document import Cut, Document, Text
from printers.render import render
from printers.server import Server
from printers.spool import Spool
from printers.virtual import VirtualPrinter
from tests.harness.patience import PATIENCE_SECONDS
from tests.printers.house import FINAL, TOKEN, House, soon
from tests.printers.test_agent import times_begun

SMALL = Document("receipt", (Text("Ticket 1"), Text("2 × café, 3,00 €"), Cut()))
BYTES = len(render(SMALL))


class KilledHere(BaseException):
    """No handler of the agent's sees this one: as after a SIGKILL, nothing more is written down."""


@pytest.fixture(autouse=True)
def _threads_end_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system does it for a process: its lines are closed, and nobody hears why it ended."""
    run = Worker.run

    def run_and_hang_up(worker: Worker) -> None:
        try:
            run(worker)
        finally:
            worker._agent.server.close()

    monkeypatch.setattr(Worker, "run", run_and_hang_up)
    # A short question: the one that the dead agent has left open must not be given the job.
    monkeypatch.setattr("printers.agent.WAIT_SECONDS", 0.05)
    ordinary = threading.excepthook
    monkeypatch.setattr(threading, "excepthook", lambda told: None if told.exc_type is KilledHere else ordinary(told))


@contextmanager
def living(house: House, folder: Path) -> Iterator[Agent]:
    """An agent with the memory of those before it."""
    spool = Spool(folder / "spool")
    agent = Agent(Server(house.url, TOKEN), spool, name="bâtiment A", folder=folder / "paper")
    thread = threading.Thread(target=agent.run)
    thread.start()
    try:
        yield agent
    finally:
        agent.stop()
        thread.join(PATIENCE_SECONDS)
        spool.close()


def end_of(house: House) -> str:
    """What became of the job in the end: what failed before its first byte is handed out again."""
    while True:
        house.wait_for(lambda: any(said.accepted and said.state in FINAL for said in house.heard))
        last = [said.state for said in house.heard if said.accepted][-1]
        if last in ("printed", "unknown"):
            return last
        house.heard.clear()
        house.offer_again(1)


def killed_and_started_again(tmp_path: Path, patch: pytest.MonkeyPatch, arm: Any) -> tuple[str, int]:
    """Let one agent die as `arm` says and another go on; gives the end, and how often the paper was begun."""
    dead = threading.Event()
    with House() as house, VirtualPrinter() as printer:
        with living(house, tmp_path), patch.context() as armed:
            arm(armed, dead)
            house.queue(1, printer.address, SMALL)
            assert dead.wait(PATIENCE_SECONDS)
        house.heard.clear()
        time.sleep(0.1)
        house.offer_again(1)
        with living(house, tmp_path) as agent:
            end = end_of(house)
            soon(lambda: agent.spool.list_entries() == [])
        return end, times_begun(printer.drawn, 1)


def after_bytes(count: int) -> Any:
    """Die when so many bytes have gone out."""
    send = TcpDevice.send

    def arm(patch: pytest.MonkeyPatch, dead: threading.Event) -> None:
        def send_some(device: TcpDevice, data: bytes) -> None:
            if count:
                send(device, data[:count])
            dead.set()
            raise KilledHere

        patch.setattr(TcpDevice, "send", send_some)

    return arm


@pytest.mark.parametrize("count", range(BYTES + 1))
def test_killed_between_any_two_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    end, begun = killed_and_started_again(tmp_path, monkeypatch, after_bytes(count))
    assert end == "unknown", "some bytes may have gone out: a person is asked"
    assert begun <= 1


def at_writing(number: int, *, after: bool) -> Any:
    """Die just before or just after the agent writes something down for the n-th time."""
    write = Spool._write

    def arm(patch: pytest.MonkeyPatch, dead: threading.Event) -> None:
        written = []

        def write_some(spool: Spool, name: str, data: object) -> None:
            if not name.startswith("job-"):
                return write(spool, name, data)
            written.append(name)
            if len(written) == number and after:
                write(spool, name, data)
            if len(written) >= number:
                dead.set()
                raise KilledHere
            return write(spool, name, data)

        patch.setattr(Spool, "_write", write_some)

    return arm


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("number", "ends", "times"), [(1, "printed", 1), (2, "printed", 1), (3, "unknown", 1)])
def test_killed_between_any_two_things_it_writes_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, ends: str, times: int, after: bool
) -> None:
    """Taken, sending, printed: what is on the disk decides what the next agent may do."""
    if after and number > 1:
        ends, times = {2: ("unknown", 0), 3: ("printed", 1)}[number]
    assert killed_and_started_again(tmp_path, monkeypatch, at_writing(number, after=after)) == (ends, times)
