"""How is a password kept, and is this the one?"""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()  # argon2id with the library's current costs


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def is_right(password: str, kept: str | None) -> bool:
    """Whether ``password`` is the one kept; None (no such owner) is never right, as slowly."""
    try:
        return _hasher.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
