"""In which colours, corners, letters and direction does a popup come, and can they be read?

The browser asks the same of ``static/src/theme.js``, which also works out what follows from these.
"""

from __future__ import annotations

import re
from typing import Any

from plugin.serve.document import Document

COLOURS = ("accent", "surface", "text")
FONTS = ("page", "sans", "serif", "mono")
DIRECTIONS = ("auto", "ltr", "rtl")
KEYS = (*COLOURS, "radius", "font", "direction")
POSITIONS = ("append", "prepend", "before", "after", "replace")
KEYS_OF_PLACE = ("selector", "position")
MOST_ROUND = 32  # pixels
LEAST_CONTRAST = 4.5  # of text, WCAG 2.2 success criterion 1.4.3 (AA)
WHITE, INK = "#ffffff", "#1c1b1a"  # a popup's own
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_SELECTOR = 200


def read_theme(one: Document) -> dict[str, Any]:
    """A popup's theme as it was written; {} when it has none, which is the shop's own variables.

    Raises DocumentRefused naming the key: also for a text that cannot be read on its surface.
    """
    theme = one.inner("theme", KEYS)
    found: dict[str, Any] = {}
    for key in COLOURS:
        if theme.raw(key) is not None:
            found[key] = theme.text(key)
            if not _HEX.fullmatch(found[key]):
                raise theme.refused(key, "must be a colour such as #1c1b1a")
    if theme.raw("radius") is not None:
        found["radius"] = theme.number("radius", 0, MOST_ROUND)
    if theme.raw("font") is not None:
        found["font"] = theme.choice("font", FONTS)
    if theme.raw("direction") is not None:
        found["direction"] = theme.choice("direction", DIRECTIONS)
    if "text" in found:
        ratio = contrast(found["text"], found.get("surface", WHITE))
        if ratio < LEAST_CONTRAST:
            raise theme.refused(
                "text", f"has a contrast of {ratio:.1f} on the surface; {LEAST_CONTRAST} is needed"
            )
    return found


def read_place(one: Document) -> dict[str, Any]:
    """Where an inline popup stands on the page: {selector, position}; {}: in the shop's slot."""
    place = one.inner("placement", KEYS_OF_PLACE)
    if place.raw("selector") is None:
        if place.raw("position") is not None:
            raise place.refused("selector", "is missing")
        return {}
    selector = place.text("selector")
    if len(selector) > _LONGEST_SELECTOR:
        raise place.refused("selector", f"must be at most {_LONGEST_SELECTOR} letters")
    return {"selector": selector, "position": place.choice("position", POSITIONS, "append")}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours "#rrggbb", from 1 to 21 (WCAG 2.2, "contrast ratio").

    >>> round(contrast("#ffffff", "#767676"), 2)
    4.54
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
