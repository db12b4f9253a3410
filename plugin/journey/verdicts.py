"""Which segments is a visitor in, by their rules and by hand?"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from plugin.segment.evaluate import Verdict, evaluate, evaluate_all
from plugin.segment.facts import Facts
from plugin.segment.rule import Rule, segments_of
from plugin.shop import MINUTE, Shop
from plugin.storage.by_hand import NOTHING, Placed

log = logging.getLogger("regulars.segments")
AGAIN = 10 * MINUTE  # until a rule that failed for a visitor is asked about it again


def verdicts(
    rules_of: Mapping[str, Rule], facts: Facts, placed: Placed, now: int, shop: Shop
) -> dict[str, Verdict]:
    """As ``evaluate_all``, but what was put by hand wins, and static segments have members.

    A word's next check is its end; a visitor is in nothing before its first event. A rule that
    fails is unknown, says why in ``failed``, and silences no other but those built on it.
    """
    try:
        if placed is NOTHING:
            return evaluate_all(rules_of, facts, now, shop)
        return _one_by_one(rules_of, facts, placed, now, shop, careful=False)
    except Exception:
        log.exception("a rule failed for visitor %s", facts.profile.visitor_id)
        return _one_by_one(rules_of, facts, placed, now, shop, careful=True)


def inside_of(found: Mapping[str, Verdict], placed: Placed) -> dict[str, bool]:
    """Which segments a visitor is in, the static ones among them."""
    return dict.fromkeys(placed.static, True) | {slug: bool(v.holds) for slug, v in found.items()}


def _one_by_one(
    rules_of: Mapping[str, Rule],
    facts: Facts,
    placed: Placed,
    now: int,
    shop: Shop,
    *,
    careful: bool,
) -> dict[str, Verdict]:
    first = facts.profile.first_seen_at
    there = first is not None and first <= now
    found: dict[str, Verdict] = {}
    inside = dict.fromkeys(placed.static, True)
    for slug, rule in rules_of.items():
        word = placed.word(slug, now) if there else None
        if word is not None:
            found[slug] = Verdict(word.inside, word.until)
        elif careful:
            found[slug] = _tried(rule, facts, now, shop, inside, found)
        else:
            found[slug] = evaluate(rule, facts, now, shop, inside)
        inside[slug] = bool(found[slug].holds)
    return found


def _tried(
    rule: Rule,
    facts: Facts,
    now: int,
    shop: Shop,
    inside: Mapping[str, bool],
    found: Mapping[str, Verdict],
) -> Verdict:
    """The verdict, or why there is none: the rule fails, or one that it is built on does."""
    for slug in segments_of(rule):
        if slug in found and found[slug].failed:
            return Verdict(None, now + AGAIN, f"it is built on {slug}, whose rule fails")
    try:
        return evaluate(rule, facts, now, shop, inside)
    except Exception as trouble:
        return Verdict(None, now + AGAIN, f"its rule fails: {type(trouble).__name__}: {trouble}")
