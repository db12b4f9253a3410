"""Why does a rule hold for a visitor or not: each leaf with its value, proof and what it lacks?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugin.segment.course import first_done, followed
from plugin.segment.evaluate import NOBODY, leaf_verdict
from plugin.segment.facts import Facts
from plugin.segment.figure import MONEY_FIELDS, Judge, figures
from plugin.segment.lack import missing
from plugin.segment.say import as_text, span_text, value_text
from plugin.segment.select import selection
from plugin.segment.shape import (
    Bucket,
    MeasureLeaf,
    NotFollowedLeaf,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    SequenceLeaf,
    TraitLeaf,
    leaves,
)
from plugin.segment.traits import DATE, MONEY, TRAITS, declared_value, value_of
from plugin.shop import Shop, local_time

__all__ = ["Reason", "as_text", "explain", "why"]
MOST_PROOF = 5


@dataclass(frozen=True)
class Reason:
    """One leaf: what it says, what the visitor's value is, and whether it holds (None: unknown).

    ``proof``: ids of events that show it, the newest first, at most 5; only of events that were
    loaded whole. ``missing``: the nearest change that would make it true; "": none can be told.
    """

    text: str
    value: str
    holds: bool | None
    proof: tuple[str, ...] = ()
    missing: str = ""


def explain(
    rule: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool] = NOBODY
) -> list[Reason]:
    """A reason for each leaf of the rule, from left to right."""
    found = []
    for leaf in leaves(rule):
        holds = leaf_verdict(leaf, facts, now, shop, segments).holds
        found.append(
            Reason(
                as_text(leaf),
                _value(leaf, facts, now, shop, segments),
                holds,
                tuple(reversed(_proof(leaf, facts, now, shop)[-MOST_PROOF:])),
                missing(leaf, facts, now, shop) if holds is False else "",
            )
        )
    return found


def why(reasons: Iterable[Reason]) -> str:
    """The reasons that hold, in one line: "orders_total >= 3 (is 4); ..."."""
    held = [f"{one.text} ({one.value})" for one in reasons if one.holds]
    return "; ".join(held) or "nothing speaks against it"


def _value(leaf: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool]) -> str:
    if isinstance(leaf, TraitLeaf):
        return "is " + _trait_text(leaf.trait, facts, now, shop)
    if isinstance(leaf, MeasureLeaf):
        return "was " + _figure_text(leaf, facts, now, shop)
    if isinstance(leaf, RecencyLeaf):
        found = selection(leaf.event, leaf.where, "", None, shop.currency, shop.timezone)
        past = [at for at in found.chosen(facts, now).times if at <= now]
        return f"was {span_text(now - past[0 if leaf.first else -1])} ago" if past else "never"
    if isinstance(leaf, SequenceLeaf):
        return "happened" if _chain(leaf, facts, now) else "did not happen"
    if isinstance(leaf, NotFollowedLeaf):
        return _wait_text(leaf, facts, now)
    if isinstance(leaf, SegmentLeaf):
        return "is" if segments.get(leaf.slug) else "is not"
    return "always" if not isinstance(leaf, Bucket) else "by lot"


def _trait_text(name: str, facts: Facts, now: int, shop: Shop) -> str:
    trait = TRAITS.get(name)
    value: Any = declared_value(name, facts) if trait is None else value_of(trait, facts, now, shop)
    if value is None:
        return "unset"
    if trait is not None and trait.kind == MONEY:
        return f"{shop.major(value):,}"
    if trait is not None and trait.kind == DATE:
        return f"{local_time(value, shop.timezone):%Y-%m-%d %H:%M}"
    return f"{value:,.4g}" if isinstance(value, float) else value_text(value)


def _figure_text(leaf: MeasureLeaf, facts: Facts, now: int, shop: Shop) -> str:
    money, zone = shop.currency, shop.timezone
    chosen = selection(leaf.event, leaf.where, leaf.measure, leaf.of, money, zone)
    found = chosen.chosen(facts, now)
    low, high = Judge(leaf, money, zone).edges(found.times, now)
    if leaf.measure == "count":
        return str(high - low)
    figure = list(figures(leaf.measure, found.values[low:high]))[-1]
    if figure is None:
        return "unset"
    if leaf.of in MONEY_FIELDS and leaf.measure != "distinct":
        figure = shop.major(figure)
    return f"{figure:,.10g}"


def _chain(leaf: SequenceLeaf, facts: Facts, now: int) -> tuple[int, ...]:
    """When the steps were taken; empty: they were not."""
    taken = first_done([facts.times.get(name, ()) for name in leaf.steps], leaf.within)
    return taken if taken is not None and taken[-1] <= now else ()


def _wait_text(leaf: NotFollowedLeaf, facts: Facts, now: int) -> str:
    past = [at for at in facts.times.get(leaf.event, ()) if at <= now]
    if not past:
        return "never"
    came = followed(facts.times.get(leaf.by, ()), past[-1], min(now, past[-1] + leaf.within))
    after = f"no {leaf.by} since" if came is None else f"{leaf.by} {span_text(came - past[-1])} on"
    return f"was {span_text(now - past[-1])} ago, {after}"


def _proof(leaf: Rule, facts: Facts, now: int, shop: Shop) -> list[str]:
    """The ids of the events that a leaf's value is made of, ascending by time."""
    money, zone = shop.currency, shop.timezone
    if isinstance(leaf, (MeasureLeaf, RecencyLeaf)):
        chosen = selection(leaf.event, leaf.where, "", None, money, zone).chosen(facts, now)
        ids = list(chosen.ids) or _ids(facts, [leaf.event])
        if not ids:
            return []
        if isinstance(leaf, MeasureLeaf):
            low, high = Judge(leaf, money, zone).edges(chosen.times, now)
            return ids[low:high]
        past = ids[: sum(1 for at in chosen.times if at <= now)]
        return past[:1] if leaf.first else past[-1:]
    if isinstance(leaf, SequenceLeaf):
        taken = zip(leaf.steps, _chain(leaf, facts, now), strict=False)
        return [_at(facts, name, at) for name, at in taken if _at(facts, name, at)]
    if isinstance(leaf, NotFollowedLeaf):
        return _ids(facts, [leaf.event], now)[-1:]
    trait = TRAITS.get(leaf.trait) if isinstance(leaf, TraitLeaf) else None
    if trait is not None and trait.counts:
        return _ids(facts, trait.counts, now, now - trait.span)
    return []


def _ids(
    facts: Facts, names: Sequence[str], until: int | None = None, after: int | None = None
) -> list[str]:
    """The ids of events that were loaded whole, ascending by (time, id)."""
    found = sorted(
        (one.at, one.event_id)
        for name in names
        for one in facts.events.get(name, ())
        if (until is None or one.at <= until) and (after is None or one.at > after)
    )
    return [event_id for _, event_id in found]


def _at(facts: Facts, name: str, at: int) -> str:
    told = facts.events.get(name, ())
    return next((one.event_id for one in told if one.at == at), "")
