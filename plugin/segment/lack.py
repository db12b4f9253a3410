"""What is the nearest change that would make a leaf true for a visitor, and by when?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from plugin.segment.dates import last_ms
from plugin.segment.evaluate import leaf_verdict
from plugin.segment.facts import Facts
from plugin.segment.figure import MONEY_FIELDS, Judge, figures
from plugin.segment.say import events_text, moment_text, span_text
from plugin.segment.select import selection
from plugin.segment.shape import MeasureLeaf, RecencyLeaf, Rule, TraitLeaf, Window
from plugin.segment.traits import TRAITS
from plugin.segment.window import next_edge
from plugin.shop import Shop

MOST_LOOKS = 50
ADDED = ("count", "days", "distinct", "sum")  # figures that one more event raises


def missing(leaf: Rule, facts: Facts, now: int, shop: Shop) -> str:
    """What would make a leaf that does not hold true: an act, or else time; "": nothing tells."""
    if isinstance(leaf, MeasureLeaf):
        act = _more(leaf, facts, now, shop)
    elif isinstance(leaf, RecencyLeaf):
        act = _again(leaf, facts, now, shop)
    elif isinstance(leaf, TraitLeaf) and leaf.trait in TRAITS and TRAITS[leaf.trait].counts:
        act = _more_of_trait(leaf, facts, now, shop)
    else:
        act = ""
    return act or _wait(leaf, facts, now, shop)


def _wait(leaf: Rule, facts: Facts, now: int, shop: Shop) -> str:
    moment = now
    for _ in range(MOST_LOOKS):
        later = leaf_verdict(leaf, facts, moment, shop).next_check
        if later is None:
            return ""
        moment = later
        if leaf_verdict(leaf, facts, moment, shop).holds:
            return f"wait until {moment_text(moment, shop.timezone)}"
    return ""


def _more(leaf: MeasureLeaf, facts: Facts, now: int, shop: Shop) -> str:
    """How much more of a figure that is too low, and by when, so that what counts still counts."""
    if leaf.measure not in ADDED or (leaf.window.calendar or "").startswith(("yester", "last")):
        return ""
    money, zone = shop.currency, shop.timezone
    chosen = selection(leaf.event, leaf.where, leaf.measure, leaf.of, money, zone)
    found = chosen.chosen(facts, now)
    judge = Judge(leaf, money, zone)
    low, high = judge.edges(found.times, now)
    parts = found.values[low:high] if found.values else [()] * (high - low)
    figure = list(figures(leaf.measure, parts))[-1] or 0
    lacking = _lacking(leaf.op, judge.to, figure, whole=leaf.measure != "sum")
    if lacking is None or (judge.until is not None and judge.until <= now):
        return ""
    return _amount(leaf, lacking, shop) + _until(leaf.window, found.times[low:high], now, zone)


def _lacking(op: str, to: Sequence[float], figure: float, *, whole: bool) -> float | None:
    """How much a figure is too low; None: it is not, or more would not do."""
    if op not in ("=", ">=", ">", "between") or figure > to[0] or (op != ">" and figure == to[0]):
        return None
    if whole and op == ">":
        return math.floor(to[0]) + 1 - figure
    lacking = math.ceil(to[0]) - figure if whole else to[0] - figure
    return lacking if lacking > 0 or op == ">" else None


def _amount(leaf: MeasureLeaf, lacking: float, shop: Shop) -> str:
    events = events_text(leaf)
    if leaf.measure == "count":
        return f"{lacking:g} more {events}"
    if leaf.measure == "days":
        return f"{events} on {lacking:g} more {'day' if lacking == 1 else 'days'}"
    if leaf.measure == "distinct":
        return f"{lacking:g} more {leaf.of} of {events}"
    major = shop.major(round(lacking)) if leaf.of in MONEY_FIELDS else lacking
    more = "more than " if leaf.op == ">" else ""
    return f"{more}{major:,.10g} more {leaf.of} of {events}"


def _until(window: Window, inside: Sequence[int], now: int, zone: str) -> str:
    """Before when more must come: when the first that counts goes, or the window ends."""
    if window.within is not None:
        if not inside:
            return f" within {span_text(window.within)}"
        return f" before {moment_text(inside[0] + window.within, zone)}"
    edge = next_edge(window, now, zone)
    if edge is None and window.until is not None:
        edge = last_ms(window.until, zone) + 1
    return "" if edge is None else f" before {moment_text(edge, zone)}"


def _more_of_trait(leaf: TraitLeaf, facts: Facts, now: int, shop: Shop) -> str:
    trait = TRAITS[leaf.trait]
    names = trait.counts
    if leaf.op in ("set", "unset"):
        return ""
    times = sorted(at for name in names for at in facts.times.get(name, ()))
    inside = [at for at in times if now - trait.span < at <= now]
    lacking = _lacking(leaf.op, leaf.values, len(inside), whole=True)
    if lacking is None:
        return ""
    window = Window(within=trait.span)
    return f"{lacking:g} more {' or '.join(names)}" + _until(window, inside, now, shop.timezone)


def _again(leaf: RecencyLeaf, facts: Facts, now: int, shop: Shop) -> str:
    """A new event makes the last one new; the first one stays what it was."""
    found = selection(leaf.event, leaf.where, "", None, shop.currency, shop.timezone)
    never = not any(at <= now for at in found.chosen(facts, now).times)
    if leaf.older or (leaf.first and not never):
        return ""
    return f"1 {'' if never else 'more '}{events_text(leaf)}"
