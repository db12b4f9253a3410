"""What did each popup and window bring, shown against control?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.serve.experiment import CONTROL, SHOW
from plugin.serve.language import in_language
from plugin.storage import campaigns
from plugin.storage.engine import Row, Tx
from plugin.web.language import language_now


@dataclass(frozen=True)
class Arm:
    """Visitors who met a campaign, or would have (control), and what they did. Money: minor."""

    visitors: int = 0
    clicks: int = 0
    closes: int = 0
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
class Result:
    """One campaign with its two arms. ``body``: the document as the owner keeps it."""

    slug: str
    body: Mapping[str, Any]
    enabled: bool
    shown: Arm = field(default_factory=Arm)
    control: Arm = field(default_factory=Arm)

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


def brought(tx: Tx, kind: str, now: int, currency: str) -> list[Result]:
    """Every campaign of ``kind`` (popup, window) with what it brought by ``now``, by slug."""
    arms: dict[tuple[str, str], Arm] = {
        (row["slug"], row["arm"]): _arm(row) for row in campaigns.results(tx, kind, now, currency)
    }
    return [
        Result(
            row["slug"],
            row["body"],
            row["enabled"],
            arms.get((row["slug"], SHOW), Arm()),
            arms.get((row["slug"], CONTROL), Arm()),
        )
        for row in campaigns.all(tx, kind)
    ]


def _arm(row: Row) -> Arm:
    return Arm(row["visitors"], row["clicks"], row["dismissals"], row["converted"], row["revenue"])
