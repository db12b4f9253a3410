"""What of a visitor and a page decides which popup comes?"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from plugin.journey.acting import Acting
from plugin.profile.fold import IDLE_MS
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts
from plugin.serve.retain.manners import rule_of, shield_needs
from plugin.serve.retain.moment import Moment, Seen
from plugin.serve.retain.popup import Popup
from plugin.shop import local_time
from plugin.storage import coupons, meetings
from plugin.storage.engine import Tx
from plugin.storage.facts import load_facts


def moment_of(
    tx: Tx, acting: Acting, popups: Sequence[Popup], path: str, language: str, now: int
) -> Moment:
    """The moment of a visitor on the page at ``path``; what costs a look is asked for late.

    popups: those that will be asked for.
    """
    shop, profile, known = acting.shop, acting.profile, acting.profile_id
    started = _visit_began(profile, now)
    late = Late(tx, acting, popups, now, started)
    seen: dict[str, Seen] = {}
    if known is not None:
        seen = meetings.seen(tx, known, now, started)
    return Moment(
        visitor_id=profile.visitor_id,  # a customer's devices are in one arm
        page_path=path,
        now_local=local_time(now, shop.timezone),
        matches=acting.holds,
        seen=seen,
        checkouts=shop.texts("checkout_pages"),
        purchased=started is not None and (profile.last_order_at or 0) >= started,
        control_share=shop.control_share,
        language=language,
        profile=profile,
        currency=shop.currency,
        kinds=acting.docs.popup_kinds,
        belongs=late.belongs,
        entered=late.entered,
        pages=lambda: late.pages,
        without_code=lambda: late.without_code,
    )


def _visit_began(profile: Profile, now: int) -> int | None:
    """When the visit that goes on at ``now`` began; None: there is none, the last one is over."""
    over = now - (profile.last_seen_at or 0) >= IDLE_MS
    return None if over else profile.session_started_at


class Late:
    """What a decision may ask of the store, looked up when it is first asked for."""

    def __init__(
        self, tx: Tx, acting: Acting, popups: Sequence[Popup], now: int, started: int | None
    ) -> None:
        self._tx, self._acting, self._popups, self._now = tx, acting, popups, now
        self._started = started
        self._by_rule: dict[str, bool] = {}

    @cached_property
    def pages(self) -> int:
        """How many pages of this visit were viewed."""
        if self._acting.profile_id is None or self._started is None:
            return 0
        return meetings.pages(self._tx, self._acting.profile_id, self._started, self._now)

    @cached_property
    def without_code(self) -> AbstractSet[str]:
        """The popups that give codes and have none left for this visitor."""
        wanted = {one.slug: one.coupon_pool for one in self._popups if one.coupon_pool is not None}
        return coupons.closed(self._tx, wanted, self._acting.profile_id, self._now)

    def entered(self, slug: str | None) -> bool:
        """Whether the visitor is in the segment, and was not before this visit; None: in any."""
        inside = self._acting.inside
        wanted = [name for name, holds in inside.items() if holds and slug in (None, name)]
        return any(name not in self._before for name in wanted)

    @cached_property
    def _facts(self) -> Facts:
        """What the discount shield asks, in one look."""
        known = self._acting.profile_id
        assert known is not None  # of nobody nothing is asked
        return load_facts(self._tx, [known], *shield_needs())[known]

    @cached_property
    def _before(self) -> AbstractSet[str]:
        if self._acting.profile_id is None:
            return frozenset()
        started = self._now if self._started is None else self._started
        return meetings.inside_before(self._tx, self._acting.profile_id, started)

    def belongs(self, name: str) -> bool:
        """Whether the visitor is in the segment of a template: the owner's own, if there is one
        that counts, else by the template's rule.
        """
        if name in self._acting.docs.rules:
            return self._acting.inside[name]
        if name not in self._by_rule:
            self._by_rule[name] = self._holds(name)
        return self._by_rule[name]

    def _holds(self, name: str) -> bool:
        acting, known = self._acting, self._acting.profile_id
        if known is None:
            return False
        rule, needs = rule_of(name)
        asked_already = all(a <= b for a, b in zip(needs, acting.docs.needs, strict=True))
        facts = acting.facts if asked_already else self._facts
        return bool(evaluate(rule, facts, self._now, acting.shop).holds)
