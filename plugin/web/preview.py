"""What would a rule do before anybody saves it: how many, who, beside whom, who comes and goes?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Response, request

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.journey.edits import require_segments
from plugin.segment.rule import Rule, leaves, read_rule, segments_of
from plugin.shop import Shop
from plugin.storage import by_hand, rules, segments, stops
from plugin.storage.engine import Tx
from plugin.storage.rule_look import Looked, Wanted, looked
from plugin.web.definitions import SAMPLE, bring_up_to_date
from plugin.web.edge import answer, document_body, server_shop
from plugin.web.here import here

KEYS = {"rule", "fast", "overlap", "slug", "id"}
RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")
FAST_MS = 220  # for the estimates of a fast answer, which has 300 ms with everything around them
FEW = 100  # visitors that are looked at before a fast answer, when they wait
SHARE = 0.5  # of that for the rule itself; its leaves share the rest
LONGEST_S = 20.0
LOOK_S = 0.05  # between two looks at whether somebody wants it ended
# What the server in front of us puts into a request: whether who asked has gone.
GONE = "regulars.gone"


def preview() -> Response:
    """How many visitors a rule holds for now, some of them, and how many each leaf holds for."""
    began = perf_counter()
    return answer(previewed(server_shop(), document_body(), began))


def stop(run: str) -> Response:
    """End the preview that was begun with this ``id``; it answers 409 ``cancelled``."""
    stop_run(server_shop(), run)
    return answer({"ok": True})


def stop_run(shop: Shop, run: str) -> None:
    """Have a preview ended, in whatever process it runs. Raises DocumentRefused for no id."""
    stops.wish(here().house.settings.data, shop.name, checked_run(run))


def checked_run(run: object) -> str:
    """The id of a preview. Raises DocumentRefused."""
    if not isinstance(run, str) or not RUN.fullmatch(run):
        raise DocumentRefused("id must be a text of 1 to 64 of A-Z, a-z, 0-9, - and _")
    return run


def previewed(
    shop: Shop, data: Mapping[str, Any], began: float, *, patient: bool = True
) -> dict[str, Any]:
    """What a preview answers to ``data``, asked at ``began`` (perf_counter).

    ``patient``: it waits until whoever waits has been looked at, unless it is to be fast.
    Raises PluginError: what is wrong with it, ``cancelled``, or ``too_slow``.
    """
    _check(data)
    rule, now = read_rule(data.get("rule")), here().now()
    patient = patient and not data.get("fast")
    asks_members = bool(segments_of(rule) or data.get("overlap") or "slug" in data)
    with stoppable(shop, data.get("id"), began) as check:
        if asks_members and (patient or not _many_wait(shop, now)):
            bring_up_to_date(shop)
        store = here().house.store(shop.name)
        with store.read() as tx, tx.stopping(check):
            every = [one.slug for one in segments.definitions(tx)]
            require_segments(rule, every)
            if data.get("fast"):
                return _estimated(tx, rule, now, shop, began)
            overlap = every if data.get("overlap") else ()
            wanted = Wanted(SAMPLE, overlap, profiles="slug" in data)
            found = looked(store, tx, rule, now, shop, wanted, check)
            said = _counted(rule, found)
            if data.get("overlap"):
                said["overlap"] = found.overlap
            if "slug" in data:
                said |= _moves(tx, found.profiles, now, data["slug"], every)
    return said


def _check(data: Mapping[str, Any]) -> None:
    """Raises DocumentRefused for what is not a preview."""
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise DocumentRefused(
            f"unknown: {', '.join(unknown)}; a preview has rule, fast, overlap, slug, id"
        )
    for name in ("fast", "overlap"):
        if not isinstance(data.get(name, False), bool):
            raise DocumentRefused(f"{name} must be true or false")
    if data.get("fast") and (data.get("overlap") or "slug" in data):
        raise DocumentRefused("fast answers counts only: leave overlap and slug out, or fast")
    if "id" in data:
        checked_run(data["id"])


class Ending:
    """Whether a ``what`` is to end: looked up now and then, for it is asked all the time."""

    def __init__(
        self,
        began: float,
        wished: Callable[[], bool],
        gone: Callable[[], bool],
        clock: Callable[[], float] = perf_counter,
        what: str = "preview",
    ) -> None:
        self._end = began + LONGEST_S if what == "preview" else inf
        self._next, self._what = 0.0, what
        self._wished, self._gone, self._clock = wished, gone, clock

    def __call__(self) -> None:
        """Raises PluginError: ``cancelled`` or ``too_slow``."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + LOOK_S
        if now > self._end:
            raise PluginError(
                f"this rule takes longer than {LONGEST_S:g} seconds to try: ask for a shorter"
                " window or fewer parts, or save it and see its size when it has been counted",
                code="too_slow",
                status=422,
            )
        if self._gone() or self._wished():
            raise PluginError(f"this {self._what} was cancelled", code="cancelled", status=409)


@contextmanager
def stoppable(shop: Shop, run: str | None, began: float, what: str = "preview") -> Iterator[Ending]:
    """A part that ends on a wish, when who asked has gone, or, a preview, after 20 seconds."""
    data: Path = here().house.settings.data
    gone: Callable[[], bool] = request.environ.get(GONE, lambda: False)
    if run is None:
        yield Ending(began, lambda: False, gone, what=what)
        return
    try:
        yield Ending(began, lambda: stops.wished(data, shop.name, run), gone, what=what)
    finally:
        stops.settle(data, shop.name, run)


def _many_wait(shop: Shop, now: int) -> bool:
    """Whether more visitors wait to be looked at than a fast answer has time for."""
    with here().house.store(shop.name).read() as tx:
        return len(segments.waiting(tx, now, FEW + 1)) > FEW


def _counted(rule: Rule, found: Looked) -> dict[str, Any]:
    return {
        "count": found.count,
        "exact": True,
        "sample": found.sample,
        "leaves": [
            {"leaf": leaf.document, "count": size}
            for leaf, size in zip(leaves(rule), found.leaves, strict=True)
        ],
    }


def _estimated(tx: Tx, rule: Rule, now: int, shop: Shop, began: float) -> dict[str, Any]:
    """The same within 300 ms: exact where there are few visitors, else from every k-th of them."""

    def left() -> float:
        return FAST_MS - (perf_counter() - began) * 1000

    parts, before = list(leaves(rule)), left()
    whole = rules.fast_estimate(tx, rule, now, shop, left() * (1.0 if parts == [rule] else SHARE))
    sizes: dict[Rule, rules.Estimate] = {rule: whole}
    took = before - left()
    for place, leaf in enumerate(parts):
        if leaf not in sizes and left() > 0:
            share = left() / (len(parts) - place)
            sizes[leaf] = rules.fast_estimate(tx, leaf, now, shop, share)
    exact = all(leaf in sizes and sizes[leaf].exact for leaf in [rule, *parts])
    return {
        "count": whole.visitors,
        "exact": exact,
        # Whom it holds for is found by asking everybody: only where there is time to do it again.
        "sample": rules.matching(tx, rule, now, shop, SAMPLE) if exact and left() > took else [],
        "leaves": [
            {"leaf": leaf.document, "count": sizes[leaf].visitors if leaf in sizes else None}
            for leaf in parts
        ],
    }


def _moves(
    tx: Tx, by_rule: set[int], now: int, slug: object, known: Sequence[str]
) -> dict[str, Any]:
    """Who would enter the saved segment and who leave, were this its rule; by hand still wins."""
    if not isinstance(slug, str) or slug not in known:
        raise NotFound("there is no such segment: leave slug out, or name one that is saved")
    would = by_hand.with_words(tx, slug, by_rule, now)
    held = segments.member_ids(tx, slug)
    return {
        "entering": len(would - held),
        "leaving": len(held - would),
        "samples": {
            "entering": segments.visitors(tx, would - held, SAMPLE),
            "leaving": segments.visitors(tx, held - would, SAMPLE),
        },
    }
