"""What do the rules ask about these visitors?"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from plugin.segment.facts import Facts
from plugin.storage import profiles
from plugin.storage.engine import Tx

TIMES = """
select profile, name, at from events
where profile in ints(:ids) and name in texts(:names) and live = 1
order by at
"""
ALL_TIMES = """
select profile, name, at from events where profile in ints(:ids) and live = 1 order by at
"""


def load_facts(tx: Tx, ids: Sequence[int], names: AbstractSet[str] | None) -> dict[int, Facts]:
    """The facts of each profile in ``ids`` that is there; times of ``names``, None: of all."""
    if not ids:
        return {}
    times: dict[int, dict[str, list[int]]] = {}
    asked = {"ids": list(ids)} if names is None else {"ids": list(ids), "names": sorted(names)}
    for row in tx.all(ALL_TIMES if names is None else TIMES, **asked) if names != set() else ():
        times.setdefault(row["profile"], {}).setdefault(row["name"], []).append(row["at"])
    return {
        profile: Facts(known, {name: tuple(at) for name, at in times.get(profile, {}).items()})
        for profile, known in profiles.load(tx, ids).items()
    }
