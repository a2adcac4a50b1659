"""Field encryption and every random value, so that a test can fix both."""

import hashlib
import secrets
from collections.abc import Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag as InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_ID = b"\x01"
_keys: dict[bytes, AESGCM] = {}


def use_key(key: bytes) -> None:
    """Set the installation's 32-byte key."""
    _keys[_KEY_ID] = AESGCM(key)


def seal(text: str, purpose: str) -> bytes:
    """Encrypt ``text``; it opens only under the same ``purpose``."""
    return seal_bytes(text.encode(), purpose)


def open_sealed(sealed: bytes, purpose: str) -> str:
    """Decrypt what ``seal`` made. Raises ``InvalidTag`` for anything else."""
    return open_bytes(sealed, purpose).decode()


def seal_bytes(data: bytes, purpose: str) -> bytes:
    """Encrypt bytes; they open only under the same ``purpose``."""
    nonce = secrets.token_bytes(12)
    return _KEY_ID + nonce + _keys[_KEY_ID].encrypt(nonce, data, purpose.encode())


def open_bytes(sealed: bytes, purpose: str) -> bytes:
    """Decrypt what ``seal_bytes`` made.

    Raises ``InvalidTag`` for anything else, ``KeyError`` for what another key made.
    """
    return _keys[sealed[:1]].decrypt(sealed[1:13], sealed[13:], purpose.encode())


def token(size: int = 32) -> str:
    """A new unguessable token, fit for URLs and cookies."""
    return secrets.token_urlsafe(size)


def new_id() -> UUID:
    """A new random 128-bit id; never guessable, never in order."""
    return UUID(bytes=secrets.token_bytes(16), version=4)


def many_ids() -> Iterator[str]:
    """Ids like those of ``new_id``, without end and in hexadecimal: drawn in blocks, so cheaply."""
    while True:
        block = secrets.token_bytes(16 * 4096).hex()
        for start in range(0, len(block), 32):
            drawn = block[start : start + 32]
            yield f"{drawn[:12]}4{drawn[13:16]}8{drawn[17:]}"


def digest(text: str) -> str:
    """SHA-256 in hexadecimal: what is stored in place of a token."""
    return hashlib.sha256(text.encode()).hexdigest()
