"""The process in the building: fetches jobs over HTTP, prints them, says what became of them.

    python -m printers.agent --server http://127.0.0.1:8001 --token … --spool var/spool

Whatever happens to server, printer or this process: nothing is printed twice, and what may be half printed is said
to be `unknown`, so that a person looks at the paper and decides.
"""

import argparse
import contextlib
import logging
import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from printers.devices import (
    UNKNOWN,
    Device,
    DeviceDied,
    DeviceStatus,
    DeviceUnavailable,
    open_device,
)
from printers.document import from_data
from printers.render import Profile, load_escpos, profile_from, render
from printers.server import Answer, Server, ServerUnreachable
from printers.spool import Entry, Spool, SpoolInUse

log: Final = logging.getLogger("printers.agent")

WAIT_SECONDS: Final = 2
HEALTH_SECONDS: Final = 15.0
LONGEST_BACK_OFF: Final = 5.0
# A printer that answered before the job is given this long to answer after it: it may still be printing.
PATIENCE_AFTER_JOB: Final = 10.0
# A printer that did not answer is not asked again for so long: waiting for it would slow every receipt.
MUTE_SECONDS: Final = 300.0
# Connect, ask, answer: what a first look at a printer takes at most.
_LOOK_SECONDS: Final = 3.0
_STOP_SECONDS: Final = 1.5
_TRIES_TO_SAY_SENDING: Final = 3


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer as the server describes it."""

    name: str
    address: str
    profile: Profile
    described: dict[str, Any]


@dataclass(slots=True)
class Job:
    """Something to print; the lease is renewed when the server hands the job out again while it waits here."""

    id: int
    lease: str
    printer: Printer
    document: dict[str, Any]
    taken_at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    state: str
    detail: str = ""


class Agent:
    """Fetches jobs for all printers and hands each to the worker of its printer."""

    def __init__(self, server: Server, spool: Spool, *, name: str, folder: Path | None = None) -> None:
        """Prepare; nothing runs before run()."""
        self.server, self.spool, self.name, self.folder = server, spool, name, folder
        self.stopping = threading.Event()
        self._guard = threading.Lock()
        self._held: dict[int, Job] = {}
        self._telling: set[int] = set()
        self._printers: dict[str, Printer] = {}
        self._workers: dict[str, Worker] = {}

    def run(self) -> None:
        """Work until stopped."""
        self._recover()
        for described in self.spool.list_printers():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                self._worker_for(printer_from(described))
        health = threading.Thread(target=self._tell_health, name="health", daemon=True)
        health.start()
        back_off = 0.0
        while not self.stopping.is_set():
            try:
                self._report_all()
                self._take_all(self._fetch())
                back_off = 0.0
            except (ServerUnreachable, OSError) as error:
                back_off = min(max(0.25, 2 * back_off), LONGEST_BACK_OFF)
                if not self.stopping.is_set():
                    log.warning("server: %s; again in %.2g s", error, back_off)
                self.stopping.wait(back_off)
        self._join([health])

    def stop(self) -> None:
        """End soon; may be called from a signal handler."""
        self.stopping.set()
        self.server.hang_up()

    def begin_sending(self, job: Job) -> bool:
        """Tell the server that a job goes out now; return whether it still wants that."""
        for attempt in range(_TRIES_TO_SAY_SENDING):
            entry = Entry(job.id, job.lease, "taken")
            self.spool.record(entry)
            try:
                answer = self._tell(entry.id, entry.lease, "sending")
            except ServerUnreachable:
                self.stopping.wait(0.5 * 2**attempt)
                continue
            if answer.accepted:
                return True
            # The lease may have been renewed while this was on its way.
            if job.lease == entry.lease:
                log.warning("job %d: no longer ours (HTTP %d)", job.id, answer.status)
                self._drop(job, entry)
                return False
        self.settle(job, Outcome("failed", "serveur injoignable avant l’impression"))
        return False

    def settle(self, job: Job, outcome: Outcome) -> None:
        """Write down what became of a job and tell the server; if it cannot hear, it is told later."""
        entry = Entry(job.id, job.lease, outcome.state, outcome.detail)
        self.spool.record(entry)
        with self._guard:
            self._held.pop(job.id, None)
        log.info(
            "job %d: %s %s (%.0f ms)", job.id, outcome.state, outcome.detail, 1000 * (time.monotonic() - job.taken_at)
        )
        with contextlib.suppress(ServerUnreachable):
            self._report(entry)

    def _drop(self, job: Job, entry: Entry) -> None:
        """Forget a job of which nothing went out and which the server gives to somebody else."""
        self.spool.forget(entry)
        with self._guard:
            self._held.pop(job.id, None)

    def abandon(self, job: Job) -> None:
        """Say what can be said of a job during which this program itself failed."""
        entry = self.spool.find(job.id) or Entry(job.id, job.lease, "taken")
        state = {"taken": "failed", "sending": "unknown"}.get(entry.state, entry.state)
        with contextlib.suppress(OSError):
            self.spool.record(replace(entry, state=state, detail=entry.detail or "erreur de l’agent"))
        with self._guard:
            self._held.pop(job.id, None)

    def serves(self, address: str) -> bool:
        """Return whether a printer of the house still has this address."""
        with self._guard:
            return any(printer.address == address for printer in self._printers.values())

    def _recover(self) -> None:
        """Turn what the last run left open into an outcome: no byte went out, or nobody knows how many did."""
        for entry in self.spool.list_entries():
            if entry.state == "taken":
                self.spool.record(replace(entry, state="failed", detail="agent arrêté avant l’impression"))
            elif entry.state == "sending":
                self.spool.record(replace(entry, state="unknown", detail="agent arrêté pendant l’impression"))

    def _fetch(self) -> list[dict[str, Any]]:
        body = {"agent": self.name, "wait_seconds": WAIT_SECONDS}
        answer = self.server.post("/agent/jobs/next", body, patience=WAIT_SECONDS)
        if answer.status == 204:
            return []
        if not answer.accepted or not isinstance(answer.data, dict):
            raise ServerUnreachable(f"HTTP {answer.status}")
        jobs = answer.data.get("jobs")
        return jobs if isinstance(jobs, list) else []

    def _take_all(self, jobs: Iterable[dict[str, Any]]) -> None:
        for data in jobs:
            try:
                self._take(job_from(data))
            except (ValueError, KeyError, TypeError) as error:
                self._refuse(data, error)

    def _take(self, job: Job) -> None:
        with self._guard:
            waiting = self._held.get(job.id)
            if waiting is not None:
                waiting.lease = job.lease
                return
        entry = self.spool.find(job.id)
        if entry is not None and entry.state != "failed":
            # It was printed, or may have been, and the server never heard: the answer is told, the paper not repeated.
            self.spool.record(replace(entry, lease=job.lease, refused=False))
            return
        with self._guard:
            self._held[job.id] = job
        self._worker_for(job.printer).jobs.put(job)

    def _refuse(self, data: Any, error: Exception) -> None:
        """Say of a job that cannot be understood that it failed, so that it is seen."""
        log.error("a job that cannot be understood: %s", error)
        with contextlib.suppress(KeyError, TypeError, ValueError):
            self.spool.record(Entry(int(data["id"]), str(data["lease"]), "failed", f"document illisible : {error}"))

    def _worker_for(self, printer: Printer) -> "Worker":
        with self._guard:
            is_new = self._printers.get(printer.name) != printer
            self._printers[printer.name] = printer
            worker = self._workers.get(printer.address)
            if worker is None:
                worker = self._workers[printer.address] = Worker(self, printer.address)
                worker.start()
            described = [known.described for known in self._printers.values()]
        if is_new:
            self.spool.keep_printers(described)
        return worker

    def _report_all(self) -> None:
        """Tell the server every outcome that it has not heard yet."""
        for entry in self.spool.list_entries():
            if entry.state not in ("taken", "sending") and not entry.refused:
                self._report(entry)

    def _report(self, entry: Entry) -> None:
        """Tell the server one outcome, once at a time."""
        with self._guard:
            if entry.id in self._telling:
                return
            self._telling.add(entry.id)
        try:
            self._settle_with_server(entry)
        finally:
            with self._guard:
                self._telling.discard(entry.id)

    def _settle_with_server(self, entry: Entry) -> None:
        answer = self._tell(entry.id, entry.lease, entry.state, entry.detail)
        if answer.accepted:
            self.spool.forget(entry)
        else:
            log.warning("job %d: the server refuses to hear %s (HTTP %d)", entry.id, entry.state, answer.status)
            self.spool.refuse(entry)

    def _tell(self, job_id: int, lease: str, state: str, detail: str = "") -> Answer:
        body = {"lease": lease, "state": state, "detail": detail}
        return self.server.post(f"/agent/jobs/{job_id}/state", body)

    def _tell_health(self) -> None:
        wait = 0.0
        while not self.stopping.wait(wait):
            wait = HEALTH_SECONDS
            with contextlib.suppress(ServerUnreachable, OSError):
                answer = self.server.post("/agent/health", {"agent": self.name, "printers": self.health()})
                if self._learn(answer):
                    # The workers look at the printers they did not know; the house hears of it soon.
                    wait = min(_LOOK_SECONDS, HEALTH_SECONDS)
        self.server.close()

    def health(self) -> list[dict[str, Any]]:
        """Return how each printer was when it was last looked at."""
        with self._guard:
            known = [(printer.name, self._workers[printer.address].health) for printer in self._printers.values()]
        return [{"name": name, **health.as_data()} for name, health in known if health is not None]

    def _learn(self, answer: Answer) -> bool:
        """Take up the printers that the server names, drop those it no longer does; return whether any is unseen."""
        named = answer.data.get("printers") if answer.accepted and isinstance(answer.data, dict) else None
        if not isinstance(named, list):
            return False
        printers = []
        for described in named:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                printers.append(printer_from(described))
        with self._guard:
            kept = {printer.name for printer in printers}
            self._printers = {name: printer for name, printer in self._printers.items() if name in kept}
        return any(self._worker_for(printer).health is None for printer in printers)

    def _join(self, others: list[threading.Thread]) -> None:
        """Give jobs that are going out a moment to end; what does not is found in the spool at the next start."""
        with self._guard:
            threads = [*others, *self._workers.values()]
        until = time.monotonic() + _STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.server.close()


@dataclass(frozen=True, slots=True)
class Health:
    """How a printer was when it was last looked at."""

    online: bool
    paper: str = "unknown"
    detail: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"online": self.online, "paper": self.paper, "detail": self.detail}


class Worker(threading.Thread):
    """The one thread that talks to one printer, so that a dead printer keeps nobody else waiting."""

    def __init__(self, agent: Agent, address: str) -> None:
        """Prepare; nothing runs before start()."""
        super().__init__(name=f"printer {address}", daemon=True)
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.health: Health | None = None
        self._agent = agent
        self._address = address
        self._mute_until = 0.0
        self._look_at = 0.0

    def run(self) -> None:
        """Print job after job; look at the printer when there is nothing to print."""
        while not self._agent.stopping.is_set():
            try:
                job = self.jobs.get(timeout=0.25)
            except queue.Empty:
                self._look_now_and_then()
                continue
            try:
                self._print(job)
            except Exception:
                # A full disk, a fault of ours: this job is lost to a person's judgement, the printer is not.
                log.exception("job %d", job.id)
                self._agent.abandon(job)
        self._agent.server.close()

    def _print(self, job: Job) -> None:
        try:
            data = render(from_data(job.document), job.printer.profile)
        except (ValueError, TypeError, KeyError) as error:
            self._agent.settle(job, Outcome("failed", f"document illisible : {error}"))
            return
        if self._agent.begin_sending(job):
            outcome = self._send(job, data)
            self._agent.settle(job, outcome)
        self._look_at = time.monotonic() + HEALTH_SECONDS

    def _send(self, job: Job, data: bytes) -> Outcome:
        """Send the bytes; whatever happens, say truly whether any went out."""
        try:
            device = open_device(self._address, folder=self._agent.folder, columns=job.printer.profile.columns)
        except DeviceUnavailable as error:
            self.health = Health(online=False, detail=str(error))
            return Outcome("failed", str(error))
        try:
            return self._send_to(device, job, data)
        except DeviceDied as error:
            self.health = Health(online=False, detail=str(error))
            return Outcome("unknown", str(error))
        finally:
            with contextlib.suppress(DeviceDied):
                device.close()

    def _send_to(self, device: Device, job: Job, data: bytes) -> Outcome:
        try:
            before = self._ask(device)
        except DeviceUnavailable as error:
            self.health = Health(online=False, detail=str(error))
            return Outcome("failed", str(error))
        if before.trouble:
            return Outcome("failed", before.trouble)
        # From here on only a person can say what stands on the paper, should this process end.
        self._agent.spool.record(Entry(job.id, job.lease, "sending"))
        try:
            device.send(data)
        except DeviceDied as error:
            if error.sent:
                raise
            return Outcome("failed", str(error))
        return self._outcome_after(device, before)

    def _outcome_after(self, device: Device, before: DeviceStatus) -> Outcome:
        if not before.known:
            device.close()
            return Outcome("printed", "l’imprimante ne dit pas son état")
        try:
            after = self._ask(device, patience=PATIENCE_AFTER_JOB)
        except DeviceUnavailable as error:
            raise DeviceDied(1, "connexion coupée pendant l’impression") from error
        if not after.known or after.trouble:
            return Outcome("unknown", after.trouble or "l’imprimante ne répond plus")
        return Outcome("printed", "bientôt plus de papier" if after.paper == "low" else "")

    def _ask(self, device: Device, patience: float | None = None) -> DeviceStatus:
        """Return how the printer is; one that was mute lately is not asked."""
        if patience is None and time.monotonic() < self._mute_until:
            return UNKNOWN
        status = device.status() if patience is None else device.status(patience)
        if not status.known:
            self._mute_until = time.monotonic() + MUTE_SECONDS
        self.health = Health(online=status.online and not status.trouble, paper=status.paper, detail=status.trouble)
        return status

    def _look_now_and_then(self) -> None:
        if time.monotonic() < self._look_at or not self._agent.serves(self._address):
            return
        try:
            device = open_device(self._address, folder=self._agent.folder)
            try:
                self._ask(device)
            finally:
                device.close()
        except (DeviceUnavailable, DeviceDied) as error:
            self.health = Health(online=False, detail=str(error))
        self._look_at = time.monotonic() + HEALTH_SECONDS


def job_from(data: dict[str, Any]) -> Job:
    """Return the job that the server describes."""
    document = data["document"]
    if not isinstance(document, dict):
        raise ValueError("document: an object")
    return Job(int(data["id"]), str(data["lease"]), printer_from(data["printer"]), document, time.monotonic())


def printer_from(data: dict[str, Any]) -> Printer:
    """Return the printer that the server describes."""
    return Printer(str(data["name"]), str(data["address"]), profile_from(data), dict(data))


def _outlive_nobody(agent: Agent, parent: int) -> None:
    """Stop soon after the process that started us has ended, however it ended: the next one starts an agent anew."""
    while os.getppid() == parent:
        time.sleep(_STOP_SECONDS)
    log.warning("the house that started this agent has ended")
    agent.stop()


def main() -> None:
    """Run the agent until told to stop."""
    parser = argparse.ArgumentParser(description="Prints what the house has to print.")
    parser.add_argument("--server", required=True, help="address of the inner application")
    parser.add_argument(
        "--token", default=os.environ.get("PRINTERS_TOKEN"), help="or PRINTERS_TOKEN in the environment"
    )
    parser.add_argument("--spool", type=Path, default=Path("var/spool"), help="where it remembers what it has begun")
    parser.add_argument("--folder", type=Path, default=Path("var/paper"), help="paper of virtual printers")
    parser.add_argument("--name", default=socket.gethostname())
    parser.add_argument("--parent", type=int, help="end when this process, which started us, has ended")
    wanted = parser.parse_args()
    if not wanted.token:
        parser.error("--token or PRINTERS_TOKEN is needed")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        spool = Spool(wanted.spool)
    except SpoolInUse as error:
        parser.exit(1, f"{error}\n")
    agent = Agent(Server(wanted.server, wanted.token), spool, name=wanted.name, folder=wanted.folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.stop())
    if wanted.parent:
        threading.Thread(target=_outlive_nobody, args=(agent, wanted.parent), name="parent", daemon=True).start()
    # Before the first job, so that the first customer does not wait for it.
    load_escpos()
    agent.run()
    spool.close()


if __name__ == "__main__":
    main()
