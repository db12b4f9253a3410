"""Who is one person: what a trusted word joins, what it keeps apart, and what no page can do."""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.collect.orders import customer_visitor_id
from plugin.collect.signature import customer_told
from plugin.journey import LONG_STEPS, STEPS
from plugin.profile.fold import fold_all
from plugin.profile.profile import Profile
from plugin.shop import HOUR, MINUTE, Shop
from plugin.storage import campaigns, history, identities, meetings, profiles, segments
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore

PHONE, LAPTOP, OFFICE = "anas-phone-000001", "anas-laptop-00001", "anas-office-00001"
TOMOS = "tomos-desk-000001"
ANA, TOMO = "7", "8"
PRICES = {"boots": 120_000, "hat": 20_000}
COUNT = "select count(*) from "


@dataclass
class Story:
    """A shop's day: people act on their devices, and the shop tells who they are."""

    store: Store
    shop: Shop
    now: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def does(self, device: str, name: str, *items: str, **more: Any) -> Event:
        """Somebody does ``name`` on a device; every event is a minute after the one before."""
        number = next(self.numbers)
        at = more.pop("at", self.now + number * MINUTE)
        event = Event(
            event_id=f"event-{number:06d}",
            visitor_id=device,
            name=name,
            at=at,
            received_at=self.now,
            items=tuple(Item(item, category="Shoes", price=PRICES[item]) for item in items),
            currency="KRW" if items else None,
            value=sum(PRICES[item] for item in items) if items else None,
            transaction_id=more.pop("order", None),
            source=more.pop("source", "browser"),
            params=more,
        )
        self.tell(event)
        return event

    def is_customer(self, device: str, customer: str, **more: Any) -> Event:
        """The shop's server says who uses a device."""
        return self.does(device, "identify", customer_id=customer, source="server", **more)

    def tell(self, *events: Event) -> int:
        """Hand events to the shop; how many were new."""
        return int(self.step("collect", events=events))

    def step(self, name: str, /, **args: Any) -> Any:
        """One of the journey's writes."""
        with self.store.write() as tx:
            return STEPS[name](tx, self.shop, **args)

    def profile(self, device: str) -> Profile:
        """What is known of whoever uses a device."""
        with self.store.read() as tx:
            found = profiles.find(tx, device)
        assert found is not None
        return found[1]

    def one_person(self, *devices: str) -> bool:
        """Whether the devices lead to one profile."""
        return len({self.profile(device).visitor_id for device in devices}) == 1

    def notes(self, device: str) -> list[tuple[str, str, str]]:
        """What came of the words about whoever uses a device: visitor, customer, outcome."""
        with self.store.read() as tx:
            found = profiles.find(tx, device)
            rows = identities.notes(tx, found[0]) if found else []
        return [(row["visitor_id"], row["customer_id"], row["outcome"]) for row in rows]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self.store.read() as tx:
            return int(tx.value(COUNT + table))

    def later(self, ms: int) -> None:
        """Time goes by, and the clock does its work."""
        self.now += ms
        journey.bring_up_to_date(self.store, self.shop, self.now)

    def members(self, slug: str) -> set[str]:
        """Who is in a segment, as the last pass left it."""
        with self.store.read() as tx:
            rows, _ = segments.members(tx, slug, 100)
        return {row["visitor_id"] for row in rows}

    def is_as_its_log_tells(self) -> bool:
        """Whether telling everybody anew changes nobody."""
        return bool(LONG_STEPS["rebuild"](self.store, self.shop)["changed"] == 0)


@pytest.fixture
def story(store: Store, shop: Shop, now: int) -> Story:
    return Story(store, shop, now)


# -- what no page can do -----------------------------------------------------------------------


def test_a_page_that_claims_a_customers_id_joins_nobody(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.does(TOMOS, "identify", customer_id=ANA)
    assert not story.one_person(TOMOS, LAPTOP)
    assert story.profile(TOMOS).customer_id is None


def test_what_a_page_claims_is_a_declared_trait_of_that_visitor(story: Story) -> None:
    story.does(TOMOS, "identify", customer_id=ANA, email="tomo@moon.example")
    tomo = story.profile(TOMOS)
    assert tomo.declared["customer_id"][0] == ANA
    assert (tomo.email, tomo.customer_id) == ("tomo@moon.example", None)


def test_a_page_cannot_make_its_visitor_known_first_and_be_joined_later(story: Story) -> None:
    story.does(TOMOS, "identify", customer_id=ANA)
    story.is_customer(LAPTOP, ANA)
    assert not story.one_person(TOMOS, LAPTOP)


# -- what a trusted word joins -----------------------------------------------------------------


def test_the_first_trusted_word_makes_the_visitor_known(story: Story) -> None:
    story.does(PHONE, "view_item", "boots")
    story.is_customer(PHONE, ANA)
    ana = story.profile(PHONE)
    assert (ana.customer_id, ana.identified, ana.visitor_id) == (ANA, True, PHONE)
    assert story.notes(PHONE) == []


@pytest.mark.parametrize("source", ["server", "import", "signed"])
def test_an_unknown_visitor_becomes_part_of_the_customer_that_is_known(
    story: Story, source: str
) -> None:
    story.does(LAPTOP, "view_item", "boots")
    story.is_customer(LAPTOP, ANA)
    story.does(PHONE, "view_item", "hat")
    story.does(PHONE, "identify", customer_id=ANA, source=source)
    ana = story.profile(PHONE)
    assert (ana.visitor_id, ana.product_views_total, ana.last_item_id) == (LAPTOP, 2, "hat")
    assert story.count("profiles") == 1
    assert story.notes(PHONE) == [(PHONE, ANA, "merged")]


def test_what_the_merged_visitor_does_later_is_told_of_the_customer(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.is_customer(PHONE, ANA)
    story.does(PHONE, "add_to_cart", "hat")
    assert story.profile(LAPTOP).cart_value_now == 20_000
    assert story.is_as_its_log_tells()


def test_an_order_that_names_browser_and_customer_joins_them(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.does(PHONE, "purchase", "hat", order="A-1", source="server", customer_id=ANA)
    assert story.one_person(PHONE, LAPTOP)
    assert story.profile(LAPTOP).revenue_total == 20_000


def test_a_customer_known_from_an_import_is_joined_with_the_browser_that_comes(
    story: Story,
) -> None:
    imported = customer_visitor_id(ANA)
    story.does(imported, "purchase", "boots", order="A-1", source="import", customer_id=ANA)
    story.does(PHONE, "view_item", "hat")
    story.is_customer(PHONE, ANA)
    ana = story.profile(PHONE)
    assert (ana.visitor_id, ana.orders_total, ana.product_views_total) == (imported, 1, 1)


def test_an_order_that_counts_no_more_still_says_who_its_buyer_is(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    imported = customer_visitor_id("A-1's own number")
    story.does(imported, "purchase", "hat", order="A-1", source="import", customer_id="70")
    story.does(PHONE, "purchase", "hat", order="A-1", source="server", customer_id=ANA)
    assert story.one_person(PHONE, LAPTOP)
    assert story.profile(LAPTOP).orders_total == 0
    assert story.is_as_its_log_tells()


def test_a_visitor_who_is_known_by_such_an_order_alone_is_known(story: Story) -> None:
    imported = customer_visitor_id("70")
    story.does(imported, "purchase", "hat", order="A-1", source="import", customer_id="70")
    story.does(PHONE, "purchase", "hat", order="A-1", source="server", customer_id=ANA)
    assert story.profile(PHONE).customer_id == ANA
    assert story.is_as_its_log_tells()


def test_two_visitors_one_after_the_other_become_part_of_one_customer(story: Story) -> None:
    for device in (LAPTOP, PHONE, OFFICE):
        story.does(device, "view_item", "boots")
        story.is_customer(device, ANA)
    assert story.one_person(LAPTOP, PHONE, OFFICE)
    assert story.profile(OFFICE).product_views_total == 3


def test_visitors_named_in_one_batch_become_one_customer(story: Story) -> None:
    view = story.does(TOMOS, "view_item", "boots")
    word = story.is_customer(TOMOS, TOMO)
    story.tell(
        *(
            replace(event, visitor_id=device, event_id=f"{device}-{event.name}")
            for device in (PHONE, OFFICE, LAPTOP)
            for event in (view, replace(word, params={"customer_id": ANA}))
        )
    )
    assert story.one_person(LAPTOP, PHONE, OFFICE)
    assert story.profile(LAPTOP).product_views_total == 3


def test_the_same_word_again_changes_nothing(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    word = story.is_customer(PHONE, ANA)
    before = story.profile(LAPTOP)
    assert story.tell(word) == 0
    assert story.profile(LAPTOP) == before
    story.is_customer(PHONE, ANA)
    assert story.notes(LAPTOP) == [(PHONE, ANA, "merged")]
    assert story.count("profiles") == 1


# -- what is kept apart ------------------------------------------------------------------------


def test_two_known_customers_never_become_one(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.is_customer(TOMOS, TOMO)
    story.is_customer(TOMOS, ANA)
    assert not story.one_person(LAPTOP, TOMOS)
    assert story.profile(TOMOS).customer_id == TOMO
    assert story.notes(TOMOS) == [(TOMOS, ANA, "kept apart: known as another customer")]


def test_a_visitor_kept_apart_is_noted_once(story: Story) -> None:
    story.is_customer(TOMOS, TOMO)
    story.is_customer(TOMOS, ANA)
    story.is_customer(TOMOS, ANA)
    assert len(story.notes(TOMOS)) == 1


def test_a_second_customer_on_the_same_device_stays_the_first(story: Story) -> None:
    story.is_customer(PHONE, ANA)
    story.does(PHONE, "purchase", "hat", order="A-1", source="server", customer_id=TOMO)
    assert story.profile(PHONE).customer_id == ANA


def test_guests_of_a_shop_are_not_one_person(story: Story) -> None:
    story.does(PHONE, "purchase", "hat", order="A-1", source="server", customer_id=0)
    story.does(TOMOS, "purchase", "hat", order="A-2", source="server", customer_id=0)
    assert not story.one_person(PHONE, TOMOS)


def test_an_earlier_word_that_comes_late_takes_the_visitor_to_its_own_customer(
    story: Story,
) -> None:
    story.does(PHONE, "view_item", "hat")
    story.is_customer(LAPTOP, ANA)
    story.is_customer(PHONE, ANA)
    story.does(PHONE, "add_to_cart", "boots")
    story.is_customer(TOMOS, TOMO)
    story.is_customer(PHONE, TOMO, at=story.now)
    assert story.one_person(PHONE, TOMOS)
    assert not story.one_person(PHONE, LAPTOP)
    assert story.profile(LAPTOP).product_views_total == 0
    assert story.profile(PHONE).cart_value_now == 120_000
    assert story.notes(PHONE) == [
        (PHONE, TOMO, "merged"),
        (PHONE, ANA, "parted: an earlier word names another customer"),
        (PHONE, ANA, "merged"),
    ]
    assert story.is_as_its_log_tells()


def test_a_profile_whose_own_visitor_leaves_goes_by_the_id_of_another(story: Story) -> None:
    story.does(PHONE, "view_item", "hat")
    story.is_customer(PHONE, ANA)
    story.does(LAPTOP, "view_item", "boots")
    story.is_customer(LAPTOP, ANA)
    story.is_customer(PHONE, TOMO, at=story.now)
    story.does(LAPTOP, "view_item", "boots")
    assert (story.profile(LAPTOP).visitor_id, story.profile(PHONE).visitor_id) == (LAPTOP, PHONE)
    assert story.profile(LAPTOP).product_views_total == 2
    assert story.profile(PHONE).product_views_total == 1
    assert (story.profile(LAPTOP).customer_id, story.profile(PHONE).customer_id) == (ANA, TOMO)
    assert story.is_as_its_log_tells()


# -- what hangs on a profile -------------------------------------------------------------------


def test_an_order_both_devices_told_of_counts_once_after_they_are_one(story: Story) -> None:
    story.does(PHONE, "purchase", "boots", order="A-1")
    story.is_customer(LAPTOP, ANA)
    story.does(LAPTOP, "purchase", "boots", order="A-1", source="server", customer_id=ANA)
    story.is_customer(PHONE, ANA)
    ana = story.profile(LAPTOP)
    assert (ana.orders_total, ana.revenue_total) == (1, 120_000)
    assert story.count("orders") == 1


def test_a_refund_on_one_device_goes_off_an_order_on_the_other(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.does(PHONE, "purchase", "boots", order="A-1")
    story.does(LAPTOP, "refund", order="A-1", source="server")
    story.is_customer(PHONE, ANA)
    assert story.profile(LAPTOP).revenue_total == 0


def test_the_next_look_moves_the_survivor_into_the_segments_of_both(story: Story) -> None:
    views = {"event": "view_item", "measure": "count", "op": ">=", "value": 2}
    story.step("put_segment", slug="keen", name="Keen", rule=views, enabled=True, now=story.now)
    story.does(LAPTOP, "view_item", "boots")
    story.is_customer(LAPTOP, ANA)
    story.does(PHONE, "view_item", "hat")
    story.later(HOUR)
    assert story.members("keen") == set()
    story.is_customer(PHONE, ANA)
    story.later(HOUR)
    assert story.members("keen") == {LAPTOP}


def test_a_segment_both_were_in_counts_one_member_less(story: Story) -> None:
    views = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
    story.step("put_segment", slug="keen", name="Keen", rule=views, enabled=True, now=story.now)
    story.does(LAPTOP, "view_item", "boots")
    story.is_customer(LAPTOP, ANA)
    story.does(PHONE, "view_item", "hat")
    story.later(HOUR)
    story.is_customer(PHONE, ANA)
    story.later(HOUR)
    with story.store.read() as tx:
        [keen] = segments.definitions(tx)
        moved, _ = history.moves(tx, "keen", 9)
    assert (story.members("keen"), keen.size) == ({LAPTOP}, 1)
    assert [(row["entered"], row["cause"]) for row in moved] == [
        (0, "merge"),
        (1, "event"),
        (1, "event"),
    ]


def test_what_both_saw_of_a_popup_adds_up(story: Story) -> None:
    popup = {
        "trigger": {"on": "load"},
        "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
    }
    story.step("put_campaign", kind="popup", slug="hello", body=popup, enabled=True, now=story.now)
    story.does(PHONE, "popup_view", popup_id="hello")
    story.is_customer(LAPTOP, ANA)
    story.does(LAPTOP, "popup_view", popup_id="hello")
    story.does(LAPTOP, "popup_dismiss", popup_id="hello")
    story.is_customer(PHONE, ANA)
    assert _seen(story, LAPTOP) == (2, 1)
    story.is_customer(PHONE, TOMO, at=story.now)
    assert (_seen(story, LAPTOP), _seen(story, PHONE)) == ((1, 1), (1, 0))


def _seen(story: Story, device: str) -> tuple[int, int]:
    with story.store.read() as tx:
        found = profiles.find(tx, device)
        assert found is not None
        seen = meetings.seen(tx, found[0], story.now + HOUR, None)["hello"]
    return seen.views_ever, seen.dismissals


# -- one profile, many ids ---------------------------------------------------------------------


def test_all_that_is_known_of_a_customer_is_found_under_each_id(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.does(PHONE, "view_item", "hat")
    story.is_customer(PHONE, ANA)
    by_id = journey.look_at(story.store, story.shop, LAPTOP, story.now + HOUR)
    assert journey.look_at(story.store, story.shop, PHONE, story.now + HOUR) == by_id
    assert (by_id.profile.visitor_id, by_id.merged_ids) == (LAPTOP, (PHONE,))
    assert [row["outcome"] for row in by_id.merges] == ["merged"]


def test_whoever_is_erased_under_one_id_is_gone_under_all(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.is_customer(PHONE, ANA)
    assert story.step("erase", visitor_id=PHONE)
    tables = ("profiles", "events", "other_ids", "known_as", "merges")
    assert [story.count(table) for table in tables] == [0] * len(tables)


def test_an_erased_customer_who_comes_back_begins_anew(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.is_customer(PHONE, ANA)
    story.step("erase", visitor_id=LAPTOP)
    story.does(PHONE, "view_item", "hat")
    assert (story.profile(PHONE).visitor_id, story.profile(PHONE).customer_id) == (PHONE, None)


def test_a_browser_that_was_the_staffs_for_a_while_joins_again(story: Story) -> None:
    story.is_customer(LAPTOP, ANA)
    story.is_customer(PHONE, ANA)
    story.step("mark_staff", visitor_id=PHONE, now=story.now, staff=True)
    story.step("mark_staff", visitor_id=PHONE, now=story.now, staff=False)
    story.does(PHONE, "view_item", "hat")
    assert not story.one_person(PHONE, LAPTOP)
    story.is_customer(PHONE, ANA)
    assert story.one_person(PHONE, LAPTOP)
    assert story.profile(LAPTOP).product_views_total == 1


# -- whatever the order of arrival -------------------------------------------------------------

DEVICES = (PHONE, LAPTOP, OFFICE, TOMOS)
START = 1_790_046_000_000
MOON = Shop("moon", "pk_moon0000000000000000", currency="KRW", timezone="Asia/Seoul")
MOST_DEEDS = 14
deeds = st.tuples(
    st.sampled_from(DEVICES),
    st.sampled_from(
        ("looks", "fills", "meets", "claims", "word", "buys", "paid", "back", "abroad")
    ),
    st.integers(0, 90),  # minutes
    st.sampled_from((ANA, TOMO)),
    st.sampled_from(("A-1", "A-2", "A-3")),
)


def happening(number: int, deed: tuple[str, str, int, str, str]) -> Event:
    """One deed as an event."""
    device, kind, minute, customer, order = deed
    boots = (Item("boots", category="Shoes", price=120_000),)
    name, more = {
        "looks": ("view_item", {"items": boots, "currency": "KRW"}),
        "fills": ("add_to_cart", {"items": boots, "currency": "KRW"}),
        "meets": ("popup_view", {"params": {"popup_id": "hello"}}),
        "claims": ("identify", {"params": {"customer_id": customer, "size": minute}}),
        "word": ("identify", {"params": {"customer_id": customer}, "source": "server"}),
        "buys": ("purchase", {"transaction_id": order, "value": 5_000, "currency": "KRW"}),
        "paid": (
            "purchase",
            {
                "transaction_id": order,
                "value": 4_000 + minute,
                "currency": "KRW",
                "source": "server",
                "params": {"customer_id": customer},
            },
        ),
        "back": ("refund", {"transaction_id": order, "source": "server"}),
        "abroad": (
            "refund",
            {
                "transaction_id": order,
                "value": 1_00,
                "currency": "USD",
                "source": "server",
                "params": {"customer_id": customer},
            },
        ),
    }[kind]
    at = START + minute * MINUTE
    return Event(f"event-{number:06d}", device, name, at, START, **more)


def people_of(events: Sequence[Event]) -> dict[str, Profile]:
    """Who everybody is, read from the events alone: the rules said once more, in another way."""
    in_order = sorted(events, key=lambda event: event.key)
    customers: dict[str, str] = {}
    for event in in_order:
        customer = customer_told(event)
        if customer is not None:
            customers.setdefault(event.visitor_id, customer)
    counts: dict[str, Event] = {}
    purchases = [event for event in in_order if event.name == "purchase"]
    for event in sorted(purchases, key=lambda event: event.source == "browser"):
        counts.setdefault(event.transaction_id or "", event)
    values = {order: event.value or 0 for order, event in counts.items()}
    live = [e for e in in_order if e.name != "purchase" or counts[e.transaction_id or ""] is e]
    found = {}
    for device in {event.visitor_id for event in events}:
        customer = customers.get(device)
        same = {d for d in DEVICES if d == device or (customer and customers.get(d) == customer)}
        told = fold_all("", [e for e in live if e.visitor_id in same], MOON, values)
        known = told.identified or customer is not None
        found[device] = replace(told, customer_id=customer, identified=known)
    return found


def after(events: Iterable[Event], sizes: Sequence[int]) -> tuple[dict[str, Profile], bool, int]:
    """What a shop knows when the events came so: everybody, whether their logs agree, and views.

    sizes: how many events came together, again and again.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "shop.db")
        migrate(store, "shop")
        story = Story(store, MOON, START)
        popup = {"trigger": {"on": "load"}, "variants": [{"blocks": []}]}
        with store.write() as tx:
            campaigns.put(tx, "popup", "hello", popup, True, START)
        waiting = list(events)
        devices = {event.visitor_id for event in waiting}
        for size in itertools.cycle(sizes):
            if not waiting:
                break
            batch, waiting = waiting[:size], waiting[size:]
            story.tell(*batch)
        found = {d: replace(story.profile(d), visitor_id="") for d in devices}
        agree = story.is_as_its_log_tells()
        with store.read() as tx:
            views = int(tx.value("select coalesce(sum(views), 0) from exposures"))
        store.close()
    return found, agree, views


@given_settings(max_examples=40, deadline=None)
@given(
    st.lists(deeds, min_size=1, max_size=MOST_DEEDS),
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
    st.integers(0, 2**32),
)
def test_whatever_the_order_of_arrival_everybody_is_who_the_events_say(
    done: list[tuple[str, str, int, str, str]], sizes: list[int], shuffled: int
) -> None:
    events = [happening(number, deed) for number, deed in enumerate(done)]
    arrived = list(events)
    random.Random(shuffled).shuffle(arrived)
    found, agree, views = after(arrived, sizes)
    assert found == people_of(events)
    assert agree
    assert views == sum(event.name == "popup_view" for event in events)
