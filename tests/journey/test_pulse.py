"""A shop's pages fall silent, and speak again."""

from __future__ import annotations

from plugin.collect.event import Event
from plugin.journey import collect, listen, take_pulse
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import pulse
from plugin.storage.engine import Store

EVERY_30_MIN = [hour * HOUR + half for hour in range(24) for half in (0, 30 * MINUTE)]


def visited(store: Store, shop: Shop, *moments: int, source: str = "browser") -> None:
    """Another visitor opens a page at each of these moments."""
    with store.write() as tx:
        sent = [
            Event(f"{source}-{at}", f"visitor-{at}", "page_view", at, at, source=source)
            for at in moments
        ]
        collect(tx, shop, sent)


def week(store: Store, shop: Shop, now: int) -> None:
    """A week with two visitors an hour that ends at ``now``."""
    visited(store, shop, *(now - 7 * DAY + d * DAY + m for d in range(7) for m in EVERY_30_MIN))


def test_a_shop_without_a_tag_is_not_silent(store: Store, shop: Shop, now: int) -> None:
    heard = take_pulse(store, shop, now)
    assert (heard.last_at, heard.silence) == (None, None)


def test_a_shop_that_falls_silent_is_noticed_and_heard_again_at_once(
    store: Store, shop: Shop, now: int
) -> None:
    week(store, shop, now)
    assert take_pulse(store, shop, now + HOUR).silence is None
    silence = take_pulse(store, shop, now + 12 * HOUR).silence
    assert silence is not None
    assert silence.since == now - 30 * MINUTE
    visited(store, shop, now + 12 * HOUR)
    with store.read() as tx:
        assert listen(tx, shop, now + 12 * HOUR).silence is None


def test_what_the_shops_server_sends_does_not_hide_that_the_tag_is_gone(
    store: Store, shop: Shop, now: int
) -> None:
    week(store, shop, now)
    take_pulse(store, shop, now)
    visited(store, shop, *(now + hour * HOUR for hour in range(12)), source="server")
    assert take_pulse(store, shop, now + 12 * HOUR).silence is not None


def test_counting_on_gives_what_counting_once_gives(store: Store, shop: Shop, now: int) -> None:
    moments = [now + step * 7 * MINUTE for step in range(120)]
    for at in moments:
        visited(store, shop, at, source="browser")
        take_pulse(store, shop, at + 1)
    with store.write() as tx:
        step_by_step = pulse.kept(tx)
        tx.run("delete from facts where name = 'pulse'")
    take_pulse(store, shop, moments[-1] + 1)
    with store.read() as tx:
        assert pulse.kept(tx) == step_by_step


def test_a_silence_that_began_before_anybody_counted_is_noticed(
    store: Store, shop: Shop, now: int
) -> None:
    week(store, shop, now)
    silence = take_pulse(store, shop, now + 60 * DAY).silence
    assert silence is not None
    assert silence.missed > 2_000
    assert take_pulse(store, shop, now + 90 * DAY).silence is not None


def test_hours_older_than_two_weeks_are_forgotten(store: Store, shop: Shop, now: int) -> None:
    for day in range(20):
        visited(store, shop, now + day * DAY)
        take_pulse(store, shop, now + day * DAY)
    with store.read() as tx:
        kept = pulse.kept(tx)
    assert kept is not None
    assert len(kept.hours) == 15  # today's, and the same of 14 days before
