"""What does the simulation of the demo's shoppers promise?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from random import Random

import pytest

from plugin.serve.experiment import arm
from plugin.shop import DAY, Shop
from plugin.web.demo.catalogue import PRODUCTS
from plugin.web.demo.shopper import Action
from plugin.web.demo.simulate import BASE_CHANCE, CONTROL_SHARE, TRUE_LIFT, simulate

END = 1_790_046_000_000
START = END - 90 * DAY
SHOP = Shop("larkmoor", "pk_demo0000000000000000", currency="USD")


def play(seed: int, visitors: int) -> list[Action]:
    """A whole history."""

    def side(campaign: str, visitor_id: str) -> str:
        return arm(campaign, visitor_id, CONTROL_SHARE)

    return list(simulate(Random(seed), PRODUCTS, START, END, visitors, side))


@pytest.fixture(scope="module")
def history() -> list[Action]:
    """The demo's own history."""
    return play(7, 2500)


def events(history: list[Action], *names: str) -> list[dict]:
    """The events of these names."""
    told = (action.body for action in history if action.kind == "event")
    return [event for event in told if event["name"] in names]


def orders(history: list[Action], status: str) -> list[dict]:
    """The orders of this status."""
    told = (action.body for action in history if action.kind == "order")
    return [order for order in told if order["status"] == status]


def test_one_seed_plays_one_history_and_another_seed_another():
    assert play(3, 40) == play(3, 40)
    assert play(3, 40) != play(4, 40)


def test_the_history_is_told_in_time_order_and_lies_within_its_90_days(history):
    times = [action.at for action in history]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] <= END
    assert all(action.body["timestamp"] == action.at for action in history)


def test_the_history_is_as_large_as_the_demo_wants_it(history):
    assert len({action.visitor_id for action in history}) == 2500
    assert 35_000 <= len([action for action in history if action.kind == "event"]) <= 46_000
    assert 700 <= len(orders(history, "confirmed")) <= 950
    assert 10 <= len(orders(history, "refunded")) <= 80


def test_ids_have_the_contracts_form_and_no_event_id_comes_twice(history):
    ids = [action.body["event_id"] for action in history if action.kind == "event"]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{32}", event_id) for event_id in ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16,64}", action.visitor_id) for action in history)


@pytest.mark.parametrize("campaign", ["stay-a-while", "home-1", "product-1"])
def test_about_a_tenth_of_those_who_meet_a_campaign_are_kept_from_it(history, campaign):
    seen, kept = set(), set()
    for event in events(history, "popup_view", "view_item_list", "popup_holdout"):
        params = event["params"]
        if campaign in (params.get("popup_id"), params.get("item_list_id")):
            (kept if event["name"] == "popup_holdout" else seen).add(event["visitor_id"])
    assert not seen & kept
    assert 0.06 <= len(kept) / len(seen | kept) <= 0.14


def test_nobody_closes_or_clicks_a_popup_that_was_kept_back(history):
    shown = {(e["visitor_id"], e["params"]["popup_id"]) for e in events(history, "popup_view")}
    reacted = events(history, "popup_dismiss", "popup_click", "popup_submit")
    assert {(e["visitor_id"], e["params"]["popup_id"]) for e in reacted} <= shown


def test_no_popup_is_met_while_somebody_pays(history):
    page = {}
    for action in history:
        if action.kind != "event":
            continue
        event = action.body
        if event["name"] == "page_view":
            page[event["visitor_id"]] = event["params"]["page_location"]
        if "popup_id" in event["params"]:
            assert "/checkout" not in page[event["visitor_id"]]


def test_a_popup_that_is_shown_moves_some_to_buy_and_the_truth_is_written_down():
    assert TRUE_LIFT["cart-saver"] > 0
    assert TRUE_LIFT["welcome-back"] == 0
    assert TRUE_LIFT.keys() == BASE_CHANCE.keys()


def test_what_was_sold_out_was_never_bought(history):
    gone = {product.item_id for product in PRODUCTS if not product.in_stock}
    for order in orders(history, "confirmed"):
        assert not gone & {line["item_id"] for line in order["items"]}


def test_a_refund_follows_its_order_and_gives_back_what_was_paid(history):
    paid = {order["transaction_id"]: order for order in orders(history, "confirmed")}
    assert len(paid) == len(orders(history, "confirmed"))
    for back in orders(history, "refunded"):
        assert back["value"] == paid[back["transaction_id"]]["value"]
        assert back["timestamp"] > paid[back["transaction_id"]]["timestamp"]


def test_there_are_people_for_every_segment(history):
    bought: dict[str, list[int]] = defaultdict(list)
    for order in orders(history, "confirmed"):
        bought[order["visitor_id"]].append(order["timestamp"])
    counts = Counter(min(len(times), 3) for times in bought.values())
    assert counts[1] > 200
    assert counts[2] > 30
    assert counts[3] > 20
    assert sum(times[-1] < END - 45 * DAY for times in bought.values()) > 50


def test_who_looks_at_one_thing_looks_next_at_its_neighbours(history):
    shelf = {product.item_id: product.shelf for product in PRODUCTS}
    last: dict[str, str] = {}
    same = other = 0
    for event in events(history, "view_item"):
        here = shelf[event["params"]["items"][0]["item_id"]]
        before = last.get(event["visitor_id"])
        if before is not None:
            same, other = same + (before == here), other + (before != here)
        last[event["visitor_id"]] = here
    # Twenty-two shelves: without taste about one in fifteen would be on the same.
    assert same / (same + other) > 0.25


def test_every_event_and_order_is_what_the_contract_asks_for(history):
    from plugin.collect.checks import check_visit
    from plugin.collect.orders import check_order

    told = [action.body for action in history if action.kind == "event"]
    for first in range(0, len(told), 25):
        batch = told[first : first + 25]
        read = check_visit({"events": batch}, SHOP, END, source="server")
        assert read.refused == ()
        assert [event.event_id for event in read.events] == [e["event_id"] for e in batch]
    for action in history:
        if action.kind == "order":
            assert check_order(action.body, SHOP, END).at == action.at
