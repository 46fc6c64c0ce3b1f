"""What differs from one machine to the next: read once from the environment. Business choices are dated rows."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class Misconfigured(Exception):
    """The environment asks for something that must not be."""


@dataclass(frozen=True)
class Config:
    """Each field is `CITIZEN_SPACE_<NAME>` in the environment."""

    var: Path = Path("var")  # everything this installation writes
    database_url: str = ""  # empty: an SQLite file in var
    production: bool = False

    host: str = "127.0.0.1"
    public_port: int = 8000
    inner_port: int = 8001
    public_url: str = ""  # the address in mails, tickets and payment pages; empty: this machine's
    inner_url: str = ""
    trusted_proxies: str = "127.0.0.1"  # whose X-Forwarded-* headers are believed

    threads: int = 4  # at once in the house; as many connections to the database
    max_body_bytes: int = 8 * 1024 * 1024

    stripe_secret_key: str = field(default="", repr=False)
    stripe_webhook_secret: str = field(default="", repr=False)
    stripe_api_base: str = ""  # empty: Stripe's own
    payment_page: str = "https://checkout.stripe.com"  # the only foreign host a form may end at

    smtp_url: str = field(default="", repr=False)  # smtp://user:password@host:587; empty: mails are kept in var/mail
    mail_from: str = "espace citoyen <reservation@localhost>"
    agent_token: str = field(default="", repr=False)  # the printers agent's; empty: made and kept in var/keys

    @property
    def sandbox(self) -> bool:
        """True when no card processor is configured and the sandbox stands in."""
        return not self.stripe_secret_key

    @property
    def sqlite(self) -> bool:
        """True on one box, where one process holds all that writes."""
        return self.database_url.startswith("sqlite")


def load(environment: Mapping[str, str] | None = None) -> Config:
    """Read the environment once and refuse what must not be."""
    given = os.environ if environment is None else environment
    values = {one.name: _read(one.type, given[_name(one.name)]) for one in fields(Config) if given.get(_name(one.name))}
    config = Config(**values)
    config = _filled(config)
    check(config)
    return config


def _name(field_name: str) -> str:
    return f"CITIZEN_SPACE_{field_name.upper()}"


def _read(kind: Any, text: str) -> Any:
    if kind is bool:
        return text.strip().lower() in ("1", "true", "yes", "on")
    return kind(text)


def _filled(config: Config) -> Config:
    """Put the addresses of this machine where none were given."""
    values = {one.name: getattr(config, one.name) for one in fields(Config)}
    values["var"] = config.var.expanduser().resolve()
    values["database_url"] = config.database_url or f"sqlite:///{values['var'] / 'citizen_space.db'}"
    values["public_url"] = (config.public_url or f"http://{config.host}:{config.public_port}").rstrip("/")
    values["inner_url"] = (config.inner_url or f"http://{config.host}:{config.inner_port}").rstrip("/")
    return Config(**values)


def check(config: Config) -> None:
    """Refuse a production that would take play money or lose its mails in a folder."""
    if not config.production:
        return
    if config.sandbox:
        raise Misconfigured("production needs CITIZEN_SPACE_STRIPE_SECRET_KEY: the sandbox takes play money")
    if not config.stripe_webhook_secret:
        raise Misconfigured("production needs CITIZEN_SPACE_STRIPE_WEBHOOK_SECRET: events must be signed")
    if not config.smtp_url:
        raise Misconfigured("production needs CITIZEN_SPACE_SMTP_URL: mails would stay in a folder")
    if not config.public_url.startswith("https://"):
        raise Misconfigured("production needs an https:// CITIZEN_SPACE_PUBLIC_URL: secrets travel in its links")
