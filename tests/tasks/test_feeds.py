"""A feed is taken in whole or not at all, and takes away only what it brought."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Item
from plugin.errors import Busy, PluginError
from plugin.shop import HOUR, MINUTE, Shop
from plugin.storage import feeds, items
from plugin.storage.engine import Store
from plugin.tasks.feeds import FeedHeld, Run, doer, run_due
from plugin.tasks.imports import open_source
from plugin.tasks.staging import FeedReport
from tests.tasks.conftest import Receiver, say

TEN = [(f"hat-{n}", 10_000 + n) for n in range(10)]


def table(*rows: tuple[str, Any], currency: str = "KRW") -> bytes:
    """A feed with these products and prices."""
    lines = [f"{item_id},{item_id} of wool,{price} {currency}" for item_id, price in rows]
    return "\n".join(["id,title,price", *lines, ""]).encode()


class Owner:
    """Whose shop it is: sends feeds, and looks at what the catalogue has then."""

    def __init__(self, store: Store, shop: Shop, now: int, folder: Path) -> None:
        self.store, self.shop, self.now, self.folder = store, shop, now, folder
        self.do = doer(store, shop, None)
        self.do("put_feed", feed="main", now=now)

    def send(self, content: bytes, *, force: bool = False, feed: str = "main") -> FeedReport:
        """Import a file."""
        file = self.folder / "feed"
        file.write_bytes(content)
        run = Run(self.store, self.shop, self.do, feed, self.now, source=str(file), force=force)
        return run.whole()

    def has(self) -> set[str]:
        """The ids in the catalogue."""
        with self.store.read() as tx:
            return {row["item_id"] for row in items.page(tx, 1_000)}

    def feed(self) -> feeds.Feed:
        """How the feed stands."""
        with self.store.read() as tx:
            found = feeds.get(tx, "main")
        assert found is not None
        return found


@pytest.fixture
def owner(store: Store, shop: Shop, now: int, tmp_path: Path) -> Owner:
    return Owner(store, shop, now, tmp_path)


def test_a_feed_s_products_are_in_the_catalogue(owner: Owner) -> None:
    report = owner.send(table(*TEN, ("hat-0", 12_345), ("", 5)))

    assert (report.kept, report.changed, report.duplicates) == (10, 10, 1)
    assert list(report.examples.values()) == [[13]]
    with owner.store.read() as tx:
        assert items.products(tx, ["hat-0"])["hat-0"].price == 12_345
    assert (owner.feed().state, owner.feed().items, owner.feed().currency) == ("good", 10, "KRW")


def test_what_a_later_feed_lacks_goes(owner: Owner) -> None:
    owner.send(table(*TEN))
    report = owner.send(table(*TEN[:7]))
    assert (report.removed, report.changed) == (3, 0)
    assert owner.has() == {item_id for item_id, _ in TEN[:7]}


def test_what_the_shop_s_server_told_of_first_stays(owner: Owner) -> None:
    owner.do("put_items", products=[{"item_id": "hat-9", "price": 9, "currency": "KRW"}], now=1)
    owner.send(table(*TEN))
    owner.send(table(*TEN[:7]))
    assert "hat-9" in owner.has()
    assert "hat-8" not in owner.has()


def test_what_events_alone_know_stays(owner: Owner) -> None:
    with owner.store.write() as tx:
        items.learn(tx, [(Item("scarf", "Scarf"), "KRW")], 1)
    owner.send(table(*TEN))
    owner.send(table(*TEN[:7]))
    assert "scarf" in owner.has()


def test_what_another_feed_names_too_stays(owner: Owner) -> None:
    owner.do("put_feed", feed="second", now=1)
    owner.send(table(*TEN))
    owner.send(table(TEN[9]), feed="second")
    owner.send(table(*TEN[:7]))
    assert "hat-9" in owner.has()


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        (table(*TEN[:4]), "It has 4 products; the last good run had 10"),
        (table(), "None of its 0 rows"),
        (table(*((one, price * 11) for one, price in TEN)), "Of 10 prices that are known, 10"),
        (table(*((one, 0) for one, _ in TEN)), "Of 10 prices that are known, 10"),
        (table(*TEN, currency="EUR"), "Its prices are in EUR; they were in KRW"),
        (table(*TEN)[:-4] + b'x"\n"', "It breaks off"),
        (b"<rss><item><id>hat-1</id></item>", "It breaks off"),
    ],
)
def test_a_feed_that_looks_wrong_changes_nothing_and_says_why(
    owner: Owner, feed: bytes, said: str
) -> None:
    owner.send(table(*TEN))
    with pytest.raises(FeedHeld, match=said):
        owner.send(feed)
    assert len(owner.has()) == 10
    assert owner.feed().state == "refused"
    assert said in (owner.feed().error or "")
    assert "--force" in (owner.feed().error or "")
    assert owner.feed().items == 10


def test_the_owner_s_word_takes_it_all_the_same(owner: Owner) -> None:
    owner.send(table(*TEN))
    assert owner.send(table(*TEN[:2]), force=True).removed == 8
    assert owner.has() == {"hat-0", "hat-1"}


def test_of_a_forced_feed_that_breaks_off_nothing_is_removed(owner: Owner) -> None:
    owner.send(table(*TEN))
    report = owner.send(b"<rss><item><id>hat-new</id></item>", force=True)
    assert (report.kept, report.removed) == (1, 0)
    assert len(owner.has()) == 11


def test_a_feed_that_has_not_changed_is_no_work(owner: Owner) -> None:
    owner.send(table(*TEN))
    with owner.store.read() as tx:
        before = tx.value("select value from facts where name = 'catalogue'")
    assert owner.send(table(*TEN)).same
    assert owner.send(table(*TEN), force=True).changed == 0
    with owner.store.read() as tx:
        assert tx.value("select value from facts where name = 'catalogue'") == before


def test_a_product_that_was_deleted_by_hand_comes_again_with_the_next_feed(owner: Owner) -> None:
    owner.send(table(*TEN))
    owner.do("delete_item", item_id="hat-3")
    owner.send(table(*TEN, ("hat-10", 5)))
    assert "hat-3" in owner.has()


def test_a_long_feed_comes_and_goes_in_parts(owner: Owner) -> None:
    long = [(f"sock-{n:04d}", 5_000 + n) for n in range(1_350)]
    seen: list[int] = []
    plain = owner.do

    def counted(step: str, **args: Any) -> Any:
        seen.append(len(args.get("products", args.get("item_ids", []))))
        return plain(step, **args)

    owner.do = counted
    assert owner.send(table(*long)).changed == 1_350
    assert owner.send(table(*long[:700])).removed == 650
    assert owner.has() == {item_id for item_id, _ in long[:700]}
    assert max(seen) == 100


def test_products_come_before_any_goes(owner: Owner) -> None:
    owner.send(table(*TEN))
    steps: list[str] = []
    plain = owner.do

    def noted(step: str, **args: Any) -> Any:
        steps.append(step)
        return plain(step, **args)

    owner.do = noted
    owner.send(table(*TEN[:6], *((f"cap-{n}", 5) for n in range(250))))
    moves = [step for step in steps if step in ("put_feed_items", "remove_feed_items")]
    assert moves == ["put_feed_items"] * 3 + ["remove_feed_items"]


def test_a_writer_that_is_busy_for_a_moment_is_waited_for(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Busy, "retry_after_s", 0)
    plain, calls = owner.do, 0

    def busy(step: str, **args: Any) -> Any:
        nonlocal calls
        calls += step == "put_feed_items"
        if step == "put_feed_items" and calls < 3:
            raise Busy("the writer is not there just now; send it again")
        return plain(step, **args)

    owner.do = busy
    assert owner.send(table(*TEN)).changed == 10
    assert len(owner.has()) == 10


def test_a_changed_price_is_in_the_log(owner: Owner) -> None:
    owner.send(table(*TEN))
    owner.now += HOUR
    owner.send(table(("hat-0", 9_000), *TEN[1:]))
    with owner.store.read() as tx:
        log = tx.tuples("select item_id, price from item_states order by at, item_id")
    assert log[10:] == [("hat-0", 9_000)]


def test_two_runs_of_one_feed_do_not_meet(owner: Owner) -> None:
    owner.do("begin_feed", feed="main", now=owner.now)
    with pytest.raises(PluginError, match="being read just now"):
        owner.send(table(*TEN))
    owner.now += 4 * MINUTE  # whoever was at it is dead
    assert owner.send(table(*TEN)).kept == 10


def test_a_run_that_died_half_way_is_done_again(owner: Owner) -> None:
    owner.send(table(*TEN))
    steps: list[str] = []

    def dying(step: str, **args: Any) -> Any:
        steps.append(step)
        if steps.count("put_feed_items") == 1 and step == "put_feed_items":
            raise KeyboardInterrupt
        return doer(owner.store, owner.shop, None)(step, **args)

    alive, owner.do = owner.do, dying
    with pytest.raises(KeyboardInterrupt):
        owner.send(table(*TEN[5:], ("cap", 7)), force=True)
    owner.do = alive
    owner.now += 4 * MINUTE
    assert owner.send(table(*TEN[5:], ("cap", 7)), force=True).removed == 5
    assert owner.has() == {*(one for one, _ in TEN[5:]), "cap"}


class OnTheWeb(Owner):
    """A shop whose feed is at an address."""

    def keep(self, url: str) -> None:
        self.do("put_feed", feed="main", source=url, every_hours=6, now=self.now)

    def tick(self) -> str:
        """What the clock does now."""
        return run_due(self.store, self.shop, self.now, private=True)


@pytest.fixture
def web(store: Store, shop: Shop, now: int, tmp_path: Path) -> OnTheWeb:
    return OnTheWeb(store, shop, now, tmp_path)


def test_the_clock_reads_a_feed_at_once_and_then_every_so_many_hours(
    web: OnTheWeb, receiver: Receiver, answering: Callable[..., Any]
) -> None:
    receiver.otherwise = answering(200, table(*TEN))
    web.keep(f"{receiver.url}/feed.csv")
    assert web.tick().startswith("main: 10 products")
    assert web.tick() == "no feed is due"
    web.now += 6 * HOUR + MINUTE
    assert web.tick() == "main: as last time"


def test_a_feed_s_etag_saves_reading_it(web: OnTheWeb, receiver: Receiver) -> None:
    def answer(asked: Any) -> None:
        if asked.headers.get("If-None-Match") == '"seven"':
            say(asked, 304)
        else:
            say(asked, 200, table(*TEN), ETag='"seven"')

    receiver.otherwise = answer
    web.keep(f"{receiver.url}/feed.csv")
    web.tick()
    web.now += 7 * HOUR
    assert web.tick() == "main: as last time"
    assert receiver.heard[-1].headers["if-none-match"] == '"seven"'


def test_a_feed_that_cannot_be_read_is_tried_again_ever_later(
    web: OnTheWeb, receiver: Receiver, answering: Callable[..., Any]
) -> None:
    receiver.otherwise = answering(503, b"later")
    web.keep(f"{receiver.url}/feed.csv")
    waits = []
    for _ in range(6):
        with pytest.raises(PluginError, match="answered 503"):
            web.tick()
        due_at = web.feed().due_at or 0
        waits.append(round((due_at - web.now) / MINUTE))
        web.now = due_at
    assert waits == [5, 15, 45, 135, 360, 360]
    assert (web.feed().state, web.feed().tries) == ("failed", 6)
    receiver.otherwise = answering(200, table(*TEN))
    web.tick()
    assert (web.feed().state, web.feed().tries, web.feed().error) == ("good", 0, None)


def test_a_feed_that_has_not_gone_well_for_three_periods_is_silent(web: OnTheWeb) -> None:
    web.keep("https://moon.example/feed.csv")
    assert not web.feed().silent(web.now + 18 * HOUR)
    assert web.feed().silent(web.now + 18 * HOUR + 1)


def test_import_now_and_all_the_same_are_done_by_the_clock(
    web: OnTheWeb, receiver: Receiver, answering: Callable[..., Any]
) -> None:
    receiver.otherwise = answering(200, table(*TEN))
    web.keep(f"{receiver.url}/feed.csv")
    web.tick()
    receiver.otherwise = answering(200, table(*TEN[:2]))
    web.do("ask_feed", feed="main", now=web.now)
    with pytest.raises(PluginError, match="It has 2 products"):
        web.tick()
    web.do("ask_feed", feed="main", now=web.now, force=True)
    web.tick()
    assert len(web.has()) == 2
    assert not web.feed().force


def test_a_sale_that_begins_changes_the_price_though_the_feed_is_the_same(owner: Owner) -> None:
    feed = b"id,price,sale_price,sale_price_effective_date\n1,100,80,2026-09-23/2026-09-30\n"
    owner.send(feed)
    assert _sale(owner) is None
    owner.now += 24 * HOUR
    assert not owner.send(feed).same
    assert _sale(owner) == 80


def _sale(owner: Owner) -> int | None:
    with owner.store.read() as tx:
        return items.products(tx, ["1"])["1"].sale_price


def test_a_removed_feed_leaves_its_products(owner: Owner) -> None:
    owner.send(table(*TEN))
    assert owner.do("delete_feed", feed="main")
    assert len(owner.has()) == 10


def test_orders_and_events_may_come_from_an_address_too(
    receiver: Receiver, answering: Callable[..., Any]
) -> None:
    receiver.answers["/orders.csv"] = answering(200, b"order,item\n7,hat\n")
    with open_source(f"{receiver.url}/orders.csv", private=True) as source:
        assert list(source.rows(lambda _: None)) == [(2, {"order": "7", "item": "hat"})]
        assert source.name == f"{receiver.url}/orders.csv"
    assert not source.path.exists()
    receiver.answers["/gone.csv"] = answering(404, b"no such page")
    with (
        pytest.raises(PluginError, match="answered 404"),
        open_source(f"{receiver.url}/gone.csv", private=True),
    ):
        pass


def test_every_step_of_a_feed_can_be_asked_of_the_writer() -> None:
    for step in ("put_feed", "begin_feed", "put_feed_items", "remove_feed_items", "end_feed"):
        assert step in journey.STEPS


def test_variants_of_a_feed_come_and_go_one_by_one(owner: Owner) -> None:
    def variants(*sizes: str) -> bytes:
        rows = (f"hat-{size},Hat {size},9000 KRW,hat\n" for size in sizes)
        return ("id,title,price,item_group_id\n" + "".join(rows)).encode()

    assert owner.send(variants("s", "m", "l")).changed == 3
    assert owner.send(variants("s", "m", "l"), force=True).changed == 0
    with owner.store.read() as tx:
        (card,) = items.products(tx, ["hat-s", "hat-m", "hat-l"])
        assert [row["item_id"] for row in items.page(tx, 9)] == ["hat-l", "hat-m", "hat-s"]

    left = {"hat-s", "hat-m", "hat-l"} - {card}
    report = owner.send(variants(*(one.removeprefix("hat-") for one in left)), force=True)

    assert (report.removed, report.changed) == (1, 0)
    with owner.store.read() as tx:
        assert len(items.products(tx, ["hat-s", "hat-m", "hat-l"])) == 1
        assert {row["item_id"] for row in items.page(tx, 9)} == left
    assert owner.send(variants("s", "m", "l"), force=True).changed == 1
