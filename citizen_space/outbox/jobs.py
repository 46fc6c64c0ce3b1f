"""What the clock does with the outbox: mails leave, with no transaction open while the server is spoken to."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from citizen_space.kit.db import Database
from citizen_space.kit.jobs import Job
from citizen_space.outbox import queries, service
from citizen_space.outbox.mail_gateway import MailDelayed, MailGateway, MailLine, MailRefused, MailServerDown
from citizen_space.outbox.models import Message
from citizen_space.outbox.rules import Written

Write = Callable[[Session, Message], Written]

# One run takes so many batches at most, so that it ends before the next one begins.
_BATCHES = 10
_log = logging.getLogger("citizen_space.outbox")


def make_jobs(gateway: MailGateway, write: Write) -> list[Job]:
    """Make the outbox's jobs for a gateway and for who writes the house's letters."""

    def run(database: Database, at: datetime) -> None:
        drain(database, gateway, at, write)

    return [Job("outbox.drain", 5, run)]


def drain(database: Database, gateway: MailGateway, at: datetime, write: Write) -> int:
    """Write and send what is due, and return how many have left."""
    sent = 0
    for _batch in range(_BATCHES):
        with database.read() as session:
            if not queries.has_due(session, at):
                break
        with database.write() as session:
            messages = service.lease_due(session, at)
        ready = [message for message in messages if _put_into_words(database, message, write, at)]
        left = _send_batch(database, gateway, ready, at)
        sent += left
        if left < len(messages):
            break
    return sent


def _put_into_words(database: Database, message: Message, write: Write, at: datetime) -> bool:
    """Write a letter that so far says only what it is about; False when that could not be done."""
    if not message.letter or message.html:
        return True
    assert message.id is not None
    try:
        with database.read() as session:
            written = write(session, message)
    except Exception as error:
        _log.exception("letter %s could not be written", message.id)
        _put_off(database, message, f"{type(error).__name__}: {error}", at)
        return False
    service.put_words(message, written)
    with database.write() as session:
        service.keep_words(session, message.id, written)
    return True


def _send_batch(database: Database, gateway: MailGateway, messages: Sequence[Message], at: datetime) -> int:
    sent = 0
    waiting = list(messages)
    try:
        with gateway.open() as line:
            while waiting:
                sent += _send(database, gateway, line, waiting.pop(0), at)
    except MailServerDown as error:
        with database.write() as session:
            ids = [message.id for message in waiting if message.id is not None]
            service.give_back(session, ids, at=at, error=str(error))
    return sent


def _send(database: Database, gateway: MailGateway, line: MailLine, message: Message, at: datetime) -> bool:
    assert message.id is not None
    try:
        line.send(service.mail_of(message, gateway.domain))
    except MailRefused as error:
        with database.write() as session:
            service.mark_failed(session, message.id, lease=message.lease, error=str(error))
        return False
    except MailDelayed as error:
        _put_off(database, message, str(error), at)
        return False
    except MailServerDown as error:
        # It may be this very mail that the server hangs up at: it steps back, and is not the first next time.
        _put_off(database, message, str(error), at)
        raise
    except Exception as error:
        _log.exception("mail %s could not be written", message.id)
        _put_off(database, message, f"{type(error).__name__}: {error}", at)
        return False
    # A kill between the line above and the one below sends this mail once more, under the same Message-ID.
    with database.write() as session:
        service.mark_sent(session, message.id, at=at)
    return True


def _put_off(database: Database, message: Message, error: str, at: datetime) -> None:
    assert message.id is not None
    with database.write() as session:
        service.mark_delayed(session, message.id, lease=message.lease, error=error, at=at)
