"""How are the bodies described for programs, and for a reader who wants one page of rules?

``checks`` reads the hot ones by hand; a property test holds both to the same verdict.
"""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from plugin.collect.amounts import AMOUNT, CURRENCY, LAST_MS, MOST, MOST_PIECES, RFC3339
from plugin.collect.items import AVAILABILITY
from plugin.collect.items import MOST as MOST_PRODUCTS
from plugin.collect.orders import BACK, PAID
from plugin.collect.parts import EVENT_ID, ITEM_ID, MOST_ID, MOST_ITEMS, VISITOR_ID


class Amount(fields.Field[Any]):
    """A number, or a text such as "12.50", from 0 to 1e12."""

    most = MOST

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and AMOUNT.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError("must be a number such as 12.50, or such a text")
        if not 0 <= value <= self.most:
            raise ValidationError(f"must be from 0 to {self.most:g}")
        return value


class Quantity(Amount):
    """As an amount, more than 0, at most 1e6."""

    most = MOST_PIECES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)
        if found == 0:
            raise ValidationError("must be more than 0")
        return found


class Identifier(fields.Field[Any]):
    """A text of 1 to 128 letters without controls, or a whole number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_ID:
            return str(value)
        if isinstance(value, str) and ITEM_ID.fullmatch(value):
            return value
        raise ValidationError("must be a text of 1 to 128 letters, or a whole number")


class Moment(fields.Field[Any]):
    """Unix ms, or RFC 3339 with a zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_MS:
            return value
        if isinstance(value, str) and RFC3339.fullmatch(value):
            return value
        raise ValidationError("must be Unix ms or a time as 2026-11-24T09:00:00+09:00")


def _full(pattern: Any) -> Any:
    """A validator that the whole text has the form (``$`` would let a newline through)."""
    return validate.Regexp(rf"(?:{pattern.pattern})\Z", flags=pattern.flags)


class Lenient(Schema):
    """Unknown keys are ignored."""

    class Meta:
        """For marshmallow."""

        unknown = EXCLUDE


class ItemSchema(Lenient):
    """A product line of an event, by GA4's names."""

    item_id = Identifier(required=True)
    item_name = fields.String()
    item_brand = fields.String()
    item_category = fields.String()
    item_variant = fields.String()
    price = Amount()
    discount = Amount()
    quantity = Quantity()
    currency = fields.String(validate=_full(CURRENCY))


class ParamsSchema(Lenient):
    """What an event tells; any further scalar is kept."""

    currency = fields.String(validate=_full(CURRENCY))
    value = Amount()
    tax = Amount()
    shipping = Amount()
    discount = Amount()
    transaction_id = Identifier()
    items = fields.List(fields.Nested(ItemSchema), validate=validate.Length(max=MOST_ITEMS))


class EventSchema(Lenient):
    """One event of a browser."""

    name = fields.String(required=True)
    event_id = fields.String(required=True, validate=_full(EVENT_ID))
    timestamp = Moment()
    params = fields.Nested(ParamsSchema)


class ServerEventSchema(EventSchema):
    """One event of the shop's server."""

    event_id = fields.String(validate=_full(EVENT_ID))
    visitor_id = fields.String(validate=_full(VISITOR_ID))


class PageSchema(Lenient):
    """The page that a visit happens on."""

    url = fields.String()
    title = fields.String()
    referrer = fields.String()
    type = fields.String()
    language = fields.String()
    width = fields.Integer()


class WantSchema(Lenient):
    """What the page asks to be shown."""

    popup = fields.Boolean()
    windows = fields.List(fields.String())
    item_id = Identifier()
    cart = fields.List(Identifier())


class VisitSchema(Lenient):
    """The body of ``POST /v1/visit``."""

    key = fields.String(required=True)
    visitor_id = fields.String(required=True, validate=_full(VISITOR_ID))
    consent = fields.String()
    sent_at = Moment()
    events = fields.List(
        fields.Nested(EventSchema), required=True, validate=validate.Length(min=1, max=25)
    )
    page = fields.Nested(PageSchema)
    want = fields.Nested(WantSchema)


class EventsSchema(Lenient):
    """The body of ``POST /v1/events``."""

    visitor_id = fields.String(validate=_full(VISITOR_ID))
    consent = fields.String()
    events = fields.List(
        fields.Nested(ServerEventSchema), required=True, validate=validate.Length(min=1, max=25)
    )


class OrderSchema(Lenient):
    """The body of ``POST /v1/orders``."""

    transaction_id = Identifier(required=True)
    visitor_id = fields.String(validate=_full(VISITOR_ID))
    customer_id = Identifier()
    currency = fields.String(validate=_full(CURRENCY))
    value = Amount()
    items = fields.List(fields.Nested(ItemSchema), validate=validate.Length(max=MOST_ITEMS))
    status = fields.String(validate=validate.OneOf((*PAID, *BACK)))
    timestamp = Moment()


class ProductSchema(Lenient):
    """A product of the catalogue."""

    item_id = Identifier(required=True)
    name = fields.String()
    url = fields.String()
    image = fields.String()
    price = Amount()
    sale_price = Amount()
    currency = fields.String(validate=_full(CURRENCY))
    availability = fields.String(validate=validate.OneOf(AVAILABILITY))
    category = fields.String()
    brand = fields.String()
    tags = fields.List(fields.String())
    group_id = fields.String()
    description = fields.String()
    cost = Amount()


class ItemsSchema(Lenient):
    """The body of ``PUT /v1/items``."""

    items = fields.List(
        fields.Nested(ProductSchema),
        required=True,
        validate=validate.Length(min=1, max=MOST_PRODUCTS),
    )
