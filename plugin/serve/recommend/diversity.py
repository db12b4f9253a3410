"""How many products of one kind may stand in a window?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from plugin.serve.product import Product


@dataclass(frozen=True)
class Diversity:
    """At most so many of each category (the whole path) and of each brand; None: any number.

    A product that names none is bound by no cap.
    """

    category: int | None = None
    brand: int | None = None

    @property
    def caps(self) -> bool:
        """Whether it binds anything."""
        return self.category is not None or self.brand is not None


NO_CAPS = Diversity()


@dataclass
class Tally:
    """Counts what stands in a window, and says who may join."""

    caps: Diversity
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, products: Iterable[Product]) -> Tally:
        """Count ``products`` whatever the caps say, such as pins; itself."""
        for product in products:
            self._seen.update(key for key, _ in self._keys(product))
        return self

    def admits(self, product: Product) -> bool:
        """Whether there is room for ``product``; if so it is counted."""
        keys = self._keys(product)
        if any(self._seen[key] >= cap for key, cap in keys):
            return False
        self._seen.update(key for key, _ in keys)
        return True

    def _keys(self, product: Product) -> list[tuple[tuple[str, str], int]]:
        asked = (
            ("category", product.category, self.caps.category),
            ("brand", product.brand, self.caps.brand),
        )
        return [
            ((kind, said.strip().casefold()), cap)
            for kind, said, cap in asked
            if said and cap is not None
        ]
