"""Following only what changed gives what looking at everybody would, whatever happens in between.

REGULARS_RULE_EXAMPLES: how many lives of a shop to try on each engine, for a longer look.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import journey
from plugin.journey import STEPS
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import segments
from plugin.storage.engine import Store
from tests.segment.lives import MOMENTS, ZONES
from tests.storage import rule_histories

LONGER = os.environ.get("REGULARS_RULE_EXAMPLES")
EXAMPLES = int(LONGER or "70") // 4
CROWD = 12
FORMER = {"any": [{"segment": "first"}, {"event": "purchase", "last": "older_than", "value": "1d"}]}
steps = st.one_of(
    st.tuples(st.just("somebody comes"), rule_histories.people),
    st.tuples(st.just("somebody acts"), st.integers(0, 99), st.integers(0, 10**6)),
    st.tuples(st.just("time goes by"), st.sampled_from((1, MINUTE, HOUR, DAY, 8 * DAY, 31 * DAY))),
    st.tuples(st.just("first is edited"), rule_histories.rules),
    st.tuples(st.just("second is edited"), rule_histories.rules),
    st.tuples(st.just("by hand"), st.integers(0, 99), st.sampled_from((HOUR, DAY, None))),
)


@dataclass
class Life:
    """A shop with two segments, one built on the other."""

    store: Store
    shop: Shop
    now: int

    def step(self, step: str, /, **args: Any) -> Any:
        with self.store.write() as tx:
            return STEPS[step](tx, self.shop, **args)

    def comes(self, person: Any) -> None:
        told = rule_histories.events_of(f"person-{uuid.uuid4().hex}", person, self.now, self.shop)
        self.step("collect", events=told)

    def acts(self, who: int, seed: int) -> None:
        rng, visitor_id = Random(seed), self.visitor(who)
        (made,) = rule_histories.crowd(rng, 1)
        told = rule_histories.events_of(visitor_id, made, self.now, self.shop)
        self.step("collect", events=told[:1])

    def visitor(self, who: int) -> str:
        with self.store.read() as tx:
            rows = tx.all("select visitor_id from profiles order by id")
        return str(rows[who % len(rows)]["visitor_id"])

    def edits(self, slug: str, rule: Any) -> None:
        if slug == "second":
            rule = {"any": [FORMER, rule]}
        self.step("put_segment", slug=slug, name=slug, rule=rule, enabled=True, now=self.now)

    def by_hand(self, who: int, span: int | None) -> None:
        until = None if span is None else self.now + span
        args = {"remove": [], "release": [], "until": until, "now": self.now}
        self.step("place", slug="first", add=[self.visitor(who)], **args)

    def members(self) -> dict[int, set[str]]:
        with self.store.read() as tx:
            every = [row["id"] for row in tx.all("select id from profiles")]
            return dict(segments.held(tx, every))

    def members_by_rule(self) -> dict[int, set[str]]:
        decided = journey.decide(self.store, self.shop, list(self.members()), self.now)
        return {
            p: {s for s, is_in in found.items() if is_in} for p, found in decided.inside.items()
        }

    def sizes_are_right(self) -> bool:
        with self.store.read() as tx:
            counts = tx.all("select segment, count(*) as n from memberships group by segment")
            told = {one.slug: one.size for one in segments.definitions(tx) if one.size}
        return told == {row["segment"]: row["n"] for row in counts}


def test_what_was_followed_step_by_step_is_what_everybody_asked_anew_would_say(
    store: Store,
) -> None:
    life = Life(store, Shop("moon", "pk_moon", currency="EUR", timezone=ZONES[0]), MOMENTS[0])
    for one in rule_histories.crowd(Random(life.now), CROWD):
        life.comes(one)
    life.edits("vip", {"trait": "orders_total", "op": ">=", "value": 2})
    life.edits("first", {"everyone": True})
    life.edits("second", {"everyone": True})

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=LONGER is None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(steps, min_size=1, max_size=6))
    def law(happened: list[Any]) -> None:
        for name, *what in happened:
            if name == "time goes by":
                life.now += what[0]
            elif name == "somebody comes":
                life.comes(*what)
            elif name == "somebody acts":
                life.acts(*what)
            elif name == "by hand":
                life.by_hand(*what)
            else:
                life.edits(name.split()[0], *what)
            journey.bring_up_to_date(store, life.shop, life.now)
            assert life.members() == life.members_by_rule(), name
            assert life.sizes_are_right()
            assert journey.reconcile(store, life.shop, life.now).differences == 0, name

    law()
