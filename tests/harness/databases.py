"""Databases for the tests: built once by the migrations, then copied, on SQLite and on PostgreSQL."""

import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session

from citizen_space.kit.db import Database, migrate
from tests.harness.postgres import Cluster, running_cluster

DIALECTS = ("sqlite", "postgres")
TEMPLATE = "citizen_template"


class Databases:
    """What one test process has of databases; each is made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._resources = contextlib.ExitStack()
        self._cluster: Cluster | None = None
        self._templates: set[str] = set()
        self._shared_urls: dict[str, str] = {}
        self._shared: dict[str, Database] = {}

    def close(self) -> None:
        """Close what is open and stop the server."""
        for database in self._shared.values():
            database.dispose()
        self._resources.close()

    def shared_url(self, dialect: str) -> str:
        """Return the address of the database whose tests all roll back; nobody commits to it."""
        if dialect not in self._shared_urls:
            self._shared_urls[dialect] = self.copy(dialect)
        return self._shared_urls[dialect]

    def shared(self, dialect: str) -> Database:
        """Return the shared database, opened once in this process."""
        if dialect not in self._shared:
            self._shared[dialect] = Database(self.shared_url(dialect))
        return self._shared[dialect]

    def copy(self, dialect: str) -> str:
        """Return the address of a new, migrated, empty database."""
        self._build(dialect)
        name = f"test_{next(self._numbers)}"
        if dialect == "postgres":
            return self.cluster.create(name, template=TEMPLATE)
        shutil.copyfile(self._path(TEMPLATE), self._path(name))
        return self._url(dialect, name)

    def empty(self, dialect: str) -> str:
        """Return the address of a new database without any table, for the tests of the migrations."""
        name = f"empty_{next(self._numbers)}"
        return self.cluster.create(name) if dialect == "postgres" else self._url(dialect, name)

    def discard(self, url: str) -> None:
        """Remove a database made by `copy` or `empty`."""
        if url.startswith("sqlite"):
            path = Path(url.removeprefix("sqlite:///"))
            for suffix in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        else:
            self.cluster.drop(url.partition("?")[0].rpartition("/")[2])

    @property
    def cluster(self) -> Cluster:
        """Return the PostgreSQL server, started at the first asking."""
        if self._cluster is None:
            self._cluster = self._resources.enter_context(running_cluster())
        return self._cluster

    def _build(self, dialect: str) -> None:
        if dialect in self._templates:
            return
        if dialect == "postgres":
            self.cluster.drop(TEMPLATE)  # a build that failed half way must fail again for its own reason
            migrate(self.cluster.create(TEMPLATE))
        else:
            self.discard(self._url(dialect, TEMPLATE))
            migrate(self._url(dialect, TEMPLATE))
            self._settle(self._path(TEMPLATE))
        self._templates.add(dialect)

    @staticmethod
    def _settle(path: Path) -> None:
        """Bring the whole template into its one file, so that the file alone can be copied."""
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _url(self, dialect: str, name: str) -> str:
        return self.cluster.url(name) if dialect == "postgres" else f"sqlite:///{self._path(name)}"


@contextlib.contextmanager
def rolled_back(database: Database) -> Iterator[Session]:
    """Give a session whose every commit is a savepoint, inside a transaction that is undone at the end."""
    with database.writer.connect() as connection:
        outer = connection.begin()
        try:
            with Session(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
                yield session
        finally:
            outer.rollback()
