"""What do the rules ask about these visitors?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec
import orjson

from plugin.collect.event import Item
from plugin.segment.facts import Facts, Happening
from plugin.segment.person import JOINED
from plugin.segment.shelf import CATALOGUE
from plugin.segment.worked import EVERY
from plugin.storage import identities, item_states, profiles, standings
from plugin.storage.engine import Tx

TIMES = """
select profile, name, at from events
where profile in ints(:ids) and name in texts(:names) and live = 1
order by at
"""
ALL_TIMES = """
select profile, name, at from events where profile in ints(:ids) and live = 1 order by at
"""
EVENTS = """
select profile, name, at, event_id, params, items, value, currency, transaction_id from events
where profile in ints(:ids) and name in texts(:names) and live = 1
order by at, event_id
"""
NO_NAMES: frozenset[str] = frozenset()
# What else may be loaded of visitors, by name; of the events that were loaded whole, by profile.
Loaded = Mapping[int, Mapping[str, Sequence[Happening]]]
ALSO: dict[str, Callable[[Tx, Sequence[int], Loaded], Mapping[int, Any]]] = {
    CATALOGUE: item_states.catalogue,
    JOINED: lambda tx, ids, events: identities.joined(tx, ids),
    **standings.LOADERS,
}
_items = msgspec.json.Decoder(tuple[Item, ...]).decode


def load_facts(
    tx: Tx,
    ids: Sequence[int],
    names: AbstractSet[str] | None,
    whole: AbstractSet[str] = NO_NAMES,
    also: AbstractSet[str] = NO_NAMES,
) -> dict[int, Facts]:
    """The facts of each profile in ``ids`` that is there.

    names: the events whose times are asked for; None, or ``EVERY`` in it: of all. whole: those
    that are asked for themselves, with params, items and money (``segment.rule.needs_events``).
    also: what is asked for beside them, of ``ALSO`` (``segment.rule.needs_also``).
    """
    if not ids:
        return {}
    events = _events(tx, ids, whole)
    times = _times(tx, ids, None if names is None or EVERY in names else names - whole)
    further = {name: ALSO[name](tx, ids, events) for name in also}
    found = {}
    for profile, known in profiles.load(tx, ids).items():
        mine = events[profile]
        # By name; what was loaded whole has its times too.
        at = {name: tuple(one.at for one in told) for name, told in mine.items()}
        at |= {name: tuple(moments) for name, moments in times[profile].items()}
        own = {name: one.get(profile) for name, one in further.items()}
        found[profile] = Facts(known, at, {n: tuple(told) for n, told in mine.items()}, own)
    return found


def _times(
    tx: Tx, ids: Sequence[int], names: AbstractSet[str] | None
) -> dict[int, dict[str, list[int]]]:
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    if names is not None and not names:
        return found
    asked: dict[str, Any] = {"ids": list(ids)}
    if names is not None:
        asked["names"] = sorted(names)
    for profile, name, at in tx.tuples(ALL_TIMES if names is None else TIMES, **asked):
        found[profile][name].append(at)
    return found


def _events(
    tx: Tx, ids: Sequence[int], names: AbstractSet[str]
) -> dict[int, dict[str, list[Happening]]]:
    found: dict[int, dict[str, list[Happening]]] = defaultdict(lambda: defaultdict(list))
    if names:
        for row in tx.tuples(EVENTS, ids=list(ids), names=sorted(names)):
            found[row[0]][row[1]].append(_happening(row))
    return found


def _happening(row: Sequence[Any]) -> Happening:
    """The event in a row of ``EVENTS``."""
    _, _, at, event_id, params, items, value, currency, transaction_id = row
    return Happening(
        at,
        event_id,
        orjson.loads(params) if params != "{}" else {},
        _items(items) if items != "[]" else (),
        value,
        currency,
        transaction_id,
    )
