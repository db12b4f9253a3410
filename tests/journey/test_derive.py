"""What page views say by themselves, on both engines: a product seen, a checkout, an order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace as changed

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey.derive import item_at
from plugin.profile.profile import CartLine, Profile
from plugin.shop import DAY, MINUTE, SECOND, Shop
from plugin.storage import events as events_table
from plugin.storage import identities, items, profiles
from plugin.storage.engine import Store

CHO, MINA = "cho-visitor-00001", "mina-visitor-0001"
HOST = "https://moon.example"
CATALOGUE: list[dict[str, Any]] = [
    {"item_id": "boots", "url": f"{HOST}/boots", "name": "Boots", "brand": "Pine",
     "category": "Shoes > Boots", "price": 120_000, "sale_price": 90_000, "currency": "KRW"},
    {"item_id": "hat", "url": f"{HOST}/hat", "name": "Hat", "price": 20_000, "currency": "KRW"},
    {"item_id": "tea", "url": f"{HOST}/tea", "name": "Tea", "price": 350, "currency": "EUR"},
]  # fmt: skip
LOG = """
select event_id, name, at, live, transaction_id, value from events
where params like '%"found_by"%' or name = 'purchase'
order by at, event_id
"""


@dataclass
class Day:
    """A shop's day; every event is a second after the one before."""

    store: Store
    shop: Shop
    now: int
    numbers: Iterator[int] = field(default_factory=count)

    def view(self, path: str, who: str = CHO, **params: Any) -> Event:
        return self.event("page_view", who, page_location=f"{HOST}{path}", **params)

    def event(
        self, name: str, who: str = CHO, *lines: Item, source: str = "browser", **params: Any
    ) -> Event:
        number = next(self.numbers)
        at = params.pop("at", self.now + number * SECOND)
        order = params.pop("transaction_id", None)
        value = params.pop("value", None)
        return Event(
            params.pop("event_id", f"event-{number:06d}"), who, name, at, self.now, params, lines,
            currency="KRW" if lines or value else None, value=value, transaction_id=order,
            source=source,
        )  # fmt: skip

    def adds(self, item: str, who: str = CHO, quantity: float = 1, price: int = 1_000) -> Event:
        return self.event("add_to_cart", who, Item(item, price=price, quantity=quantity))

    def collect(self, *events: Event) -> int:
        with self.store.write() as tx:
            return journey.collect(tx, self.shop, events)

    def later(self, ms: int) -> None:
        self.now += ms

    def log(self) -> list[dict[str, Any]]:
        with self.store.read() as tx:
            return tx.all(LOG)

    def names(self) -> list[str]:
        return [row["name"] for row in self.log() if row["live"]]

    def profile(self, who: str = CHO) -> Profile:
        with self.store.read() as tx:
            found = profiles.find(tx, who)
        assert found is not None
        return found[1]

    def seen(self, who: str = CHO) -> list[Event]:
        with self.store.read() as tx:
            found = profiles.find(tx, who)
            assert found is not None
            log = events_table.log(tx, found[0])
        return [event for event in log if "found_by" in event.params]


@pytest.fixture
def day(store: Store, shop: Shop, now: int) -> Day:
    with store.write() as tx:
        items.upsert(tx, CATALOGUE, now)
    return Day(store, shop, now)


def test_the_page_of_a_product_is_a_view_of_it(day: Day) -> None:
    view = day.view("/boots?utm_source=letter")
    assert day.collect(view) == 1

    (seen,) = day.seen()
    boots = Item(
        "boots", "Boots", "Pine", "Shoes > Boots", price=90_000, url=f"{HOST}/boots"
    )  # what it costs now
    assert seen == changed(
        view, event_id=view.event_id + "-v", name="view_item", items=(boots,), currency="KRW",
        value=90_000, params={"page_location": f"{HOST}/boots?utm_source=letter",
                              "found_by": "catalogue"},
    )  # fmt: skip
    profile = day.profile()
    assert (profile.product_views_total, profile.last_item_id) == (1, "boots")


def test_a_view_sent_again_counts_once(day: Day) -> None:
    view = day.view("/boots")
    assert [day.collect(view), day.collect(view)] == [1, 0]
    assert day.profile().product_views_total == 1


def test_views_of_several_batches_of_one_commit_are_each_counted(day: Day) -> None:
    with day.store.write() as tx:
        told = journey.collect_together(
            tx, day.shop, [[day.view("/boots")], [day.view("/hat", MINA), day.view("/about")]]
        )
    assert told == [1, 2]
    assert [day.profile(who).last_item_id for who in (CHO, MINA)] == ["boots", "hat"]


@pytest.mark.parametrize("path", ["/", "/about", "/shoes/boots", "/boots/reviews"])
def test_another_page_is_a_view_of_nothing(day: Day, path: str) -> None:
    day.collect(day.view(path))
    assert day.seen() == []


def test_a_price_keeps_the_catalogues_currency(day: Day) -> None:
    day.collect(day.view("/tea"))
    assert [(seen.currency, seen.value) for seen in day.seen()] == [("EUR", 350)]


@pytest.mark.parametrize(
    "told",
    [
        {"event_id": "event-000000-v"},
        {"page_location": f"{HOST}/boots"},
        {},  # names no page: it is about the one that is open
    ],
)
def test_what_the_page_says_of_its_product_comes_first(day: Day, told: dict[str, Any]) -> None:
    view = day.view("/boots")
    day.collect(view, day.event("view_item", CHO, Item("BOOTS-42"), **told))
    profile = day.profile()
    assert (profile.product_views_total, profile.last_item_id) == (1, "BOOTS-42")


def test_a_view_of_another_page_or_visitor_hides_none(day: Day) -> None:
    day.collect(
        day.view("/boots"),
        day.view("/hat"),
        day.event("view_item", CHO, Item("hat"), page_location=f"{HOST}/hat"),
        day.event("view_item", MINA, Item("boots"), page_location=f"{HOST}/boots"),
    )
    assert [seen.items[0].item_id for seen in day.seen()] == ["boots"]


@pytest.mark.parametrize("source", ["server", "import"])
def test_only_a_browsers_page_view_says_more(day: Day, source: str) -> None:
    day.collect(changed(day.view("/boots"), source=source))
    assert day.seen() == []


def test_a_changed_catalogue_counts_in_the_next_view(day: Day) -> None:
    day.collect(day.view("/scarf"), day.view("/hat"))
    with day.store.write() as tx:
        items.upsert(tx, [{"item_id": "scarf", "url": "/scarf"}], 1)
        items.remove(tx, "hat")
    day.collect(day.view("/scarf"), day.view("/hat"))
    assert [seen.items[0].item_id for seen in day.seen()] == ["hat", "scarf"]


def test_a_catalogue_that_was_undone_is_not_remembered(day: Day) -> None:
    with suppress(ZeroDivisionError), day.store.write() as tx:
        items.upsert(tx, [{"item_id": "scarf", "url": "/scarf"}], 1)
        journey.collect(tx, day.shop, [day.view("/scarf", MINA)])
        raise ZeroDivisionError
    day.collect(day.view("/scarf"))
    assert day.seen() == []


def test_a_checkout_is_begun_with_the_cart_as_it_is(day: Day) -> None:
    day.collect(day.adds("boots", quantity=2), day.adds("mug"))
    day.collect(day.view("/checkout/address"))

    (begun,) = day.seen()
    assert (begun.name, begun.event_id, begun.value) == ("begin_checkout", "event-000002-c", 3_000)
    assert begun.items == (
        Item("boots", "Boots", "Pine", "Shoes > Boots", price=1_000, quantity=2),
        Item("mug", price=1_000),
    )
    assert day.profile().checkout_started_at == begun.at


def test_what_was_put_into_the_cart_in_the_same_batch_counts(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/checkout"), day.adds("boots"))
    assert [[line.item_id for line in seen.items] for seen in day.seen()] == [["hat"]]


def test_an_empty_cart_begins_no_checkout(day: Day) -> None:
    day.collect(day.view("/checkout"))
    assert day.seen() == []


def test_the_steps_of_a_checkout_are_one_checkout(day: Day) -> None:
    day.collect(day.adds("hat"))
    day.collect(day.view("/checkout"), day.view("/checkout/address"))
    day.collect(day.view("/checkout/payment"))
    assert day.names() == ["begin_checkout"]


def test_a_checkout_on_another_day_is_another_one(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/checkout"))
    day.later(DAY)
    day.collect(day.view("/checkout"))
    assert day.names() == ["begin_checkout", "begin_checkout"]


def test_a_checkout_that_the_page_tells_of_is_not_counted_twice(day: Day) -> None:
    day.collect(day.adds("hat"))
    day.collect(day.view("/checkout"), day.event("begin_checkout", CHO, Item("hat")))
    assert day.seen() == []


def test_the_owners_patterns_name_checkouts_and_exclude_them(day: Day) -> None:
    own = {"checkout_pages": ["/bestellen*", "!/checkout/help"], "thank_you_pages": ["/danke"]}
    day.shop = replace(day.shop, settings=own)
    day.collect(day.adds("hat"), day.view("/checkout/help"))
    assert day.names() == []
    day.collect(day.view("/bestellen/adresse"), day.view("/danke"))
    assert day.names() == ["begin_checkout", "purchase"]


def test_a_thank_you_page_is_an_order_of_the_cart_with_its_number(day: Day) -> None:
    day.collect(day.adds("hat", quantity=3))
    day.collect(day.view("/checkout/thank-you/", order_number=" 100017 "))

    (bought,) = day.seen()
    assert (bought.name, bought.event_id) == ("purchase", "event-000001-p")
    assert (bought.transaction_id, bought.value, bought.source) == ("100017", 3_000, "browser")
    profile = day.profile()
    assert (profile.orders_total, profile.revenue_total, profile.cart) == (1, 3_000, ())


@pytest.mark.parametrize("number", [None, "", "  ", True, "x" * 200])
def test_without_a_readable_number_the_order_gets_one_of_that_visit(day: Day, number: Any) -> None:
    params = {} if number is None else {"order_number": number}
    day.collect(day.adds("hat"))
    day.collect(day.view("/thank-you", **params))
    (order,) = day.log()
    assert order["transaction_id"].startswith("visit-")


def test_a_thank_you_page_loaded_again_is_the_same_order(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/thank-you"), day.view("/thank-you"))
    day.collect(day.view("/thank-you"))
    assert day.profile().orders_total == 1


def test_two_carts_are_two_orders(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/thank-you"))
    day.collect(day.adds("hat"), day.view("/thank-you"))
    assert day.profile().orders_total == 2


def test_a_thank_you_page_without_a_cart_is_nothing(day: Day) -> None:
    day.collect(day.view("/thank-you", order_number="7"))
    assert day.log() == []


def test_a_thank_you_page_is_no_checkout(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/checkout/success"))
    assert day.names() == ["purchase"]


def test_an_order_that_the_page_tells_of_comes_first(day: Day) -> None:
    told: dict[str, Any] = {"transaction_id": "A-7", "value": 2_000}
    day.collect(day.adds("hat"))
    day.collect(day.view("/thank-you"), day.event("purchase", CHO, **told))
    day.collect(day.adds("mug"), day.view("/thank-you"))  # a late page of the same order
    assert [row["transaction_id"] for row in day.log()] == ["A-7"]
    assert day.profile().revenue_total == 2_000


@pytest.mark.parametrize("source", ["browser", "server"])
def test_a_guessed_order_gives_way_to_one_that_is_told_of(day: Day, source: str) -> None:
    day.collect(day.adds("hat"), day.view("/thank-you"))
    told: dict[str, Any] = {"transaction_id": "A-7", "value": 1_500, "source": source}
    day.collect(day.event("purchase", CHO, **told))

    profile = day.profile()
    assert (profile.orders_total, profile.revenue_total) == (1, 1_500)
    assert {row["transaction_id"] for row in day.log()} == {"A-7"}
    with day.store.read() as tx:
        assert tx.value("select count(*) from orders") == 1


def test_a_number_read_on_the_page_is_confirmed_by_the_shop(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/thank-you", order_number="A-7"))
    told: dict[str, Any] = {"transaction_id": "A-7", "value": 1_500, "source": "server"}
    day.collect(day.event("purchase", CHO, **told))
    profile = day.profile()
    assert (profile.orders_total, profile.revenue_total) == (1, 1_500)


def test_an_order_of_another_day_is_another_order(day: Day) -> None:
    day.collect(day.adds("hat"), day.view("/thank-you"))
    day.later(DAY)
    day.collect(day.event("purchase", CHO, transaction_id="A-7", value=1_500))
    assert day.profile().orders_total == 2


def test_what_comes_late_is_told_as_if_it_had_come_in_time(day: Day) -> None:
    add, pay, thank = day.adds("hat"), day.view("/checkout"), day.view("/thank-you")
    day.collect(add, day.view("/about", at=day.now + 10 * MINUTE))
    day.collect(pay, thank)

    assert day.names() == ["begin_checkout", "purchase"]
    profile = day.profile()
    assert (profile.orders_total, profile.cart, profile.pageviews_total) == (1, (), 3)
    assert journey.rebuild(day.store, day.shop)["changed"] == 0


def test_profiles_told_anew_are_the_same(day: Day) -> None:
    day.collect(day.view("/boots"), day.adds("boots"), day.view("/checkout"))
    day.collect(day.view("/thank-you"), day.adds("mug"), day.view("/hat", MINA))
    assert journey.rebuild(day.store, day.shop) == {"profiles": 2, "changed": 0}
    assert day.profile().cart == (CartLine("mug", 1, 1_000),)


def test_a_visitor_merged_into_a_customer_keeps_the_derived_events(day: Day) -> None:
    for who in (CHO, MINA):
        day.collect(day.event("identify", who, source="server", customer_id="7"))
    day.collect(day.view("/boots", CHO), day.adds("hat", MINA), day.view("/thank-you", CHO))
    with day.store.read() as tx:
        merged = identities.elsewhere(tx, [CHO, MINA])
    assert len(merged) == 1
    assert [seen.name for seen in day.seen()] == ["view_item", "purchase"]


def test_a_visitors_own_staff_browser_derives_nothing(day: Day) -> None:
    with day.store.write() as tx:
        journey.STEPS["mark_staff"](tx, day.shop, CHO, day.now, True)
    assert day.collect(day.view("/boots")) == 1
    assert day.log() == []


def test_a_clue_leads_to_the_product_it_means(day: Day) -> None:
    with day.store.write() as tx:
        items.learn(tx, [(Item("mug", url="/mug"), "KRW")], 1)
    with day.store.read() as tx:
        found = [
            item_at(tx, *clue, "KRW")
            for clue in (("product_id", "hat"), ("link_url", "/boots"), ("page_location", "/mug"),
                         ("product_id", "none"), ("link_url", "/none"), ("product_id", "tea"))
        ]  # fmt: skip
    assert [item.item_id if item else None for item in found] == [
        "hat", "boots", "mug", None, None, "tea",
    ]  # fmt: skip
    assert found[5] == Item("tea", "Tea", url=f"{HOST}/tea")  # its price is in another currency
