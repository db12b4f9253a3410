"""Where does each bar and line of a chart stand?

Charts are SVG stretched over whatever width there is (no text inside, so nothing is squeezed);
coordinates run from 0 to ``WIDTH`` and 0 (top) to ``HEIGHT``. Words stand beside them in HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 600
HEIGHT = 100
GAP = 0.28  # of a bar's place


@dataclass(frozen=True)
class Bar:
    """One rectangle; ``tone`` 0 is the main colour, 1 the second, lying on top of it."""

    x: float
    y: float
    width: float
    height: float
    tone: int


@dataclass(frozen=True)
class Column:
    """One place on the time axis: its bars, and the whole strip to point at."""

    bars: tuple[Bar, ...]
    x: float
    width: float


@dataclass(frozen=True)
class Chart:
    """A column chart: ``top`` is the value at the upper edge, ``half`` the one in the middle."""

    columns: tuple[Column, ...]
    top: float
    half: float


@dataclass(frozen=True)
class Line:
    """A line chart: the points of the line, and of the area below it, as SVG reads them."""

    points: str
    area: str
    top: float
    half: float


def columns(stacks: Sequence[Sequence[float]]) -> Chart:
    """A column for each of ``stacks``; the values of one stack (>= 0) lie on each other."""
    top = round_top(max((sum(max(value, 0) for value in stack) for stack in stacks), default=0))
    place = WIDTH / max(len(stacks), 1)
    return Chart(
        tuple(_column(stack, index * place, place, top) for index, stack in enumerate(stacks)),
        top,
        top / 2,
    )


def line(values: Sequence[float]) -> Line:
    """A line through ``values`` (>= 0), from edge to edge."""
    top = round_top(max(values, default=0))
    step = WIDTH / max(len(values) - 1, 1)
    points = [f"{index * step:.1f},{_y(value, top):.2f}" for index, value in enumerate(values)]
    if len(points) == 1:
        points.append(f"{WIDTH},{points[0].partition(',')[2]}")
    drawn = " ".join(points)
    return Line(drawn, f"0,{HEIGHT} {drawn} {WIDTH},{HEIGHT}", top, top / 2)


def round_top(highest: float) -> float:
    """The next value of 2, 4, 6, 8, 10 times a power of ten: its half is a round number too.

    >>> [round_top(value) for value in (0, 3, 7, 10, 11, 437)]
    [2, 4, 8, 10, 20, 600]
    """
    power = 1
    while highest > 10 * power:
        power *= 10
    return next(step * power for step in (2, 4, 6, 8, 10) if step * power >= highest)


def _column(stack: Sequence[float], x: float, place: float, top: float) -> Column:
    bars, below = [], 0.0
    for tone, value in enumerate(stack):
        if value > 0:
            upper, lower = _y(below + value, top), _y(below, top)
            width = place * (1 - GAP)
            left = x + place * GAP / 2
            bars.append(Bar(_r(left), _r(upper), _r(width), _r(lower - upper), tone))
            below += value
    return Column(tuple(bars), _r(x), _r(place))


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)


def _r(value: float) -> float:
    return round(value, 2)
