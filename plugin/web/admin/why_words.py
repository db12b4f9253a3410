"""What is said of a condition that a popup had to meet, in the owner's language?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from plugin.serve.retain.condition import Condition, Told
from plugin.serve.retain.trace import Trace
from plugin.web.language import number

Words = Callable[[Told, bool, Mapping[str, str]], str]


def _(text: str, **told: object) -> str:
    return str(gettext(text, **told))


OUTCOMES = {
    "show": _l("It comes, as soon as its moment does."),
    "control": _l("It would come, but this visitor is in its control group and sees nothing."),
    "outranked": _l("It could come, but another popup goes before it."),
    "blocked": _l("It does not come."),
}
DEVICES = {"desktop": _l("computer"), "mobile": _l("phone"), "tablet": _l("tablet")}


def condition_words(one: Condition, names: Mapping[str, str]) -> str:
    """One sentence about a condition. ``names``: of segments and popups, by slug."""
    words = PLAIN.get(one.code)
    if words is not None:
        return str(words[0 if one.holds else 1])
    return str(FIGURES[one.code](one.told, one.holds, names))


def outcome_words(one: Trace) -> str:
    """What comes of a popup, in a sentence."""
    return str(OUTCOMES[one.outcome])


PLAIN = {
    "enabled": (_l("It is turned on"), _l("It is turned off")),
    "checkout": (
        _l("The page is no checkout"),
        _l("The page is a checkout: nobody is interrupted there"),
    ),
    "moment": (
        _l("Its moment is there, or can come on this page"),
        _l("Its moment has not come: too few pages were viewed, or the cart is worth too little"),
    ),
    "averse": (
        _l("The visitor does not mind popups"),
        _l("The visitor closed several popups and answered none: nothing covers the page for now"),
    ),
}


def _schedule(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    when = str(told["now"])[:16].replace("T", " ")
    if holds:
        return _("Its schedule is open (%(now)s in the shop)", now=when)
    return _("Its schedule is closed (%(now)s in the shop)", now=when)


def _pages(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("%(page)s is one of its pages", page=told["page"])
    return _("%(page)s is none of its pages (%(pages)s)", page=told["page"], pages=told["pages"])


def _device(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    def said(text: object) -> str:
        devices = str(text).split(", ")
        return ", ".join(str(DEVICES.get(one, one)) for one in devices)

    found = said(told["is"]) if told["is"] else _("not known")
    return _("Device: %(found)s; wanted: %(wanted)s", found=found, wanted=said(told["wanted"]))


def _language(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    return _(
        "Language of the page: %(found)s; wanted: %(wanted)s",
        found=told["is"],
        wanted=told["wanted"],
    )


def _source(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    found = told["is"] or _("not known")
    return _("Came from: %(found)s; wanted: %(wanted)s", found=found, wanted=told["wanted"])


def _visitors(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    visits = number(told["is"])
    if told["wanted"] == "new":
        return _("Visits so far: %(count)s; it is for the first", count=visits)
    return _("Visits so far: %(count)s; it is for later ones", count=visits)


def _cart(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    asked = [
        words(told[key]) for key, words in CART.items() if key in told and told[key] is not None
    ]
    return _(
        "Cart: products %(lines)s, worth %(value)s; wanted: %(wanted)s",
        lines=number(told["lines"]),
        value=number(told["value"]),
        wanted=", ".join(asked),
    )


CART: dict[str, Callable[[Any], str]] = {
    "empty": lambda empty: _("empty") if empty else _("not empty"),
    "items_min": lambda least: _("at least %(count)s products", count=number(least)),
    "value_min": lambda least: _("worth at least %(value)s", value=number(least)),
    "value_max": lambda most: _("worth at most %(value)s", value=number(most)),
}


def _cap(text: Any) -> Words:
    def words(told: Told, holds: bool, names: Mapping[str, str]) -> str:
        return str(text) % {"met": number(told["met"]), "most": number(told["most"])}

    return words


def _stop_answer(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("Not answered yet")
    return _("Answered already: a form was sent or a button clicked")


def _stop_close2(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    return _("Closed so far: %(count)s; it stops at 2", count=number(told["closes"]))


def _stop_purchase(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("No order in this visit, nor since it was first met")
    return _("There was an order in this visit, or since it was first met")


def _gap(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if told["seconds"] is None:
        return _("No other popup was met lately")
    return _(
        "Another popup was met %(count)s seconds ago; at least %(least)s must lie between",
        count=number(told["seconds"]),
        least=number(told["least"]),
    )


def _phone(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("Not a phone's first page of a visit")
    return _("This is a phone's first page of a visit, which nothing covers")


def _audience(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    segment = told["segment"]
    if segment is None:
        return _("The rule of its audience holds") if holds else _("Not in its audience")
    name = names.get(str(segment), str(segment))
    if holds:
        return _("In the segment %(name)s", name=name)
    return _("Not in the segment %(name)s", name=name)


def _entered(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    named = ", ".join(names.get(one, one) for one in str(told["segment"]).split(", ") if one)
    name = named or _("any segment")
    if holds:
        return _("Came into %(name)s in this visit, or has another moment to wait for", name=name)
    return _("Did not come into %(name)s in this visit", name=name)


def _shield(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("May be given a discount")
    name = names.get(str(told["segment"]), str(told["segment"]))
    return _("Buys without a discount (%(name)s): the shield keeps codes back", name=name)


def _coupon(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("%(pool)s has a code for this visitor", pool=told["pool"])
    return _("%(pool)s has no code left for this visitor", pool=told["pool"])


def _rank(told: Told, holds: bool, names: Mapping[str, str]) -> str:
    if holds:
        return _("Its priority, %(value)s, is the highest of those that could come",
                 value=number(told["priority"]))  # fmt: skip
    name = names.get(str(told["winner"]), str(told["winner"]))
    return _("%(name)s goes before it; one popup a page", name=name)


FIGURES: dict[str, Words] = {
    "schedule": _schedule,
    "pages": _pages,
    "device": _device,
    "language": _language,
    "source": _source,
    "visitors": _visitors,
    "cart": _cart,
    "cap_visit": _cap(_l("Met in this visit: %(met)s; at most %(most)s")),
    "cap_day": _cap(_l("Met in 24 hours: %(met)s; at most %(most)s")),
    "cap_week": _cap(_l("Met in 7 days: %(met)s; at most %(most)s")),
    "cap_ever": _cap(_l("Met ever: %(met)s; at most %(most)s")),
    "stop_answer": _stop_answer,
    "stop_close2": _stop_close2,
    "stop_purchase": _stop_purchase,
    "others_visit": _cap(_l("Other popups met in this visit: %(met)s; fewer than %(most)s")),
    "gap": _gap,
    "phone_first_page": _phone,
    "overlays_visit": _cap(
        _l("Popups over the page met in this visit: %(met)s; at most %(most)s, of all campaigns")
    ),
    "overlays_week": _cap(
        _l("Popups over the page met in 7 days: %(met)s; at most %(most)s, of all campaigns")
    ),
    "audience": _audience,
    "segment_entered": _entered,
    "shield": _shield,
    "coupon": _coupon,
    "rank": _rank,
}
