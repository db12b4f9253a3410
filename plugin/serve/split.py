"""Were visitors dealt to shown and control as the owner's share says?

Where one arm has more than its part, something keeps visitors out of it or counts them twice, and
then the arms are of different people: whatever the proof says may come from that alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.serve.recommend.window import CONTROL_SHARE as OF_WINDOWS
from plugin.serve.recommend.window import TO_LEARN
from plugin.serve.retain.popup import CONTROL_SHARE as OF_POPUPS

ALPHA = 0.01  # how often a split that is right may ever raise the alarm
STRENGTH = 1_000  # visitors' worth of belief in the share, which small deviations have to overcome


@dataclass(frozen=True)
class Split:
    """Visitors in each arm over a span in which ``share`` (0 to 1) was to be kept in control."""

    shown: int
    control: int
    share: float


def is_let(body: Mapping[str, Any]) -> bool:
    """Whether the owner lets the verdict act on the campaign that ``body`` describes."""
    return body.get("auto") is True


def share_kept(kind: str, body: Mapping[str, Any], shops: float | None) -> float:
    """Which part of visitors (0 to 1) the popup or window (``kind``) in ``body`` is kept from.

    shops: the shop's own share, None: it has none.
    """
    own = body.get("control_share")
    if isinstance(own, (int, float)) and not isinstance(own, bool):
        return float(own)
    if shops is not None:
        return shops
    of_windows = TO_LEARN if is_let(body) else OF_WINDOWS
    return OF_POPUPS if kind == "popup" else of_windows


def is_off(splits: Iterable[Split]) -> bool:
    """Whether the arms differ from their shares by more than chance, at any number of looks.

    True for at most ``ALPHA`` of campaigns whose split is right, over all looks together.
    """
    return sum(map(evidence, splits)) >= math.log(1 / ALPHA)


def evidence(split: Split) -> float:
    """The logarithm of the e-value against the share: 0 is none, log(100) one in a hundred.

    The likelihood of the counts under a beta prior around the share, over their likelihood under
    the share itself: Lindon and Malek, "Anytime-valid inference for multinomial count data", arXiv
    2011.03567, for two arms. A share of 0 or 1 leaves nothing to test.
    """
    if not 0 < split.share < 1:
        return 0.0
    shown, control = STRENGTH * (1 - split.share), STRENGTH * split.share
    return (
        _log_beta(shown + split.shown, control + split.control)
        - _log_beta(shown, control)
        - split.shown * math.log(1 - split.share)
        - split.control * math.log(split.share)
    )


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)
