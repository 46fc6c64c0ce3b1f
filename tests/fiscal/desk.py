"""A house for page tests: office, till and agents' surface of some packages, and people who are signed in."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from citizen_space.config import Config
from citizen_space.kit.db import Database
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.web import sessions
from citizen_space.web.assets import Assets
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House, SurfaceName

TEMPLATES = Templates(Assets())
_PLACES: dict[SurfaceName, tuple[str, str]] = {
    "office": ("/bureau", "/connexion"),
    "till": ("/caisse", "/"),
    "agent": ("/agent", "/"),
}


class Desk:
    """A house with one surface."""

    def __init__(
        self,
        database: Database,
        var: Path,
        at: datetime,
        routes: Sequence[BaseRoute],
        *,
        surface: SurfaceName = "office",
        keys: Keys | None = None,
    ) -> None:
        self.database, self.at = database, at
        config = Config(var=var, database_url=database.url)
        self.house = House(database, config, keys or new_keys(), TEMPLATES, clock=lambda: self.at)
        prefix, sign_in = _PLACES[surface]
        self.app = Surface(
            self.house, surface, [one for one in routes if isinstance(one, Route)], prefix=prefix, sign_in=sign_in
        )

    def sign_in(self, role: str = "finance") -> TestClient:
        """A browser of somebody of the staff."""
        with self.database.write() as session:
            token = sessions.sign_in(
                session, kind="staff", subject_id=1, role=role, name="Personne", code="S1", register_id=None, at=self.at
            )
        return TestClient(self.app, cookies={"cs_inner": token}, follow_redirects=True)

    def close(self) -> None:
        """Let the threads go."""
        self.house.threads.shutdown()
        self.house.outside.shutdown()
