"""Which rules and people do the tests of SQL try? Those of the evaluator's tests, collected, and
what only a store has: known traits, segments, buckets, orders that were told of twice.
"""

from __future__ import annotations

import uuid
from random import Random
from typing import Any

from hypothesis import strategies as st

from plugin.collect.event import Event, Item
from plugin.shop import HOUR, Shop, to_minor
from tests.segment import lives

# Letters that fold in ways of their own: by case, width, ligature, composition, to none, to two.
WORDS = (
    "Straße", "STRASSE", "ﬁn", "İstanbul", "Ὀδυσσεύς", "e\u0301tude", "Étude", "ﾊﾞｯｸﾞ", "バッグ",
    " 신발 ", "신발", "%_!", "a\u200bb", "K", "ĳ", "ΣΑΣ", "٣", "\u3000x", "3", "true", "1e-05",
    " \u3000",
)  # fmt: skip
words = st.sampled_from(WORDS)
SENT = (*WORDS, "")  # a page may send an empty text
sent = st.sampled_from(SENT)
worded = lives.told(op=lives.text_ops, value=words).map(lives.listed)
known_traits = st.one_of(
    lives.about(
        "trait",
        ("orders_total", "revenue_total", "units_total", "cart_value_now", "product_views_30d",
         "orders_365d", "days_since_last_order", "hours_since_cart_update", "days_since_last_seen"),
        lives.numbered,
        lives.sets,
    ),
    lives.about("trait", ("last_category", "last_item_id", "town", "country"), worded, lives.sets),
    lives.about("trait", ("town",), lives.empty),
    lives.about("trait", ("last_order", "last_seen", "first_order"), lives.dated, lives.sets),
    lives.about("trait", ("identified",), lives.true),
)  # fmt: skip
conditions = st.one_of(
    lives.about("param", ("word", "item_name", "item_brand", "transaction_id"), worded, lives.sets),
    lives.about("param", ("word", "item_name", "item_brand"), lives.empty),
    lives.about("param", ("word", "rating"), lives.many, lives.sets),
    lives.about("param", ("number",), lives.numbered, worded, lives.sets),
    lives.about("param", ("value",), lives.numbered, lives.sets),
    lives.about("param", ("word",), lives.true),
)
filtered = st.builds(
    lambda name, what, test, where: {"event": name, **what, **test, "where": where},
    lives.names,
    st.one_of(
        lives.told(measure=st.sampled_from(("count", "days"))),
        lives.told(
            measure=st.sampled_from(("sum", "avg", "min", "max", "distinct")),
            of=st.sampled_from(
                ("number", "word", "item_name", "item_brand", "transaction_id", "currency")
            ),
        ),
    ),
    lives.numbered,
    st.lists(conditions, min_size=1, max_size=2),
)
repeated = lives.told(
    sequence=st.lists(st.sampled_from(lives.NAMES[:2]), min_size=2, max_size=5),
    within=lives.spans | st.none(),
)
leaf_rules = st.one_of(
    lives.leaf_rules,
    lives.leaf_rules,
    known_traits,
    filtered,
    repeated,
    st.sampled_from(
        ({"segment": "vip"}, {"bucket": "spring", "below": 40}, {"bucket": "신발:", "below": 0.5})
    ),
)
rules = st.recursive(
    leaf_rules,
    lambda parts: st.one_of(
        lives.told(all=st.lists(parts, min_size=1, max_size=3)),
        lives.told(any=st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, parts),
    ),
    max_leaves=4,
)
LINE = {
    "item_category": (*lives.CATEGORIES, ""),
    "price": (1, 2, 12.5, 30),
    "quantity": (1, 2, 0.5),
}
more_params = st.fixed_dictionaries(
    {}, optional={"word": sent | st.booleans(), "number": st.sampled_from((0, -3, 0.1, 2.5, 1.0))}
)
told = st.tuples(lives.event, more_params, sent, st.booleans())
people = st.tuples(st.lists(told, min_size=1, max_size=6), lives.declared, sent)
VALUES = {
    "value": (1, 2, 12.5, 30), "tax": (1, 0.1, 0.2), "currency": ("EUR", "EUR", "USD"),
    "rating": (1, 2, 3, 0.1, 0.2, "3", True), "color": ("red", "Red, blue", "BLUE", ""),
    "gift": (True, False), "number": (0, -3, 0.1, 2.5, 1.0), "word": (*SENT, True),
    "wanted_on": ("2026-09-22", "2026-03-29", "2026-09-22T01:30:00", 1_790_046_000_000),
}  # fmt: skip
DECLARED = {
    "age": (2, 12.5, "2"), "birthday": ("2000-02-29", "1990-09-22", "1990-09-29", "no", 3),
    "size": ("GROSSE SCHUHE", True, ""), "colors": ("red, Blue", "s", ",", ""),
    "vip": (True, False),
}  # fmt: skip


def crowd(rng: Random, size: int) -> list[Any]:
    """So many people of the same kind who did much, so that most rules hold for some of them."""
    return [
        (
            [_told(rng) for _ in range(rng.randint(1, 16))],
            _some(rng, DECLARED),
            rng.choice(SENT),
        )
        for _ in range(size)
    ]


def _told(rng: Random) -> Any:
    lines = [_some(rng, LINE) | {"item_id": rng.choice(("b-1", "b-2", "c-1"))} for _ in "ab"]
    lines = [{"quantity": 1, **line} for line in lines[: rng.randint(0, 2)]]
    ago = rng.choice(lives.AGO) + rng.choice((0, 0, 1, HOUR))
    event = {"name": rng.choice(lives.NAMES), "ago": ago, "params": _some(rng, VALUES)}
    return {**event, "items": lines}, {}, rng.choice(SENT), rng.random() < 0.3


def _some(rng: Random, values: dict[str, Any]) -> dict[str, Any]:
    """Some of the keys, each with one of its values."""
    return {key: rng.choice(found) for key, found in values.items() if rng.random() < 0.6}


def events_of(person: str, one: Any, now: int, shop: Shop) -> list[Event]:
    """What a person of ``people`` did, as it is collected."""
    history, declared, town = one
    events = [_event(person, now, place, *told) for place, told in enumerate(history)]
    known = {**declared, "town": town}
    at = min(event.at for event in events)
    return [*events, Event(_id(), person, "identify", at, now, known)]


def _event(
    person: str, now: int, place: int, told: Any, more: dict[str, Any], word: str, twice: bool
) -> Event:
    params = {"currency": "EUR", **told["params"], **more}
    currency, value = params.pop("currency"), params.pop("value", None)
    items = tuple(_item(line, currency, word) for line in told["items"])
    name = told["name"]
    # An order that is told of again counts once.
    order = f"{person}-{0 if twice else place}" if name == "purchase" else None
    at = now - told["ago"]
    minor = None if value is None else to_minor(value, currency)
    return Event(
        _id(), person, name, at, now, params, items, currency, minor, order,
        source="server" if twice else "browser",
    )  # fmt: skip


def _item(line: dict[str, Any], currency: str, word: str) -> Item:
    price = line.get("price")
    return Item(
        line["item_id"],
        name=word,
        brand=word if line["quantity"] == 2 else None,
        category=line.get("item_category"),
        price=None if price is None else to_minor(price, currency),
        quantity=line["quantity"],
    )


def _id() -> str:
    return uuid.uuid4().hex
