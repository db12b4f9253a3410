"""How is an owner told what was done to a popup or window by its verdict alone?"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from plugin.serve.acts import Figures, stands
from plugin.serve.verdict import SHOW_TO_90
from plugin.storage.acts import Act
from plugin.web.admin.results import Result
from plugin.web.admin.signs import signed
from plugin.web.language import moment, number


@dataclass(frozen=True)
class SaidAct:
    """``does``: what was done; why: what was known then; after: what became of it.

    undo: the number to take it back by; None: there is nothing to take back any more.
    """

    at: int
    does: str
    why: str
    after: str = ""
    undo: int | None = None


def acts_words(one: Result) -> list[SaidAct]:
    """What the owner reads of everything that was done to ``one``, newest first."""
    body = {**one.body, "enabled": one.enabled}
    seen: set[str] = set()
    said = []
    for act in one.acts:
        # Of two of a kind only the later one can be as it was left.
        left = act.undone_at is None and act.act not in seen and stands(act.act, body)
        seen.add(act.act)
        undo = act.seq if left else None
        said.append(SaidAct(act.at, _does(act), _why(act.figures), _after(act, left), undo))
    return said


def _does(act: Act) -> str:
    if act.act == SHOW_TO_90:
        return str(_("Shown to nine of ten visitors by itself, because it helped."))
    return str(_("Turned off by itself, because it hurt."))


def _why(told: Figures) -> str:
    said = _(
        "%(shown)s of %(of_shown)s who were shown it had reached the goal, and %(control)s of"
        " %(of_control)s in control.",
        shown=number(told.shown.reached),
        of_shown=number(told.shown.visitors),
        control=number(told.control.reached),
        of_control=number(told.control.visitors),
    )
    if told.goals is None:
        return str(said)
    effect = _(
        "Of 1,000 visitors that is %(more)s (between %(low)s and %(high)s).",
        more=signed(told.goals.value),
        low=signed(told.goals.low),
        high=signed(told.goals.high),
    )
    return f"{said} {effect}"


def _after(act: Act, left: bool) -> str:
    if act.undone_at is not None:
        said = _("You took it back, %(when)s. It is not done again.", when=moment(act.undone_at))
        return str(said)
    return "" if left else str(_("It was changed since, so it is not done again."))
