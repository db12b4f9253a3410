"""Why does a window show this visitor what it shows, and why not the rest?

For the owner, in full; from the desk that serves the window, so that what is told is what is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plugin.journey.offers import Desk, Wish, desk
from plugin.serve.product import Product
from plugin.serve.recommend.fill import LeftOut, Pick, Turn
from plugin.serve.recommend.window import Window
from plugin.shop import Shop
from plugin.storage.engine import Store

# Why a window as a whole is not shown; SHOWN: it is.
SHOWN, OTHER_PAGES, OTHER_AUDIENCE, CONTROL, TOO_FEW = (
    "shown", "other_pages", "other_audience", "control", "too_few",
)  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A product in its place: the strategy (or ``pins``) that chose it, where it stood on that
    strategy's list, what boosts moved it by, and where each ranker of the strategy had it.
    """

    product: Product
    strategy: str
    place: int
    boost: float = 1.0
    rankers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Explained:
    """One window for one visitor.

    ``state``: whether it is shown as a whole. ``slots``: what it holds, also where it is kept back.
    ``left_out``: what was looked at and may not be shown, with why; ``names``: what those are
    called, where the catalogue has them. ``turns``: the strategies that were asked.
    """

    window: Window
    state: str
    slots: tuple[Slot, ...]
    left_out: tuple[LeftOut, ...]
    turns: tuple[Turn, ...]
    names: Mapping[str, str] = field(default_factory=dict)


def explain_window(
    store: Store, shop: Shop, wish: Wish, now: int, draft: Window | None = None
) -> Explained:
    """The last of ``wish.windows`` (or the bare ``wish.strategy``), explained; the windows before
    it are filled first, as on the page. draft: that last window as it would be after an edit; it
    need not be kept anywhere. Raises NotFound.
    """
    with desk(store, shop, wish, now, explains=True) as open_desk:
        for slug in wish.windows[:-1] if wish.strategy is None else ():
            open_desk.window(slug)
        window = draft or open_desk.asked_window(-1)
        filled = open_desk.filled(window, window.max)
        ids = [one.item_id for one in filled.left_out]
        known = open_desk.catalogue.products(ids)
        return Explained(
            window=window,
            state=_state(open_desk, window, bool(filled.picks)),
            slots=tuple(_slot(open_desk, pick) for pick in filled.picks),
            left_out=filled.left_out,
            turns=filled.turns,
            names={item_id: one.name or item_id for item_id, one in known.items()},
        )


def _state(open_desk: Desk, window: Window, has_any: bool) -> str:
    if not open_desk.is_on_page(window):
        return OTHER_PAGES
    if not open_desk.is_for(window):
        return OTHER_AUDIENCE
    if open_desk.keeps_back(window):
        return CONTROL
    return SHOWN if has_any else TOO_FEW


def _slot(open_desk: Desk, pick: Pick) -> Slot:
    found = open_desk.shelves.ranked.get(pick.strategy)
    rankers = {} if found is None or pick.place > len(found) else found.places(pick.place)
    return Slot(pick.product, pick.strategy, pick.place, pick.boost, rankers)
