"""A window with filters finds what passes them, however far down the shop's lists it stands."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import journey
from plugin.journey import STEPS, Wish
from plugin.serve.product import is_inside
from plugin.shop import DAY, Shop
from plugin.storage import items
from plugin.storage.engine import Store

COMMON = 1_300  # more than any list holds
RARE = 60
CATEGORIES = ("Bags", "Bags > Totes", "Hats", "Baguettes")
BRANDS = ("Moss", "MOSS ", "Pine", None)


def catalogue() -> list[dict[str, Any]]:
    """Many new things of one kind, and older ones of which there are few."""
    rng = random.Random(7)
    common = [
        {"item_id": f"cup-{n:04}", "category": "Cups", "brand": "Clay", "price": 5_000 + n,
         "ago": rng.randrange(5 * DAY)}
        for n in range(COMMON)
    ]  # fmt: skip
    rare = [
        {
            "item_id": f"rare-{n:02}", "category": rng.choice(CATEGORIES),
            "brand": rng.choice(BRANDS), "price": 1_000 * rng.randint(1, 9),
            "sale_price": rng.choice([None, 500]),
            "availability": rng.choice(["in_stock", "in_stock", "preorder", "out_of_stock"]),
            "tags": rng.choice([(), ("linen",), ("Linen", "eco")]),
            "ago": rng.randrange(6 * DAY, 60 * DAY),
        }
        for n in range(RARE)
    ]  # fmt: skip
    return [{"currency": "KRW", **one} for one in (*common, *rare)]


ROWS = catalogue()


class Bazaar:
    """A shop with very many cups, and little of anything else."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now = store, shop, now
        with store.write() as tx:
            for row in sorted(ROWS, key=lambda one: -int(one["ago"])):
                items.upsert(tx, [row], now - row["ago"])

    def shows(self, strategy: str, **more: Any) -> list[str]:
        body = {"strategies": [strategy], "control_share": 0, **more}
        with self.store.write() as tx:
            STEPS["put_campaign"](tx, self.shop, kind="window", slug="home", body=body,
                                  enabled=True, now=self.now)  # fmt: skip
        wish = Wish(windows=("home",))
        found = journey.offers(self.store, self.shop, wish, self.now).windows["home"]["items"]
        return [str(one["item_id"]) for one in found]


@pytest.fixture
def bazaar(store: Store, shop: Shop, now: int) -> Bazaar:
    return Bazaar(store, shop, now)


def passes(row: dict[str, Any], strategy: str, filters: dict[str, Any]) -> bool:
    """The filters again, in the words of docs/recommendations.md."""
    price, sale = row["price"], row.get("sale_price")
    now = sale if sale is not None and sale < price else price
    brand = (row.get("brand") or "").strip().casefold()
    tags = {tag.casefold() for tag in row.get("tags", ())}
    newest = min(one["ago"] for one in ROWS)
    return (
        row.get("availability") != "out_of_stock"
        and (strategy != "new_arrivals" or row["ago"] - newest <= 30 * DAY)
        and (strategy != "offers" or now < price)
        and ("category" not in filters or is_inside(row.get("category"), filters["category"]))
        and ("brand" not in filters or brand == filters["brand"].casefold())
        and ("tags" not in filters or filters["tags"].casefold() in tags)
        and ("price_max" not in filters or now <= filters["price_max"])
        and ("on_sale" not in filters or filters["on_sale"] == (now < price))
    )


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(["bags", "Bags > Totes", "Hats", "Shoes"]),
        "brand": st.sampled_from(["moss", "Pine", "Oak"]),
        "tags": st.sampled_from(["linen", "ECO"]),
        "price_max": st.sampled_from([500, 3_000, 8_000]),
        "on_sale": st.booleans(),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    strategy=st.sampled_from(["bestsellers", "new_arrivals", "offers"]),
    filters=FILTERS,
    bans=st.sets(st.sampled_from([one["item_id"] for one in ROWS[COMMON:]]), max_size=20),
    least=st.integers(1, 12),
)
def test_a_window_shows_its_least_number_whenever_so_many_products_pass(
    bazaar: Bazaar, strategy: str, filters: dict[str, Any], bans: set[str], least: int
) -> None:
    there = {
        row["item_id"]
        for row in ROWS
        if passes(row, strategy, filters) and row["item_id"] not in bans
    }
    shown = bazaar.shows(strategy, filters=filters, bans=sorted(bans), min=least, max=12)

    assert set(shown) <= there
    assert len(shown) == (min(len(there), 12) if len(there) >= least else 0)


def test_a_rare_brand_that_comes_or_sells_out_counts_in_the_next_answer(bazaar: Bazaar) -> None:
    window = {"filters": {"brand": "Oak"}, "min": 1}
    assert bazaar.shows("bestsellers", **window) == []
    for stock, shown in (("in_stock", ["old"]), ("out_of_stock", []), ("preorder", ["old"])):
        row = {"item_id": "old", "brand": "oak", "availability": stock, "currency": "KRW"}
        with bazaar.store.write() as tx:
            items.upsert(tx, [row], bazaar.now - 90 * DAY)
        assert bazaar.shows("bestsellers", **window) == shown


def test_what_stands_far_down_comes_behind_what_the_list_holds(bazaar: Bazaar) -> None:
    shown = bazaar.shows("bestsellers", filters={"category": ["Hats", "Cups"]}, min=1, max=12)
    assert all(one.startswith("cup") for one in shown)
