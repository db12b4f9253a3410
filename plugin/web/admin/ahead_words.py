"""How is an owner told, before anything is known, which effect could be found and when?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from plugin.serve.findable import Crowd, Findable
from plugin.web.admin.results import MET, Ahead
from plugin.web.language import change, number, percent

OFFERED = 4  # weeks, of which is told what half in control would find


@dataclass(frozen=True)
class Week:
    """After so many weeks: how many visitors, and the smallest effect that would be found.

    bar: how long its bar is, of 100; 0: there is none.
    """

    label: str
    found: str
    bar: float


@dataclass(frozen=True)
class SaidAhead:
    """``title``: the short of it. what: what the weeks tell. why: what they were reckoned with.
    half: what a larger control group would find, where that is more.
    """

    title: str
    why: str
    what: str = ""
    weeks: tuple[Week, ...] = ()
    half: str = ""


def ahead_words(ahead: Ahead, share: float) -> SaidAhead:
    """What the owner reads of ``ahead`` with ``share`` kept in control."""
    title, crowd = _("What could be found, and when"), ahead.crowd
    if crowd is None:
        return SaidAhead(
            title, _("None of those it is for viewed its pages in the last four weeks.")
        )
    if crowd.rate == 0:
        return SaidAhead(
            title, _("None of those it is for reached the goal in the last four weeks.")
        )
    what = _(
        "The smallest change in how many reach the goal that is found by then, with a chance of"
        " four in five and %(share)s of visitors in control:",
        share=percent(share),
    )
    return SaidAhead(title, _why(ahead, crowd), what, _weeks(ahead.weeks), _half(ahead))


def _why(ahead: Ahead, crowd: Crowd) -> str:
    rate = percent(crowd.rate)
    if ahead.source == MET:
        said = _("Reckoned by the last seven days; %(rate)s of control reach the goal.", rate=rate)
    else:
        said = _(
            "Reckoned by those who viewed its pages in the last four weeks, as far as it is for"
            " them; %(rate)s of them reached the goal. Not everybody of them will meet it, so it"
            " may take longer.",
            rate=rate,
        )
    return str(said)


def _weeks(weeks: Sequence[Findable]) -> tuple[Week, ...]:
    largest = max((one.lift for one in weeks if one.lift is not None), default=1)
    return tuple(
        Week(_label(one), _lift(one.lift), 100 * one.lift / largest if one.lift else 0)
        for one in weeks
    )


def _label(one: Findable) -> str:
    after = ngettext("After %(num)s week", "After %(num)s weeks", one.weeks)
    count = number(one.visitors)
    if one.lift is None:
        return str(_("%(after)s, %(count)s visitors: too few", after=after, count=count))
    return str(_("%(after)s, %(count)s visitors", after=after, count=count))


def _lift(lift: float | None) -> str:
    return "\N{EN DASH}" if lift is None else change(lift)


def _half(ahead: Ahead) -> str:
    """What half in control would find after four weeks, if that is more."""
    now, then = (
        next((one.lift for one in weeks if one.weeks == OFFERED), None)
        for weeks in (ahead.weeks, ahead.at_half)
    )
    if then is None or (now is not None and then >= now):
        return ""
    said = _(
        "With half of the visitors in control it would be %(lift)s after four weeks.",
        lift=change(then),
    )
    return str(said)
