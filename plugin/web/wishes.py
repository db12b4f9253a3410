"""What does a page's request ask to be shown?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.collect.parts import ITEM_ID, OF_A_CUSTOMER
from plugin.errors import BodyRefused
from plugin.journey import Wish
from plugin.serve.page import path_of
from plugin.serve.recommend.strategies import strategy_named

MOST_WINDOWS = 20
MOST_IDS = 200
MOST = 100


def of_visit(data: Mapping[str, Any], *, personal: bool) -> Wish:
    """The wish in a visit body's ``want``: nothing asked, nothing shown."""
    want = _object(data, "want")
    page = _object(data, "page")
    return Wish(
        visitor_id=data.get("visitor_id") if personal else None,
        language=_language(page),
        path=_path(page),
        popup=want.get("popup") is True,
        windows=_ids(want, "windows", MOST_WINDOWS) or (),
        item_id=_id(want, "item_id"),
        cart=_ids(want, "cart", MOST_IDS),
    )


def of_popup(data: Mapping[str, Any], *, personal: bool) -> Wish:
    """As ``of_visit``; to ask here is to ask for a popup."""
    asked = {"popup": True, **_object(data, "want")}
    return of_visit({**data, "want": asked}, personal=personal)


def of_recommend(data: Mapping[str, Any], *, personal: bool) -> Wish:
    """The wish of ``POST /v1/recommend``. Raises BodyRefused, or NotYet for a later strategy."""
    window, strategy = data.get("window"), data.get("strategy")
    if not isinstance(window, str) and not isinstance(strategy, str):
        raise BodyRefused("name a window or a strategy")
    limit = data.get("limit", 12)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise BodyRefused(f"limit must be a whole number from 1 to {MOST}")
    visitor = data.get("visitor_id")
    return Wish(
        visitor_id=visitor if personal and may_be_a_browsers(visitor) else None,
        language=_language(_object(data, "page") or data),
        windows=(window,) if isinstance(window, str) else (),
        strategy=strategy_named(strategy).name if isinstance(strategy, str) else None,
        item_id=_id(data, "item_id"),
        cart=_ids(data, "cart", MOST_IDS),
        viewed=_ids(data, "items", MOST_IDS),
        limit=limit,
    )


def may_be_a_browsers(visitor_id: object) -> bool:
    """Whether this is an id that a browser may ask under: a customer's can be guessed."""
    return isinstance(visitor_id, str) and not OF_A_CUSTOMER.fullmatch(visitor_id)


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _language(page: Mapping[str, Any]) -> str:
    language = page.get("language")
    return language[:16].lower() if isinstance(language, str) and language else "en"


def _path(page: Mapping[str, Any]) -> str:
    """The page's path, with its query if it has one."""
    url = page.get("url")
    return path_of(url) if isinstance(url, str) else "/"


def _id(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and ITEM_ID.fullmatch(value) else None


def _ids(data: Mapping[str, Any], name: str, most: int) -> tuple[str, ...] | None:
    """The list of ids under ``name``, the newest ``most`` of them; None when there is none."""
    value = data.get(name)
    if not isinstance(value, list):
        return None
    ids = [
        one if isinstance(one, str) else str(one)
        for one in value
        if isinstance(one, (str, int)) and not isinstance(one, bool)
    ]
    return tuple(filter(ITEM_ID.fullmatch, ids))[-most:]
