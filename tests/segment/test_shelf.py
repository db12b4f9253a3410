"""What the catalogue said of a product when it was viewed: each a visitor's story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.collect.event import Event
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import read_rule
from plugin.segment.shelf import Catalogue, Shelf, State
from plugin.segment.traits import TRAITS, value_of
from plugin.shop import DAY, HOUR, Shop
from tests.segment.test_traits import BELT, BOOTS, SCARF, did, of

ECO = frozenset({"eco"})


def said(
    at: int, *tags: str, price: int = 100, sale: int | None = None, gone: bool = False
) -> State:
    return State(at, price, sale, "out_of_stock" if gone else "in_stock", frozenset(tags))


def asked(
    name: str, shop: Shop, now: int, shelves: dict[str, Shelf], *views: Event, **came: int
) -> Any:
    facts = replace(of(shop, *views), also={"catalogue": Catalogue(shelves, came)})
    return value_of(TRAITS[name], facts, now, shop)


def test_half_of_the_views_show_a_product_tagged_eco(now: int, shop: Shop) -> None:
    shelves = {
        "boots": Shelf(0, (said(0, "eco", "gift"),)),
        "belt": Shelf(0, (said(0, "economy"),)),
    }
    views = [did("view_item", now - n * DAY, one) for n, one in enumerate((BOOTS, BELT))]
    long_ago = did("view_item", now - 30 * DAY, BELT)
    assert asked("eco_view_share_30d", shop, now, shelves, *views, long_ago) == 0.5
    assert asked("gift_view_share_30d", shop, now, shelves, *views, long_ago) == 0.5
    assert asked("eco_view_share_30d", shop, now, shelves, long_ago) is None


def test_a_product_counts_as_it_was_when_it_was_viewed(now: int, shop: Shop) -> None:
    states = (said(0), said(now - HOUR, gone=True, sale=80), said(now, gone=False))
    views = [did("view_item", at, BOOTS) for at in (now - HOUR - 1, now - HOUR, now - 1, now)]
    shelves = {"boots": Shelf(0, states)}
    assert asked("oos_views_30d", shop, now, shelves, *views) == 2
    assert asked("sale_view_share_30d", shop, now, shelves, *views) == 0.5


@pytest.mark.parametrize(("sale", "on_sale"), [(80, 1), (100, 0), (120, 0), (None, 0)])
def test_a_sale_price_is_one_below_the_price(
    sale: int | None, on_sale: int, now: int, shop: Shop
) -> None:
    shelves = {"boots": Shelf(0, (said(0, sale=sale),))}
    view = did("view_item", now, BOOTS)
    assert asked("sale_view_share_30d", shop, now, shelves, view) == on_sale


def test_a_product_is_new_for_thirty_days(now: int, shop: Shop) -> None:
    shelves = {"boots": Shelf(now - 30 * DAY), "belt": Shelf(now - 30 * DAY - 1)}
    views = [did("view_item", now, one) for one in (BOOTS, BELT)]
    assert asked("new_arrival_share_30d", shop, now, shelves, *views) == 0.5
    # What was viewed before the catalogue had it is no new arrival.
    early = [did("view_item", now - 30 * DAY - ago, BOOTS) for ago in (DAY, DAY + 1)]
    assert asked("new_arrival_share_30d", shop, now - 2 * DAY, shelves, *early) == 0.5
    # It was new when it was viewed, and stays so.
    first = did("view_item", now - DAY, BELT)
    assert asked("new_arrival_share_30d", shop, now + DAY, shelves, first) == 1


def test_what_only_pages_told_of_is_in_stock_and_has_no_tags(now: int, shop: Shop) -> None:
    shelves = {"scarf": Shelf(now)}
    view = did("view_item", now, SCARF)
    assert asked("oos_views_30d", shop, now, shelves, view) == 0
    assert asked("eco_view_share_30d", shop, now, shelves, view) == 0
    assert asked("eco_view_share_30d", shop, now, {}, view) == 0


def test_an_old_view_that_is_told_late_counts_by_the_first_word(now: int, shop: Shop) -> None:
    shelves = {"boots": Shelf(now, (said(now, "eco"), said(now + HOUR)))}
    view = did("view_item", now - DAY, BOOTS)
    assert asked("eco_view_share_30d", shop, now, shelves, view) == 0
    before, after = {view.event_id: now - 1}, {view.event_id: now}
    assert asked("eco_view_share_30d", shop, now, shelves, view, **before) == 0
    assert asked("eco_view_share_30d", shop, now, shelves, view, **after) == 1


def test_a_share_is_checked_again_when_a_view_is_thirty_days_old(now: int, shop: Shop) -> None:
    shelves = {"boots": Shelf(0, (said(0, "eco"),))}
    views = [did("view_item", now - 2 * DAY, BELT), did("view_item", now - DAY, BOOTS)]
    facts = replace(of(shop, *views), also={"catalogue": Catalogue(shelves)})
    rule = read_rule({"trait": "eco_view_share_30d", "op": ">", "value": 0.5})
    verdict = evaluate(rule, facts, now, shop)
    assert (verdict.holds, verdict.next_check) == (False, now + 28 * DAY)
    assert evaluate(rule, facts, now + 28 * DAY, shop).holds
