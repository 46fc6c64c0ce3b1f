"""The clock: every package's jobs, each once in each slot of time."""

import inspect
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from types import ModuleType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from citizen_space import room, stripe_events
from citizen_space.bookings import service as bookings
from citizen_space.kit import clock, memory
from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job, run_job
from citizen_space.outbox import service as outbox
from citizen_space.registry import ROOMS, find_modules
from citizen_space.web.visit import House

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 3


def lapse_holds(database: Database, at: datetime) -> None:
    """Let holds go that nobody finished, and each room free what it had claimed for them."""
    with database.write() as session:
        for booking in bookings.lapse_expired(session, at):
            ROOMS[booking.room].release(session, booking, at)


LAPSE = Job("bookings.lapse", 15, lapse_holds)


def list_jobs(house: House) -> list[Job]:
    """Collect what every package wants done by the clock."""
    return [LAPSE, *(job for module in find_modules("jobs") for job in _jobs_of(module, house))]


def _jobs_of(module: ModuleType, house: House) -> Sequence[Job]:
    """A package that needs a door or a key makes its jobs for this house; the others just have them."""
    if not hasattr(module, "make_jobs"):
        jobs: Sequence[Job] = module.JOBS
        return jobs
    package = module.__name__.split(".")[-2]
    offered: dict[str, Any] = {
        "house": house,
        "keys": house.keys,
        "write": partial(outbox.write_letter, templates=house.templates, letters=list_letters(house)),
        "gateway": house.mail if package == "outbox" else house.payments,
        "on_paid": house.on_paid,
        "templates": house.templates,
    }
    wanted = inspect.signature(module.make_jobs).parameters
    made: Sequence[Job] = module.make_jobs(**{name: offered[name] for name in wanted})
    return made


def list_letters(house: House) -> outbox.Letters:
    """Collect what the house writes to people."""
    url = house.config.public_url
    letters = dict(room.list_letters({name: found.doors for name, found in ROOMS.items()}, url))
    letters.update(stripe_events.list_letters())
    for module in find_modules("telling"):
        letters.update(module.list_letters(url))
    return letters


class Clock:
    """Ticks in threads of this process until it is stopped."""

    def __init__(self, house: House) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._house = house
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(_AT_ONCE)},
            # A late job is done late, never dropped; several missed ticks are one.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for number, job in enumerate(list_jobs(house)):
            self._add(job, number)

        self._scheduler.add_job(memory.give_back, IntervalTrigger(minutes=1), id="memory")

    def _add(self, job: Job, number: int) -> None:
        """Tick on the borders of the job's slots, and once soon after the start."""
        soon = clock.now() + timedelta(milliseconds=500 + 100 * number)
        trigger = IntervalTrigger(seconds=job.every_seconds, start_date=_EPOCH, timezone=UTC)
        self._scheduler.add_job(self._tick, trigger, args=[job], id=job.name, next_run_time=soon)

    def _tick(self, job: Job) -> None:
        run_job(self._house.database, job, self._house.clock())

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop, after the jobs that run have ended."""
        self._scheduler.shutdown(wait=True)
