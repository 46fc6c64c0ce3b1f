"""One request, one transaction: return commits, raise rolls back, and the page comes back with what was typed."""

from typing import Any

import pytest
from pydantic import BaseModel, Field, field_validator
from sqlmodel import select
from starlette.responses import PlainTextResponse, Response

from citizen_space.kit.db import Database
from citizen_space.kit.errors import NotFound, OutsideIsDown, Refusal
from citizen_space.kit.models import JobRun
from citizen_space.kit.text import _
from citizen_space.web.endpoint import act, call_out, page, raw
from citizen_space.web.visit import House, Visit
from tests.web.conftest import Serve


class SeatTaken(Refusal):
    sentence = _("Cette place vient d’être prise.")


class Booking(BaseModel):
    name: str = Field(title="Nom", max_length=10)
    seats: int = Field(title="Places", ge=1, le=9)
    extras: list[str] = Field(default=[], title="Suppléments")
    note: str | None = None
    photo: bytes = b""

    @field_validator("note")
    @classmethod
    def no_shouting(cls, note: str | None) -> str | None:
        """A form's own rule, in its own sentence."""
        if note and note.isupper():
            raise ValueError(_("Écrivez en minuscules."))
        return note


def show(visit: Visit) -> Response:
    """Show the form with what it has to say."""
    return visit.render("web/fragment.html", heading="form")


def book(visit: Visit) -> Response:
    """Write a row, then refuse or break as the form's name says."""
    visit.session.add(JobRun(job=visit.form.name, slot=visit.form.seats, started_at=visit.at))
    visit.session.flush()
    if visit.form.name == "taken":
        raise SeatTaken("seats")
    if visit.form.name == "full":
        raise SeatTaken
    if visit.form.name == "break":
        raise ZeroDivisionError
    return visit.redirect("/done", notice="C’est fait.")


def rows(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(JobRun.job)).all())


ROUTES = [page("/", show), act("/book", book, form=Booking, again=show), act("/alone", book, form=Booking)]


def test_a_notice_is_said_in_the_readers_language(serve: Serve) -> None:
    def done(visit: Visit) -> Response:
        return visit.redirect("/done", notice=_("Votre réservation est annulée."))

    said = page("/done", lambda visit: PlainTextResponse(visit.notice or "-"))
    client = serve([act("/cancel", done), said])
    answer = client.post("/cancel", headers={"accept-language": "en"}, follow_redirects=True)
    assert answer.text == "Your booking is cancelled."


def test_return_commits_and_the_notice_is_said_once(serve: Serve, database: Database) -> None:
    client = serve([*ROUTES, page("/done", lambda visit: PlainTextResponse(visit.notice or "-"))])
    answer = client.post("/book", data={"name": "anna", "seats": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/done")
    assert rows(database) == ["anna"]
    assert [client.get("/done").text for _again in range(2)] == ["C’est fait.", "-"]


def test_a_refusal_undoes_everything_and_draws_the_page_again(serve: Serve, database: Database) -> None:
    answer = serve(ROUTES).post("/book", data={"name": "taken", "seats": "2"})
    assert answer.status_code == 409
    assert "Cette place vient d’être prise." in answer.text
    assert '<a href="#f-seats">' in answer.text
    assert rows(database) == []


def test_a_refusal_without_a_field_stands_over_the_page(serve: Serve) -> None:
    answer = serve(ROUTES).post("/book", data={"name": "full", "seats": "2"})
    assert 'role="alert"' in answer.text
    assert "Cette place vient d’être prise." in answer.text


def test_a_form_that_cannot_be_read_says_which_field_and_why(serve: Serve, database: Database) -> None:
    answer = serve(ROUTES).post("/book", data={"name": "a name too long", "seats": "many", "note": "LOUD"})
    assert answer.status_code == 422
    assert "Nom : trop long : 10 caractères au plus." in answer.text
    assert "Places : un nombre entier est attendu." in answer.text
    assert "Écrivez en minuscules." in answer.text
    assert rows(database) == []


def test_a_field_left_blank_is_missing_not_empty(serve: Serve) -> None:
    answer = serve(ROUTES).post("/book", data={"name": "  ", "seats": "0", "note": ""})
    assert "Nom : à remplir." in answer.text
    assert "Places : doit valoir 1 au moins." in answer.text


def test_what_was_typed_is_kept(serve: Serve) -> None:
    kept: list[Any] = []

    def again(visit: Visit) -> Response:
        kept.append((dict(visit.typed), visit.errors, visit.problem))
        return show(visit)

    client = serve([act("/book", book, form=Booking, again=again)])
    client.post("/book", data={"name": "anna", "seats": "x", "extras": ["a", "b"]})
    typed, errors, problem = kept[0]
    assert typed == {"name": "anna", "seats": "x", "extras": ["a", "b"]}
    assert list(errors) == ["seats"]
    assert problem is None


def test_a_mistake_of_ours_is_undone_said_and_logged(
    serve: Serve, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    answer = serve(ROUTES).post("/book", data={"name": "break", "seats": "1"})
    assert answer.status_code == 500
    assert "Rien n’a été perdu" in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert rows(database) == []


def test_without_a_page_to_draw_again_the_error_page_says_it(serve: Serve) -> None:
    answer = serve(ROUTES).post("/alone", data={"name": "taken", "seats": "1"})
    assert answer.status_code == 409
    assert "Cette place vient d’être prise." in answer.text


def test_files_and_repeated_fields_reach_the_form(serve: Serve) -> None:
    forms: list[Any] = []

    def take(visit: Visit) -> Response:
        forms.append((visit.form, visit.uploads["photo"].filename))
        return visit.redirect("/")

    client = serve([act("/book", take, form=Booking)])
    data = {"name": "anna", "seats": "1", "extras": ["one"]}
    assert client.post("/book", data=data, files={"photo": ("bike.jpg", b"\xff\xd8")}).status_code == 303
    form, filename = forms[0]
    assert (form.photo, form.extras, filename) == (b"\xff\xd8", ["one"], "bike.jpg")


def test_a_page_that_would_write_is_stopped(serve: Serve, database: Database) -> None:
    def write(visit: Visit) -> Response:
        visit.session.add(JobRun(job="sneaked", slot=1, started_at=visit.at))
        visit.session.flush()
        return PlainTextResponse("written")

    assert serve([page("/", write)]).get("/").status_code == 500
    assert rows(database) == []


# -- calling out ------------------------------------------------------------------------------------------------------


def _caller(outside: Any, seen: list[Any]) -> Any:
    def before(visit: Visit) -> str:
        visit.session.add(JobRun(job="asked", slot=1, started_at=visit.at))
        return "ticket"

    def after(visit: Visit, prepared: str, told: str) -> Response:
        seen.append((prepared, told))
        visit.session.add(JobRun(job="answered", slot=1, started_at=visit.at))
        return visit.redirect("/thanks")

    return call_out("/pay", before=before, outside=outside, after=after)


def test_the_network_is_called_between_two_transactions(serve: Serve, database: Database) -> None:
    seen: list[Any] = []

    def outside(house: House, prepared: str) -> str:
        # What came before is committed, and the writer is free: we could write ourselves.
        seen.append(rows(house.database))
        with house.database.write() as session:
            session.add(JobRun(job="meanwhile", slot=1, started_at=house.clock()))
        return f"paid {prepared}"

    answer = serve([_caller(outside, seen)]).post("/pay")
    assert answer.headers["location"] == "/thanks"
    assert seen == [["asked"], ("ticket", "paid ticket")]
    assert sorted(rows(database)) == ["answered", "asked", "meanwhile"]


def test_when_the_outside_is_down_what_came_before_stays(serve: Serve, database: Database) -> None:
    def outside(_house: House, _prepared: str) -> str:
        raise OutsideIsDown

    answer = serve([_caller(outside, [])]).post("/pay")
    assert answer.status_code == 503
    assert "Rien n’est perdu" in answer.text
    assert rows(database) == ["asked"]


def test_looking_with_head_does_nothing(serve: Serve, database: Database) -> None:
    client = serve([_caller(lambda _house, _prepared: "told", [])])
    assert client.head("/pay").status_code == 200
    assert rows(database) == []


def test_a_machine_sends_bytes_from_elsewhere(serve: Serve, database: Database) -> None:
    def store(visit: Visit) -> Response:
        visit.session.add(JobRun(job=visit.body.decode(), slot=1, started_at=visit.at))
        return PlainTextResponse("stored")

    client = serve([raw("/hook", store)])
    answer = client.post("/hook", content=b'{"id": 1}', headers={"origin": "https://processor.example"})
    assert answer.status_code == 200
    assert rows(database) == ['{"id": 1}']


# -- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/", 405),
        ("GET", "/?q=%00", 422),
        ("GET", "/table/99999999999999999999", 404),
        ("GET", "/day/2026-02-31", 404),
        ("GET", "/day/2026-02-28", 200),
    ],
)
def test_what_cannot_be_is_answered_in_words(serve: Serve, method: str, path: str, status: int) -> None:
    def day(visit: Visit) -> Response:
        return PlainTextResponse(str(visit.path["on"].year))

    client = serve([*ROUTES, page("/table/{number:int}", show), page("/day/{on:day}", day)])
    assert client.request(method, path).status_code == status


def test_a_form_may_not_hold_a_null_character(serve: Serve) -> None:
    assert serve(ROUTES).post("/book", data={"name": "a\0b", "seats": "1"}).status_code == 422


def test_a_body_too_large_is_refused(serve: Serve, house: House) -> None:
    answer = serve(ROUTES).post("/book", content=b"x" * (house.config.max_body_bytes + 1))
    assert answer.status_code == 413
    assert "trop volumineux" in answer.text


def test_a_page_that_finds_nothing_says_404_in_its_look(serve: Serve) -> None:
    def find(_visit: Visit) -> Response:
        raise NotFound

    answer = serve([page("/", find)]).get("/?lang=en")
    assert answer.status_code == 404
    assert '<html lang="en">' in answer.text


def test_a_script_gets_the_refusal_as_a_fragment(serve: Serve) -> None:
    answer = serve(ROUTES).post("/alone", data={"name": "taken", "seats": "1"}, headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert "Cette place vient d’être prise." in answer.text
