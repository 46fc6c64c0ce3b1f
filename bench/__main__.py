"""`python -m bench`: start the product as the Procfile does, drive it, print one table."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlmodel import col, func, select

from bench import acts, ceiling, paper, report
from bench.house import House, open_house
from bench.measure import Figure, measure
from bench.stage import HALL, TILLS, Show, Stage, set_stage
from citizen_space.kit.db import Database
from citizen_space.kit.keys import load_keys
from citizen_space.venue.models import Admission, AdmissionStatus, SeatClaim

# How many of each act at full size; `--scale` makes a run shorter.
PAGES, PURCHASES, ORDERS, SCANS = 3000, {1: 60, 4: 120, 16: 200}, {1: 120, 4: 300}, 2000
ORDERS_A_SECOND = 60
PUBLIC_PAGES = {"home": "/", "programme": "/spectacles", "event": "/spectacles/{event}", "menu": "/restaurant"}


def main() -> int:
    """Measure what was asked for on each database."""
    options = _options()
    on = report.machine()
    figures: list[Figure] = []
    houses: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as folder:
        for dialect in options.database:
            with open_house(dialect, Path(folder) / dialect) as house:
                run = Run(house, options.scale, set(options.only))
                figures += run.all()
                houses[dialect] = run.costs
    print(json.dumps(on, ensure_ascii=False) + "\n\n" + report.table(figures, houses))
    if options.json:
        report.write_json(options.json, figures, houses, on)
    return 1 if any(figure.refused for figure in figures) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--only", nargs="+", default=[], choices=list(Run.PARTS), help="these acts only")
    parser.add_argument("--scale", type=float, default=1.0, help="how many acts, as a part of a full run")
    parser.add_argument("--json", type=Path, help="write every figure there too")
    return parser.parse_args()


class Run:
    """One house measured from its start to its end."""

    PARTS = ("page", "purchase", "till", "scan", "race", "paper", "ceiling")

    def __init__(self, house: House, scale: float, only: set[str]) -> None:
        self.house, self.scale, self.only = house, scale, only
        self.costs: dict[str, float] = {}
        shows = 2 + 2 * sum(map(self._times, PURCHASES.values())) // HALL
        self.stage = self._set_stage(shows=shows, doors=1 + (self._times(SCANS) + 50) // HALL)

    def _times(self, count: int) -> int:
        return max(8, round(count * self.scale))

    def _set_stage(self, *, shows: int, doors: int) -> Stage:
        database = Database(self.house.database_url, threads=1)
        try:
            return set_stage(database, load_keys(self.house.var / "keys"), shows=shows, doors=doors)
        finally:
            database.dispose()

    def all(self) -> Iterator[Figure]:
        """Start, measure every part, weigh."""
        house = self.house
        house.start()
        house.stop()  # the first start compiled the templates; what is measured is any other start
        self.costs["ready s"] = house.start()
        self.costs["PSS MiB at rest"], self.costs["RSS MiB at rest"] = house.memory_mib()
        for part in self.PARTS:
            if not self.only or part in self.only:
                for figure in getattr(self, part)():
                    print(_said(figure), file=sys.stderr, flush=True)
                    yield figure
        self.costs["PSS MiB after"], self.costs["RSS MiB after"] = house.memory_mib()
        house.stop()

    # -- the public ----------------------------------------------------------------------------------------------------

    def page(self) -> Iterator[Figure]:
        """Public pages, as a browser asks for them and bare."""
        event = self.stage.for_sale[0]
        pages = {name: path.format(event=event.event_id) for name, path in PUBLIC_PAGES.items()}
        seats = f"/spectacles/seances/{event.performance_id}"
        for name, path in pages.items():
            yield self._page(name, path, 16, PAGES)
        for clients in (1, 4):
            yield self._page("programme", pages["programme"], clients, PAGES // 2)
        yield self._page("programme, gzip", pages["programme"], 16, PAGES, gzip=True)
        yield self._page("plan of 200 seats", seats, 16, PAGES // 5)

    def _page(self, name: str, path: str, clients: int, count: int, *, gzip: bool = False) -> Figure:
        act, port = acts.read_page(path), self.house.public_port
        measure(self.house, "warm", act, clients=clients, acts=2 * clients, port=port, gzip=gzip)
        return measure(
            self.house, f"page: {name}", act, clients=clients, acts=self._times(count), port=port, gzip=gzip, fresh=True
        )

    def purchase(self) -> Iterator[Figure]:
        """Two seats from the programme to the tickets."""
        wanted = acts.pairs(list(self.stage.for_sale))
        port = self.house.public_port
        measure(self.house, "warm", acts.purchase(wanted), clients=4, acts=8, port=port, fresh=True)
        for clients, count in PURCHASES.items():
            yield measure(
                self.house,
                "whole purchase of 2 seats",
                acts.purchase(wanted),
                clients=clients,
                acts=self._times(count),
                port=port,
                fresh=True,
            )

    # -- inside --------------------------------------------------------------------------------------------------------

    def _at_till(self, number: int) -> Mapping[str, str]:
        return self.stage.tills[number].cookies

    def till(self) -> Iterator[Figure]:
        """Orders of four lines, settled and sealed."""
        port = self.house.inner_port
        kinds = {
            "till order of 4 lines": acts.order(self.stage),
            "the same, its payment alone": acts.order(self.stage, payment_only=True),
            "the same, every page drawn": acts.order(self.stage, draw=True),
        }
        for name, act in kinds.items():
            measure(self.house, "warm", act, clients=TILLS, acts=2 * TILLS, port=port, cookies=self._at_till)
            for clients, count in ORDERS.items():
                yield measure(
                    self.house, name, act, clients=clients, acts=self._times(count), port=port, cookies=self._at_till
                )
        pace = acts.at_pace(acts.order(self.stage), ORDERS_A_SECOND)
        name, wanted = f"the same, {ORDERS_A_SECOND} begun a second", self._times(ORDERS[TILLS])
        yield measure(self.house, name, pace, clients=TILLS, acts=wanted, port=port, cookies=self._at_till)

    def scan(self) -> Iterator[Figure]:
        """Tickets let in at the door."""
        codes = acts.tickets(list(self.stage.at_the_door))
        act, port = acts.scan(codes), self.house.inner_port
        measure(self.house, "warm", act, clients=4, acts=16, port=port, cookies=self._at_till)
        yield measure(
            self.house, "door scan", act, clients=4, acts=self._times(SCANS), port=port, cookies=self._at_till
        )

    def race(self) -> Iterator[Figure]:
        """Sixteen clients and every seat of one show: each seat is sold once."""
        show = self.stage.wanted_by_all
        figure = measure(
            self.house,
            f"show everybody wants, {HALL} seats",
            acts.grab(show),
            clients=16,
            acts=HALL,
            port=self.house.public_port,
            fresh=True,
        )
        self.costs["seats sold"], self.costs["sold twice"] = self._sold(show)
        yield figure

    def _sold(self, show: Show) -> tuple[int, int]:
        """Count the seats with a paid ticket, and those with more than one."""
        paid = (
            select(Admission.seat_id, func.count())
            .join(SeatClaim, col(SeatClaim.booking_id) == Admission.booking_id)
            .where(Admission.performance_id == show.performance_id, Admission.status == AdmissionStatus.VALID)
            .group_by(col(Admission.seat_id))
        )
        database = Database(self.house.database_url, threads=1)
        with database.read() as session:
            counts = [count for _seat, count in session.exec(paid)]
        database.dispose()
        return len(counts), sum(count > 1 for count in counts)

    # -- beside --------------------------------------------------------------------------------------------------------

    def paper(self) -> Iterator[Figure]:
        """Receipts."""
        yield from paper.measure_paper(self.house, seconds=2 * self.scale)

    def ceiling(self) -> Iterator[Figure]:
        """The same rows by a bare transaction."""
        for name, online in (("bare commit of a purchase", True), ("bare commit of a till order", False)):
            for clients in (1, 4, 16):
                yield ceiling.measure_ceiling(self.house, name, online=online, clients=clients, seconds=2 * self.scale)


def _said(figure: Figure) -> str:
    said = f"{figure.database:<11} {figure.act:<36} {figure.clients:>2} × {figure.per_second:>8.1f}/s"
    return f"{said}  p99 {figure.percentile(99):>7.1f} ms  {figure.cpu_ms:>6.2f} CPU ms  {figure.why}"


if __name__ == "__main__":
    sys.exit(main())
