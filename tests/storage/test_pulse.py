"""How visitors are counted hour by hour, however long the log is."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.collect.event import Event
from plugin.shop import HOUR, MINUTE, Shop
from plugin.storage import events, profiles, pulse
from plugin.storage.engine import Store, Tx

MINA, CHO, ANA = (f"{name}-0123456789abcdef" for name in ("mina", "cho", "ana"))


def arrive(tx: Tx, shop: Shop, *told: tuple[str, int], source: str = "browser") -> None:
    """Events of these visitors at these moments."""
    sent = [
        Event(f"{who[:4]}-{source}-{at}", who, "page_view", at, at, source=source)
        for who, at in told
    ]
    ids = profiles.ensure(tx, {event.visitor_id for event in sent})
    events.add(tx, sent, ids, shop)


def visitors(found: Iterable[pulse.Hour]) -> list[int]:
    return [one.visitors for one in found]


def test_a_visitor_counts_once_an_hour_however_many_events_it_sends(
    store: Store, shop: Shop, now: int
) -> None:
    with store.write() as tx:
        arrive(tx, shop, (CHO, now), (CHO, now + MINUTE), (ANA, now + 2), (CHO, now + HOUR))
        found = pulse.visitors_since(tx, 0, 9 * HOUR)
    assert visitors(found) == [2, 1]
    assert [one.hour for one in found] == [(now + 9 * HOUR) // HOUR, (now + 10 * HOUR) // HOUR]


def test_what_servers_and_imports_send_is_no_sign_of_life(
    store: Store, shop: Shop, now: int
) -> None:
    with store.write() as tx:
        arrive(tx, shop, (CHO, now))
        arrive(tx, shop, (ANA, now + 1), source="import")
        arrive(tx, shop, (ANA, now + 2), source="server")
        assert visitors(pulse.visitors_since(tx, 0, 0)) == [1]
        assert pulse.last_since(tx, 0) == now
        assert pulse.newest_seq(tx) == 3


def test_the_count_goes_on_from_where_it_stood(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        arrive(tx, shop, (CHO, now), (ANA, now + HOUR))
        first, _ = pulse.visitors_since(tx, 0, 0)
        arrive(tx, shop, (MINA, now + HOUR + 1))
        assert visitors(pulse.visitors_since(tx, first.last_seq, 0)) == [2]


def test_the_last_arrival_is_known_at_once(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        assert pulse.last_arrival(tx, None) is None
        arrive(tx, shop, (CHO, now))
        counted = pulse.Counted(pulse.newest_seq(tx), now)
        assert pulse.last_arrival(tx, counted) == now
        arrive(tx, shop, (CHO, now + MINUTE))
        assert pulse.last_arrival(tx, counted) == now + MINUTE


def test_a_count_is_kept_and_given_back(store: Store, now: int) -> None:
    counted = pulse.Counted(41, now, {497_000: 3, 497_002: 1})
    with store.write() as tx:
        assert pulse.kept(tx) is None
        for one in (pulse.Counted(), counted):
            pulse.keep(tx, one)
            assert pulse.kept(tx) == one


def test_a_moment_in_the_log_is_found_by_halving(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        assert pulse.seq_at(tx, now) == 0
        arrive(tx, shop, *((CHO, now + minute * MINUTE) for minute in range(100)))
        assert pulse.seq_at(tx, now) == 0
        assert pulse.seq_at(tx, now + 60 * MINUTE) == 60
        assert pulse.last_since(tx, pulse.seq_at(tx, now + HOUR * 24) - 1) is not None
