"""Which rules, people and moments do the property tests try?"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from plugin.collect.event import Item
from plugin.profile.profile import Profile
from plugin.segment.facts import Facts, Happening
from plugin.shop import DAY, HOUR, MINUTE, to_minor
from tests.segment.oracle import Person

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Seoul", "Australia/Lord_Howe")
# An ordinary Tuesday, month's ends, leap days, and around the nights when clocks are set.
MOMENTS = (
    1_790_046_000_000, 1_774_746_000_000, 1_792_889_100_000, 1_772_954_400_000, 1_793_512_800_000,
    1_775_314_800_000, 1_791_041_400_000, 1_772_276_400_000, 1_835_359_200_000, 1_798_758_000_000,
)  # fmt: skip
NAMES = ("view_item", "add_to_cart", "purchase", "survey_answer")
SPANS = ("1h", "24h", "25h", "1d", "7d", "30d")
AGO = (0, 1, MINUTE, HOUR - 1, HOUR, HOUR + 1, DAY - 1, DAY, DAY + 1, 25 * HOUR, 2 * DAY, 7 * DAY,
       7 * DAY + 1, 30 * DAY, 35 * DAY, -1, -HOUR, -DAY, -8 * DAY)  # fmt: skip
CATEGORIES = ("Shoes", "ｓｈｏｅｓ", "Große Schuhe", "신발", "50%_OFF!")  # noqa: RUF001
compares = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))
texts = st.sampled_from(("shoes", "GROSSE SCHUHE", "신발", "%", "s", "red", "b-1", "EUR"))
text_ops = st.sampled_from(
    ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "in", "not_in")
)
spans = st.sampled_from(SPANS)


def told(**keys: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A document whose keys are drawn; a key that draws None is left out."""
    return st.fixed_dictionaries(
        {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in keys.items()}
    ).map(lambda found: {key: value for key, value in found.items() if value is not None})


def listed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a list where its operator wants one."""
    many = document["op"] in ("in", "not_in", "has_any", "has_all", "has_none")
    if document["op"] == "between":
        return {**document, "value": sorted([document["value"], document["value"] + 2])}
    return {**document, "value": [document["value"], "blue"]} if many else document


days = st.sampled_from(("2026-09-22", "2026-03-29", "2026-10-25", "2026-11-01", "2026-02-28"))
clocks = st.sampled_from(
    (
        "2026-09-22T01:30:00",
        "2026-10-25T02:30",
        "2026-03-29T02:30",
        "2026-10-25T00:30:00Z",
        1_790_046_000_000,
    )
)
dated = st.one_of(
    told(op=st.sampled_from(("before", "after", "on")), value=days | clocks),
    told(op="between", value=st.lists(days, min_size=2, max_size=2).map(sorted)),
    told(
        op=st.sampled_from(("newer_than", "older_than", "in_next", "anniversary_in_next")),
        value=spans,
    ),
)
numbered = told(
    op=compares | st.just("between"), value=st.sampled_from((0, 1, 2, 3, 12.5, 30))
).map(listed)
worded = told(op=text_ops, value=texts).map(listed)
# Asks for an empty text.
empty = told(op=st.sampled_from(("is", "is_not", "in", "not_in")), value=st.just("")).map(listed)
sets = told(op=st.sampled_from(("set", "unset")))
many = told(op=st.sampled_from(("has_any", "has_all", "has_none")), value=texts).map(listed)
true = told(op="is", value=st.booleans())


def about(key: str, names: tuple[str, ...], *tests: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Conditions of some kinds about one of ``names``."""
    return st.builds(
        lambda name, test, unset: {key: name, **test} | ({"include_unset": True} if unset else {}),
        st.sampled_from(names),
        st.one_of(*tests),
        st.booleans(),
    )


conditions = st.one_of(
    about("param", ("price", "value", "quantity", "tax", "rating"), numbered, sets),
    about("param", ("item_id", "item_category", "color", "currency", "none"), worded, sets),
    about("param", ("item_category", "color"), empty),
    about("param", ("color",), many),
    about("param", ("wanted_on",), dated),
    about("param", ("gift",), true, sets),
)
traits = st.one_of(
    about("trait", ("age", "birthday"), numbered, sets),
    about("trait", ("birthday",), dated, sets),
    about("trait", ("size", "colors", "age"), worded, sets),
    about("trait", ("size",), empty),
    about("trait", ("colors",), many, sets),
    about("trait", ("vip", "size"), true),
    about("trait", ("first_seen",), dated),
    about("trait", ("p_churn",), numbered),
)
windows = st.one_of(
    st.just({}),
    told(within=spans),
    told(
        calendar=st.sampled_from(
            ("today", "yesterday", "this_week", "last_week", "this_month", "last_month")
        )
    ),
    told(since=days | clocks),
    told(until=days | clocks),
    told(since=st.just("2026-02-28"), until=days),
)
wheres = st.one_of(
    st.just({}), st.just({}), told(where=st.lists(conditions, min_size=1, max_size=2))
)
names = st.sampled_from(NAMES)
measured = st.one_of(
    told(measure=st.sampled_from(("count", "days"))),
    told(
        measure=st.sampled_from(("sum", "avg", "min", "max", "distinct")),
        of=st.sampled_from(
            ("value", "price", "quantity", "rating", "item_id", "color", "tax", "item_category")
        ),
    ),
)
measures = st.builds(
    lambda name, what, test, window, where: {"event": name, **what, **test, **window, **where},
    names,
    measured,
    numbered,
    windows,
    wheres,
)
recencies = st.builds(
    lambda name, which, how, value, never, where: {
        "event": name, which: how, "value": value, "or_never": never, **where,
    },
    names,
    st.sampled_from(("last", "first")),
    st.sampled_from(("older_than", "newer_than")),
    spans,
    st.booleans(),
    wheres,
)  # fmt: skip
courses = st.one_of(
    told(sequence=st.lists(names, min_size=2, max_size=3), within=spans | st.none()),
    told(event=names, not_followed_by=names, within=spans),
)
leaf_rules = st.one_of(measures, measures, traits, recencies, courses, st.just({"everyone": True}))
rules = st.recursive(
    leaf_rules,
    lambda parts: st.one_of(
        told(all=st.lists(parts, min_size=1, max_size=3)),
        told(any=st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, parts),
    ),
    max_leaves=4,
)
item = st.fixed_dictionaries(
    {"item_id": st.sampled_from(("b-1", "b-2", "c-1"))},
    optional={
        "item_category": st.sampled_from((*CATEGORIES, "")),
        "price": st.sampled_from((1, 2, 12.5, 30)),
        "quantity": st.sampled_from((1, 2, 0.5)),
    },
).map(lambda one: {"quantity": 1, **one})
params = st.fixed_dictionaries(
    {
        "value": st.sampled_from((1, 2, 12.5, None)),
        "rating": st.sampled_from((1, 2, 0.1, "3", "", None)),
    },
    optional={
        "tax": st.sampled_from((1, 0.1, 0.2)),
        "currency": st.sampled_from(("EUR", "EUR", "USD")),
        "color": st.sampled_from(("red", "Red, blue", "", "BLUE")),
        "gift": st.booleans(),
        "wanted_on": days | clocks,
    },
)
event = st.fixed_dictionaries(
    {
        "name": names,
        "ago": st.sampled_from(AGO),
        "params": params,
        "items": st.lists(item, max_size=2),
    }
)
histories = st.lists(event, min_size=1, max_size=9)
declared = st.fixed_dictionaries(
    {},
    optional={
        "age": st.sampled_from((2, 12.5, "2", "")),
        "birthday": st.sampled_from(
            (
                "2000-02-29",
                "1990-09-22",
                "1990-09-29",
                "2026-10-25",
                "2026-09-29T01:00",
                "no",
                "",
                3,
            )
        ),
        "size": st.sampled_from(("GROSSE SCHUHE", "", True)),
        "colors": st.sampled_from(("red, Blue", "s", ",", "")),
        "vip": st.booleans(),
    },
)


def person(now: int, history: list[dict[str, Any]], known: dict[str, Any]) -> Person:
    """The person of the oracle; every event has money of one currency, the shop's or another."""
    events = [
        {
            "name": one["name"],
            "at": now - one["ago"],
            "id": f"event-{place}",
            "params": {"currency": "EUR", **without(one["params"])},
            "items": one["items"],
        }
        for place, one in enumerate(history)
    ]
    return Person(events, known)


def without(params: dict[str, Any]) -> dict[str, Any]:
    """The params that have a value."""
    return {name: value for name, value in params.items() if value is not None}


def facts_of(who: Person) -> Facts:
    """The same person as the program knows it."""
    by_name: dict[str, list[Happening]] = {}
    for event in sorted(who.events, key=lambda one: (one["at"], one["id"])):
        by_name.setdefault(event["name"], []).append(_happening(event))
    events = {name: tuple(found) for name, found in by_name.items()}
    times = {name: tuple(one.at for one in found) for name, found in events.items()}
    first = min(event["at"] for event in who.events)
    known = {name: (value, first) for name, value in who.declared.items()}
    profile = Profile("cho-0123456789abcdef", first_seen_at=first, declared=known)
    return Facts(profile, times, events)


def _happening(event: dict[str, Any]) -> Happening:
    params = dict(event["params"])
    currency, value = params.pop("currency"), params.pop("value", None)
    return Happening(
        event["at"],
        event["id"],
        params,
        tuple(_item(one, currency) for one in event["items"]),
        None if value is None else to_minor(value, currency),
        currency,
    )


def _item(one: dict[str, Any], currency: str) -> Item:
    price = one.get("price")
    return Item(
        one["item_id"],
        category=one.get("item_category"),
        price=None if price is None else to_minor(price, currency),
        quantity=float(one["quantity"]),
    )
