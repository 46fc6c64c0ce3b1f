"""How an act is timed: so many clients, so many acts, and what they cost."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.acts import Act
from bench.client import Client, Refused
from bench.house import House


@dataclass
class Figure:
    """One line of the table."""

    act: str
    database: str
    clients: int
    done: int
    refused: int
    seconds: float
    milliseconds: list[float] = field(repr=False)
    cpu_ms: float = 0.0
    server_cpu_ms: float = 0.0
    why: str = ""

    @property
    def per_second(self) -> float:
        """Acts a second, whole and accepted."""
        return self.done / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int) -> float:
        """The time that so many of a hundred acts took at most."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0

    def as_data(self) -> dict[str, object]:
        """As plain data."""
        return {
            "act": self.act,
            "database": self.database,
            "clients": self.clients,
            "done": self.done,
            "refused": self.refused,
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.percentile(50), 1),
            "p95_ms": round(self.percentile(95), 1),
            "p99_ms": round(self.percentile(99), 1),
            "cpu_ms": round(self.cpu_ms, 2),
            "database_cpu_ms": round(self.server_cpu_ms, 2),
            "first_refusal": self.why,
        }


def measure(
    house: House,
    name: str,
    act: Act | Sequence[Act],
    *,
    clients: int,
    acts: int,
    port: int,
    cookies: Callable[[int], Mapping[str, str]] = lambda _number: {},
    fresh: bool = False,
    gzip: bool = False,
) -> Figure:
    """Do an act so many times with so many clients; `fresh` gives each act a browser that knows no cookie yet."""
    figure = Figure(name, house.dialect, clients, 0, 0, 0.0, [])
    left = iter(range(acts))
    mine = list(act) if isinstance(act, Sequence) else [act] * clients

    house.rest()

    async def visit(number: int) -> None:
        async with Client(port, dict(cookies(number)), gzip=gzip) as client:
            for _turn in left:
                if fresh:
                    client.cookies = dict(cookies(number))
                await _once(figure, mine[number], client)

    async def together() -> None:
        await asyncio.gather(*(visit(number) for number in range(clients)))

    ours, server = house.cpu_seconds()
    began = time.perf_counter()
    asyncio.run(together())
    figure.seconds = time.perf_counter() - began
    ours_after, server_after = house.cpu_seconds()
    figure.cpu_ms = 1000 * (ours_after - ours) / max(1, figure.done)
    figure.server_cpu_ms = 1000 * (server_after - server) / max(1, figure.done)
    return figure


async def _once(figure: Figure, act: Act, client: Client) -> None:
    began = time.perf_counter()
    try:
        counts = await act(client)
    except Refused as refused:
        figure.refused += 1
        figure.why = figure.why or str(refused)
        return
    figure.milliseconds.append(1000 * (time.perf_counter() - began if counts is None else counts))
    figure.done += 1
