"""What does a rule say, in the owner's language?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import PluginError
from plugin.segment.explain import as_text
from plugin.segment.rule import (
    All,
    AnyOf,
    Bucket,
    Everyone,
    LocalDay,
    MeasureLeaf,
    Not,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    TraitLeaf,
    read_rule,
)
from plugin.segment.traits import BOOL, DATE, MONEY, NUMBER
from plugin.web.admin.words import event_noun, trait_label
from plugin.web.language import exact_span, major_money, moment, number

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
    "before": _l("%(what)s before %(value)s"),
    "after": _l("%(what)s after %(value)s"),
    "newer_than": _l("%(what)s less than %(value)s ago"),
    "older_than": _l("%(what)s more than %(value)s ago"),
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


@dataclass(frozen=True)
class RuleWords:
    """A rule as lines; ``joined``: "all" or "any" of them hold (one line: "all")."""

    lines: tuple[str, ...]
    joined: str = "all"


def rule_words(document: object) -> RuleWords:
    """What the rule in ``document`` says; a rule of another version is said to be unreadable."""
    try:
        rule = read_rule(document)
    except PluginError as trouble:
        return RuleWords((trouble.message,))
    if isinstance(rule, (All, AnyOf)):
        lines = tuple(_said(part) for part in rule.parts)
        return RuleWords(lines, "all" if isinstance(rule, All) else "any")
    return RuleWords((_said(rule),))


def audience_words(body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Whom a popup or window is for, in one line. ``names``: segments by slug."""
    audience = body.get("audience")
    if not isinstance(audience, Mapping):
        return str(_("Everyone"))
    if "segment" in audience:
        slug = str(audience["segment"])
        return names.get(slug, slug)
    words = rule_words(audience.get("rule"))
    return (_and() if words.joined == "all" else _or()).join(words.lines)


def trigger_words(body: Mapping[str, Any]) -> str:
    """When a popup opens."""
    trigger = body.get("trigger")
    on = trigger.get("on") if isinstance(trigger, Mapping) else None
    if on == "load":
        return str(_("When the page opens"))
    if on == "exit":
        return str(_("When about to leave"))
    if on == "time" and isinstance(trigger, Mapping):
        return str(
            _("After %(time)s", time=exact_span(round(float(trigger.get("seconds", 5)) * 1000)))
        )
    return str(on or "-")


def pages_words(body: Mapping[str, Any]) -> str:
    """On which pages; a pattern that begins with "!" leaves pages out."""
    placement = body.get("placement")
    placed = placement.get("pages") if isinstance(placement, Mapping) else None
    patterns = [str(one) for one in placed or body.get("pages") or []]
    within = [one for one in patterns if not one.startswith("!")]
    without = [one[1:] for one in patterns if one.startswith("!")]
    said = ", ".join(within) or str(_("All pages"))
    return (
        str(_("%(pages)s, but not %(others)s", pages=said, others=", ".join(without)))
        if (without)
        else said
    )


def _and() -> str:
    return str(_(" and "))


def _or() -> str:
    return str(_(" or "))


def _said(rule: Rule) -> str:
    if isinstance(rule, (All, AnyOf)):
        word = _and() if isinstance(rule, All) else _or()
        return "(" + word.join(_said(part) for part in rule.parts) + ")"
    if isinstance(rule, Not):
        return str(_("not: %(rule)s", rule=_said(rule.part)))
    if isinstance(rule, TraitLeaf) and rule.op in SAYS:
        said = _compared(rule.op, trait_label(rule.trait), _trait_value(rule))
        return str(_("%(rule)s, or unknown", rule=said)) if rule.include_unset else said
    if isinstance(rule, MeasureLeaf) and _is_plain(rule):
        said = _compared(rule.op, event_noun(rule.event), _numbers(rule.values))
        within = rule.window.within
        if within is None:
            return said
        return str(_("%(rule)s in the last %(span)s", rule=said, span=exact_span(within)))
    if isinstance(rule, RecencyLeaf) and not rule.where:
        return _recency(rule)
    if isinstance(rule, SegmentLeaf):
        return str(_("in the segment “%(name)s”", name=rule.slug))
    if isinstance(rule, Bucket):
        return str(_("a fixed %(share)s%% of visitors", share=number(rule.below)))
    return str(_("Everyone")) if isinstance(rule, Everyone) else as_text(rule)


def _is_plain(rule: MeasureLeaf) -> bool:
    """A count of all events of a name, in the last days or ever."""
    window = rule.window
    other = window.calendar or window.since is not None or window.until is not None
    return rule.measure == "count" and not rule.where and not other


def _recency(rule: RecencyLeaf) -> str:
    known = (FIRST if rule.first else LAST).get(rule.event)
    noun = event_noun(rule.event)
    which = _("First: %(what)s", what=noun) if rule.first else _("Last: %(what)s", what=noun)
    what = known or which
    said = _compared("older_than" if rule.older else "newer_than", str(what), exact_span(rule.span))
    return str(_("%(rule)s, or never", rule=said)) if rule.or_never else said


def _compared(op: str, what: str, value: str) -> str:
    return str(SAYS[op]) % {"what": what, "value": value}


def _numbers(values: tuple[float, ...], write: Any = number) -> str:
    if len(values) == 2:
        low, high = values
        return str(_("%(low)s to %(high)s", low=write(low), high=write(high)))
    return str(write(values[0]))


def _trait_value(leaf: TraitLeaf) -> str:
    if not leaf.values:
        return ""
    if leaf.kind == BOOL:
        return str(_("yes") if leaf.values[0] else _("no"))
    if leaf.kind == DATE and not any(isinstance(one, LocalDay) for one in leaf.values):
        write = exact_span if leaf.op in ("newer_than", "older_than") else moment
        return _numbers(leaf.values, write)
    if leaf.kind in (NUMBER, MONEY):
        return _numbers(leaf.values, major_money if leaf.kind == MONEY else number)
    # As the owner wrote it: ``values`` are folded for comparing.
    raw = leaf.document.get("value") if isinstance(leaf.document, Mapping) else None
    return ", ".join(str(one) for one in raw) if isinstance(raw, list) else str(raw)
