"""Which bodies are read at all."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.collect.reader import DEEPEST, LARGEST, read_object
from plugin.errors import BodyRefused


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b'\xef\xbb\xbf{"a": 1}',
        b' \r\n\t{"a": [1, 2, {"b": null}]} \n',
        '{"가": "\\ud83d\\ude00 😀"}'.encode(),
        b'{"brackets": "[[[[[[[[[[[[{{{{{{{{{{{{", "quote": "\\"[[[[[[[[[[["}',
        nested(DEEPEST),
        b'{"a": "' + b"x" * (LARGEST - 9) + b'"}',
    ],
)
def test_an_object_is_read(body: bytes) -> None:
    assert read_object(body) == json.loads(body.decode("utf-8-sig"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "one JSON object"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b'{"a": 1} {"b": 2}', "nothing after it"),
        (b'{"a": 1}x', "nothing after it"),
        (b'{"a": 1,}', "one JSON object"),
        (b"{'a': 1}", "one JSON object"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "NaN and Infinity"),
        (b'{"a": 1, "a": 1}', "stands twice"),
        (b'{"a": {"b": 1, "b": 2}}', "stands twice"),
        (b'{"\\u0061": 1, "a": 2}', "stands twice"),
        (b'{"a": "\xff"}', "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b'{"a": 0' + b"9" * 5000 + b"}", "one JSON object"),
        (b'{"a": ' + b"9" * 5000 + b"}", "one JSON object"),
        (nested(DEEPEST + 1), "deeper than 10"),
        (b"[" * 100_000, "deeper than 10"),
        (b'{"a":' * 20_000, "deeper than 10"),
        (b'{"a": "' + b"x" * LARGEST + b'"}', "131072 bytes"),
        (b'{"a": "unclosed', "one JSON object"),
        (b'{"a": "tab\there"}', "one JSON object"),
    ],
)
def test_anything_else_is_refused_with_why(body: bytes, says: str) -> None:
    with pytest.raises(BodyRefused, match=says):
        read_object(body)


# A whole number of more digits than any id, time or amount has comes as a float.
values = st.none() | st.text() | st.integers(-(10**17), 10**17)


@given(st.dictionaries(st.text(max_size=8), values, max_size=6))
def test_every_flat_object_comes_back_as_it_was(found: dict[str, Any]) -> None:
    assert read_object(json.dumps(found).encode()) == found


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_in_another_way(body: bytes) -> None:
    with suppress(BodyRefused):
        assert isinstance(read_object(body), dict)
