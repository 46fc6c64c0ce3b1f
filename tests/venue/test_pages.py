"""The hall's pages through the applications: seats, rates, names, tickets; the door and the box office; the office."""

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from citizen_space import app, config
from citizen_space.bookings import queries as bookings_found
from citizen_space.bookings.models import Booking
from citizen_space.bookings.service import close
from citizen_space.fiscal import queries as registers
from citizen_space.kit.db import Database
from citizen_space.kit.ids import new_key
from citizen_space.orders.models import Order
from citizen_space.outbox.models import Message
from citizen_space.payments.models import Payment, Refund
from citizen_space.payments.service import receive
from citizen_space.printing import sample as printers
from citizen_space.printing.models import PrintJob
from citizen_space.venue.models import Admission, Seat, SeatClaim
from citizen_space.web import sessions
from citizen_space.web.visit import House
from tests.harness.letters import list_letters
from tests.venue import world
from tests.venue.world import found, performance, rate, seat, sold, till

TONIGHT = 1


@pytest.fixture
def house(database: Database, tmp_path: Path, at: datetime) -> Iterator[House]:
    """The whole house with the sample hall, at a Monday's noon."""
    given = {"CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": database.url}
    made = app.build_house(config.load(given), database=database)
    made.clock = lambda: at
    with database.write() as session:
        found(session, at)
        printers.plant(session, at=at, keys=made.keys)
        till(session, at)
    yield made
    made.close()


@pytest.fixture
def visitor(house: House) -> TestClient:
    return TestClient(app.public_app(house), follow_redirects=False, headers={"accept-language": "fr"})


def inner(house: House, at: datetime, *, role: str) -> TestClient:
    """Somebody signed in at the hall's till, or in the office."""
    kind: Literal["worker", "staff"] = "worker" if role == "worker" else "staff"
    with house.database.write() as session:
        register_id = registers.get_register_id(session, "H1")
        here = register_id if kind == "worker" else None
        token = sessions.sign_in(
            session, kind=kind, subject_id=1, role=role, name="H07", code="H07", register_id=here, at=at
        )
        device = sessions.register_device(session, register_id, "H1", "Guichet de la salle", at, room="venue")
    cookies = {"cs_inner": token, "cs_device": device}
    return TestClient(app.inner_app(house), follow_redirects=False, cookies=cookies, headers={"accept-language": "fr"})


def ids(house: House, *labels: str) -> list[int]:
    with house.database.read() as session:
        return [seat(session, label) for label in labels]


def rate_id(house: House, code: str) -> int:
    with house.database.read() as session:
        return rate(session, code)


def submission(page: str) -> str:
    found_key = re.search(r'name="submission" value="([^"]+)"', page)
    assert found_key is not None
    return found_key[1]


def names(seats: int) -> dict[str, str]:
    contact = {"name": "Anne Martin", "email": "anne@exemple.fr", "phone": "06 00 00 00 00"}
    for n in range(1, seats + 1):
        contact |= {f"guest_{n}_first_name": f"Prénom{n}", f"guest_{n}_last_name": f"Secret{n}"}
    return contact


def form(house: House, visitor: TestClient, *labels: str) -> dict[str, str]:
    """Fill the form of the last step for some seats, as the pages before lead to it."""
    full = rate_id(house, "plein")
    rates = {f"tarif_{one}": str(full) for one in ids(house, *labels)}
    page = visitor.get(f"/spectacles/seances/{TONIGHT}/noms", params=rates)
    assert page.status_code == 200, page.text
    return {"submission": submission(page.text), "performance_id": str(TONIGHT), **rates, **names(len(labels))}


def test_every_public_page_is_drawn(house: House, visitor: TestClient) -> None:
    places = {"place": [str(one) for one in ids(house, "B5", "B6")]}
    for path in ("/spectacles", "/spectacles/1", f"/spectacles/seances/{TONIGHT}"):
        assert visitor.get(path).status_code == 200, path
    rates = visitor.get(f"/spectacles/seances/{TONIGHT}/tarifs", params=places)
    assert rates.status_code == 200
    assert "Moins de 18 ans" in rates.text
    for path in ("/spectacles/999", "/spectacles/seances/999", "/spectacles/seances/999/tarifs"):
        assert visitor.get(path).status_code == 404, path


def test_the_plan_and_the_list_offer_the_same_seats(house: House, visitor: TestClient, at: datetime) -> None:
    with house.database.write() as session:
        sold(session, at, ["B5"])
    page = visitor.get(f"/spectacles/seances/{TONIGHT}").text
    drawn, listed = set(re.findall(r'data-seat="(\d+)"', page)), set(re.findall(r'data-box="(\d+)"', page))
    assert drawn == listed
    assert len(drawn) == 161
    assert len(page.encode()) < 200_000


def test_nothing_chosen_leads_back_to_the_plan(visitor: TestClient) -> None:
    page = visitor.get(f"/spectacles/seances/{TONIGHT}/tarifs")
    assert "Choisissez au moins une place." in page.text
    odd = visitor.get(f"/spectacles/seances/{TONIGHT}/tarifs", params={"place": ["x", "-1", "9" * 40]})
    assert odd.status_code == 200


def test_a_closed_day_is_shown_and_not_sold(house: House, visitor: TestClient, at: datetime) -> None:
    filled = form(house, visitor, "B5")
    with house.database.write() as session:
        tonight = performance(session)
        ends_at = tonight.starts_at + timedelta(minutes=1)
        close(
            session, room="venue", starts_at=tonight.starts_at, ends_at=ends_at, reason_fr="", reason_en="",
            actor=world.WORKER, at=at,
        )  # fmt: skip
        event_id = tonight.event_id
    sentence = "La salle est fermée ce jour-là : aucune place n’est vendue pour cette séance."
    for path in ("/spectacles", f"/spectacles/{event_id}"):
        page = visitor.get(path).text
        assert "Fermé ce jour-là" in page, path
        assert f'"/spectacles/seances/{TONIGHT}"' not in page, path
    assert sentence in visitor.get(f"/spectacles/seances/{TONIGHT}").text
    refused = visitor.post("/spectacles/reserver", data=filled)
    assert (refused.status_code, sentence in refused.text) == (409, True)
    desk = inner(house, at, role="worker")
    assert "Fermé ce jour-là" in desk.get("/caisse/salle").text
    page = desk.get(f"/caisse/salle/seances/{TONIGHT}/vendre").text
    assert sentence in page
    sale = {"submission": "0123456789abcdef", f"tarif_{ids(house, 'B5')[0]}": str(rate_id(house, "plein"))}
    refused = desk.post(f"/caisse/salle/seances/{TONIGHT}/vendre", data=sale)
    assert (refused.status_code, sentence in refused.text) == (409, True)
    with house.database.read() as session:
        assert not session.exec(select(SeatClaim)).all()


def test_seats_are_booked_paid_and_shown_as_tickets(house: House, visitor: TestClient, at: datetime) -> None:
    filled = form(house, visitor, "B5", "B6")
    answer = visitor.post("/spectacles/reserver", data=filled)
    assert answer.headers["location"] == f"/payer/{filled['submission']}:pay"
    held = visitor.get(f"/spectacles/seances/{TONIGHT}").text
    assert "Vos places B5, B6 sont gardées" in held
    with house.database.write() as session:
        payment = session.exec(select(Payment)).one()
        assert payment.amount_cents == 3000
        receive(session, payment, provider_payment="pi_1", at=at)
        path = house.on_paid(session, payment.id or 0, at)
    page = visitor.get(path).text
    with house.database.read() as session:
        tickets = session.exec(select(Admission)).all()
    mails = list_letters(house)
    assert [one.status for one in tickets] == ["valid", "valid"]
    assert all(one.reference in page and f"<dd>{one.number}</dd>" in page for one in tickets)
    assert "Première catégorie" in page
    assert "15,00" in page
    assert all("Secret" not in mail.text for mail in mails)


def test_the_same_form_sent_twice_is_one_booking(house: House, visitor: TestClient) -> None:
    filled = form(house, visitor, "B5")
    answers = {visitor.post("/spectacles/reserver", data=filled).headers["location"] for _ in range(2)}
    assert len(answers) == 1
    with house.database.read() as session:
        assert len(session.exec(select(SeatClaim)).all()) == 1


def test_a_seat_gone_in_the_meantime_offers_the_one_beside(house: House, visitor: TestClient, at: datetime) -> None:
    filled = form(house, visitor, "B5")
    with house.database.write() as session:
        sold(session, at, ["B5"])
    answer = visitor.post("/spectacles/reserver", data=filled)
    assert answer.status_code == 409
    assert "vient d’être prise" in answer.text
    near = {str(one) for one in ids(house, "B4", "B6")}
    assert 'href="#f-seats"' in answer.text and 'id="f-seats"' in answer.text, "the sentence leads to the seats"
    (offered,) = re.findall(r'name="tarif_(\d+)"', answer.text)
    assert offered in near
    for typed in ("email", "guest_1_first_name", "guest_1_last_name"):
        assert f'value="{filled[typed]}"' in answer.text, f"what was typed is kept: {typed}"


def test_two_people_are_offered_seats_side_by_side(house: House, visitor: TestClient, at: datetime) -> None:
    filled = form(house, visitor, "B5", "B6")
    with house.database.write() as session:
        sold(session, at, ["B5"])
    answer = visitor.post("/spectacles/reserver", data=filled)
    offered = {int(one) for one in re.findall(r'name="tarif_(\d+)"', answer.text)}
    assert offered == set(ids(house, "B6", "B7"))


def test_where_nothing_is_left_the_plan_says_so(house: House, visitor: TestClient, at: datetime) -> None:
    filled = form(house, visitor, "B5")
    with house.database.write() as session:
        (taken,) = [one.seat_id for one in sold(session, at, ["B5"])]
        session.execute(sa.update(Seat).where(col(Seat.id) != taken).values(active=False))
    answer = visitor.post("/spectacles/reserver", data=filled)
    assert answer.status_code == 409 and 'name="tarif_' not in answer.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "anne"}, "ne semble pas complète"),
        ({"email": "anne-sans-arobase"}, "ne semble pas complète"),
        ({"guest_1_last_name": ""}, "Nom de famille : à remplir."),
        ({"phone": "x"}, "Votre téléphone"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    house: House, visitor: TestClient, change: dict[str, str], sentence: str
) -> None:
    answer = visitor.post("/spectacles/reserver", data=form(house, visitor, "B5") | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Anne Martin" in answer.text


def test_rubbish_is_refused_and_never_an_error_of_ours(house: House, visitor: TestClient) -> None:
    filled = form(house, visitor, "B5")
    for change in ({"performance_id": "99999999999"}, {"performance_id": "x"}, {"performance_id": "77"}):
        assert visitor.post("/spectacles/reserver", data=filled | change).status_code in (404, 409, 422)
    seatless = {name: value for name, value in filled.items() if not name.startswith("tarif_")}
    assert visitor.post("/spectacles/reserver", data=seatless).status_code == 422
    assert visitor.post("/spectacles/reserver", data=seatless | {"tarif_5": "999"}).status_code == 422


def test_seats_held_are_given_back(house: House, visitor: TestClient) -> None:
    visitor.post("/spectacles/reserver", data=form(house, visitor, "B5"))
    page = visitor.get(f"/spectacles/seances/{TONIGHT}").text
    back = visitor.post(f"/spectacles/seances/{TONIGHT}/rendre", data={"submission": submission(page)})
    assert back.status_code == 303
    with house.database.read() as session:
        assert session.exec(select(SeatClaim)).all() == []


# -- the till ---------------------------------------------------------------------------------------------------------


def test_the_door_opens_and_says_yes_then_no(house: House, at: datetime) -> None:
    with house.database.write() as session:
        world_keys, world.KEYS = world.KEYS, house.keys
        one, _two = sold(session, at)
        world.KEYS = world_keys
    worker = inner(house, at, role="worker")
    door = f"/caisse/salle/seances/{TONIGHT}"
    assert "Portes fermées" in worker.get(door).text
    assert worker.post(f"{door}/portes", data={"submission": "open-the-doors"}).status_code == 303
    shown = [worker.post(f"{door}/billet", data={"submission": f"gesture-{n}", "code": one.code}) for n in (1, 2, 1)]
    assert [("Entrez" in page.text, "Ce billet a déjà servi" in page.text) for page in shown] == [
        (True, False),
        (True, True),
        (True, False),
    ]
    assert all(page.status_code == 200 and "Nom0" not in page.text for page in shown)
    assert "1 / 2" in shown[-1].text
    assert worker.post(f"{door}/billet", data={"submission": "gesture-3", "code": ""}).status_code == 422


def test_the_box_office_sells_and_prints(house: House, at: datetime) -> None:
    worker = inner(house, at, role="worker")
    here = f"/caisse/salle/seances/{TONIGHT}/vendre"
    places = {"place": ids(house, "B5")}
    assert worker.get(here).status_code == 200
    page = worker.get(f"{here}/tarifs", params=places)
    young = rate_id(house, "jeune")
    sold_at = worker.post(here, data={"submission": submission(page.text), f"tarif_{places['place'][0]}": str(young)})
    sale = sold_at.headers["location"]
    pay = worker.get(sale)
    assert "9,00" in pay.text and 'name="due_cents" value="900"' in pay.text
    assert "Le reste est payé par carte" not in pay.text, "here the card pays all of it"
    # The terminal was told another sum than the seats cost: nothing is settled unseen.
    assert worker.post(sale, data={"submission": "settle-at-another-sum", "due_cents": "1500"}).status_code == 422
    done = worker.post(sale, data={"submission": "settle-the-sale", "due_cents": "900"})
    assert done.headers["location"] == f"{sale}/paye"
    assert "Le billet s’imprime" in worker.get(f"{sale}/paye").text
    with house.database.read() as session:
        assert [one.number for one in session.exec(select(Admission))] == [1]
        assert [job.kind for job in session.exec(select(PrintJob))] == ["ticket"]
    assert worker.post(f"{sale}/billets", data={"submission": "print-once-more"}).status_code == 303
    with house.database.read() as session:
        assert len(session.exec(select(PrintJob)).all()) == 2


def test_a_till_prints_no_tickets_of_other_peoples_sales(house: House, at: datetime) -> None:
    with house.database.write() as session:
        one, _two = sold(session, at)
        order_id = session.exec(select(Order.id).where(Order.booking_id == one.booking_id)).one()
    worker = inner(house, at, role="worker")
    assert worker.get(f"/caisse/salle/ventes/{order_id}/paye").status_code == 404
    printed = worker.post(f"/caisse/salle/ventes/{order_id}/billets", data={"submission": "a-stranger"})
    assert printed.status_code == 404
    with house.database.read() as session:
        assert session.exec(select(PrintJob)).all() == []


# -- the office -------------------------------------------------------------------------------------------------------


def test_staff_see_sales_door_list_and_statement(house: House, at: datetime) -> None:
    with house.database.write() as session:
        one, _two = sold(session, at)
        assert performance(session).id == TONIGHT
    manager = inner(house, at, role="stage_manager")
    here = f"/bureau/salle/seances/{TONIGHT}"
    assert "30,00" in manager.get("/bureau/salle").text
    assert "Django" in manager.get(here).text
    assert "Écart" in manager.get(f"{here}/bordereau").text
    ticket = manager.get(f"{here}/billets/{one.id}")
    moved = manager.post(
        f"{here}/billets/{one.id}",
        data={"submission": submission(ticket.text), "performance_id": str(TONIGHT), "seat": "c9"},
    )
    assert moved.status_code == 303
    blocked = {"submission": "block-a-seat", "seat_id": str(ids(house, "L14")[0]), "blocked": "killed"}
    assert manager.post(f"{here}/place", data=blocked).status_code == 303
    dated = {"submission": "add-a-date", "event_id": "2", "on": "2026-12-30", "starts": "20:30"}
    assert manager.post("/bureau/salle", data=dated).status_code == 303
    assert manager.post("/bureau/salle", data=dated | {"event_id": "99"}).status_code == 404


def test_the_office_of_the_hall_is_for_its_staff(house: House, at: datetime) -> None:
    officer = inner(house, at, role="gate_officer")
    assert officer.get("/bureau/salle").status_code == 403
    finance = inner(house, at, role="finance")
    assert finance.get(f"/bureau/salle/seances/{TONIGHT}/bordereau").status_code == 200
    assert finance.get(f"/bureau/salle/seances/{TONIGHT}").status_code == 403


# -- a sale given back ------------------------------------------------------------------------------------------------


def refund_form(house: House, **said: str) -> dict[str, str]:
    with house.database.read() as session:
        web = registers.get_register_id(session, "WEB")
    return {"submission": "give-the-sale-back", "reason": "artiste malade", "register_id": str(web), **said}


def sold_at_the_web(house: House, at: datetime) -> tuple[Admission, int]:
    with house.database.write() as session:
        world_keys, world.KEYS = world.KEYS, house.keys
        one, _two = sold(session, at)
        world.KEYS = world_keys
        return one, session.exec(select(Order.id).where(Order.booking_id == one.booking_id)).one() or 0


def test_a_refunded_sale_frees_its_seats_and_its_tickets_are_refused(house: House, at: datetime) -> None:
    ticket, order_id = sold_at_the_web(house, at)
    manager = inner(house, at, role="stage_manager")
    assert "La rembourser annule la réservation" in manager.get(f"/bureau/ventes/{order_id}").text
    refund = f"/bureau/ventes/{order_id}/rembourser"
    part = manager.post(refund, data=refund_form(house, amount="10,00"))
    assert part.status_code == 422
    assert "se rend en entier ou pas du tout" in part.text
    for _time in range(2):
        assert manager.post(refund, data=refund_form(house)).status_code == 303
    with house.database.read() as session:
        assert session.exec(select(SeatClaim)).all() == []
        assert {one.status for one in session.exec(select(Admission))} == {"cancelled"}
        assert session.exec(select(Order.status)).one() == "refunded"
        given = session.exec(select(Refund)).one()
        assert (given.amount_cents, given.reason) == (3000, "artiste malade")
        assert len(session.exec(select(Message)).all()) == 1
    worker = inner(house, at, role="worker")
    door = f"/caisse/salle/seances/{TONIGHT}"
    worker.post(f"{door}/portes", data={"submission": "open-the-doors"})
    said = worker.post(f"{door}/billet", data={"submission": "a-gesture-of-it", "code": ticket.code}).text
    assert "Ce billet a été remboursé." in said


def test_a_head_gives_back_sales_of_their_own_room_only(house: House, at: datetime) -> None:
    _ticket, order_id = sold_at_the_web(house, at)
    refund = f"/bureau/ventes/{order_id}/rembourser"
    for role in ("chef", "workshop_head"):
        head = inner(house, at, role=role)
        assert refund not in head.get(f"/bureau/ventes/{order_id}").text
        assert head.post(refund, data=refund_form(house)).status_code == 403, role
    with house.database.read() as session:
        assert session.exec(select(Order.status)).one() == "settled"
    assert inner(house, at, role="finance").post(refund, data=refund_form(house)).status_code == 303


@pytest.mark.race
def test_seats_paid_while_they_are_let_go_stay_or_the_money_goes_back(
    house: House, visitor: TestClient, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    """The payment lands between the look at the hold and the lock: on SQLite, where the writer is alone, just after."""
    visitor.post("/spectacles/reserver", data=form(house, visitor, "B5"))
    find_own_hold = bookings_found.find_own_hold

    def land() -> None:
        with house.database.write() as session:
            payment = session.exec(select(Payment)).one()
            receive(session, payment, provider_payment="pi_race", at=at)
            house.on_paid(session, payment.id or 0, at)

    with ThreadPoolExecutor(1) as pool:
        landing: list[Future[None]] = []

        def find_slowly(session: Session, **facts: Any) -> Booking | None:
            found_hold = find_own_hold(session, **facts)
            landing.append(pool.submit(land))
            wait(landing, timeout=5 if house.database.dialect == "postgresql" else 0.2)
            return found_hold

        monkeypatch.setattr(bookings_found, "find_own_hold", find_slowly)
        key = {"submission": new_key()}
        assert visitor.post(f"/spectacles/seances/{TONIGHT}/rendre", data=key).status_code == 303
        landing[0].result()
    with house.database.read() as session:
        kept = sum(one.amount_cents - one.refunded_cents for one in session.exec(select(Payment)))
        valid = [one.price_cents for one in session.exec(select(Admission)) if one.status == "valid"]
        assert kept == sum(valid)
        assert session.exec(select(Booking)).one().status == ("confirmed" if valid else "cancelled")
