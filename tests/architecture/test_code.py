"""The walls of the house, kept by a test; each rule has a control that breaks it."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.architecture import faults
from tests.architecture.measure import LONGEST_AVERAGE, measure
from tests.architecture.source import HOUSE, ROOMS, ROOT, Source, everything, house, source

Rule = Callable[[Source], Iterator[str]]

# One file each that breaks the rule: path, text.
CONTROLS: dict[str, list[tuple[str, str]]] = {
    "commits": [
        ("citizen_space/cash/service.py", "def close(session):\n    session.commit()"),
        ("citizen_space/web/endpoint.py", "session.connection().rollback()"),
    ],
    "hidden_imports": [
        ("citizen_space/cash/service.py", "def close():\n    from citizen_space.bank import service"),
        ("citizen_space/app.py", "def build():\n    import stripe"),
    ],
    "floating_cents": [
        ("citizen_space/orders/rules.py", "half = line.price_cents / 2"),
        ("citizen_space/orders/rules.py", "half = (line.price_cents + 1) // 2"),
        ("citizen_space/orders/rules.py", "more = price_cents * 1.2"),
        ("citizen_space/orders/rules.py", "shown = float(order.total_cents)"),
        ("citizen_space/orders/rules.py", "def share(total_cents: float): ..."),
    ],
    "long_functions": [("citizen_space/cash/service.py", "def close():\n" + "    pass\n" * 70)],
    "long_services": [("citizen_space/cash/service.py", "x = 1\n" * 401)],
    "own_clocks": [
        ("citizen_space/cash/service.py", "at = datetime.now(UTC)"),
        ("citizen_space/web/visit.py", "at = datetime.datetime.now(tz=UTC)"),
        ("citizen_space/cash/rules.py", "on = date.today()"),
        ("citizen_space/kit/ids.py", "stamp = time.time()"),
        ("citizen_space/cash/service.py", "at = clock.now()"),
    ],
    "environment_reads": [
        ("citizen_space/cash/service.py", "import os\nos.environ['DEBUG']"),
        ("citizen_space/web/visit.py", "from os import getenv\ngetenv('DEBUG')"),
    ],
    "loose_foreign_keys": [
        ("citizen_space/cash/models.py", "x: int = Field(foreign_key=Order.id)"),
        ("citizen_space/cash/models.py", "Column(ForeignKey(Order.id))"),
        ("citizen_space/cash/models.py", "from citizen_space.orders.models import Order"),
    ],
    "future_annotations": [("citizen_space/cash/models.py", "from __future__ import annotations")],
    "bare_sentences": [
        ("citizen_space/cash/service.py", "class Closed(Refusal):\n    sentence = 'La caisse est fermée.'"),
        ("citizen_space/cash/service.py", "class Closed(Refusal):\n    sentence: str = 'La caisse est fermée.'"),
    ],
    "formatted_messages": [("citizen_space/cash/till.py", "_(f'Il manque {missing}')")],
    "test_hooks": [("citizen_space/cash/service.py", "from tests.harness import servers")],
    "empty_names": [
        ("citizen_space/cash/utils.py", ""),
        ("citizen_space/cash/models.py", "class CashTransaction: ..."),
    ],
    "pages_without_routes": [("citizen_space/cash/till.py", "def x_report(): ...")],
    "asynchronous_handlers": [("citizen_space/cash/till.py", "async def x_report(): ...")],
    "verbs_out_of_order": [
        ("citizen_space/venue/service.py", "def hold(): ...\ndef availability(): ..."),
    ],
    "lying_verbs": [
        ("citizen_space/cash/queries.py", "def get_drawer(session: Session) -> Drawer | None: ..."),
        ("citizen_space/cash/rules.py", "def is_open(drawer: Drawer) -> str: ..."),
    ],
}


@pytest.mark.parametrize("rule", faults.RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps(rule: Rule) -> None:
    found = [fault for item in everything() for fault in rule(item) if applies(rule, item)]
    assert not found, "\n" + "\n".join(found)


def applies(rule: Rule, item: Source) -> bool:
    """The printing agent stands alone: it has its own clock, its own environment and talks to devices."""
    alone = {faults.own_clocks, faults.environment_reads, faults.hidden_imports}
    return item.path.startswith("citizen_space/") or rule not in alone


@pytest.mark.parametrize("rule", faults.RULES, ids=lambda rule: rule.__name__)
def test_a_broken_rule_is_seen(rule: Rule) -> None:
    controls = CONTROLS[rule.__name__]
    for path, text in controls:
        assert list(rule(source(path, text))), f"{rule.__name__} lets this pass:\n{path}\n{text}"


def test_what_is_allowed_passes() -> None:
    allowed = [
        (faults.commits, "citizen_space/kit/db.py", "session.commit()"),
        (faults.floating_cents, "citizen_space/kit/money.py", "quotient = total_cents // by"),
        (faults.floating_cents, "citizen_space/orders/rules.py", "total_cents = price_cents * quantity"),
        (faults.floating_cents, "citizen_space/orders/rules.py", "portion(price_cents, bp) + vat_cents"),
        (faults.own_clocks, "citizen_space/web/endpoint.py", "at = clock.now()"),
        (faults.loose_foreign_keys, "citizen_space/cash/models.py", "x: int = Field(foreign_key='orders_order.id')"),
        (faults.bare_sentences, "citizen_space/cash/service.py", "class A(Refusal):\n    sentence = _('Non.')"),
        (faults.lying_verbs, "citizen_space/cash/queries.py", "def get_drawer() -> Drawer: ..."),
        (faults.lying_verbs, "citizen_space/cash/queries.py", "def find_drawer() -> Drawer | None: ..."),
        (faults.lying_verbs, "citizen_space/cash/queries.py", "def is_open() -> ColumnElement[bool]: ..."),
        (
            faults.verbs_out_of_order,
            "citizen_space/venue/service.py",
            "".join(f"def {v}(): ...\n" for v in faults.VERBS),
        ),
    ]
    for rule, path, text in allowed:
        assert not list(rule(source(path, text))), (path, text)


def test_the_house_is_read_at_all() -> None:
    assert len(house()) > 100


def test_functions_are_short_on_average() -> None:
    assert measure().average <= LONGEST_AVERAGE, measure().sentence()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_every_file(room: str) -> None:
    missing = [name for name in faults.ROOM_FILES if not (HOUSE / room / f"{name}.py").is_file()]
    assert not missing, f"{room} lacks {missing}"
    assert (HOUSE / room / "templates").is_dir()
    assert not (HOUSE / room / "__init__.py").read_text().strip(), "the __init__.py of a room is empty"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_the_seven_verbs(room: str) -> None:
    assert [item for item in house() if item.path == f"citizen_space/{room}/service.py"]


def test_the_configuration_is_small() -> None:
    names = faults.config_names(house())
    assert 0 < len(names) <= faults.MOST_CONFIG_NAMES, sorted(names)


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [ROOT / item.path for item in everything()]
    left = [path for path in files if marks.search(path.read_text(encoding="utf-8"))]
    assert not left


def test_no_storey_is_optional() -> None:
    contracts = (
        (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition('id = "storeys"')[2].partition("\n]\n")[0]
    )
    assert "kit" in contracts
    assert "exhaustive = true" in contracts
    assert not re.findall(r'"\((.*)\)"', contracts), "these storeys are marked optional"
