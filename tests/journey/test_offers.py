"""What a visitor is offered on a page, over a real store: lists, models and the owner's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey import STEPS, Wish, shelves
from plugin.journey.ranked import Ranked
from plugin.serve.recommend.strategies import STRATEGIES
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import items
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore

MINA, CHO, ANA = "mina-0123456789abcdef", "cho-01234567890abcdef", "ana-01234567890abcdef"


class Street:
    """A shop, what its people do, and what it offers them."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._events = store, shop, now, 0

    def sells(self, *item_ids: str, **told: Any) -> None:
        with self.store.write() as tx:
            for item_id in item_ids:
                item = {"item_id": item_id, "price": 1000, "currency": "KRW", **told}
                items.upsert(tx, [item], self.now - 9 * DAY)

    def does(self, who: str, what: str, *item_ids: str, ago: int = HOUR) -> None:
        """One event a product, a minute apart; the products of an order together."""
        lines = [item_ids] if what == "purchase" else [(one,) for one in item_ids]
        told = []
        for step, line in enumerate(lines):
            self._events += 1
            at = self.now - ago + step * MINUTE
            seen = tuple(Item(item_id) for item_id in line)
            name = f"event-{self._events:06}"
            order = name if what == "purchase" else None
            told.append(Event(name, who, what, at, at, {}, seen, transaction_id=order))
        with self.store.write() as tx:
            STEPS["collect"](tx, self.shop, events=told)

    def learns(self) -> None:
        """The clock strikes: lists and the model are made anew."""
        made = journey.build_model(self.store, self.shop, self.now)
        with self.store.write() as tx:
            journey.keep_model(tx, self.shop, **made)
        journey.rank(self.store, self.shop, self.now)

    def puts(self, slug: str, **doc: Any) -> None:
        body = {"strategies": ["bestsellers"], "control_share": 0, **doc}
        with self.store.write() as tx:
            STEPS["put_campaign"](
                tx, self.shop, kind="window", slug=slug, body=body, enabled=True, now=self.now
            )

    def asked(self, who: str | None, strategy: str, **more: Any) -> list[str]:
        found = journey.recommend(
            self.store, self.shop, Wish(visitor_id=who, strategy=strategy, **more), self.now
        )
        return [item["item_id"] for item in found.items]

    def sees(self, who: str | None, *slugs: str, **more: Any) -> dict[str, list[str]]:
        wish = Wish(visitor_id=who, windows=slugs, **more)
        found = journey.offers(self.store, self.shop, wish, self.now).windows
        return {slug: [one["item_id"] for one in window["items"]] for slug, window in found.items()}


@pytest.fixture
def street(store: Store, shop: Shop, now: int) -> Street:
    made = Street(store, shop, now)
    made.sells("bag", "boots", "lamp", "mug", "scarf")
    return made


def test_every_strategy_answers_everybody_in_the_same_shape(street: Street) -> None:
    for strategy in STRATEGIES:
        for who in (None, "nobody-0123456789abcdef", MINA):
            found = journey.recommend(
                street.store, street.shop, Wish(visitor_id=who, strategy=strategy), street.now
            )
            assert found.strategy in STRATEGIES
            for item in found.items:
                assert set(item) == {
                    "item_id", "name", "url", "image", "price", "currency", "reason",
                }  # fmt: skip


def test_an_answer_that_is_kept_is_the_one_that_would_be_made_now(street: Street) -> None:
    wishes = [
        Wish(visitor_id=who, strategy=strategy)
        for strategy in STRATEGIES
        for who in (None, MINA, CHO)
    ]

    def kept() -> list[Any]:
        return [
            orjson.loads(journey.recommend_json(street.store, street.shop, wish, street.now))
            for wish in wishes
        ]

    def made() -> list[Any]:
        found = [journey.recommend(street.store, street.shop, wish, street.now) for wish in wishes]
        return [{"items": one.items, "strategy": one.strategy} for one in found]

    told = [kept()]
    for change in (
        lambda: street.does(MINA, "view_item", "bag", "mug"),
        lambda: street.does(CHO, "purchase", "lamp", "mug"),
        lambda: street.sells("boots", price=700, sale_price=500),
        lambda: street.sells("hat"),
        street.learns,
        lambda: street.sells("bag", availability="out_of_stock"),
    ):
        change()
        told.append(kept())
        assert told[-1] == kept() == made()
        assert told[-1] != told[-2]


def test_a_bare_strategy_is_short_only_when_the_shop_has_no_more(street: Street) -> None:
    street.does(MINA, "view_item", "bag", "mug")
    street.learns()

    found = street.asked(None, "viewed_together", item_id="bag")

    assert found[0] == "mug"
    assert sorted(found) == ["boots", "lamp", "mug", "scarf"]
    assert len(street.asked(None, "for_you", viewed=("bag",), limit=3)) == 3


def test_for_you_goes_with_what_the_page_says_was_viewed_and_may_show_it_again(
    street: Street,
) -> None:
    for who in (MINA, CHO, ANA):
        street.does(who, "view_item", "bag", "mug")
        street.does(who, "view_item", "lamp", "scarf", ago=9 * HOUR)
    street.learns()

    assert {*street.asked(None, "for_you", viewed=("bag", "bag"), limit=2)} == {"bag", "mug"}
    assert street.asked(None, "for_you", viewed=("lamp",), item_id="lamp", limit=1) == ["scarf"]


def test_for_you_knows_this_visit_from_the_store(street: Street) -> None:
    for who in (MINA, CHO):
        street.does(who, "view_item", "bag", "mug", ago=5 * HOUR)
    street.does(ANA, "view_item", "bag", ago=MINUTE)
    street.learns()

    assert "mug" in street.asked(ANA, "for_you", limit=2)


def test_for_you_of_a_buyer_without_views_is_what_the_buyer_orders_again(street: Street) -> None:
    for week in range(3):
        street.does(MINA, "purchase", "lamp", "mug", ago=(7 * week + 1) * DAY)
    street.does(CHO, "purchase", "boots")
    street.learns()

    assert set(street.asked(MINA, "for_you", limit=2)) == {"lamp", "mug"}


def test_a_visit_that_ended_counts_in_the_next_answer(street: Street) -> None:
    street.sells("hat")
    street.does(MINA, "view_item", "bag", "mug", ago=5 * HOUR)
    street.learns()
    street.does(CHO, "view_item", "bag", "hat", ago=2 * HOUR)

    assert "hat" in street.asked(ANA, "for_you", viewed=("bag",), limit=3)


def test_cart_complements_go_with_all_of_the_cart_and_leave_it_out(street: Street) -> None:
    for number in range(4):
        street.does(f"buyer-{number}-0123456789", "purchase", "bag", "mug", "boots")
    street.learns()

    assert street.asked(None, "cart_complements", cart=("bag", "boots"), limit=1) == ["mug"]
    assert street.asked(None, "bought_together", item_id="mug", limit=2) == ["bag", "boots"]


@pytest.mark.parametrize("learns", [True, False])
@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_what_sold_out_or_went_is_in_no_answer_and_what_came_back_is(
    street: Street, strategy: str, learns: bool
) -> None:
    for who in (MINA, CHO, ANA):
        street.does(who, "view_item", "bag", "mug", "lamp", "boots")
        street.does(who, "purchase", "bag", "mug", "lamp")
    if learns:
        street.learns()
    ask: dict[str, Any] = {"viewed": ("bag",), "cart": ("boots",)}
    before = street.asked(MINA, strategy, **ask)
    with street.store.write() as tx:
        items.upsert(tx, [{"item_id": "mug", "availability": "out_of_stock"}], street.now)
        items.remove(tx, "lamp")
    after = street.asked(MINA, strategy, **ask)
    with street.store.write() as tx:
        items.upsert(tx, [{"item_id": one} for one in ("mug", "lamp")], street.now)
        items.upsert(tx, [{"item_id": "mug", "availability": "in_stock"}], street.now + 1)

    assert not {"mug", "lamp", "boots"} & set(after)
    assert {*before} <= {*street.asked(MINA, strategy, **ask)}


def test_what_the_shop_never_shows_still_counts_for_others(street: Street) -> None:
    for who in (MINA, CHO, ANA):
        street.does(who, "view_item", "bag", "mug")
    street.learns()
    street.shop = Shop(**{**vars(street.shop), "settings": {"never_shown": ["mug"]}})

    assert street.asked(None, "for_you", viewed=("mug",), limit=1) == ["bag"]
    for strategy in STRATEGIES:
        assert "mug" not in street.asked(MINA, strategy, viewed=("bag",))


def test_a_window_leaves_out_what_was_bought_for_as_long_as_it_says(street: Street) -> None:
    street.puts("home", leave_out_bought="30d")
    street.puts("late", leave_out_bought=3)
    street.does(MINA, "purchase", "mug", ago=5 * DAY)

    assert "mug" not in street.sees(MINA, "home")["home"]
    assert "mug" in street.sees(MINA, "late")["late"]
    assert "mug" in street.sees(CHO, "home")["home"]


def test_windows_asked_together_fill_in_order_pins_first_and_show_nothing_twice(
    street: Street,
) -> None:
    street.puts("first", pins=["scarf"], max=2)
    street.puts("second", pins=["scarf", "lamp"], max=4)

    found = street.sees(MINA, "second", "first")

    assert found["second"][:2] == ["scarf", "lamp"]
    assert len(found["second"]) == 4
    assert set(found["first"]) == {"bag", "boots", "lamp", "mug", "scarf"} - set(found["second"])


def test_the_items_of_a_window_say_by_which_way_they_came(street: Street) -> None:
    street.puts("home", pins=["scarf"], max=2)

    found = journey.offers(
        street.store, street.shop, Wish(visitor_id=MINA, windows=("home",)), street.now
    )

    assert [item["via"] for item in found.windows["home"]["items"]] == ["pi", "bs"]


def test_the_owner_is_told_why_each_product_stands_there_and_why_others_do_not(
    street: Street,
) -> None:
    for who in (MINA, CHO, ANA):
        street.does(who, "view_item", "bag", "mug", "boots")
    street.sells("boots", availability="out_of_stock")
    street.learns()
    street.puts(
        "home", strategies=["for_you", "bestsellers"], pins=["scarf"], bans=["lamp"], min=3,
        boosts=[{"item_id": "mug", "by": 3}],
    )  # fmt: skip

    wish = Wish(visitor_id=ANA, windows=("home",), viewed=("bag",), cart=("bag",))
    told = journey.explain_window(street.store, street.shop, wish, street.now)

    assert told.state == "too_few"
    assert ("bag", "in_cart") in {(one.item_id, one.why) for one in told.left_out}
    assert ("boots", "out_of_stock") in {(one.item_id, one.why) for one in told.left_out}
    assert ("lamp", "banned") in {(one.item_id, one.why) for one in told.left_out}
    street.puts(
        "home", strategies=["for_you"], pins=["scarf"], boosts=[{"item_id": "mug", "by": 3}]
    )
    told = journey.explain_window(street.store, street.shop, wish, street.now)
    assert told.state == "shown"
    assert [(slot.product.item_id, slot.strategy, slot.boost) for slot in told.slots] == [
        ("scarf", "pins", 1.0), ("mug", "for_you", 3.0),
    ]  # fmt: skip
    assert told.slots[1].rankers.keys() >= {"neighbours", "table"}
    assert [(turn.strategy, turn.leads) for turn in told.turns] == [("for_you", True)]
    assert told.names["boots"] == "boots"
    seen = street.sees(ANA, "home", cart=("bag",))["home"]
    assert seen == ["scarf", "mug"]


def test_a_window_that_is_not_shown_says_why(street: Street) -> None:
    street.puts("shoes", pages=["/shoes"])
    street.puts("vips", audience={"rule": {"event": "purchase", "measure": "count", "op": ">=",
                                           "value": 9}})  # fmt: skip
    street.puts("half", control_share=0.5)
    street.does(MINA, "view_item", "bag")

    def state(slug: str, who: str = MINA) -> str:
        wish = Wish(visitor_id=who, windows=(slug,))
        return journey.explain_window(street.store, street.shop, wish, street.now).state

    assert state("shoes") == "other_pages"
    assert state("vips") == "other_audience"
    assert {state("half", f"visitor-{n}-0123456789") for n in range(20)} == {"shown", "control"}


def test_a_model_that_cannot_be_asked_takes_no_window_with_it(
    street: Street, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> Ranked:
        raise IndexError("an array is shorter than it should be")

    for who in (MINA, CHO):
        street.does(who, "view_item", "bag", "mug")
    street.learns()
    monkeypatch.setitem(shelves.MODELLED, "for_you", fails)

    assert street.asked(ANA, "for_you", viewed=("bag",))[0] == "mug"
    assert "failed for for_you" in caplog.text


def test_a_products_page_is_ranked_once_for_windows_of_every_length(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    street.does(MINA, "view_item", "bag", "mug")
    street.learns()
    ranked, like = [], shelves.ranked.like
    monkeypatch.setattr(shelves.ranked, "like", lambda *of: ranked.append(of) or like(*of))
    for limit in (1, 8, 12, 40):
        street.asked(None, "similar", item_id="bag", limit=limit)

    assert len(ranked) == 1


ALL = ("bag", "boots", "lamp", "mug", "scarf", "hat", "gloves", "tea")
IDS = st.lists(st.sampled_from(ALL), max_size=4, unique=True)
FILTERS = st.fixed_dictionaries(
    {}, optional={"brand": st.just(["Pine"]), "on_sale": st.booleans(), "price_max": st.just(12)}
)
BOOSTS = st.lists(
    st.fixed_dictionaries({"item_id": st.sampled_from(ALL), "by": st.floats(0.1, 10)}), max_size=2
)


@pytest.fixture(scope="module")
def busy_street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One street for all examples: only windows, stock and wishes differ."""
    path: Path = tmp_path_factory.mktemp("street") / "street.db"
    store = SqliteStore(path)
    migrate(store, "shop")
    made = Street(store, Shop("moon", "pk_moon0000000000000000", currency="KRW"), 1_790_046_000_000)
    made.sells(*ALL[::2], brand="Pine")
    made.sells(*ALL[1::2], sale_price=10, price=20)
    for number, who in enumerate((MINA, CHO, ANA)):
        made.does(who, "view_item", *ALL[number:], *ALL[:2])
        made.does(who, "add_to_cart", ALL[number])
        made.does(who, "purchase", *ALL[2:5], ago=DAY)
    made.learns()
    yield made
    store.close()


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    chains=st.lists(
        st.lists(st.sampled_from(list(STRATEGIES)), min_size=1, max_size=3, unique=True),
        min_size=1,
        max_size=3,
    ),
    who=st.sampled_from([None, MINA, CHO, "nobody-0123456789abcdef"]),
    out=IDS,
    gone=IDS,
    never=IDS,
    pins=IDS,
    bans=IDS,
    cart=st.none() | IDS,
    viewed=st.none() | st.lists(st.sampled_from([*ALL, "unheard-of"]), max_size=6),
    page=st.none() | st.sampled_from(ALL),
    filters=FILTERS,
    boosts=BOOSTS,
    cap=st.none() | st.integers(1, 2),
    bought=st.booleans(),
    least=st.integers(1, 3),
    spare=st.integers(0, 3),
)
def test_no_window_ever_shows_what_cannot_be_bought_or_is_not_wanted(
    busy_street: Street,
    chains: list[list[str]],
    who: str | None,
    out: list[str],
    gone: list[str],
    never: list[str],
    pins: list[str],
    bans: list[str],
    cart: list[str] | None,
    viewed: list[str] | None,
    page: str | None,
    filters: dict[str, Any],
    boosts: list[dict[str, Any]],
    cap: int | None,
    bought: bool,
    least: int,
    spare: int,
) -> None:
    street = busy_street
    doc = {
        "pins": pins, "bans": bans, "filters": filters, "boosts": boosts, "min": least,
        "max": least + spare, "diversity": {} if cap is None else {"brand": cap},
    }  # fmt: skip
    if bought:
        doc["leave_out_bought"] = 30
    street.shop = Shop("moon", "pk_moon", currency="KRW", settings={"never_shown": never})
    with street.store.write() as tx:
        items.upsert(tx, [
            {"item_id": one, "availability": "out_of_stock" if one in out else "in_stock"}
            for one in ALL
        ], street.now)  # fmt: skip
        for one in gone:
            items.remove(tx, one)
    slugs = [f"w{number}" for number in range(len(chains))]
    for slug, chain in zip(slugs, chains, strict=True):
        street.puts(slug, strategies=chain, **doc)
    more = {
        "cart": None if cart is None else tuple(cart), "item_id": page,
        "viewed": None if viewed is None else tuple(viewed),
    }  # fmt: skip

    found = street.sees(who, *slugs, **more)

    theirs = {MINA: "bag", CHO: "boots"}
    held = {*(cart if cart is not None else [theirs[who]] if who in theirs else [])}
    barred = {*out, *gone, *never, *bans, *held, page}
    if bought and who in theirs:
        barred |= {*ALL[2:5]}
    every = [one for ids in found.values() for one in ids]
    assert not barred & set(every)
    assert len(every) == len(set(every))
    assert all(ids == [] or least <= len(ids) <= least + spare for ids in found.values())
    assert found == street.sees(who, *slugs, **more)


SAYS = st.fixed_dictionaries(
    {"item_id": st.sampled_from([*ALL, "new"])},
    optional={
        "availability": st.sampled_from(["in_stock", "out_of_stock", "preorder"]),
        "price": st.sampled_from([20, 30]),
        "sale_price": st.sampled_from([9, 40]),
        "brand": st.sampled_from(["Pine", "Oak"]),
    },
)
DOES = st.tuples(
    st.sampled_from([MINA, CHO]),
    st.sampled_from(["view_item", "add_to_cart", "purchase"]),
    st.sampled_from([*ALL, "new"]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(SAYS | DOES | st.sampled_from(ALL), min_size=1, max_size=4),
    cart=st.none() | IDS,
    page=st.none() | st.sampled_from(ALL),
)
def test_what_another_process_changed_counts_in_the_next_answer_of_a_worker(
    busy_street: Street,
    changes: list[Any],
    cart: list[str] | None,
    page: str | None,
) -> None:
    street = busy_street
    street.shop = Shop("moon", "pk_moon", currency="KRW", settings={"free_shipping_from": 60})
    assert isinstance(street.store, SqliteStore)
    worker = SqliteStore(street.store.path)
    wishes = [
        Wish(MINA, strategy=strategy, item_id=page, cart=None if cart is None else tuple(cart))
        for strategy in STRATEGIES
    ]

    def answers(store: Store) -> list[Any]:
        return [
            orjson.loads(journey.recommend_json(store, street.shop, wish, street.now))
            for wish in wishes
        ]

    answers(worker)
    for change in changes:
        if isinstance(change, dict):
            with street.store.write() as tx:
                items.upsert(tx, [{"currency": "KRW", **change}], street.now)
        elif isinstance(change, tuple):
            street.does(*change, ago=MINUTE)
        else:
            with street.store.write() as tx:
                items.remove(tx, change)
        blank = SqliteStore(street.store.path)
        assert answers(worker) == answers(blank)
        blank.close()
    worker.close()
