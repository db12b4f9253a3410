"""Read this first: the journey of a visit, told by what people do and what they are shown."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey import LONG_STEPS, STEPS, Wish
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import orders, profiles, segments
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts

PRICES = {"boots": 120_000, "scarf": 30_000, "hat": 20_000, "gloves": 25_000, "coat": 300_000}
SHOES = {"boots": "Shoes > Boots"}


@dataclass
class Story:
    """A shop's day: people act, the clock goes on, and we ask what the shop knows."""

    store: Store
    shop: Shop
    now: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def does(self, who: str, name: str, *items: str, at: int | None = None, **more: Any) -> Event:
        """``who`` does ``name`` with ``items``, now or at ``at``."""
        event = Event(
            event_id=more.pop("event_id", f"event-{next(self.numbers):06d}"),
            visitor_id=visitor_id(who),
            name=name,
            at=self.now if at is None else at,
            received_at=self.now,
            items=tuple(
                Item(item, category=SHOES.get(item, "Clothes"), price=PRICES[item])
                for item in items
            ),
            currency="KRW",
            value=more.pop("value", sum(PRICES[item] for item in items) if items else None),
            transaction_id=more.pop("order", None),
            source=more.pop("source", "browser"),
            params=more,
        )
        self.tell(event)
        return event

    def tell(self, *events: Event) -> int:
        """Hand events to the shop; how many were new."""
        return int(self.step("collect", events=events))

    def step(self, name: str, /, **args: Any) -> Any:
        """One of the journey's writes."""
        with self.store.write() as tx:
            return STEPS[name](tx, self.shop, **args)

    def segment(self, slug: str, rule: Any) -> None:
        """The owner defines a segment."""
        self.step("put_segment", slug=slug, name=slug, rule=rule, enabled=True, now=self.now)

    def campaign(self, which: str, slug: str, /, **body: Any) -> None:
        """The owner defines a popup or a window."""
        self.step("put_campaign", kind=which, slug=slug, body=body, enabled=True, now=self.now)

    def later(self, ms: int) -> None:
        """Time goes by, and the clock does its work."""
        self.now += ms
        journey.bring_up_to_date(self.store, self.shop, self.now)

    def members(self, slug: str) -> set[str]:
        """Who is in the segment, as the last pass left it."""
        with self.store.read() as tx:
            rows, _ = segments.members(tx, slug, 100)
        return {name_of(row["visitor_id"]) for row in rows}

    def profile(self, who: str) -> Any:
        """What is known of ``who``."""
        with self.store.read() as tx:
            found = profiles.find(tx, visitor_id(who))
        assert found is not None
        return found[1]

    def shows(self, who: str, **wish: Any) -> journey.Offers:
        """What a page shows ``who``."""
        asked = Wish(visitor_id=visitor_id(who), **wish)
        return journey.offers(self.store, self.shop, asked, self.now)


def visitor_id(who: str) -> str:
    return f"visitor-of-{who:_<10}"


def name_of(visitor: str) -> str:
    return visitor.removeprefix("visitor-of-").rstrip("_")


@pytest.fixture
def story(store: Store, shop: Shop, now: int) -> Story:
    made = Story(store, shop, now)
    made.step(
        "put_items",
        products=[
            {
                "item_id": item,
                "name": item.title(),
                "url": f"/p/{item}",
                "image": None,
                "price": price,
                "sale_price": None,
                "currency": "KRW",
                "availability": "in_stock",
                "category": SHOES.get(item, "Clothes"),
                "brand": None,
                "tags": [],
                "group_id": None,
                "description": None,
                "cost": None,
            }
            for item, price in PRICES.items()
        ],
        now=now,
    )
    return made


# -- what comes in ---------------------------------------------------------------------------


def test_an_event_sent_twice_counts_once(story: Story) -> None:
    event = story.does("cho", "view_item", "boots")
    assert story.tell(event, event) == 0
    assert story.profile("cho").product_views_total == 1


def test_what_a_visitor_did_is_known_at_once(story: Story) -> None:
    story.does(
        "cho", "page_view", page_location="https://moon.example/?utm_source=naver&utm_medium=cpc"
    )
    story.does("cho", "add_to_cart", "boots")
    cho = story.profile("cho")
    assert (cho.cart_items_now, cho.cart_value_now) == (1, 120_000)
    assert (cho.channel_first, cho.sessions_total) == ("paid", 1)


def test_an_order_told_by_page_and_server_is_one_order(story: Story) -> None:
    story.does("cho", "purchase", "boots", order="A-1")
    story.does("cho", "purchase", "boots", order="A-1", source="server", value=110_000)
    cho = story.profile("cho")
    assert (cho.orders_total, cho.revenue_total) == (1, 110_000)


def test_whichever_tells_first_the_confirmed_order_counts(story: Story) -> None:
    story.does("cho", "purchase", "boots", order="A-1", source="server", value=110_000)
    story.does("cho", "purchase", "boots", order="A-1", at=story.now - HOUR)
    assert story.profile("cho").revenue_total == 110_000


def test_a_refund_is_taken_from_what_the_visitor_brought(story: Story) -> None:
    story.does("cho", "purchase", "boots", order="A-1")
    story.does("cho", "refund", order="A-1", at=story.now + 1, value=20_000)
    assert story.profile("cho").revenue_total == 100_000


def test_a_refund_of_an_order_in_another_currency_takes_nothing_of_the_shops_own(
    story: Story,
) -> None:
    story.does("cho", "purchase", "boots", order="A-1")
    story.tell(
        replace(
            story.does("cho", "page_view"),
            event_id="usd-order",
            name="purchase",
            transaction_id="U-1",
            value=5_000,
            currency="USD",
        ),
        replace(
            story.does("cho", "page_view"),
            event_id="usd-refund",
            name="refund",
            transaction_id="U-1",
            value=None,
            currency=None,
        ),
    )
    assert story.profile("cho").revenue_total == 120_000


def test_a_refund_of_a_whole_order_may_come_before_the_order_itself(story: Story) -> None:
    story.does("cho", "refund", order="A-1", at=story.now + HOUR)
    story.does("cho", "purchase", "boots", order="A-1")
    assert story.profile("cho").revenue_total == 0


def test_events_in_any_order_make_the_same_profile(story: Story) -> None:
    start = story.now
    day = [
        story.does(
            "cho", "page_view", at=start, page_location="https://moon.example/?utm_source=kakao"
        ),
        story.does("cho", "view_item", "boots", at=start + MINUTE),
        story.does("cho", "add_to_cart", "boots", at=start + 2 * MINUTE),
        story.does("cho", "purchase", "boots", at=start + 3 * MINUTE, order="A-1"),
        story.does("cho", "view_item", "hat", at=start + 2 * HOUR),
        story.does("cho", "refund", at=start + 3 * HOUR, order="A-1"),
    ]
    shuffled = [
        replace(
            e,
            event_id=f"again-{e.event_id}",
            visitor_id=visitor_id("tomo"),
            transaction_id=e.transaction_id and "B-1",
        )
        for e in day
    ]
    random.Random(4).shuffle(shuffled)
    for event in shuffled:
        story.tell(event)
    cho, tomo = story.profile("cho"), story.profile("tomo")
    same = replace(tomo, visitor_id=cho.visitor_id, last_event_id=cho.last_event_id)
    assert same == cho


def test_rebuilding_from_the_log_changes_nothing(story: Story) -> None:
    for who in ("ana", "cho"):
        story.does(who, "page_view", page_location="https://moon.example/?utm_source=kakao")
        story.does(who, "add_to_cart", "boots", at=story.now + MINUTE)
        story.does(who, "purchase", "boots", order=f"{who}-1", at=story.now + 2 * MINUTE)
        story.does(who, "purchase", "boots", order=f"{who}-1", source="server", value=110_000)
        story.does(who, "refund", order=f"{who}-1", at=story.now + HOUR)
        story.does(who, "identify", at=story.now - HOUR, size="M")
    before = story.profile("cho")
    assert LONG_STEPS["rebuild"](story.store, story.shop) == {"profiles": 2, "changed": 0}
    assert story.profile("cho") == before


def test_a_profile_that_was_spoilt_is_told_anew(story: Story) -> None:
    story.does("cho", "purchase", "boots", order="A-1")
    with story.store.write() as tx:
        tx.run("update profiles set revenue_total = 7")
    assert LONG_STEPS["rebuild"](story.store, story.shop) == {"profiles": 1, "changed": 1}
    assert story.profile("cho").revenue_total == 120_000


# -- which groups ----------------------------------------------------------------------------


def test_a_visitor_enters_a_segment_with_the_next_pass_after_the_event(story: Story) -> None:
    story.segment("buyers", {"trait": "orders_total", "op": ">=", "value": 1})
    story.does("ana", "view_item", "boots")
    story.does("cho", "purchase", "boots", order="A-1")
    story.later(0)
    assert story.members("buyers") == {"cho"}


def test_a_window_that_expires_moves_a_visitor_out_though_nothing_happened(story: Story) -> None:
    story.segment(
        "looking",
        {"event": "view_item", "measure": "count", "op": ">=", "value": 2, "within": "7d"},
    )
    story.does("cho", "view_item", "boots")
    story.does("cho", "view_item", "hat", at=story.now + DAY)
    story.later(DAY)
    assert story.members("looking") == {"cho"}
    story.later(6 * DAY - 1)
    assert story.members("looking") == {"cho"}
    story.later(1)
    assert story.members("looking") == set()


def test_a_visitor_who_stays_away_enters_the_lapsed(story: Story) -> None:
    story.segment("lapsed", {"event": "purchase", "last": "older_than", "value": "60d"})
    story.does("cho", "purchase", "boots", order="A-1")
    story.later(60 * DAY - 1)
    assert story.members("lapsed") == set()
    story.later(1)
    assert story.members("lapsed") == {"cho"}


def test_an_edited_rule_moves_those_it_newly_holds_for(story: Story) -> None:
    story.segment("fans", {"trait": "product_views_total", "op": ">=", "value": 5})
    story.does("cho", "view_item", "boots")
    story.later(0)
    story.segment("fans", {"trait": "product_views_total", "op": ">=", "value": 1})
    story.later(0)
    assert story.members("fans") == {"cho"}


def test_while_nothing_changes_a_pass_looks_at_nobody(story: Story) -> None:
    story.segment("buyers", {"trait": "orders_total", "op": ">=", "value": 1})
    story.does("cho", "purchase", "boots", order="A-1")
    story.later(0)
    assert journey.reassign(story.store, story.shop, story.now + 1).looked_at == 0


def test_a_full_pass_finds_nothing_that_the_small_ones_missed(story: Story) -> None:
    story.segment(
        "looking",
        {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": "1d"},
    )
    for who in ("ana", "cho", "tomo"):
        story.does(who, "view_item", "boots")
        story.later(5 * HOUR)
    story.later(DAY - 6 * HOUR)
    changes = journey.reassign(story.store, story.shop, story.now, full=True)
    assert (changes.looked_at, changes.entered, changes.left) == (3, 0, 0)


def test_a_segment_built_on_another_follows_it(story: Story) -> None:
    story.segment("buyers", {"trait": "orders_total", "op": ">=", "value": 1})
    story.segment("others", {"all": [{"everyone": True}, {"not": {"segment": "buyers"}}]})
    story.does("cho", "view_item", "boots")
    story.later(0)
    assert story.members("others") == {"cho"}
    story.does("cho", "purchase", "boots", order="A-1", at=story.now + 1)
    story.later(1)
    assert story.members("others") == set()


# -- what is shown ---------------------------------------------------------------------------


def test_a_visitor_who_left_a_cart_is_offered_the_popup_for_it_at_once(story: Story) -> None:
    story.campaign(
        "popup",
        "cart-saver",
        kind="modal",
        trigger={"on": "exit"},
        control_share=0,
        audience={"rule": {"trait": "cart_items_now", "op": ">=", "value": 1}},
        variants=[{"blocks": [{"type": "text", "text": "Your cart waits."}]}],
    )
    story.does("ana", "view_item", "boots")
    story.does("cho", "add_to_cart", "boots")
    assert story.shows("ana", popup=True).popup is None
    offered = story.shows("cho", popup=True).popup
    assert offered is not None
    assert (offered["id"], offered["arm"]) == ("cart-saver", "show")


def test_a_visitor_in_control_gets_the_trigger_and_no_content(story: Story) -> None:
    story.campaign(
        "popup",
        "hello",
        kind="modal",
        trigger={"on": "load"},
        control_share=0.5,
        variants=[{"blocks": [{"type": "text", "text": "Hello"}]}],
    )
    for number in range(40):
        story.does(f"guest{number}", "page_view")
    shown = [story.shows(f"guest{number}", popup=True).popup for number in range(40)]
    control = [popup for popup in shown if popup and popup["arm"] == "control"]
    assert 8 < len(control) < 32
    assert all(set(popup) == {"id", "arm", "trigger"} for popup in control)


def test_a_popup_closed_twice_does_not_come_again(story: Story) -> None:
    story.campaign(
        "popup",
        "hello",
        kind="modal",
        trigger={"on": "load"},
        control_share=0,
        stop_on=["close2"],
        variants=[{"blocks": [{"type": "text", "text": "Hello"}]}],
    )
    story.does("cho", "page_view")
    for _ in range(2):
        assert story.shows("cho", popup=True).popup is not None
        story.does("cho", "popup_view", popup_id="hello", at=story.now + 1)
        story.does("cho", "popup_dismiss", popup_id="hello", at=story.now + 2)
        story.later(2 * HOUR)
        story.does("cho", "page_view")
    assert story.shows("cho", popup=True).popup is None


def test_a_window_shows_what_others_viewed_with_it_and_never_the_page_itself(story: Story) -> None:
    story.campaign("window", "product-1", strategies=["viewed_together"], control_share=0)
    for who in ("ana", "tomo", "mina"):
        for minutes, item in enumerate(("boots", "scarf", "hat")):
            story.does(who, "view_item", item, at=story.now - HOUR + minutes * MINUTE)
    story.does("cho", "view_item", "boots")
    window = story.shows("cho", windows=("product-1",), item_id="boots").windows["product-1"]
    assert {item["item_id"] for item in window["items"]} == {"scarf", "hat"}


def test_a_window_of_the_visitors_own_past_is_empty_without_consent(story: Story) -> None:
    story.campaign("window", "home-2", strategies=["recently_viewed"], control_share=0)
    story.does("cho", "view_item", "boots")
    nobody = journey.offers(story.store, story.shop, Wish(None, windows=("home-2",)), story.now)
    assert nobody.windows["home-2"]["items"] == []


def test_two_windows_asked_together_show_no_product_twice(story: Story) -> None:
    story.campaign("window", "first", strategies=["bestsellers"], max=2, control_share=0)
    story.campaign("window", "second", strategies=["bestsellers"], max=2, control_share=0)
    for number, item in enumerate(PRICES):
        story.does("mina", "purchase", item, order=f"M-{number}", at=story.now - DAY + number)
    journey.rank(story.store, story.shop, story.now)
    windows = story.shows("cho", windows=("first", "second")).windows
    shown = [item["item_id"] for window in windows.values() for item in window["items"]]
    assert len(shown) == len(set(shown)) == 4


# -- what the owner sees ---------------------------------------------------------------------


def test_the_owner_sees_a_visitors_traits_and_why_it_is_in_a_segment(story: Story) -> None:
    story.segment("big", {"trait": "revenue_total", "op": ">=", "value": 100_000})
    story.does("cho", "purchase", "boots", order="A-1")
    view = journey.look_at(story.store, story.shop, visitor_id("cho"), story.now)
    assert view.traits["orders_total"] == 1
    assert view.traits["revenue_total"] == 120_000
    assert [(one.slug, "120" in one.why) for one in view.segments] == [("big", True)]
    assert [row["name"] for row in view.events] == ["purchase"]


def test_an_erased_visitor_leaves_nothing_behind(story: Story) -> None:
    story.segment("everyone", {"everyone": True})
    story.does("cho", "purchase", "boots", order="A-1")
    story.later(0)
    assert story.step("erase", visitor_id=visitor_id("cho"))
    assert story.members("everyone") == set()
    with story.store.read() as tx:
        assert load_facts(tx, [1], {"purchase"}) == {}
        assert orders.values(tx, ["A-1"], "KRW") == {}
