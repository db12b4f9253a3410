"""How does a template become a segment of the shop, and how does it stand with it now?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import DocumentRefused
from plugin.journey.edits import put_segment
from plugin.segment.templates import template_called
from plugin.segment.templates.ladder import RUNGS, ladder_fits, ladder_values
from plugin.segment.templates.template import Template
from plugin.shop import Shop
from plugin.storage import segments
from plugin.storage.engine import Tx
from plugin.storage.segments import Segment

MOST_LETTERS = 200


@dataclass(frozen=True)
class Standing:
    """What the shop has under a template's key: ``segment`` None: nothing yet.

    ``values``: the numbers it was adopted with; None: its rule is another one (an owner's own, or
    edited since), which adopting leaves as it is.
    """

    segment: Segment | None = None
    values: Mapping[str, float] | None = None


@dataclass(frozen=True)
class LadderStanding:
    """How much of the ladder is there. ``values``: with these it is whole, and every visitor is on
    exactly one rung; None: it is not. ``changed``: rungs whose rule is another one, or off.
    """

    rungs: Mapping[str, Standing] = field(default_factory=dict)
    values: Mapping[str, float] | None = None
    changed: tuple[str, ...] = ()


def standing(one: Template, saved: Mapping[str, Segment]) -> Standing:
    """How ``one`` stands with the shop's segments (``saved``: by slug)."""
    found = saved.get(one.key)
    if found is None:
        return Standing()
    return Standing(found, one.fits(found.rule) if found.kind == "rule" else None)


def ladder_standing(saved: Mapping[str, Segment]) -> LadderStanding:
    """How the ladder stands with the shop's segments (``saved``: by slug)."""
    rungs = {rung.key: standing(rung, saved) for rung in RUNGS}
    there = {key: one.segment for key, one in rungs.items() if one.segment is not None}
    changed = tuple(k for k, one in there.items() if rungs[k].values is None or not one.enabled)
    whole = None if changed else ladder_fits({key: one.rule for key, one in there.items()})
    return LadderStanding(rungs, whole, changed)


def known_values(stands: LadderStanding) -> dict[str, float]:
    """The thresholds of the rungs that are there, the first that tells one."""
    found: dict[str, float] = {}
    for one in stands.rungs.values():
        for name, value in (one.values or {}).items():
            found.setdefault(name, value)
    return found


def adopt(tx: Tx, shop: Shop, wanted: Sequence[Mapping[str, Any]], now: int) -> list[str]:
    """Make segments of templates; the slugs of those that are new.

    wanted: each with ``key`` and ``name``, and if you like ``thresholds``. A slug that is taken is
    left as it is, whatever its rule. Raises NotFound, DocumentRefused, NotYet.
    """
    taken = {one.slug for one in segments.definitions(tx)}
    made = []
    for one in wanted:
        found = template_called(one["key"])
        values = found.values(one.get("thresholds"))
        if found.key not in taken:
            name = one["name"][:MOST_LETTERS]
            put_segment(tx, shop, found.key, name, found.rule(values), True, now)
            made.append(found.key)
    return made


def adopt_ladder(
    tx: Tx,
    shop: Shop,
    names: Mapping[str, str],
    thresholds: Mapping[str, Any] | None,
    restore: bool,
    now: int,
) -> list[str]:
    """Make the whole ladder, or set its thresholds, all rungs at once; the slugs that changed.

    names: by slug, for rungs that are new. thresholds: those left out stay as they are. restore:
    put back rungs that somebody changed; else that is refused. Raises DocumentRefused, NotYet.
    """
    saved = segments.by_slug(tx)
    now_there = ladder_standing(saved)
    if now_there.changed and not restore:
        raise DocumentRefused(
            f"changed by hand: {', '.join(now_there.changed)}; ask with restore to put them back",
            code="changed",
            status=409,
        )
    values = ladder_values({**known_values(now_there), **(thresholds or {})})
    moved = []
    for rung in RUNGS:
        one, rule = saved.get(rung.key), rung.rule(values)
        if one is None or one.rule != rule or not one.enabled or one.kind != "rule":
            name = names[rung.key][:MOST_LETTERS] if one is None else one.name
            put_segment(tx, shop, rung.key, name, rule, True, now)
            moved.append(rung.key)
    return moved
