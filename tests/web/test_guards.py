"""Who may come in, from where, and what a browser is told."""

from datetime import datetime, timedelta

import pytest
from starlette.responses import PlainTextResponse, Response

from citizen_space.web import sessions
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE, GATE, STAFF, WORKER
from citizen_space.web.visit import House, Visit
from tests.web.conftest import Serve


def done(visit: Visit) -> Response:
    """Say who it is."""
    return PlainTextResponse(visit.who.code if visit.who else "nobody")


def enter(visit: Visit) -> Response:
    """Sign in with whatever role is typed."""
    visit.sign_in(kind="staff", subject_id=7, role=visit.typed["role"], name="Ana", code="STAFF-7")
    return visit.redirect("/")


def leave(visit: Visit) -> Response:
    """Sign out."""
    visit.sign_out()
    return visit.redirect("/")


ROUTES = [
    page("/", done),
    page("/argent", done, roles=FINANCE),
    page("/porte", done, roles=GATE),
    act("/entrer", enter),
    act("/sortir", leave),
    act("/payer", done, roles=FINANCE),
]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_only_our_own_pages_may_act(serve: Serve, headers: dict[str, str], status: int) -> None:
    assert serve([act("/", done)]).post("/", headers=headers).status_code == status


def test_whoever_has_not_signed_in_is_sent_to_do_so(serve: Serve) -> None:
    client = serve(ROUTES, name="office", prefix="/bureau", sign_in="/connexion")
    assert client.get("/bureau/argent").headers["location"] == "/bureau/connexion"
    assert client.post("/bureau/payer").headers["location"] == "/bureau/connexion"


def test_each_role_enters_its_own_rooms_only(serve: Serve) -> None:
    client = serve(ROUTES, name="office", prefix="/bureau")
    client.post("/bureau/entrer", data={"role": "gate_officer"})
    assert client.get("/bureau/porte").text == "STAFF-7"
    assert client.get("/bureau/argent").status_code == 403
    assert client.post("/bureau/payer").status_code == 403


def test_a_role_is_never_worker_and_staff_at_once() -> None:
    assert not WORKER & STAFF
    assert "gate_officer" not in FINANCE
    assert "finance" not in GATE


def test_a_sign_in_of_one_surface_is_none_on_another(serve: Serve) -> None:
    office = serve(ROUTES, name="office", prefix="/bureau")
    cookie = office.post("/bureau/entrer", data={"role": "finance"}).headers["set-cookie"]
    assert "Path=/bureau" in cookie
    assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    public = serve([page("/", done)])
    public.cookies.set("cs_inner", cookie.split("=")[1].split(";")[0])
    assert public.get("/").text == "nobody"


def test_signing_out_ends_the_token_and_not_only_the_cookie(serve: Serve) -> None:
    client = serve(ROUTES, name="office", prefix="/bureau")
    client.post("/bureau/entrer", data={"role": "finance"})
    token = client.cookies["cs_inner"]
    client.post("/bureau/sortir")
    client.cookies.clear()
    client.cookies.set("cs_inner", token)
    assert client.get("/bureau/").text == "nobody"


def test_signing_in_anew_ends_the_sign_in_before(serve: Serve, house: House, at: datetime) -> None:
    client = serve(ROUTES, name="office", prefix="/bureau")
    client.post("/bureau/entrer", data={"role": "finance"})
    before = client.cookies["cs_inner"]
    client.post("/bureau/entrer", data={"role": "finance"})
    with house.database.read() as session:
        assert sessions.find_who(session, before, at) is None
        assert sessions.find_who(session, client.cookies["cs_inner"], at) is not None


def _till_sign_in(house: House, at: datetime, register_id: int) -> dict[str, str]:
    with house.database.write() as session:
        token = sessions.sign_in(
            session,
            kind="staff",
            subject_id=7,
            role="finance",
            name="A.",
            code="STAFF-7",
            register_id=register_id,
            at=at,
        )
        return {"cs_inner": token, "cs_device": sessions.register_device(session, register_id, "R1", "Caisse", at)}


def test_a_pin_typed_on_a_till_does_not_open_the_office(serve: Serve, house: House, at: datetime) -> None:
    office = serve(ROUTES, name="office", prefix="/bureau", sign_in="/connexion")
    office.cookies.update(_till_sign_in(house, at, 1))
    assert office.get("/bureau/argent").headers["location"] == "/bureau/connexion"


def test_a_sign_in_stays_on_the_till_it_was_made_on(serve: Serve, house: House, at: datetime) -> None:
    till = serve(ROUTES, name="till", prefix="/caisse")
    here, there = _till_sign_in(house, at, 1), _till_sign_in(house, at, 2)
    till.cookies.update(here)
    assert till.get("/caisse/argent").text == "STAFF-7"
    till.cookies.set("cs_device", there["cs_device"])
    assert till.get("/caisse/argent").status_code == 303, "another till"
    till.cookies.delete("cs_device")
    assert till.get("/caisse/argent").status_code == 303, "no till at all, or one that was revoked"


@pytest.mark.parametrize("path", ["//elsewhere.example", "/%5Celsewhere.example", "///elsewhere.example/a"])
def test_no_address_makes_a_link_to_elsewhere(serve: Serve, path: str) -> None:
    page = serve(ROUTES).get(f"http://testserver{path}").text
    assert 'href="//' not in page and 'href="/\\' not in page


def _sign_in(house: House, at: datetime) -> str:
    with house.database.write() as session:
        return sessions.sign_in(
            session, kind="worker", subject_id=3, role="worker", name="B.", code="R03", register_id=None, at=at
        )


def test_a_sign_in_that_rests_too_long_is_over(house: House, at: datetime) -> None:
    token = _sign_in(house, at)
    with house.database.read() as session:
        assert sessions.find_who(session, token, at + timedelta(hours=3)) is not None
        assert sessions.find_who(session, token, at + sessions.LONGEST_IDLE) is None
        assert sessions.find_who(session, "forged", at) is None


def test_who_keeps_working_stays_signed_in_but_not_for_ever(house: House, at: datetime) -> None:
    token = _sign_in(house, at)
    for hours in range(1, 14):
        moment = at + timedelta(hours=hours)
        with house.database.write() as session:
            who = sessions.find_who(session, token, moment)
            assert who is not None, hours
            sessions.touch(session, token, who, moment)
    with house.database.read() as session:
        assert sessions.find_who(session, token, at + sessions.LONGEST) is None


def test_all_sign_ins_of_a_person_end_together(house: House, at: datetime) -> None:
    tokens = [_sign_in(house, at) for _number in range(2)]
    with house.database.write() as session:
        sessions.sign_out_everywhere(session, kind="worker", subject_id=3, at=at)
    with house.database.read() as session:
        assert [sessions.find_who(session, token, at) for token in tokens] == [None, None]


def test_a_till_is_known_until_it_is_revoked(serve: Serve, house: House, at: datetime) -> None:
    def register(visit: Visit) -> Response:
        visit.register_device(1, "R1", "Caisse du restaurant")
        return visit.redirect("/")

    def name(visit: Visit) -> Response:
        return PlainTextResponse(visit.device.name if visit.device else "no till")

    client = serve([page("/", name), act("/enregistrer", register)], name="till", prefix="/caisse")
    assert client.get("/caisse/").text == "no till"
    client.post("/caisse/enregistrer")
    assert client.get("/caisse/").text == "Caisse du restaurant"
    with house.database.write() as session:
        (device,) = sessions.list_devices(session)
        assert sessions.revoke_device(session, device.id or 0, by="D01", reason="lost", at=at) is not None
        assert sessions.revoke_device(session, device.id or 0, by="D02", reason="broken", at=at) is None, "once"
    assert client.get("/caisse/").text == "no till"


def test_every_answer_carries_the_headers_that_guard_a_browser(serve: Serve) -> None:
    client = serve([*ROUTES, act("/refuse", enter)])
    for answer in (client.get("/"), client.get("/nowhere"), client.post("/refuse", headers={"origin": "null"})):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "form-action 'self';" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_inner_pages_are_kept_by_nobody(serve: Serve) -> None:
    assert serve(ROUTES, name="office", prefix="/bureau").get("/bureau/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/", None, "fr"),
        ("/", "en-GB,en;q=0.9", "en"),
        ("/", "de,fr;q=0.5,en;q=0.3", "fr"),
        ("/", "en;q=oops", "fr"),
        ("/?lang=en", "fr", "en"),
        ("/?lang=xx", "fr", "fr"),
    ],
)
def test_the_language_is_the_readers(serve: Serve, path: str, header: str | None, language: str) -> None:
    client = serve([page("/", lambda visit: PlainTextResponse(visit.language))])
    headers = {"accept-language": header} if header else {"accept-language": ""}
    assert client.get(path, headers=headers).text == language


def test_the_language_chosen_is_remembered(serve: Serve) -> None:
    client = serve([page("/", lambda visit: PlainTextResponse(visit.language))])
    client.get("/?lang=en")
    assert client.get("/", headers={"accept-language": "fr"}).text == "en"


def test_a_forged_cookie_is_forgotten(serve: Serve) -> None:
    client = serve([page("/", lambda visit: PlainTextResponse(visit.language))])
    client.cookies.set("cs_visit", "eyJsYW5ndWFnZSI6ImVuIn0.forged")
    assert client.get("/", headers={"accept-language": "fr"}).text == "fr"


def test_a_browser_keeps_its_name(serve: Serve) -> None:
    client = serve([page("/", lambda visit: PlainTextResponse(visit.browser_key))])
    first = client.get("/").text
    assert len(first) == 32
    assert client.get("/").text == first


def test_static_files_are_kept_for_ever_under_their_fingerprint(house: House) -> None:
    assert house.templates.assets.url("tokens.css").startswith(f"/static/{house.templates.assets.fingerprint}/")
    with pytest.raises(LookupError):
        house.templates.assets.url("no-such-file.css")
