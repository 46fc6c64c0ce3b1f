"""The office's own pages: who gets in, who sees what, and what is written down about it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from citizen_space.access import service as access
from citizen_space.access.models import Guest, Look
from citizen_space.access.rules import GuestName
from citizen_space.bookings.queries import get_booking
from citizen_space.customers import service as customers
from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.db import Database
from citizen_space.staff import service as staff
from citizen_space.staff.models import StaffAudit
from citizen_space.web import sessions
from citizen_space.web.models import Device, SignIn
from citizen_space.workers import service as workers
from citizen_space.workers.models import Attendance
from tests.bookings.factories import make_booking
from tests.counter.site import OFFICE, Site, post, words


@pytest.fixture
def site(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Site]:
    made = Site(fresh_database, tmp_path, at)
    yield made
    made.close()


def expect_party(site: Site, *, days: int = 10) -> int:
    """A vetted party of two; gives the booking's id."""
    with site.database.write() as session:
        customer = customers.find_or_create(session, name="Léa Vasseur", email="lea@exemple.fr", at=site.at)
        booking = make_booking(session, site.at, starts_at=site.at + timedelta(days=days), customer=customer)
        guests = [
            GuestName("Ada", "Kowalczykova", date(1981, 4, 7)),
            GuestName("Bob", "Vandermeersch", date(1979, 12, 30)),
        ]
        access.name_guests(session, booking, guests, keys=site.house.keys, at=site.at)
        assert booking.id is not None
        return booking.id


# -- the door ---------------------------------------------------------------------------------------------------------


def test_the_right_code_opens_the_office(site: Site) -> None:
    browser = site.stranger()
    assert browser.get("/bureau/").headers["location"] == "/bureau/connexion"
    wrong = post(browser, "/bureau/connexion", login="direction", code="wrong")
    assert wrong.status_code == 401 and "pas juste" in wrong.text
    assert post(browser, "/bureau/connexion", login="direction", code="tilleul-4821").headers["location"] == "/bureau/"
    assert "Claire Aubry" in browser.get("/bureau/").text
    post(browser, "/bureau/deconnexion")
    assert browser.get("/bureau/").status_code == 303


def test_a_one_time_code_is_asked_for(site: Site) -> None:
    secret = pyotp.random_base32()
    with site.database.write() as session:
        staff.set_one_time_codes(session, 1, secret=secret, keys=site.house.keys, actor=SYSTEM, at=site.at)
    browser = site.stranger()
    facts = {"login": "direction", "code": "tilleul-4821"}
    assert post(browser, "/bureau/connexion", **facts).status_code == 401
    assert post(browser, "/bureau/connexion", **facts, one_time_code=pyotp.TOTP(secret).at(site.at)).status_code == 303


def test_the_sixth_guess_waits(site: Site) -> None:
    browser = site.stranger()
    said = [post(browser, "/bureau/connexion", login="chef", code="x").status_code for _ in range(6)]
    assert said == [401] * 5 + [429]
    assert post(browser, "/bureau/connexion", login="direction", code="tilleul-4821").status_code == 303


def test_closing_an_account_ends_what_it_had_open(site: Site) -> None:
    chef = site.office("chef", 2)
    assert chef.get("/bureau/").status_code == 200
    admin = site.office("admin", 8)
    assert post(admin, "/bureau/equipe/2", name="Marc", role="chef").status_code == 303
    assert chef.get("/bureau/").status_code == 303
    with site.database.read() as session:
        assert session.exec(select(StaffAudit).where(StaffAudit.act == "account_changed")).one().actor_code == "S8"


# -- the walls --------------------------------------------------------------------------------------------------------


def test_each_role_opens_its_own_pages_only(site: Site) -> None:
    expect_party(site)
    may = {
        "gate_officer": {"/", "/acces", "/porte"},
        "finance": {"/", "/travailleurs", "/decomptes"},
        "admin": {"/", "/equipe", "/equipe/nouveau", "/audit", "/ecrans"},
        "chef": {"/", "/planning", "/presences", "/presences/ajouter", "/travailleurs", "/travailleurs/nouveau"}
        | {"/decomptes", "/reservations", "/fermetures", "/reservations/chercher", "/ecrans"},
    }
    paths = {route.path for route in OFFICE if "GET" in (route.methods or ()) and "{" not in route.path}  # type: ignore[attr-defined]
    for role, own in may.items():
        browser = site.office(role)
        opened = {path for path in paths - {"/connexion"} if browser.get(f"/bureau{path}").status_code != 403}
        assert opened == own, role


def test_the_gate_sees_no_money_and_finance_no_identity(site: Site) -> None:
    booking_id = expect_party(site)
    gate = site.office("gate_officer", 5)
    for path in ("", "acces", "porte"):
        assert "€" not in words(gate.get(f"/bureau/{path}").text)
    assert "€" not in words(post(gate, f"/bureau/acces/{booking_id}").text)
    assert post(site.office("finance", 6), f"/bureau/acces/{booking_id}").status_code == 403
    assert post(site.office("chef", 2), "/bureau/porte/noms").status_code == 403


def test_names_stay_closed_until_somebody_opens_them(site: Site) -> None:
    booking_id = expect_party(site)
    gate = site.office("gate_officer", 5)
    board = gate.get("/bureau/acces").text
    assert "Kowalczykova" not in board and "Ada" not in board
    assert "Kowalczykova" in post(gate, f"/bureau/acces/{booking_id}").text
    with site.database.read() as session:
        assert {(look.actor_code, look.guest_id) for look in session.exec(select(Look))} == {("S5", 1), ("S5", 2)}


def test_the_gate_lets_in_and_out(site: Site) -> None:
    expect_party(site, days=0)
    gate = site.office("gate_officer", 5)
    assert "Noter l’arrivée" not in gate.get("/bureau/porte").text, "nobody is cleared yet"
    for guest_id in (1, 2):
        post(gate, f"/bureau/acces/convives/{guest_id}", decision="cleared")
    post(gate, "/bureau/porte/convives/1/arrivee")
    listed = words(gate.get("/bureau/porte").text)
    assert "Noter le départ" in listed and "Kowalczykova".upper() not in listed
    assert "KOWALCZYKOVA Ada" in words(post(gate, "/bureau/porte/noms").text)
    assert post(gate, "/bureau/porte/imprimer").status_code == 303


def test_a_refusal_asks_for_the_reference_and_hands_over_to_the_house(site: Site) -> None:
    booking_id = expect_party(site)
    called: list[int] = []
    site.house.on_refused = lambda _session, refused_id, _at: called.append(refused_id)
    gate = site.office("gate_officer", 5)
    asked = post(gate, "/bureau/acces/convives/1", decision="refused")
    assert asked.status_code == 200 and not called
    assert post(gate, "/bureau/acces/convives/1/refuser", confirm="WRONG").status_code == 422 and not called
    with site.database.read() as session:
        reference = get_booking(session, booking_id).reference
    assert post(gate, "/bureau/acces/convives/1/refuser", confirm=reference.lower()).status_code == 303
    assert called == [booking_id]
    with site.database.read() as session:
        guest = session.get(Guest, 1)
        assert guest is not None and guest.vetting == "refused"


# -- work -------------------------------------------------------------------------------------------------------------


def test_two_heads_validate_and_the_same_one_does_not_count_twice(site: Site) -> None:
    with site.database.write() as session:
        workers.clock_in(session, 3, at=site.at)
    site.at += timedelta(hours=3)
    with site.database.write() as session:
        workers.clock_out(session, 3, at=site.at)
    chef, stage = site.office("chef", 2), site.office("stage_manager", 3)
    assert "Sofiane Meziane" in chef.get("/bureau/presences").text
    for browser in (chef, chef, stage):
        assert post(browser, "/bureau/presences/valider", lines=[1]).status_code == 303
    with site.database.read() as session:
        line = session.exec(select(Attendance)).one()
    assert (line.validated_by_1, line.validated_by_2) == (2, 3)
    statement = chef.get("/bureau/decomptes/2026-11/3")
    assert "16,62" in words(statement.text), "three hours at 5,54"
    pdf = chef.get("/bureau/decomptes/2026-11/3.pdf")
    assert pdf.headers["content-type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    assert chef.get("/bureau/decomptes/2026-99/3").status_code == 404


def test_a_lower_pay_is_refused_beside_its_field(site: Site) -> None:
    chef = site.office("chef", 2)
    terms = {"post_id": 1, "starts_on": "2026-12-01", "weekly_hours": 35}
    low = post(chef, "/bureau/travailleurs/3/contrats", **terms, hourly_rate="5,53")
    assert low.status_code == 422 and "5,54" in words(low.text)
    unread = post(chef, "/bureau/travailleurs/3/contrats", **terms, hourly_rate="beaucoup")
    assert unread.status_code == 422 and "Rémunération horaire" in unread.text
    assert post(chef, "/bureau/travailleurs/3/contrats", **terms, hourly_rate="5,54").status_code == 303


def test_a_booking_is_found_by_what_people_read_aloud(site: Site) -> None:
    booking_id = expect_party(site)
    chef = site.office("chef", 2)
    with site.database.read() as session:
        reference = get_booking(session, booking_id).reference
    assert (
        chef.get(f"/bureau/reservations/chercher?q={reference.lower()}").headers["location"].endswith(f"/{booking_id}")
    )
    assert chef.get("/bureau/reservations/chercher?q=NOTHING1").status_code == 404
    shown = chef.get(f"/bureau/reservations/{booking_id}").text
    assert "Léa Vasseur" in shown and "Kowalczykova" not in shown
    closed = {"first_on": "2026-12-24", "last_on": "2026-12-26", "reason_fr": "Noël"}
    assert post(chef, "/bureau/fermetures", **closed).status_code == 303
    assert "Noël" in chef.get("/bureau/fermetures").text
    assert post(chef, "/bureau/fermetures", **{**closed, "last_on": "2026-12-01"}).status_code == 422


def test_who_changes_their_own_code_ends_what_is_open_with_the_old_one(site: Site) -> None:
    here, elsewhere = site.office("director"), site.office("director")
    assert elsewhere.get("/bureau/").status_code == 200
    changed = post(here, "/bureau/equipe/1/codes", code="un autre code bien long")
    assert changed.status_code == 303
    here.cookies = changed.cookies  # as a browser, whose cookie of one path has one value
    assert elsewhere.get("/bureau/").headers["location"] == "/bureau/connexion"
    assert here.get("/bureau/").status_code == 200


# -- screens and sign-ins ---------------------------------------------------------------------------------------------


def take_till(site: Site) -> TestClient:
    """A screen that staff have registered, with somebody at work on it."""
    till = site.till(register_id=None)
    assert post(till, "/caisse/enregistrer", register_id=1, staff_pin="027350").status_code == 303
    assert post(till, "/caisse/connexion", code="R13", pin="8164").status_code == 303
    assert till.get("/caisse/accueil").status_code == 200
    return till


def test_a_screen_is_listed_with_who_made_it_a_till_and_when_it_was_seen(site: Site) -> None:
    till = take_till(site)
    site.at += timedelta(hours=1)
    post(till, "/caisse/debut", answer="no")
    page = words(site.office("chef", 2).get("/bureau/ecrans").text)
    assert "Caisse du restaurant" in page and "C02" in page and "En service" in page
    assert "12:30" in page and "13:30" in page, "registered at noon, seen an hour later"


def test_a_screen_taken_out_of_service_says_so_and_lets_nobody_work(site: Site) -> None:
    till, other = take_till(site), take_till(site)
    office = site.office("chef", 2)
    assert post(office, "/bureau/ecrans/1/retirer").status_code == 422, "a reason is given"
    for _again in range(2):
        assert post(office, "/bureau/ecrans/1/retirer", reason="stolen").status_code == 303
    assert till.get("/caisse/accueil").headers["location"] == "/caisse/"
    assert till.get("/caisse/").headers["location"] == "/caisse/enregistrer"
    assert "n’est plus une caisse" in words(till.get("/caisse/enregistrer").text)
    assert post(till, "/caisse/vente/ajouter", product_id=1).status_code == 303, "no act either"
    assert other.get("/caisse/accueil").status_code == 200, "the other screen of the same till goes on"
    assert "Volé" in words(office.get("/bureau/ecrans").text)
    with site.database.read() as session:
        (act,) = session.exec(select(StaffAudit).where(StaffAudit.act == "till_revoked")).all()
        ended = session.exec(select(SignIn).where(SignIn.device_id == 1)).one()
    assert (act.actor_code, act.subject, act.detail) == ("S2", "register:R1", '{"reason":"stolen"}')
    assert ended.ended_at == site.at


def test_a_screen_registered_anew_is_the_old_till_no_longer(site: Site) -> None:
    till = take_till(site)
    assert post(till, "/caisse/enregistrer", register_id=2, staff_pin="014821").status_code == 303
    with site.database.read() as session:
        first, second = session.exec(select(Device).order_by(Device.id)).all()  # type: ignore[arg-type]
    assert (first.revoked_reason, second.code, second.registered_by) == ("moved", "H1", "D01")


def test_the_sign_ins_of_one_person_end_together(site: Site) -> None:
    till, other = take_till(site), take_till(site)
    chef, admin = site.office("chef", 2), site.office("admin", 8)
    with site.database.read() as session:
        found = {one.code: one.id for one in sessions.list_open(session, site.at)}
    assert post(chef, "/bureau/ecrans/deconnecter", sign_in_id=found["R13"]).status_code == 303
    assert [one.get("/caisse/accueil").status_code for one in (till, other)] == [303, 303]
    assert post(chef, "/bureau/ecrans/deconnecter", sign_in_id=found["S8"]).status_code == 403, "staff by the admin"
    assert post(admin, "/bureau/ecrans/deconnecter", sign_in_id=found["S2"]).status_code == 303
    assert chef.get("/bureau/").status_code == 303
    assert site.office("finance", 6).get("/bureau/ecrans").status_code == 403
