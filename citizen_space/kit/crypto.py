"""Sealing, signing, hashing: thin words over `cryptography` and `argon2`."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
# The second choice of OWASP: 18 ms here. A four-digit PIN is protected by throttling and the pepper, not by this.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def fingerprint(text: str | bytes) -> str:
    """Hash a text with SHA-256, as hexadecimal digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def seal_text(key: bytes, plain: str) -> str:
    """Encrypt a text with AES-GCM so that it can be neither read nor altered without the key."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), None)).decode()


def open_text(key: bytes, sealed: str) -> str:
    """Decrypt what `seal_text` made; raises InvalidTag when it was altered."""
    raw = base64.urlsafe_b64decode(sealed)
    return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()


def new_signing_key() -> bytes:
    """Make an Ed25519 private key: 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


@lru_cache(maxsize=16)
def _private(private: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(private)


@lru_cache(maxsize=16)
def _public(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


@lru_cache(maxsize=16)
def public_key(private: bytes) -> bytes:
    """Give the public half of a signing key: 32 bytes."""
    return _private(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """Sign a message with Ed25519: 64 bytes."""
    return _private(private).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature fits the message."""
    try:
        _public(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def hash_secret(secret: str, pepper: bytes) -> str:
    """Hash a PIN or a sign-in code, slowly."""
    return _HASHER.hash(_peppered(secret, pepper))


def check_secret(hashed: str, secret: str, pepper: bytes) -> bool:
    """Tell whether a PIN or a code is the one that was hashed."""
    try:
        return _HASHER.verify(hashed, _peppered(secret, pepper))
    except (VerificationError, InvalidHashError):
        return False


def _peppered(secret: str, pepper: bytes) -> bytes:
    return hmac.digest(pepper, secret.encode(), "sha256")
