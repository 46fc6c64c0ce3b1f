"""What is measured: each act as a browser or a till sends it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from random import choice
from uuid import uuid4

from bench.client import Client, Refused
from bench.stage import Show, Stage

# What an act gives is the seconds that count, where that is not all of it.
Act = Callable[[Client], Awaitable[float | None]]
_NUMBERS = count(1)
_FREE = re.compile(rb'<g class="seat seat--free[^>]* data-seat="(\d+)"')
_NEARBY = 24  # sixteen people who want the best seats want nearly the same


def key() -> str:
    """A submission id, as the page would have carried."""
    return uuid4().hex


# -- the public --------------------------------------------------------------------------------------------------------


def read_page(path: str) -> Act:
    """Read one page."""

    async def act(client: Client) -> None:
        await client.get(path)

    return act


def pairs(shows: list[Show]) -> Iterator[tuple[Show, list[int]]]:
    """Two seats side by side, never the same twice."""
    for show in shows:
        seats = list(show.seat_ids)
        for first in range(0, len(seats) - 1, 2):
            yield show, seats[first : first + 2]


def purchase(wanted: Iterator[tuple[Show, list[int]]]) -> Act:
    """Buy two seats from the programme to the tickets, by the forms that are served: eleven requests."""

    async def act(client: Client) -> None:
        show, seats = next(wanted)
        await client.get("/spectacles")
        await client.get(f"/spectacles/{show.event_id}")
        await buy(client, show, seats)

    return act


async def buy(client: Client, show: Show, seats: list[int]) -> None:
    """Choose seats, rates and names, hold, pay at the sandbox, and be shown the tickets."""
    await pay(client, await hold(client, show, seats))


async def hold(client: Client, show: Show, seats: list[int]) -> str:
    """Choose seats, rates and names, and hold; gives the way to the payment."""
    base = f"/spectacles/seances/{show.performance_id}"
    await client.get(base)
    places = "&".join(f"place={seat}" for seat in seats)
    rates = await client.get(f"{base}/tarifs?{places}")
    chosen = "&".join(f"tarif_{seat}={_first_rate(rates.body, seat)}" for seat in seats)
    names = await client.get(f"{base}/noms?{chosen}")
    return (await client.post("/spectacles/reserver", {**names.hidden(), **_names(len(seats))})).location


async def pay(client: Client, path: str) -> None:
    """Go to the processor, accept, come back, be shown the tickets."""
    checkout = (await client.get(path, expect=303)).location
    page = await client.get(checkout)
    back = (await client.post(checkout, {**page.hidden(), "choice": "accept"})).location
    tickets = (await client.get(back, expect=303)).location
    shown = await client.get(tickets)
    if b'class="qr' not in shown.body:
        raise Refused("paid, and no ticket is shown")


def _first_rate(page: bytes, seat: int) -> int:
    """The rate that the page has checked for a seat."""
    _before, found, after = page.partition(f'name="tarif_{seat}" value="'.encode())
    if not found:
        raise Refused(f"no rate is offered for seat {seat}")
    return int(after[: after.index(b'"')])


def _names(seats: int) -> dict[str, str]:
    number = next(_NUMBERS)
    guests = {
        name: value
        for position in range(1, seats + 1)
        for name, value in (
            (f"guest_{position}_first_name", f"Prénom{position}"),
            (f"guest_{position}_last_name", f"Nom{number}"),
        )
    }
    contact = {"name": f"Nom{number}", "email": f"visite{number}@example.org", "phone": "0612345678"}
    return {**guests, **contact}


def grab(show: Show) -> Act:
    """Take one seat of the show everybody wants: look at the plan, try one of the first free, until one is ours."""

    async def act(client: Client) -> None:
        base = f"/spectacles/seances/{show.performance_id}"
        while True:
            plan = await client.get(base)
            free = _FREE.findall(plan.body)
            if not free:
                raise Refused("no seat is left")
            seat = int(choice(free[:_NEARBY]))
            rates = await client.get(f"{base}/tarifs?place={seat}")
            rate = _first_rate(rates.body, seat)
            names = await client.get(f"{base}/noms?tarif_{seat}={rate}")
            held = await client.post("/spectacles/reserver", {**names.hidden(), **_names(1)}, expect=0)
            if held.status == 303:
                return await pay(client, held.location)
            if held.status != 409:
                raise Refused(f"reserving: {held.status}")

    return act


def at_pace(act: Act, per_second: int) -> Act:
    """Begin an act so many times a second, by whichever client is free; its time runs from when it was due.

    Who waits because another has not ended waits too: a product that cannot keep the pace is late, more and more.
    """
    turns = count()
    began: list[float] = []

    async def paced(client: Client) -> float:
        if not began:
            began.append(time.perf_counter())
        due = began[0] + next(turns) / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await act(client)
        return time.perf_counter() - due

    return paced


# -- the till ----------------------------------------------------------------------------------------------------------


def order(stage: Stage, *, draw: bool = False, payment_only: bool = False) -> Act:
    """Ring up four products, take the money by card, sealed; with `draw`, every page between as a till shows it.

    With `payment_only` the same is done, and the time that counts is that of the payment: posted, shared out, sealed.
    """

    async def act(client: Client) -> float | None:
        for product_id in stage.product_ids[:4]:
            await client.post("/caisse/vente/ajouter", {"submission": key(), "product_id": product_id})
            if draw:
                await client.get("/caisse/vente")
        page = await client.get("/caisse/vente/payer")
        order_id = page.body.partition(b'action="/caisse/vente/')[2]
        path = f"/caisse/vente/{int(order_id[: order_id.index(b'/')])}"
        began = time.perf_counter()
        await client.post(f"{path}/payer", {**page.hidden(), "card_reference": "0042"})
        if draw:
            await client.get(f"{path}/payee")
        return time.perf_counter() - began if payment_only else None

    return act


def scan(codes: Iterator[tuple[int, str]]) -> Act:
    """Show a ticket at the door; a ticket that is not let in is a failure."""

    async def act(client: Client) -> None:
        performance_id, code = next(codes)
        path = f"/caisse/salle/seances/{performance_id}/billet"
        answer = await client.post(path, {"submission": key(), "code": code}, expect=200)
        if b"verdict-screen--yes" not in answer.body:
            raise Refused("a valid ticket was not let in")

    return act


def tickets(shows: list[Show]) -> Iterator[tuple[int, str]]:
    """Every ticket once."""
    for show in shows:
        for code in show.codes:
            yield show.performance_id, code
