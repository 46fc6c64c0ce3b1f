"""How many receipts a second become bytes for a printer."""

import time

from sqlmodel import col, select

from bench.house import House
from bench.measure import Figure
from citizen_space.checkout import printouts
from citizen_space.fiscal.models import FiscalRegister, FiscalRow
from citizen_space.kit.db import Database
from printers.document import Document
from printers.render import render


def measure_paper(house: House, *, seconds: float) -> list[Figure]:
    """Compose the receipt of the last sale at a till from what was sealed, and render it, each again and again."""
    database = Database(house.database_url, threads=1)
    try:
        order_id = _last_sale(database)
        receipt = _compose(database, order_id)
        composed = _repeat(house, "receipt composed", lambda: _compose(database, order_id), seconds)
        return [composed, _repeat(house, "receipt rendered", lambda: render(receipt), seconds)]
    finally:
        database.dispose()


def _last_sale(database: Database) -> int:
    last = (
        select(FiscalRow.order_id)
        .join(FiscalRegister, col(FiscalRegister.id) == FiscalRow.register_id)
        .where(FiscalRow.kind == "sale", FiscalRegister.kind == "till")
        .order_by(col(FiscalRow.id).desc())
    )
    with database.read() as session:
        found = session.exec(last).first()
    assert found is not None
    return found


def _compose(database: Database, order_id: int) -> Document:
    with database.read() as session:
        return printouts.receipt(session, order_id, "fr", public_url="http://127.0.0.1")


def _repeat(house: House, name: str, work: "object", seconds: float) -> Figure:
    assert callable(work)
    work()
    times: list[float] = []
    began = now = time.perf_counter()
    cpu = time.process_time()
    while now - began < seconds:
        work()
        after = time.perf_counter()
        times.append(1000 * (after - now))
        now = after
    figure = Figure(name, house.dialect, 1, len(times), 0, now - began, times)
    figure.cpu_ms = 1000 * (time.process_time() - cpu) / len(times)
    return figure
