"""Who was put in or out of which segment by hand, and who is in those without a living rule?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plugin.storage.engine import Row, Tx

STATIC = 2  # stands in the place of ``inside`` for a member of a static segment
PUT = """
insert into by_hand (segment, profile, inside, until, at)
values (:segment, :profile, :inside, :until, :at)
"""
# One look for both, because every visit asks.
PLACED = """
select b.profile, b.segment, b.inside, b.until, b.seq from by_hand b where b.profile in ints(:ids)
union all
select m.profile, m.segment, 2, null, 0 from memberships m join segments s on s.slug = m.segment
where m.profile in ints(:ids) and s.kind = 'static' and s.enabled = 1
order by 5
"""
WORDS_THEN = """
select profile, segment, inside, until from by_hand
where profile in ints(:ids) and at <= :at
order by seq
"""
# Who was merged brought moves along: as often as one entered more than left, somebody was in.
STATIC_THEN = """
select t.profile, t.segment
from transitions t join segments s on s.slug = t.segment
where t.profile in ints(:ids) and t.due_at <= :at and s.kind = 'static'
group by t.profile, t.segment
having sum(case when t.entered = 1 then 1 else -1 end) > 0
"""
OF_SEGMENT = """
select b.profile, b.inside, b.until from by_hand b join profiles p on p.id = b.profile
where b.segment = :slug and p.first_seen_at <= :now
order by b.seq
"""


@dataclass(frozen=True)
class Word:
    """By hand in or out; ``until``: Unix ms from which the rule decides again, None: never."""

    inside: bool
    until: int | None = None

    def in_force(self, now: int) -> bool:
        """Whether it still counts at ``now`` (Unix ms)."""
        return self.until is None or self.until > now


@dataclass(frozen=True)
class Placed:
    """What holds of one visitor without a rule: words by hand, and static segments it is in."""

    words: Mapping[str, Word] = field(default_factory=dict)
    static: frozenset[str] = frozenset()

    def word(self, slug: str, now: int) -> Word | None:
        """The word about segment ``slug`` that is in force at ``now``; None: there is none."""
        found = self.words.get(slug)
        return found if found is not None and found.in_force(now) else None


NOTHING = Placed()


def put(
    tx: Tx, slug: str, profiles: Iterable[int], inside: bool | None, until: int | None, now: int
) -> None:
    """Keep a word about each of ``profiles``; None: the rule decides again. Times: Unix ms."""
    word = {"segment": slug, "until": until, "at": now}
    word["inside"] = None if inside is None else int(inside)
    tx.many(PUT, [{**word, "profile": profile} for profile in profiles])


def placed(tx: Tx, ids: Sequence[int]) -> dict[int, Placed]:
    """What holds now of those of ``ids`` of whom anything does; words that have ended stay."""
    rows = tx.all(PLACED, ids=list(ids))
    words = [row for row in rows if row["inside"] != STATIC]
    return _together(words, [(r["profile"], r["segment"]) for r in rows if r["inside"] == STATIC])


def placed_then(tx: Tx, ids: Sequence[int], at: int) -> dict[int, Placed]:
    """As ``placed``, at an earlier moment ``at`` (Unix ms)."""
    static = [(r["profile"], r["segment"]) for r in tx.all(STATIC_THEN, ids=list(ids), at=at)]
    return _together(tx.all(WORDS_THEN, ids=list(ids), at=at), static)


def words_of(tx: Tx, slug: str, now: int) -> dict[int, bool]:
    """Each profile seen by ``now`` with a word in force about the segment, and whether it is in."""
    last = {row["profile"]: _word(row) for row in tx.all(OF_SEGMENT, slug=slug, now=now)}
    return {p: word.inside for p, word in last.items() if word is not None and word.in_force(now)}


def with_words(
    tx: Tx, slug: str, by_rule: set[int], now: int, among: Collection[int] | None = None
) -> set[int]:
    """Who should be in a segment, of all or ``among`` some: by its rule, unless by hand."""
    words = words_of(tx, slug, now)
    asked = words.keys() if among is None else words.keys() & set(among)
    return (by_rule | {p for p in asked if words[p]}) - {p for p in asked if not words[p]}


def _together(words: Sequence[Row], static: Iterable[tuple[int, str]]) -> dict[int, Placed]:
    said: dict[int, dict[str, Word]] = {}
    for row in words:
        own, word = said.setdefault(row["profile"], {}), _word(row)
        own.pop(row["segment"], None)
        if word is not None:
            own[row["segment"]] = word
    inside: dict[int, set[str]] = {}
    for profile, slug in static:
        inside.setdefault(profile, set()).add(slug)
    return {
        profile: Placed(said.get(profile, {}), frozenset(inside.get(profile, ())))
        for profile in {*said, *inside}
    }


def _word(row: Row) -> Word | None:
    return None if row["inside"] is None else Word(bool(row["inside"]), row["until"])
