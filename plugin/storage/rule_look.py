"""What is there to see of a rule, all in one pass: how many, who, beside whom, how many a leaf?"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.segment.shape import Rule, leaves
from plugin.shop import Shop
from plugin.storage.beside import ask_all, cores
from plugin.storage.engine import Check, Store, Tx
from plugin.storage.rule_sql import Maker

SPAN = "select min(id) as first, max(id) as last from profiles"
# Each visitor is asked each leaf once; all that is told is made of the answers. Those who came
# lately cost the most and have the highest ids: they are dealt out to all parts.
LOOK = """
with found as materialized (
  select p.id, coalesce(p.last_seen_at, 0) as seen{leaves} from profiles p
  where p.first_seen_at <= :now and p.id % :parts = :part
), held as materialized (select id, seen from found where coalesce({whole}, false))
select 0 as what, 0 as key, count(*) as told, '' as slug from held
"""
LEAF = """
union all select 1, {place}, coalesce(sum(case when {leaf} then 1 else 0 end), 0), '' from found
"""
SAMPLE = """
union all select 2, s.id, s.seen, '' from (select * from held order by seen desc, id limit :most) s
"""
OVERLAP = """
union all select 3, 0, count(*), m.segment from memberships m join held on held.id = m.profile
where m.segment in texts(:slugs) group by m.segment
"""
IDS = "union all select 4, id, 0, '' from held"
NAMES = "select id, visitor_id from profiles where id in ints(:ids)"
FEW = 20_000  # visitors: cutting the question in parts does not pay for fewer


@dataclass(frozen=True)
class Wanted:
    """What is to be told beside how many: of how many visitors their ids, how many of each of
    ``slugs`` are among them, all their profiles."""

    sample: int = 0
    slugs: Sequence[str] = ()
    profiles: bool = False


@dataclass
class Looked:
    """``count`` visitors; ``sample``: the ids of some, the latest seen first; ``leaves``: how many
    each leaf holds for, from left to right; ``overlap``: how many are in which segment too.
    """

    count: int = 0
    leaves: list[int] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)
    overlap: dict[str, int] = field(default_factory=dict)
    profiles: set[int] = field(default_factory=set)


def looked(
    store: Store,
    tx: Tx,
    rule: Rule,
    now: int,
    shop: Shop,
    wanted: Wanted = Wanted(),
    check: Check | None = None,
) -> Looked:
    """What there is to see of a rule at ``now`` (Unix ms), in ``tx``, a look into ``store``.

    Where there are many visitors, a second look asks half of them meanwhile, if SQL can do it
    (almost) alone. check: as of ``Tx.stopping``, for that one; who calls has set it for ``tx``.
    """
    parts = list(leaves(rule))
    maker = Maker(tx, shop, now)
    sql, params = _statement(maker, rule, parts, wanted)
    many = _parts(tx, 1 if maker.parts.comes_back else cores())

    def ask(look: Tx, part: int) -> list[tuple[Any, ...]]:
        return look.tuples(sql, **params, parts=many, part=part)

    rows = [row for told in ask_all(store, tx, many, ask, check) for row in told]
    return _told(tx, rows, parts, wanted)


def _statement(
    maker: Maker, rule: Rule, parts: Sequence[Rule], wanted: Wanted
) -> tuple[str, dict[str, Any]]:
    """The SQL of everything, and its parameters."""
    asked = {leaf: maker.part(leaf) for leaf in parts}
    maker.columns = {leaf: f"l{place}" for place, leaf in enumerate(asked)}
    sql = LOOK.replace("{whole}", maker.part(rule))
    for leaf in asked:
        column = maker.columns[leaf]
        sql += LEAF.replace("{place}", column[1:]).replace("{leaf}", column)
    params = dict(maker.parts.params)
    if wanted.sample:
        sql, params = sql + SAMPLE, params | {"most": wanted.sample}
    if wanted.slugs:
        sql, params = sql + OVERLAP, params | {"slugs": list(wanted.slugs)}
    if wanted.profiles:
        sql += IDS
    told = "".join(f", {found} as {maker.columns[leaf]}" for leaf, found in asked.items())
    return sql.replace("{leaves}", told), params


def _parts(tx: Tx, most: int) -> int:
    """In how many parts, at most so many, the visitors are to be asked at once."""
    row = tx.one(SPAN) or {}
    return most if (row.get("last") or 0) - (row.get("first") or 0) >= FEW else 1


def _told(tx: Tx, rows: Sequence[tuple[Any, ...]], parts: Sequence[Rule], wanted: Wanted) -> Looked:
    """All rows of all parts together."""
    found, by_leaf, both = Looked(), Counter[int](), Counter[str]()
    seen: list[tuple[int, int]] = []
    for what, key, told, slug in rows:
        if what == 0:
            found.count += told
        elif what == 1:
            by_leaf[key] += told
        elif what == 2:
            seen.append((-told, key))
        elif what == 3:
            both[slug] += told
        else:
            found.profiles.add(key)
    places = {leaf: place for place, leaf in enumerate(dict.fromkeys(parts))}
    found.leaves = [by_leaf[places[leaf]] for leaf in parts]
    found.overlap = {slug: both[slug] for slug in wanted.slugs}
    ids = [key for _, key in heapq.nsmallest(wanted.sample, seen)]
    names = dict(tx.tuples(NAMES, ids=ids)) if ids else {}
    found.sample = [names[one] for one in ids]
    return found
