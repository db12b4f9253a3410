"""What does a window show, to whom, on which page, right now, and why?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask_babel import gettext as _

from plugin.errors import PluginError
from plugin.journey import Explained, Wish, explain_window
from plugin.profile.profile import Profile
from plugin.serve.product import Product
from plugin.serve.recommend.window import Window
from plugin.shop import Shop
from plugin.storage import campaigns, items, profiles, reports
from plugin.storage.engine import Store, Tx
from plugin.web.admin.windows_words import STATES
from plugin.web.admin.words import short_id
from plugin.web.language import ago, language_now

RECENT = 12  # visitors to choose from
MOST_LEFT_OUT = 30  # that are told of
MOST_IDS = 50
# Strategies that begin at the page's own product.
OF_A_PRODUCT = frozenset({"viewed_together", "bought_together", "similar"})
FIELDS = ("who", "other", "item", "cart", "path", "above")


@dataclass(frozen=True)
class Moment:
    """Who looks at which page. ``who`` "": somebody new. ``cart`` empty: as the store knows it.

    ``above``: a window that stands before this one on the page; "": none does.
    """

    who: str = ""
    item: str = ""
    cart: tuple[str, ...] = ()
    path: str = "/"
    above: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As the page's address says it."""
        return {
            "who": self.who,
            "item": self.item,
            "cart": "\n".join(self.cart),
            "path": self.path,
            "above": self.above,
        }


@dataclass(frozen=True)
class Look:
    """A window as somebody sees it: what is shown, and what one may choose to look at instead.

    ``told`` None: ``trouble`` says why. ``people``: who may be chosen, id and words. ``products``:
    the catalogue's words for ids of the moment.
    """

    moment: Moment
    told: Explained | None
    trouble: str = ""
    people: Sequence[tuple[str, str]] = ()
    products: Mapping[str, Product] = field(default_factory=dict)
    windows: Sequence[str] = ()

    @property
    def state(self) -> str:
        """Whether the window is shown as a whole, in words."""
        return "" if self.told is None else str(STATES[self.told.state])


def look(store: Store, shop: Shop, window: Window, asked: Mapping[str, str], now: int) -> Look:
    """``window`` as ``asked`` (a mapping of ``FIELDS``) says; without a word of it
    as whoever was here last sees it.
    """
    with store.read() as tx:
        ids, _more = reports.last_seen(tx, RECENT)
        known = profiles.load(tx, ids)
        people = [known[one] for one in ids if one in known]
        moment = _moment(tx, window, asked, people)
        products = items.products(tx, [one for one in (moment.item, *moment.cart) if one])
        others = [r["slug"] for r in campaigns.all(tx, "window") if r["slug"] != window.slug]
    told, trouble = None, ""
    try:
        told = explain_window(store, shop, _wish(window, moment), now, window)
    except PluginError as refused:  # as of a segment that is there no more
        trouble = refused.message
    chosen = [(one.visitor_id, _called(one)) for one in people]
    if moment.who and moment.who not in dict(chosen):
        chosen.append((moment.who, short_id(moment.who)))
    return Look(moment, told, trouble, chosen, products, others)


def _moment(tx: Tx, window: Window, asked: Mapping[str, str], people: Sequence[Profile]) -> Moment:
    if "who" not in asked:
        last = people[0] if people else None
        begins_at_a_product = not OF_A_PRODUCT.isdisjoint(window.strategies)
        item = (last.last_item_id or "") if last is not None and begins_at_a_product else ""
        return Moment(last.visitor_id if last else "", item, path=_path_of(tx, window, item))
    said = {name: asked.get(name, "").strip()[:2_000] for name in FIELDS}
    cart = [line.strip() for line in said["cart"].splitlines()]
    return Moment(
        said["other"] or said["who"],
        said["item"],
        tuple(dict.fromkeys(one for one in cart if one))[:MOST_IDS],
        said["path"] or _path_of(tx, window, said["item"]),
        said["above"] if said["above"] != window.slug else "",
    )


def _path_of(tx: Tx, window: Window, item: str) -> str:
    """The page that is meant if none is named: the product's, else one that the window names."""
    if item:
        product = items.products(tx, [item]).get(item)
        return urlsplit(product.url or "").path or "/" if product is not None else "/"
    named = (one for one in window.pages if one.startswith("/") and "*" not in one)
    return next(named, "/")


def _wish(window: Window, moment: Moment) -> Wish:
    return Wish(
        visitor_id=moment.who or None,
        language=language_now(),
        path=moment.path,
        windows=(*filter(None, [moment.above]), window.slug),
        item_id=moment.item or None,
        cart=moment.cart or None,
    )


def _called(one: Profile) -> str:
    seen = ago(one.last_seen_at) if one.last_seen_at is not None else _("never")
    return f"{short_id(one.visitor_id)} · {seen}"
