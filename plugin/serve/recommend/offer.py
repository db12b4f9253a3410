"""What does the storefront get of a window?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from plugin.serve.experiment import CONTROL, SHOW
from plugin.serve.language import in_language
from plugin.serve.product import shown, shown_json
from plugin.serve.recommend.fill import Filled
from plugin.serve.recommend.strategies import reason_of, via_of
from plugin.serve.recommend.window import Window


def item_offers(filled: Filled, language: str) -> list[dict[str, Any]]:
    """The products of a window as the storefront gets them, each with its reason."""
    return [shown(pick.product, _reason(pick.strategy, language)) for pick in filled.picks]


def offers_json(filled: Filled, language: str) -> bytes:
    """``item_offers`` as JSON, put together of what was written before."""
    parts = [shown_json(pick.product, _reason(pick.strategy, language)) for pick in filled.picks]
    return b"[" + b",".join(parts) + b"]"


@lru_cache(maxsize=1024)
def _reason(strategy: str, language: str) -> str:
    return in_language(reason_of(strategy), language)


def window_offer(window: Window, filled: Filled | None, language: str) -> dict[str, Any]:
    """A window as the storefront gets it. ``filled`` None: the visitor is in control.

    Each product carries ``via``, the short code of what chose it, for the snippet to tell back.
    """
    answer: dict[str, Any] = {"title": "", "items": [], "arm": CONTROL if filled is None else SHOW}
    if filled is not None and filled.picks:
        answer["title"] = in_language(window.title, language)
        answer["items"] = item_offers(filled, language)
        for item, pick in zip(answer["items"], filled.picks, strict=True):
            item["via"] = via_of(pick.strategy)
    if window.selector is not None:
        answer["placement"] = {"selector": window.selector, "position": window.position}
    return answer
