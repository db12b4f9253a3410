"""The promises of plugin.storage.meetings beside those of test_campaigns, on both engines."""

from __future__ import annotations

from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import meetings
from plugin.storage.engine import Store
from tests.storage.test_campaigns import Town

MEMBER = """
insert into memberships (segment, profile, entered_at, version) values (:segment, :profile, :at, 1)
"""


def test_the_pages_of_a_visit_are_counted_from_its_first_moment(store: Store, now: int) -> None:
    town = Town(store, now)
    town.does("mina", "page_view", ago=2 * HOUR, page_location="/")
    town.does("mina", "page_view", ago=10 * MINUTE, page_location="/shoes")
    town.does("mina", "page_view", "popup_view", ago=MINUTE, page_location="/bags")
    with store.read() as tx:
        mina, visit = town.profile("mina"), now - 10 * MINUTE
        assert meetings.pages(tx, mina, visit, now) == 2
        assert meetings.pages(tx, mina, visit, now - 2 * MINUTE) == 1
        assert meetings.pages(tx, mina, now, now) == 0


def test_a_segment_entered_in_this_visit_is_told_from_one_of_old(store: Store, now: int) -> None:
    mina = Town(store, now).profile("mina")
    with store.write() as tx:
        for segment, ago in (("vip", 9 * DAY), ("big-cart", MINUTE)):
            tx.run(MEMBER, segment=segment, profile=mina, at=now - ago)
    with store.read() as tx:
        assert meetings.inside_before(tx, mina, now - HOUR) == {"vip"}


def test_a_visit_that_has_lasted_longer_than_a_week_still_counts_its_views(
    store: Store, now: int
) -> None:
    town = Town(store, now)
    town.does("mina", "popup_view", ago=8 * DAY)

    seen = town.seen("mina", session_ago=9 * DAY)["hello"]

    assert (seen.views_visit, seen.views_week) == (1, 0)
