"""Which products rise, by what people did with them day by day?

Source: the trending score of metarank (docs, "recommendations/trending"): over kinds of events the
sum of weight * count * decay ** days. Ours is divided by what the product's own 30 days let expect,
so that a product which always sells well does not stand above one that sells better than before:
1 is as ever.
"""

from __future__ import annotations

from collections.abc import Mapping

DAYS = 30
# Of each kind of event its weight, and what of it is left a day later.
KINDS: dict[str, tuple[float, float]] = {
    "view_item": (1.0, 0.8),
    "add_to_cart": (3.0, 0.9),
    "purchase": (5.0, 0.95),
}
LEAST_PRIOR = 20.0  # points, such as of four orders: what little happened besides is chance
SLACK = 1e-9  # of sums of reals that are meant to be equal


def points(kind: str, days: int) -> float:
    """What one event of a kind counts that was ``days`` whole days ago.

    >>> points("view_item", 0), round(points("purchase", 2), 4)
    (1.0, 4.5125)
    """
    weight, decay = KINDS[kind]
    return weight * float(decay**days)


def expected(counts: Mapping[str, int], days: int) -> float:
    """The points of events that came evenly over ``days`` (at least 1): of the product's own level.

    counts: how many there were in all, by kind.

    >>> round(expected({"view_item": 60}, 30), 2)
    9.99
    >>> round(sum(2 * points("view_item", day) for day in range(30)), 2)
    9.99
    """
    return sum(
        count / days * sum(points(kind, day) for day in range(days))
        for kind, count in counts.items()
    )


def rise(recent: float, base: float, prior: float) -> float | None:
    """How many times what was expected there was, shrunk to 1; None: less than expected.

    recent: the points of the product's events, base: what was expected, prior: what is expected of
    any product (all in points): with it, little that happened by chance is no great rise.

    >>> rise(80.0, 20.0, 20.0), rise(600.0, 500.0, 20.0) < 1.2, rise(9.0, 10.0, 20.0)
    (2.5, True, None)
    >>> rise(1.0, 0.2, 20.0) < 1.05, rise(500.0, 500.0, 20.0)
    (True, 1.0)
    """
    if recent < base * (1 - SLACK):
        return None
    return (recent + prior) / (base + prior)
