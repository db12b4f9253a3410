"""Which popup and which products does this visitor get on this page, right now?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import NotFound
from plugin.journey.verdicts import inside_of, verdicts
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts
from plugin.segment.rule import Rule
from plugin.serve.experiment import CONTROL, arm
from plugin.serve.page import is_named
from plugin.serve.recommend.fill import Filled, fill
from plugin.serve.recommend.offer import item_offers, window_offer
from plugin.serve.recommend.window import CONTROL_SHARE, Window, bare_window
from plugin.serve.retain.choose import Moment, choose
from plugin.serve.retain.offer import merge_fields, popup_offer
from plugin.shop import Shop, local_time
from plugin.storage import by_hand, campaigns, items, profiles, shelves
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx
from plugin.storage.facts import load_facts

SPARE = 60  # products asked of a strategy beyond what a window holds: some may not be shown


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
    """The products of one window or strategy, and the strategy that led."""

    items: list[dict[str, Any]]
    strategy: str


@dataclass(frozen=True)
class Acting:
    """The visitor who acts, as the decision needs to know it; without consent: nobody."""

    profile_id: int | None
    facts: Facts
    inside: Mapping[str, bool]


def offers(store: Store, shop: Shop, wish: Wish, now: int) -> Offers:
    """At most one popup, and the windows asked for, filled in the order asked."""
    with store.read() as tx:
        desk = _desk(store, tx, shop, wish, now)
        windows = {slug: desk.window(slug) for slug in wish.windows}
        shown = {slug: window for slug, window in windows.items() if window is not None}
        return Offers(desk.popup() if wish.popup else None, shown)


def recommend(store: Store, shop: Shop, wish: Wish, now: int) -> Recommended:
    """The products of ``wish.windows[0]`` or of the bare ``wish.strategy``. Raises NotFound."""
    with store.read() as tx:
        desk = _desk(store, tx, shop, wish, now)
        if wish.strategy is not None:
            window = bare_window(wish.strategy, wish.limit)
        elif wish.windows[0] in desk.docs.windows:
            window = desk.docs.windows[wish.windows[0]]
        else:
            raise NotFound(f"there is no window called {wish.windows[0]}")
        filled = desk.filled(window, wish.limit)
        return Recommended(item_offers(filled, wish.language), filled.strategy)


def _desk(store: Store, tx: Tx, shop: Shop, wish: Wish, now: int) -> Desk:
    docs = documents(store, tx)
    return Desk(tx, docs, shop, wish, _acting(tx, docs, shop, wish, now), now)


def _acting(tx: Tx, docs: Documents, shop: Shop, wish: Wish, now: int) -> Acting:
    found = profiles.find(tx, wish.visitor_id) if wish.visitor_id else None
    if found is None:
        nobody = Facts(Profile(wish.visitor_id or ""), {})
        return Acting(None, nobody, dict.fromkeys(docs.rules, False))
    facts = load_facts(tx, [found[0]], *docs.needs)[found[0]]
    placed = by_hand.placed(tx, [found[0]]).get(found[0], by_hand.NOTHING)
    answers = verdicts(docs.rules, facts, placed, now, shop)
    return Acting(found[0], facts, inside_of(answers, placed))


@dataclass
class Desk:
    """Serves one visitor's wish; remembers what it showed so that no product comes twice."""

    tx: Tx
    docs: Documents
    shop: Shop
    wish: Wish
    acting: Acting
    now: int
    on_page: set[str] = field(default_factory=set)

    @property
    def cart(self) -> tuple[str, ...]:
        """The product ids in the cart: what the page says, else what the store knows."""
        if self.wish.cart is not None:
            return self.wish.cart
        return tuple(line.item_id for line in self.acting.facts.profile.cart)

    def window(self, slug: str) -> dict[str, Any] | None:
        """A window's public answer; None: there is none for this visitor on this page."""
        window = self.docs.windows.get(slug)
        if window is None or not is_named(self.wish.path, window.pages):
            return None
        if window.audience is not None and not self._holds(window.audience):
            return None
        filled = None if self._kept_back(window) else self.filled(window, window.max)
        return window_offer(window, filled, self.wish.language)

    def filled(self, window: Window, limit: int) -> Filled:
        """The products of a window: never the page's own, the cart's, or one shown before."""
        own = {self.wish.item_id} if self.wish.item_id else set()
        filled = fill(
            window,
            lambda strategy: shelves.SHELVES[strategy](self.tx, self._wanted(window)),
            lambda ids: items.products(self.tx, ids),
            leave_out={*self.cart, *self.on_page, *own},
            limit=limit,
        )
        self.on_page.update(filled.item_ids)
        return filled

    def popup(self) -> dict[str, Any] | None:
        """The popup for this moment in its public form, or None."""
        acting, wish = self.acting, self.wish
        if wish.visitor_id is None:
            return None
        profile, started = acting.facts.profile, acting.facts.profile.session_started_at
        seen = {}
        if acting.profile_id is not None:
            seen = campaigns.seen(self.tx, acting.profile_id, self.now, started)
        moment = Moment(
            visitor_id=profile.visitor_id,  # a customer's devices are in one arm
            page_path=wish.path,
            now_local=local_time(self.now, self.shop.timezone),
            matches=self._holds,
            segments=frozenset(slug for slug, holds in acting.inside.items() if holds),
            seen=seen,
            checkouts=self.shop.texts("checkout_pages"),
            purchased=started is not None and (profile.last_order_at or 0) >= started,
            control_share=self.shop.control_share,
        )
        decision = choose(self.docs.popups, moment)
        if decision is None:
            return None
        last = items.products(self.tx, [profile.last_item_id]) if profile.last_item_id else {}
        fields = merge_fields(profile, self.shop, wish.language, next(iter(last.values()), None))
        return popup_offer(decision, wish.language, fields, self._in_popup)

    def _in_popup(self, slug: str) -> list[dict[str, Any]]:
        """A popup's own products; it may show again what the page behind it shows."""
        window = self.docs.windows.get(slug)
        if window is None:
            return []
        alone = Desk(self.tx, self.docs, self.shop, self.wish, self.acting, self.now)
        return item_offers(alone.filled(window, window.max), self.wish.language)

    def _wanted(self, window: Window) -> shelves.Wanted:
        return shelves.Wanted(
            now=self.now,
            limit=window.max + SPARE,
            profile_id=self.acting.profile_id,
            viewed=self.wish.viewed,
            item_id=self.wish.item_id,
            cart=self.cart,
            segments=tuple(slug for slug, holds in self.acting.inside.items() if holds),
            cart_value=self._cart_value(),
            free_shipping=self.shop.manners.free_shipping,
            currency=self.shop.currency,
            affinities=self.acting.facts.profile.affinities,
        )

    def _cart_value(self) -> int | None:
        """What the cart is worth; None where the page names another one than the store knows."""
        profile = self.acting.facts.profile
        ours = {line.item_id for line in profile.cart}
        return profile.cart_value_now if set(self.cart) == ours else None

    def _holds(self, rule: Rule) -> bool:
        if self.acting.profile_id is None:
            return False
        verdict = evaluate(rule, self.acting.facts, self.now, self.shop, self.acting.inside)
        return bool(verdict.holds)

    def _kept_back(self, window: Window) -> bool:
        """Whether this visitor is in the window's control group; nobody without an id is."""
        if self.wish.visitor_id is None:
            return False
        shares = (window.control_share, self.shop.control_share, CONTROL_SHARE)
        share = next(one for one in shares if one is not None)
        return arm(window.slug, self.acting.facts.profile.visitor_id, share) == CONTROL
