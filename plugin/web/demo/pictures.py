"""What does a product of the demo shop look like?

Pictures are drawn, not stored: flat shapes chosen by the product's kind, coloured by its tone,
and varied in small ways by its id, so that one product always has one picture.
"""

from __future__ import annotations

from html import escape
from random import Random

from plugin.web.demo.catalogue import DemoProduct
from plugin.web.demo.drawings_desk import DESK_DRAWINGS
from plugin.web.demo.drawings_home import HOME_DRAWINGS
from plugin.web.demo.drawings_wear import WEAR_DRAWINGS
from plugin.web.demo.strokes import TONES, Drawing, Tone

DRAWINGS: dict[str, Drawing] = WEAR_DRAWINGS | HOME_DRAWINGS | DESK_DRAWINGS

# The wall behind each tone: a colour that lets it stand out.
_WALLS = {
    "ink": "#e9e2d6",
    "charcoal": "#e3dfd4",
    "pine": "#ece0cd",
    "moss": "#efe3d3",
    "sage": "#f1e4da",
    "sky": "#f1e6d6",
    "clay": "#dfe5de",
    "rose": "#e4e6dc",
    "plum": "#e9e0d2",
    "mustard": "#dce3e2",
    "sand": "#d6dfdb",
    "oat": "#c9d5d0",
}


def picture(item: DemoProduct) -> str:
    """The product as an SVG document of 400 by 400 units with a title; the same for every call."""
    rng = Random(item.item_id)
    tone = TONES[item.tone]
    title = escape(f"{item.name} by {item.brand}")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800" '
        f'role="img" aria-labelledby="t"><title id="t">{title}</title>'
        f"{_scene(_WALLS[item.tone], tone, rng)}{DRAWINGS[item.kind](tone, rng)}</svg>"
    )


def _scene(wall: str, tone: Tone, rng: Random) -> str:
    """The wall, a soft disc of light behind the thing, and the table it stands on."""
    x, y, radius = rng.randint(130, 270), rng.randint(140, 190), rng.randint(105, 135)
    return (
        f'<rect width="400" height="400" fill="{wall}"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="#fff" opacity=".42"/>'
        f'<rect y="318" width="400" height="82" fill="{tone.dark}" opacity=".13"/>'
    )
