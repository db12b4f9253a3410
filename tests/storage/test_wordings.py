"""What lines say of products stands once, also for lines of before there was a place for it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.segment.rule import read_rule
from plugin.shop import HOUR, Shop
from plugin.storage import rules
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate

BOOTS = Item("boots", 'Boots "Alp"', category="Shoes > Boots", variant="42", price=9_900)
SOCKS = Item("socks", "등산 양말", brand="Haneul", price=1_200, quantity=3)
KEPT = "select item_id, name, brand, category, variant, price, currency from wordings"
SAID = """
select i.item_id, w.name, w.price, w.currency
from item_events i join wordings w on w.id = i.wording
order by i.at, i.place
"""
# As the step found it.
BEFORE = (
    "drop table wordings",
    "alter table item_events drop column wording",
    "delete from migrations where name = '0020_wordings'",
)
SHOES = {"param": "item_category", "op": "contains", "value": "shoes"}
CHEAP = {"param": "price", "op": "<", "value": 2_000}
VIEWS: dict[str, Any] = {"event": "view_item", "measure": "count", "op": ">=", "value": 2}


def viewed(person: str, at: int, *lines: Item, currency: str | None = "KRW") -> Event:
    return Event(
        event_id=f"{person}-{at}",
        visitor_id=f"{person}-0123456789abcdef",
        name="view_item",
        at=at,
        received_at=at,
        items=lines,
        currency=currency,
    )


def collect(store: Store, shop: Shop, *events: Event) -> None:
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=events)


def found(store: Store, shop: Shop, now: int, *where: Any) -> int:
    with store.read() as tx:
        return rules.count_matching(tx, read_rule(VIEWS | {"where": list(where)}), now, shop)


def test_a_wording_is_kept_once_however_many_lines_say_it(
    store: Store, shop: Shop, now: int
) -> None:
    more = replace(BOOTS, quantity=2)
    collect(store, shop, viewed("mina", now - HOUR, BOOTS), viewed("cho", now - 9, BOOTS, more))
    with store.read() as tx:
        assert len(tx.tuples(KEPT)) == 1
        assert tx.tuples(SAID) == [("boots", 'Boots "Alp"', 9_900, "KRW")] * 3


def test_another_price_or_currency_is_another_wording(store: Store, shop: Shop, now: int) -> None:
    cheaper = replace(BOOTS, price=7_900)
    collect(store, shop, viewed("mina", now - HOUR, BOOTS), viewed("mina", now - 9, cheaper))
    collect(store, shop, viewed("mina", now - 5, BOOTS, currency="USD"))
    with store.read() as tx:
        said = [("boots", 'Boots "Alp"', price, told) for price, told in
                ((9_900, "KRW"), (7_900, "KRW"), (9_900, "USD"))]  # fmt: skip
        assert tx.tuples(SAID) == said


def test_two_lines_of_one_event_are_one_view(store: Store, shop: Shop, now: int) -> None:
    collect(store, shop, viewed("mina", now - HOUR, BOOTS, BOOTS))
    assert found(store, shop, now, SHOES) == 0
    collect(store, shop, viewed("mina", now - 9, BOOTS))
    assert found(store, shop, now, SHOES) == 1


def test_two_conditions_may_be_satisfied_by_two_lines_of_an_event_but_not_of_two_events(
    store: Store, shop: Shop, now: int
) -> None:
    collect(store, shop, *(viewed("mina", now - HOUR - back, BOOTS, SOCKS) for back in (1, 2)))
    collect(store, shop, *(viewed("cho", now - HOUR - back, BOOTS) for back in (1, 2)))
    collect(store, shop, *(viewed("cho", now - HOUR + more, SOCKS) for more in (1, 2)))
    assert found(store, shop, now, SHOES, CHEAP) == 1


def test_lines_of_before_say_what_they_said(store: Store, shop: Shop, now: int) -> None:
    collect(store, shop, viewed("mina", now - HOUR, BOOTS, SOCKS), viewed("mina", now - 9, BOOTS))
    collect(store, shop, viewed("cho", now - 5, SOCKS, currency=None))
    with store.read() as tx:
        kept, said = sorted(tx.tuples(KEPT), key=repr), tx.tuples(SAID)
    with store.write() as tx:
        for statement in BEFORE:
            tx.run(statement)
    assert migrate(store, "shop") == ["0020_wordings"]
    with store.read() as tx:
        assert (sorted(tx.tuples(KEPT), key=repr), tx.tuples(SAID)) == (kept, said)
    collect(store, shop, viewed("mina", now - 3, BOOTS))
    assert found(store, shop, now, SHOES) == 1
