"""Is the body one JSON object that we dare to read, and what does it say?

Almost every body is read by msgspec, to a type that is ``DEEPEST`` levels deep at most. It keeps
the last of two equal keys without a word, so what it read is written out again: a colon fewer than
came means that a key was lost. Whatever is not as plain as that (half a letter as ``\\ud83d``,
1e999, a level too many) is read carefully: depth is counted before parsing, because a parser that
went too deep fails in ways of its own, and the standard library takes what JSON allows and the
others do not.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NoReturn

import msgspec
import orjson

from plugin.errors import BodyRefused

LARGEST = 131_072
DEEPEST = 10
BOM = b"\xef\xbb\xbf"
FARTHEST = 308  # digits: no float holds more
MOST_DIGITS = 18  # a longer whole number is a float: no id, time or amount has as many
# A string is passed over whole, closed or not: the pattern never has to go back.
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NOT_STRUCTURE = bytes(set(range(256)) - set(b"[]{}:"))


def read_object(body: bytes, largest: int = LARGEST, deepest: int = DEEPEST) -> dict[str, Any]:
    """The JSON object in ``body`` (UTF-8, a byte order mark allowed).

    Raises BodyRefused: too large (413), too deep, not UTF-8, not JSON, NaN or Infinity, a key that
    repeats, anything after the object, or something else than an object.
    """
    if len(body) > largest:
        raise too_large(largest)
    body = body.removeprefix(BOM)
    # The type that msgspec reads to grows twofold with each level.
    found = _plainly(body, deepest) if deepest <= DEEPEST else None
    return _carefully(body, deepest) if found is None else found


def _plainly(body: bytes, deepest: int) -> dict[str, Any] | None:
    """What a plain body says; None: it is to be read carefully."""
    if b"\\" in body and b"\\u" in body:  # a colon may be written \u003a
        return None
    try:
        found: dict[str, Any] = _decoder(deepest).decode(body)
        written = orjson.dumps(found)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return None
    return found if written.count(b":") == body.count(b":") else None


def _carefully(body: bytes, deepest: int) -> dict[str, Any]:
    structure = _STRING.sub(b"", body).translate(None, _NOT_STRUCTURE)
    _check_depth(structure, deepest)
    found = _parsed(body)
    if not isinstance(found, dict):
        raise BodyRefused("the body must be a JSON object")
    if _members(found) != structure.count(b":"):
        raise BodyRefused("a key stands twice in one object")
    return found


def too_large(largest: int) -> BodyRefused:
    """The trouble of a body over the limit."""
    return BodyRefused(f"the body may have {largest} bytes at most", code="too_large", status=413)


def _check_depth(structure: bytes, deepest: int) -> None:
    depth = 0
    for mark in structure:
        if mark in b"{[":
            depth += 1
            if depth > deepest:
                raise BodyRefused(f"the body is nested deeper than {deepest} levels")
        elif mark in b"}]":
            depth -= 1


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyRefused("the body must be UTF-8") from None
    try:
        return _lenient.decode(text)
    except ValueError:
        raise BodyRefused("the body must be one JSON object and nothing after it") from None


def _members(value: Any) -> int:
    """How many keys all objects in ``value`` have together."""
    if isinstance(value, dict):
        return len(value) + sum(_members(one) for one in value.values() if isinstance(one, _NESTED))
    return sum(_members(one) for one in value if isinstance(one, _NESTED))


def _no_constant(word: str) -> NoReturn:
    raise BodyRefused("NaN and Infinity are no JSON numbers")


def _whole(digits: str) -> int | float:
    if len(digits) > FARTHEST:
        raise ValueError("a number of hundreds of digits")
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


@lru_cache(maxsize=16)
def _decoder(levels: int) -> msgspec.json.Decoder[dict[str, Any]]:
    """Reads an object with at most ``levels`` objects or lists inside each other, itself one."""
    value: Any = str | int | float | bool | None
    for _ in range(levels - 1):
        value = str | int | float | bool | dict[str, value] | list[value] | None
    return msgspec.json.Decoder(dict[str, value])


_NESTED = (dict, list)
_lenient = json.JSONDecoder(parse_constant=_no_constant, parse_int=_whole)
