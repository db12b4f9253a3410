"""What is one recommendation window, as the owner defined it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from plugin.errors import PluginError
from plugin.segment.rule import Rule
from plugin.serve.document import Document
from plugin.serve.language import Texts
from plugin.serve.recommend.boost import Boost, read_boosts
from plugin.serve.recommend.diversity import NO_CAPS, Diversity
from plugin.serve.recommend.filters import EVERYTHING, Filters, read_filters
from plugin.serve.recommend.strategies import strategy_named

MOST_ITEMS = 100
CONTROL_SHARE = 0.1  # of a window that names none, in a shop that names none
TO_LEARN = 0.5  # the same of one that is shown to more by itself once it is known to help
MOST_DAYS = 3_650  # that a purchase may keep a product out
DAYS = re.compile(r"([0-9]{1,4})d")
POSITIONS = ("before", "after", "prepend", "append", "replace")
KEYS = (
    "slug", "name", "title", "strategies", "filters", "pins", "bans", "boosts", "diversity",
    "leave_out_bought", "min", "max", "audience", "placement", "pages", "control_share", "auto",
    "enabled",
)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A product slot. ``min`` products or more are shown, or none; at most ``max``.

    ``leave_out_bought``: days for which what the visitor bought is not shown; None: it may be.
    ``back_fill``: every strategy of the chain adds to those before it, up to ``max``.
    """

    slug: str
    strategies: tuple[str, ...]
    name: str = ""
    title: Texts = ""
    filters: Filters = EVERYTHING
    pins: tuple[str, ...] = ()
    bans: tuple[str, ...] = ()
    boosts: tuple[Boost, ...] = ()
    diversity: Diversity = NO_CAPS
    leave_out_bought: int | None = None
    back_fill: bool = False
    min: int = 1
    max: int = 8
    audience: Rule | None = None  # None: everyone
    pages: tuple[str, ...] = ()  # as serve.page reads them; none: all pages
    selector: str | None = None
    position: str = "append"
    control_share: float | None = None  # None: the shop's own, else usual_share
    auto: bool = False  # whether its verdict may change it by itself
    enabled: bool = True

    @property
    def usual_share(self) -> float:
        """Which part of visitors (0 to 1) it is kept from where neither it nor the shop says."""
        return TO_LEARN if self.auto else CONTROL_SHARE


def read_window(slug: str, doc: object) -> Window:
    """The window that ``doc`` describes.

    Raises DocumentRefused naming what is wrong, NotYet for strategies this version lacks.
    """
    one = Document(doc, f"window {slug}", KEYS)
    least = one.whole("min", 1, MOST_ITEMS, 1)
    most = one.whole("max", 1, MOST_ITEMS, max(8, least))
    if least > most:
        raise one.refused("min", f"is {least}, more than max, which is {most}")
    place = one.inner("placement", _PLACEMENT)
    return Window(
        slug=one.slug(slug),
        strategies=_strategies(one),
        name=one.text("name", slug),
        title=one.texts("title", ""),
        filters=read_filters(one),
        pins=one.names("pins"),
        bans=one.names("bans"),
        boosts=read_boosts(one),
        diversity=_diversity(one),
        leave_out_bought=_days(one),
        min=least,
        max=most,
        audience=one.audience(),
        pages=place.pages() or one.pages(),
        selector=place.optional("selector"),
        position=place.choice("position", POSITIONS, "append"),
        control_share=one.fraction("control_share"),
        auto=one.flag("auto", False),
        enabled=one.flag("enabled", True),
    )


@lru_cache(maxsize=1024)
def bare_window(strategy: str, limit: int) -> Window:
    """A window of ``strategy``, and of what stands in for it where it has too little, for a call
    without a window.

    limit: 1 to 100. Raises DocumentRefused or NotYet as ``read_window`` does.
    """
    chain = (strategy, *strategy_named(strategy).cold)
    most = max(1, min(limit, MOST_ITEMS))
    return Window("", chain, max=most, control_share=0, back_fill=True)


_PLACEMENT = ("selector", "position", "pages")
_DIVERSITY = ("category", "brand")


def _strategies(one: Document) -> tuple[str, ...]:
    names = one.names("strategies", least=1)
    for name in names:
        try:
            strategy_named(name)
        except PluginError as trouble:
            raise type(trouble)(f"{one.where}.strategies: {trouble.message}") from trouble
    return names


def _diversity(one: Document) -> Diversity:
    caps = one.inner("diversity", _DIVERSITY)
    return Diversity(
        *(None if caps.raw(key) is None else caps.whole(key, 1, MOST_ITEMS) for key in _DIVERSITY)
    )


def _days(one: Document) -> int | None:
    said = one.raw("leave_out_bought")
    if said is None:
        return None
    if isinstance(said, str):
        found = DAYS.fullmatch(said.strip())
        if found is None or not 1 <= int(found[1]) <= MOST_DAYS:
            raise one.refused("leave_out_bought", f"must be days, such as 30d, up to {MOST_DAYS}d")
        return int(found[1])
    return one.whole("leave_out_bought", 1, MOST_DAYS)
