"""Where does an event that names no product say which one it means?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from plugin.collect.amounts import read_quantity
from plugin.collect.parts import read_id
from plugin.collect.scrub import printable
from plugin.errors import EventRefused

PRODUCT_ID = "product_id"
LINK, PAGE = "link_url", "page_location"


class Clue(NamedTuple):
    """What may lead to a product. ``kind``: product_id, link_url or page_location."""

    kind: str
    text: str


def candidates(params: Mapping[str, Any]) -> list[Clue]:
    """What the params say of the product that is meant, the surest first; addresses as they came.

    The link beside a button is an address that the catalogue may know; a form's number may be the
    platform's own, and by chance another product's in the catalogue.

    >>> candidates({"page_location": "/shoes/", "product_id": 7})
    [Clue(kind='product_id', text='7'), Clue(kind='page_location', text='/shoes/')]
    """
    number = None
    with suppress(EventRefused):  # no number and no text: the page may still tell
        number = read_id(params.get(PRODUCT_ID), PRODUCT_ID).strip()
    clues = ((LINK, _address(params, LINK)), (PRODUCT_ID, number), (PAGE, _address(params, PAGE)))
    return [Clue(kind, text) for kind, text in clues if text]


def _address(params: Mapping[str, Any], kind: str) -> str:
    text = params.get(kind)
    return printable(text).strip() if isinstance(text, str) else ""


def quantity(params: Mapping[str, Any]) -> float:
    """How many of the product the params say; 1 when they say nothing that can be read."""
    try:
        return read_quantity(params["quantity"]) if "quantity" in params else 1
    except EventRefused:
        return 1
