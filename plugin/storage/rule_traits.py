"""How is a trait that is worked out of the events asked in SQL?

Where SQL can say it, it does. Of the others Python decides, over those who did or declared what the
trait reads; whoever did not has the value of somebody nothing is known of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plugin.profile.profile import Profile
from plugin.segment.facts import Facts
from plugin.segment.shape import TraitLeaf
from plugin.segment.traits import Trait
from plugin.segment.worked import EVERY, Worked
from plugin.shop import DAY
from plugin.storage.facts import load_facts
from plugin.storage.rule_events import EventLeaves
from plugin.storage.rule_parts import SET, Parts

# As Python has them, from columns.
COLUMNS = {
    "units_per_order_avg": "(case when p.orders_total > 0 then p.units_total / p.orders_total end)",
    "days_since_prev_visit": "(case when p.session_started_at <= :now then"
    f" cast(p.session_started_at - p.prev_seen_at as {{real}}) / {DAY} end)",
}
SEASON = "season_local"
COUNTRIES = "select distinct country from profiles where country is not null"
WHO_DID = """
select distinct profile from events
where name in texts(:names) and live = 1 and at <= :now
order by profile
"""
WHO_DECLARED = "select distinct profile from declared where trait in texts(:names) order by profile"
EVERYBODY = "select id from profiles where first_seen_at <= :now order by id"
BATCH = 500


def worked(leaf: TraitLeaf, trait: Trait, parts: Parts, events: EventLeaves) -> str:
    """Whether the trait satisfies the leaf, as boolean SQL over ``profiles p``; never unknown."""
    assert trait.worked is not None
    if trait.asks is not None:
        if leaf.op in SET:
            return "true" if leaf.op == "set" else "false"  # a count is always set
        return events.measure(replace(trait.asks, op=leaf.op, values=leaf.values))
    if trait.name in COLUMNS:
        return parts.tested(leaf, COLUMNS[trait.name], leaf.values)
    if trait.name == SEASON:
        return _by_country(leaf, trait.worked, parts)
    return _decided(leaf, trait.worked, parts)


def _by_country(leaf: TraitLeaf, season: Worked, parts: Parts) -> str:
    """Of every country there is, Python says which season it has."""
    known = [
        (country, season.value(Facts(Profile("", country=country), {}), parts.now, parts.shop))
        for (country,) in parts.tx.tuples(COUNTRIES)
    ]
    return parts.decided(leaf, "p.country", known)


def _decided(leaf: TraitLeaf, asked: Worked, parts: Parts) -> str:
    """Those for whom the answer is another than for somebody nothing is known of."""
    now, shop = parts.now, parts.shop
    satisfies = parts.checker(leaf)
    usual = satisfies(asked.value(Facts(Profile(""), {}), now, shop))
    others = [
        profile
        for profile, facts in _loaded(asked, parts)
        if satisfies(asked.value(facts, now, shop)) != usual
    ]
    if not others:
        return "true" if usual else "false"
    return f"p.id {'not ' if usual else ''}in ints({parts.bind(others)})"


def _loaded(asked: Worked, parts: Parts) -> Iterator[tuple[int, Facts]]:
    """Those who did or declared what the trait reads, with what they did."""
    ids = _who(asked, parts)
    names, whole = {*asked.times, *asked.whole}, set(asked.whole)
    for place in range(0, len(ids), BATCH):
        yield from load_facts(
            parts.tx, ids[place : place + BATCH], names, whole, set(asked.also)
        ).items()


def _who(asked: Worked, parts: Parts) -> list[int]:
    names = list(asked.whole or asked.times)
    if EVERY in names:
        rows = parts.tx.tuples(EVERYBODY, now=parts.now)
    elif names:
        rows = parts.tx.tuples(WHO_DID, names=names, now=parts.now)
    else:
        rows = parts.tx.tuples(WHO_DECLARED, names=list(asked.declared))
    return [profile for (profile,) in rows]
