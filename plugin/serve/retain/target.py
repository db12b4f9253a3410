"""For which visitors is a popup, by what they have, speak, came from and hold in the cart?"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.serve.document import Document
from plugin.shop import to_minor

DEVICES = ("desktop", "mobile", "tablet")
VISITORS = ("new", "returning")
KEYS = ("devices", "languages", "sources", "visitors", "cart")
CART_KEYS = ("value_min", "value_max", "items_min", "empty")
PHONE = "phone"  # what people call a device that is mobile and no tablet
DEAREST = 1e12


@dataclass(frozen=True)
class CartBounds:
    """What the cart must be like: worth (major units, both ends included), lines, empty or not."""

    value_min: float | None = None
    value_max: float | None = None
    items_min: int | None = None
    empty: bool | None = None

    def hold(self, lines: int, value: int, currency: str) -> bool:
        """Whether a cart of so many lines, worth ``value`` minor units, is such a one."""
        return (
            (self.empty is None or self.empty == (lines == 0))
            and (self.items_min is None or lines >= self.items_min)
            and (self.value_min is None or value >= to_minor(self.value_min, currency))
            and (self.value_max is None or value <= to_minor(self.value_max, currency))
        )


@dataclass(frozen=True)
class Target:
    """Whom a popup is for beside its audience; what is empty or None asks for nothing.

    ``languages``: the page's, by its first part. ``sources``: channels, sources (``utm_source`` or
    the host that led here) or campaigns (``utm_campaign``), in lower case; one is enough.
    """

    devices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    visitors: str | None = None
    cart: CartBounds | None = None


ANYBODY = Target()


def read_target(one: Document) -> Target:
    """The target that a popup's document describes. Raises DocumentRefused."""
    return Target(
        devices=_devices(one),
        languages=tuple(name.lower().partition("-")[0] for name in one.names("languages")),
        sources=tuple(name.strip().lower() for name in one.names("sources")),
        visitors=one.choice("visitors", VISITORS) if one.raw("visitors") is not None else None,
        cart=_cart(one) if one.raw("cart") is not None else None,
    )


def _devices(one: Document) -> tuple[str, ...]:
    found = tuple("mobile" if name == PHONE else name for name in one.names("devices"))
    for name in found:
        if name not in DEVICES:
            raise one.refused("devices", f"has {name[:40]!r}; known: {', '.join(DEVICES)}")
    return found


def _cart(one: Document) -> CartBounds:
    cart = one.inner("cart", CART_KEYS)
    low, high = (
        cart.number(key, 0, DEAREST) if cart.raw(key) is not None else None
        for key in ("value_min", "value_max")
    )
    items_min = cart.whole("items_min", 1, 1_000) if cart.raw("items_min") is not None else None
    empty = cart.flag("empty", True) if cart.raw("empty") is not None else None
    if low is not None and high is not None and low > high:
        raise cart.refused("value_max", "must not be below value_min")
    if empty and (items_min or low):
        raise cart.refused("empty", "cannot be true of a cart that must hold something")
    return CartBounds(low, high, items_min, empty)
