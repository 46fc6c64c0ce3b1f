"""The house's keys: made once in a folder that only its owner reads, or given by the environment."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from citizen_space.kit.crypto import fingerprint, public_key


@dataclass(frozen=True, repr=False)
class Keys:
    """32 bytes each; never printed, never logged."""

    fiscal_key: bytes
    identity_key: bytes
    cookie_secret: bytes
    pin_pepper: bytes
    ticket_key: bytes
    retired: Mapping[str, bytes] = field(default_factory=dict, kw_only=True)
    """Public halves of the fiscal keys that signed before, by the names that sealed rows give them."""

    @property
    def fiscal_publics(self) -> Mapping[str, bytes]:
        """Every key that a sealed row may have been signed with, by its name."""
        return {**self.retired, self.fiscal_key_id: self.fiscal_public}

    @property
    def fiscal_public(self) -> bytes:
        """The half that anybody may check the fiscal chain with."""
        return public_key(self.fiscal_key)

    @property
    def fiscal_key_id(self) -> str:
        """The name that sealed rows give to the key that signed them."""
        return key_id(self.fiscal_public)

    @property
    def ticket_public(self) -> bytes:
        """The half that the door checks tickets with."""
        return public_key(self.ticket_key)


NAMES: tuple[str, ...] = tuple(one.name for one in fields(Keys) if one.name != "retired")
_NEXT, _RETIRED = "fiscal_key.next", "retired"


def key_id(public: bytes) -> str:
    """Name a signing key by its public half."""
    return fingerprint(public)[:16]


def new_keys() -> Keys:
    """Make a fresh set."""
    made: dict[str, Any] = {name: secrets.token_bytes(32) for name in NAMES}
    return Keys(**made)


def load_keys(folder: Path, environment: Mapping[str, str] | None = None) -> Keys:
    """Take each key from the environment (`CITIZEN_SPACE_FISCAL_KEY`, base64), else from its file, made when absent."""
    given = os.environ if environment is None else environment
    made: dict[str, Any] = {name: _given(given, name) or kept_secret(folder / name) for name in NAMES}
    retired = {path.stem: _decode(path.read_text(), path.name) for path in (folder / _RETIRED).glob("*.pub")}
    return Keys(**made, retired=retired)


def prepare_fiscal_key(folder: Path) -> bytes:
    """Make the fiscal key that comes next, or return the one that was made before a crash: its private half."""
    return kept_secret(folder / _NEXT)


def change_fiscal_key(folder: Path, old: Keys) -> None:
    """Let the prepared key take the place of the old one, of which only the public half is kept. May be repeated."""
    retired = folder / _RETIRED
    retired.mkdir(mode=0o700, exist_ok=True)
    kept = retired / f"{old.fiscal_key_id}.pub"
    if not kept.exists():
        _write_once(kept, base64.b64encode(old.fiscal_public))
    (folder / _NEXT).replace(folder / "fiscal_key")


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
