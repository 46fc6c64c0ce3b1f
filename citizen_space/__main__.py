"""The `citizen-space` command."""

import argparse
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from citizen_space import config
from citizen_space.config import Config, Misconfigured
from citizen_space.kit import memory
from citizen_space.kit.lazy import later

if TYPE_CHECKING:
    from citizen_space import app, forking, scheduler, serving, verification
    from citizen_space.fiscal import service as fiscal
    from citizen_space.fiscal import shelf
    from citizen_space.kit import clock, crypto, db, errors
    from citizen_space.kit import keys as key_store
    from citizen_space.law import service as law
    from citizen_space.ledger import service as ledger
    from citizen_space.simulation import sample
    from citizen_space.web.visit import House
else:  # each command takes the part of the house that it needs, and no other
    app, forking, scheduler, serving, verification = (
        later(f"citizen_space.{name}") for name in ("app", "forking", "scheduler", "serving", "verification")
    )
    clock, crypto, db = (later(f"citizen_space.kit.{name}") for name in ("clock", "crypto", "db"))
    shelf = later("citizen_space.fiscal.shelf")
    errors, key_store = (later(f"citizen_space.kit.{name}") for name in ("errors", "keys"))
    fiscal, law, ledger = (later(f"citizen_space.{name}.service") for name in ("fiscal", "law", "ledger"))
    sample = later("citizen_space.simulation.sample")

_COMMANDS: dict[str, tuple[Callable[[argparse.Namespace, Config], int], str]] = {}


def _command(name: str, what: str) -> Callable[[Callable[[argparse.Namespace, Config], int]], None]:
    def note(function: Callable[[argparse.Namespace, Config], int]) -> None:
        _COMMANDS[name] = (function, what)

    return note


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and the environment, once, and do what they say."""
    options = _parse(arguments)
    memory.share_one_heap()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        settings = config.load()
    except (Misconfigured, ValueError) as error:
        print(f"citizen-space: {error}", file=sys.stderr)
        return 2
    return _COMMANDS[options.command][0](options, settings)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="citizen-space", description="Till, booking and accounts of the house.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_function, what) in _COMMANDS.items():
        one = commands.add_parser(name, help=what, description=what)
        if name == "run":
            one.add_argument("--fresh", action="store_true", help="forget the data and begin anew")
        if name == "archive":
            one.add_argument("period", help="2026 or 2026-11")
        if name == "rotate-key":
            one.add_argument("--reason", required=True, help="why; it is sealed with the change")
        if name == "migration":
            one.add_argument("name", help="what it does")
    return parser.parse_args(arguments)


# -- everything on one machine --------------------------------------------------------------------------------------


@_command("run", "start everything on this machine: public, inner, clock and printers")
def run(options: argparse.Namespace, settings: Config) -> int:
    """Prepare, plant the sample establishment, and serve until Ctrl-C."""
    if options.fresh:
        _forget(settings)
    _prepare(settings)
    _plant(settings)
    house = app.build_house(settings)
    ticking, agent = scheduler.Clock(house), _Agent(settings)

    def open_doors() -> None:
        agent.start()
        _greet(settings)

    with _closing(house):
        ticking.start()
        try:
            served = [(app.public_app(house), settings.public_port), (app.inner_app(house), settings.inner_port)]
            return serving.serve(served, settings, ready=open_doors, stopping=agent.stop)
        finally:
            agent.end()
            ticking.stop()


def _forget(settings: Config) -> None:
    """Remove what an earlier run left; a production's data is not ours to remove."""
    if settings.production or not settings.sqlite:
        raise SystemExit("citizen-space: --fresh removes a trial's SQLite file, nothing else")
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    for folder in ("keys", "mail", "paper", "spool", "templates"):
        shutil.rmtree(settings.var / folder, ignore_errors=True)


def _prepare(settings: Config) -> None:
    settings.var.mkdir(parents=True, exist_ok=True)
    db.migrate(settings.database_url)


def _plant(settings: Config) -> None:
    keys = key_store.load_keys(settings.var / "keys")
    database = db.Database(settings.database_url, threads=1)
    with database.write() as session:
        sample.plant(session, at=clock.now(), keys=keys, agent_token=_agent_token(settings))
    database.dispose()


class _Agent:
    """The printers' agent beside us: its own process, as in the building."""

    def __init__(self, settings: Config) -> None:
        self._arguments = _agent_arguments(settings)
        self._environment = {**os.environ, "PRINTERS_TOKEN": _agent_token(settings)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it when there is somebody to ask; in its own group, so that Ctrl-C reaches us first."""
        arguments = [*self._arguments, "--parent", str(os.getpid())]
        self._process = subprocess.Popen(arguments, env=self._environment, start_new_session=True)

    def stop(self) -> None:
        """Tell it to stop, without waiting."""
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """Wait until it has stopped; a paper half printed is noted as such by its own spool."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _agent_token(settings: Config) -> str:
    """The token of this machine's printing agent: given, or made once and kept beside the keys."""
    return settings.agent_token or key_store.kept_secret(settings.var / "keys" / "agent_token").hex()


def _agent_arguments(settings: Config) -> list[str]:
    spool, paper = str(settings.var / "spool"), str(settings.var / "paper")
    return [sys.executable, "-m", "printers.agent", "--server", settings.inner_url, "--spool", spool, "--folder", paper]


@contextlib.contextmanager
def _closing(house: "House") -> Iterator[None]:
    try:
        yield
    finally:
        house.close()


def _greet(settings: Config) -> None:
    print(f"\nCitizen Space is open.\n  public   {settings.public_url}/\n  till     {settings.inner_url}/caisse/")
    print(f"  office   {settings.inner_url}/bureau/\n\nWho signs in with what:\n{sample.sign_in_sheet()}")
    print(f"\nMails are kept in {settings.var / 'mail'}, paper in {settings.var / 'paper'}. Ctrl-C closes.", flush=True)


# -- one process each -----------------------------------------------------------------------------------------------


# What public, inner and clock all hold; a page of the inner network is not among it, nor will it be in public.
_READ_BY_ALL = ("app", "serving", "scheduler")


@_command("serve", "serve public, inner and clock, each its own process, from one that has read what all need")
def serve(options: argparse.Namespace, settings: Config) -> int:
    """Read what every part of the house needs, once, and let the parts go on from there."""
    if settings.sqlite:
        print("citizen-space: SQLite is written by one process: citizen-space run", file=sys.stderr)
        return 2
    for module in _READ_BY_ALL:
        import_module(f"citizen_space.{module}")
    db.read_all(settings.database_url)
    parts = {name: partial(_COMMANDS[name][0], options, settings) for name in ("public", "inner", "clock")}
    return forking.serve_apart(parts)


@_command("public", "serve the public surface")
def public(_options: argparse.Namespace, settings: Config) -> int:
    """Serve what the internet reaches."""
    house = app.build_house(settings)
    with _closing(house):
        return serving.serve([(app.public_app(house), settings.public_port)], settings)


@_command("inner", "serve the till and the office")
def inner(_options: argparse.Namespace, settings: Config) -> int:
    """Serve what the inner network reaches."""
    house = app.build_house(settings)
    with _closing(house):
        return serving.serve([(app.inner_app(house), settings.inner_port)], settings)


# Nobody waits for the clock: whoever opens a page goes first, at the start too.
_CLOCK_GIVES_WAY = 5
_ENDS = (signal.SIGINT, signal.SIGTERM)


@_command("clock", "run the jobs of the clock")
def run_clock(_options: argparse.Namespace, settings: Config) -> int:
    """Tick until told to stop."""
    os.nice(_CLOCK_GIVES_WAY)
    # Held back until the line that waits for them: one that came sooner would end a job in its midst.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    house = app.build_house(settings)
    with _closing(house):
        ticking = scheduler.Clock(house)
        ticking.start()
        received = signal.sigwait(_ENDS)
        logging.getLogger("citizen_space").info("%s: the clock stops", signal.Signals(received).name)
        ticking.stop()
    return 0


@_command("printers", "run the printers' agent of this building")
def printers(_options: argparse.Namespace, settings: Config) -> int:
    """Become the agent."""
    environment = {**os.environ, "PRINTERS_TOKEN": _agent_token(settings)}
    os.execve(sys.executable, _agent_arguments(settings), environment)  # noqa: S606 no shell is wanted


# -- now and then ---------------------------------------------------------------------------------------------------


@_command("migrate", "bring the database to the newest form")
def migrate(_options: argparse.Namespace, settings: Config) -> int:
    """Migrate the tables; a new key of the law, or a new account, comes with the version that reads it."""
    _prepare(settings)
    database = db.Database(settings.database_url, threads=1)
    with database.write() as session:
        law.seed(session, clock.now())
        ledger.open_chart(session)
    database.dispose()
    return 0


@_command("migration", "write the migration that the models ask for")
def migration(options: argparse.Namespace, settings: Config) -> int:
    """Compare the models with the migrated database and write the difference."""
    _prepare(settings)
    db.write_migration(settings.database_url, options.name)
    return 0


@_command("sample", "plant the sample establishment")
def plant(_options: argparse.Namespace, settings: Config) -> int:
    """Plant, and say who signs in with what."""
    _prepare(settings)
    _plant(settings)
    print(sample.sign_in_sheet())
    return 0


@_command("keys", "make the keys, and show the public halves")
def keys(_options: argparse.Namespace, settings: Config) -> int:
    """Make what is missing; what is secret stays in its folder."""
    made = key_store.load_keys(settings.var / "keys")
    print(f"fiscal   {made.fiscal_key_id}  {made.fiscal_public.hex()}\ntickets  {made.ticket_public.hex()}")
    return 0


@_command("archive", "write the archive of a closed month or year of the fiscal record")
def archive(options: argparse.Namespace, settings: Config) -> int:
    """Write it into `var/archives`; what it holds and its hash are sealed."""
    database = db.Database(settings.database_url, threads=1)
    keys = key_store.load_keys(settings.var / "keys")
    try:
        made = shelf.make_archive(database, settings.var, options.period, by="command", at=clock.now(), keys=keys)
    except (errors.Refusal, ValueError) as refusal:
        print(f"citizen-space: {refusal}", file=sys.stderr)
        return 1
    finally:
        database.dispose()
    print(f"{shelf.path_of(settings.var, options.period)}  {made.sha256}")
    return 0


@_command("rotate-key", "let another key sign the fiscal record from here on; the house is stopped")
def rotate_key(options: argparse.Namespace, settings: Config) -> int:
    """Let the old key seal the name of the new one in every chain, then put the new one in its place.

    A crash in between is mended by the same command again.
    """
    folder = settings.var / "keys"
    if os.environ.get("CITIZEN_SPACE_FISCAL_KEY"):
        print("citizen-space: the fiscal key is given by CITIZEN_SPACE_FISCAL_KEY, not by a file", file=sys.stderr)
        return 2
    old = key_store.load_keys(folder)
    new_public = crypto.public_key(key_store.prepare_fiscal_key(folder))
    database = db.Database(settings.database_url, threads=1)
    with database.write() as session:
        fiscal.change_key(session, new_public, reason=options.reason, by="command", at=clock.now(), keys=old)
    database.dispose()
    key_store.change_fiscal_key(folder, old)
    print(f"{old.fiscal_key_id} -> {key_store.key_id(new_public)}")
    return 0


@_command("verify", "recompute chain, books and share; name the first row that does not fit")
def verify(_options: argparse.Namespace, settings: Config) -> int:
    """Verify; 1 when something does not fit."""
    database = db.Database(settings.database_url, threads=1)
    keys = key_store.load_keys(settings.var / "keys")
    with database.read() as session:
        findings = verification.verify(session, keys)
    with database.write() as session:
        verification.record_check(session, findings, at=clock.now(), keys=keys)
    database.dispose()
    for finding in findings:
        print(f"{'ok ' if finding.fits else 'NOT'}  {finding.what}: {finding.detail}")
    return 0 if all(finding.fits for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
