"""The documentation says what is there, and nothing that is not."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.faults import config_names
from tests.architecture.source import HOUSE, ROOMS, ROOT, house, packages

DOCS = ROOT / "docs"
PAGES = ("tour.md", "glossary.md", "accounts.md", "law.md", "runbook.md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def read(*parts: str) -> str:
    """Return the text of a file of the repository."""
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def documents() -> list[Path]:
    """Every document that is written by hand."""
    return [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def contract(identifier: str) -> list[str]:
    """Return the layers of one of import-linter's contracts."""
    rules = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(rule for rule in rules if rule["id"] == identifier)["layers"]
    return layers


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_there(name: str) -> None:
    assert len(read("docs", name)) > 500


def test_the_tour_names_every_package() -> None:
    tour = read("docs", "tour.md")
    missing = [name for name in packages() if not re.search(rf"`(citizen_space/)?{name}(\.py|/)?`|\b{name}\b", tour)]
    assert not missing


def test_the_tour_names_no_package_that_is_gone() -> None:
    named = re.findall(r"`(?:citizen_space/)?(\w+)/`", read("docs", "tour.md"))
    real = {*packages(), *(path.name for path in ROOT.iterdir()), *(path.name for path in DOCS.iterdir())}
    inner = {path.name for path in HOUSE.rglob("*") if path.is_dir()}
    assert named
    assert not set(named) - real - inner


def test_the_tour_shows_the_storeys_as_they_are() -> None:
    tour = re.sub(r"[\s`]+", " ", read("docs", "tour.md"))
    missing = [storey for storey in contract("storeys") if re.sub(r"[()]", "", storey) not in tour]
    assert not missing, "these storeys stand in pyproject.toml and not in docs/tour.md"


def test_every_configuration_name_is_explained() -> None:
    explained = read("docs", "runbook.md") + read("README.md")
    assert not sorted(name for name in config_names(house()) if name not in explained)


def test_every_make_target_is_explained() -> None:
    targets = re.findall(r"^([a-z-]+):.*?##", read("Makefile"), re.MULTILINE)
    explained = "".join(path.read_text(encoding="utf-8") for path in documents())
    assert {"run", "test", "bench"} <= set(targets)
    plain = {"help", "install", "install-dev", "clean"}
    assert not [target for target in targets if target not in plain and f"make {target}" not in explained]


def test_the_glossary_has_the_words_of_the_tables() -> None:
    """A word of the statuses a person sees is explained once, for all."""
    glossary = read("docs", "glossary.md").lower()
    words = "hold claim party_size tab chit fire admission work_order quote tender settle drawer_session x_report"
    words += (
        " z_report entry posting share transfer closing business_day worker staff customer verify outbox door agent"
    )
    wanted = [word.replace("_", " ") for word in words.split()] + list(ROOMS)
    assert not [word for word in wanted if word not in glossary]


def test_every_link_leads_somewhere() -> None:
    broken = []
    for path in documents():
        for link in LINK.findall(path.read_text(encoding="utf-8")):
            target = link.partition("#")[0]
            if target and not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT).as_posix()}: {link}")
    assert not broken


def test_a_decision_costs_half_a_page() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert decisions
    for path in decisions:
        assert re.match(r"\d{4}-[a-z0-9-]+\.md$", path.name), path.name
        assert path.read_text(encoding="utf-8").count("\n") <= 60, f"{path.name} is long"


def test_no_lock_names_a_host() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert len(locks) == 3
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path.name
        assert "--hash=sha256:" in text, path.name


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([a-z0-9.-]+)==", read("requirements-dev.lock"), re.MULTILINE))
    names = {re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in asked}
    assert not names - locked
