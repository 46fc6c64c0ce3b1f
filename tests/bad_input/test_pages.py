"""Every page of every surface with odd addresses: found, not found, or not for this person; never an error of ours."""

import pytest

from tests.bad_input.house import SampleHouse
from tests.bad_input.targets import PREFIXES, Target, list_targets, make_path

PAGES = list_targets("GET")
QUERIES = (
    "page=0&page=-1&page=abc",
    "page=99999999999999999999",
    "q=%00",
    "q=%ED%A0%80%FF&lang=xx",
    "on=0001-01-01&jour=9999-12-31&mois=2026-13&from_on=abc&to_on=9999-12-31",
    "jour=abc&date=31/02/2026&semaine=2026-W99&couverts=-1&order_id=9&register_id=99999999999",
    "lang=en&q=" + "x" * 3000,
    "couverts=%D9%A1&place=%D9%A1&place=99999999999999999999&tarif_1=1&tarif_99999999999=1&categorie=%C2%B2",
    "place=1&place=1&tarif_61=0&tarif_62=999&code=%3Cscript%3E&avant=" + "9" * 5000,
    "jour=0001-01-01&mois=0001-01&month=9999-12&week=9999-12-31",
    "jour=9999-12-31&mois=9999-12&month=0000-00&semaine=0001-01-01",
    "%",
    "&&==&a",
)
every_page = pytest.mark.parametrize("target", PAGES, ids=[one.name for one in PAGES])


def visit(place: SampleHouse, target: Target, path: str, role: str | None = None) -> tuple[int, str]:
    """Ask for a page as somebody who may see it."""
    client = place.client(target.surface, "reader")
    place.sign_in(client, target.surface, target.role if role is None else role, target.register)
    place.writes.take()
    answer = client.get(path, headers={"accept-language": "fr"})
    assert answer.status_code < 500, f"GET {path}: {answer.status_code}\n{answer.text[:800]}"
    return answer.status_code, answer.text


@every_page
def test_odd_questions_are_answered(target: Target, place: SampleHouse) -> None:
    few = QUERIES if place.database.dialect == "sqlite" else QUERIES[:6]
    for query in few:
        visit(place, target, f"{make_path(target, place, 1)}?{query}")


@every_page
def test_rows_that_are_not_there_are_not_found(target: Target, place: SampleHouse) -> None:
    if "{" not in target.route.path:
        return
    for part in ("0", "999999999", "2147483648", "9" * 40, "-1", "abc", "%00", "%ED%A0%80", "2026-02-31"):
        status, _text = visit(place, target, make_path(target, place, wrong=part))
        assert status in (303, 400, 404, 422) or "/{month" in target.route.path, f"{part}: {status}"


@every_page
def test_a_page_is_for_its_roles(target: Target, place: SampleHouse) -> None:
    everybody = {"worker", "admin", "chef", "finance", "gate_officer", "stage_manager", "workshop_head"}
    for role in sorted(everybody - set(target.endpoint.roles)) if target.endpoint.roles else ():
        status, _text = visit(place, target, make_path(target, place), role)
        assert status == 403, f"GET {target.name} as {role}: {status}"


@pytest.mark.parametrize("surface", PREFIXES)
@pytest.mark.parametrize("path", ["//", "/nulle-part", "/%00", "/%ED%A0%80", "/" + "x" * 5000, "/..%2f..%2fetc/passwd"])
def test_addresses_of_nothing(surface: str, path: str, place: SampleHouse) -> None:
    client = place.client(surface, "lost")
    answer = client.get(f"http://testserver{PREFIXES[surface]}{path}")
    assert answer.status_code in (303, 404, 422), answer.status_code
