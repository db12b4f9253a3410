"""How does a model lie in one file, so that every worker reads it where it is?

A file is a head (JSON: what the owner may know, and where each array lies) and the arrays one after
another. Nothing is copied when it is opened: an array is a view of the file's bytes, and a file
that is mapped into memory is shared by all processes that look at it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import orjson

from plugin.errors import PluginError

MARK = b"regulars-model-1"
STRIDE = 32  # ids of which one is held in memory, to search by
EDGE = 8  # arrays begin at multiples of it
KINDS = frozenset("BIQqf")  # of the array module: bytes, 32 and 64 bits, and 32 bits of a real


class Broken(PluginError):
    """A file that is no model, or that is cut."""


class Arrays:
    """The arrays of a model by name, and ``meta``, as ``pack`` got them.

    ``buffer``: the whole file's bytes. Raises Broken.
    """

    def __init__(self, buffer: bytes | memoryview) -> None:
        self._bytes = memoryview(buffer).toreadonly()
        start = len(MARK) + 8
        if len(self._bytes) < start or bytes(self._bytes[: len(MARK)]) != MARK:
            raise Broken("this is no model of Regulars: build it again with `regulars train`")
        size = int.from_bytes(self._bytes[len(MARK) : start], "little")
        try:
            head = orjson.loads(self._bytes[start : start + size])
        except orjson.JSONDecodeError:
            raise Broken("the model is cut: build it again with `regulars train`") from None
        self.meta: Mapping[str, Any] = head["meta"]
        self._places: Mapping[str, tuple[Any, int, int]] = head["arrays"]
        self._base = _edge(start + size)
        if self._base + head["size"] > len(self._bytes):
            raise Broken("the model is cut: build it again with `regulars train`")
        self.size = len(self._bytes)

    def __getitem__(self, name: str) -> Any:
        """The array called ``name``, a memoryview of its kind. Raises KeyError."""
        kind, start, size = self._places[name]
        return self._bytes[self._base + start : self._base + start + size].cast(kind)

    def __contains__(self, name: str) -> bool:
        return name in self._places


# Of a file, or still in the memory of the process that makes one.
Named: TypeAlias = "Arrays | Mapping[str, Any]"


def pack(arrays: Mapping[str, array[Any] | bytes], meta: Mapping[str, Any]) -> Iterator[bytes]:
    """The file's bytes, part by part. ``meta``: plain JSON. Arrays: of a kind in ``KINDS``."""
    places: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, one in arrays.items():
        kind = one.typecode if isinstance(one, array) else "B"
        if kind not in KINDS:
            raise ValueError(f"the array {name} is of a kind {kind!r} that cannot be kept")
        size = len(one) * one.itemsize if isinstance(one, array) else len(one)
        places[name] = (kind, at, size)
        at = _edge(at + size)
    head = orjson.dumps({"meta": dict(meta), "arrays": places, "size": at})
    start = MARK + len(head).to_bytes(8, "little") + head
    yield start + bytes(_edge(len(start)) - len(start))
    for one in arrays.values():
        data = one.tobytes() if isinstance(one, array) else one
        yield data + bytes(_edge(len(data)) - len(data))


class Ids:
    """The products of a model: a text id for each number from 0, and back; ids are in order.

    Read from the arrays ``ids`` (all ids joined, UTF-8) and ``id_ends`` (where each ends), or, for
    other texts that have numbers, from those called ``text`` and ``ends``.
    """

    def __init__(self, arrays: Named, text: str = "ids", ends: str = "id_ends") -> None:
        self._text, self._ends = arrays[text], arrays[ends]

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        """The id of a product's number, which must be one."""
        start = self._ends[number - 1] if number else 0
        return str(self._text[start : self._ends[number]], "utf-8")

    def number(self, item_id: str) -> int | None:
        """The number of a product; None: the model does not know it. log2(products) looks."""
        wanted = item_id.encode("utf-8", "replace")
        part = bisect_right(self._firsts, wanted) - 1
        low, high = max(0, part * STRIDE), min((part + 1) * STRIDE, len(self._ends))
        while low < high:
            middle = (low + high) // 2
            start = self._ends[middle - 1] if middle else 0
            found = self._text[start : self._ends[middle]].tobytes()
            if found < wanted:
                low = middle + 1
            elif found > wanted:
                high = middle
            else:
                return middle
        return None

    @cached_property
    def _firsts(self) -> list[bytes]:
        """The first id of every ``STRIDE``, so that most of a search is done in one step."""
        return [
            self._text[self._ends[number - 1] if number else 0 : self._ends[number]].tobytes()
            for number in range(0, len(self._ends), STRIDE)
        ]

    def numbers(self, item_ids: Iterable[str]) -> list[int]:
        """The numbers of those products that the model knows, in the order given."""
        found = map(self.number, item_ids)
        return [number for number in found if number is not None]


def id_arrays(item_ids: Sequence[str]) -> dict[str, array[Any] | bytes]:
    """The arrays that ``Ids`` reads. ``item_ids``: in order of their UTF-8 bytes, each once."""
    ends = array("I")
    at = 0
    parts = [item_id.encode("utf-8", "replace") for item_id in item_ids]
    for part in parts:
        at += len(part)
        ends.append(at)
    return {"ids": b"".join(parts), "id_ends": ends}


def in_id_order(item_ids: Iterable[str]) -> list[str]:
    """``item_ids`` as ``id_arrays`` wants them."""
    return sorted(set(item_ids), key=lambda item_id: item_id.encode("utf-8", "replace"))


def _edge(at: int) -> int:
    return -(-at // EDGE) * EDGE
