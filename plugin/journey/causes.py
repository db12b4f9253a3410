"""Why did a visitor enter or leave a segment, and when was that due?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.segment.evaluate import Verdict, soonest
from plugin.storage.by_hand import NOTHING, Placed
from plugin.storage.segments import Change, Waiting

EVENT = "event"  # something the visitor did, or that was told of it
EXPIRY = "expiry"  # time alone: a window closed, a wait was over, a day came
EDIT = "edit"  # the rule was changed, or one that it is built on
MERGE = "merge"  # two visitors turned out to be one, or one to be two
MANUAL = "manual"  # put in or out by hand, or the end of that
CAUSES = (EVENT, EXPIRY, EDIT, MERGE, MANUAL)
MOST_STEPS = 50  # moments asked about on the way from when a visitor was due to now


def cause_of(waiting: Waiting) -> str:
    """Why a visitor was looked at, and so why it moved unless a word by hand is the reason."""
    if waiting.mark:
        return MERGE if waiting.merged else EVENT
    # Whoever has to be looked at for an edited rule is due since 0, which is no moment.
    return EXPIRY if waiting.due_at else EDIT


def caught_up(
    ask: Callable[[int], dict[str, Verdict]], since: int, now: int
) -> tuple[dict[str, Verdict], dict[str, int]]:
    """What ``ask`` (a moment -> the verdicts) says at ``now``, and since when it says so of each.

    since: when the visitor was due (Unix ms); nothing was told of it after that. A pass that comes
    late, as after a stop, so learns the true moment of every turn. Where nothing is late it asks
    once. After 50 steps, or where a rule fails, the rest of the way is leapt over.
    """
    found = ask(since)
    began = dict.fromkeys(found, since)
    for step in range(MOST_STEPS):
        following = soonest(verdict.next_check for verdict in found.values())
        if following is None or following > now:
            break
        leap = step == MOST_STEPS - 1 or any(verdict.failed for verdict in found.values())
        at = now if leap else following
        latest = ask(at)
        began |= {s: at for s, v in latest.items() if bool(v.holds) != bool(found[s].holds)}
        found = latest
    return found, began


def change(
    slug: str,
    waiting: Waiting,
    inside: bool,
    version: int,
    now: int,
    began: Mapping[str, int],
    placed: Placed | None = None,
) -> Change:
    """The move of a visitor that a look at ``now`` (Unix ms) found, with its cause.

    began: since when its verdicts are so, where that is known. placed: what was put by hand; a word
    that is in force, or was when the visitor was last looked at, is the reason.
    """
    due, cause = began.get(slug, now), cause_of(waiting)
    word = (placed or NOTHING).words.get(slug)
    if word is not None and word.in_force(now):
        cause = MANUAL
    elif word is not None and word.until and _ended_since(word.until, waiting, due):
        due, cause = word.until, MANUAL
    return Change(slug, waiting.profile, inside, due, now, cause, version)


def _ended_since(until: int, waiting: Waiting, due: int) -> bool:
    if waiting.mark:  # something came too, so nobody walked there moment by moment
        return 0 < (waiting.due_at or 0) <= until
    return until == due
