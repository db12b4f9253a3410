"""What is one recommendation window, as the owner defined it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import NotYet, PluginError
from plugin.segment.rule import Rule
from plugin.serve.document import Document
from plugin.serve.language import Texts
from plugin.serve.product import Product
from plugin.serve.recommend.strategies import strategy_named
from plugin.shop import to_major

MOST_ITEMS = 100
CONTROL_SHARE = 0.1  # of a window that names none, in a shop that names none
POSITIONS = ("before", "after", "prepend", "append", "replace")
KEYS = (
    "slug", "name", "title", "strategies", "filters", "pins", "bans", "boosts", "min", "max",
    "audience", "placement", "pages", "control_share", "enabled",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """Which products may fill a window; pins are the owner's own choice and pass.

    ``category``: paths, "Bags" holds "Bags > Totes" too. Prices: major units of the product's own
    currency, both included. Several values of one filter: any of them.
    """

    category: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    price_min: float | None = None
    price_max: float | None = None

    def allow(self, product: Product) -> bool:
        """Whether ``product`` passes every filter that is set."""
        return (
            (not self.category or any(_inside(product.category, path) for path in self.category))
            and (not self.brand or _folded(product.brand) in map(_folded, self.brand))
            and (not self.tags or bool(_all_folded(self.tags) & _all_folded(product.tags)))
            and self._price_fits(product)
        )

    def _price_fits(self, product: Product) -> bool:
        if self.price_min is None and self.price_max is None:
            return True
        if product.price_now is None or product.currency is None:
            return False
        price = to_major(product.price_now, product.currency)
        low = float("-inf") if self.price_min is None else self.price_min
        high = float("inf") if self.price_max is None else self.price_max
        return low <= price <= high


@dataclass(frozen=True)
class Window:
    """A product slot. ``min`` products or more are shown, or none; at most ``max``.

    ``document`` is what the owner wrote.
    """

    slug: str
    strategies: tuple[str, ...]
    name: str = ""
    title: Texts = ""
    filters: Filters = Filters()
    pins: tuple[str, ...] = ()
    bans: tuple[str, ...] = ()
    min: int = 1
    max: int = 8
    audience: Rule | None = None  # None: everyone
    pages: tuple[str, ...] = ()  # as serve.page reads them; none: all pages
    selector: str | None = None
    position: str = "append"
    control_share: float | None = None  # None: the shop's own, else CONTROL_SHARE
    enabled: bool = True
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def read_window(slug: str, doc: object) -> Window:
    """The window that ``doc`` describes.

    Raises DocumentRefused naming what is wrong, NotYet for strategies this version lacks.
    """
    one = Document(doc, f"window {slug}", KEYS)
    if one.list("boosts"):
        raise NotYet(f"window {slug}: boosts are not there yet; put products first with pins")
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
        filters=_filters(one),
        pins=one.names("pins"),
        bans=one.names("bans"),
        min=least,
        max=most,
        audience=one.audience(),
        pages=place.pages() or one.pages(),
        selector=place.optional("selector"),
        position=place.choice("position", POSITIONS, "append"),
        control_share=one.fraction("control_share"),
        enabled=one.flag("enabled", True),
        document=dict(doc) if isinstance(doc, Mapping) else {},
    )


def bare_window(strategy: str, limit: int) -> Window:
    """A window of ``strategy`` alone (and of what stands in for it), for a call without a window.

    limit: 1 to 100. Raises DocumentRefused or NotYet as ``read_window`` does.
    """
    chain = (strategy, *strategy_named(strategy).cold)
    return Window("", chain, max=max(1, min(limit, MOST_ITEMS)), control_share=0)


def window_doc(window: Window) -> dict[str, Any]:
    """The window as a document with its defaults written out; ``read_window`` reads it back."""
    doc: dict[str, Any] = {
        "slug": window.slug,
        "name": window.name,
        "title": window.title,
        "strategies": list(window.strategies),
        "filters": _filters_doc(window.filters),
        "pins": list(window.pins),
        "bans": list(window.bans),
        "min": window.min,
        "max": window.max,
        "placement": {"position": window.position, "pages": list(window.pages)},
        "enabled": window.enabled,
    }
    if window.control_share is not None:
        doc["control_share"] = window.control_share
    if window.selector is not None:
        doc["placement"]["selector"] = window.selector
    if window.audience is not None:
        doc["audience"] = window.document["audience"]
    return doc


_PLACEMENT = ("selector", "position", "pages")
_FILTERS = ("category", "brand", "tags", "price_min", "price_max")


def _strategies(one: Document) -> tuple[str, ...]:
    names = one.names("strategies", least=1)
    for name in names:
        try:
            strategy_named(name)
        except PluginError as trouble:
            raise type(trouble)(f"{one.where}.strategies: {trouble.message}") from trouble
    return names


def _filters(one: Document) -> Filters:
    filters = one.inner("filters", _FILTERS)
    low, high = (
        None if filters.raw(key) is None else filters.number(key, 0, 1e12)
        for key in ("price_min", "price_max")
    )
    if low is not None and high is not None and low > high:
        raise filters.refused("price_min", "is more than price_max")
    return Filters(
        category=filters.names("category"),
        brand=filters.names("brand"),
        tags=filters.names("tags"),
        price_min=low,
        price_max=high,
    )


def _filters_doc(filters: Filters) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in vars(filters).items()
        if value not in ((), None)
    }


def _inside(category: str | None, path: str) -> bool:
    have, want = (
        [part.strip().casefold() for part in text.split(">")] for text in (category or "", path)
    )
    return have[: len(want)] == want


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def _all_folded(texts: tuple[str, ...]) -> set[str]:
    return {_folded(text) for text in texts}
