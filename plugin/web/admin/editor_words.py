"""What may an owner choose from when building a rule, and what is it called?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from plugin.segment.leaf import KINDS as PARAM_KINDS
from plugin.segment.leaf import NEVER_EMPTY
from plugin.segment.traits import BOOL, DATE, LIST, MONEY, NUMBER, PREDICTIONS, TEXT, TRAITS
from plugin.segment.value import OPERATORS
from plugin.shop import Shop
from plugin.storage import seen, segments
from plugin.storage.engine import Tx
from plugin.web.admin.leaf_words import MONEY_PARAMS, param_label
from plugin.web.admin.words import EVENTS, event_noun, trait_label

OPS = {
    "=": _l("is exactly"),
    "!=": _l("is not"),
    "<": _l("below"),
    "<=": _l("at most"),
    ">": _l("more than"),
    ">=": _l("at least"),
    "between": _l("from … to …"),
    "is": _l("is"),
    "is_not": _l("is not"),
    "in": _l("is one of"),
    "not_in": _l("is none of"),
    "contains": _l("contains"),
    "not_contains": _l("does not contain"),
    "starts_with": _l("begins with"),
    "ends_with": _l("ends with"),
    "has_any": _l("has one of"),
    "has_all": _l("has all of"),
    "has_none": _l("has none of"),
    "before": _l("before"),
    "after": _l("after"),
    "on": _l("on the day"),
    "newer_than": _l("less than … ago"),
    "older_than": _l("more than … ago"),
    "in_next": _l("within the next"),
    "anniversary_in_next": _l("comes round within the next"),
    "set": _l("is known"),
    "unset": _l("is not known"),
}
KINDS = {
    "trait": _l("Something known of them"),
    "measure": _l("How often or how much they did something"),
    "recency": _l("How long ago they did something"),
    "sequence": _l("Did things one after the other"),
    "unfollowed": _l("Did something and then not another"),
    "segment": _l("Is in another segment"),
    "bucket": _l("A fixed share, by lot"),
    "everyone": _l("Everyone"),
}
MEASURES = {
    "count": _l("how many times"),
    "days": _l("on how many days"),
    "sum": _l("total of"),
    "avg": _l("average of"),
    "min": _l("lowest of"),
    "max": _l("highest of"),
    "distinct": _l("how many different"),
}
WINDOWS = {
    "ever": _l("at any time"),
    "within": _l("in the last"),
    "dates": _l("between two days"),
    "calendar": _l("by the calendar"),
}
CALENDARS = {
    "today": _l("today"),
    "yesterday": _l("yesterday"),
    "this_week": _l("this week"),
    "last_week": _l("last week"),
    "this_month": _l("this month"),
    "last_month": _l("last month"),
}
UNITS = {
    "m": _l("minutes"),
    "h": _l("hours"),
    "d": _l("days"),
    "w": _l("weeks"),
    "s": _l("seconds"),
}
COMPARED_AS = {
    TEXT: _l("a text"),
    NUMBER: _l("a number"),
    DATE: _l("a date"),
    BOOL: _l("yes or no"),
    LIST: _l("a list"),
}
GROUPS = {
    "all": _l("All of these"),
    "any": _l("At least one of these"),
    "none": _l("None of these"),
}
SHARE = _l("0 to 1")
# Which traits stand together; the first name that a trait's begins with decides.
TOGETHER = (
    (_l("Cart"), ("cart_", "hours_since_c", "hot_product", "free_ship")),
    (
        _l("Orders and money"),
        (
            "orders_", "units_", "revenue_", "refund", "first_order", "last_order",
            "days_since_last_order", "categories_bought", "discount_", "aov", "reorder",
            "replenish", "r", "f", "m",
        ),
    ),
    (
        _l("Visits"),
        (
            "first_seen", "last_seen", "sessions_", "days_since_", "pageviews_", "night_",
            "device_mobile",
        ),
    ),
    (
        _l("What they look at"),
        (
            "product_views", "searches_", "distinct_", "max_views", "top_", "zero_", "gift_",
            "review", "size_guide", "policy_", "last_item", "last_category", "view_price", "eco_",
            "sale_", "new_arrival", "oos_",
        ),
    ),
    (
        _l("Device and place"),
        (
            "device", "browser", "in_app", "language", "country", "season", "is_home", "in_store",
            "in_slow", "slow_",
        ),
    ),
    (_l("Where they came from"), ("channel_", "source_", "campaign_", "landing_")),
    (_l("Popups and windows"), ("popup_", "rec_", "coupon_")),
    (
        _l("Who they are"),
        ("identified", "customer_id", "email", "trait_answers", "days_to_birthday", "lead_"),
    ),
)  # fmt: skip
OTHERS, DECLARED = _l("Others"), _l("Told by visitors or by the shop")
SEEN, NOT_SEEN = _l("Seen in the shop"), _l("Not seen yet")
PREDICTED = _l("Predictions, unknown until there are some")
WORDS = {
    "what": _l("What it looks at"),
    "trait": _l("What is known"),
    "event": _l("What they did"),
    "measure": _l("Which figure"),
    "of": _l("Of what"),
    "op": _l("How it compares"),
    "value": _l("Value"),
    "from": _l("From"),
    "to": _l("To"),
    "unit": _l("Unit of time"),
    "window": _l("When"),
    "calendar": _l("Which days"),
    "compared": _l("Compared as"),
    "yes": _l("yes"),
    "no": _l("no"),
    "empty": _l("an empty text"),
    "unset": _l("or not known"),
    "never": _l("or never"),
    "which": _l("First or last time"),
    "last": _l("the last time"),
    "first": _l("the first time"),
    "then": _l("then"),
    "step": _l("Step {number}"),
    "addStep": _l("One more step"),
    "dropStep": _l("Take step {number} away"),
    "inTime": _l("all within"),
    "afterwards": _l("and not within"),
    "other": _l("What they did not do"),
    "segment": _l("Segment"),
    "noSegment": _l("There is no other segment yet."),
    "salt": _l("Name of the draw"),
    "percent": _l("percent of visitors"),
    "where": _l("Only those where"),
    "addWhere": _l("Only some of them…"),
    "dropWhere": _l("Take this away"),
    "param": _l("Detail"),
    "lines": _l("One a line"),
    "known": _l("Seen so far"),
    "group": _l("How these go together"),
    "addLeaf": _l("Add a condition"),
    "addGroup": _l("Add a group"),
    "dropLeaf": _l("Remove this condition"),
    "dropGroup": _l("Remove this group"),
    "removed": _l("Removed."),
    "use": _l("Use “{name}”"),
    "nothing": _l("Nothing is called so."),
    "choosing": _l("By choosing"),
    "text": _l("As text"),
    "tabs": _l("How to write the rule"),
    "noJson": _l("This cannot be read yet: {why}"),
    "counting": _l("Counting…"),
    "about": _l("about {count} visitors"),
    "exactly": _l("{count} visitors"),
    "single": _l("1 visitor"),
    "leafCount": _l("{count} by itself"),
    "leafAbout": _l("about {count} by itself"),
    "sample": _l("Some of them, seen last first"),
    "overlap": _l("Also in"),
    "both": _l("{both} of {size}"),
    "moves": _l("If you save it"),
    "entering": _l("{count} enter"),
    "leaving": _l("{count} leave"),
    "stays": _l("Nobody enters or leaves."),
    "offline": _l("The answer did not come. It is asked again with your next change."),
    "signedOut": _l("You are signed out. Keep the text of the rule, sign in and come back."),
    "wrong": _l("Something is not right yet; it is marked below."),
}


def choices(tx: Tx, shop: Shop, slug: str | None) -> dict[str, Any]:
    """All that can be chosen in this shop, in the reader's language. ``slug``: of the edited."""
    told = seen.declared(tx)
    return {
        "currency": shop.currency,
        "traits": _traits(shop, told, seen.values(tx)),
        "events": _events(seen.events(tx)),
        "params": _params(shop, seen.product_values(tx)),
        "paramsOf": seen.params(tx),
        "segments": [
            {"name": one.slug, "label": one.name}
            for one in segments.definitions(tx)
            if one.slug != slug
        ],
        "ops": {kind: _pairs(OPS, ops) for kind, ops in OPERATORS.items()},
        "set": _pairs(OPS, ("set", "unset")),
        **{
            name: _pairs(table, table)
            for name, table in (
                ("kinds", KINDS), ("measures", MEASURES), ("windows", WINDOWS), ("units", UNITS),
                ("calendar", CALENDARS), ("comparedAs", COMPARED_AS), ("groups", GROUPS),
            )
        },
        "words": {name: str(words) for name, words in WORDS.items()},
    }  # fmt: skip


def trait_group(name: str) -> str:
    """Under which heading a trait stands."""
    for heading, beginnings in TOGETHER:
        if any(name == one or (len(one) > 1 and name.startswith(one)) for one in beginnings):
            return str(heading)
    return str(OTHERS)


def trait_unit(name: str, kind: str, shop: Shop) -> str:
    """The unit of a trait's number: a currency, days, hours, a share; "": a plain count."""
    if kind == MONEY:
        return shop.currency
    if kind != NUMBER:
        return ""
    if "share" in name or name.startswith("p_"):
        return str(SHARE)
    if name.startswith("days_"):
        return str(UNITS["d"])
    return str(UNITS["h"]) if name.startswith("hours_") else ""


def _traits(
    shop: Shop, told: dict[str, list[str]], values: dict[str, list[str]]
) -> list[dict[str, Any]]:
    found = [
        {
            "name": trait.name,
            "label": trait_label(trait.name),
            "group": trait_group(trait.name),
            "kind": trait.kind,
            "unit": trait_unit(trait.name, trait.kind, shop),
            "values": values.get(trait.name, []),
        }
        for trait in TRAITS.values()
    ]
    order = [str(heading) for heading, _ in TOGETHER]
    found.sort(key=lambda one: order.index(one["group"]) if one["group"] in order else len(order))
    found += [
        {"name": name, "label": trait_label(name), "group": str(DECLARED), "values": values}
        for name, values in told.items()
        if name not in TRAITS
    ]
    found += [
        {"name": name, "label": trait_label(name), "group": str(PREDICTED), "kind": NUMBER,
         "unit": trait_unit(name, NUMBER, shop), "values": []}
        for name in sorted(PREDICTIONS - TRAITS.keys())
    ]  # fmt: skip
    return found


def _events(names: Iterable[str]) -> list[dict[str, str]]:
    came = set(names)
    found = [{"name": one, "label": event_noun(one), "group": str(SEEN)} for one in sorted(came)]
    rest = [one for one in EVENTS if one not in came]
    return found + [{"name": one, "label": event_noun(one), "group": str(NOT_SEEN)} for one in rest]


def _params(shop: Shop, values: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Params that have a kind of their own, for every event that has them."""
    return [
        {
            "name": name,
            "label": param_label(name),
            "kind": kind,
            "unit": shop.currency if kind == MONEY or name in MONEY_PARAMS else "",
            "values": values.get(name, []),
            "empty": kind == TEXT and name not in NEVER_EMPTY,
        }
        for name, kind in PARAM_KINDS.items()
    ]


def _pairs(table: dict[str, Any], names: Iterable[str]) -> list[list[str]]:
    return [[name, str(table[name])] for name in names]
