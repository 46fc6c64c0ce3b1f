"""Every route of the house says who may come in, and no other does."""

from citizen_space.registry import list_routes
from citizen_space.web.endpoint import Endpoint
from citizen_space.web.roles import ANYONE, STAFF, TILL
from tests.journeys.crawl import IDS, QUERIES, list_doors

# What somebody who has not signed in yet may open inside.
DOORS = {
    "till": {"/", "/connexion", "/personnel", "/enregistrer", "/verrouiller"},
    "office": {"/connexion", "/deconnexion"},
}


def test_inside_every_route_but_the_doors_asks_for_a_role() -> None:
    for surface, doors in DOORS.items():
        open_to_all = {route.path for route in list_routes(surface) if _roles(route.endpoint) == ANYONE}
        assert open_to_all == doors, surface


def test_no_worker_may_open_a_page_of_the_office() -> None:
    for route in list_routes("office"):
        assert _roles(route.endpoint) <= STAFF, route.path
    for route in list_routes("till"):
        assert _roles(route.endpoint) <= TILL, route.path


def test_the_public_surface_asks_nobody_to_sign_in() -> None:
    assert {_roles(route.endpoint) for route in list_routes("public")} == {ANYONE}


def test_the_crawl_knows_where_to_find_every_number_of_an_address() -> None:
    known = {key.split()[0] for key in IDS}
    doors = [door for surface in ("public", "till", "office") for door in list_doors(surface)]
    assert {name for door in doors for name in door.names} <= known
    assert set(QUERIES) <= {door.path for door in doors}


def _roles(endpoint: object) -> frozenset[str]:
    assert isinstance(endpoint, Endpoint)
    return frozenset(endpoint.roles)
