"""The house as it is put together: every page file is on its surface, every answer is guarded."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import citizen_space
from citizen_space import app, config, registry, scheduler
from citizen_space.config import Misconfigured
from citizen_space.kit.db import Database
from citizen_space.law import service as law
from citizen_space.web.endpoint import Endpoint
from citizen_space.web.visit import House

_FILES = ("public", "till", "office", "agent_api", "jobs", "sample")


@pytest.fixture
def whole(database: Database, tmp_path: Path) -> Iterator[House]:
    """The whole house on an empty database."""
    given = {"CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": database.url}
    house = app.build_house(config.load(given), database=database)
    yield house
    house.close()


def test_no_package_with_pages_or_jobs_is_forgotten() -> None:
    house = Path(citizen_space.__file__).parent
    having = {path.parent.name for file in _FILES for path in house.glob(f"*/{file}.py")} - {"simulation", "kit"}
    assert having <= set(registry.PACKAGES)


def test_no_address_means_two_things() -> None:
    for file in ("public", "till", "office"):
        seen = [(route.path, method) for route in registry.list_routes(file) for method in route.methods or ()]
        assert len(seen) == len(set(seen)), file


def test_every_route_goes_through_the_adapter() -> None:
    for file in ("public", "till", "office"):
        assert all(isinstance(route.endpoint, Endpoint) for route in registry.list_routes(file)), file


def test_nothing_in_the_office_is_open_but_its_door() -> None:
    routes = registry.list_routes("office")
    shown = {route.path for route in routes if isinstance(route.endpoint, Endpoint) and not route.endpoint.roles}
    assert shown <= {"/connexion", "/deconnexion", "/"}


def test_the_menu_leads_to_pages_that_exist() -> None:
    assert app.list_menu_paths() <= {route.path for route in registry.list_routes("office")}


def test_the_public_application_does_not_hold_the_inner_ones(whole: House) -> None:
    public = TestClient(app.public_app(whole), follow_redirects=False)
    for path in ("/caisse/", "/bureau/connexion", "/agent/jobs/next", "/sante", "/metrics"):
        assert public.get(path).status_code == 404, path


def test_the_inner_application_says_how_it_is(whole: House) -> None:
    inner = TestClient(app.inner_app(whole), follow_redirects=False)
    assert inner.get("/").headers["location"] == "/bureau/"
    assert inner.get("/sante").json()["status"] == "ok"
    inner.get("/bureau/connexion")
    assert 'surface="office",status="200"} 1' in inner.get("/metrics").text
    assert inner.get("/robots.txt").text.endswith("Disallow: /\n")
    assert inner.get("/agent/jobs/next").status_code == 405


def test_health_says_when_the_database_is_away(whole: House, tmp_path: Path) -> None:
    inner = TestClient(app.inner_app(whole))
    whole.database = Database(f"sqlite:///{tmp_path}/gone/away.db")
    answer = inner.get("/sante")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")


def test_when_the_database_is_away_the_public_is_told_so(whole: House, tmp_path: Path) -> None:
    public = TestClient(app.public_app(whole))
    whole.database = Database(f"sqlite:///{tmp_path}/gone/away.db")
    answer = public.get("/")
    assert answer.status_code == 500
    assert "Rien n’a été perdu" in answer.text


def test_every_job_of_the_house_runs_before_anything_has_happened(whole: House, at: datetime) -> None:
    """As after `citizen-space migrate`: the law is sown, and nothing else is there."""
    with whole.database.write() as session:
        law.seed(session, at)
    jobs = scheduler.list_jobs(whole)
    assert len({job.name for job in jobs}) == len(jobs)
    for job in jobs:
        job.run(whole.database, at)


def test_the_clock_ticks_and_stops(whole: House) -> None:
    clock = scheduler.Clock(whole)
    clock.start()
    clock.stop()


def test_configuration_is_small_and_production_takes_no_play_money() -> None:
    assert len(config.Config.__dataclass_fields__) < 30
    with pytest.raises(Misconfigured, match="STRIPE_SECRET_KEY"):
        config.load({"CITIZEN_SPACE_PRODUCTION": "1"})
    complete = {
        "CITIZEN_SPACE_PRODUCTION": "1",
        "CITIZEN_SPACE_STRIPE_SECRET_KEY": "sk",
        "CITIZEN_SPACE_STRIPE_WEBHOOK_SECRET": "wh",
        "CITIZEN_SPACE_SMTP_URL": "smtp://mail.example",
        "CITIZEN_SPACE_PUBLIC_URL": "https://espace.example/",
    }
    assert config.load(complete).public_url == "https://espace.example"
    with pytest.raises(Misconfigured, match="https"):
        config.load({**complete, "CITIZEN_SPACE_PUBLIC_URL": "http://espace.example"})


def test_secrets_are_not_shown_with_the_configuration() -> None:
    shown = repr(config.load({"CITIZEN_SPACE_STRIPE_SECRET_KEY": "sk_live_1", "CITIZEN_SPACE_AGENT_TOKEN": "tok"}))
    assert "sk_live_1" not in shown
    assert "tok" not in shown.replace("stripe_secret", "")
