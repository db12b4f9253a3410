"""Who acts, and what of them does a decision need to know?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.journey.verdicts import inside_of, verdicts
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts
from plugin.segment.rule import Rule
from plugin.shop import Shop
from plugin.storage import by_hand, profiles
from plugin.storage.documents import Documents
from plugin.storage.engine import Tx
from plugin.storage.facts import load_facts

# Of a name and what reads something of a visitor: what it read, now or before.
Keep = Callable[[Hashable, Callable[[], Any]], Any]


def _anew(_: Hashable, read: Callable[[], Any]) -> Any:
    return read()


@dataclass
class Acting:
    """The visitor who acts; without an id that may be used, or unknown: nobody.

    Each part is read when it is first asked for: most answers need no segment, and many nobody.
    """

    tx: Tx
    docs: Documents
    shop: Shop
    visitor_id: str | None
    now: int
    kept: Keep = _anew

    @cached_property
    def _found(self) -> tuple[int, Profile] | None:
        if not self.visitor_id:
            return None
        found: tuple[int, Profile] | None = self.kept(
            self.visitor_id, lambda: profiles.find(self.tx, str(self.visitor_id))
        )
        return found

    @cached_property
    def profile_id(self) -> int | None:
        """None: we know nothing of this visitor."""
        if not self.visitor_id or "_found" in self.__dict__:
            return None if self._found is None else self._found[0]
        found: int | None = self.kept(
            ("id", self.visitor_id), lambda: profiles.find_id(self.tx, str(self.visitor_id))
        )
        return found

    @cached_property
    def profile(self) -> Profile:
        """The visitor's profile; an empty one of who is not known."""
        return Profile(self.visitor_id or "") if self._found is None else self._found[1]

    @cached_property
    def facts(self) -> Facts:
        """What the shop's rules ask about the visitor."""
        if self.profile_id is None:
            return Facts(self.profile, {})
        return load_facts(self.tx, [self.profile_id], *self.docs.needs)[self.profile_id]

    @cached_property
    def inside(self) -> Mapping[str, bool]:
        """Which segments the visitor is in, as of now."""
        if self.profile_id is None:
            return dict.fromkeys(self.docs.rules, False)
        ids = [self.profile_id]
        placed = by_hand.placed(self.tx, ids).get(self.profile_id, by_hand.NOTHING)
        answers = verdicts(self.docs.rules, self.facts, placed, self.now, self.shop)
        return inside_of(answers, placed)

    @property
    def segments(self) -> tuple[str, ...]:
        """Those the visitor is in."""
        return tuple(slug for slug, holds in self.inside.items() if holds)

    def holds(self, rule: Rule) -> bool:
        """Whether ``rule`` holds of the visitor; of nobody none does."""
        if self.profile_id is None:
            return False
        verdict = evaluate(rule, self.facts, self.now, self.shop, self.inside)
        return bool(verdict.holds)
