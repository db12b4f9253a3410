"""Which products and lists were read already, and are still so?

Most answers show the same popular products. What was read of the catalogue is kept in memory until
a mark of it changes (``marks``): one cheap look a request, so that a change by any process counts
in the next answer. What was read of a visitor is kept until anybody writes anything at all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from plugin.serve.product import Product
from plugin.storage import items, names
from plugin.storage.engine import Store, Tx
from plugin.storage.marks import Marks

MOST_PRODUCTS = 50_000  # of one store in memory, about 1 kB each with the JSON of its card
MOST_LISTS = 200
MOST_PAGES = 30_000  # lists of one product's page: numbers, some 700 bytes each
MOST_OF_VISITORS = 4_000  # profiles and answers, some 2 kB each

T = TypeVar("T")
Version = tuple[str | None, str | None]


@dataclass
class Kept:
    """What was read of a catalogue of one version. ``absent``: ids it has no product of;
    ``means``: by whatever pages call a product, its id; ``of_pages``: of any version.
    """

    version: Version
    products: dict[str, Product] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    means: dict[str, str] = field(default_factory=dict)
    lists: dict[Hashable, tuple[Hashable, Any]] = field(default_factory=dict)
    of_pages: dict[Hashable, tuple[Hashable, Sequence[int]]] = field(default_factory=dict)
    of_visitors: dict[Hashable, tuple[Hashable, Any]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Store, Kept] = WeakKeyDictionary()


class Catalogue:
    """The catalogue as one look sees it. ``version``: the store's, looked up before ``tx``;
    ``marks``: as of then.
    """

    def __init__(self, store: Store, tx: Tx, marks: Marks, version: int | None = None) -> None:
        self._tx, self._marks, self._version = tx, marks, version
        state = (marks.catalogue, marks.learnt)
        kept = _kept.get(store)
        if kept is None or kept.version != state:
            # Lists of pages say themselves what they are made of: most outlive a change.
            kept = Kept(state) if kept is None else Kept(state, of_pages=kept.of_pages)
            if state != (None, None):  # else nobody says when it changes
                _kept[store] = kept
        self._known = kept

    def products(self, item_ids: Sequence[str]) -> dict[str, Product]:
        """Those of ``item_ids`` that are in the catalogue, in stock or not."""
        known = self.known(item_ids)
        return {item_id: known[item_id] for item_id in item_ids if item_id in known}

    def known(self, item_ids: Sequence[str]) -> Mapping[str, Product]:
        """A look-up that holds those of ``item_ids`` that ``products`` has, and others."""
        known, absent = self._known.products, self._known.absent
        missing = [one for one in item_ids if one not in known and one not in absent]
        if missing:
            if len(known) + len(absent) > MOST_PRODUCTS:
                known, absent = self._known.products, self._known.absent = {}, set()
                missing = list(item_ids)
            known.update(items.products(self._tx, missing))
            absent.update(one for one in missing if one not in known)
        return known

    def named(self, item_ids: Sequence[str]) -> tuple[str, ...]:
        """The products that ``item_ids`` mean, whatever a page or a cart calls them."""
        if self._marks.catalogue is None:  # nothing was ever told but by pages
            return tuple(item_ids)
        means = self._known.means
        if missing := [one for one in item_ids if one not in means]:
            if len(means) > MOST_PRODUCTS:
                means = self._known.means = {}
                missing = list(item_ids)
            means.update(self._meant(missing))
        return tuple([means[one] for one in item_ids])

    def _meant(self, item_ids: list[str]) -> dict[str, str]:
        """What ids mean that are not kept. Almost all are of products that a feed told of, and
        these mean themselves, whatever else is called so.
        """
        found = {one: one for (one,) in self._tx.tuples(names.TOLD, names=item_ids)}
        others = [one for one in item_ids if one not in found]
        meant = names.as_catalogued(self._tx, others, self._marks.catalogue)
        return {**found, **dict(zip(others, meant, strict=True))}

    def kept(self, name: Hashable, make: Callable[[], T], also: Hashable = None) -> T:
        """What is called ``name``, made anew when the catalogue, the clock's lists, or ``also``
        is another than when it was made.
        """
        return _kept_in(self._known.lists, MOST_LISTS, name, make, (self._marks.rankings, also))

    def kept_of_page(
        self, name: Hashable, make: Callable[[], Sequence[int]], state: Hashable
    ) -> Sequence[int]:
        """What is called ``name``, of a product's page; made anew when ``state``, all that it is
        made of, is another than when it was made.
        """
        return _kept_in(self._known.of_pages, MOST_PAGES, name, make, state)

    @property
    def version(self) -> Version:
        """Another one when anybody said another thing of any product."""
        return self._known.version

    def kept_of_visitor(self, name: Hashable, make: Callable[[], T], also: Hashable = None) -> T:
        """What ``make`` reads of one visitor, anew once anybody has written, or when ``also`` is
        another than when it was made.
        """
        if self._version is None:
            return make()
        state = (self._version, also)
        return _kept_in(self._known.of_visitors, MOST_OF_VISITORS, name, make, state)


def _kept_in(
    lists: dict[Hashable, tuple[Hashable, Any]],
    most: int,
    name: Hashable,
    make: Callable[[], T],
    state: Hashable,
) -> T:
    known = lists.get(name)
    if known is None or known[0] != state:
        if len(lists) >= most:
            lists.clear()
        known = lists[name] = (state, make())
    found: T = known[1]
    return found
