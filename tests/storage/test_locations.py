"""The promises of plugin.storage.locations, on both engines."""

from __future__ import annotations

from typing import Any

from plugin.collect.event import Item
from plugin.shop import Shop
from plugin.storage import control, items, locations
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore

DETAIL = "https://moon.example/product/detail.html"


def put(store: Store, now: int = 1, **urls: str) -> None:
    rows = [{"item_id": item_id, "url": url, "name": item_id} for item_id, url in urls.items()]
    with store.write() as tx:
        items.upsert(tx, rows, now)


def put_group(store: Store, group: str | None, **urls: str) -> None:
    rows = [{"item_id": one, "url": url, "group_id": group} for one, url in urls.items()]
    with store.write() as tx:
        items.upsert(tx, rows, 1)


def at(store: Store, location: str) -> str | None:
    with store.read() as tx:
        found = locations.find(tx, [location]).get(location)
    return found[0].item_id if found else None


def keys(store: Store) -> set[str]:
    with store.read() as tx:
        return set(locations.keys(tx))


def test_a_page_is_known_by_its_path_on_any_host(store: Store) -> None:
    put(store, tote="https://moon.example/bags/tote/")
    for page in ("/bags/tote", "http://127.0.0.1:8000/bags/tote/?utm_source=x#top"):
        assert at(store, page) == "tote"
    assert at(store, "https://moon.example/bags/") is None


def test_where_two_hosts_share_a_path_the_pages_own_product_is_found(store: Store) -> None:
    put(store, tote_en="https://en.moon.example/tote", tote_ko="https://ko.moon.example/tote")
    assert at(store, "https://ko.moon.example/tote") == "tote_ko"
    assert at(store, "https://www.en.moon.example/tote") == "tote_en"
    assert at(store, "/tote") == "tote_en"


def test_a_key_that_tells_addresses_apart_is_found_by_itself(store: Store) -> None:
    put(store, boots=f"{DETAIL}?goods=1&cate=4", hat=f"{DETAIL}?goods=2&cate=4")
    assert keys(store) == {"goods"}
    assert at(store, f"{DETAIL}?goods=2&cate=9&utm_source=x") == "hat"
    assert at(store, f"{DETAIL}?goods=3") is None
    assert at(store, DETAIL) is None


def test_a_key_that_only_later_products_need_is_found_then(store: Store) -> None:
    put(store, boots=f"{DETAIL}?goods=1")
    assert keys(store) == set()
    put(store, hat=f"{DETAIL}?goods=2")
    assert keys(store) == {"goods"}
    assert at(store, f"{DETAIL}?goods=1") == "boots"


def test_a_shop_with_one_product_does_not_take_every_page_for_it(store: Store) -> None:
    put(store, boots=f"{DETAIL}?product_no=1")
    assert keys(store) == {"product_no"}
    assert at(store, f"{DETAIL}?product_no=2") is None
    assert at(store, DETAIL) == "boots"


def test_a_feeds_campaign_keys_tell_nothing(store: Store) -> None:
    put(store, boots="/boots?utm_source=feed&utm_id=1", hat="/hat?utm_source=feed&utm_id=2")
    assert keys(store) == set()
    assert at(store, "/boots") == "boots"


def test_the_pages_of_variants_are_their_products(store: Store) -> None:
    put_group(store, "tee", tee_m="/tee?variant=2", tee_s="/tee?variant=3")
    for page in ("/tee", "/tee?variant=3", "/tee?variant=9"):
        assert at(store, page) == "tee_m"
    assert keys(store) == set()


def test_variants_with_pages_of_their_own_are_their_product_on_each(store: Store) -> None:
    put_group(store, "tee", tee_red=f"{DETAIL}?product_no=1", tee_blue=f"{DETAIL}?product_no=2")
    put(store, hat=f"{DETAIL}?product_no=3")
    assert [at(store, f"{DETAIL}?product_no={n}") for n in (1, 2, 3)] == [
        "tee_blue", "tee_blue", "hat",
    ]  # fmt: skip


def test_a_removed_product_has_no_page_and_gives_way(store: Store) -> None:
    put_group(store, "tee", tee_m="/tee?variant=2", tee_s="/tee?variant=3")
    put(store, hat="/hat")
    with store.write() as tx:
        items.remove(tx, "tee_m")
        items.remove(tx, "hat")
    assert at(store, "/hat") is None
    assert at(store, "/tee?variant=2") == at(store, "/tee") == "tee_s"


def test_a_product_that_moved_is_found_at_its_new_page_only(store: Store) -> None:
    put(store, hat="/hat")
    put(store, hat="/hats/1", now=2)
    assert at(store, "/hat") is None
    assert at(store, "/hats/1") == "hat"


def test_a_price_alone_leaves_the_page_where_it_was_and_counts_at_once(store: Store) -> None:
    put(store, hat="/hat")
    with store.read() as tx:
        before = locations.version(tx)
    with store.write() as tx:
        items.upsert(tx, [{"item_id": "hat", "price": 500, "currency": "EUR"}], 2)
    with store.read() as tx:
        assert locations.find(tx, ["/hat"])["/hat"] == (
            Item("hat", name="hat", price=500, url="/hat"), "EUR",
        )  # fmt: skip
        assert locations.version(tx) != before


def test_what_visitors_say_of_a_page_makes_it_no_products_page(store: Store) -> None:
    with store.write() as tx:
        items.learn(tx, [(Item("fake", url="https://moon.example/sale"), "EUR")], 1)
    put(store, hat="/hat")
    assert at(store, "https://moon.example/sale") is None


def test_many_products_with_one_address_are_its_first_one(store: Store) -> None:
    put(store, **{f"p{number:04}": "/all" for number in range(400)})
    assert at(store, "/all") == "p0000"


def test_a_catalogue_of_before_is_placed_when_it_is_first_needed(store: Store) -> None:
    urls = {f"p{number:04}": f"{DETAIL}?no={number}" for number in range(1_200)}
    put(store, **urls)
    with store.write() as tx:
        tx.run(locations.CLEAR)
        tx.run("delete from facts where name in ('catalogue', 'catalogue_url_keys')")
        locations.rebuild(tx)
    assert keys(store) == {"no"}
    assert at(store, f"{DETAIL}?no=1199") == "p1199"


def test_the_shop_is_told_which_keys_its_addresses_need(store: Store, tmp_path: Any) -> None:
    house = SqliteStore(tmp_path / "control.db")
    migrate(house, "control")
    made = control.new_keys()
    shop = Shop("moon", made.public, settings={"url_params": ["lang"]})
    with house.write() as tx:
        control.add_shop(tx, shop, made)
    put(store, boots=f"{DETAIL}?product_no=1")

    assert locations.tell_shop(house, "moon", store)
    assert not locations.tell_shop(house, "moon", store)
    with house.read() as tx:
        assert control.shops(tx)[0].settings == {"url_params": ["lang"], "url_keys": ["product_no"]}
    house.close()
