"""Is the body one JSON object that we dare to read, and what does it say?

Python's own parser takes NaN, repeated keys and any depth; this reader does not. Depth is counted
before parsing, for a parser that is too deep fails in ways of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from plugin.errors import BodyRefused

LARGEST = 131_072
DEEPEST = 10
BOM = b"\xef\xbb\xbf"
# A string with its escapes is passed over whole, so that brackets inside it do not count.
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


def read_object(body: bytes, largest: int = LARGEST) -> dict[str, Any]:
    """The JSON object in ``body`` (UTF-8, a byte order mark allowed).

    Raises BodyRefused: too large (413), too deep, not UTF-8, not JSON, NaN or Infinity, a key that
    repeats, anything after the object, or something else than an object.
    """
    if len(body) > largest:
        raise BodyRefused(
            f"the body may have {largest} bytes at most", code="too_large", status=413
        )
    body = body.removeprefix(BOM)
    _check_depth(body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyRefused("the body must be UTF-8") from None
    try:
        found = _decoder.decode(text)
    except ValueError:  # JSON that is none, or a number of thousands of digits
        raise BodyRefused("the body must be one JSON object and nothing after it") from None
    if not isinstance(found, dict):
        raise BodyRefused("the body must be a JSON object")
    return found


def _check_depth(body: bytes) -> None:
    depth = 0
    for found in _BRACKETS.finditer(body):
        mark = found[0]
        if mark in (b"{", b"["):
            depth += 1
            if depth > DEEPEST:
                raise BodyRefused(f"the body is nested deeper than {DEEPEST} levels")
        elif mark in (b"}", b"]"):
            depth -= 1


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyRefused("a key stands twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise BodyRefused("NaN and Infinity are no JSON numbers")


_decoder = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_no_constant)
