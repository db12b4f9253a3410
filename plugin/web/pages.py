"""Which page of a list does the caller want?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from plugin.errors import PluginError

MOST = 1_000


def limit(default: int = 100) -> int:
    """``?limit=``: from 1 to 1,000. Raises PluginError."""
    return whole("limit", default, 1, MOST)


def after() -> str:
    """``?after=``: the cursor of the page before; empty on the first."""
    return request.args.get("after", "")


def paged(name: str, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The page asked for of ``documents``, by slug, under ``name``, and the ``next`` cursor."""
    most, start = limit(), after()
    found = sorted((one for one in documents if one["slug"] > start), key=lambda one: one["slug"])
    return {name: found[:most], "next": found[most - 1]["slug"] if len(found) > most else None}


def whole(name: str, default: int, lowest: int, highest: int) -> int:
    """The whole number under ``name`` in the query. Raises PluginError with its range."""
    text = request.args.get(name, str(default))
    if not (
        text.isascii() and text.isdigit() and len(text) < 19 and lowest <= int(text) <= highest
    ):
        raise PluginError(f"{name} must be a whole number from {lowest} to {highest}")
    return int(text)
