"""How is an owner told whether a popup or window helps, in plain words and one small picture?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from plugin.serve.proof import LEAST, Interval
from plugin.serve.split import is_let
from plugin.serve.verdict import HELPS, HURTS, SHOW_TO_90
from plugin.web.admin.acts_words import SaidAct, acts_words
from plugin.web.admin.ahead_words import SaidAhead, ahead_words
from plugin.web.admin.results import Result
from plugin.web.admin.signs import signed, signed_money
from plugin.web.language import number, percent

A_YEAR = 365  # days; beyond it nobody waits, and their number says nothing
WIDTH = 600  # of the picture, whatever its width on the page


@dataclass(frozen=True)
class Reach:
    """An interval as a bar: where it begins, how wide it is, where its estimate and 0 stand."""

    x: float
    width: float
    at: float
    zero: float


@dataclass(frozen=True)
class Line:
    """One figure with its interval: a sentence, and the picture beside it."""

    says: str
    drawn: Reach


@dataclass(frozen=True)
class Said:
    """The proof of one campaign in words. ``tone``: good, bad, off. ``to_90``: offer the button.

    ahead: what could be found, and when; acts: what was done by itself, newest first.
    """

    tag: str
    tone: str
    sentence: str
    lines: tuple[Line, ...] = ()
    to_90: bool = False
    ahead: SaidAhead | None = None
    acts: tuple[SaidAct, ...] = ()
    auto: bool = False


def proof_words(one: Result) -> Said:
    """What the owner reads of ``one``."""
    ahead = None if one.ahead is None else ahead_words(one.ahead, one.share)
    acts = tuple(acts_words(one))
    return replace(_verdict(one), ahead=ahead, acts=acts, auto=is_let(one.body))


def _verdict(one: Result) -> Said:
    verdict = one.verdict
    if not one.shown.visitors and not one.control.visitors:
        return Said(_("Not known yet"), "off", _("Nobody has met it yet."))
    if not verdict.trusted:
        return Said(_("Not to be trusted"), "bad", _untrusted(one))
    if one.share == 0 and not one.control.visitors:
        return Said(_("Not known yet"), "off", _no_control())
    lines = tuple(_lines(one))
    if verdict.word == HELPS:
        said = _("It helps: more visitors reach the goal when they are shown it.")
        if verdict.costs_money:
            said = _("More visitors reach the goal, but the shop takes less money by it.")
        tone = "bad" if verdict.costs_money else "good"
        return Said(_("Helps"), tone, said, lines, verdict.suggests == SHOW_TO_90)
    if verdict.word == HURTS:
        said = _("It hurts: fewer visitors reach the goal when they are shown it.")
        also = _("Turn it off.") if one.enabled else _("It is off.")
        return Said(_("Hurts"), "bad", f"{said} {also}", lines)
    return Said(_("Not known yet"), "off", _not_known(one), lines)


def reach(found: Interval) -> Reach:
    """Where the bar of an interval stands, with 0 in the middle.

    >>> reach(Interval(5.0, 0.0, 10.0))
    Reach(x=300.0, width=300.0, at=450.0, zero=300.0)
    """
    # A span of nothing has no scale; it lies on 0.
    half = max(abs(found.low), abs(found.high)) or 1.0
    low, high, at = (
        round(WIDTH / 2 * (1 + value / half), 1) for value in (found.low, found.high, found.value)
    )
    return Reach(low, round(high - low, 1), at, WIDTH / 2)


def _lines(one: Result) -> list[Line]:
    found = []
    goals, income = one.verdict.goals, one.verdict.money
    if goals is not None:
        says = _(
            "Of 1,000 visitors %(more)s reach the goal because of it (between %(low)s and"
            " %(high)s).",
            more=signed(goals.value),
            low=signed(goals.low),
            high=signed(goals.high),
        )
        found.append(Line(says, reach(goals)))
    if income is not None:
        says = _(
            "1,000 visitors bring %(more)s because of it (between %(low)s and %(high)s).",
            more=signed_money(income.value),
            low=signed_money(income.low),
            high=signed_money(income.high),
        )
        found.append(Line(says, reach(income)))
    return found


def _not_known(one: Result) -> str:
    least = min(one.shown.converted, one.control.converted)
    if least < LEAST:
        said = _(
            "Too few yet: %(least)s of each group must reach the goal before anything can be"
            " said; so far %(shown)s who were shown it, and %(control)s in control.",
            least=LEAST,
            shown=number(one.shown.converted),
            control=number(one.control.converted),
        )
    else:
        said = _("The difference is still within what chance does.")
    return f"{said} {_still(one)}".rstrip()


def _still(one: Result) -> str:
    needed = one.verdict.needed
    if needed is None:
        if not one.shown.converted or not one.control.converted:
            return ""
        return str(_("If there is an effect, it is too small to be seen in any time."))
    said = _("If all stays as it is, about %(count)s more visitors decide", count=number(needed))
    if one.days is None:
        return f"{said}."
    if one.days > A_YEAR:
        return f"{said}: {_('more than a year.')}"
    return f"{said}: {ngettext('%(num)s day.', '%(num)s days.', one.days)}"


def _no_control() -> str:
    return str(
        _(
            "Everybody is shown it, so there is nobody to compare with. Give it a control_share,"
            " 0.5 to begin with."
        )
    )


def _untrusted(one: Result) -> str:
    met = one.shown.visitors + one.control.visitors
    said = _(
        "%(found)s of the visitors are in control, where %(meant)s should be: more than chance"
        " does. So the groups are of different people and their figures prove nothing. See"
        " whether a page, an app or an ad blocker lets only one of the groups be counted.",
        found=percent(one.control.visitors / met),
        meant=percent(_meant(one)),
    )
    return str(said)


def _meant(one: Result) -> float:
    """The share that should be in control, over all spans of the split."""
    met = [span.shown.visitors + span.control.visitors for span in one.outcome.spans]
    kept = sum(n * span.share for n, span in zip(met, one.outcome.spans, strict=True))
    return kept / sum(met)
