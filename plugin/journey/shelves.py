"""Which products does each strategy bring forward for who acts, best first, and by which ranker?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from plugin.journey.acting import Acting
from plugin.serve.recommend.filters import EVERYTHING
from plugin.serve.recommend.window import MOST_ITEMS, Window
from plugin.storage import rankings, shelves
from plugin.storage.engine import Tx
from plugin.storage.products import Catalogue
from plugin.storage.shelves import Wanted

SPARE = 60  # products asked of a strategy beyond what a window holds: some may not be shown
MOST_SPARE = 400
WIDE = 1_000  # places of a list that is the same for everybody
# Lists that are the same for all who have no interests of their own: made once, not per request.
SHOP_WIDE = frozenset({"bestsellers"})


@dataclass(frozen=True)
class Asked:
    """What the page says, as far as strategies need it."""

    item_id: str | None = None
    viewed: tuple[str, ...] | None = None
    cart: tuple[str, ...] = ()


@dataclass
class Shelves:
    """The lists of one visitor on one page. ``version``: the store's, looked up before ``tx``.

    ``places``: by strategy and product, where each of the strategy's rankers had it.
    """

    tx: Tx
    acting: Acting
    catalogue: Catalogue
    asked: Asked
    version: int | None = None
    places: dict[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    def of(self, window: Window) -> Callable[[str], Sequence[str]]:
        """The lists for ``window``, by strategy, long enough for what it cannot show."""
        limit = window.max + self._spare(window)
        return lambda strategy: self.listed(strategy, limit)

    def listed(self, strategy: str, limit: int) -> Sequence[str]:
        """Item ids, best first."""
        if strategy in SHOP_WIDE:
            return self._shop_wide(strategy)
        return shelves.SHELVES[strategy](self.tx, self._wanted(limit))

    def _shop_wide(self, strategy: str) -> Sequence[str]:
        wanted = Wanted(self.acting.now, WIDE)

        def make() -> Sequence[str]:
            return shelves.SHELVES[strategy](self.tx, wanted)

        ranked = self.catalogue.kept(
            ("ranked", strategy), lambda: rankings.stored(self.tx, strategy, ("",), 1)
        )
        if ranked:
            return self.catalogue.kept(strategy, make)
        # A young shop is ranked when it is asked: any event may change the list.
        return make() if self.version is None else self.catalogue.kept(strategy, make, self.version)

    def _spare(self, window: Window) -> int:
        spare = SPARE + len(window.bans) + len(self.acting.shop.never_shown)
        if window.filters != EVERYTHING or window.diversity.caps or window.boosts:
            spare += 3 * MOST_ITEMS
        return min(spare, MOST_SPARE)

    def _wanted(self, limit: int) -> Wanted:
        acting, shop, profile = self.acting, self.acting.shop, self.acting.profile
        return Wanted(
            now=acting.now,
            limit=limit,
            profile_id=acting.profile_id,
            viewed=self.asked.viewed,
            item_id=self.asked.item_id,
            cart=self.asked.cart,
            segments=acting.segments,
            cart_value=self._cart_value(),
            free_shipping=shop.manners.free_shipping,
            currency=shop.currency,
            affinities=profile.affinities,
        )

    def _cart_value(self) -> int | None:
        """What the cart is worth; None where the page names another one than the store knows."""
        profile = self.acting.profile
        ours = {line.item_id for line in profile.cart}
        return profile.cart_value_now if set(self.asked.cart) == ours else None
