"""What would last month's visitors meet of a changed set of popups? Nothing is written.

What was known then is told anew from each visitor's events up to each page: profile, segments,
orders. How one stands among all, the catalogue, and who was put in a segment by hand are today's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from plugin.errors import DocumentRefused
from plugin.journey.coupons import pool_called
from plugin.journey.relived import Person, people, stops
from plugin.journey.why import asking_for, every_popup
from plugin.serve.retain.popup import Popup, read_popup
from plugin.serve.retain.rehearsal import Rehearsal
from plugin.shop import DAY, Shop
from plugin.storage import coupons, rehearsals
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx

DAYS = 30
BATCH = 25  # visitors read in one look
MOST_VISITORS = 500


@dataclass(frozen=True)
class Rehearsed:
    """What was played: ``visitors`` of ``everybody`` who came in so many ``days``, and their pages.

    ``before``: with the popups as they are; ``after``: with the changes, None when there are none.
    """

    visitors: int
    everybody: int
    pages: int
    before: Rehearsal
    after: Rehearsal | None
    days: int = DAYS


def changed_popups(
    popups: Sequence[Popup], drafts: Sequence[Mapping[str, object]], without: AbstractSet[str]
) -> list[Popup]:
    """The popups with ``drafts`` (documents with their slug) in place, and some left out.

    A draft counts as turned on unless it says otherwise. Raises DocumentRefused.
    """
    found = {one.slug: one for one in popups}
    for draft in drafts:
        slug = draft.get("slug")
        if not isinstance(slug, str):
            raise DocumentRefused("each of the popups needs its slug")
        found[slug] = read_popup(slug, draft)
    return [one for slug, one in found.items() if slug not in without]


def rehearse(
    store: Store,
    shop: Shop,
    now: int,
    drafts: Sequence[Mapping[str, object]] = (),
    without: AbstractSet[str] = frozenset(),
    most: int = MOST_VISITORS,
    enough: Callable[[int, int], bool] = lambda done, of: False,
) -> Rehearsed:
    """Play the last 30 days again for at most ``most`` visitors.

    ``enough`` is asked after every visitor, of how many and of how many there are: it ends the play
    there, or raises. Raises DocumentRefused for a draft that cannot be read.
    """
    since = now - DAYS * DAY
    with store.read() as tx:
        saved, _ = every_popup(tx)
        wanted = changed_popups(saved, drafts, without)
        docs = asking_for(documents(store, tx), [*saved, *wanted])
        ids, everybody = rehearsals.sample(tx, since, most)
        before = Rehearsal(saved, _worth(tx, shop, saved))
        after = Rehearsal(wanted, _worth(tx, shop, wanted)) if drafts or without else None
        closed = _closed(tx, [*saved, *wanted], now)
    sets = [before] if after is None else [before, after]
    visitors = pages = 0
    for played, person in enumerate(_each(store, shop, docs, ids, now), 1):
        pages_then = list(stops(person, since, closed))
        for one in sets if pages_then else ():
            one.walk(pages_then)
        visitors, pages = visitors + bool(pages_then), pages + len(pages_then)
        if enough(played, len(ids)):
            break
    return Rehearsed(visitors, everybody, pages, before, after)


def _each(
    store: Store, shop: Shop, docs: Documents, ids: Sequence[int], now: int
) -> Iterator[Person]:
    """Those of ``ids`` who did anything, looked up a few at a time."""
    for place in range(0, len(ids), BATCH):
        with store.read() as tx:
            yield from people(tx, shop, docs, ids[place : place + BATCH], now)


def _worth(tx: Tx, shop: Shop, popups: Sequence[Popup]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for one in popups:
        pool = pool_called(tx, shop, one.coupon_pool) if one.coupon_pool is not None else None
        found[one.slug] = None if pool is None else pool.discount.worth
    return found


def _closed(tx: Tx, popups: Sequence[Popup], now: int) -> AbstractSet[str]:
    """The popups whose pools have nothing to give today."""
    wanted = {one.slug: one.coupon_pool for one in popups if one.coupon_pool is not None}
    return coupons.closed(tx, wanted, None, now)
