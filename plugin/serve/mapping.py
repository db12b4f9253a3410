"""Where on the shop's pages do a product's name and the rest stand, by the owner's word?"""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from plugin.errors import DocumentRefused

LONGEST = 300


def _selector() -> fields.String:
    return fields.String(
        validate=[
            validate.Length(1, LONGEST, error=f"must have 1 to {LONGEST} letters"),
            validate.Predicate("strip", error="must not be blank"),
            validate.ContainsNoneOf("<", error="must be a CSS selector, without <"),
            validate.Predicate("isprintable", error="must be one line"),
        ],
        metadata={"description": "a CSS selector"},
    )


class ProductPlaces(Schema):
    """Where a product's page says what it sells."""

    class Meta:
        """A key that nobody reads is a mistake."""

        unknown = RAISE

    name = _selector()
    price = _selector()
    id = _selector()
    image = _selector()


class Mapping(Schema):
    """The document that the owner edits: CSS selectors, each may be left out."""

    class Meta:
        """A key that nobody reads is a mistake."""

        unknown = RAISE

    product = fields.Nested(ProductPlaces)
    cart_button = _selector()
    order_number = _selector()


_MAPPING = Mapping()


def read_mapping(data: object) -> dict[str, Any]:
    """The mapping in ``data``; {}: nothing is mapped. Raises DocumentRefused naming the field.

    >>> read_mapping({"product": {"name": "h1"}, "order_number": "#order b"})
    {'product': {'name': 'h1'}, 'order_number': '#order b'}
    """
    if not isinstance(data, dict):
        raise DocumentRefused("map must be an object of CSS selectors")
    try:
        found: dict[str, Any] = _MAPPING.load(data)
    except ValidationError as trouble:
        raise DocumentRefused(_first(trouble.messages, "map")) from None
    return found


def _first(messages: Any, place: str) -> str:
    """The first complaint, with the place of the field it is about."""
    if isinstance(messages, dict):
        key, inside = next(iter(messages.items()))
        return _first(inside, place if key == "_schema" else f"{place}.{key}")
    says = messages[0] if isinstance(messages, list) else messages
    if says == "Unknown field.":
        says = "is unknown; known: product (name, price, id, image), cart_button, order_number"
    return f"{place} {says[0].lower()}{says[1:]}"
