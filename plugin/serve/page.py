"""Is this page one of those that the owner's patterns name?"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Where nobody is to be interrupted; the owner's own patterns are the caller's to add.
CHECKOUTS = (
    "*/checkout",
    "*/checkout/*",
    "*/checkouts/*",
    "*/order/orderform*",
    "*/payment",
    "*/payment/*",
)
_ORIGIN = re.compile(r"^https?://[^/?#]*", re.IGNORECASE)


def is_named(path: str, patterns: Sequence[str]) -> bool:
    """Whether the page at ``path`` ("/shoes/7", with or without "?color=red") is meant.

    ``*`` in a pattern stands for anything; "!" before it excludes. No patterns, or only excluding
    ones: every other page. The host of a pattern and a slash at the end of a path do not matter;
    the query matters only to patterns that hold a "?".

    >>> is_named("/demo/cart", ["/demo/*", "!*/checkout"]), is_named("/demo/checkout", ["!*out"])
    (True, False)
    """
    if any(_fits(path, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    return not wanted or any(_fits(path, pattern) for pattern in wanted)


def is_checkout(path: str) -> bool:
    """Whether the path alone says that people pay here, as on the platforms we know."""
    return is_named(path.lower(), CHECKOUTS)


def _fits(path: str, pattern: str) -> bool:
    pattern = _ORIGIN.sub("", pattern) or "/"
    path, mark, query = path.partition("#")[0].partition("?")
    path = path.rstrip("/")
    asked = mark + query if "?" in pattern else ""
    return any(_matches(path + end + asked, pattern) for end in ("", "/"))


def _matches(text: str, pattern: str) -> bool:
    # Not a regular expression: the path is the visitor's, and many stars would cost n^stars.
    first, *middle = pattern.split("*")
    if not middle:
        return text == pattern
    last = middle.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last)
