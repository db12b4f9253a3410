"""The log of what the catalogue said, and the rules that read it, on both engines."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.journey.as_of import members_as_of
from plugin.journey.look import look_at
from plugin.segment.rule import read_rule
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import item_states, items, rules
from plugin.storage.engine import Store
from plugin.storage.migrate import steps

BAG: dict[str, Any] = {
    "item_id": "bag", "price": 4_000, "sale_price": None, "currency": "EUR", "tags": ("Eco",),
}  # fmt: skip
LOG = "select item_id, at, price, sale_price, currency, availability, tags from item_states"
WHO = {name: f"{name:-<16}" for name in ("mina", "cho", "ana", "tomo")}


def put(store: Store, at: int, **told: Any) -> None:
    with store.write() as tx:
        items.upsert(tx, [BAG | told], at)


def log(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as tx:
        return tx.tuples(f"{LOG} order by item_id, at")


def does(store: Store, shop: Shop, who: str, name: str, at: int, *lines: Item, **more: Any) -> None:
    received = more.pop("received", at)
    event = Event(f"{name}-{who}-{at}", WHO[who], name, at, received, more, lines)
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=[event])


def asked(store: Store, shop: Shop, now: int, name: str, op: str, value: Any = None) -> set[str]:
    """Who satisfies a trait, by SQL over everybody; SQL over these alone and each visitor's page
    must say the same.
    """
    rule = {"trait": name, "op": op} | ({} if value is None else {"value": value})
    with store.write() as tx:
        STEPS["put_segment"](tx, shop, "asked", "Asked", rule, True, now)
    with store.read() as tx:
        found = set(rules.matching(tx, read_rule(rule), now, shop, 10))
        held = rules.matching_profiles(tx, read_rule(rule), now, shop)
        every = [profile for (profile,) in tx.tuples("select id from profiles")]
        assert rules.matching_among(tx, read_rule(rule), now, shop, every) == held
        there = [v for (v,) in tx.tuples("select visitor_id from profiles")]
    seen = {v for v in there if look_at(store, shop, v, now).segments}
    then = {str(one["visitor_id"]) for one in members_as_of(store, shop, "asked", now, 10)[0]}
    assert found == seen == then
    return {visitor.rstrip("-") for visitor in found}


def test_only_what_changed_is_logged(store: Store) -> None:
    put(store, 1)
    put(store, 2)  # the nightly feed says the same
    put(store, 3, name="Canvas bag", url="/bag")  # and here what is not logged
    put(store, 4, sale_price=3_000)
    put(store, 5, sale_price=3_000, availability="out_of_stock")
    put(store, 6, tags=("eco", "gift"))  # a price without a sale price ends the sale
    assert [(at, sale, stock, tags) for _, at, _, sale, _, stock, tags in log(store)] == [
        (1, None, "in_stock", '["Eco"]'),
        (4, 3_000, "in_stock", '["Eco"]'),
        (5, 3_000, "out_of_stock", '["Eco"]'),
        (6, None, "out_of_stock", '["eco","gift"]'),
    ]


def test_a_clock_that_is_set_back_does_not_hide_what_is_new(store: Store) -> None:
    put(store, 5)
    put(store, 3, price=5_000)
    put(store, 4, price=6_000)
    assert [(row[1], row[2]) for row in log(store)] == [(5, 6_000)]


def test_what_pages_tell_is_not_logged(store: Store, shop: Shop, now: int) -> None:
    does(store, shop, "mina", "view_item", now, Item("mug", price=900))
    assert log(store) == []


def test_an_upgrade_begins_the_log_with_what_is_known(store: Store) -> None:
    put(store, 1)
    put(store, 2, availability="out_of_stock")
    with store.write() as tx:
        items.learn(tx, [(Item("mug"), "EUR")], 3)
        tx.run("delete from item_states")
        (sql,) = [sql for number, _, sql in steps("shop") if number == 10]
        tx.run(sql[sql.index("insert into") :].rstrip().rstrip(";"))
    assert [(row[0], row[1], row[5]) for row in log(store)] == [("bag", 2, "out_of_stock")]


def test_a_view_counts_by_what_the_catalogue_said_then(store: Store, shop: Shop, now: int) -> None:
    bag = Item("bag")
    put(store, now - 40 * DAY, availability="out_of_stock", sale_price=3_000)
    does(store, shop, "mina", "view_item", now - 2 * DAY, bag)
    put(store, now - DAY, availability="in_stock", tags=("gift",))
    does(store, shop, "cho", "view_item", now - HOUR, bag)
    does(store, shop, "tomo", "view_item", now - HOUR, Item("mug"))
    does(store, shop, "ana", "page_view", now)
    assert asked(store, shop, now, "oos_views_30d", ">=", 1) == {"mina"}
    assert asked(store, shop, now, "eco_view_share_30d", "=", 1) == {"mina"}
    assert asked(store, shop, now, "sale_view_share_30d", "=", 1) == {"mina"}
    assert asked(store, shop, now, "gift_view_share_30d", ">", 0.5) == {"cho"}
    assert asked(store, shop, now, "gift_view_share_30d", "<=", 0.5) == {"mina", "tomo"}
    assert asked(store, shop, now, "new_arrival_share_30d", "=", 1) == {"tomo"}
    assert asked(store, shop, now, "oos_views_30d", "=", 0) == {"cho", "tomo", "ana"}
    assert asked(store, shop, now, "eco_view_share_30d", "unset") == {"ana"}


def test_a_history_taken_in_later_counts_by_the_first_word(
    store: Store, shop: Shop, now: int
) -> None:
    does(store, shop, "mina", "view_item", now - 2 * DAY, Item("bag"))
    put(store, now)
    does(store, shop, "cho", "view_item", now - 2 * DAY, Item("bag"), received=now + 1)
    assert asked(store, shop, now + 1, "eco_view_share_30d", "=", 1) == {"cho"}


words = st.builds(
    lambda item, tag, sale, stock: {
        "item_id": item, "tags": (tag,), "sale_price": sale, "availability": stock,
    },
    st.sampled_from(("bag", "mug")),
    st.sampled_from(("eco", "gift")),
    st.sampled_from((None, 3_000)),
    st.sampled_from(("in_stock", "out_of_stock")),
)  # fmt: skip
looks = st.tuples(st.sampled_from(("bag", "mug")), st.sampled_from((0, 1, 2, 5, 31 * DAY)))


def test_no_later_word_changes_what_a_view_was_when_it_was_told(
    store: Store, shop: Shop, now: int
) -> None:
    """So nobody has to be looked at again because the catalogue changed."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=st.lists(words | looks, min_size=3, max_size=10))
    def law(acts: list[Any]) -> None:
        mark = uuid.uuid4().hex
        told: dict[str, list[tuple[int, dict[str, Any]]]] = {"bag": [], "mug": []}
        counted: list[dict[str, Any] | None] = []
        for at, act in enumerate(acts, now):
            if isinstance(act, dict):
                told[act["item_id"]].append((at, act))
                put(store, at, **act | {"item_id": f"{act['item_id']}-{mark}"})
                continue
            item, ago = act
            view = Event(f"{mark}-{at}", mark, "view_item", at - ago, at, {},
                         (Item(f"{item}-{mark}"),))  # fmt: skip
            with store.write() as tx:
                STEPS["collect"](tx, shop, events=[view])
            if ago < DAY:
                past = [word for when, word in told[item] if when <= at - ago]
                counted.append(past[-1] if past else next((w for _, w in told[item]), None))
        if counted:
            found = look_at(store, shop, mark, now + len(acts)).traits
            gone = sum(w is not None and w["availability"] == "out_of_stock" for w in counted)
            eco = sum(w is not None and w["tags"] == ("eco",) for w in counted) / len(counted)
            sale = sum(w is not None and w["sale_price"] is not None for w in counted)
            assert found["oos_views_30d"] == gone
            assert found["eco_view_share_30d"] == round(eco, 4)
            assert found["sale_view_share_30d"] == round(sale / len(counted), 4)
            with store.read() as tx:
                for name, value in (
                    ("oos_views_30d", gone),
                    ("eco_view_share_30d", eco),
                    ("sale_view_share_30d", sale / len(counted)),
                ):
                    rule = read_rule({"trait": name, "op": "=", "value": value})
                    later = now + len(acts)
                    assert mark in rules.matching(tx, rule, later, shop, 1_000), name

    law()


def test_a_change_counts_in_the_next_answer_though_the_log_was_read(
    store: Store, shop: Shop, now: int
) -> None:
    put(store, now - 2 * DAY)
    does(store, shop, "mina", "view_item", now - DAY, Item("bag"))
    assert asked(store, shop, now, "oos_views_30d", "=", 0) == {"mina"}
    put(store, now, availability="out_of_stock")
    does(store, shop, "mina", "view_item", now, Item("bag"))
    assert asked(store, shop, now, "oos_views_30d", "=", 1) == {"mina"}


def test_each_browser_that_turned_out_to_be_hers_counts(store: Store, shop: Shop, now: int) -> None:
    for minute, who in enumerate(("mina", "cho", "tomo")):
        does(store, shop, who, "page_view", now - DAY + minute)
    for minute, who in enumerate(("mina", "cho")):
        event = Event(f"word-{who}-0001", WHO[who], "identify", now + minute, now + minute,
                      {"customer_id": "7"}, source="server")  # fmt: skip
        with store.write() as tx:
            STEPS["collect"](tx, shop, events=[event])
    assert len(asked(store, shop, now + HOUR, "devices_linked", "=", 2)) == 1
    assert asked(store, shop, now + HOUR, "devices_linked", "=", 1) == {"tomo"}
    with store.write() as tx:
        STEPS["put_segment"](tx, shop, "alone", "Alone", _devices(1), True, now)
    then = members_as_of(store, shop, "alone", now - HOUR, 10)[0]
    assert len(then) == 2  # of the two it was not known then


def _devices(count: int) -> dict[str, Any]:
    return {"trait": "devices_linked", "op": "=", "value": count}


def test_places_and_the_gap_mean_the_same_for_one_and_for_all(
    store: Store, shop: Shop, now: int
) -> None:
    said = {"home_country": "KR", "store_cities": ["Seoul"], "free_shipping_from": 50_000}
    told = replace(shop, settings=said | {"slow_regions": ["Jeju"]})
    does(store, shop, "mina", "page_view", now, country="kr")
    does(store, shop, "cho", "page_view", now, country="JP")
    does(store, shop, "cho", "identify", now, city="SEOUL", region="jeju")
    does(store, shop, "tomo", "identify", now, city="Busan")
    does(store, shop, "tomo", "add_to_cart", now + 1, Item("boots", price=40_000, quantity=1))
    does(store, shop, "ana", "add_to_cart", now + 1, Item("boots", price=70_000, quantity=1))
    later = now + 2
    assert asked(store, told, later, "is_home_country", "is", True) == {"mina"}
    assert asked(store, told, later, "is_home_country", "is", False) == {"cho"}
    assert asked(store, told, later, "is_home_country", "unset") == {"tomo", "ana"}
    assert asked(store, told, later, "in_store_city", "is", True) == {"cho"}
    assert asked(store, told, later, "in_store_city", "is", False) == {"tomo"}
    assert asked(store, told, later, "in_slow_delivery_region", "set") == {"cho"}
    assert asked(store, told, later, "free_ship_gap_ratio", "between", [0.2, 0.2]) == {"tomo"}
    assert asked(store, told, later, "free_ship_gap_ratio", "<", 0) == {"ana"}
    assert asked(store, told, later, "free_ship_gap_ratio", "unset") == {"mina", "cho"}
    assert asked(store, shop, later, "free_ship_gap_ratio", "set") == set()
    assert asked(store, shop, later, "is_home_country", "unset") == set(WHO)


def test_a_slow_connection_is_told_by_page_views(store: Store, shop: Shop, now: int) -> None:
    does(store, shop, "mina", "page_view", now - DAY, connection="4g")
    does(store, shop, "mina", "page_view", now, connection="save-data")
    does(store, shop, "cho", "page_view", now, connection="4g")
    does(store, shop, "tomo", "search", now)
    assert asked(store, shop, now, "slow_connection_share_30d", "=", 0.5) == {"mina"}
    assert asked(store, shop, now, "slow_connection_share_30d", "=", 0) == {"cho"}
    assert asked(store, shop, now, "slow_connection_share_30d", "unset") == {"tomo"}


def test_nothing_is_looked_up_while_visitors_look_at_products(
    store: Store, shop: Shop, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.write() as tx:
        STEPS["put_items"](tx, shop, products=[BAG], now=now)
    for name in ("KEEP", "STATES", "FIRST_SEEN", "RECEIVED"):
        monkeypatch.setattr(item_states, name, "this is never asked")
    does(store, shop, "mina", "view_item", now, Item("bag"))
    assert len(log(store)) == 1
