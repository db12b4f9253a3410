"""Where does each stand among all: cut points, percentiles, usual gaps?

Scores are told by comparison with cut points, so equal values always have one score.
Source: PERCENT_RANK, that is (how many are lower) / (how many there are - 1).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple, TypeVar

from plugin.shop import DAY

ENOUGH_ORDERS = 30  # of the shop; with fewer its own figures say nothing yet
USUAL_GAP_DAYS = 45  # until then
ENOUGH_BUYERS = 5  # who bought a product again, before it counts as bought again
YEAR, QUARTER = 365 * DAY, 90 * DAY
SLACK = 5  # points a kept percentile may stand above the fresh one
FIFTHS, QUARTERS = 5, 4
K = TypeVar("K", bound=Hashable)


class Order(NamedTuple):
    """One order of a profile. ``at``: Unix ms; money: minor units of the shop's currency, of an
    order in another one 0, and then it has no ``ours``.
    """

    profile: int
    at: int
    value: int
    refunded: int
    ours: bool = True


@dataclass(frozen=True)
class Figures:
    """What is known of the whole shop, as of a moment.

    ``recency``: moments (Unix ms), descending; who ordered last at one or before it is a fifth
    lower. ``frequency``: orders of those with more than one; ``money``: minor units; both
    ascending: who has as much is a part higher. ``order_value``: of an average order, minor units;
    None: nobody knows. ``gap_days``: usual days from an order to the next, at least 1.
    """

    recency: tuple[int, ...] = ()
    frequency: tuple[int, ...] = ()
    money: tuple[int, ...] = ()
    order_value: float | None = None
    gap_days: int = USUAL_GAP_DAYS


def cuts(values: Iterable[int], parts: int) -> tuple[int, ...]:
    """The values from which on one stands in the second part, the third ..., of ``parts``.

    Fewer where so many are equal that nobody stands there.

    >>> cuts([10, 20, 30, 40, 50, 60], 5), cuts([7, 7, 7], 5), cuts([1], 5)
    ((20, 30, 40, 50), (), ())
    """
    ranked = sorted(values)
    found: list[int] = []
    for part in range(1, parts):
        # The least of whom so many are lower that parts * lower / (n - 1) reaches ``part``.
        lower = -(-part * (len(ranked) - 1) // parts)
        if lower < 1 or lower >= len(ranked):
            break
        if bisect_left(ranked, ranked[lower]) < lower:
            lower = bisect_right(ranked, ranked[lower])
        if lower == len(ranked):
            break
        found.append(ranked[lower])
    return tuple(found)


def percentiles(amounts: Mapping[K, int]) -> dict[K, int]:
    """Of each the percentile among all, whole, rounded down: 0 to 100; of a single one 0.

    >>> percentiles({"mina": 10, "cho": 20, "ana": 20, "tomo": 30})
    {'mina': 0, 'cho': 33, 'ana': 33, 'tomo': 100}
    """
    ranked = sorted(amounts.values())
    others = max(1, len(ranked) - 1)
    return {key: 100 * bisect_left(ranked, amount) // others for key, amount in amounts.items()}


def settled(kept: int | None, fresh: int) -> int:
    """The percentile to keep: raised at once, lowered only as far as ``SLACK`` above the fresh one.

    So whoever came to 90 stays there until the fresh one falls below 85, and does not flap.

    >>> settled(None, 91), settled(91, 88), settled(91, 84), settled(91, 95)
    (91, 91, 89, 95)
    """
    return fresh if kept is None else min(max(kept, fresh), fresh + SLACK)


def figures_of(
    orders: Sequence[Order], spent: Mapping[int, int], now: int, stated: int | None
) -> Figures:
    """The shop's figures from its orders up to ``now``, by profile and time.

    spent: the money (minor units) of each profile with orders, net of all that was given back: also
    of orders nobody told us of. stated: what the owner said an order is worth (minor units), for as
    long as orders are few.
    """
    last: dict[int, int] = {}
    counts: dict[int, int] = defaultdict(int)
    for one in orders:
        last[one.profile] = one.at
        counts[one.profile] += 1
    return Figures(
        tuple(-cut for cut in cuts((-at for at in last.values()), FIFTHS)),
        cuts((count for count in counts.values() if count > 1), QUARTERS),
        cuts((spent.get(one, 0) for one in last), FIFTHS),
        _order_value(orders, now, stated),
        _gap_days(orders),
    )


def revenue_percentiles(orders: Iterable[Order], now: int) -> dict[int, int]:
    """Of each buyer of the last 365 days the percentile of its money, net of refunds."""
    spent: dict[int, int] = defaultdict(int)
    for one in orders:
        if now - YEAR < one.at <= now:
            spent[one.profile] += one.value - one.refunded
    return percentiles(spent)


def own_gap(times: Sequence[int]) -> float | None:
    """The median time (ms) between orders at ``times``, ascending, at least a day.

    None with fewer than three orders.
    """
    if len(times) < 3:
        return None
    gaps = [later - sooner for sooner, later in pairwise(times)]
    return max(median(gaps), DAY)


def gaps_of_products(bought: Iterable[tuple[str, int, int]]) -> dict[str, int]:
    """The usual days until a product is bought again, of those that enough people buy again.

    bought: (product, profile, moment), in this order, of everybody who bought it more than once.
    """
    found: dict[str, int] = {}
    for item_id, rows in groupby(bought, key=lambda row: row[0]):
        gaps, buyers = _gaps((profile, at) for _, profile, at in rows)
        if buyers >= ENOUGH_BUYERS:
            found[item_id] = _whole_days(gaps)
    return found


def _gap_days(orders: Sequence[Order]) -> int:
    gaps, _ = _gaps((one.profile, one.at) for one in orders)
    return _whole_days(gaps) if gaps and len(orders) >= ENOUGH_ORDERS else USUAL_GAP_DAYS


def _gaps(rows: Iterable[tuple[int, int]]) -> tuple[list[int], int]:
    """The times (ms) between moments of one profile each, and of how many profiles they are."""
    gaps: list[int] = []
    whose: set[int] = set()
    before: tuple[int, int] | None = None
    for profile, at in rows:
        if before is not None and before[0] == profile and before[1] < at:
            gaps.append(at - before[1])
            whose.add(profile)
        before = profile, at
    return gaps, len(whose)


def _whole_days(gaps: Sequence[int]) -> int:
    """The median in days; whole, so that not every order moves it and everybody with it."""
    return max(1, int(median(gaps) / DAY + 0.5))


def _order_value(orders: Sequence[Order], now: int, stated: int | None) -> float | None:
    known = [one for one in orders if one.ours]
    recent = [one.value for one in known if now - QUARTER < one.at <= now]
    if len(known) >= ENOUGH_ORDERS and sum(recent) > 0:
        return sum(recent) / len(recent)
    return stated
