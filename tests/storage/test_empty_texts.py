"""An empty text is a text: every reader of rules tells it from what was never said."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import event_names, needs_events, read_rule
from plugin.shop import HOUR, Shop
from plugin.storage import items, profiles, rules, seen
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts

# What each of them said wherever something could be said. Ana said nothing.
SAID = {"ana": None, "bo": "", "cho": " \u3000", "dana": "Pine"}
NOTHING, EMPTY, PINE = {"ana"}, {"bo", "cho"}, {"dana"}
EVERYBODY = NOTHING | EMPTY | PINE
TEXTS: list[tuple[dict[str, Any], set[str]]] = [
    ({"op": "set"}, EMPTY | PINE),
    ({"op": "unset"}, NOTHING),
    ({"op": "is", "value": ""}, EMPTY),
    ({"op": "is", "value": "", "include_unset": True}, NOTHING | EMPTY),
    ({"op": "is_not", "value": ""}, PINE),
    ({"op": "is_not", "value": "oak"}, EMPTY | PINE),
    ({"op": "in", "value": ["oak", ""]}, EMPTY),
    ({"op": "not_in", "value": [""]}, PINE),
    ({"op": "not_in", "value": ["oak", "pine"]}, EMPTY),
    ({"op": "contains", "value": "pi"}, PINE),
    ({"op": "not_contains", "value": "pi"}, EMPTY),
    ({"op": "not_contains", "value": "pi", "include_unset": True}, NOTHING | EMPTY),
    ({"op": "starts_with", "value": "pi"}, PINE),
]
# Nobody said what these ask for: to them an empty text is as unset as any other.
OTHERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"op": "has_any", "value": ["pine"]}, PINE),
    ({"op": "has_any", "value": ["pine"], "include_unset": True}, NOTHING | PINE),
    ({"op": "has_none", "value": ["pine"]}, NOTHING | EMPTY),
    ({"op": "=", "value": 0}, set()),
    ({"op": "!=", "value": 3, "include_unset": True}, EVERYBODY),
    ({"op": "is", "value": False}, set()),
    ({"op": "before", "value": "2030-01-01"}, set()),
    ({"op": "before", "value": "2030-01-01", "include_unset": True}, EVERYBODY),
]


@pytest.fixture
def shop(store: Store, shop: Shop, now: int) -> Shop:
    """A shop where all four looked at a product, waved, and told of themselves."""
    for name, said in SAID.items():
        tell(store, shop, name, now, said)
    return shop


def tell(store: Store, shop: Shop, name: str, now: int, said: str | None) -> None:
    bag = Item(f"bag-{name}", said, said, said, said, 1500)
    params: dict[str, Any] = {} if said is None else {"note": said}
    told = [
        _event(name, "view_item", now, items=(bag,), currency=shop.currency),
        _event(name, "wave", now, params=params),
        _event(name, "identify", now, params=params),
    ]
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=told)


def _event(name: str, what: str, now: int, **more: Any) -> Event:
    return Event(uuid.uuid4().hex, person(name), what, now - HOUR, now, **more)


def person(name: str) -> str:
    return f"{name}-0123456789abcdef"


def held(store: Store, shop: Shop, document: Any, now: int) -> set[str]:
    """For whom the rule holds; fails unless SQL of all, SQL of some and Python say the same."""
    rule = read_rule(document)
    with store.read() as tx:
        ids = {row["id"]: row["visitor_id"].partition("-")[0] for row in _everybody(tx)}
        of_all = {ids[one] for one in rules.matching_profiles(tx, rule, now, shop)}
        of_some = {ids[one] for one in rules.matching_among(tx, rule, now, shop, sorted(ids))}
        known = load_facts(tx, list(ids), event_names(rule), needs_events(rule))
        python = {ids[one] for one in ids if evaluate(rule, known[one], now, shop).holds}
    assert of_all == of_some == python, document
    return python


def _everybody(tx: Any) -> Any:
    return tx.all("select id, visitor_id from profiles")


def happened(event: str, *where: dict[str, Any]) -> dict[str, Any]:
    return {"event": event, "measure": "count", "op": ">=", "value": 1, "where": list(where)}


@pytest.mark.parametrize(("asked", "who"), TEXTS + OTHERS)
def test_a_param_that_was_sent_empty_is_set(
    store: Store, shop: Shop, now: int, asked: Any, who: set[str]
) -> None:
    assert held(store, shop, happened("wave", {"param": "note", **asked}), now) == who


@pytest.mark.parametrize(("asked", "who"), TEXTS + OTHERS)
def test_a_trait_that_was_declared_empty_is_set(
    store: Store, shop: Shop, now: int, asked: Any, who: set[str]
) -> None:
    assert held(store, shop, {"trait": "note", **asked}, now) == who


@pytest.mark.parametrize("field", ["item_name", "item_brand", "item_category", "item_variant"])
@pytest.mark.parametrize(("asked", "who"), TEXTS)
def test_a_product_word_that_was_sent_empty_is_set(
    store: Store, shop: Shop, now: int, asked: Any, who: set[str], field: str
) -> None:
    word = {"param": field, **asked}
    assert held(store, shop, happened("view_item", word), now) == who
    # The lines alone cannot say how many there were: this one is asked of the events.
    one = {"param": "quantity", "op": "=", "value": 1}
    assert held(store, shop, happened("view_item", word, one), now) == who


@pytest.mark.parametrize(("event", "of"), [("wave", "note"), ("view_item", "item_brand")])
def test_an_empty_text_is_one_of_the_different_values(
    store: Store, shop: Shop, now: int, event: str, of: str
) -> None:
    different = {"event": event, "measure": "distinct", "of": of, "op": "=", "value": 1}
    assert held(store, shop, different, now) == EMPTY | PINE


def test_an_empty_category_or_brand_is_no_interest(store: Store, shop: Shop, now: int) -> None:
    with store.read() as tx:
        found = profiles.find(tx, person("bo"))
    bo = found[1] if found else Profile("")
    assert (bo.affinities, bo.last_category) == ({}, None)
    for name in ("top_category_share_30d", "top_brand_share_30d"):
        assert held(store, shop, {"trait": name, "op": "=", "value": 0}, now) == {"ana", "bo"}


def test_an_empty_category_is_none_that_was_bought(store: Store, shop: Shop, now: int) -> None:
    for name, said in SAID.items():
        bought = (Item("boots", category="Shoes"), Item("bag", category=said))
        with store.write() as tx:
            order = _event(name, "purchase", now, items=bought, value=9, transaction_id=name)
            STEPS["collect"](tx, shop, events=[order])
    assert held(store, shop, {"trait": "categories_bought", "op": "=", "value": 1}, now) == {
        "ana",
        "bo",
    }


def test_an_empty_coupon_is_none_that_was_claimed(store: Store, shop: Shop, now: int) -> None:
    for name, code in (("bo", ""), ("dana", "HELLO")):
        for coupon in ("", code):
            with store.write() as tx:
                click = _event(name, "popup_click", now, params={"coupon": coupon})
                STEPS["collect"](tx, shop, events=[click])
    for count, who in ((0, {"ana", "bo", "cho"}), (1, {"dana"})):
        claims = {"trait": "coupon_claims_180d", "op": "=", "value": count}
        assert held(store, shop, claims, now) == who


def test_an_empty_word_teaches_no_product(store: Store, shop: Shop, now: int) -> None:
    with store.read() as tx:
        known = items.products(tx, [f"bag-{name}" for name in EMPTY])
        offered = seen.product_values(tx)
    assert {(bag.name, bag.brand, bag.category) for bag in known.values()} == {(None, None, None)}
    assert offered == {"item_category": ["Pine"], "item_brand": ["Pine"]}


def test_an_empty_word_takes_no_known_word_away(store: Store, shop: Shop, now: int) -> None:
    tell(store, shop, "bo", now + 1, "Oak")  # fills what the empty word left open
    tell(store, shop, "bo", now + 2, "")
    with store.read() as tx:
        bag = items.products(tx, ["bag-bo"])["bag-bo"]
    assert (bag.name, bag.brand, bag.category) == ("Oak", "Oak", "Oak")


def test_what_the_engine_keeps_of_a_visitor_is_unset_where_nothing_is_known(
    store: Store, shop: Shop, now: int
) -> None:
    with store.write() as tx:
        bare = _event("bo", "page_view", now, params={"country": "", "utm_source": ""})
        STEPS["collect"](tx, shop, events=[bare])
    for name in ("country", "source_last", "email"):
        assert held(store, shop, {"trait": name, "op": "unset"}, now) == EVERYBODY
