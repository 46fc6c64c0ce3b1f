"""Nonsense in every form of every surface: a sentence that names the field, what was typed kept, nothing changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_origin
from urllib.parse import parse_qsl

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from citizen_space.kit.ids import new_key
from citizen_space.web import reading
from tests.bad_input import nasty
from tests.bad_input.house import ELSEWHERE, TRACES, SampleHouse, watch_commits
from tests.bad_input.nasty import Change, changes
from tests.bad_input.targets import Served, Target, Visited, fill, list_targets, make_path
from tests.journeys.client import Page, squeeze

TARGETS = [one for one in list_targets() if one.endpoint.kind != "raw"]
URLENCODED = "application/x-www-form-urlencoded"
# Words of the libraries, never of the house.
FOREIGN = ("Input should", "Value error", "Field required", "invalid", "Traceback", "pydantic", "sqlalchemy", "%(")
# Acts that may end the sign-in of whoever does them.
SIGNS_OUT = ("connexion", "personnel", "sortie", "verrouiller", "enregistrer", "equipe", "travailleurs")
# A code that was wrong is sealed in the journal of its register: an attempt, like the others that stay.
SIGN_INS, SEALED_ATTEMPTS = ("/connexion", "/personnel", "/enregistrer"), {"fiscal_row", "fiscal_register"}
EXAMPLES = {"sqlite": 12, "postgresql": 4}
every_target = pytest.mark.parametrize("target", TARGETS, ids=[one.name for one in TARGETS])


@dataclass
class Answer:
    """What came back, and what stayed in the database."""

    page: Page
    status: int
    wrote: set[str]

    @property
    def refused(self) -> bool:
        """True when the house said no."""
        return self.status >= 400

    def sentences(self) -> list[str]:
        """What it says is wrong."""
        found = []
        for name in ("summary__list", "notice--bad", "error__text", "verdict-screen", "field__error"):
            found += [squeeze(one.text_content()) for one in self.page.tree.find_class(name)]
        return [one for one in found if one]

    def linked_fields(self) -> set[str]:
        """The fields that the summary leads to."""
        links = [link for one in self.page.tree.find_class("summary__list") for link in one.iter("a")]
        return {(link.get("href") or "").removeprefix("#f-") for link in links}


class Sender:
    """Sends forms to a house, and sees what each left behind."""

    def __init__(self, place: SampleHouse) -> None:
        self.place = place
        self._watch = watch_commits(place.database.url)
        self.version = self._watch.__enter__()

    def close(self) -> None:
        """Stop watching."""
        self._watch.__exit__(None, None, None)

    def send(self, target: Target, path: str, body: bytes, media_type: str, role: str | None = None) -> Answer:
        """Send a body as somebody who may."""
        client = self.place.client(target.surface, "sender")
        self.place.sign_in(client, target.surface, target.role if role is None else role, target.register)
        self.place.writes.take()
        before = self.version()
        headers = {"content-type": media_type, "accept-language": "fr", "sec-fetch-site": "same-origin"}
        response = client.post(path, content=body, headers=headers)
        if response.status_code == 303 and any(word in path for word in SIGNS_OUT):
            self.place.forget_sign_ins()
        wrote = self.place.writes.take() - TRACES - ELSEWHERE
        if target.route.path in SIGN_INS and response.status_code == 401:
            wrote -= SEALED_ATTEMPTS
        if before and self.version() == before:
            wrote = set()  # it was written and undone: the file is what it was
        return Answer(Page(response), response.status_code, wrote)


@pytest.fixture(scope="module")
def sender(place: SampleHouse) -> Iterator[Sender]:
    """A sender to this module's house."""
    made = Sender(place)
    yield made
    made.close()


def good(target: Target, visited: Visited, place: SampleHouse, which: int) -> tuple[str, Served | None]:
    """An address and the form served for it; where no page has it now, an address of rows that are there."""
    served = visited.forms.get(target.name)
    if served:
        return served[which % len(served)].path, served[which % len(served)]
    return make_path(target, place, which), None


def check(answer: Answer, said: str) -> None:
    """No error of ours; a refusal is a French sentence and changes nothing."""
    assert answer.status < 500, f"{said}: {answer.status}\n{answer.page.words[:600]}"
    if not answer.refused:
        return
    sentences = answer.sentences()
    assert any(len(one) > 5 for one in sentences), (
        f"{said}: {answer.status} without a sentence: {answer.page.words[:600]}"
    )
    for sentence in sentences:
        assert not [word for word in FOREIGN if word in sentence], f"{said}: {sentence}"
    assert answer.page.tree.get("lang") == "fr", said
    assert not answer.wrote, f"{said}: refused with {answer.status}, and yet {answer.wrote} changed"


def find_faults(target: Target, body: bytes) -> set[str]:
    """The fields that the form itself cannot read."""
    if target.form is None:
        return set()
    typed: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        typed.setdefault(name, []).append(value)
    try:
        reading.check_text(target.form, typed)
        reading.parse(target.form, typed)
    except reading.UnreadableForm as error:
        return set(error.fields)
    return set()


def check_named(answer: Answer, target: Target, faults: set[str], said: str) -> None:
    """What cannot be read is named: by its label, or by the summary's link to it."""
    words, labels = " ".join(answer.sentences()), target.labels()
    if answer.status != 422 or target.form is None:
        return
    for name in faults & set(target.form.model_fields) - {"submission"}:
        named = name in answer.linked_fields() or (labels.get(name) and labels[name] in words)
        assert named, f"{said}: {name} ({labels.get(name)}) is not named in {words!r}"


def check_kept(answer: Answer, target: Target, pairs: list[tuple[str, bytes]], said: str) -> None:
    """What was typed is in the page that is drawn again."""
    if answer.status != 422 or not answer.page.tree.find_class("summary__list"):
        return
    typed = dict(pairs)
    for form in answer.page.forms():
        for name, control in form.controls.items():
            if name not in typed or not _shows_text(control) or _is_one_of_many(target, name):
                continue
            if (text := _plain(typed[name])) is not None and form.sent.get("submission", [""])[0]:
                kept = form.sent.get(name, [""])[0]
                assert squeeze(kept) == squeeze(text), f"{said}: {name} was {text[:80]!r}, and is {kept[:80]!r}"


def _is_one_of_many(target: Target, name: str) -> bool:
    found = target.form.model_fields.get(name) if target.form else None
    return found is None or get_origin(found.annotation) is list


def _shows_text(control: object) -> bool:
    kind = control.get("type")  # type: ignore[attr-defined]
    tag = control.tag  # type: ignore[attr-defined]
    return tag == "textarea" or (
        tag == "input" and kind in ("text", "email", "tel", "search", "date", "number", "time")
    )


def _plain(value: bytes) -> str | None:
    """The text, when it is one that a page can hold unchanged."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return text if re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]*", text) else None


def body_of(target: Target, served: Served | None, change: Change) -> tuple[list[tuple[str, bytes]], set[str]]:
    """A good form with one thing wrong."""
    return change.apply(fill(target, served))


@every_target
def test_nonsense_in_a_form_is_refused_in_words(
    target: Target, place: SampleHouse, visited: Visited, sender: Sender
) -> None:
    few = EXAMPLES[place.database.dialect]

    # A failure names its request in one line: making it smaller would cost more than it tells.
    @settings(max_examples=few, phases=[Phase.explicit, Phase.generate])
    @given(changes, st.integers(0, 5))
    def nonsense(change: Change, which: int) -> None:
        path, served = good(target, visited, place, which)
        pairs, touched = body_of(target, served, change)
        body = nasty.urlencode(pairs)
        answer = sender.send(target, path, body, URLENCODED)
        said = f"POST {path} {change.way} {sorted(touched)} = {change.value[:60]!r}"
        check(answer, said)
        check_named(answer, target, find_faults(target, body), said)
        if answer.page.path == path:
            check_kept(answer, target, pairs, said)

    nonsense()


# -- the rest of what may be wrong with a request ----------------------------------------------------------------------

WRONG_PARTS = ("0", "999999999", "2147483648", "9" * 40, "-1", "%00", "%ED%A0%80", "abc", "..%2F..", "1%20OR%201=1")


@every_target
def test_rows_that_are_not_there_are_not_found(target: Target, place: SampleHouse, sender: Sender) -> None:
    wrong = WRONG_PARTS if place.database.dialect == "postgresql" else WRONG_PARTS[:6]
    if "{" not in target.route.path:
        return
    for part in wrong:
        path = make_path(target, place, wrong=part)
        answer = sender.send(target, path, nasty.urlencode([("submission", new_key().encode())]), URLENCODED)
        check(answer, f"POST {path}")
        # What is already so may be said to be done: nothing was.
        assert answer.refused or not answer.wrote, f"POST {path}: {answer.status}, {answer.wrote} changed"


@every_target
def test_another_media_type_is_refused_in_words(
    target: Target, place: SampleHouse, visited: Visited, sender: Sender
) -> None:
    path, served = good(target, visited, place, 0)
    pairs = [(name, value.encode()) for name, values in fill(target, served).items() for value in values]
    as_files, mixed = nasty.multipart(pairs, [name for name, _value in pairs if name != "submission"])
    bodies = [
        (b'{"name": [1, null]}', "application/json"),
        (b"\xff\xfe\x00\x01", "application/octet-stream"),
        (b"--frontiere\r\nnonsense", "multipart/form-data; boundary=frontiere"),
        (b"nothing", "multipart/form-data"),
        (as_files, mixed),
    ]
    for body, media_type in bodies:
        check(sender.send(target, path, body, media_type), f"POST {path} as {media_type}: {body[:40]!r}")


@every_target
def test_whoever_may_not_changes_nothing(target: Target, place: SampleHouse, visited: Visited, sender: Sender) -> None:
    if not target.endpoint.roles:
        return
    path, served = good(target, visited, place, 0)
    pairs = [(name, value.encode()) for name, values in fill(target, served).items() for value in values]
    everybody = {"worker", "admin", "chef", "finance", "gate_officer", "stage_manager", "workshop_head"}
    for role in ("", *sorted(everybody - set(target.endpoint.roles))):
        answer = sender.send(target, path, nasty.urlencode(pairs), URLENCODED, role=role)
        said = f"POST {path} as {role or 'nobody'}"
        assert answer.status == (403 if role else 303), f"{said}: {answer.status}"
        assert not answer.wrote, f"{said}: {answer.wrote} changed"


@every_target
def test_the_same_form_sent_twice_has_one_effect(
    target: Target, place: SampleHouse, visited: Visited, sender: Sender
) -> None:
    """A finger that trembles: the second of two equal forms changes nothing, whatever it is told."""
    if target.form is None or "submission" not in target.form.model_fields:
        return
    path, served = good(target, visited, place, 1)
    pairs = [(name, value.encode()) for name, values in fill(target, served).items() for value in values]
    first = sender.send(target, path, nasty.urlencode(pairs), URLENCODED)
    check(first, f"POST {path}")
    before = place.contents()
    second = sender.send(target, path, nasty.urlencode(pairs), URLENCODED)
    check(second, f"POST {path} again")
    after = place.contents()
    changed = [name for name in before if before[name] != after[name]]
    assert first.refused or not changed, f"POST {path} twice changed {changed} twice"


def test_most_acts_were_met_with_a_form_that_is_served(visited: Visited, place: SampleHouse) -> None:
    """The walk found what it looks for: else nonsense would be sent to doors that are closed anyway."""
    met = [one.name for one in TARGETS if visited.forms.get(one.name)]
    assert len(met) >= 80, sorted({one.name for one in TARGETS} - set(met))
    assert not place.house.config.production
