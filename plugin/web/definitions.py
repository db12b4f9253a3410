"""How does a program read and change segments, popups and windows? (secret key)"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import Response

from plugin.errors import DocumentRefused, NotFound
from plugin.shop import Shop
from plugin.storage import backfills, campaigns, segments
from plugin.storage.engine import Row
from plugin.web.edge import answer, document_body, server_shop
from plugin.web.here import here
from plugin.web.pages import paged
from plugin.web.route import Route

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
SEGMENT_KEYS = {"name", "rule", "kind", "enabled", "slug"}
KINDS = {"popups": "popup", "windows": "window"}
SAMPLE = 20
WITHIN_MS = 8_000  # that an answer waits for the visitors to be looked at
END = 2**62


def list_segments() -> Response:
    """Every segment with its size."""
    shop = server_shop()
    bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        found = [segment_out(one) for one in segments.definitions(tx)]
    return answer(paged("segments", found))


def get_segment(slug: str) -> Response:
    """One segment: its rule, size, version, last change, and why it rests if it does."""
    shop = server_shop()
    bring_up_to_date(shop)
    return answer(segment_out(segment_named(shop, slug)))


def put_segment(slug: str) -> Response:
    """Make or change a segment; its members are right in the next answer."""
    shop = server_shop()
    data = document_body()
    check_name("segments", slug)
    unknown = sorted(set(data) - SEGMENT_KEYS)
    if unknown:
        raise DocumentRefused(
            f"unknown: {', '.join(unknown)}; a segment has name, rule, kind, enabled"
        )
    kind = data.get("kind", "rule")
    if kind not in ("rule", "static"):
        raise DocumentRefused("kind must be rule or static")
    name, enabled = data.get("name", slug), data.get("enabled", True)
    if not isinstance(name, str) or not name.strip() or not isinstance(enabled, bool):
        raise DocumentRefused("name must be a text, enabled true or false")
    if kind == "static":
        bring_up_to_date(shop)  # its rule may ask who is in other segments
    here().writer.do(
        shop.name,
        "put_static_segment" if kind == "static" else "put_segment",
        slug=slug,
        name=name[:200],
        rule=data.get("rule"),
        enabled=enabled,
        now=here().now(),
    )
    bring_up_to_date(shop)
    return answer(segment_out(segment_named(shop, slug)))


def delete_segment(slug: str) -> Response:
    """Remove a segment, unless another one is built on it."""
    shop = server_shop()
    if not here().writer.do(shop.name, "delete_segment", slug=slug):
        raise NotFound("there is no such segment")
    return answer({"ok": True})


def get_campaign(kind: str, slug: str) -> Response:
    """A popup or a window, as it was put."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        found = campaigns.get(tx, KINDS[kind], slug)
    if found is None:
        raise NotFound(f"there is no such {KINDS[kind]}")
    return answer(campaign_out(found))


def list_campaigns(kind: str) -> Response:
    """Every popup or window."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        found = [campaign_out(row) for row in campaigns.all(tx, KINDS[kind])]
    return answer(paged(kind, found))


def put_campaign(kind: str, slug: str) -> Response:
    """Make or change a popup or a window; it counts in the next answer."""
    shop = server_shop()
    data = document_body()
    check_name(kind, slug)
    if data.get("slug", slug) != slug:
        raise DocumentRefused("the document's slug is not the one in the address")
    enabled = data.get("enabled", True)
    if not isinstance(enabled, bool):
        raise DocumentRefused("enabled must be true or false")
    here().writer.do(
        shop.name,
        "put_campaign",
        kind=KINDS[kind],
        slug=slug,
        body=data,
        enabled=enabled,
        now=here().now(),
    )
    return get_campaign(kind, slug)


def delete_campaign(kind: str, slug: str) -> Response:
    """Remove a popup or a window."""
    shop = server_shop()
    if not here().writer.do(shop.name, "delete_campaign", kind=KINDS[kind], slug=slug):
        raise NotFound(f"there is no such {KINDS[kind]}")
    return answer({"ok": True})


def bring_up_to_date(shop: Shop, within_ms: int = WITHIN_MS) -> None:
    """Look at the visitors that wait, so that what was acknowledged counts in this answer.

    What is not done after ``within_ms``, as after an edit in a large shop, the clock does.
    """
    with here().house.store(shop.name).read() as tx:
        waits = segments.waiting(tx, here().now(), 1) or backfills.following(tx)
    if waits:
        here().writer.do(shop.name, "reassign", now=here().now(), within_ms=within_ms)


def segment_named(shop: Shop, slug: str) -> segments.Segment:
    """The segment called ``slug``. Raises NotFound."""
    with here().house.store(shop.name).read() as tx:
        found = segments.by_slug(tx).get(slug)
    if found is None:
        raise NotFound("there is no such segment")
    return found


def segment_out(one: segments.Segment) -> dict[str, Any]:
    """A segment as the API shows it."""
    return {
        "slug": one.slug,
        "name": one.name,
        "kind": one.kind,
        "rule": one.rule,
        "enabled": one.enabled,
        "size": one.size,
        "version": one.version,
        "updated_at": one.updated_at,
        "error": one.error,
        "asked": round(one.asked, 2),
    }


def campaign_out(row: Row) -> dict[str, Any]:
    """A popup or window as the API shows it."""
    return {**row["body"], "slug": row["slug"], "enabled": bool(row["enabled"])}


def check_name(kind: str, slug: str) -> None:
    """Raises DocumentRefused for what no segment, popup or window (``kind``) can be called."""
    check_slug(slug)
    if slug in reserved(here().routes, kind):
        raise DocumentRefused(f"{slug} is an address of ours: choose another slug")


@lru_cache(maxsize=16)
def reserved(routes: tuple[Route, ...], kind: str) -> frozenset[str]:
    """The words that stand in an address of ``routes`` where the slug of a ``kind`` would: one of
    that name would have no page. kind: segments, popups, windows.
    """
    beside = re.compile(rf"/(?:v1|admin)/{kind}/({SLUG.pattern})")  # of preview.json, preview
    return frozenset(one[1] for route in routes if (one := beside.match(route.path)))


def check_slug(slug: str) -> None:
    """Raises DocumentRefused for a name that cannot stand in an address."""
    if not SLUG.fullmatch(slug):
        raise DocumentRefused(
            "a slug has a-z, 0-9, - and _, begins with a letter or digit, 60 at most"
        )
