"""How many SQL statements each act may ask: a figure here is raised on purpose or not at all."""

from collections.abc import Callable

import pytest

from bench import acts
from bench.acts import Act
from tests.speed.desk import INNER, PUBLIC, Desk

# act: (surface, how it is made, statements at most)
PINS: dict[str, tuple[int, Callable[[Desk], Act], int]] = {
    "home": (PUBLIC, lambda desk: acts.read_page("/"), 9),
    "programme": (PUBLIC, lambda desk: acts.read_page("/spectacles"), 3),
    "event": (PUBLIC, lambda desk: acts.read_page(f"/spectacles/{desk.stage.for_sale[0].event_id}"), 6),
    "menu": (PUBLIC, lambda desk: acts.read_page("/restaurant"), 3),
    "plan": (PUBLIC, lambda desk: acts.read_page(f"/spectacles/seances/{desk.stage.for_sale[0].performance_id}"), 4),
    "purchase": (PUBLIC, lambda desk: acts.purchase(acts.pairs(list(desk.stage.for_sale))), 90),
    "till order": (INNER, lambda desk: acts.order(desk.stage, draw=False), 44),
    "till order, drawn": (INNER, lambda desk: acts.order(desk.stage, draw=True), 77),
    "scan": (INNER, lambda desk: acts.scan(acts.tickets(list(desk.stage.at_the_door))), 8),
}

# The last request of a till order: signed in, locked, paid, posted, shared, sealed.
SETTLING = 16


@pytest.mark.parametrize("name", PINS)
def test_an_act_asks_no_more_than_it_did(desk: Desk, name: str) -> None:
    port, make, most = PINS[name]
    asked = desk.count(make(desk), port)
    assert len(asked) <= most, f"{name} asks {len(asked)} statements, not {most}:\n" + "\n".join(asked)


def test_settling_asks_no_more_than_it_did(desk: Desk) -> None:
    asked = desk.count(acts.order(desk.stage, draw=False), INNER)
    begins = max(number for number, statement in enumerate(asked) if "web_sign_in" in statement)
    settling = asked[begins:]
    assert any("INSERT INTO fiscal_row" in statement for statement in settling)
    assert len(settling) <= SETTLING, f"settling asks {len(settling)} statements, not {SETTLING}:\n" + "\n".join(
        settling
    )
