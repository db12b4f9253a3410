"""What does a rule say, in the owner's language?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import PluginError
from plugin.segment.rule import All, AnyOf, Not, Rule, read_rule
from plugin.web.admin.leaf_words import NOBODY, leaf_words
from plugin.web.admin.troubles import trouble_line
from plugin.web.language import exact_span

MOMENTS = {
    "load": _l("When the page opens"),
    "exit": _l("When about to leave"),
    "tab_return": _l("Back from another tab"),
    "add_to_cart": _l("When something is put in the cart"),
    "click": _l("At a click"),
    "event": _l("When the page reports an event"),
    "zero_results": _l("After a search that found nothing"),
    "segment_entered": _l("When they come into a segment"),
}


@dataclass(frozen=True)
class RuleWords:
    """A rule as lines; ``joined``: "all" or "any" of them hold (one line: "all")."""

    lines: tuple[str, ...]
    joined: str = "all"


def rule_words(document: object, names: Mapping[str, str] = NOBODY) -> RuleWords:
    """What the rule in ``document`` says; one that cannot be read: why. ``names``: segments."""
    try:
        rule = read_rule(document)
    except PluginError as trouble:
        return RuleWords((trouble_line(trouble.message),))
    if isinstance(rule, (All, AnyOf)):
        lines = tuple(_said(part, names) for part in rule.parts)
        return RuleWords(lines, "all" if isinstance(rule, All) else "any")
    return RuleWords((_said(rule, names),))


def audience_words(body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Whom a popup or window is for, in one line. ``names``: segments by slug."""
    audience = body.get("audience")
    if not isinstance(audience, Mapping):
        return str(_("Everyone"))
    if "segment" in audience:
        slug = str(audience["segment"])
        return names.get(slug, slug)
    words = rule_words(audience.get("rule"), names)
    return (_and() if words.joined == "all" else _or()).join(words.lines)


def trigger_words(body: Mapping[str, Any]) -> str:
    """When a popup opens; of several moments the first that comes."""
    trigger = body.get("trigger")
    several = trigger if isinstance(trigger, list) else [trigger]
    return _or().join(_moment(one) for one in several if isinstance(one, Mapping)) or "-"


def _moment(trigger: Mapping[str, Any]) -> str:
    on = str(trigger.get("on") or "-")
    if on == "time":
        return str(_("After %(time)s", time=_seconds(trigger, 5)))
    if on == "idle":
        return str(_("After %(time)s without a touch", time=_seconds(trigger, 30)))
    if on == "scroll":
        return str(_("%(part)s %% down the page", part=trigger.get("percent", 50)))
    if on == "nth_page":
        return str(_("On page %(number)s of a visit", number=trigger.get("pages", 2)))
    if on == "cart_value":
        return str(_("Once the cart is worth %(value)s", value=trigger.get("value", "…")))
    return str(MOMENTS.get(on, on))


def _seconds(trigger: Mapping[str, Any], absent: int) -> str:
    return exact_span(round(float(trigger.get("seconds", absent)) * 1000))


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


def _said(rule: Rule, names: Mapping[str, str]) -> str:
    if isinstance(rule, (All, AnyOf)):
        word = _and() if isinstance(rule, All) else _or()
        return "(" + word.join(_said(part, names) for part in rule.parts) + ")"
    if isinstance(rule, Not):
        return str(_("not: %(rule)s", rule=_said(rule.part, names)))
    return leaf_words(rule, names)
