"""What could be found of popups and windows that are not decided yet, and after how many weeks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plugin.journey.traffic import crowd_met, crowds
from plugin.serve.findable import Crowd, findable
from plugin.serve.verdict import NOT_KNOWN
from plugin.shop import Shop
from plugin.storage.engine import Store, Tx
from plugin.web.admin.results import MET, PAGES, Ahead, Result

HALF = 0.5  # in control, where effects are found soonest


def with_ahead(store: Store, tx: Tx, shop: Shop, now: int, found: Sequence[Result]) -> list[Result]:
    """``found``, with what could be found of those that are open; ``tx``: a look into ``store``."""
    met = {one.slug: crowd_met(one.outcome) for one in found if _is_open(one)}
    asked = [one for one in found if one.slug in met and met[one.slug] is None]
    rows = [{"kind": one.kind, "slug": one.slug, "body": one.body} for one in asked]
    would = dict(zip([one.slug for one in asked], crowds(store, tx, shop, now, rows), strict=True))
    return [
        replace(one, ahead=_ahead(one.share, met[one.slug], would.get(one.slug)))
        if one.slug in met
        else one
        for one in found
    ]


def _is_open(one: Result) -> bool:
    return one.verdict.word == NOT_KNOWN and one.verdict.trusted and one.share > 0


def _ahead(share: float, met: Crowd | None, would: Crowd | None) -> Ahead:
    crowd, source = (would, PAGES) if met is None else (met, MET)
    if crowd is None:
        return Ahead(source, None)
    at_half = findable(crowd, HALF) if share < HALF else ()
    return Ahead(source, crowd, findable(crowd, share), at_half)
