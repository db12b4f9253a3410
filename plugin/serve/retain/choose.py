"""Which popup, if any, is this visitor offered on this page?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.serve.experiment import variant
from plugin.serve.retain.manners import kind_now
from plugin.serve.retain.moment import Moment
from plugin.serve.retain.popup import Popup
from plugin.serve.retain.reach import triggers_left
from plugin.serve.retain.trace import arm_of, may_meet, ranked
from plugin.serve.retain.triggers import Trigger


@dataclass(frozen=True)
class Decision:
    """The popup of this page. ``arm`` control: nothing is shown, only that it would have been.

    ``kind``: in which it comes, another than the document's on a phone's first page. ``triggers``:
    those that the browser is to wait for.
    """

    popup: Popup
    arm: str
    variant: int
    kind: str
    triggers: tuple[Trigger, ...]


def choose(popups: Sequence[Popup], moment: Moment) -> Decision | None:
    """The one popup for this page, or None: the highest priority of those that may be met.

    Never on a checkout. Of equal priority, the first by name. When the visitor is in the control
    group of the chosen one, no other takes its place: that would spoil the comparison.
    """
    if moment.at_checkout:
        return None
    for popup in ranked(popups):
        if may_meet(popup, moment):
            return _decided(popup, moment)
    return None


def _decided(popup: Popup, moment: Moment) -> Decision:
    return Decision(
        popup,
        arm_of(popup, moment),
        variant(popup.slug, moment.visitor_id, [one.weight for one in popup.variants]),
        kind_now(popup, moment),
        triggers_left(popup, moment),
    )
