"""What the machine itself allows: the rows of one act, copied by a bare transaction on the same database."""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.house import House
from bench.measure import Figure

# What an act writes: table, and how its rows belong to one order.
_OF_ORDER = {
    "orders_order": "id = {order}",
    "orders_line": "order_id = {order}",
    "payments_payment": "order_id = {order}",
    "ledger_entry": "order_id = {order}",
    "ledger_posting": "entry_id IN (SELECT id FROM ledger_entry WHERE order_id = {order})",
    "compensation_accrual": "order_id = {order}",
    "fiscal_row": "order_id = {order}",
}
_OF_BOOKING = {
    "bookings_booking": "order_id = {order}",
    "venue_claim": "booking_id IN (SELECT id FROM bookings_booking WHERE order_id = {order})",
    "venue_admission": "booking_id IN (SELECT id FROM bookings_booking WHERE order_id = {order})",
    "access_guest": "booking_id IN (SELECT id FROM bookings_booking WHERE order_id = {order})",
    "customers_customer": "id IN (SELECT customer_id FROM bookings_booking WHERE order_id = {order})",
}


@dataclass(frozen=True)
class Copies:
    """The rows of one act, by the statement that writes each table's."""

    rows: list[tuple[str, list[tuple[Any, ...]]]]

    @property
    def count(self) -> int:
        """How many rows an act is."""
        return sum(len(rows) for _statement, rows in self.rows)


def measure_ceiling(house: House, name: str, *, online: bool, clients: int, seconds: float) -> Figure:
    """Commit the rows of the last sale (online or at a till) again and again, in tables that have nothing to check."""
    connect = _connector(house)
    connection = connect()
    order = connection.execute(_last_order(online)).fetchone()
    if order is None:
        raise RuntimeError(f"no sale to copy for {name}")
    copies = _prepare(connection, house.dialect, order[0], {**_OF_ORDER, **(_OF_BOOKING if online else {})})
    connection.close()
    figure = Figure(f"{name} ({copies.count} rows)", house.dialect, clients, 0, 0, 0.0, [])
    _run(figure, connect, copies, clients, seconds)
    return figure


def _last_order(online: bool) -> str:
    of_booking = "IS NOT NULL" if online else "IS NULL"
    return f"SELECT max(id) FROM orders_order WHERE status = 'settled' AND booking_id {of_booking}"


def _connector(house: House) -> Callable[[], Any]:
    if house.dialect == "postgresql":
        return lambda: psycopg.connect(house.database_url, autocommit=True)
    path = house.database_url.removeprefix("sqlite:///")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    return connect


def _prepare(connection: Any, dialect: str, order: int, tables: dict[str, str]) -> Copies:
    found = []
    for table, condition in tables.items():
        rows = connection.execute(f"SELECT * FROM {table} WHERE {condition.format(order=order)}").fetchall()
        if not rows:
            continue
        connection.execute(f"CREATE TABLE IF NOT EXISTS bench_{table} AS SELECT * FROM {table} LIMIT 0")
        sign = "%s" if dialect == "postgresql" else "?"
        signs = ", ".join([sign] * len(rows[0]))
        found.append((f"INSERT INTO bench_{table} VALUES ({signs})", [tuple(map(_plain, row)) for row in rows]))
    return Copies(found)


def _plain(value: Any) -> Any:
    return psycopg.types.json.Jsonb(value) if isinstance(value, dict | list) else value


def _run(figure: Figure, connect: Callable[[], Any], copies: Copies, clients: int, seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _client in range(clients)]
    lock = threading.Lock() if figure.database == "sqlite" else None
    threads = [threading.Thread(target=_commit, args=(connect, copies, deadline, mine, lock)) for mine in times]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figure.seconds = time.perf_counter() - began
    figure.milliseconds = [one for mine in times for one in mine]
    figure.done = len(figure.milliseconds)


def _commit(
    connect: Callable[[], Any], copies: Copies, deadline: float, times: list[float], lock: "threading.Lock | None"
) -> None:
    """Write the act's rows in one transaction until it is time; on SQLite behind one lock, as the product."""
    connection = connect()
    begin = "BEGIN IMMEDIATE" if lock else "BEGIN"
    while (began := time.perf_counter()) < deadline:
        if lock:
            lock.acquire()
        try:
            _write(connection.cursor(), copies.rows, begin)
        finally:
            if lock:
                lock.release()
        times.append(1000 * (time.perf_counter() - began))
    connection.close()


def _write(cursor: Any, rows: Sequence[tuple[str, list[tuple[Any, ...]]]], begin: str) -> None:
    cursor.execute(begin)
    for statement, values in rows:
        cursor.executemany(statement, values)
    cursor.execute("COMMIT")
