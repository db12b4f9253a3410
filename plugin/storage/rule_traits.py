"""How is a trait that is worked out of the events asked in SQL?

Where SQL can say it, it does. Of the others Python decides, over those who did or declared what the
trait reads; whoever did not has the value of somebody nothing is known of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache

import msgspec
import orjson

from plugin.collect.event import Item
from plugin.profile.profile import Profile
from plugin.segment.facts import Facts, Happening
from plugin.segment.shape import TraitLeaf
from plugin.segment.tastes import FORTNIGHT, WEEK
from plugin.segment.traits import Trait
from plugin.segment.worked import EVERY, Worked
from plugin.shop import DAY
from plugin.storage import rule_habits, rule_standing, standings
from plugin.storage.engine import Tx
from plugin.storage.facts import load_facts
from plugin.storage.profiles import load
from plugin.storage.rule_events import EventLeaves
from plugin.storage.rule_parts import SET, Parts

# As Python has them, from columns.
COLUMNS = {
    "units_per_order_avg": "(case when p.orders_total > 0 then p.units_total / p.orders_total end)",
    "days_since_prev_visit": "(case when p.session_started_at <= :now then"
    f" cast(p.session_started_at - p.prev_seen_at as {{real}}) / {DAY} end)",
    "devices_linked": "(1 + (select count(*) from other_ids o where o.profile = p.id"
    " and o.reason = 'merged'))",
}
BY_COUNTRY = ("season_local", "is_home_country")
SHIPPING_GAP = "free_ship_gap_ratio"
COUNTRIES = "select distinct country from profiles where country is not null"
WHO_DID = """
select distinct profile from events
where name in texts(:names) and live = 1 and at <= :now
order by profile
"""
WHO_DECLARED = "select distinct profile from declared where trait in texts(:names) order by profile"
EVERYBODY = "select id from profiles where first_seen_at <= :now order by id"
# What these read of a visitor is the events of the last so many ms, and nothing beside them but the
# profile. Few were seen since then.
SPANS = {
    "hot_product_in_cart": WEEK,
    "policy_views_7d": WEEK,
    "gift_search_14d": FORTNIGHT,
}
SINCE = """
select profile, name, at, event_id, params, items from events
where profile in ints(:ids) and name in texts(:names) and live = 1 and at > :since
order by at, event_id
"""
READ_THE_PROFILE = ("hot_product_in_cart",)
WHO_WAS_SEEN = """
select id from profiles where last_seen_at > :since and first_seen_at <= :now order by id
"""
BATCH = 2_000
_decode = msgspec.json.Decoder(tuple[Item, ...]).decode


def worked(leaf: TraitLeaf, trait: Trait, parts: Parts, events: EventLeaves) -> str:
    """Whether the trait satisfies the leaf, as boolean SQL over ``profiles p``; never unknown."""
    assert trait.worked is not None
    if trait.asks is not None:
        if leaf.op in SET:
            return "true" if leaf.op == "set" else "false"  # a count is always set
        return events.measure(replace(trait.asks, op=leaf.op, values=leaf.values))
    if trait.name in COLUMNS:
        return parts.tested(leaf, COLUMNS[trait.name], leaf.values)
    habit = rule_habits.value(trait.name, parts, events)
    if habit is not None:
        return parts.tested(leaf, habit, leaf.values)
    if trait.name in BY_COUNTRY:
        return _by_country(leaf, trait.worked, parts)
    if trait.name == SHIPPING_GAP:
        return _shipping_gap(leaf, parts)
    if trait.name in rule_standing.NAMES:
        known = standings.figures(parts.tx)
        return parts.tested(leaf, rule_standing.value(trait.name, known, parts), leaf.values)
    return _decided(leaf, trait, trait.worked, parts)


def _by_country(leaf: TraitLeaf, asked: Worked, parts: Parts) -> str:
    """Of every country there is, Python says what it has."""
    known = [
        (country, asked.value(Facts(Profile("", country=country), {}), parts.now, parts.shop))
        for (country,) in parts.tx.tuples(COUNTRIES)
    ]
    return parts.decided(leaf, "p.country", known)


def _shipping_gap(leaf: TraitLeaf, parts: Parts) -> str:
    wanted = parts.shop.manners.free_shipping
    if wanted is None:
        return "true" if parts.checker(leaf)(None) else "false"
    minor = parts.bind(wanted)
    gap = (
        "(case when p.cart_items_now > 0 then"
        f" cast({minor} - p.cart_value_now as {{real}}) / {minor} end)"
    )
    return parts.tested(leaf, gap, leaf.values)


def _decided(leaf: TraitLeaf, trait: Trait, asked: Worked, parts: Parts) -> str:
    """Those for whom the answer is another than for somebody nothing is known of."""
    now, shop = parts.now, parts.shop
    satisfies = parts.checker(leaf)
    usual = satisfies(asked.value(Facts(Profile(""), {}), now, shop))
    others = [
        profile
        for profile, facts in _loaded(trait, asked, parts)
        if satisfies(asked.value(facts, now, shop)) != usual
    ]
    if not others:
        return "true" if usual else "false"
    return f"p.id {'not ' if usual else ''}in ints({parts.bind(others)})"


def _loaded(trait: Trait, asked: Worked, parts: Parts) -> Iterator[tuple[int, Facts]]:
    """Those who did or declared what the trait reads, with what they did."""
    span = SPANS.get(trait.name)
    if span is not None:
        yield from _lately(trait, asked, parts, parts.now - span)
        return
    ids = _who(asked, parts)
    names, whole = {*asked.times, *asked.whole}, set(asked.whole)
    for place in range(0, len(ids), BATCH):
        yield from load_facts(
            parts.tx, ids[place : place + BATCH], names, whole, set(asked.also)
        ).items()


def _lately(trait: Trait, asked: Worked, parts: Parts, since: int) -> Iterator[tuple[int, Facts]]:
    """Those who did it since then, with what they did since then."""
    tx, whole, nobody = parts.tx, set(asked.whole), Profile("")
    ids = parts.among
    if ids is None:
        rows = tx.tuples(WHO_WAS_SEEN, since=since, now=parts.now)
        ids = [profile for (profile,) in rows]
    for place in range(0, len(ids), BATCH):
        events = _events_since(tx, ids[place : place + BATCH], whole, since)
        known = load(tx, list(events)) if trait.name in READ_THE_PROFILE else {}
        for profile, told in events.items():
            times = {name: tuple(one.at for one in found) for name, found in told.items()}
            mine = {name: tuple(found) for name, found in told.items()}
            yield profile, Facts(known.get(profile, nobody), times, mine)


def _who(asked: Worked, parts: Parts) -> Sequence[int]:
    if parts.among is not None:
        return parts.among
    names = list(asked.whole or asked.times)
    if EVERY in names:
        rows = parts.tx.tuples(EVERYBODY, now=parts.now)
    elif names:
        rows = parts.tx.tuples(WHO_DID, names=names, now=parts.now)
    else:
        rows = parts.tx.tuples(WHO_DECLARED, names=list(asked.declared))
    return [profile for (profile,) in rows]


def _events_since(
    tx: Tx, ids: Sequence[int], names: AbstractSet[str], since: int
) -> dict[int, dict[str, list[Happening]]]:
    """What these visitors did of these names after ``since``; only of those who did."""
    found: dict[int, dict[str, list[Happening]]] = defaultdict(lambda: defaultdict(list))
    rows = tx.tuples(SINCE, ids=list(ids), names=sorted(names), since=since)
    for profile, name, at, event_id, params, items in rows:
        said = orjson.loads(params) if params != "{}" else {}
        found[profile][name].append(Happening(at, event_id, said, _items(items)))
    return found


@lru_cache(maxsize=10_000)  # one product is viewed by many
def _items(told: str) -> tuple[Item, ...]:
    return _decode(told)
