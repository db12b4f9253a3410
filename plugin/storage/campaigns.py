"""Which popups and windows has the owner made, and who met them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from plugin.collect.event import Event
from plugin.serve.experiment import CONTROL, SHOW
from plugin.storage.engine import Row, Tx

PUT = """
insert into campaigns (kind, slug, body, enabled, created_at, updated_at)
values (:kind, :slug, :body, :enabled, :now, :now)
on conflict (kind, slug) do update set
  body = excluded.body, enabled = excluded.enabled, updated_at = excluded.updated_at
"""
GET = "select * from campaigns where kind = :kind and slug = :slug"
DELETE = "delete from campaigns where kind = :kind and slug = :slug"
ALL = "select * from campaigns where kind = :kind order by slug"
GENERATION = "select cast(value as {int}) from facts where name = 'generation'"
BUMP = """
update facts set value = cast(cast(value as {int}) + 1 as text) where name = 'generation'
"""
KNOWN = "select kind, slug from campaigns where slug in texts(:slugs)"
EXPOSE = """
insert into exposures (kind, slug, profile, arm, first_at, last_at,
                       views, dismissals, clicks, submits)
values (:kind, :slug, :profile, :arm, :first_at, :last_at,
        :views, :dismissals, :clicks, :submits)
on conflict (kind, slug, profile) do update set
  first_at = case when excluded.first_at < exposures.first_at
                  then excluded.first_at else exposures.first_at end,
  last_at = case when excluded.last_at > exposures.last_at
                 then excluded.last_at else exposures.last_at end,
  views = exposures.views + excluded.views,
  dismissals = exposures.dismissals + excluded.dismissals,
  clicks = exposures.clicks + excluded.clicks,
  submits = exposures.submits + excluded.submits
"""
# Event name and the param that names the campaign: its kind, what is counted, the arm told of.
COUNTS = {
    ("popup_view", "popup_id"): ("popup", "views", SHOW),
    ("popup_holdout", "popup_id"): ("popup", "views", CONTROL),
    ("popup_dismiss", "popup_id"): ("popup", "dismissals", SHOW),
    ("popup_click", "popup_id"): ("popup", "clicks", SHOW),
    ("popup_submit", "popup_id"): ("popup", "submits", SHOW),
    ("view_item_list", "item_list_id"): ("window", "views", SHOW),
    ("select_item", "item_list_id"): ("window", "clicks", SHOW),
    ("popup_holdout", "item_list_id"): ("window", "views", CONTROL),
}
COUNTED = frozenset(name for name, _ in COUNTS)


@dataclass(frozen=True)
class Exposure:
    """What one visitor did with one campaign, as some events tell it. Times are Unix ms."""

    kind: str
    slug: str
    arm: str
    first_at: int
    last_at: int
    views: int = 0
    dismissals: int = 0
    clicks: int = 0
    submits: int = 0


def put(tx: Tx, kind: str, slug: str, body: Mapping[str, Any], enabled: bool, now: int) -> None:
    """Keep a campaign (``kind``: popup, window), which the caller has read and found good."""
    text = orjson.dumps(dict(body)).decode()
    tx.run(PUT, kind=kind, slug=slug, body=text, enabled=enabled, now=now)
    bump_generation(tx)


def get(tx: Tx, kind: str, slug: str) -> Row | None:
    """One campaign: kind, slug, body (read), enabled, created_at, updated_at; None when absent."""
    row = tx.one(GET, kind=kind, slug=slug)
    return None if row is None else _read(row)


def delete(tx: Tx, kind: str, slug: str) -> bool:
    """Remove a campaign; False when there is none. What visitors did with it stays on record."""
    bump_generation(tx)
    return tx.run(DELETE, kind=kind, slug=slug) > 0


def all(tx: Tx, kind: str) -> list[Row]:
    """Every campaign of a kind, by slug; rows as of ``get``."""
    return [_read(row) for row in tx.all(ALL, kind=kind)]


def generation(tx: Tx) -> int:
    """A number that rises whenever the owner changes a document."""
    return int(tx.value(GENERATION))


def bump_generation(tx: Tx) -> None:
    """Tell every process that what it keeps of the owner's documents is old."""
    tx.run(BUMP)


def record_exposures(tx: Tx, by_profile: Mapping[int, Sequence[Event]]) -> None:
    """Count what newly stored events of each profile say about popups and windows.

    Only campaigns that exist are counted: a page's own product lists have ids too. A holdout with
    an ``item_list_id`` tells of a window that was kept back.
    """
    told = [
        (profile, exposure)
        for profile, events in by_profile.items()
        for event in events
        if event.name in COUNTED
        for exposure in _told(event)
    ]
    if not told:
        return
    slugs = sorted({one.slug for _, one in told})
    known = {(row["kind"], row["slug"]) for row in tx.all(KNOWN, slugs=slugs)}
    summed: dict[tuple[str, str, int], Exposure] = {}
    for profile, one in told:
        key = (one.kind, one.slug, profile)
        if key[:2] in known:
            summed[key] = _sum(summed[key], one) if key in summed else one
    tx.many(EXPOSE, [vars(summed[key]) | {"profile": key[2]} for key in sorted(summed)])


def _read(row: Row) -> Row:
    return {**row, "body": orjson.loads(row["body"]), "enabled": bool(row["enabled"])}


def _told(event: Event) -> Iterator[Exposure]:
    for param in ("popup_id", "item_list_id"):
        slug = event.params.get(param)
        if isinstance(slug, str) and (event.name, param) in COUNTS:
            kind, counted, arm = COUNTS[event.name, param]
            yield Exposure(kind, slug, arm, event.at, event.at, **{counted: 1})


def _sum(one: Exposure, other: Exposure) -> Exposure:
    counts = ("views", "dismissals", "clicks", "submits")
    return replace(
        one if one.first_at <= other.first_at else other,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        **{name: getattr(one, name) + getattr(other, name) for name in counts},
    )
