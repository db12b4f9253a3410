"""How much does a product suit what a visitor cares for?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plugin.shop import DAY

HALF_LIFE_DAYS = 14.0  # as profile.fold has it
BY_CATEGORY, BY_BRAND = 2 / 3, 1 / 3
NEW_HALF_DAYS = 10.0  # a product is half as new after so long
PULL = 3.0  # what suits wholly counts so many times more, beside once for itself

# A product's id, its score for everybody (0 or more), top category and brand.
Choice = tuple[str, float, str, str | None]


@dataclass(frozen=True)
class Taste:
    """Of what a visitor cares for, the share of each top category and of each brand, 0 to 1."""

    categories: Mapping[str, float] = field(default_factory=dict)
    brands: Mapping[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.categories or self.brands)

    def suits(self, category: str, brand: str | None) -> float:
        """How much a product of this top category and brand suits, 0 (or unknown) to 1."""
        by_category = self.categories.get(category, 0.0)
        return BY_CATEGORY * by_category + BY_BRAND * self.brands.get(brand or "", 0.0)


def taste_of(
    affinities: Mapping[str, tuple[float, int]],
    seen: Iterable[tuple[str | None, str | None]],
    now: int,
) -> Taste:
    """The taste of a visitor. affinities: of the profile, points and when (Unix ms).

    seen: category and brand of products looked at lately. Categories are counted from them where
    the profile has none.
    """
    looks = list(seen)
    # Source: exponential decay, points * 2 ** (-age / half-life).
    points = {
        category: told * 2.0 ** (-max(0, now - at) / (HALF_LIFE_DAYS * DAY))
        for category, (told, at) in affinities.items()
    }
    if not points:
        points = dict(Counter(top(category) for category, _ in looks))
    return Taste(_shares(points), _shares(Counter(brand or "" for _, brand in looks)))


def newness(age_ms: float) -> float:
    """1 for the newest product, half as much for one ``NEW_HALF_DAYS`` older, then half again."""
    return float(2.0 ** (-age_ms / (NEW_HALF_DAYS * DAY)))


def best_first(choice: Sequence[Choice], taste: Taste) -> list[str]:
    """The products by their score as it is pulled by the taste; equal ones by their ids.

    choice: best first already for who has no taste.
    """
    if not taste:
        return [one[0] for one in choice]
    # As ``suits`` has it, without a call for each of hundreds.
    categories, brands = taste.categories.get, taste.brands.get
    by_category, by_brand = PULL * BY_CATEGORY, PULL * BY_BRAND
    pulled = [
        (
            -score
            * (1.0 + by_category * categories(path, 0.0) + by_brand * brands(brand or "", 0.0)),
            item_id,
        )
        for item_id, score, path, brand in choice
    ]
    return [item_id for _, item_id in sorted(pulled)]


def top(category: str | None) -> str:
    """The first part of a category's path: "Bags" of "Bags > Totes"; "" of none."""
    return (category or "").partition(">")[0].strip()


def _shares(points: Mapping[str, float]) -> dict[str, float]:
    known = {name: told for name, told in points.items() if name and told > 0}
    total = sum(known.values())
    return {name: told / total for name, told in known.items()} if total > 0 else {}
