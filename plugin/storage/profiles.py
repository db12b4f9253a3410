"""How are profiles kept, found and given back?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields
from typing import Any

import orjson

from plugin.profile.profile import CartLine, Profile
from plugin.segment.evaluate import declared_text
from plugin.segment.text import fold, folds_plainly
from plugin.segment.traits import TEXT, TRAITS
from plugin.storage.engine import Row, Tx

# SQL cannot fold every text: where ``lower`` is not enough, the folded form of a column stands
# beside the declared traits, under a name that none of them can have.
KEPT = "="
TEXTS = {t.name: t.column for t in TRAITS.values() if t.kind == TEXT and t.column}
COLUMNS = tuple(one.name for one in fields(Profile) if one.name != "visitor_id")
ENSURE = """
insert into profiles (visitor_id) values (:visitor_id)
on conflict (visitor_id) do update set visitor_id = excluded.visitor_id
returning id
"""
LOAD = "select * from profiles where id in ints(:ids)"
FIND = "select * from profiles where visitor_id = :visitor_id"
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


def ensure(tx: Tx, visitor_ids: AbstractSet[str]) -> dict[str, int]:
    """The profile id of each visitor; a new visitor gets an empty profile.

    On PostgreSQL the rows are locked till the end, in one order, so that writers never deadlock.
    """
    ordered = sorted(visitor_ids)
    rows = tx.many_returning(ENSURE, [{"visitor_id": one} for one in ordered])
    return {one: row["id"] for one, row in zip(ordered, rows, strict=True) if row}


def load(tx: Tx, ids: Sequence[int]) -> dict[int, Profile]:
    """The profiles with these ids that are there."""
    return {row["id"]: profile_of(row) for row in tx.all(LOAD, ids=list(ids))}


def find(tx: Tx, visitor_id: str) -> tuple[int, Profile] | None:
    """The profile of a visitor and its id; None: unknown."""
    row = tx.one(FIND, visitor_id=visitor_id)
    return None if row is None else (row["id"], profile_of(row))


def some(tx: Tx, after: int, limit: int) -> list[int]:
    """The ids of the next ``limit`` profiles after the id ``after``."""
    return [row["id"] for row in tx.all(SOME, after=after, limit=limit)]


def save(tx: Tx, profiles: Mapping[int, Profile]) -> None:
    """Keep what is now known, and what rules cannot read from the columns."""
    tx.many(SAVE, [values_of(one) | {"id": profile} for profile, one in profiles.items()])
    tx.run(UNDECLARE, ids=list(profiles))
    tx.many(
        DECLARED,
        [
            {"profile": profile, "trait": name, **_declared(value)}
            for profile, one in profiles.items()
            for name, value in _beside(one)
        ],
    )


def of_person(tx: Tx, customer_id: str | None, email: str | None) -> list[str]:
    """The visitor ids known under a customer id or an e-mail."""
    rows = tx.all(OF_PERSON, customer_id=customer_id, email=email)
    return [row["visitor_id"] for row in rows]


def erase(tx: Tx, visitor_id: str) -> bool:
    """Remove a visitor with everything that hangs on it; False when there is none."""
    tx.run(SHRINK, visitor_id=visitor_id)
    return tx.run(ERASE, visitor_id=visitor_id) > 0


def profile_of(row: Row) -> Profile:
    """The profile in a row of table ``profiles``."""
    kept = {name: row[name] for name in COLUMNS}
    kept["cart"] = tuple(CartLine(*line) for line in orjson.loads(row["cart"]))
    for name in ("affinities", "declared"):
        kept[name] = {k: tuple(v) for k, v in orjson.loads(row[name]).items()}
    kept["identified"] = bool(row["identified"])
    return Profile(visitor_id=row["visitor_id"], **kept)


def values_of(profile: Profile) -> dict[str, Any]:
    """The columns of a profile's row, by name."""
    kept = {name: getattr(profile, name) for name in COLUMNS}
    lines = [(line.item_id, line.quantity, line.price) for line in profile.cart]
    kept["cart"] = orjson.dumps(lines).decode()
    for name in ("affinities", "declared"):
        kept[name] = orjson.dumps(kept[name]).decode()
    return kept


def _beside(profile: Profile) -> Iterator[tuple[str, Any]]:
    """What stands in table ``declared``: declared traits, and texts that ``lower`` cannot fold."""
    for name, (value, _) in profile.declared.items():
        if value != "":
            yield name, value
    for name, column in TEXTS.items():
        value = getattr(profile, column)
        if value is not None and not folds_plainly(value):
            yield KEPT + name, value


def _declared(value: Any) -> dict[str, Any]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {
        "folded": fold(declared_text(value)),
        "number": value if is_number else None,
        "truth": int(value) if isinstance(value, bool) else None,
    }
