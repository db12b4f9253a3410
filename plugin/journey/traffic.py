"""How many would meet a popup or window in the weeks to come, as far as the last four tell?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from plugin.errors import PluginError
from plugin.segment.rule import Rule
from plugin.segment.shape import SegmentLeaf
from plugin.serve.findable import WEEKS, Crowd
from plugin.serve.page import is_named
from plugin.serve.proof import LEAST
from plugin.serve.recommend.window import Window, read_window
from plugin.serve.retain.popup import Goal, Popup, goal_of, read_popup
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import campaigns, rules
from plugin.storage.engine import Row, Store, Tx
from plugin.storage.proof import Outcome
from plugin.storage.traffic import SPAN, Traffic, did, ever_in, traffic

WEEK = 7 * DAY
GOOD_FOR = HOUR


@dataclass(frozen=True)
class _Kept:
    """Traffic as it was read once, and the crowds that were found in it, by kind and slug."""

    generation: int
    found: Traffic
    crowds: dict[tuple[str, str], Crowd | None] = field(default_factory=dict)


_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def crowds(store: Store, tx: Tx, shop: Shop, now: int, wanted: Sequence[Row]) -> list[Crowd | None]:
    """As ``crowd_of``, of several campaigns; ``tx`` is a look into ``store``.

    What was found is kept for an hour, as long as the owner changes no document.
    """
    if not wanted:
        return []
    generation, kept = campaigns.generation(tx), _kept.get(store)
    if kept is None or kept.generation != generation or not 0 <= now - kept.found.now < GOOD_FOR:
        kept = _kept[store] = _Kept(generation, traffic(tx, now))
    for row in wanted:
        key = row["kind"], row["slug"]
        if key not in kept.crowds:
            kept.crowds[key] = crowd_of(tx, shop, kept.found, row)
    return [kept.crowds[row["kind"], row["slug"]] for row in wanted]


def crowd_of(tx: Tx, shop: Shop, found: Traffic, campaign: Row) -> Crowd | None:
    """Those of its audience who viewed its pages in the last four weeks; None: nobody did, or its
    document cannot be read.

    At most so many will meet it: whether its trigger comes, nobody knows before. Who is in a
    segment is known of all four weeks, for whom another rule holds of today only.
    """
    try:
        read = _read(campaign)
        audience = _audience(tx, shop, found, read.audience)
    except PluginError:
        return None
    met = _met(found, audience, read.pages)
    if not met or not found.days:
        return None
    rate = _rate(met, did(tx, found, _goal(campaign).event), _goal(campaign), found.now)
    scale = found.everybody / len(found.ids)
    return Crowd([scale * one for one in _by_week(met, found)], rate)


def crowd_met(found: Outcome) -> Crowd | None:
    """Those who have met a campaign and will, as they came in the last seven days; None: it is
    not there for a week yet, or too few of control reached the goal to tell their rate.
    """
    control = found.control
    if found.first_at is None or found.made_at - found.first_at < WEEK or control.reached < LEAST:
        return None
    met = found.shown.visitors + control.visitors
    visitors = [met + found.a_day * 7 * weeks for weeks in WEEKS]
    return Crowd(visitors, control.reached / control.visitors)


def _read(campaign: Row) -> Popup | Window:
    reads = read_popup if campaign["kind"] == "popup" else read_window
    return reads(campaign["slug"], campaign["body"])


def _goal(campaign: Row) -> Goal:
    return goal_of(campaign["body"])


def _audience(tx: Tx, shop: Shop, found: Traffic, rule: Rule | None) -> AbstractSet[int] | None:
    """Those whom it is for; None: everybody."""
    if rule is None:
        return None
    if isinstance(rule, SegmentLeaf):
        return ever_in(tx, found, rule.slug)
    return rules.matching_among(tx, rule, found.now, shop, found.ids)


def _met(found: Traffic, audience: AbstractSet[int] | None, pages: Sequence[str]) -> dict[int, int]:
    """When each of ``audience`` viewed a page that is meant for the first time (Unix ms)."""
    meant: dict[str, bool] = {}
    first: dict[int, int] = {}
    for profile, views in found.views.items():
        if audience is not None and profile not in audience:
            continue
        for path, at in views:
            if path not in meant:
                meant[path] = is_named(path, pages)
            if meant[path]:
                first[profile] = min(at, first.get(profile, at))
    return first


def _rate(met: Mapping[int, int], deeds: Mapping[int, list[int]], goal: Goal, now: int) -> float:
    """Which part reached the goal in its time: of those whose time is over, else of all."""
    over = {who: at for who, at in met.items() if at + goal.within_ms <= now} or met
    reached = sum(
        any(at < deed <= at + goal.within_ms for deed in deeds.get(who, ()))
        for who, at in over.items()
    )
    return reached / len(over)


def _by_week(met: Mapping[int, int], found: Traffic) -> list[float]:
    """How many come for the first time within 1, 2, 4 and 8 weeks from a start.

    Regulars come in the first weeks, so the weeks are counted as they were; what follows after the
    days there are is taken to be as their latter half.
    """
    began = found.now - min(found.days * DAY, SPAN)
    length = found.now - began
    late = sum(at > began + length / 2 for at in met.values()) / (length / 2)
    return [
        sum(at <= began + weeks * WEEK for at in met.values())
        + late * max(0.0, weeks * WEEK - length)
        for weeks in WEEKS
    ]
