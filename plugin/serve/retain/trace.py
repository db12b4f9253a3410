"""Why would a popup show here, and why would it not?

The same conditions decide (``choose``) and explain: the decision stops at the first that fails,
the trace asks them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.serve.experiment import CONTROL, SHOW, arm
from plugin.serve.retain.condition import Check, Condition
from plugin.serve.retain.manners import CAPS, GUARDS
from plugin.serve.retain.moment import Moment
from plugin.serve.retain.popup import CONTROL_SHARE, Popup
from plugin.serve.retain.reach import HERE, WHO

CHECKS: tuple[Check, ...] = (*HERE, *CAPS, *WHO, *GUARDS)
RANK = "rank"
# What also counts once a popup is open before the visitor: for whom it is, and that it runs. Caps,
# pages and moments were for its coming.
FOR_WHOM = frozenset(
    {"enabled", "schedule", "device", "source", "visitors", "cart", "audience", "shield"}
)
BLOCKED, OUTRANKED = "blocked", "outranked"
OUTCOMES = (SHOW, CONTROL, OUTRANKED, BLOCKED)


@dataclass(frozen=True)
class Trace:
    """What was found of one popup. ``outcome``: show, control, outranked or blocked.

    ``conditions``: those that are asked of it, in the order in which they are asked; when all hold,
    its rank is the last. ``winner``: the popup of this page, whichever it is.
    """

    popup: Popup
    outcome: str
    conditions: tuple[Condition, ...]
    winner: str | None = None

    @property
    def blocked_by(self) -> Condition | None:
        """The first condition that fails: the one at which the decision stopped."""
        return next((one for one in self.conditions if not one.holds), None)


def ranked(popups: Sequence[Popup]) -> list[Popup]:
    """The order in which they are asked: the highest priority first, of equals by name."""
    return sorted(popups, key=lambda one: (-one.priority, one.slug))


def may_meet(popup: Popup, moment: Moment) -> bool:
    """Whether everything but the popup's rank allows it here and now."""
    return stopped_by(popup, moment) is None


def stopped_by(popup: Popup, moment: Moment) -> str | None:
    """The code of the condition at which ``may_meet`` stops; None: it may be met."""
    for check in CHECKS:
        if check.asks(popup, moment) and not check.holds(popup, moment):
            return check.code
    return None


def may_have_code(popup: Popup, moment: Moment) -> bool:
    """Whether the popup, open on a page that only the visitor knows, may give this visitor a code:
    it runs, it is for such a visitor, the shield does not keep it back, and it is not in control.
    """
    asked = (check for check in CHECKS if check.code in FOR_WHOM and check.asks(popup, moment))
    return arm_of(popup, moment) == SHOW and all(check.holds(popup, moment) for check in asked)


def arm_of(popup: Popup, moment: Moment) -> str:
    """Whether the visitor is shown it or kept from it, for good."""
    shares = (popup.control_share, moment.control_share, CONTROL_SHARE)
    return arm(popup.slug, moment.visitor_id, next(one for one in shares if one is not None))


def traced(popups: Sequence[Popup], moment: Moment) -> list[Trace]:
    """A trace of each popup, in the order in which they are asked."""
    in_order = ranked(popups)
    winner = next((one for one in in_order if may_meet(one, moment)), None)
    return [_trace(one, moment, winner) for one in in_order]


def _trace(popup: Popup, moment: Moment, winner: Popup | None) -> Trace:
    found = [
        Condition(check.code, check.holds(popup, moment), check.told(popup, moment))
        for check in CHECKS
        if check.asks(popup, moment)
    ]
    first = winner.slug if winner is not None else None
    if not all(one.holds for one in found):
        return Trace(popup, BLOCKED, tuple(found), first)
    wins = popup is winner
    found.append(Condition(RANK, wins, {"priority": popup.priority, "winner": first}))
    return Trace(popup, arm_of(popup, moment) if wins else OUTRANKED, tuple(found), first)
