"""What does one leaf of a rule say, in the owner's language?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_date, format_decimal, format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.segment.rule import (
    Bucket,
    LocalDay,
    MeasureLeaf,
    NotFollowedLeaf,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    SequenceLeaf,
    TraitLeaf,
    Where,
    Window,
)
from plugin.segment.traits import BOOL, DATE, MONEY, NUMBER
from plugin.segment.value import AGES
from plugin.web.admin.words import event_noun, trait_label
from plugin.web.language import EPOCH, exact_span, major_money, moment

_MIDNIGHT = datetime(1970, 1, 1)
NOBODY: Mapping[str, str] = {}

SAYS = {
    "=": _l("%(what)s is %(value)s"),
    "!=": _l("%(what)s is not %(value)s"),
    "<": _l("%(what)s below %(value)s"),
    "<=": _l("%(what)s at most %(value)s"),
    ">": _l("%(what)s more than %(value)s"),
    ">=": _l("%(what)s at least %(value)s"),
    "between": _l("%(what)s from %(value)s"),
    "is": _l("%(what)s is %(value)s"),
    "is_not": _l("%(what)s is not %(value)s"),
    "in": _l("%(what)s is one of %(value)s"),
    "not_in": _l("%(what)s is none of %(value)s"),
    "contains": _l("%(what)s contains “%(value)s”"),
    "not_contains": _l("%(what)s does not contain “%(value)s”"),
    "starts_with": _l("%(what)s begins with “%(value)s”"),
    "ends_with": _l("%(what)s ends with “%(value)s”"),
    "has_any": _l("%(what)s has one of %(value)s"),
    "has_all": _l("%(what)s has all of %(value)s"),
    "has_none": _l("%(what)s has none of %(value)s"),
    "before": _l("%(what)s before %(value)s"),
    "after": _l("%(what)s after %(value)s"),
    "on": _l("%(what)s on %(value)s"),
    "newer_than": _l("%(what)s less than %(value)s ago"),
    "older_than": _l("%(what)s more than %(value)s ago"),
    "in_next": _l("%(what)s within the next %(value)s"),
    "anniversary_in_next": _l("%(what)s comes round within the next %(value)s"),
    "set": _l("%(what)s is known"),
    "unset": _l("%(what)s is not known"),
}
# The last or first of some events, as a thing that was some time ago.
LAST = {
    "purchase": _l("Last order"),
    "view_item": _l("Last product view"),
    "page_view": _l("Last page view"),
    "add_to_cart": _l("Last product put in the cart"),
    "begin_checkout": _l("Last checkout begun"),
}
FIRST = {"purchase": _l("First order"), "page_view": _l("First page view")}
MEASURES = {
    "days": _l("%(what)s, days with any"),
    "sum": _l("%(what)s, total %(of)s"),
    "avg": _l("%(what)s, average %(of)s"),
    "min": _l("%(what)s, lowest %(of)s"),
    "max": _l("%(what)s, highest %(of)s"),
    "distinct": _l("%(what)s, different by %(of)s"),
}
CALENDAR = {
    "today": _l("%(rule)s today"),
    "yesterday": _l("%(rule)s yesterday"),
    "this_week": _l("%(rule)s this week"),
    "last_week": _l("%(rule)s last week"),
    "this_month": _l("%(rule)s this month"),
    "last_month": _l("%(rule)s last month"),
}
# Params that are amounts of money.
MONEY_PARAMS = frozenset({"value", "price", "tax", "shipping", "discount"})
PARAMS = {
    "item_id": _l("product number"),
    "item_name": _l("product name"),
    "item_category": _l("category"),
    "item_brand": _l("brand"),
    "item_variant": _l("variant"),
    "price": _l("price"),
    "quantity": _l("pieces"),
    "value": _l("value"),
    "tax": _l("tax"),
    "shipping": _l("delivery cost"),
    "discount": _l("discount"),
    "currency": _l("currency"),
    "transaction_id": _l("order number"),
    "coupon": _l("coupon"),
    "search_term": _l("search term"),
    "page_location": _l("address of the page"),
    "page_title": _l("title of the page"),
}


def leaf_words(leaf: Rule, names: Mapping[str, str] = NOBODY) -> str:
    """What the leaf says. ``names``: segments by slug."""
    if isinstance(leaf, TraitLeaf):
        return _tested(leaf, trait_label(leaf.trait), _raw(leaf.document))
    if isinstance(leaf, MeasureLeaf):
        return _measure(leaf)
    if isinstance(leaf, RecencyLeaf):
        return _recency(leaf)
    if isinstance(leaf, SequenceLeaf):
        steps = str(_(", then ")).join(event_noun(name) for name in leaf.steps)
        if leaf.within is None:
            return steps
        return str(_("%(steps)s within %(span)s", steps=steps, span=exact_span(leaf.within)))
    if isinstance(leaf, NotFollowedLeaf):
        words = {"what": event_noun(leaf.event), "other": event_noun(leaf.by)}
        span = exact_span(leaf.within)
        return str(_("%(what)s, not followed within %(span)s by: %(other)s", span=span, **words))
    if isinstance(leaf, SegmentLeaf):
        return str(_("in the segment “%(name)s”", name=names.get(leaf.slug, leaf.slug)))
    if isinstance(leaf, Bucket):
        return str(_("a fixed %(share)s%% of visitors", share=exact_number(leaf.below)))
    return str(_("Everyone"))


def param_label(name: str) -> str:
    """What a param of an event is called; the shop's own keeps its name."""
    return str(PARAMS.get(name, name))


def exact_number(value: float) -> str:
    """A number in the reader's language with all its decimals: a threshold is not rounded."""
    return str(format_decimal(value, "#,##0.######"))


def _recency(leaf: RecencyLeaf) -> str:
    known = None if leaf.where else (FIRST if leaf.first else LAST).get(leaf.event)
    noun = _events(leaf)
    which = _("First: %(what)s", what=noun) if leaf.first else _("Last: %(what)s", what=noun)
    op = "older_than" if leaf.older else "newer_than"
    said = _compared(op, str(known or which), exact_span(leaf.span))
    return str(_("%(rule)s, or never", rule=said)) if leaf.or_never else said


def _measure(leaf: MeasureLeaf) -> str:
    what = _events(leaf)
    if leaf.measure in MEASURES:
        of = param_label(leaf.of or "")
        what = str(MEASURES[leaf.measure]) % {"what": what, "of": of}
    is_money = leaf.of in MONEY_PARAMS and leaf.measure != "distinct"
    write = major_money if is_money else exact_number
    return _in_window(_compared(leaf.op, what, _pair(leaf.values, write)), leaf.window)


def _in_window(said: str, window: Window) -> str:
    if window.within is not None:
        return str(_("%(rule)s in the last %(span)s", rule=said, span=exact_span(window.within)))
    if window.calendar is not None:
        return str(CALENDAR[window.calendar]) % {"rule": said}
    if window.since is not None and window.until is not None:
        low, high = _date(window.since), _date(window.until)
        return str(_("%(rule)s from %(low)s to %(high)s", rule=said, low=low, high=high))
    if window.since is not None:
        return str(_("%(rule)s since %(day)s", rule=said, day=_date(window.since)))
    if window.until is not None:
        return str(_("%(rule)s until %(day)s", rule=said, day=_date(window.until)))
    return said


def _events(leaf: MeasureLeaf | RecencyLeaf) -> str:
    """The events a leaf looks at: "Product views (category is shoes)"."""
    noun = event_noun(leaf.event)
    if not leaf.where:
        return noun
    told = leaf.document.get("where", []) if isinstance(leaf.document, Mapping) else []
    parts = [
        _tested(one, param_label(one.param), _raw(document))
        for one, document in zip(leaf.where, told, strict=True)
    ]
    return f"{noun} ({_(' and ').join(parts)})"


def _tested(leaf: TraitLeaf | Where, what: str, raw: object) -> str:
    said = _compared(leaf.op, what, _value(leaf, raw))
    return str(_("%(rule)s, or unknown", rule=said)) if leaf.include_unset else said


def _compared(op: str, what: str, value: str) -> str:
    return str(SAYS[op]) % {"what": what, "value": value}


def _value(leaf: TraitLeaf | Where, raw: object) -> str:
    if not leaf.values:
        return ""
    if leaf.kind == BOOL:
        return str(_("yes") if leaf.values[0] else _("no"))
    if leaf.kind == DATE:
        return _pair(leaf.values, exact_span if leaf.op in AGES else _date)
    if leaf.kind in (NUMBER, MONEY):
        return _pair(leaf.values, major_money if leaf.kind == MONEY else exact_number)
    # As the owner wrote it: ``values`` are folded for comparing.
    return ", ".join(map(_text, raw)) if isinstance(raw, list) else _text(raw)


def _text(value: object) -> str:
    return str(_("an empty text") if value == "" else value)


def _pair(values: tuple[Any, ...], write: Callable[[Any], str]) -> str:
    if len(values) == 2:
        low, high = values
        return str(_("%(low)s to %(high)s", low=write(low), high=write(high)))
    return str(write(values[0]))


def _date(at: int | LocalDay) -> str:
    if not isinstance(at, LocalDay):
        return moment(at)
    day = str(format_date(EPOCH + timedelta(days=at.day), "medium", rebase=False))
    if at.ms is None:
        return day
    midnight = timedelta(milliseconds=at.ms)
    clock = format_time((_MIDNIGHT + midnight).time(), "short", rebase=False)
    return f"{day} {clock}"


def _raw(document: object) -> object:
    return document.get("value") if isinstance(document, Mapping) else None
