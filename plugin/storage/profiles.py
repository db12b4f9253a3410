"""How are profiles kept, found and given back?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from plugin.collect.event import Scalar
from plugin.profile.profile import CartLine, Profile
from plugin.segment.evaluate import declared_text
from plugin.segment.text import fold, folds_plainly
from plugin.segment.traits import TEXT, TRAITS
from plugin.storage import events, forgotten
from plugin.storage.engine import Tx
from plugin.storage.identities import elsewhere

# SQL cannot fold every text: where ``lower`` is not enough, the folded form of a column stands
# beside the declared traits, under a name that none of them can have.
KEPT = "="
TEXTS = {t.name: t.column for t in TRAITS.values() if t.kind == TEXT and t.column}
COLUMNS = tuple(name for name in Profile.__struct_fields__ if name != "visitor_id")
AS_JSON = {"cart": tuple[CartLine, ...], "affinities": dict[str, tuple[float, int]],
           "declared": dict[str, tuple[Scalar, int]]}  # fmt: skip
_encode = msgspec.json.Encoder().encode
_decoders = {name: msgspec.json.Decoder(kind).decode for name, kind in AS_JSON.items()}
PLACES = tuple((COLUMNS.index(name), name) for name in AS_JSON)
IDENTIFIED = COLUMNS.index("identified")
KNOWN = """
select visitor_id, id from profiles where visitor_id in texts(:ids) order by visitor_id {lock}
"""
ENSURE = """
insert into profiles (visitor_id) select value from texts(:ids) new where true order by value
on conflict (visitor_id) do nothing
returning visitor_id, id
"""
LOAD = f"select id, visitor_id, {', '.join(COLUMNS)} from profiles where id in ints(:ids)"
FIND = f"select id, visitor_id, {', '.join(COLUMNS)} from profiles where visitor_id = :visitor_id"
FIND_ID = "select id from profiles where visitor_id = :visitor_id"
SAVE = f"update profiles set {', '.join(f'{c} = :{c}' for c in COLUMNS)} where id = :id"
DECLARED = """
insert into declared (profile, trait, folded, number, truth)
values (:profile, :trait, :folded, :number, :truth)
on conflict (profile, trait) do update set
  folded = excluded.folded, number = excluded.number, truth = excluded.truth
"""
UNDECLARE = "delete from declared where profile in ints(:ids)"
SOME = "select id from profiles where id > :after order by id limit :limit"
OF_PERSON = """
select visitor_id from profiles
where (customer_id = :customer_id) or (email = :email)
order by visitor_id
"""
SHRINK = """
update segments set size = size - 1 where slug in (
  select m.segment from memberships m join profiles p on p.id = m.profile
  where p.visitor_id = :visitor_id
)
"""
ERASE = "delete from profiles where visitor_id = :visitor_id"


def ensure(tx: Tx, visitor_ids: Collection[str]) -> dict[str, int]:
    """The profile id of each visitor; a new visitor gets an empty profile.

    A merged visitor has the profile it was merged into; one that is kept apart has none. On
    PostgreSQL the rows are locked till the end, in one order, so that writers never deadlock.
    """
    led = elsewhere(tx, visitor_ids)
    own = sorted({*visitor_ids} - led.keys())
    found: dict[str, int] = dict(tx.tuples(KNOWN, ids=own))
    new = [one for one in own if one not in found]
    if new:
        found |= dict(tx.tuples(ENSURE, ids=new))
    if len(found) < len(own):  # another writer was quicker
        found |= dict(tx.tuples(KNOWN, ids=own))
    return found | {one: profile for one, profile in led.items() if profile is not None}


def load(tx: Tx, ids: Sequence[int]) -> dict[int, Profile]:
    """The profiles with these ids that are there."""
    return {row[0]: _profile(row) for row in tx.tuples(LOAD, ids=list(ids))}


def find(tx: Tx, visitor_id: str) -> tuple[int, Profile] | None:
    """The profile of a visitor, or that it was merged into, and its id; None: unknown."""
    rows = tx.tuples(FIND, visitor_id=visitor_id)
    if not rows:
        led = elsewhere(tx, [visitor_id]).get(visitor_id)
        rows = tx.tuples(LOAD, ids=[led]) if led is not None else []
    return (rows[0][0], _profile(rows[0])) if rows else None


def find_id(tx: Tx, visitor_id: str) -> int | None:
    """The id of the profile that ``find`` finds, a quarter of the cost; None: unknown."""
    found: int | None = tx.value(FIND_ID, visitor_id=visitor_id)
    return elsewhere(tx, [visitor_id]).get(visitor_id) if found is None else found


def some(tx: Tx, after: int, limit: int) -> list[int]:
    """The ids of the next ``limit`` profiles after the id ``after``."""
    return [row["id"] for row in tx.all(SOME, after=after, limit=limit)]


def save(tx: Tx, profiles: Mapping[int, Profile], before: Mapping[int, Profile]) -> None:
    """Keep what is now known, and what rules cannot read from the columns.

    ``before``: what was kept of them, so that only what changed is written.
    """
    tx.fill(SAVE, [(*_values(one), profile) for profile, one in profiles.items()])
    others = {
        profile: one
        for profile, one in profiles.items()
        if profile not in before or not _same_beside(one, before[profile])
    }
    if not others:
        return
    had = [p for p in others if p not in before or next(_beside(before[p]), None) is not None]
    if had:
        tx.run(UNDECLARE, ids=had)
    tx.fill(
        DECLARED,
        [
            (profile, name, *_declared(value))
            for profile, one in others.items()
            for name, value in _beside(one)
        ],
    )


def of_person(tx: Tx, customer_id: str | None, email: str | None) -> list[str]:
    """The visitor ids known under a customer id or an e-mail."""
    rows = tx.all(OF_PERSON, customer_id=customer_id, email=email)
    return [row["visitor_id"] for row in rows]


def erase(tx: Tx, visitor_id: str) -> bool:
    """Remove a visitor with everything that hangs on it; False when there is none.

    Under the id of a merged visitor, the one it was merged into.
    """
    found = find(tx, visitor_id)
    if found is None:
        return False
    events.uncount_days(tx, found[0])
    forgotten.forget(tx, found[0])
    tx.run(SHRINK, visitor_id=found[1].visitor_id)
    return tx.run(ERASE, visitor_id=found[1].visitor_id) > 0


def _profile(row: Sequence[Any]) -> Profile:
    """The profile in a row of ``LOAD``."""
    made = Profile(*row[1:])
    for name, decode in _decoders.items():
        setattr(made, name, decode(getattr(made, name)))
    made.identified = bool(made.identified)
    return made


def _values(profile: Profile) -> list[Any]:
    """The columns of a profile's row."""
    kept = list(astuple(profile)[1:])
    for place, name in PLACES:
        kept[place] = _encode(getattr(profile, name)).decode()
    kept[IDENTIFIED] = int(profile.identified)
    return kept


def _same_beside(one: Profile, other: Profile) -> bool:
    """Whether table ``declared`` has the same for both; most events change nothing there."""
    return one.declared == other.declared and all(
        getattr(one, column) == getattr(other, column) for column in TEXTS.values()
    )


def _beside(profile: Profile) -> Iterator[tuple[str, Any]]:
    """What stands in table ``declared``: declared traits, and texts that ``lower`` cannot fold."""
    for name, (value, _) in profile.declared.items():
        yield name, value
    for name, column in TEXTS.items():
        value = getattr(profile, column)
        if value is not None and not folds_plainly(value):
            yield KEPT + name, value


def _declared(value: Any) -> tuple[str, float | None, int | None]:
    """What rules compare with: folded, number, truth."""
    text = fold(declared_text(value))
    if isinstance(value, bool):
        return (text, None, int(value))
    return (text, value if isinstance(value, (int, float)) else None, None)
