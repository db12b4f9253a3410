"""A shop whose pages, carts and feed call a product by different ids shows and counts it as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.collect.feeds import Found, read_feed
from plugin.journey import STEPS, Wish
from plugin.journey.derive import item_at
from plugin.segment.rule import read_rule
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import items, profiles, rules, segments
from plugin.storage.engine import Store

MINA, CHO, ANA = "mina-0123456789abcdef", "cho-01234567890abcdef", "ana-01234567890abcdef"
TEE, CAP, BAG = "632910398", "632910399", "632910400"  # as Shopify's pages say
NAMES = {TEE: "Tee", CAP: "Cap", BAG: "Bag"}
RED, BLUE, GREEN = "808950810", "808950811", "808950812"  # of the tee
CAP_ONE, BAG_ONE = "808950820", "808950830"
VARIANTS = {TEE: {RED: "Red", BLUE: "Blue", GREEN: "Green"}, CAP: {CAP_ONE: "One size"},
            BAG: {BAG_ONE: "Default Title"}}  # fmt: skip
Sold = dict[str, bool]  # whether a variant can be bought


def by_shopify(sold: Sold) -> bytes:
    """The shop's products.json."""
    return orjson.dumps(
        {
            "products": [
                {
                    "id": int(product), "title": NAMES[product], "handle": NAMES[product].lower(),
                    "product_type": "Clothes",
                    "variants": [
                        {"id": int(one), "title": title, "price": "9000",
                         "available": sold.get(one, True)}
                        for one, title in variants.items()
                    ],
                }
                for product, variants in VARIANTS.items()
            ]
        }
    )  # fmt: skip


def by_google(sold: Sold, group: bool = True) -> bytes:
    """Google's feed, as Shopify's app writes it."""
    rows = ["id\ttitle\tlink\tprice\tproduct type\tavailability\titem group id"]
    for product, variants in VARIANTS.items():
        for one, title in variants.items():
            name = NAMES[product]
            link = f"https://moon.example/products/{name.lower()}?variant={one}"
            stock = "in_stock" if sold.get(one, True) else "out_of_stock"
            rows.append(
                f"shopify_KR_{product}_{one}\t{name} - {title}\t{link}\t9000 KRW\tClothes\t{stock}"
                f"\t{product if group else ''}"
            )
    return "\n".join(rows).encode()


def by_google_without_groups(sold: Sold) -> bytes:
    return by_google(sold, group=False)


FEEDS = (by_shopify, by_google, by_google_without_groups)


class Boutique:
    """A Shopify shop: its feed, what its pages and its carts tell, and what its windows show."""

    def __init__(self, store: Store, shop: Shop, now: int, feed: Any) -> None:
        self.store, self.shop, self.now, self.feed, self._events = store, shop, now, feed, 0

    def sells(self, **sold: bool) -> None:
        told = {name.removeprefix("v"): is_sold for name, is_sold in sold.items()}
        rows = read_feed(lambda: [self.feed(told)], self.shop, self.now)
        found = [one.item.as_row() for one in rows if isinstance(one, Found)]
        with self.store.write() as tx:
            items.upsert(tx, found, self.now - DAY)

    def does(self, who: str, what: str, *ids: str, ago: int = HOUR) -> None:
        lines: Sequence[tuple[str, ...]] = [ids] if what == "purchase" else [(i,) for i in ids]
        told = []
        for step, line in enumerate(lines):
            self._events += 1
            name, at = f"event-{self._events:06}", self.now - ago + step * MINUTE
            order = name if what == "purchase" else None
            told.append(
                Event(name, who, what, at, at, {}, tuple(Item(one, price=9_000) for one in line),
                      transaction_id=order)
            )  # fmt: skip
        with self.store.write() as tx:
            STEPS["collect"](tx, self.shop, events=told)

    def learns(self) -> None:
        made = journey.build_model(self.store, self.shop, self.now)
        with self.store.write() as tx:
            journey.keep_model(tx, self.shop, **made)
        journey.rank(self.store, self.shop, self.now)

    def cards(self, who: str | None, strategy: str, **more: Any) -> list[dict[str, Any]]:
        wish = Wish(visitor_id=who, strategy=strategy, **more)
        return journey.recommend(self.store, self.shop, wish, self.now).items

    def names(self, who: str | None, strategy: str, **more: Any) -> list[str]:
        return [str(card["name"]).split(" - ")[0] for card in self.cards(who, strategy, **more)]


@pytest.fixture(params=FEEDS)
def boutique(request: pytest.FixtureRequest, store: Store, shop: Shop, now: int) -> Boutique:
    made = Boutique(store, shop, now, request.param)
    made.sells()
    return made


def test_a_product_is_one_card_that_leads_to_its_page(boutique: Boutique) -> None:
    boutique.does(MINA, "view_item", TEE)

    cards = boutique.cards(None, "bestsellers")

    assert sorted(card["name"].split(" - ")[0] for card in cards) == ["Bag", "Cap", "Tee"]
    tee = next(card for card in cards if card["name"] == "Tee")
    assert tee["url"].removeprefix("https://moon.example") == "/products/tee"


@pytest.mark.parametrize("learns", [True, False])
def test_views_of_pages_count_for_what_the_feed_calls_otherwise(
    boutique: Boutique, learns: bool
) -> None:
    for who in (MINA, CHO):
        boutique.does(who, "view_item", TEE, CAP)
    if learns:
        boutique.learns()

    assert boutique.names(MINA, "recently_viewed") == ["Cap", "Tee"]
    assert boutique.names(ANA, "viewed_together", item_id=TEE)[:1] == ["Cap"]
    assert boutique.names(ANA, "for_you", viewed=(TEE,), item_id=TEE)[:1] == ["Cap"]
    assert boutique.names(ANA, "bestsellers", limit=2) in (["Cap", "Tee"], ["Tee", "Cap"])


def test_orders_of_variants_are_orders_of_their_product(boutique: Boutique) -> None:
    for number, variant in enumerate((RED, BLUE, GREEN, RED)):
        boutique.does(f"buyer-{number}-0123456789", "purchase", variant, CAP_ONE)
    boutique.learns()

    assert boutique.names(None, "cart_complements", cart=(BLUE,))[:1] == ["Cap"]
    assert boutique.names(None, "bought_together", item_id=CAP)[:1] == ["Tee"]
    assert boutique.names(None, "bestsellers", limit=2) in (["Cap", "Tee"], ["Tee", "Cap"])


def test_a_cart_with_a_variant_leaves_the_whole_product_out(boutique: Boutique) -> None:
    boutique.does(MINA, "add_to_cart", BLUE)

    for strategy in ("bestsellers", "new_arrivals"):
        assert sorted(boutique.names(MINA, strategy)) == ["Bag", "Cap"]
        assert sorted(boutique.names(None, strategy, cart=(GREEN,), item_id=CAP)) == ["Bag"]


def test_what_the_page_puts_in_the_cart_and_takes_out_by_another_id_is_out(
    boutique: Boutique,
) -> None:
    boutique.does(MINA, "add_to_cart", TEE, ago=2 * HOUR)
    boutique.does(MINA, "add_to_cart", f"shopify_KR_{CAP}_{CAP_ONE}", ago=2 * HOUR)
    boutique.does(MINA, "remove_from_cart", RED)

    with boutique.store.read() as tx:
        _, profile = profiles.find(tx, MINA) or (0, None)

    assert profile is not None
    assert len(profile.cart) == 1
    assert sorted(boutique.names(MINA, "bestsellers")) == ["Bag", "Tee"]


def test_two_variants_in_the_cart_are_two_lines_of_their_own_worth(boutique: Boutique) -> None:
    boutique.does(MINA, "add_to_cart", RED, BLUE, BLUE)

    with boutique.store.read() as tx:
        _, profile = profiles.find(tx, MINA) or (0, None)

    assert profile is not None
    assert [line.quantity for line in profile.cart] == [1, 2]
    assert profile.cart_value_now == 27_000


def test_a_product_is_sold_out_when_all_its_variants_are(boutique: Boutique) -> None:
    boutique.sells(**{f"v{RED}": False, f"v{BLUE}": False})
    assert "Tee" in boutique.names(None, "bestsellers")

    boutique.sells(**{f"v{one}": False for one in (RED, BLUE, GREEN)})
    assert sorted(boutique.names(None, "bestsellers")) == ["Bag", "Cap"]


def test_a_variant_that_goes_leaves_its_product_and_all_that_was_seen_of_it(
    boutique: Boutique,
) -> None:
    boutique.does(MINA, "view_item", TEE, CAP)
    before = {card["name"]: card["item_id"] for card in boutique.cards(None, "bestsellers")}
    with boutique.store.write() as tx:
        assert items.remove(tx, before["Tee"])

    (tee,) = [card for card in boutique.cards(MINA, "recently_viewed") if card["name"] == "Tee"]

    assert tee["item_id"] != before["Tee"]
    assert boutique.names(ANA, "viewed_together", item_id=TEE)[:1] == ["Cap"]


def test_what_was_seen_before_there_was_a_feed_counts_for_the_products_of_the_feed(
    store: Store, shop: Shop, now: int
) -> None:
    boutique = Boutique(store, shop, now, by_shopify)
    for who in (MINA, CHO):
        boutique.does(who, "view_item", TEE, CAP)
        boutique.does(who, "purchase", RED, CAP_ONE, ago=MINUTE)
    boutique.sells()

    assert sorted(boutique.names(None, "bestsellers")) == ["Bag", "Cap", "Tee"]
    assert boutique.names(ANA, "viewed_together", item_id=TEE)[:1] == ["Cap"]
    assert boutique.names(ANA, "bestsellers", limit=2) in (["Cap", "Tee"], ["Tee", "Cap"])


def test_an_owner_s_pin_or_ban_of_a_variant_is_of_its_product(boutique: Boutique) -> None:
    row = {"strategies": ["bestsellers"], "control_share": 0, "pins": [BLUE, RED], "bans": [CAP]}
    with boutique.store.write() as tx:
        STEPS["put_campaign"](tx, boutique.shop, kind="window", slug="home", body=row,
                              enabled=True, now=boutique.now)  # fmt: skip
    wish = Wish(windows=("home",))
    found = journey.offers(boutique.store, boutique.shop, wish, boutique.now).windows["home"]

    assert [card["name"].split(" - ")[0] for card in found["items"]] == ["Tee", "Bag"]


def test_a_cart_call_s_number_is_found_and_says_which_variant(boutique: Boutique) -> None:
    with boutique.store.read() as tx:
        by_variant, by_product = (item_at(tx, "product_id", one, "KRW") for one in (BLUE, TEE))
    assert by_variant is not None
    assert by_product is not None
    assert by_variant.item_id == by_product.item_id
    assert str(by_variant.variant).endswith(BLUE)
    assert by_product.variant is None


def test_cafe24_s_numbers_and_codes_are_one_product(store: Store, shop: Shop, now: int) -> None:
    table = "상품번호,상품코드,상품명,판매가\n12,P000000M,가방,9000\n13,P000000N,모자,5000\n"
    boutique = Boutique(store, shop, now, lambda _: table.encode())
    boutique.sells()
    boutique.does(MINA, "view_item", "12", "13")
    boutique.does(MINA, "add_to_cart", "P000000M000A")

    assert [card["item_id"] for card in boutique.cards(MINA, "bestsellers")] == ["13"]


def test_woocommerce_s_variations_are_the_product_that_the_page_names(
    store: Store, shop: Shop, now: int
) -> None:
    table = (
        "ID,Type,SKU,Name,Published,In stock?,Regular price,Sale price,Categories,Images,Parent\n"
        "1,variable,S,Shirt,1,1,,,Wear,,\n2,variation,S-1,Shirt Red,1,0,9000,,,,id:1\n"
        "3,variation,S-2,Shirt Blue,1,1,9500,,,,id:1\n4,simple,C,Cap,1,1,5000,,Wear,,\n"
    )
    boutique = Boutique(store, shop, now, lambda _: table.encode())
    boutique.sells()
    for who in (MINA, CHO):
        boutique.does(who, "view_item", "1", "woocommerce_gpf_4")

    shirt, cap = sorted(boutique.cards(ANA, "bestsellers"), key=lambda card: card["item_id"])
    assert (shirt["item_id"], shirt["name"], shirt["price"]) == ("1", "Shirt", 9500)
    assert cap["item_id"] == "4"
    assert boutique.names(ANA, "viewed_together", item_id="3") == ["Cap"]


def test_products_that_share_no_group_stay_apart_whatever_their_numbers(
    store: Store, shop: Shop, now: int
) -> None:
    rows = [
        {"item_id": "s-red", "name": "Shirt", "group_id": "12", "price": 1, "currency": "KRW"},
        {"item_id": "s-blue", "name": "Shirt", "group_id": "12", "price": 1, "currency": "KRW"},
        {"item_id": "12", "name": "Mug", "price": 1, "currency": "KRW"},
    ]
    boutique = Boutique(store, shop, now, by_shopify)
    with store.write() as tx:
        items.upsert(tx, rows, now)
    boutique.does(MINA, "view_item", "12")

    assert boutique.names(MINA, "recently_viewed") == ["Mug"]
    assert sorted(boutique.names(None, "bestsellers")) == ["Mug", "Shirt"]


def test_a_rule_about_the_id_that_the_page_says_holds_with_and_without_a_feed(
    store: Store, shop: Shop, now: int
) -> None:
    boutique = Boutique(store, shop, now, by_shopify)
    rule = {"event": "view_item", "where": [{"param": "item_id", "op": "is", "value": TEE}],
            "measure": "count", "op": ">=", "value": 1}  # fmt: skip
    boutique.does(MINA, "view_item", TEE)
    boutique.sells()
    boutique.does(CHO, "view_item", TEE)
    boutique.does(ANA, "view_item", CAP)
    with store.write() as tx:
        segments.put(tx, "tee", "Saw the tee", "rule", rule, True, now)
    with store.read() as tx:
        found = rules.matching_profiles(tx, read_rule(rule), now, shop)
        by_sql = {profiles.load(tx, [one])[one].visitor_id for one in found}

    assert by_sql == {MINA, CHO}
    for who, inside in ((MINA, ["tee"]), (CHO, ["tee"]), (ANA, [])):
        seen = journey.look_at(store, shop, who, now)
        assert [one.slug for one in seen.segments] == inside
        assert seen.events[0]["items"][0]["item_id"] == (CAP if who == ANA else TEE)
