"""What is true of a mail: its Message-ID, its attachments, when it is tried again and when no more."""

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _

_TAG = re.compile(r"<[^>]*>")

LEASE = timedelta(minutes=10)
BATCH = 20

RETRY_AFTER_MINUTES = (1, 5, 15, 60, 180, 360)
"""After the last one, every six hours: a mail server may be down for a day."""

GIVEN_UP_AFTER = timedelta(days=3)


class MailNotFailed(Refusal):
    """A mail that waits is on its way already."""

    sentence = _("Ce message est déjà en attente d’envoi.")


class AddressUnreadable(Refusal):
    """Nobody can be written to there."""

    status = 422
    sentence = _("Cette adresse de courriel n’est pas valide.")


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is to be written: the template `<package>/mail/<name>`, what it is told, and what goes with it."""

    template: str
    facts: Mapping[str, Any]
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Written:
    """A letter in words: subject, text and HTML in the language of who receives it."""

    subject: str
    text: str
    html: str
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Mail:
    """A mail as a gateway sends it."""

    message_id: str
    to_address: str
    language: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    created_at: datetime


def message_id(key: str, domain: str) -> str:
    """Derive the Message-ID from the key: the same mail sent twice carries the same name."""
    return f"<{fingerprint(key)[:32]}@{domain}>"


def pack(attachments: Sequence[Attachment]) -> str:
    """Write attachments as JSON."""
    packed = [
        {"name": a.name, "media_type": a.media_type, "content": base64.b64encode(a.content).decode()}
        for a in attachments
    ]
    return json.dumps(packed)


def unpack(text: str) -> tuple[Attachment, ...]:
    """Read attachments back."""
    return tuple(Attachment(a["name"], a["media_type"], base64.b64decode(a["content"])) for a in json.loads(text))


def check_address(address: str) -> str:
    """Return a bare address; a line break or a second address in it would make another mail of ours."""
    tidy = address.strip()
    if parseaddr(tidy)[1] != tidy or tidy.count("@") != 1 or any(char.isspace() or ord(char) < 32 for char in tidy):
        raise AddressUnreadable("email")
    return tidy


def one_line(subject: str) -> str:
    """Return a subject without line breaks."""
    return " ".join(subject.split())


def next_try(created_at: datetime, attempts: int, at: datetime) -> datetime | None:
    """Return when to try again, or None when it is no longer worth it."""
    wait = timedelta(minutes=RETRY_AFTER_MINUTES[min(attempts, len(RETRY_AFTER_MINUTES)) - 1])
    return at + wait if at + wait < created_at + GIVEN_UP_AFTER else None


def plain(subject: str) -> str:
    """Return a rendered subject without markup, on one line."""
    return one_line(html.unescape(_TAG.sub("", subject)))
