"""How much does a product suit what a visitor cares for?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from plugin.shop import DAY

HALF_LIFE_DAYS = 14.0  # as profile.fold has it
BY_CATEGORY, BY_BRAND = 2 / 3, 1 / 3
NEW_HALF_DAYS = 10.0  # a product is half as new after so long
PULL = 3.0  # what suits wholly counts so many times more, beside once for itself

# A product's id, its score for everybody (0 or more), top category and brand.
Choice = tuple[str, float, str, str | None]
Scored = tuple[float, str]  # minus a score, so that the best comes first, and the product's id


@dataclass(frozen=True)
class Taste:
    """Of what a visitor cares for, the share of each top category and of each brand, 0 to 1."""

    categories: Mapping[str, float] = field(default_factory=dict)
    brands: Mapping[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.categories or self.brands)


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


class Choices:
    """Products that a taste chooses from: sorted once for who has none, and by what they are of.

    Of hundreds a taste moves a few, so an answer looks at these alone, and then walks what is
    sorted already.
    """

    def __init__(self, choice: Collection[Choice]) -> None:
        self._sorted: list[Scored] = sorted((-score, item_id) for item_id, score, _, _ in choice)
        self._kinds = {item_id: (path, brand or "") for item_id, _, path, brand in choice}
        self._of_category: dict[str, list[Scored]] = {}
        self._of_brand: dict[str, list[Scored]] = {}
        for one in self._sorted:
            path, brand = self._kinds[one[1]]
            self._of_category.setdefault(path, []).append(one)
            self._of_brand.setdefault(brand, []).append(one)

    def __len__(self) -> int:
        return len(self._sorted)

    def best_first(self, taste: Taste, most: int) -> list[str]:
        """The first ``most`` products by their score as it is pulled by the taste; equal ones by
        their ids.
        """
        moved = self.pulled(taste)
        first = self._sorted[: most + len(moved)]
        rest = [one for one in first if one[1] not in moved]
        return [item_id for _, item_id in sorted([*moved.values(), *rest])[:most]]

    def pulled(self, taste: Taste) -> dict[str, Scored]:
        """What the taste has anything to say of: the more it suits, up to 1 + ``PULL`` times its
        score.
        """
        suited = [one for path in taste.categories for one in self._of_category.get(path, ())]
        suited += [one for brand in taste.brands for one in self._of_brand.get(brand, ())]
        kinds, categories, brands = self._kinds, taste.categories.get, taste.brands.get
        moved = {}
        for score, item_id in suited:
            path, brand = kinds[item_id]
            pull = BY_CATEGORY * categories(path, 0.0) + BY_BRAND * brands(brand, 0.0)
            moved[item_id] = (score * (1.0 + PULL * pull), item_id)
        return moved


@lru_cache(maxsize=4096)  # a shop has few categories, and every product looked at is asked
def top(category: str | None) -> str:
    """The first part of a category's path: "Bags" of "Bags > Totes"; "" of none."""
    return (category or "").partition(">")[0].strip()


def _shares(points: Mapping[str, float]) -> dict[str, float]:
    known = {name: told for name, told in points.items() if name and told > 0}
    total = sum(known.values())
    return {name: told / total for name, told in known.items()} if total > 0 else {}
