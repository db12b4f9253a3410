"""Is what came to the shop offered for choosing, on each engine?"""

from __future__ import annotations

from plugin.collect.event import Event
from plugin.journey.collect import collect
from plugin.shop import Shop
from plugin.storage import items, seen
from plugin.storage.engine import Store

CHO, ANA = "cho-0123456789abcdef", "ana-0123456789abcdef"


def test_events_params_traits_and_values_are_those_that_came(
    store: Store, shop: Shop, now: int
) -> None:
    told = [
        Event("e1", CHO, "view_item", now, now, {"colour": "red", "page": 1}),
        Event("e2", CHO, "view_item", now, now, {"size": "M"}),
        Event("e3", ANA, "spun_the_wheel", now, now, {}),
        Event("e4", ANA, "identify", now, now, {"taste": "Tea"}),
    ]
    with store.write() as tx:
        collect(tx, shop, told)
        items.upsert(tx, [{"item_id": n, "name": n, "category": "hats"} for n in ("a", "b")], now)
    with store.read() as tx:
        assert seen.events(tx) == ["identify", "spun_the_wheel", "view_item"]
        assert seen.params(tx)["view_item"] == ["colour", "page", "size"]
        assert seen.declared(tx) == {"taste": ["tea"]}
        assert seen.product_values(tx) == {"item_category": ["hats"], "item_brand": []}
        assert set(seen.values(tx)) == set(seen.COLUMNS)


def test_of_an_empty_shop_there_is_nothing_to_offer(store: Store) -> None:
    with store.read() as tx:
        assert (seen.events(tx), seen.params(tx), seen.declared(tx)) == ([], {}, {})
        assert seen.values(tx) == {}
