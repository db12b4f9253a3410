"""What was known of a visitor at each page of last month?

Told anew from the events up to then: profile, segments, orders. How one stands among all, the
catalogue, and who was put in a segment by hand are today's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from plugin.collect.event import Event
from plugin.journey.as_of import facts_as_of
from plugin.journey.verdicts import inside_of, verdicts
from plugin.profile.fold import IDLE_MS, fold
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts
from plugin.segment.rule import Rule, segments_of
from plugin.serve.page import path_of
from plugin.serve.retain.manners import rule_of, shield_needs
from plugin.serve.retain.moment import Moment
from plugin.serve.retain.rehearsal import Stop
from plugin.shop import Shop, local_time
from plugin.storage import by_hand
from plugin.storage import past as log
from plugin.storage.documents import Documents
from plugin.storage.engine import Tx
from plugin.storage.facts import load_facts

MOST_PAGES = 400  # of one visitor; the newest count


@dataclass(frozen=True)
class Person:
    """One visitor's log, and what of today is taken to have been so then."""

    shop: Shop
    docs: Documents
    profile_id: int
    events: Sequence[Event]
    past: log.Past
    today: Facts | None
    placed: by_hand.Placed

    @cached_property
    def visits(self) -> Sequence[int]:
        """The number of the visit that each event belongs to."""
        found = [0]
        for before, event in pairwise(self.events):
            found.append(found[-1] + (event.at - before.at >= IDLE_MS))
        return found

    def facts(self, until: int) -> Facts:
        """What was known after the first ``until`` events."""
        part = log.Past(
            {self.profile_id: list(self.events[:until])}, self.past.values, self.past.customers
        )
        told = facts_as_of(part, self.profile_id, self.shop)
        also = {} if self.today is None else self.today.also
        return Facts(told.profile, told.times, told.events, also)


def people(tx: Tx, shop: Shop, docs: Documents, ids: Sequence[int], now: int) -> Iterator[Person]:
    """Those of ``ids`` who did anything, each with its whole log up to ``now`` (Unix ms)."""
    past, hands = log.past(tx, ids, now, shop), by_hand.placed(tx, ids)
    also = docs.needs.also | shield_needs().also
    today = load_facts(tx, ids, docs.needs.names, docs.needs.whole, also) if also else {}
    for one in ids:
        if one in past.logs:
            placed = hands.get(one, by_hand.NOTHING)
            yield Person(shop, docs, one, past.logs[one], past, today.get(one), placed)


class Then:
    """What the conditions may ask of a visitor at one of its events, told when it is asked for."""

    def __init__(self, person: Person, place: int) -> None:
        self._person, self._place = person, place
        self._began = person.visits.index(person.visits[place])  # the visit's first event
        self._at = person.events[place].at

    @cached_property
    def pages(self) -> int:
        """How many pages of the visit had been viewed."""
        visit = self._person.events[self._began : self._place + 1]
        return sum(one.name == "page_view" for one in visit)

    @cached_property
    def _facts(self) -> Facts:
        return self._person.facts(self._place + 1)

    @cached_property
    def _inside(self) -> Mapping[str, bool]:
        return self._judged(self._facts, self._at)

    @cached_property
    def _before(self) -> Mapping[str, bool]:
        """Which segments the visitor was in before this visit."""
        if self._began == 0:
            return {}
        return self._judged(self._person.facts(self._began), self._person.events[self._began].at)

    def _judged(self, facts: Facts, at: int) -> Mapping[str, bool]:
        one = self._person
        return inside_of(verdicts(one.docs.rules, facts, one.placed, at, one.shop), one.placed)

    def matches(self, rule: Rule) -> bool:
        """Whether an audience's rule held."""
        inside = self._inside if segments_of(rule) else {}
        return bool(evaluate(rule, self._facts, self._at, self._person.shop, inside).holds)

    def belongs(self, name: str) -> bool:
        """Whether the visitor was in a template's segment, or would have been."""
        if name in self._person.docs.rules:
            return self._inside[name]
        rule, _ = rule_of(name)
        return bool(evaluate(rule, self._facts, self._at, self._person.shop).holds)

    def entered(self, slug: str | None) -> bool:
        """Whether the visitor came into the segment in this visit; None: into any."""
        wanted = [name for name, holds in self._inside.items() if holds and slug in (None, name)]
        return any(not self._before.get(name) for name in wanted)


def stops(person: Person, since: int, closed: AbstractSet[str]) -> Iterator[Stop]:
    """The visitor's page views since then (Unix ms), each with what was known.

    closed: popups whose pools have nothing to give.
    """
    told, events, visits = Profile(person.events[0].visitor_id), person.events, person.visits
    views = [at for at, one in enumerate(events) if _is_page(one)]
    following = dict(pairwise(views))
    wanted = {at for at in views[-MOST_PAGES:] if events[at].at >= since}
    orders = [one.at for one in events if one.name == "purchase"]
    for at, event in enumerate(events):
        told = fold(told, [event], person.shop, person.past.values)
        if at not in wanted:
            continue
        ends = following.get(at, len(events))
        stays = None
        if at in following and visits[ends] == visits[at]:
            stays = events[ends].at - event.at
        yield Stop(
            _moment(person, told, event, Then(person, at), closed),
            visits[at],
            stays,
            [events[one] for one in range(at + 1, ends) if visits[one] == visits[at]],
            orders,
        )


def _is_page(event: Event) -> bool:
    return event.name == "page_view" and isinstance(event.params.get("page_location"), str)


def _moment(
    person: Person, told: Profile, event: Event, then: Then, closed: AbstractSet[str]
) -> Moment:
    shop, started = person.shop, told.session_started_at
    return Moment(
        visitor_id=told.visitor_id,
        page_path=path_of(str(event.params["page_location"])),
        now_local=local_time(event.at, shop.timezone),
        matches=then.matches,
        checkouts=shop.texts("checkout_pages"),
        purchased=started is not None and (told.last_order_at or 0) >= started,
        control_share=shop.control_share,
        language=told.language or "en",
        profile=told,
        currency=shop.currency,
        belongs=then.belongs,
        entered=then.entered,
        pages=lambda: then.pages,
        without_code=lambda: closed,
    )
