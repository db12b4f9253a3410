"""What the owner's browser saw is kept for a day, and not for ever."""

from __future__ import annotations

from plugin.shop import DAY, MINUTE
from plugin.storage import inspections
from plugin.storage.engine import Store


def page(number: int) -> str:
    return f"page-{number:08d}"


def test_what_was_seen_comes_back_newest_first(store: Store, now: int) -> None:
    with store.write() as tx:
        inspections.put(tx, page(1), "/boots", {"kind": "product"}, now)
        inspections.put(tx, page(2), "/cart", {"kind": "other"}, now + MINUTE)
        assert inspections.newest(tx, now + MINUTE) == [
            {"at": now + MINUTE, "path": "/cart", "kind": "other"},
            {"at": now, "path": "/boots", "kind": "product"},
        ]


def test_a_page_that_tells_more_stays_one_page(store: Store, now: int) -> None:
    with store.write() as tx:
        inspections.put(tx, page(1), "/boots", {"kind": "other"}, now)
        inspections.put(tx, page(1), "/boots", {"kind": "product"}, now + MINUTE)
        found = inspections.newest(tx, now + MINUTE)
    assert [(one["kind"], one["at"]) for one in found] == [("product", now + MINUTE)]


def test_after_a_day_it_is_gone(store: Store, now: int) -> None:
    with store.write() as tx:
        inspections.put(tx, page(1), "/boots", {}, now)
        assert inspections.newest(tx, now + DAY) == []
        inspections.put(tx, page(2), "/cart", {}, now + DAY)
        assert tx.value("select count(*) from inspections") == 1


def test_only_the_newest_two_hundred_pages_are_kept(store: Store, now: int) -> None:
    with store.write() as tx:
        for number in range(inspections.MOST + 3):
            inspections.put(tx, page(number), f"/{number}", {}, now + number)
        found = inspections.newest(tx, now + MINUTE)
        assert tx.value("select count(*) from inspections") == inspections.MOST
    assert found[-1]["path"] == "/3"


def test_a_walk_that_begins_again_begins_with_nothing(store: Store, now: int) -> None:
    with store.write() as tx:
        inspections.put(tx, page(1), "/boots", {}, now)
        assert inspections.forget(tx) == 1
        assert inspections.newest(tx, now) == []
