"""Which products does each strategy bring forward for who acts, best first, and by which ranker?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from plugin.journey import ranked
from plugin.journey.acting import Acting
from plugin.journey.ranked import NOTHING, Ranked
from plugin.serve.recommend.filters import EVERYTHING
from plugin.serve.recommend.pages import PLACES
from plugin.serve.recommend.window import MOST_ITEMS, Window
from plugin.shop import DAY
from plugin.storage import deeds, glances, models, rankings, shelf_filtered, shelves
from plugin.storage.deeds import Visit
from plugin.storage.engine import Store, Tx
from plugin.storage.products import Catalogue
from plugin.storage.shelf_catalogue import NEW_DAYS
from plugin.storage.shelf_filtered import Passing
from plugin.storage.shelves import Wanted

log = logging.getLogger("regulars.models")
SPARE = 60  # products asked of a strategy beyond what a window holds: some may not be shown
MOST_SPARE = 400
WIDE = 1_000  # places of a list that is the same for everybody
# Lists that are the same for all who have no interests of their own: made once, not per request.
# Each with the list of the clock's that it is made of; while there is none, the shop is young and
# any event may change it. None: of the catalogue alone.
SHOP_WIDE = {
    "bestsellers": "bestsellers",
    "trending": "trending",
    "offers": "bestsellers",
    "new_arrivals": None,
}
# Lists that go on to the end of the catalogue, and which of the products that pass a window's
# filters belong to each, best first.
FURTHER: dict[str, Callable[[Sequence[Passing]], Sequence[str]]] = {
    "bestsellers": lambda found: [one.item_id for one in found],
    "new_arrivals": lambda found: [one.item_id for one in found if one.age <= NEW_DAYS * DAY],
    "offers": lambda found: [
        one.item_id for one in sorted(found, key=lambda one: -one.discount) if one.discount > 0
    ],
}
BY_TASTE = frozenset({"offers", "new_arrivals"})
# A model of more orders than this knows what is bought together; else the newest are looked at.
BY_ORDERS = frozenset({"bought_together", "cart_complements"})
YOUNG_ORDERS = 1_000
# To know segments costs more than most lists do, and to know what was looked at costs something:
# some lists are made of it, some need it where the page has no product of its own.
BY_SEGMENT = frozenset({"segment_favourites", "back_in_stock"})
BY_VIEWS = frozenset({*BY_TASTE, "recently_viewed", "for_you"})
OF_PAGE = frozenset({"viewed_together", "bought_together", "similar"})
# How long the lists of a product's page are kept: one serves windows of every length up to it.
PAGE_PLACES = (PLACES, 2 * MOST_SPARE)


@dataclass(frozen=True)
class Asked:
    """What the page says, as far as strategies need it. ``viewed``: by the page's own ids."""

    item_id: str | None = None
    viewed: tuple[str, ...] | None = None
    cart: tuple[str, ...] = ()


@dataclass
class Shelves:
    """The lists of one visitor on one page. ``version``: the store's, looked up before ``tx``.

    ``explains``: whether somebody will ask which ranker had a product where. ``ranked``: by
    strategy, what the model brought forward.
    """

    store: Store
    tx: Tx
    acting: Acting
    catalogue: Catalogue
    asked: Asked
    version: int | None = None
    explains: bool = False
    ranked: dict[str, Ranked] = field(default_factory=dict)

    def of(self, window: Window) -> Callable[[str], Sequence[str]]:
        """The lists for ``window``, by strategy, long enough for what it cannot show."""
        limit = window.max + self._spare(window)
        return lambda strategy: self.listed(strategy, limit)

    def further(self, window: Window) -> Callable[[str], Sequence[str]]:
        """What else the strategies of the whole catalogue have for ``window``: all that passes its
        filters, wherever it stands.
        """

        def rest(strategy: str) -> Sequence[str]:
            if strategy not in FURTHER:
                return ()
            found = shelf_filtered.passing(self.tx, window.filters, self.catalogue.kept)
            return FURTHER[strategy](found)

        return rest

    def listed(self, strategy: str, limit: int) -> Sequence[str]:
        """Item ids, best first."""
        if strategy in SHOP_WIDE and not (strategy in BY_TASTE and self._has_taste):
            return self._shop_wide(strategy)
        if strategy in MODELLED and self.model is not None:
            found = self._by_model(strategy, self.model, limit)
            if found:
                self.ranked[strategy] = found
                if strategy != "similar" or len(found) >= limit:
                    return found
                # Behind it what else is in the category: products newer than the model among them.
                return [*found, *shelves.SHELVES[strategy](self.tx, self._wanted(limit, strategy))]
            if strategy in BY_ORDERS and self.model.pairs.orders > YOUNG_ORDERS:
                return ()
        return shelves.SHELVES[strategy](self.tx, self._wanted(limit, strategy))

    def _by_model(self, strategy: str, model: models.Built, limit: int) -> Ranked:
        """What the model says; one that cannot be asked takes no window with it."""
        try:
            return MODELLED[strategy](self, model, limit)
        except Exception:
            log.exception("model %d failed for %s", model.generation, strategy)
            return NOTHING

    @cached_property
    def model(self) -> models.Built | None:
        """The shop's model; None: there is none yet."""
        return models.current(self.store, self.tx, self.version)

    @cached_property
    def page_product(self) -> str | None:
        """The page's own product, else the one viewed last; None: there is neither."""
        if self.asked.item_id is not None or self.viewed:
            return self.asked.item_id or (self.viewed or ())[-1]
        return self._last_visit.seen[-1] if self._last_visit.seen else None

    @cached_property
    def viewed(self) -> tuple[str, ...] | None:
        """The products that the page tells were looked at, oldest first; None: it tells nothing."""
        return None if self.asked.viewed is None else self.catalogue.named(self.asked.viewed)

    @cached_property
    def _last_visit(self) -> Visit:
        if self.asked.viewed:  # the page knows better
            return Visit()
        return deeds.last_visit(self.tx, self.acting.profile_id, self.acting.now)

    def for_you(self, model: models.Built, n: int) -> Ranked:
        """By this visit; else by earlier orders; else by the visit before."""
        profile_id, before = self.acting.profile_id, self._last_visit
        seen = self.viewed or (before.seen if before.goes_on else ())
        found = ranked.after_visit(model, seen, profile_id, n)
        if not found and self.acting.profile.orders_total:
            own = deeds.own_orders(self.tx, profile_id, self.acting.now)
            found = ranked.after_orders(model, own, profile_id, n)
        return found or ranked.after_visit(model, before.seen, profile_id, n)

    def viewed_together(self, model: models.Built, n: int) -> Ranked:
        """What people look at beside the page's product."""
        n = _places(n)
        return self._of_page(
            model,
            ("viewed", n),
            None,
            lambda item: ranked.viewed_beside(model, item, n, self.explains),
        )

    def similar(self, model: models.Built, n: int) -> Ranked:
        """What is like the page's product."""
        item = self.page_product
        product = self.catalogue.products([item]).get(item) if item is not None else None
        if product is None:
            return NOTHING
        n = _places(n)
        told = None if self.explains else hash(product)
        return self._of_page(
            model, ("like", n), told, lambda _: ranked.like(model, product, n, self.explains)
        )

    def bought_together(self, model: models.Built, n: int) -> Ranked:
        """What orders hold beside the page's product."""
        n = _places(n)
        told = self.catalogue.version  # categories of all that stands beside it
        return self._of_page(
            model, ("bought", n), told, lambda item: self._beside(model, (item,), n)
        )

    def cart_complements(self, model: models.Built, n: int) -> Ranked:
        """What orders hold beside all of the cart."""
        return self._beside(model, self.asked.cart, n)

    def _of_page(
        self,
        model: models.Built,
        kind: tuple[str, int],
        told: Hashable,
        make: Callable[[str], Ranked],
    ) -> Ranked:
        """What the model has for the page's product: the same for everybody, so it is kept.

        ``told``: of all that the catalogue says, what the list is made of.
        """
        item = self.page_product
        if item is None:
            return NOTHING
        if self.explains:
            return make(item)
        numbers = self.catalogue.kept_of_page(
            (item, *kind), lambda: make(item).numbers, (model.generation, told)
        )
        return Ranked(numbers, model.ids.__getitem__)

    def _beside(self, model: models.Built, cart: Sequence[str], n: int) -> Ranked:
        def category_of(item_ids: Sequence[str]) -> ranked.CategoryOf:
            known = self.catalogue.products(item_ids)
            return lambda item_id: known[item_id].category if item_id in known else None

        return ranked.bought_beside(model, cart, n, category_of)

    def _shop_wide(self, strategy: str) -> Sequence[str]:
        wanted = Wanted(self.acting.now, WIDE, kept=self.catalogue.kept)

        def make() -> Sequence[str]:
            return shelves.SHELVES[strategy](self.tx, wanted)

        if self._is_settled(SHOP_WIDE[strategy]):
            return self.catalogue.kept(strategy, make)
        return make() if self.version is None else self.catalogue.kept(strategy, make, self.version)

    def _is_settled(self, by_clock: str | None) -> bool:
        """Whether a list that is made of this one of the clock's changes with it alone."""
        if by_clock is None:
            return True
        first = self.catalogue.kept(
            ("first", by_clock), lambda: rankings.stored(self.tx, by_clock, ("",), 1)
        )
        return bool(first)

    @property
    def _is_segmented(self) -> bool:
        """Whether any segment has a list: else it is of no matter which the visitor is in."""
        return bool(
            self.catalogue.kept("segmented", lambda: rankings.any_of(self.tx, "segment_favourites"))
        )

    @property
    def _has_taste(self) -> bool:
        """Whether lists may be ordered for this visitor."""
        return bool(self.asked.viewed) or self.acting.profile_id is not None

    def _spare(self, window: Window) -> int:
        spare = SPARE + len(window.bans) + len(self.acting.shop.never_shown)
        if window.filters != EVERYTHING or window.diversity.caps or window.boosts:
            spare += 3 * MOST_ITEMS
        return min(spare, MOST_SPARE)

    def _wanted(self, limit: int, strategy: str) -> Wanted:
        acting, shop = self.acting, self.acting.shop
        return Wanted(
            now=acting.now,
            limit=limit,
            profile_id=acting.profile_id,
            viewed=self.viewed if strategy in BY_VIEWS or strategy in OF_PAGE else None,
            item_id=self.asked.item_id,
            cart=self.asked.cart,
            segments=acting.segments if strategy in BY_SEGMENT and self._is_segmented else (),
            cart_value=self._cart_value() if strategy == "free_shipping_gap" else None,
            free_shipping=shop.manners.free_shipping,
            currency=shop.currency,
            kept=self.catalogue.kept,
            products=self.catalogue.known,
        )

    def _cart_value(self) -> int | None:
        """What the cart is worth; None where the page names another one than the store knows."""
        if not self.asked.cart:
            return None
        ours = glances.cart(self.tx, self.acting.profile_id)
        return ours.value if ours.item_ids == {*self.asked.cart} else None


def _places(n: int) -> int:
    return next((one for one in PAGE_PLACES if n <= one), n)


# What the model answers; where it has nothing to say, the query of the same name does.
MODELLED: dict[str, Callable[[Shelves, models.Built, int], Ranked]] = {
    "for_you": Shelves.for_you,
    "viewed_together": Shelves.viewed_together,
    "similar": Shelves.similar,
    "bought_together": Shelves.bought_together,
    "cart_complements": Shelves.cart_complements,
}
