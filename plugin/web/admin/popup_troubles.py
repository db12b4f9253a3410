"""What is wrong with a popup, where, and what is the owner to do?"""

from __future__ import annotations

import re

from flask_babel import gettext as _

_PLACE = re.compile(r"popup [^\s.\[]+((?:[.\[][a-zA-Z_0-9\]]+)*):? (.*)", re.DOTALL)
_RANGE = re.compile(r"must be between (\S+) and (\S+)")


def trouble_words(message: str) -> tuple[str, str]:
    """The place in the document ("variants[0].blocks[1].url", "" for the whole) and what to do, of
    a refusal of ``read_popup``. What has no words of its own keeps those of the refusal.
    """
    found = _PLACE.fullmatch(message)
    if found is None:
        return "", message
    place, says = found[1].lstrip("."), found[2]
    within, _dot, key = place.rpartition(".")
    return place, _words("trait" if within and key == "name" else key, says)


def _words(key: str, says: str) -> str:
    asked = _RANGE.match(says)
    if asked is not None:
        return str(_("Write a number from %(low)s to %(high)s.", low=asked[1], high=asked[2]))
    if says.startswith(("is missing", "must not be empty", "must be a text, not nothing")):
        return str(_("Fill this in."))
    if says.startswith("must be a number"):
        return str(_("Write a number."))
    if says.startswith("must be a whole number"):
        return str(_("Write a whole number."))
    return str(_by_key(key, says) or says)


def _by_key(key: str, says: str) -> str | None:
    if says.startswith("must be a link"):
        return str(_("Write a link: https://… or a page of your shop such as /cart."))
    if key == "trait":
        return str(_("Letters A to Z, digits and _ only, such as first_name."))
    if key == "pages":
        return str(_("Write each page as a path such as /shoes/*, one a line."))
    if key == "hours":
        return str(_("Write two different times, such as 09:00 and 18:00."))
    if key in ("from", "until"):
        return str(_("Write a date, and one that is later for the end."))
    if key == "within":
        return str(_("Write a span such as 30m, 6h or 7d."))
    if key in ("blocks", "fields", "options", "variants"):
        return str(_("There must be at least one here, and not too many."))
    return None
