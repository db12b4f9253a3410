"""One look at a rule tells what the single questions tell; what is passed over holds nobody."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.event import Event, Item
from plugin.errors import PluginError
from plugin.journey import STEPS
from plugin.segment.rule import leaves, read_rule
from plugin.shop import DAY, MINUTE, Shop
from plugin.storage import beside, rule_look, rules
from plugin.storage.engine import Store, Tx
from plugin.storage.rule_look import Wanted, looked

VIEWED = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
KOREA = {"trait": "country", "op": "is", "value": "KR"}
HALF = {"bucket": "spring", "below": 60}
OFTEN = {"trait": "sessions_30d", "op": ">=", "value": 1}
RULE = read_rule(
    {"all": [VIEWED, {"not": {"any": [KOREA, {"trait": "p_churn", "op": "unset"}]}}, HALF, OFTEN]}
)
MEMBER = "insert into memberships (segment, profile, entered_at, version) values ('vip', :p, 0, 1)"
NAMES = ("mina", "cho", "ana", "tomo", "lin", "noa")


def did(person: str, at: int, name: str = "view_item", *items: Item, **params: Any) -> Event:
    return Event(
        event_id=f"{person}-{name}-{at}",
        visitor_id=f"{person}-0123456789abcdef",
        name=name,
        at=at,
        received_at=at,
        items=items,
        params=params,
    )


@pytest.fixture
def crowd(store: Store, shop: Shop, now: int) -> Store:
    """Six people, every second one from Korea, every third one a member."""
    with store.write() as tx:
        for place, person in enumerate(NAMES):
            at = now - DAY + place * MINUTE
            events = [did(person, at, "page_view", country="NZ" if place % 2 else "KR")]
            events += [did(person, at + 1, "view_item", Item("boots"))] if place != 3 else []
            STEPS["collect"](tx, shop, events=events)
        ids = [row["id"] for row in tx.all("select id from profiles order by id")]
        tx.many(MEMBER, [{"p": one} for one in ids[::3]])
    return store


def members(tx: Tx) -> set[int]:
    return {profile for (profile,) in tx.tuples("select profile from memberships")}


@pytest.mark.parametrize("few", [1, 20_000])
def test_one_look_tells_what_single_questions_tell(
    crowd: Store, shop: Shop, now: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_look, "FEW", few)
    monkeypatch.setattr(rule_look, "cores", lambda: 2)
    with crowd.read() as tx:
        found = looked(crowd, tx, RULE, now, shop, Wanted(2, ["vip", "nobody"], profiles=True))
        assert found.count == rules.count_matching(tx, RULE, now, shop)
        assert found.leaves == [rules.count_matching(tx, one, now, shop) for one in leaves(RULE)]
        assert found.sample == rules.matching(tx, RULE, now, shop, 2)
        assert found.profiles == rules.matching_profiles(tx, RULE, now, shop)
        assert found.overlap == {"vip": len(found.profiles & members(tx)), "nobody": 0}


def test_nobody_is_found_where_nobody_was(store: Store, shop: Shop, now: int) -> None:
    with store.read() as tx:
        assert looked(store, tx, RULE, now, shop, Wanted(3)).count == 0


def test_a_wish_to_end_reaches_the_second_look(crowd: Store) -> None:
    def enough() -> None:
        raise PluginError("enough")

    with crowd.read() as tx, pytest.raises(PluginError, match="enough"):
        beside.ask_all(crowd, tx, 2, lambda look, part: look.value("select 1"), enough)


SALE = {"param": "page_title", "op": "contains", "value": "Sale"}
LARGE = {"param": "page_title", "op": "is", "value": "1e+16"}
BOOTS = {"param": "item_name", "op": "is", "value": "boots"}


@pytest.mark.parametrize(
    ("where", "told", "holds"),
    [
        (SALE, "Summer SALE", True),
        (SALE, "\uff33\uff21\uff2c\uff25", True),
        (SALE, "\u017fale", True),
        (SALE, "Sail", False),
        (LARGE, 1e16, True),
        (BOOTS, ["sandals", "Boots"], True),
        (BOOTS, ["sandals},{boots"], False),
        (BOOTS, ["boots},{"], False),
        (BOOTS, ["\uff22oots "], True),
        (BOOTS, [], False),
    ],
)
def test_what_is_passed_over_holds_nobody(
    store: Store, shop: Shop, now: int, where: Any, told: Any, *, holds: bool
) -> None:
    params = {} if isinstance(told, list) else {"page_title": told}
    items = [Item(name, name=name) for name in told] if isinstance(told, list) else []
    rule = read_rule(VIEWED | {"where": [where]})
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=[did("mina", now, "view_item", *items, **params)])
        assert rules.count_matching(tx, rule, now, shop) == int(holds)


@pytest.mark.parametrize(
    ("measure", "of", "value"), [("distinct", "item_id", 3), ("sum", "quantity", 5)]
)
def test_every_line_of_every_event_counts(
    store: Store, shop: Shop, now: int, measure: str, of: str, value: int
) -> None:
    lines = [Item("boots"), Item("sandals", quantity=2)]
    events = [
        did("cho", now - 2, "view_item", *lines),
        did("cho", now - 1, "view_item", Item("a},{b", quantity=2)),
        did("cho", now, "view_item"),
    ]
    asked = {"event": "view_item", "measure": measure, "of": of, "op": "=", "value": value}
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=events)
        assert rules.count_matching(tx, read_rule(asked), now, shop) == 1
