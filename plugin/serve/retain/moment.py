"""What is known of one visitor on one page, when a popup is decided?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from plugin.profile.profile import Profile
from plugin.segment.rule import Rule
from plugin.serve.page import is_checkout
from plugin.serve.retain.popup import OVERLAYS, Popup
from plugin.shop import DAY

PHONE = "mobile"  # as profiles call it
NOTHING: AbstractSet[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """How often a visitor met one popup, and what came of it; ``first_at``, ``last_at``: the first
    and the last time, Unix ms.

    To be kept from it in the control group counts as a view, so that both groups meet it as often.
    """

    views_visit: int = 0
    views_day: int = 0
    views_week: int = 0
    views_ever: int = 0
    dismissals: int = 0
    submits: int = 0
    clicks: int = 0
    orders: int = 0  # since the first meeting
    first_at: int | None = None
    last_at: int | None = None


NEVER = Seen()


def views_at(times: Sequence[int], now: int, started: int) -> dict[str, int]:
    """The views of ``Seen`` that fall into the spans before ``now``; ``started``: of this visit."""
    if not times:
        return {}
    return {
        "views_visit": sum(at >= started for at in times),
        "views_day": sum(at > now - DAY for at in times),
        "views_week": sum(at > now - 7 * DAY for at in times),
        "last_at": max(times),
    }


@dataclass(frozen=True)
class Moment:
    """One visitor on one page. What costs a look into the store is a function: asked for late.

    ``page_path``: path, and query if there is one. ``now_local``: the shop's local time, with its
    zone. ``matches``: whether an audience's rule holds for the visitor now. ``checkouts``: the
    owner's patterns of pages that are one, beside those of known platforms. ``seen``: by popup.
    ``purchased``: the visitor has ordered in this visit. ``control_share``: the shop's own for
    popups that name none. ``language``: the page's. ``kinds``: of the popups that run, by slug.
    ``belongs``: whether the visitor is in the segment, or would be in the template, of that name.
    ``entered``: whether it came into a segment in this visit; None: into any. ``pages``: how many
    were viewed in this visit, this one too. ``without_code``: popups that have none left for it.
    """

    visitor_id: str
    page_path: str
    now_local: datetime
    matches: Callable[[Rule], bool]
    checkouts: Sequence[str] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)
    purchased: bool = False
    control_share: float | None = None
    language: str = "en"
    profile: Profile = field(default_factory=lambda: Profile(""))
    currency: str = "KRW"
    kinds: Mapping[str, str] = field(default_factory=dict)
    belongs: Callable[[str], bool] = lambda name: False
    entered: Callable[[str | None], bool] = lambda slug: False
    pages: Callable[[], int] = lambda: 2
    without_code: Callable[[], AbstractSet[str]] = lambda: NOTHING

    def of(self, popup: Popup) -> Seen:
        """How often the visitor met this one."""
        return self.seen.get(popup.slug, NEVER)

    @cached_property
    def now(self) -> int:
        """The moment, Unix ms."""
        return int(self.now_local.timestamp() * 1000)

    @cached_property
    def at_checkout(self) -> bool:
        """Whether people pay on this page."""
        return is_checkout(self.page_path, self.checkouts)

    @cached_property
    def on_phone(self) -> bool:
        """Whether the visitor came by a phone."""
        return self.profile.device == PHONE

    @cached_property
    def views_visit(self) -> int:
        """Popups met in this visit, of all campaigns."""
        return sum(one.views_visit for one in self.seen.values())

    @cached_property
    def overlays_visit(self) -> int:
        """Those of them that came over the page."""
        return sum(one.views_visit for slug, one in self.seen.items() if self._covers(slug))

    @cached_property
    def overlays_week(self) -> int:
        """Popups over the page met in the last 7 days, of all campaigns."""
        return sum(one.views_week for slug, one in self.seen.items() if self._covers(slug))

    def since_another(self, popup: Popup) -> int | None:
        """Milliseconds since the visitor met another popup than this; None: it met none."""
        others = (one.last_at for slug, one in self.seen.items() if slug != popup.slug)
        last = max((at for at in others if at is not None), default=None)
        return None if last is None else max(0, self.now - last)

    def _covers(self, slug: str) -> bool:
        # Of one that the owner took away nobody knows: it may have covered the page.
        return slug not in self.kinds or self.kinds[slug] in OVERLAYS
