"""Why does a popup come to this visitor on this page, or not?

For the owner, in full; from the conditions that decide, so that what is told is what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plugin.errors import NotFound, PluginError
from plugin.journey.acting import Acting
from plugin.journey.offers import Wish
from plugin.journey.popups import moment_of
from plugin.segment.explain import Reason, explain
from plugin.segment.rule import needs_of, segments_of
from plugin.segment.shape import SegmentLeaf
from plugin.serve.retain.popup import Popup, read_popup
from plugin.serve.retain.trace import Trace, traced
from plugin.shop import Shop
from plugin.storage import campaigns
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx


@dataclass(frozen=True)
class WhyPopup:
    """What was found. ``known``: whether anything came from this visitor; of a stranger the rest
    tells what a stranger meets.

    ``traces``: in the order in which the popups are asked. ``reasons``: by popup, each leaf of its
    audience. ``broken``: popups that cannot be read, and why.
    """

    known: bool
    traces: tuple[Trace, ...]
    reasons: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    @property
    def winner(self) -> str | None:
        """The popup that comes; None: none does."""
        return next((one.winner for one in self.traces), None)


def why_popup(store: Store, shop: Shop, wish: Wish, slug: str | None, now: int) -> WhyPopup:
    """Every popup, or the one called ``slug``, traced for ``wish``. Raises NotFound."""
    with store.read() as tx:
        popups, broken = every_popup(tx)
        if slug is not None and slug not in broken and all(one.slug != slug for one in popups):
            raise NotFound("there is no such popup")
        docs = asking_for(documents(store, tx), popups)
        acting = Acting(tx, docs, shop, wish.visitor_id, now)
        moment = moment_of(tx, acting, docs.popups, wish.path, wish.language, now)
        traces = [one for one in traced(popups, moment) if slug in (None, one.popup.slug)]
        reasons = {one.popup.slug: tuple(_reasons(acting, one.popup)) for one in traces}
    told = {name: trouble for name, trouble in broken.items() if slug in (None, name)}
    return WhyPopup(acting.profile_id is not None, tuple(traces), reasons, told)


def every_popup(tx: Tx) -> tuple[list[Popup], dict[str, str]]:
    """Every popup that is kept, also those that rest, and why some cannot be read."""
    found, broken = [], {}
    for row in campaigns.all(tx, "popup"):
        try:
            found.append(replace(read_popup(row["slug"], row["body"]), enabled=row["enabled"]))
        except PluginError as trouble:
            broken[row["slug"]] = trouble.message
    return found, broken


def asking_for(docs: Documents, popups: Sequence[Popup]) -> Documents:
    """The documents with what the audiences of these ``popups`` ask of a visitor, too."""
    audiences = [one.audience for one in popups if one.audience is not None]
    more = needs_of(audiences)
    needs = type(more)(*(own | other for own, other in zip(docs.needs, more, strict=True)))
    return replace(docs, needs=needs)


def _reasons(acting: Acting, popup: Popup) -> Iterable[Reason]:
    """Each leaf of the audience; of a segment, each leaf of its rule."""
    rule = popup.audience
    if rule is None or acting.profile_id is None:
        return ()
    if isinstance(rule, SegmentLeaf) and segments_of(rule) <= acting.docs.rules.keys():
        rule = acting.docs.rules[rule.slug]
    return explain(rule, acting.facts, acting.now, acting.shop, acting.inside)
