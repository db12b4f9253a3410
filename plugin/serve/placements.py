"""Which strategy, at which place of a window, was looked at, clicked and bought from?

Pages tell with a window's events what chose each of its products (``via``, short codes) and at
which place the first of them stands (``index``, from 0).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from plugin.shop import DAY

CREDIT_MS = 7 * DAY  # that a click may lie before what it led to
MOST_PLACES = 100  # of one window; what says more is no window of ours
CODE = re.compile(r"[a-z0-9_-]{1,20}")
ADD, PURCHASE = "add_to_cart", "purchase"


@dataclass(frozen=True)
class Click:
    """A product was clicked in a window. ``via`` None: the page did not say what chose it."""

    profile: int
    at: int
    item_id: str
    window: str
    via: str | None = None
    position: int = 1


@dataclass(frozen=True)
class Deed:
    """A product was put into the cart or bought (``name``). revenue: minor units, net."""

    profile: int
    at: int
    item_id: str
    name: str
    revenue: int = 0


@dataclass(frozen=True)
class Placed:
    """What came of the products that a strategy put at one position (from 1) of a window.

    views: seen there; adds, purchases: product lines; revenue: minor units.
    """

    views: int = 0
    clicks: int = 0
    adds: int = 0
    purchases: int = 0
    revenue: int = 0

    def __add__(self, other: Placed) -> Placed:
        names = [one.name for one in fields(self)]
        return Placed(*(getattr(self, name) + getattr(other, name) for name in names))


Place = tuple[str, int]  # the code of the strategy, and the position


def places_of(via: object, index: object) -> list[Place]:
    """The places of an event's products: of ``"bs,bs,fy"`` and 0 the first, second and third.

    None where that is not what pages tell: whatever arrives is kept as it is.

    >>> places_of("bs,fy", 4)
    [('bs', 5), ('fy', 6)]
    """
    first = str(0 if index is None else index)
    if not isinstance(via, str) or not (first.isascii() and first.isdigit() and len(first) < 4):
        return []
    codes = via.split(",")
    if int(first) + len(codes) > MOST_PLACES or not all(map(CODE.fullmatch, codes)):
        return []
    return [(code, int(first) + place) for place, code in enumerate(codes, start=1)]


def credited(
    window: str,
    views: Mapping[Place, int],
    clicks: Iterable[Click],
    deeds: Iterable[Deed],
    since: int,
) -> dict[Place, Placed]:
    """What came of every place of ``window`` after ``since`` (Unix ms).

    views: how often each was seen. clicks: in any window, from ``CREDIT_MS`` before ``since`` on.
    A deed counts for the last click on that product in the time before it, and only if that was in
    this window: so nothing counts twice.
    """
    found: defaultdict[Place, Placed] = defaultdict(Placed)
    for place, seen in views.items():
        found[place] += Placed(views=seen)
    of_item: defaultdict[tuple[int, str], list[Click]] = defaultdict(list)
    for click in sorted(clicks, key=lambda click: click.at):
        of_item[click.profile, click.item_id].append(click)
        if click.window == window and click.via is not None and click.at > since:
            found[click.via, click.position] += Placed(clicks=1)
    for deed in deeds:
        last = _last_before(of_item.get((deed.profile, deed.item_id), []), deed.at)
        if last is not None and last.window == window and last.via is not None:
            found[last.via, last.position] += _as_placed(deed)
    return dict(found)


def summed(found: Mapping[Place, Placed], by: Callable[[Place], Any]) -> dict[Any, Placed]:
    """The figures of all places of which ``by`` says the same, in its order."""
    sums: defaultdict[Any, Placed] = defaultdict(Placed)
    for place, placed in found.items():
        sums[by(place)] += placed
    return dict(sorted(sums.items()))


def _last_before(clicks: list[Click], at: int) -> Click | None:
    place = bisect_right(clicks, at, key=lambda click: click.at)
    if place == 0 or clicks[place - 1].at < at - CREDIT_MS:
        return None
    return clicks[place - 1]


def _as_placed(deed: Deed) -> Placed:
    if deed.name == ADD:
        return Placed(adds=1)
    return Placed(purchases=1, revenue=deed.revenue)
