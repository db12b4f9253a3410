"""Which visitors are one person, now that somebody trusted said who they are?

Whose profile an event belongs to is a function of the log, whatever the order of arrival: a
visitor is the customer of the first trusted word about it (by time, then id of the event); all
visitors who are one customer share one profile; whom no word names is alone. A later word for
another customer changes nothing, so two known customers never become one. When an earlier word
comes late, the visitor goes with its events to the customer whom that word names.

Only the id by which a shared profile goes depends on arrival: the id known first is kept, because
an id that changes is of no use to anybody, and every other id leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.collect.event import Event
from plugin.collect.signature import customer_told
from plugin.shop import Shop
from plugin.storage import identities, joins, segments
from plugin.storage.engine import Tx
from plugin.storage.identities import Known
from plugin.storage.orders import Settled

NOTHING_SETTLED = Settled(frozenset(), frozenset())


@dataclass(frozen=True)
class Joined:
    """Where each visitor's events belong now, and which profiles have to be told anew.

    ``retell`` holds those that settling orders named too, as far as they are still there.
    """

    ids: Mapping[str, int]
    retell: frozenset[int]


def join(
    tx: Tx,
    shop: Shop,
    fresh: Sequence[Event],
    ids: Mapping[str, int],
    settled: Settled = NOTHING_SETTLED,
) -> Joined:
    """Join, and part, the visitors whom ``fresh`` (events just stored) say something about.

    ids: the profile of each visitor id. settled: what ``fresh`` changed about orders; an order that
    counts no more still says who its buyer is. Called before profiles are told.
    """
    led = identities.elsewhere(tx, ids)
    identities.came_as(tx, [(e.event_id, e.visitor_id) for e in fresh if led.get(e.visitor_id)])
    words = _words(fresh, ids)
    if not words:
        return Joined(ids, settled.retell)
    return _Joining(tx, fresh, ids, settled).join(words)


def _words(fresh: Iterable[Event], ids: Mapping[str, int]) -> list[Known]:
    """Every trusted word about who a visitor is, in the order in which they count."""
    found = [
        Known(event.visitor_id, ids[event.visitor_id], customer, event.at, event.event_id)
        for event in fresh
        if (customer := customer_told(event)) is not None
    ]
    return sorted(found, key=lambda word: word.key)


class _Joining:
    """One call of ``join``: where the visitors are by now, and what has to be told anew."""

    def __init__(
        self, tx: Tx, fresh: Sequence[Event], ids: Mapping[str, int], settled: Settled
    ) -> None:
        self.tx = tx
        self.ids = dict(ids)
        self.retell = set(settled.retell)
        self.dead = settled.dead
        self.fresh = frozenset(event.event_id for event in fresh)
        self.now = max(event.received_at for event in fresh)

    def join(self, words: Sequence[Known]) -> Joined:
        """Take the words, which come in the order in which they count."""
        before = identities.known(self.tx, {word.visitor_id for word in words})
        new = self._new(words, before)
        for visitor, word in new.items():
            was = before.get(visitor)
            if was is not None and was.customer_id != word.customer_id:
                self._part(was)
        people = [replace(word, profile=self.ids[visitor]) for visitor, word in new.items()]
        identities.know(self.tx, people)
        self.retell |= {one.profile for one in people if one.event_id in self.dead}
        self._merge(people, before)
        self._note_others(words, {**before, **new})
        return Joined(self.ids, frozenset(self.retell))

    def _new(self, words: Sequence[Known], before: Mapping[str, Known]) -> dict[str, Known]:
        """The word that counts for each visitor, where it is not the one that did before."""
        new: dict[str, Known] = {}
        for word in words:
            was, profile = before.get(word.visitor_id), self.ids[word.visitor_id]
            if was is None or word.key < was.key:
                new.setdefault(word.visitor_id, word)
            elif was.profile != profile:  # left out as the staff's for a while, and begun anew
                new.setdefault(word.visitor_id, replace(was, profile=profile))
        return new

    def _part(self, was: Known) -> None:
        """Take a visitor out of the profile of the customer it was."""
        profile = self.ids[was.visitor_id]
        self.retell.add(profile)
        if was.profile == profile and identities.merged_ids(self.tx, profile):
            own = joins.part(self.tx, was.visitor_id, profile, self.fresh)
            self.ids[was.visitor_id] = own
            self.retell.add(own)
            segments.mark_merged(self.tx, [profile, own])
            identities.note(self.tx, replace(was, profile=own), identities.PARTED, self.now)

    def _merge(self, people: Iterable[Known], before: Mapping[str, Known]) -> None:
        """Make one profile of all that are one customer; the one that was known first stays."""
        came = {one.visitor_id for one in people if not _stays(one, before.get(one.visitor_id))}
        customers = {one.customer_id for one in people if one.visitor_id in came}
        same: dict[str, list[Known]] = {}
        for one in identities.known_under(self.tx, customers) if customers else ():
            same.setdefault(one.customer_id, []).append(one)
        for _, ones in sorted(same.items()):
            standing = [one for one in ones if one.visitor_id not in came] or ones
            survivor = min(standing, key=lambda one: one.key).profile
            for gone in sorted({one.profile for one in ones} - {survivor}):
                moved = joins.merge(self.tx, gone, survivor, self.now)
                segments.mark_merged(self.tx, [survivor])
                who = next(one for one in ones if one.profile == gone)
                who = replace(who, profile=survivor)
                identities.note(self.tx, who, identities.MERGED, self.now, moved)
                self._lead(gone, survivor)

    def _lead(self, gone: int, survivor: int) -> None:
        for visitor, profile in self.ids.items():
            if profile == gone:
                self.ids[visitor] = survivor
        self.retell.discard(gone)
        self.retell.add(survivor)

    def _note_others(self, words: Iterable[Known], now_known: Mapping[str, Known]) -> None:
        """Keep for the owner which words named another customer than the visitor is."""
        for word in words:
            if word.customer_id != now_known[word.visitor_id].customer_id:
                word = replace(word, profile=self.ids[word.visitor_id])
                if not identities.noted(self.tx, word, identities.APART):
                    identities.note(self.tx, word, identities.APART, self.now)


def _stays(one: Known, was: Known | None) -> bool:
    """Whether a visitor is who it was, and where it was."""
    return was is not None and (was.customer_id, was.profile) == (one.customer_id, one.profile)
