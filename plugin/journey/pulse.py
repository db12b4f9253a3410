"""Do events still come, as many as at this time on other days?"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.collect.silence import KEPT_HOURS, Pulse, Silence, silence, wall_hour, wall_time
from plugin.shop import HOUR, Shop
from plugin.storage import pulse as counts
from plugin.storage.engine import Store, Tx
from plugin.storage.pulse import Counted


@dataclass(frozen=True)
class Heard:
    """When the last event of a page arrived (Unix ms; None: never), and whether that is odd."""

    last_at: int | None
    silence: Silence | None


def listen(tx: Tx, shop: Shop, now: int) -> Heard:
    """What can be said at this very moment: the first event ends a silence at once."""
    counted = counts.kept(tx)
    last_at = counts.last_arrival(tx, counted)
    if last_at is None:
        return Heard(None, None)
    hours = counted.hours if counted else {}
    return Heard(last_at, silence(Pulse(last_at, hours), now, shop))


def take_pulse(store: Store, shop: Shop, now: int) -> Heard:
    """Count the visitors of each hour on, and listen.

    The first time it reads the 14 days before the last event; then only what came since the last
    full hour.
    """
    with store.read() as tx:
        counted = _counted_on(tx, shop, now)
    with store.write() as tx:
        counts.keep(tx, counted)
        return listen(tx, shop, now)


def _counted_on(tx: Tx, shop: Shop, now: int) -> Counted:
    before = counts.kept(tx)
    if before is None:
        last_at = counts.last_since(tx, 0)
        usual_from = (last_at or now) - (KEPT_HOURS + 1) * HOUR
        before = Counted(counts.seq_at(tx, usual_from), last_at)
    newest = counts.newest_seq(tx)
    found = counts.visitors_since(tx, before.seq, wall_time(now, shop) - now)
    # An hour is counted again until it is over: who came in two parts of it is one visitor.
    full = [one.last_seq for one in found if one.hour < wall_hour(now, shop)]
    hours = dict(before.hours)
    for one in found:
        hours[one.hour] = max(one.visitors, hours.get(one.hour, 0))
    latest = max(hours, default=0)
    last_at = counts.last_since(tx, before.seq)
    return Counted(
        seq=newest if len(full) == len(found) else max([before.seq, *full]),
        last_at=before.last_at if last_at is None else last_at,
        hours={hour: count for hour, count in hours.items() if hour >= latest - KEPT_HOURS},
    )
