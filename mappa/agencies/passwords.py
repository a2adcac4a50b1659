"""Passwords: argon2id, and the same work whether or not there is an account.

Source: OWASP Password Storage Cheat Sheet (19 MiB, two passes, one lane).
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mappa.kernel import crypto

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_of(password: str) -> str:
    """What is stored in place of a password."""
    return _hasher.hash(password.encode("utf-8", "surrogatepass"))


@cache
def _nobodys() -> str:
    return hash_of(crypto.token())


def is_right(stored: str, password: str) -> bool:
    """Whether the password is the one that was hashed; an empty hash costs the same and says no."""
    spelled = password.encode("utf-8", "surrogatepass")
    try:
        right = _hasher.verify(stored or _nobodys(), spelled)
    except (VerificationError, InvalidHashError):
        return False
    return right if stored else False
