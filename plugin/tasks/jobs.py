"""Which jobs run on the clock, how often, and what does each do?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from plugin import journey
from plugin.config import Settings
from plugin.journey.proof import keep_outcomes
from plugin.journey.standings import keep_standings
from plugin.shop import Shop, local_time
from plugin.storage import letters
from plugin.storage.engine import Store
from plugin.tasks.trainer import build_apart
from plugin.tasks.writer import Writer

# Then the next tick goes on, so that those whose time has come do not wait behind an edit.
TICK_WITHIN_MS = 50_000


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


def jobs(settings: Settings, writer: Writer | None = None) -> tuple[Job, ...]:
    """Every job, with this installation's own tick, writer, secret and network."""
    own: dict[str, dict[str, Any]] = {
        "tick": {"every_s": settings.tick_seconds, "run": partial(_tick, writer=writer)},
        "models": {"run": partial(_models, settings=settings)},
        "feeds": {"run": partial(_feeds, writer=writer, private=settings.fetch_private)},
        "webhooks": {
            "run": partial(
                _webhooks, secret_key=settings.secret_key, private=settings.fetch_private
            )
        },
    }
    return tuple(replace(job, **own.get(job.name, {})) for job in JOBS)


def _tick(store: Store, shop: Shop, now: int, writer: Writer | None = None) -> str:
    if writer is None:
        done = journey.bring_up_to_date(store, shop, now, within_ms=TICK_WITHIN_MS)
    else:
        done = writer.do(shop.name, "reassign", now=now, within_ms=TICK_WITHIN_MS)
    return str(journey.Changes(**done))


def _webhooks(
    store: Store, shop: Shop, now: int, secret_key: str = "", private: bool = False
) -> str:
    # Read when it first runs: a writer that has to come back does not wait for what fetches.
    from plugin.tasks.outbox import Post, deliver

    return str(deliver(Post(store, shop, secret_key, private), now))


def _feeds(
    store: Store, shop: Shop, now: int, writer: Writer | None = None, private: bool = False
) -> str:
    from plugin.tasks.feeds import run_due  # as above

    return run_due(store, shop, now, writer=writer, private=private)


def _models(store: Store, shop: Shop, now: int, settings: Settings | None = None) -> str:
    why = journey.why_build(store, now)
    if why is None:
        return "nothing new to learn"
    if settings is None:
        made = journey.build_model(store, shop, now)
    else:
        made = build_apart(settings, shop.name, now)
    with store.write() as tx:
        journey.keep_model(tx, shop, **made)
    journey.sweep_models(store)
    return f"{why}; {journey.say_model(made['row'])}"


def _rankings(store: Store, shop: Shop, now: int) -> str:
    return f"{journey.rank(store, shop, now)} products ranked"


def _standings(store: Store, shop: Shop, now: int) -> str:
    return str(keep_standings(store, shop, now))


def _pulse(store: Store, shop: Shop, now: int) -> str:
    heard = journey.take_pulse(store, shop, now)
    if heard.last_at is None:
        return "no page has sent an event yet"
    last = f"{local_time(heard.last_at, shop.timezone):%Y-%m-%d %H:%M}"
    if heard.silence is None:
        return f"events come as usual, the last at {last}"
    return f"no event since {last}, where about {heard.silence.missed} visitors are usual"


def _letters(store: Store, shop: Shop, now: int) -> str:
    return f"{letters.take_in(store)} letters that rules compare as others"


def _coupons(store: Store, shop: Shop, now: int) -> str:
    with store.write() as tx:
        return f"{journey.end_coupons(tx, shop, now)} codes ended"


def _reconcile(store: Store, shop: Shop, now: int) -> str:
    return str(journey.reconcile(store, shop, now))


JOBS = (
    Job("tick", "moves visitors whose segments may have changed", _tick, every_s=60),
    Job("webhooks", "tells the owner's addresses who entered and who left", _webhooks, every_s=10),
    Job("rankings", "makes the lists of best sellers and of segments' favourites", _rankings, 300),
    Job("models", "learns what is viewed and bought together", _models, every_s=300),
    Job("feeds", "reads the catalogue's feeds whose time has come", _feeds, every_s=10),
    Job("standings", "ranks customers by recency, orders and money", _standings, every_s=3600),
    Job("pulse", "notices when events stop coming", _pulse, every_s=300),
    Job("letters", "reads new events' letters, so that rules find texts fast", _letters, 300),
    Job("proof", "counts popups and windows, and does what verdicts may", keep_outcomes, 3600),
    Job("coupons", "takes back what codes held whose time is over", _coupons, every_s=300),
    Job("reconcile", "compares members with rules; it should find nothing", _reconcile, at_hour=3),
)
