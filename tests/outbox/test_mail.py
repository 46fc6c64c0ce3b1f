"""Mail: one contract for both gateways, a real conversation with a server, a drain that loses and repeats nothing."""

import email
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from sqlmodel import Session

from citizen_space.kit.db import Database
from citizen_space.outbox import jobs, office, queries, rules, service
from citizen_space.outbox.mail_gateway import (
    INDEX,
    FolderMail,
    MailDelayed,
    MailGateway,
    MailRefused,
    MailServerDown,
    SmtpMail,
    open_gateway,
)
from citizen_space.outbox.models import Message, MessageState
from citizen_space.outbox.rules import AddressUnreadable, Attachment, Mail
from tests.fiscal.desk import TEMPLATES, Desk
from tests.harness.servers import free_port

SENDER = "Espace citoyen <reservation@espace-citoyen.example>"
ICS = Attachment("réservation.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Dîner à l’espace\r\n".encode())


class Post:
    """A mail server that keeps what it takes, and answers as it was told to."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"
        self.hangs_up_at = ""

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _o: Any) -> str:
        if address == self.hangs_up_at:
            return "421 4.7.28 too many for this address"
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        if self.data_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return self.data_answer


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """A mail server on a port of this machine."""
    handler, port = Post(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    yield handler, port
    controller.stop()


def smtp(port: int, seconds: float = 5) -> SmtpMail:
    """A gateway to that server."""
    return SmtpMail(f"smtp://127.0.0.1:{port}", SENDER, timeout_seconds=seconds)


def a_mail(at: datetime, key: str = "booking:1:confirmed", to_address: str = "zoe@example.org") -> Mail:
    """Write a mail with accents and a file."""
    return Mail(
        rules.message_id(key, "espace-citoyen.example"),
        to_address,
        "fr",
        "Votre réservation à l’espace — 2 couverts, 20,00 €",
        "Bonjour Zoé,\n\nÀ bientôt.\n",
        "<p>Bonjour Zoé, <b>à bientôt</b></p>",
        (ICS,),
        at,
    )


def received(path: Path) -> list[EmailMessage]:
    """Read the mails of a folder."""
    return [email.message_from_bytes(one.read_bytes(), policy=default) for one in sorted(path.glob("*.eml"))]


# -- the contract of both gateways -------------------------------------------------------------------------------------

Received = Callable[[], list[EmailMessage]]


@pytest.fixture(params=["smtp", "folder"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path, post: tuple[Post, int]) -> tuple[MailGateway, Received]:
    """Each gateway, and how to see what arrived."""
    handler, port = post
    if request.param == "smtp":
        return smtp(port), lambda: handler.taken
    return FolderMail(tmp_path / "mail", SENDER), lambda: received(tmp_path / "mail")


def test_a_mail_arrives_as_it_was_written(gateway: tuple[MailGateway, Received], at: datetime) -> None:
    door, arrived = gateway
    mail = a_mail(at)
    with door.open() as line:
        line.send(mail)
    [message] = arrived()
    assert message["Subject"] == mail.subject
    assert message["To"] == "zoe@example.org"
    assert message["From"] == SENDER
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and "Bonjour Zoé" in text.get_content()
    assert html is not None and "à bientôt" in html.get_content()
    [attachment] = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("réservation.ics", "text/calendar")
    assert "Dîner à l’espace" in attachment.get_content()


def test_one_line_carries_many_and_an_address_with_accents(gateway: tuple[MailGateway, Received], at: datetime) -> None:
    door, arrived = gateway
    with door.open() as line:
        for n, address in enumerate(("a@example.org", "b@example.org", "zoé@exemple.fr")):
            line.send(a_mail(at, f"k{n}", address))
    assert {message["To"] for message in arrived()} == {"a@example.org", "b@example.org", "zoé@exemple.fr"}
    assert door.domain == "espace-citoyen.example"


# -- a server that says no ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipient", "data", "raised"),
    [
        ("550 5.1.1 no such user", "250 OK", MailRefused),
        ("450 4.2.0 greylisted", "250 OK", MailDelayed),
        ("250 OK", "554 5.7.1 spam", MailRefused),
        ("250 OK", "451 4.3.0 try later", MailDelayed),
        ("250 OK", "421 4.3.2 closing", MailServerDown),
    ],
)
def test_a_no_is_understood(
    post: tuple[Post, int], at: datetime, recipient: str, data: str, raised: type[Exception]
) -> None:
    handler, port = post
    handler.recipient_answer, handler.data_answer = recipient, data
    with pytest.raises(raised), smtp(port).open() as line:
        line.send(a_mail(at))
    assert handler.taken == []


def test_nobody_there_or_nobody_answering_is_a_server_that_is_down(at: datetime) -> None:
    with pytest.raises(MailServerDown), smtp(free_port()).open():
        raise AssertionError("never")
    import socket

    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with pytest.raises(MailServerDown), smtp(mute.getsockname()[1], 0.2).open():
            raise AssertionError("never")


def test_a_password_never_travels_in_clear(post: tuple[Post, int]) -> None:
    with pytest.raises(MailServerDown), SmtpMail(f"smtp://me:secret@127.0.0.1:{post[1]}", SENDER).open():
        raise AssertionError("never")


def test_nobody_is_mailed_from_a_trial(tmp_path: Path) -> None:
    assert isinstance(open_gateway("", SENDER, tmp_path), FolderMail)
    assert isinstance(open_gateway("smtp://mail.example:25", SENDER, tmp_path), SmtpMail)
    with pytest.raises(ValueError, match="smtp://"):
        open_gateway("http://mail.example", SENDER, tmp_path)


def test_the_folder_has_an_index_one_can_read(tmp_path: Path, at: datetime) -> None:
    door = FolderMail(tmp_path, SENDER)
    for _time in range(2):
        with door.open() as line:
            line.send(a_mail(at))
    lines = (tmp_path / INDEX).read_text().splitlines()
    assert len(lines) == 1 and "zoe@example.org\tVotre réservation" in lines[0]
    assert len(received(tmp_path)) == 1


# -- the queue ---------------------------------------------------------------------------------------------------------


def queue(session: Session, at: datetime, key: str = "k1", to_address: str = "zoe@example.org") -> Message:
    """Queue a mail."""
    return service.queue_mail(
        session,
        key=key,
        to_address=to_address,
        language="fr",
        subject="Votre\nréservation",
        text="Bonjour",
        html="<p>Bonjour</p>",
        attachments=[ICS],
        at=at,
    )


def write(_session: Session, message: Message) -> rules.Written:
    """Put a letter into words; one about nothing cannot be."""
    name = json.loads(message.about)["name"]
    return rules.Written(f"Pour {name}", f"Bonjour {name}", f"<p>Bonjour {name}</p>", [ICS])


def drain(database: Database, gateway: MailGateway, at: datetime) -> int:
    """Write and send what is due."""
    return jobs.drain(database, gateway, at, write)


def only(database: Database) -> Message:
    """Return the one mail."""
    with database.read() as session:
        [message] = queries.list_messages(session)
        return message


def test_the_same_key_is_one_mail(session: Session, at: datetime) -> None:
    assert queue(session, at).id == queue(session, at).id
    assert queries.list_messages(session)[0].subject == "Votre réservation"


@pytest.mark.parametrize(
    "address", ["", "zoe", "a@b@c", "a@example.org, b@example.org", "a@example.org\nBcc: x@y.z", "Zoé <z@y.fr>"]
)
def test_an_address_is_one_address(session: Session, at: datetime, address: str) -> None:
    with pytest.raises(AddressUnreadable):
        queue(session, at, to_address=address)


def test_what_is_due_leaves_once(fresh_database: Database, tmp_path: Path, at: datetime) -> None:
    with fresh_database.write() as session:
        queue(session, at)
        later = queue(session, at, "k2")
        later.due_at = at + timedelta(hours=1)
        session.add(later)
    door = FolderMail(tmp_path, SENDER)
    assert [drain(fresh_database, door, at) for _time in range(2)] == [1, 0]
    assert drain(fresh_database, door, at + timedelta(hours=1)) == 1
    assert len(received(tmp_path)) == 2


def test_a_mail_that_is_refused_is_given_up_and_may_be_sent_again(
    fresh_database: Database, post: tuple[Post, int], at: datetime
) -> None:
    handler, port = post
    with fresh_database.write() as session:
        queue(session, at)
    handler.recipient_answer = "550 5.1.1 no such user"
    assert drain(fresh_database, smtp(port), at) == 0
    assert (only(fresh_database).state, only(fresh_database).last_error) == (
        MessageState.FAILED,
        "550 5.1.1 no such user",
    )
    handler.recipient_answer = "250 OK"
    with fresh_database.write() as session:
        service.resend(session, only(fresh_database).id or 0, key="again", at=at)
    assert drain(fresh_database, smtp(port), at) == 1


def test_a_mail_that_is_put_off_is_tried_later_and_later(
    fresh_database: Database, post: tuple[Post, int], at: datetime
) -> None:
    handler, port = post
    with fresh_database.write() as session:
        queue(session, at)
    handler.data_answer = "451 4.3.0 try later"
    waits = []
    now = at
    while only(fresh_database).state == MessageState.QUEUED:
        drain(fresh_database, smtp(port), now)
        waits.append(int((only(fresh_database).due_at - now).total_seconds() // 60))
        now = max(only(fresh_database).due_at, now + timedelta(minutes=1))
    assert waits[:6] == [1, 5, 15, 60, 180, 360]
    assert now - at < timedelta(days=3, hours=7)
    assert only(fresh_database).state == MessageState.FAILED


def test_a_server_that_is_down_for_a_day_costs_nothing(
    fresh_database: Database, post: tuple[Post, int], at: datetime
) -> None:
    with fresh_database.write() as session:
        for n in range(3):
            queue(session, at, f"k{n}")
    dead = smtp(free_port())
    for hours in range(24):
        assert drain(fresh_database, dead, at + timedelta(hours=hours)) == 0
    with fresh_database.read() as session:
        assert {(one.state, one.attempts) for one in queries.list_messages(session)} == {(MessageState.QUEUED, 0)}
    assert drain(fresh_database, smtp(post[1]), at + timedelta(hours=25)) == 3


def test_a_mail_at_which_the_server_hangs_up_does_not_hold_up_the_others(
    fresh_database: Database, post: tuple[Post, int], at: datetime
) -> None:
    handler, port = post
    with fresh_database.write() as session:
        queue(session, at, "k1", "stuck@example.org")
        queue(session, at, "k2")
    handler.hangs_up_at = "stuck@example.org"
    for minutes in range(3):
        drain(fresh_database, smtp(port), at + timedelta(minutes=minutes))
    assert [message["To"] for message in handler.taken] == ["zoe@example.org"]
    with fresh_database.read() as session:
        [stuck] = queries.list_messages(session, states=[MessageState.QUEUED])
        assert stuck.attempts and stuck.last_error.startswith("421")


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(
    fresh_database: Database, tmp_path: Path, at: datetime
) -> None:
    with fresh_database.write() as session:
        spoilt = queue(session, at, "k1")
        spoilt.attachments = "spoilt"
        session.add(spoilt)
        queue(session, at, "k2")
    drain(fresh_database, FolderMail(tmp_path, SENDER), at)
    assert len(received(tmp_path)) == 1
    with fresh_database.read() as session:
        [stuck] = queries.list_messages(session, states=[MessageState.QUEUED])
        assert stuck.last_error.startswith("JSONDecodeError") and stuck.due_at > at


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    fresh_database: Database, tmp_path: Path, at: datetime
) -> None:
    class Probe(FolderMail):
        """Writes to the database while it sends: with a transaction open this would wait for ever."""

        def send(self, mail: Mail) -> None:
            with fresh_database.write() as session:
                queue(session, at + timedelta(days=1), f"while:{mail.message_id}")
            super().send(mail)

    with fresh_database.write() as session:
        message = queue(session, at)
        message.due_at = at
    assert drain(fresh_database, Probe(tmp_path, SENDER), at) == 1


@pytest.mark.race
def test_two_clocks_send_each_mail_once(fresh_database: Database, post: tuple[Post, int], at: datetime) -> None:
    with fresh_database.write() as session:
        for n in range(30):
            queue(session, at, f"k{n}")
    threads = [threading.Thread(target=drain, args=(fresh_database, smtp(post[1]), at)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [message["Message-ID"] for message in post[0].taken]
    assert len(ids) == len(set(ids)) == 30


DRAIN = """
import sys, time
from datetime import datetime
from pathlib import Path
from citizen_space.kit.db import Database
from citizen_space.outbox import jobs, service
from citizen_space.outbox.mail_gateway import FolderMail
if sys.argv[4] == "hang":
    def hang(*arguments, **more):
        Path(sys.argv[2], "sent").touch()
        time.sleep(60)
    service.mark_sent = hang
gateway = FolderMail(Path(sys.argv[2]), "a@espace.example")
jobs.drain(Database(sys.argv[1]), gateway, datetime.fromisoformat(sys.argv[3]), None)
"""


@pytest.mark.crash
def test_killed_between_sending_and_marking_it_is_sent_once_more_under_the_same_name(
    fresh_database: Database, tmp_path: Path, at: datetime
) -> None:
    with fresh_database.write() as session:
        queue(session, at)
    first = subprocess.Popen([sys.executable, "-c", DRAIN, fresh_database.url, str(tmp_path), at.isoformat(), "hang"])
    until = time.monotonic() + 60
    while not (tmp_path / "sent").exists() and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    [before] = received(tmp_path)
    assert only(fresh_database).state == MessageState.QUEUED
    assert drain(fresh_database, FolderMail(tmp_path / "early", "a@espace.example"), at) == 0
    second = tmp_path / "second"
    later = at + rules.LEASE
    assert drain(fresh_database, FolderMail(second, "a@espace.example"), later) == 1
    [after] = received(second)
    assert before["Message-ID"] == after["Message-ID"]
    assert only(fresh_database).state == MessageState.SENT


# -- letters that are written when they leave -------------------------------------------------------------------------


def queue_letter(session: Session, at: datetime, key: str = "l1", **about: str) -> None:
    """Queue a letter that says only what it is about."""
    service.queue_letter(session, "greeting", key=key, to_address="zoe@example.org", language="fr", about=about, at=at)


def test_a_letter_is_written_when_it_leaves_and_kept_as_it_left(
    fresh_database: Database, post: tuple[Post, int], at: datetime
) -> None:
    handler, port = post
    with fresh_database.write() as session:
        queue_letter(session, at, name="Zoé")
        queue_letter(session, at, name="Zoé")
    assert only(fresh_database).subject == ""
    handler.data_answer = "451 4.3.0 try later"
    assert drain(fresh_database, smtp(port), at) == 0
    kept = only(fresh_database)
    assert (kept.subject, kept.text, kept.html) == ("Pour Zoé", "Bonjour Zoé", "<p>Bonjour Zoé</p>")
    assert rules.unpack(kept.attachments) == (ICS,)
    with fresh_database.write() as session:
        kept.about = "{}"  # what it was about may be gone by the time of another try: the words stay
        session.merge(kept)
    handler.data_answer = "250 OK"
    assert drain(fresh_database, smtp(port), at + timedelta(minutes=1)) == 1
    assert handler.taken[-1]["Subject"] == "Pour Zoé"


def test_a_letter_that_cannot_be_written_waits_and_the_others_leave(
    fresh_database: Database, tmp_path: Path, at: datetime
) -> None:
    with fresh_database.write() as session:
        queue_letter(session, at, "l1")
        queue_letter(session, at, "l2", name="Zoé")
    assert drain(fresh_database, FolderMail(tmp_path, SENDER), at) == 1
    with fresh_database.read() as session:
        [stuck] = queries.list_messages(session, states=[MessageState.QUEUED])
    assert stuck.last_error.startswith("KeyError") and stuck.due_at == at + timedelta(minutes=1)


def test_a_letter_not_yet_written_says_so_in_the_office(fresh_database: Database, tmp_path: Path, at: datetime) -> None:
    with fresh_database.write() as session:
        queue_letter(session, at, name="Zoé")
    desk = Desk(fresh_database, tmp_path, at, office.routes)
    browser = desk.sign_in("chef")
    assert "En cours d’écriture" in browser.get("/bureau/courrier").text
    page = browser.get(f"/bureau/courrier/{only(fresh_database).id}").text
    assert "au moment où il part" in page and "tel qu’il est reçu" not in page
    desk.close()


# -- pages -------------------------------------------------------------------------------------------------------------


def test_staff_see_a_mail_as_it_was_received_and_send_it_again(
    fresh_database: Database, tmp_path: Path, at: datetime
) -> None:
    with fresh_database.write() as session:
        message = queue(session, at)
    desk = Desk(fresh_database, tmp_path, at, office.routes)
    browser = desk.sign_in("chef")
    assert "zoe@example.org" in browser.get("/bureau/courrier?state=queued&q=zoe").text
    assert "Aucun message" in browser.get("/bureau/courrier?q=%25").text
    assert "réservation.ics" in browser.get(f"/bureau/courrier/{message.id}").text
    page = browser.get(f"/bureau/courrier/{message.id}/page")
    assert page.text == "<p>Bonjour</p>" and "sandbox" in page.headers["content-security-policy"]
    refused = browser.post(f"/bureau/courrier/{message.id}/renvoyer", data={"submission": "s" * 32})
    assert refused.status_code == 409
    drain(fresh_database, FolderMail(tmp_path / "mail", SENDER), at)
    for _time in range(2):
        answer = browser.post(f"/bureau/courrier/{message.id}/renvoyer", data={"submission": "s" * 32})
        assert "part de nouveau" in answer.text
    assert drain(fresh_database, FolderMail(tmp_path / "mail", SENDER), at) == 1
    assert len({one["Message-ID"] for one in received(tmp_path / "mail")}) == 2
    assert desk.sign_in("gate_officer").get("/bureau/courrier").status_code == 403
    desk.close()


def test_a_mail_is_rendered_in_words_and_as_a_page(tmp_path: Path) -> None:
    class Shelf:
        """Two templates, beside those of the house."""

        def get(self, name: str, language: str) -> Any:
            environment = TEMPLATES.get("web/mail.html", language).environment
            block = "{% block subject_line %}Dîner & <b>{{ name }}</b>{% endblock %}"
            source = {"t.html": '{% extends "web/mail.html" %}' + block, "t.txt": "Bonjour {{ name }}"}[name]
            return environment.overlay(autoescape=name.endswith("html")).from_string(source)

    subject, text, html = service.render_mail(Shelf(), "t", "fr", name="Zoé & Cie")
    assert subject == "Dîner & Zoé & Cie"
    assert text == "Bonjour Zoé & Cie\n"
    assert "<b>Zoé &amp; Cie</b>" in html
