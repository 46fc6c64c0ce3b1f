"""The line to the internet is cut: till, kitchen, door and workshop go on; only paying online says that it cannot."""

import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from citizen_space import app, config
from citizen_space.kit.db import Database
from citizen_space.orders import queries as orders
from citizen_space.orders.models import OrderStatus
from citizen_space.simulation import sample
from citizen_space.web.visit import House
from tests.kitchen.test_board import dish, only_chit, order_soup, post, seat
from tests.restaurant import world
from tests.restaurant.test_till import till


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The sample house with Stripe's own door, and no way out of the building."""
    given = {
        "CITIZEN_SPACE_VAR": str(tmp_path),
        "CITIZEN_SPACE_DATABASE_URL": database.url,
        "CITIZEN_SPACE_STRIPE_SECRET_KEY": "sk_test_nothing",
        "CITIZEN_SPACE_STRIPE_WEBHOOK_SECRET": "whsec_nothing",
    }
    made = app.build_house(config.load(given), database=database)
    made.clock = lambda: at
    with database.write() as session:
        sample.plant(session, at=at, keys=made.keys)
    resolve = socket.getaddrinfo

    def resolve_at_home(host: Any, *more: Any, **facts: Any) -> Any:
        if host in ("localhost", "127.0.0.1", "::1", None):
            return resolve(host, *more, **facts)
        raise socket.gaierror(socket.EAI_AGAIN, "the line is cut")

    monkeypatch.setattr(socket, "getaddrinfo", resolve_at_home)
    yield made
    made.close()


def test_the_house_goes_on_and_paying_online_says_so(house: House, at: datetime) -> None:
    client, public = till(house, at), TestClient(app.public_app(house), follow_redirects=False)
    with house.database.write() as session:
        booked = world.book(session, at)
    assert booked.payment is not None
    told = public.get(f"/payer/{booked.payment.submission}")
    assert told.status_code == 503
    assert "Le service de paiement ne répond pas" in told.text
    # What is inside the walls does not notice.
    tab = seat(client, house)
    order_soup(client, house, tab)
    path = f"/caisse/cuisine/bons/{only_chit(house).id}"
    assert post(client, path, to="started", number=0) == 303
    assert post(client, path, to="ready", number=1) == 303
    assert post(client, "/caisse/carte", off=dish(house, "oeuf")) == 303
    assert post(client, f"{tab}/payer", due_cents="900", card_reference="004711") == 303
    with house.database.read() as session:
        assert orders.get_order(session, int(tab.rpartition("/")[2])).status == OrderStatus.SETTLED
    for page in ("/caisse/salle", "/caisse/velos", "/caisse/ventes", "/caisse/imprimantes"):
        assert client.get(page).status_code == 200, page
    shown = public.get("/restaurant")
    assert shown.status_code == 200
    # Asked again, it says the same: nothing was lost and nothing was taken.
    assert public.get(f"/payer/{booked.payment.submission}").status_code == 503
