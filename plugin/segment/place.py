"""What does a visitor's place or cart mean by what the owner said of the shop?"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from plugin.segment.facts import Facts
from plugin.segment.person import country_code
from plugin.segment.text import fold
from plugin.segment.worked import Worked, never
from plugin.shop import Manners, Shop

# The traits that another word of the owner's changes.
OF_MANNERS = frozenset(
    {"is_home_country", "in_store_city", "in_slow_delivery_region", "free_ship_gap_ratio"}
)


def _home(facts: Facts, now: int, shop: Shop) -> bool | None:
    home, country = shop.manners.home_country, country_code(facts)
    return None if home is None or country is None else country == fold(home)


@lru_cache(maxsize=100)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, names))


def listed(declared: str, names: Callable[[Manners], tuple[str, ...]]) -> Worked:
    """Whether what was declared is in a list of the owner's; unset where nothing was declared."""

    def value(facts: Facts, now: int, shop: Shop) -> bool | None:
        told = facts.profile.declared.get(declared, ("", 0))[0]
        place = fold(str(told))
        return None if not place else place in _folded(names(shop.manners))

    return Worked(value, never, declared=(declared,))


def _gap(facts: Facts, now: int, shop: Shop) -> float | None:
    wanted = shop.manners.free_shipping
    if wanted is None or not facts.profile.cart_items_now:
        return None
    return (wanted - facts.profile.cart_value_now) / wanted


HOME = Worked(_home, never)
STORE_CITY = listed("city", lambda manners: manners.store_cities)
SLOW_REGION = listed("region", lambda manners: manners.slow_regions)
SHIPPING_GAP = Worked(_gap, never)
