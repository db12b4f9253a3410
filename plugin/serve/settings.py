"""Which settings may an owner make of a shop, and how is each read?

What is kept in a shop's settings beside these (``url_keys``, whether the demo is filled) is the
program's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from plugin.errors import DocumentRefused, PluginError
from plugin.serve.about import ABOUT, PAGE_LISTS, read_about, read_patterns
from plugin.serve.mapping import read_mapping

MOST_NEVER_SHOWN = 2_000  # products; each request looks whether one of them is meant
LONGEST_ID = 128
MOST_KEYS = 200  # query keys that addresses keep
KEY = re.compile(r"[A-Za-z0-9_.-]{1,100}")
Reader = Callable[[object], object]


def read_settings(given: Mapping[str, object], currency: str) -> dict[str, object]:
    """What ``given`` says, as it is kept; what says nothing (null, an empty text or list) is left
    out. Raises DocumentRefused naming every setting that is wrong.
    """
    readers, read, troubles = _readers(currency), {}, []
    for name in sorted(given):
        try:
            if name not in readers:
                raise DocumentRefused(f"is unknown; known: {', '.join(sorted(readers))}")
            read[name] = None if given[name] is None else readers[name](given[name])
        except PluginError as trouble:
            troubles.append(f"settings.{name}: {trouble.message}")
    if troubles:
        raise DocumentRefused("; ".join(troubles))
    return settings_of(read)


def settings_of(kept: Mapping[str, object]) -> dict[str, object]:
    """The owner's own among a shop's settings, those that say something."""
    return {
        name: value
        for name, value in kept.items()
        if name in OWNED and value is not None and value not in ("", [], {})
    }


def _readers(currency: str) -> dict[str, Reader]:
    def about(name: str) -> Reader:
        return lambda said: read_about({name: said}, currency)[name]

    return {name: about(name) for name in ABOUT} | READERS


def _patterns(said: object) -> object:
    return read_patterns(_list(said, "patterns"))


def _products(said: object) -> list[str]:
    found = _list(said, "product ids")
    if len(found) > MOST_NEVER_SHOWN:
        raise DocumentRefused(f"at most {MOST_NEVER_SHOWN:,} products can be never shown")
    for one in found:
        if not isinstance(one, str) or not 0 < len(one) <= LONGEST_ID or not one.isprintable():
            raise DocumentRefused(f"a product is named by its id, 1 to {LONGEST_ID} letters")
    return list(dict.fromkeys(map(str, found)))


def _keys(said: object) -> list[str]:
    found = _list(said, "query keys")
    if len(found) > MOST_KEYS:
        raise DocumentRefused(f"at most {MOST_KEYS} query keys, please")
    for one in found:
        if not isinstance(one, str) or not KEY.fullmatch(one):
            raise DocumentRefused("a query key has 1 to 100 of A-Z, a-z, 0-9, _, . and -")
    return list(dict.fromkeys(map(str, found)))


def _share(said: object) -> float:
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not 0 <= said <= 0.5:
        raise DocumentRefused("must be a number from 0 to 0.5")
    return said


def _flag(said: object) -> bool:
    if not isinstance(said, bool):
        raise DocumentRefused("must be true or false")
    return said


def _list(said: object, of: str) -> list[object]:
    if not isinstance(said, list):
        raise DocumentRefused(f"must be a list of {of}")
    return said


READERS: dict[str, Reader] = {
    **dict.fromkeys(PAGE_LISTS, _patterns),
    "map": read_mapping,
    "never_shown": _products,
    "url_params": _keys,
    "control_share": _share,
    "value_before_discount": _flag,
}
OWNED = frozenset(ABOUT) | READERS.keys()
