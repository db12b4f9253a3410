"""How does a program ask what last month's visitors would meet of other popups? (secret key)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from flask import Response

from plugin.errors import DocumentRefused, NotFound
from plugin.journey import Rehearsed, rehearse
from plugin.serve.retain.rehearsal import MANY, Line, Rehearsal
from plugin.shop import Shop
from plugin.storage import stops
from plugin.web.edge import answer, document_body, server_shop
from plugin.web.here import here
from plugin.web.preview import checked_run, stop_run, stoppable

KEYS = {"popups", "without", "visitors", "id"}
VISITORS, MOST_VISITORS = 500, 2_000
MOST_DRAFTS = 100
LONGEST_S = 15.0  # then it tells of those it has got to
TOLD_S = 0.2  # between two words of how far it is


def rehearsal() -> Response:
    """Play the last 30 days again with ``popups`` (documents that need not be kept) in the place of
    those of their slugs, and those in ``without`` left out.
    """
    shop = server_shop()
    return answer(rehearsed_out(rehearsed(shop, document_body()), shop))


def progress(run: str) -> Response:
    """How many visitors the rehearsal begun with this ``id`` has played (``done``), ``of`` all."""
    return answer(far(server_shop(), run))


def stop(run: str) -> Response:
    """End the rehearsal that was begun with this ``id``; it answers 409 ``cancelled``."""
    stop_run(server_shop(), run)
    return answer({"ok": True})


def far(shop: Shop, run: object) -> dict[str, int]:
    """How far a rehearsal is. Raises NotFound when none of that id runs, DocumentRefused."""
    found = stops.told(here().house.settings.data, shop.name, checked_run(run))
    if found is None:
        raise NotFound("no rehearsal of that id is running")
    return {"done": found[0], "of": found[1]}


def rehearsed(shop: Shop, data: Mapping[str, Any]) -> Rehearsed:
    """What came of the rehearsal that ``data`` asks for. Raises DocumentRefused, or PluginError
    ``cancelled`` when somebody wished that or who asked has gone.
    """
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise DocumentRefused(
            f"unknown: {', '.join(unknown)}; a rehearsal has popups, without, visitors, id"
        )
    drafts, without = data.get("popups", []), data.get("without", [])
    visitors = data.get("visitors", VISITORS)
    if not isinstance(drafts, list) or not all(isinstance(one, Mapping) for one in drafts):
        raise DocumentRefused("popups must be a list of documents, each with its slug")
    if len(drafts) > MOST_DRAFTS:
        raise DocumentRefused(f"popups may hold {MOST_DRAFTS} documents")
    if not isinstance(without, list) or not all(isinstance(one, str) for one in without):
        raise DocumentRefused("without must be a list of slugs")
    if isinstance(visitors, bool) or not isinstance(visitors, int):
        raise DocumentRefused("visitors must be a whole number")
    if not 1 <= visitors <= MOST_VISITORS:
        raise DocumentRefused(f"visitors must be from 1 to {MOST_VISITORS:,}")
    run = checked_run(data["id"]) if "id" in data else None
    store, now, began = here().house.store(shop.name), here().now(), perf_counter()
    with stoppable(shop, run, began, "rehearsal") as check:
        enough = enough_after(shop, run, began, check)
        return rehearse(store, shop, now, drafts, frozenset(without), visitors, enough)


def enough_after(
    shop: Shop, run: str | None, began: float, check: Callable[[], None]
) -> Callable[[int, int], bool]:
    """Whether a rehearsal that ``began`` (perf_counter) has lasted long enough; tells how far it
    is. ``check`` raises when it is to end at once.
    """
    data, told_at = here().house.settings.data, began - TOLD_S

    def enough(done: int, of: int) -> bool:
        nonlocal told_at
        check()
        now = perf_counter()
        if run is not None and now - told_at >= TOLD_S:
            stops.tell(data, shop.name, run, done, of)
            told_at = now
        return now - began > LONGEST_S

    return enough


def rehearsed_out(found: Rehearsed, shop: Shop) -> dict[str, Any]:
    """A rehearsal as the API shows it; money in major units."""
    return {
        "days": found.days,
        "visitors": found.visitors,
        "of": found.everybody,
        "pages": found.pages,
        "segments": "as_of_then",
        "before": set_out(found.before, shop),
        "after": None if found.after is None else set_out(found.after, shop),
    }


def set_out(one: Rehearsal, shop: Shop) -> dict[str, Any]:
    """What visitors met of one set of popups."""
    return {
        "popups": [_line(line) for line in one.lines.values()],
        "collisions": [
            {"won": won, "lost": lost, "pages": pages}
            for (won, lost), pages in one.collisions.most_common()
        ],
        "per_person": {str(count): one.per_person[count] for count in range(MANY + 1)},
        "codes": one.codes,
        "money": None if one.money is None else shop.major(one.money),
    }


def _line(one: Line) -> dict[str, Any]:
    return {
        "slug": one.popup.slug,
        "kind": one.popup.kind,
        "shown": one.shown,
        "control": one.control,
        "meetings": one.meetings,
        "waited": one.waited,
        "stopped": dict(one.stopped.most_common()),
    }
