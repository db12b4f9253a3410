"""What does one simulated shopper do in the shop, page by page?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from plugin.shop import DAY, SECOND
from plugin.web.demo.catalogue import CURRENCY, DemoProduct
from plugin.web.demo.personas import (
    DEVICES,
    FIRST_CHANNELS,
    FIRST_NAMES,
    HOMES,
    LATER_CHANNELS,
    Home,
    Persona,
    choice,
)

SITE = "https://larkmoor.example"
FREE_SHIPPING_FROM, SHIPPING = 7500, 600  # cents
IDLE_WORDS = ("lamp", "linen", "mug", "notebook", "wool", "backpack", "travel", "plant")

Arm = Callable[[str, str], str]
Line = dict[str, Any]  # one product of an event's items


@dataclass(frozen=True)
class Action:
    """One thing to tell Regulars at ``at`` (Unix ms): the body of an event or of an order.

    ``kind``: "event" (one of ``POST /v1/events``) or "order" (``POST /v1/orders``).
    """

    at: int
    kind: str
    body: dict[str, Any]

    @property
    def visitor_id(self) -> str:
        """Whose action it is."""
        return str(self.body["visitor_id"])


class Shelves:
    """The shop as shoppers see it: what is liked more, and what is looked at together."""

    def __init__(self, products: Sequence[DemoProduct]) -> None:
        self.products = tuple(products)
        self.sections = sorted({product.section for product in products})
        # What no shop can choose: some things are simply liked more than others.
        self.charm = [_charm(product) for product in products]
        self._kin = {
            last.item_id: [_kinship(last, product) for product in products] for last in products
        }

    def kin(self, last: DemoProduct) -> Sequence[float]:
        """How much more each product is looked at right after ``last``."""
        return self._kin[last.item_id]


def _charm(product: DemoProduct) -> float:
    charm = Random(product.item_id).uniform(0.4, 2.2)
    return charm if product.sale_price is None else charm * 1.3


def _kinship(last: DemoProduct, product: DemoProduct) -> float:
    if product == last:
        return 0.01
    same_shelf = 4.0 if product.shelf == last.shelf else 1.0
    return same_shelf * (1.8 if set(product.tags) & set(last.tags) else 1.0)


@dataclass
class Shopper:
    """One visitor: fixed manners, a cart, and everything told so far, in time order."""

    rng: Random
    shelves: Shelves
    persona: Persona
    arm: Arm
    visitor_id: str = ""
    at: int = 0
    visits: int = 0
    orders: int = 0
    closes: Counter[str] = field(default_factory=Counter)  # of each popup; an answer counts twice
    cart: dict[DemoProduct, int] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng
        self.visitor_id = self.visitor_id or str(UUID(int=rng.getrandbits(128), version=4))
        self.home: Home = choice(rng, HOMES)
        self.device, self.browser = choice(rng, DEVICES)
        self.name = rng.choice(FIRST_NAMES)
        loved = rng.sample(self.shelves.sections, k=rng.choice((1, 1, 2)))
        tastes = {
            name: 7.0 if name in loved else rng.uniform(0.3, 1) for name in self.shelves.sections
        }
        self._likes = [
            charm * tastes[product.section] * (6 if self.persona.loves in product.tags else 1)
            for product, charm in zip(self.shelves.products, self.shelves.charm, strict=True)
        ]
        self._page = ""
        self._last: DemoProduct | None = None

    # Telling

    def tell(self, event: str, lines: Sequence[Line] = (), /, **params: Any) -> None:
        """Say that ``event`` happened now, with these product lines."""
        if lines:
            value = round(sum(line["price"] * line["quantity"] for line in lines), 2)
            params = {"currency": CURRENCY, "value": value, "items": list(lines)} | params
        body = {
            "visitor_id": self.visitor_id,
            "event_id": f"{self.rng.getrandbits(128):032x}",
            "name": event,
            "timestamp": self.at,
            "params": params,
        }
        self.actions.append(Action(self.at, "event", body))

    def wait(self, low_s: float, high_s: float) -> None:
        """Let some seconds pass."""
        self.at += int(self.rng.uniform(low_s, high_s) * SECOND)

    def go(self, path: str, referrer: str | None = None) -> None:
        """Open a page of the shop."""
        self.wait(6, 80)
        location = SITE + path
        came_from = self._page if referrer is None else referrer
        self.tell(
            "page_view",
            page_location=location,
            **({"page_referrer": came_from} if came_from else {}),
            device=self.device,
            browser=self.browser,
            language=self.home.language,
            country=self.home.country,
        )
        self._page = location.partition("?")[0]
        self.wait(0.1, 0.6)

    # Looking around

    def arrive(self, at: int) -> None:
        """Begin a visit at ``at``: on the front page, a category or straight on a product."""
        self.at = at
        channel = choice(self.rng, LATER_CHANNELS if self.visits else FIRST_CHANNELS)
        self.visits += 1
        self._last = None
        referrer = self.home.engine if channel.referrer == "engine" else channel.referrer
        landing = "/demo/"
        entry: DemoProduct | None = None
        if channel.name in ("organic", "paid", "social") and self.rng.random() < 0.55:
            entry = self.pick()
            landing = entry.url
        self.go(landing + (f"?{channel.query}" if channel.query else ""), referrer)
        if entry is not None:
            self._looked_at(entry)
        else:
            self.window("home-1", 0.75, 0.16)

    def pick(self) -> DemoProduct:
        """A product this shopper would look at next."""
        likes = self._likes
        if self._last is not None:
            kin = self.shelves.kin(self._last)
            likes = [like * more for like, more in zip(likes, kin, strict=True)]
        return self.rng.choices(self.shelves.products, likes)[0]

    def look(self, product: DemoProduct) -> None:
        """Open a product's page, and perhaps see what others looked at."""
        self.go(product.url)
        self._looked_at(product)

    def search(self) -> None:
        """Use the shop's search."""
        words = self.persona.loves or self.rng.choice(IDLE_WORDS)
        self.go(f"/demo/search?q={words}")
        self.tell("search", search_term=words)

    def window(self, slug: str, seen: float, clicked: float) -> None:
        """Meet a recommendation window; those in its control group meet nothing, which is told."""
        if self.rng.random() >= seen:
            return
        self.wait(1, 6)
        if self.arm(slug, self.visitor_id) != "show":
            self.tell("popup_holdout", item_list_id=slug)
            return
        picks = list(dict.fromkeys(self.pick() for _ in range(5)))
        picks = [product for product in picks if product != self._last][:4]
        # A stranger is in no segment that has favourites yet.
        code = "vt" if slug == "product-1" else "sf" if self.visits > 1 else "bs"
        lines = [product.as_line() for product in picks]
        via = ",".join(code for _ in picks)
        self.tell("view_item_list", lines, item_list_id=slug, via=via, index=0)
        if self.rng.random() < clicked:
            self.wait(2, 9)
            chosen = self.rng.choice(picks)
            place = picks.index(chosen)
            told = {"item_list_id": slug, "via": code, "index": place}
            self.tell("select_item", [chosen.as_line()], **told)
            self.look(chosen)

    def _looked_at(self, product: DemoProduct) -> None:
        self._last = product
        self.tell("view_item", [product.as_line()])
        self.window("product-1", 0.22, 0.16)

    # Buying

    def add(self, product: DemoProduct) -> None:
        """Put one piece into the cart, if there is one to be had."""
        if product.in_stock:
            self.wait(4, 30)
            self.tell("add_to_cart", [product.as_line()])
            self.cart[product] = self.cart.get(product, 0) + 1

    def reconsider(self) -> None:
        """Take one line out of the cart."""
        product = self.rng.choice(list(self.cart))
        self.go("/demo/cart")
        self.tell("remove_from_cart", [product.as_line(self.cart.pop(product))])

    def check_out(self) -> None:
        """Go from the cart to the checkout, and no further yet."""
        self.go("/demo/cart")
        self.tell("view_cart", self._cart_lines())
        self.go("/demo/checkout")
        self.tell("begin_checkout", self._cart_lines())

    def buy(self) -> None:
        """Order what is in the cart: the browser tells of it, and the shop's server confirms."""
        self.check_out()
        if self.orders == 0 and self.rng.random() < 0.6:
            self.wait(10, 40)
            mail = f"{self.name.lower()}.{self.visitor_id[:6]}@example.com"
            self.tell("identify", email=mail, name=self.name)
        self.wait(40, 240)
        number = f"LM-{self.rng.getrandbits(40):010x}".upper()
        lines = self._cart_lines()
        goods = sum(product.pays * pieces for product, pieces in self.cart.items())
        value = (goods + (0 if goods >= FREE_SHIPPING_FROM else SHIPPING)) / 100
        # Some close the page before the thank-you page has told anybody.
        if self.rng.random() < 0.94:
            self.go(f"/demo/thank-you?order={number}")
            self.tell("purchase", lines, transaction_id=number, value=value)
        self._confirm(number, value, lines)
        self.cart.clear()
        self.orders += 1

    def _cart_lines(self) -> list[Line]:
        return [product.as_line(pieces) for product, pieces in self.cart.items()]

    def _confirm(self, number: str, value: float, lines: list[Line]) -> None:
        """The shop's server confirms the order; one in twenty is sent back days later."""
        self._order(self.at + self.rng.randint(1, 40) * SECOND, "confirmed", number, value, lines)
        if self.rng.random() < 0.05:
            back = self.at + int(self.rng.uniform(3, 14) * DAY)
            self._order(back, "refunded", number, value, lines)

    def _order(self, at: int, status: str, number: str, value: float, lines: list[Line]) -> None:
        order = {
            "transaction_id": number,
            "visitor_id": self.visitor_id,
            "currency": CURRENCY,
            "value": value,
            "status": status,
            "items": lines,
            "timestamp": at,
        }
        self.actions.append(Action(at, "order", order))
