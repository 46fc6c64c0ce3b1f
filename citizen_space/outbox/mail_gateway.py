"""The one door to the post: a mail server, or a folder that keeps what would have been sent."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from citizen_space.kit.crypto import fingerprint
from citizen_space.outbox.rules import Mail

TIMEOUT_SECONDS = 15.0


class MailRefused(Exception):
    """The server will never take this mail: trying again is of no use."""


class MailDelayed(Exception):
    """The server does not take this mail now: try it again later."""


class MailServerDown(Exception):
    """Nobody answers: no mail at all goes out at the moment."""


class MailGateway(Protocol):
    """Sends mails one after the other."""

    @property
    def domain(self) -> str:
        """The part of a Message-ID after the @."""
        ...

    @contextmanager
    def open(self) -> "Iterator[MailLine]":
        """Open a line for some mails; raises MailServerDown."""
        ...


class MailLine(Protocol):
    """An open line."""

    def send(self, mail: Mail) -> None:
        """Hand one mail over; raises MailRefused, MailDelayed or MailServerDown."""
        ...


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Write a mail as it travels: text, HTML and attachments, in UTF-8."""
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = mail.language
    # Nobody's absence notice shall answer a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        main, _slash, sub = attachment.media_type.partition("/")
        # Without its charset a calendar's é would be read as two strange letters.
        params = {"charset": "utf-8"} if main == "text" else {}
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=params)
    return message


# -- a server ----------------------------------------------------------------------------------------------------------


class SmtpMail:
    """Sends through a mail server: smtp://user:password@host:587 (STARTTLS when a password is sent) or smtps://…"""

    def __init__(self, url: str, sender: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._parts = urlsplit(url)
        if self._parts.scheme not in ("smtp", "smtps") or not self._parts.hostname:
            raise ValueError("the address of the mail server begins with smtp:// or smtps://")
        self._sender, self._timeout = sender, timeout_seconds
        self.domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"

    @contextmanager
    def open(self) -> Iterator[MailLine]:
        """Open one connection for some mails."""
        try:
            connection = _connect(self._parts, self._timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerDown(_said(error)) from error
        try:
            yield _SmtpLine(connection, self._sender)
        finally:
            _hang_up(connection)


def _connect(parts: SplitResult, timeout: float) -> smtplib.SMTP:
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=timeout, context=context)
    else:
        connection = smtplib.SMTP(host, parts.port or 25, timeout=timeout)
    try:
        connection.ehlo()
        if parts.scheme == "smtp" and (connection.has_extn("starttls") or parts.username):
            # A password never travels in clear: without STARTTLS this raises.
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        _hang_up(connection)
        raise
    return connection


def _hang_up(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


class _SmtpLine:
    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection, self._sender = connection, sender

    def send(self, mail: Mail) -> None:
        """Hand one mail to the server."""
        message = compose(mail, self._sender)
        try:
            self._hand_over(message, mail.to_address)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refusal(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(_said(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerDown(_said(error)) from error

    def _hand_over(self, message: EmailMessage, to_address: str) -> None:
        if to_address.isascii():
            self._connection.send_message(message)
            return
        if not self._connection.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("the server takes no address with accents")
        options = ("SMTPUTF8", "BODY=8BITMIME")
        sender = parseaddr(self._sender)[1]
        self._connection.sendmail(sender, [to_address], message.as_bytes(policy=SMTPUTF8), mail_options=options)


def _refusal(code: int, said: bytes | str) -> Exception:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    # 421: the server closes the line; whatever else it says applies to no mail in particular.
    if code == 421:
        return MailServerDown(f"{code} {words}")
    return MailRefused(f"{code} {words}") if code >= 500 else MailDelayed(f"{code} {words}")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


# -- a folder ----------------------------------------------------------------------------------------------------------

INDEX = "index.txt"
_NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")


class FolderMail:
    """Keeps mails as files that any mail program opens, and an index one can read; nothing leaves the machine."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender
        self.domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"

    @contextmanager
    def open(self) -> Iterator[MailLine]:
        """Make the folder ready."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailServerDown(_said(error)) from error
        yield self

    def send(self, mail: Mail) -> None:
        """Keep one mail; the same one again takes the place of the first."""
        path = self._folder / self.file_name(mail)
        is_new = not path.exists()
        draft = path.with_suffix(".part")
        try:
            draft.write_bytes(compose(mail, self._sender).as_bytes())
            draft.replace(path)
            if is_new:
                with (self._folder / INDEX).open("a", encoding="utf-8") as index:
                    index.write(
                        f"{mail.created_at:%Y-%m-%d %H:%M:%S}\t{mail.to_address}\t{mail.subject}\t{path.name}\n"
                    )
        except OSError as error:
            raise MailServerDown(_said(error)) from error

    @staticmethod
    def file_name(mail: Mail) -> str:
        """Name a mail's file by when it was written, for whom, and what it is."""
        address = _NOT_IN_NAMES.sub("_", mail.to_address)[:60]
        return f"{mail.created_at:%Y%m%d-%H%M%S}-{address}-{fingerprint(mail.message_id)[:8]}.eml"


def open_gateway(smtp_url: str, sender: str, folder: Path) -> MailGateway:
    """Give the mail server that is configured, else the folder: nobody is mailed from a trial."""
    return SmtpMail(smtp_url, sender) if smtp_url else FolderMail(folder, sender)
