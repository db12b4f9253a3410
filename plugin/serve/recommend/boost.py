"""Which products does the owner move up or down in a window, and how far?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.serve.document import Document
from plugin.serve.product import Product, is_inside

LEAST, MOST = 0.1, 10.0
KINDS = ("category", "brand", "tag", "item_id")


@dataclass(frozen=True)
class Boost:
    """Products of one ``kind`` (of ``KINDS``) and ``value``, moved by a factor above 0.

    A product at place p stands as if it were at p / by: at 10 with 2, as at 5. A category holds
    those inside it, as filters do.
    """

    kind: str
    value: str
    by: float

    def means(self, product: Product) -> bool:
        """Whether ``product`` is one of those."""
        if self.kind == "item_id":
            return product.item_id == self.value
        if self.kind == "category":
            return is_inside(product.category, self.value)
        said = (product.brand or "",) if self.kind == "brand" else product.tags
        return self.value.strip().casefold() in (one.strip().casefold() for one in said)


def read_boosts(one: Document) -> tuple[Boost, ...]:
    """The boosts of a window's document. Raises DocumentRefused naming what is wrong."""
    return tuple(_read(raw, f"{one.where}.boosts") for raw in one.list("boosts"))


def _read(raw: object, where: str) -> Boost:
    one = Document(raw, where, (*KINDS, "by"))
    named = [kind for kind in KINDS if one.raw(kind) is not None]
    if len(named) != 1:
        raise one.refused("by", f"must stand beside exactly one of {', '.join(KINDS)}")
    return Boost(named[0], one.text(named[0]), one.number("by", LEAST, MOST))


def factor(boosts: Sequence[Boost], product: Product) -> float:
    """What all boosts together do to ``product``: their product, 1 when none means it."""
    found = 1.0
    for boost in boosts:
        if boost.means(product):
            found *= boost.by
    return found


def in_order(boosts: Sequence[Boost], products: Sequence[Product]) -> list[tuple[Product, float]]:
    """``products``, best first, in the order that the boosts give them, each with its factor.

    >>> made = [Product("mug"), Product("bag", brand="Pine"), Product("cup")]
    >>> [one.item_id for one, by in in_order([Boost("brand", "pine", 4)], made)]
    ['bag', 'mug', 'cup']
    """
    factors = [factor(boosts, product) for product in products]
    ranked = sorted(range(len(products)), key=lambda place: ((place + 1) / factors[place], place))
    return [(products[place], factors[place]) for place in ranked]
