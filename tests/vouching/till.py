"""The sample house's restaurant till, with a sale on it, for tests of what staff vouch for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select
from starlette.testclient import TestClient

from citizen_space import verification
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.orders.models import Order
from citizen_space.products import queries as products
from citizen_space.vouching.models import Override
from citizen_space.web.visit import House
from tests.harness.houses import open_sample
from tests.restaurant.test_till import till

CHEF, FINANCE, STAGE, NOBODY = "027350", "066412", "032694", "020000"


class Till:
    """A worker at an open till."""

    def __init__(self, house: House, at: datetime) -> None:
        self.house, self.at = house, at
        self.client: TestClient = till(house, at)

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form as its page would."""
        return self.client.post(f"/caisse{path}", data={"submission": new_key(), **fields})

    def vouch(self, path: str, *, pin: str = CHEF, reason: str, **fields: Any) -> int:
        """Ask for an override; gives the status."""
        status: int = self.post(path, staff_pin=pin, reason=reason, **fields).status_code
        return status

    def sell(self, count: int = 2) -> Order:
        """Sell something twice at the counter, by card."""
        with self.house.database.read() as session:
            offers = products.list_for_sale(session, "restaurant", business_day(self.at))
        product = next(one for one in offers if not one.options)
        for _number in range(count):
            self.post("/vente/ajouter", product_id=product.product_id)
        with self.read() as session:
            order = session.exec(select(Order).where(Order.label == "Comptoir", Order.status == "open")).one()
        assert self.post(f"/vente/{order.id}/payer", card_reference="0042").status_code == 303
        with self.read() as session:
            found: Order = session.get_one(Order, order.id)
        return found

    def read(self) -> Any:
        """A session to look with."""
        return self.house.database.read()

    def rows(self, kind: str) -> list[FiscalRow]:
        """The sealed rows of a kind."""
        with self.read() as session:
            return list(session.exec(select(FiscalRow).where(FiscalRow.kind == kind).order_by("id")).all())

    def overrides(self) -> list[Override]:
        """What staff vouched for."""
        with self.read() as session:
            return list(session.exec(select(Override).order_by("id")).all())

    def check(self) -> None:
        """Verify the whole house."""
        session: Session
        with self.read() as session:
            assert all(finding.fits for finding in verification.verify(session, self.house.keys))


@contextmanager
def open_till(database: Database, var: Path, at: datetime) -> Iterator[Till]:
    """A house with its till."""
    with open_sample(database, var, at) as house:
        yield Till(house, at)
