"""How is a difference written, so that one sees at once which way it goes?"""

from __future__ import annotations

from plugin.web.language import money, number


def signed(value: float) -> str:
    """A number with its sign: "+4.2"."""
    return _sign(value) + number(abs(value))


def signed_money(minor: float) -> str:
    """Money of the shop's currency with its sign, which no line break takes from it."""
    return f"{_sign(minor)}\N{WORD JOINER}{money(abs(round(minor)))}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "\u2212" if value < 0 else ""
