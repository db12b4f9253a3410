"""What may be done to a campaign by its verdict alone, once the owner lets it, and taken back?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugin.serve.proof import Interval
from plugin.serve.verdict import SHOW_TO_90, TURN_OFF, WHEN_DECIDED, Counted, Span, Verdict

# What each act sets in a campaign's document.
CHANGES: Mapping[str, Mapping[str, Any]] = {
    SHOW_TO_90: {"control_share": WHEN_DECIDED},
    TURN_OFF: {"enabled": False},
}


@dataclass(frozen=True)
class Figures:
    """What was known when something was done.

    word: the verdict. shown, control: over all spans. goals, money: of 1,000 visitors, shown minus
    control (visitors, minor units); None: nothing could be said of it.
    """

    word: str
    shown: Counted
    control: Counted
    goals: Interval | None = None
    money: Interval | None = None


def next_act(verdict: Verdict, done: Collection[str]) -> str | None:
    """What is to be done now; None: nothing.

    done: what was done since the owner let it, taken back or not. Nothing is done twice: whoever
    changed it back has decided otherwise.
    """
    act = verdict.suggests
    return act if act in CHANGES and act not in done else None


def document_with(body: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` with ``keys`` in it; a key that is None is left out."""
    return {key: value for key, value in {**body, **keys}.items() if value is not None}


def before(act: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What stood in ``body`` where ``act`` changes it; None: nothing did."""
    return {key: body.get(key) for key in CHANGES[act]}


def stands(act: str, body: Mapping[str, Any]) -> bool:
    """Whether the document still is as ``act`` made it."""
    return all(body.get(key) == value for key, value in CHANGES[act].items())


def figures(verdict: Verdict, spans: Sequence[Span]) -> Figures:
    """What the verdict on ``spans`` was made of."""
    return Figures(
        verdict.word,
        _summed([span.shown for span in spans]),
        _summed([span.control for span in spans]),
        verdict.goals,
        verdict.money,
    )


def _summed(arms: Sequence[Counted]) -> Counted:
    return Counted(*(sum(getattr(one, name) for one in arms) for name in vars(Counted())))
