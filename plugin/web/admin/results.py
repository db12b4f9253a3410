"""What did each popup and window bring, shown against control, and what follows from it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.serve.findable import Crowd, Findable
from plugin.serve.language import in_language
from plugin.serve.split import share_kept
from plugin.serve.verdict import Verdict, days_still, judge
from plugin.shop import Shop
from plugin.storage import acts, campaigns, proof
from plugin.storage.acts import Act
from plugin.storage.engine import Row, Tx
from plugin.storage.proof import Did, Outcome
from plugin.web.language import language_now

MET, PAGES = "met", "pages"


@dataclass(frozen=True)
class Arm:
    """Visitors who met a campaign, or would have (control), and what they did. Money: minor."""

    visitors: int = 0
    views: int = 0
    clicks: int = 0
    closes: int = 0
    submits: int = 0
    converted: int = 0
    revenue: int = 0

    @property
    def rate(self) -> float | None:
        """The share that reached the campaign's goal; None: nobody was there."""
        return self.converted / self.visitors if self.visitors else None

    @property
    def per_visitor(self) -> float | None:
        """Revenue of one visitor, minor units."""
        return self.revenue / self.visitors if self.visitors else None


@dataclass(frozen=True)
class Ahead:
    """What could be found. ``source``: told by those who met it (met), or by those who would, by
    its audience and pages (pages). crowd: None where nobody would.

    weeks: at the present split; at_half: with half in control, empty where that is the split.
    """

    source: str
    crowd: Crowd | None
    weeks: Sequence[Findable] = ()
    at_half: Sequence[Findable] = ()


@dataclass(frozen=True)
class Result:
    """One campaign with its two arms. ``body``: the document as the owner keeps it.

    share: the part of visitors (0 to 1) that is kept in control now. acts: what was done to it by
    its verdict alone, newest first. ahead: what could be found of it; None: not looked at, or it is
    decided.
    """

    kind: str
    slug: str
    body: Mapping[str, Any]
    enabled: bool
    outcome: Outcome
    share: float
    shown: Arm = field(default_factory=Arm)
    control: Arm = field(default_factory=Arm)
    verdict: Verdict = field(default_factory=lambda: judge([]))
    acts: Sequence[Act] = ()
    ahead: Ahead | None = None

    @property
    def name(self) -> str:
        """What the owner calls it: its name, else the title shoppers read, else the slug."""
        name, title = self.body.get("name"), self.body.get("title")
        if isinstance(name, str) and name:
            return name
        # A title may be a text, or one in each language.
        titled = in_language(title, language_now()) if isinstance(title, (str, dict)) else ""
        return titled or self.slug

    @property
    def clicked(self) -> float | None:
        """Clicks for each visitor who saw it."""
        return self.shown.clicks / self.shown.visitors if self.shown.visitors else None

    @property
    def days(self) -> int | None:
        """In how many days the visitors who are still needed will have come; None: not known."""
        return days_still(self.verdict.needed, self.outcome.a_day)


def brought(tx: Tx, kind: str, now: int, shop: Shop) -> list[Result]:
    """Every campaign of ``kind`` (popup, window) with what it brought by ``now``, by slug."""
    return [result_of(tx, row, now, shop) for row in campaigns.all(tx, kind)]


def result_of(tx: Tx, campaign: Row, now: int, shop: Shop) -> Result:
    """What ``campaign`` (a row of ``campaigns.get``) brought by ``now``."""
    share = share_kept(campaign["kind"], campaign["body"], shop.control_share)
    found = proof.known_outcome(tx, campaign, now, shop.currency, share)
    return Result(
        campaign["kind"],
        campaign["slug"],
        campaign["body"],
        campaign["enabled"],
        found,
        share,
        _arm(found.shown),
        _arm(found.control),
        judge(found.spans),
        acts.of_campaign(tx, campaign["kind"], campaign["slug"]),
    )


def _arm(did: Did) -> Arm:
    return Arm(
        did.visitors, did.views, did.clicks, did.dismissals, did.submits, did.reached, did.revenue
    )
