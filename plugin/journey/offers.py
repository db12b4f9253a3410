"""Which popup and which products does this visitor get on this page, right now?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from plugin.errors import NotFound
from plugin.journey import coupons
from plugin.journey.acting import Acting
from plugin.journey.popups import moment_of
from plugin.journey.shelves import BY_VIEWS, Asked, Shelves
from plugin.serve.experiment import CONTROL, arm
from plugin.serve.page import is_named
from plugin.serve.recommend.fill import (
    BOUGHT,
    EARLIER_WINDOW,
    IN_CART,
    NEVER_SHOWN,
    OWN_PAGE,
    Filled,
    fill,
)
from plugin.serve.recommend.offer import item_offers, offers_json, window_offer
from plugin.serve.recommend.window import Window, bare_window
from plugin.serve.retain.choose import choose
from plugin.serve.retain.countdown import with_time_left
from plugin.serve.retain.offer import merge_fields, popup_offer
from plugin.shop import DAY, SECOND, Shop
from plugin.storage import deeds, marks
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx
from plugin.storage.products import Catalogue

# How long an answer serves while nobody writes: what is due, or still goes on, changes with time.
KEPT_MS = 10 * SECOND


@dataclass(frozen=True)
class Wish:
    """What a page asks for. ``visitor_id`` None: nothing personal may be used.

    ``cart``, ``viewed``: product ids the page itself knows (viewed: oldest first); None: what the
    store knows counts.
    """

    visitor_id: str | None = None
    language: str = "en"
    path: str = "/"
    popup: bool = False
    windows: tuple[str, ...] = ()
    strategy: str | None = None
    item_id: str | None = None
    cart: tuple[str, ...] | None = None
    viewed: tuple[str, ...] | None = None
    limit: int = 12


@dataclass(frozen=True)
class Offers:
    """What the page may show, in the shape of the public answer."""

    popup: dict[str, Any] | None = None
    windows: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Recommended:
    """The products of one window or strategy, in a language."""

    filled: Filled
    language: str

    @property
    def strategy(self) -> str:
        """The strategy that led."""
        return self.filled.strategy

    @property
    def items(self) -> list[dict[str, Any]]:
        """Each product as the storefront gets it."""
        return item_offers(self.filled, self.language)

    def json(self) -> bytes:
        """The public answer."""
        items = offers_json(self.filled, self.language)
        return b'{"items":%b,"strategy":"%b"}' % (items, self.strategy.encode())


def offers(store: Store, shop: Shop, wish: Wish, now: int) -> Offers:
    """At most one popup, and the windows asked for, filled in the order asked."""
    with desk(store, shop, wish, now) as open_desk:
        windows = {slug: open_desk.window(slug) for slug in wish.windows}
        shown = {slug: window for slug, window in windows.items() if window is not None}
        return Offers(open_desk.popup() if wish.popup else None, shown)


def recommend(store: Store, shop: Shop, wish: Wish, now: int) -> Recommended:
    """The products of ``wish.windows[0]`` or of the bare ``wish.strategy``. Raises NotFound."""
    with desk(store, shop, wish, now) as open_desk:
        filled = open_desk.filled(open_desk.asked_window(), wish.limit)
        return Recommended(filled, wish.language)


def recommend_json(store: Store, shop: Shop, wish: Wish, now: int) -> bytes:
    """The public answer of ``recommend``; the same wish gets the same one while nobody writes."""
    with desk(store, shop, wish, now) as open_desk:

        def make() -> bytes:
            filled = open_desk.filled(open_desk.asked_window(), wish.limit)
            return Recommended(filled, wish.language).json()

        return open_desk.catalogue.kept_of_visitor(wish, make, (now // KEPT_MS, shop))


@contextmanager
def desk(store: Store, shop: Shop, wish: Wish, now: int, explains: bool = False) -> Iterator[Desk]:
    """The desk that serves ``wish``, as long as it looks into the store.

    explains: whether it will be asked why it shows what it shows.
    """
    version = store.version()
    with store.read() as tx:
        seen = marks.as_of(store, tx, version)
        docs = documents(store, tx, seen.generation)
        catalogue = Catalogue(store, tx, seen, version)
        acting = Acting(tx, docs, shop, wish.visitor_id, now, catalogue.kept_of_visitor)
        wish = _catalogued(catalogue, wish)
        yield Desk(store, tx, docs, shop, wish, acting, now, catalogue, version, explains)


def _catalogued(catalogue: Catalogue, wish: Wish) -> Wish:
    """The wish with its product and its cart by the ids of the catalogue, whatever a page calls
    them. Few lists need what was viewed: those ask, and then it is looked up here with the others.
    """
    own = () if wish.item_id is None else (wish.item_id,)
    asked = (*own, *(wish.cart or ()))
    seen = wish.viewed if wish.strategy in BY_VIEWS else None
    found = catalogue.named((*asked, *(seen or ())))[: len(asked)]
    if found == asked:
        return wish
    item, found = (found[0], found[1:]) if own else (None, found)
    return replace(wish, item_id=item, cart=None if wish.cart is None else found)


@dataclass
class Desk:
    """Serves one visitor's wish; remembers what it showed so that no product comes twice."""

    store: Store
    tx: Tx
    docs: Documents
    shop: Shop
    wish: Wish
    acting: Acting
    now: int
    catalogue: Catalogue
    version: int | None = None
    explains: bool = False
    on_page: set[str] = field(default_factory=set)

    @cached_property
    def cart(self) -> tuple[str, ...]:
        """The product ids in the cart: what the page says, else what the store knows."""
        if self.wish.cart is not None:
            return self.wish.cart
        return self.catalogue.named([line.item_id for line in self.acting.profile.cart])

    @cached_property
    def shelves(self) -> Shelves:
        """What each strategy brings forward for this wish."""
        asked = Asked(self.wish.item_id, self.wish.viewed, self.cart)
        return Shelves(
            self.store, self.tx, self.acting, self.catalogue, asked, self.version, self.explains
        )

    def asked_window(self, place: int = 0) -> Window:
        """The window asked for at ``place``, or one of the bare strategy. Raises NotFound."""
        if self.wish.strategy is not None:
            return bare_window(self.wish.strategy, self.wish.limit)
        slug = self.wish.windows[place]
        if slug not in self.docs.windows:
            raise NotFound(f"there is no window called {slug}")
        return self.docs.windows[slug]

    def window(self, slug: str) -> dict[str, Any] | None:
        """A window's public answer; None: there is none for this visitor on this page."""
        window = self.docs.windows.get(slug)
        if window is None or not self.is_on_page(window) or not self.is_for(window):
            return None
        filled = None if self.keeps_back(window) else self.filled(window, window.max)
        return window_offer(window, filled, self.wish.language)

    def is_on_page(self, window: Window) -> bool:
        """Whether ``window`` has a place on this page."""
        return is_named(self.wish.path, window.pages)

    def is_for(self, window: Window) -> bool:
        """Whether this visitor is among those that ``window`` is for."""
        return window.audience is None or self.acting.holds(window.audience)

    def filled(self, window: Window, limit: int) -> Filled:
        """The products of a window: never the page's own, the cart's, or one shown before."""
        own = frozenset({self.wish.item_id} if self.wish.item_id else ())
        window = self._by_catalogue(window)
        filled = fill(
            window,
            self.shelves.of(window),
            self.catalogue.known,
            barred=(
                (OWN_PAGE, own),
                (IN_CART, frozenset(self.cart)),
                (NEVER_SHOWN, self._never_shown),
                (BOUGHT, self._bought(window)),
                (EARLIER_WINDOW, self.on_page),
            ),
            limit=limit,
            tells=self.explains,
            further=self.shelves.further(window),
        )
        self.on_page.update(filled.item_ids)
        return filled

    def _by_catalogue(self, window: Window) -> Window:
        """The window, what the owner chose for it by the ids of the catalogue."""
        if not window.pins and not window.bans:
            return window
        pins, bans = map(self.catalogue.named, (window.pins, window.bans))
        if (pins, bans) == (window.pins, window.bans):
            return window
        return replace(window, pins=tuple(dict.fromkeys(pins)), bans=bans)

    @cached_property
    def _never_shown(self) -> frozenset[str]:
        ids = self.shop.never_shown
        return frozenset(self.catalogue.named(tuple(ids))) if ids else ids

    def popup(self) -> dict[str, Any] | None:
        """The popup for this moment in its public form, or None."""
        acting, wish, popups = self.acting, self.wish, self.docs.popups
        if wish.visitor_id is None:
            return None
        moment = moment_of(self.tx, acting, popups, wish.path, wish.language, self.now)
        decision = choose(popups, moment)
        if decision is None:
            return None
        profile = acting.profile
        seen = () if profile.last_item_id is None else (profile.last_item_id,)
        last = self.catalogue.products(self.catalogue.named(seen))
        fields = merge_fields(profile, self.shop, wish.language, next(iter(last.values()), None))
        offer = popup_offer(decision, wish.language, fields, self._in_popup)
        offer = with_time_left(offer, moment.of(decision.popup).first_at, self.now)
        return coupons.with_code(
            self.tx, self.shop, decision.popup, offer, acting.profile_id, wish.language, self.now
        )

    def _in_popup(self, slug: str) -> list[dict[str, Any]]:
        """A popup's own products; it may show again what the page behind it shows."""
        window = self.docs.windows.get(slug)
        if window is None:
            return []
        alone = replace(self, on_page=set())
        return item_offers(alone.filled(window, window.max), self.wish.language)

    def _bought(self, window: Window) -> frozenset[str]:
        """What this visitor bought so lately that ``window`` leaves it out."""
        if window.leave_out_bought is None or (profile_id := self.acting.profile_id) is None:
            return frozenset()
        since = self.now - window.leave_out_bought * DAY
        return frozenset(deeds.bought(self.tx, profile_id, since, self.now))

    def keeps_back(self, window: Window) -> bool:
        """Whether this visitor is in the window's control group; nobody without an id is."""
        if self.wish.visitor_id is None:
            return False
        shares = (window.control_share, self.shop.control_share, window.usual_share)
        share = next(one for one in shares if one is not None)
        return arm(window.slug, self.acting.profile.visitor_id, share) == CONTROL
