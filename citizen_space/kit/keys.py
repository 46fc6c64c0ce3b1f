"""The house's keys: made once in a folder that only its owner reads, or given by the environment."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from citizen_space.kit.crypto import fingerprint, public_key


@dataclass(frozen=True, repr=False)
class Keys:
    """32 bytes each; never printed, never logged."""

    fiscal_key: bytes
    identity_key: bytes
    cookie_secret: bytes
    pin_pepper: bytes
    ticket_key: bytes

    @property
    def fiscal_public(self) -> bytes:
        """The half that anybody may check the fiscal chain with."""
        return public_key(self.fiscal_key)

    @property
    def fiscal_key_id(self) -> str:
        """The name that sealed rows give to the key that signed them."""
        return fingerprint(self.fiscal_public)[:16]

    @property
    def ticket_public(self) -> bytes:
        """The half that the door checks tickets with."""
        return public_key(self.ticket_key)


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Keys))


def new_keys() -> Keys:
    """Make a fresh set."""
    return Keys(**{name: secrets.token_bytes(32) for name in NAMES})


def load_keys(folder: Path, environment: Mapping[str, str] | None = None) -> Keys:
    """Take each key from the environment (`CITIZEN_SPACE_FISCAL_KEY`, base64), else from its file, made when absent."""
    given = os.environ if environment is None else environment
    return Keys(**{name: _given(given, name) or kept_secret(folder / name) for name in NAMES})


def _given(environment: Mapping[str, str], name: str) -> bytes | None:
    text = environment.get(f"CITIZEN_SPACE_{name.upper()}")
    return _decode(text, name) if text else None


def kept_secret(path: Path) -> bytes:
    """Read the 32 bytes of a file, made when absent."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, base64.b64encode(secrets.token_bytes(32)))
    return _decode(path.read_text(), path.name)


def _write_once(path: Path, content: bytes) -> None:
    """Write the whole key under another name first: a reader never sees half of it, a second writer never wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _decode(text: str, name: str) -> bytes:
    key = base64.b64decode(text.strip(), validate=True)
    if len(key) != 32:
        raise ValueError(f"key {name} is {len(key)} bytes long, not 32")
    return key
