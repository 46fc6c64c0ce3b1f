"""References people read aloud, secrets of links, keys of repeatable acts."""

import secrets
import uuid

# Without 0, O, 1, I and L: a reference is dictated over the telephone and copied by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference(length: int = 8) -> str:
    """Make a short public reference."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_secret() -> str:
    """Make the unguessable part of a link: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_key() -> str:
    """Make the key that lets an act be repeated without being done twice."""
    return uuid.uuid4().hex
