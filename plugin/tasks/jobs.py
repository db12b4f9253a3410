"""Which jobs run on the clock, how often, and what does each do?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plugin import journey
from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage.engine import Store


@dataclass(frozen=True)
class Job:
    """One line of the table. ``run`` does it for one shop and says in one line how it went.

    ``every_s``: seconds from start to start; ``at_hour``: instead, once a day at that hour UTC.
    """

    name: str
    does: str
    run: Callable[[Store, Shop, int], str]
    every_s: int | None = None
    at_hour: int | None = None


def jobs(settings: Settings) -> tuple[Job, ...]:
    """Every job, with this installation's own tick."""
    first, *others = JOBS
    return (Job(first.name, first.does, first.run, every_s=settings.tick_seconds), *others)


def _tick(store: Store, shop: Shop, now: int) -> str:
    return str(journey.reassign(store, shop, now))


def _rankings(store: Store, shop: Shop, now: int) -> str:
    return f"{journey.rank(store, shop, now)} products ranked"


def _reconcile(store: Store, shop: Shop, now: int) -> str:
    return str(journey.reassign(store, shop, now, full=True))


JOBS = (
    Job("tick", "moves visitors whose segments may have changed", _tick, every_s=60),
    Job("rankings", "makes the lists of best sellers and of segments' favourites", _rankings, 300),
    Job("reconcile", "looks at every visitor again; it should find nothing", _reconcile, at_hour=3),
)
