"""May time alone change what a rule says, and of whom?"""

from __future__ import annotations

from plugin.segment.rule import event_names
from plugin.segment.shape import (
    Bucket,
    Everyone,
    Rule,
    SegmentLeaf,
    TraitLeaf,
    leaves,
)
from plugin.segment.traits import DATE, TRAITS
from plugin.segment.worked import EVERY, never


def wakers(rule: Rule) -> frozenset[str] | None:
    """The events without which a visitor's answer stays as it is until the next event.

    Empty: time changes nothing for anybody. None: it may for everybody.
    """
    names: set[str] = set()
    for leaf in leaves(rule):
        if isinstance(leaf, (SegmentLeaf, Bucket, Everyone)):
            continue
        if isinstance(leaf, TraitLeaf):
            found = _of_trait(leaf)
            if found is None:
                return None
            names |= found
        else:
            names |= event_names(leaf)
    return None if EVERY in names else frozenset(names)


def _of_trait(leaf: TraitLeaf) -> set[str] | None:
    """As ``wakers``, of a trait."""
    known = TRAITS.get(leaf.trait)
    if known is None or known.column is not None:
        return None if leaf.kind == DATE else set()
    if known.counts:
        return set(known.counts)
    if known.worked is not None and known.worked.turns is never:
        return set()
    if known.worked is not None and known.events and not known.worked.declared:
        return set(known.events)  # whoever did none of them has one answer for good
    return None  # a time since, or worked out of what time changes
