"""Which colours and strokes do the shop's drawings share?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Tone:
    """One colour in three lights."""

    main: str
    dark: str
    light: str


TONES = {
    "ink": Tone("#34506a", "#22374b", "#5d7b95"),
    "charcoal": Tone("#4c4f54", "#313338", "#777b81"),
    "pine": Tone("#3f6f5c", "#2a4d40", "#6b9a85"),
    "moss": Tone("#6d8a4c", "#4a6232", "#95b071"),
    "sage": Tone("#9bb39c", "#738d76", "#c0d1bf"),
    "sky": Tone("#8db6ca", "#6490a6", "#b9d5e2"),
    "clay": Tone("#c26e4c", "#964d31", "#dd9879"),
    "rose": Tone("#d9a19a", "#b57a73", "#ecc5bf"),
    "plum": Tone("#80516a", "#5b364a", "#a97c93"),
    "mustard": Tone("#d8a440", "#ac7d25", "#ebc67a"),
    "sand": Tone("#d2ad7d", "#a88353", "#e6cca6"),
    "oat": Tone("#eadfc8", "#c8b894", "#f7f0e1"),
}

LEATHER, BRASS, PAPER, STEEL = "#a5714a", "#c9a35a", "#fbf6ea", "#b9bdbb"
LEAF, LEAF_DARK, LEAF_LIGHT = "#5d8a5a", "#42693f", "#88ae7e"

Drawing = Callable[[Tone, Random], str]


def path(d: str, fill: str, more: str = "") -> str:
    """A filled outline."""
    return f'<path d="{d}" fill="{fill}" {more}/>'


def line(d: str, stroke: str, width: float, more: str = "") -> str:
    """An open line with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round" {more}/>'
    )


def rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0, more: str = "") -> str:
    """A box with corners of radius ``r``."""
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}" {more}/>'


def oval(cx: float, cy: float, rx: float, ry: float, fill: str, more: str = "") -> str:
    """An ellipse."""
    return f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" fill="{fill}" {more}/>'


def shadow(width: float, y: float = 340) -> str:
    """The shadow under a thing ``width`` wide that stands at ``y``."""
    return oval(204, y, width / 2, 11, "#2b2a26", 'opacity=".16"')


def shade(d: str) -> str:
    """The side of a thing that is turned away from the light."""
    return path(d, "#1d1a16", 'opacity=".13"')
