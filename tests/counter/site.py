"""A house with the pages of people in it, for tests that meet them as a browser does."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from citizen_space.access import office as access_office
from citizen_space.bookings import office as bookings_office
from citizen_space.cash import service as cash
from citizen_space.compensation import sample as compensation
from citizen_space.config import Config
from citizen_space.counter import office as counter_office
from citizen_space.counter import till as counter_till
from citizen_space.fiscal import sample as fiscal
from citizen_space.fiscal.queries import get_register
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.kit.keys import new_keys
from citizen_space.law import sample as law
from citizen_space.ledger import service as ledger
from citizen_space.printing import sample as printers
from citizen_space.products import service as products
from citizen_space.staff import office as staff_office
from citizen_space.staff import sample as staff
from citizen_space.web import sessions
from citizen_space.web.assets import Assets
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House
from citizen_space.workers import office as workers_office
from citizen_space.workers import sample as workers
from citizen_space.workers import till as workers_till

TEMPLATES = Templates(Assets())
TILL = [*counter_till.routes, *workers_till.routes]
OFFICE = [
    *counter_office.routes,
    *staff_office.routes,
    *workers_office.routes,
    *bookings_office.routes,
    *access_office.routes,
]


class Site:
    """Till and office of a sample house, with a clock that tests move."""

    def __init__(self, database: Database, var: Path, at: datetime) -> None:
        self.database, self.at = database, at
        config = Config(var=var, database_url=database.url)
        self.house = House(database, config, new_keys(), TEMPLATES, clock=lambda: self.at)
        self._till = Surface(self.house, "till", TILL, prefix="/caisse", sign_in="/")
        self._office = Surface(self.house, "office", OFFICE, prefix="/bureau", sign_in="/connexion")
        with database.write() as session:
            ledger.open_chart(session)
            for planter in (law, staff, fiscal, printers, compensation, workers):
                planter.plant(session, at=at, keys=self.house.keys)

    def close(self) -> None:
        """Let the threads go."""
        self.house.threads.shutdown()
        self.house.outside.shutdown()

    def till(self, register_id: int | None = 1, code: str = "R1") -> TestClient:
        """A browser that is a registered till, or none yet."""
        cookies = {}
        if register_id is not None:
            with self.database.write() as session:
                cookies["cs_device"] = sessions.register_device(
                    session, register_id, code, "Caisse", self.at, room=get_register(session, register_id).room
                )
        return TestClient(self._till, cookies=cookies, follow_redirects=False)

    def office(self, role: str, number: int = 1) -> TestClient:
        """A browser of somebody of the office."""
        with self.database.write() as session:
            token = sessions.sign_in(
                session,
                kind="staff",
                subject_id=number,
                role=role,
                name="Personne",
                code=f"S{number}",
                register_id=None,
                at=self.at,
            )
        return TestClient(self._office, cookies={"cs_inner": token}, follow_redirects=False)

    def stranger(self) -> TestClient:
        """A browser that nobody has signed in at the office."""
        return TestClient(self._office, follow_redirects=False)

    def sell_soup(self) -> int:
        """Open the till and put something up for sale; gives its id."""
        with self.database.write() as session:
            cash.open_session(session, 1, float_cents=0, actor=SYSTEM, at=self.at, keys=self.house.keys)
            return plant_soup(session, self.at)


def plant_soup(session: Any, at: datetime) -> int:
    """One category with one product."""
    category = products.add_category(session, room="restaurant", name_fr="Entrées", name_en="Starters", icon="soup")
    product = products.add_product(
        session,
        category=category,
        code="SOUP",
        name_fr="Velouté",
        name_en="Soup",
        vat_key="vat_on_site",
        price_cents=900,
        valid_from=at.date(),
    )
    assert product.id is not None
    return product.id


def post(client: TestClient, path: str, **fields: Any) -> Any:
    """Send a form as the page would."""
    return client.post(path, data={"submission": new_key(), **fields})


def words(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))
