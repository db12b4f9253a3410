"""Who is in a segment, with what is needed to write them down elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from plugin.serve.audience import Member, says_no
from plugin.storage import profiles
from plugin.storage.engine import Store, Tx

PAGE = 1_000

# In the order of ``members``, so that of two with one e-mail the same is left out.
REACHABLE = """
select p.id, p.email, d.folded
from memberships m join profiles p on p.id = m.profile
left join declared d on d.profile = p.id and d.trait = 'consent_marketing'
where m.segment = :slug and p.id > :after
order by p.id
limit :limit
"""
MEMBERS = """
select profile, entered_at from memberships where segment = :slug and profile > :after
order by profile
limit :limit
"""


def reachable(tx: Tx, slug: str) -> Iterator[tuple[str | None, bool]]:
    """Each member's e-mail, and whether they said no to marketing."""
    after = 0
    while True:
        rows = tx.tuples(REACHABLE, slug=slug, after=after, limit=10 * PAGE)
        yield from ((email, says_no(folded)) for _, email, folded in rows)
        if len(rows) < 10 * PAGE:
            return
        after = rows[-1][0]


def members(store: Store, slug: str) -> Iterator[Member]:
    """Every member, in pages: each page is one look, so that a slow reader holds nothing up.

    Who enters or leaves meanwhile may be in it or not.
    """
    after = 0
    while True:
        with store.read() as tx:
            entered = dict(tx.tuples(MEMBERS, slug=slug, after=after, limit=PAGE))
            known = profiles.load(tx, list(entered))
        yield from (Member(known[one], at) for one, at in entered.items() if one in known)
        if len(entered) < PAGE:
            return
        after = max(entered)
