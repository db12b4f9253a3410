"""How are the bodies described for programs, and for a reader who wants one page of rules?

``checks`` reads the hot ones by hand; a property test holds both to the same verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)

from plugin.collect.amounts import AMOUNT, CURRENCIES, LAST_MS, MOST, MOST_PIECES, RFC3339
from plugin.collect.checks import MOST_EVENTS
from plugin.collect.items import AVAILABILITY
from plugin.collect.items import MOST as MOST_PRODUCTS
from plugin.collect.orders import BACK, PAID
from plugin.collect.parts import (
    EVENT_ID,
    EVENT_NAME,
    ITEM_ID,
    MOST_ID,
    MOST_ITEMS,
    MOST_PARAMS,
    VISITOR_ID,
)
from plugin.collect.vocabulary import (
    ABOUT_THE_VISITOR,
    ITEM_NAMES,
    NEED_ITEMS,
    NEED_ORDER,
    canonical_name,
    item_field,
    translated,
)


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
    """A text of 1 to 128 letters without controls and not blank, or a whole number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_ID:
            return str(value)
        if isinstance(value, str) and ITEM_ID.fullmatch(value) and value.strip():
            return value
        raise ValidationError("must be a text of 1 to 128 letters, or a whole number")


class Moment(fields.Field[Any]):
    """Unix ms, or RFC 3339 with a zone and a date that exists."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_MS:
            return value
        found = RFC3339.fullmatch(value) if isinstance(value, str) else None
        if found and _exists(
            found[8], *(int(part or 0) for part in found.group(1, 2, 3, 4, 5, 6, 9, 10))
        ):
            return value
        raise ValidationError("must be Unix ms or a time as 2026-11-24T09:00:00+09:00")


def _exists(sign: str | None, *parts: int) -> bool:
    *when, second, off_hour, off_minute = parts
    try:
        year, month, day, hour, minute = when
        datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return False
    if off_hour > 23 or off_minute > 59 or second > 60:
        return False
    # A leap second is the last of a day in UTC.
    offset = (off_hour * 60 + off_minute) * (-1 if sign == "-" else 1)
    return second < 60 or (hour * 60 + minute - offset) % 1440 == 1439


class Currency(fields.String):
    """ISO 4217, in any case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and value.isascii() and value.upper() in CURRENCIES:
            return value.upper()
        raise ValidationError("must be three letters of ISO 4217")


class Told(fields.Raw):
    """A text; anything else is dropped, never a reason to refuse."""

    def __init__(self) -> None:
        super().__init__(allow_none=True, metadata={"type": "string"})


def _full(pattern: Any) -> Any:
    """A validator that the whole text has the form (``$`` would let a newline through)."""
    return validate.Regexp(rf"(?:{pattern.pattern})\Z", flags=pattern.flags)


def _distinct(value: str) -> None:
    if len(set(value) - {"-"}) < 4:
        raise ValidationError("must have at least 4 distinct characters")


_VISITOR = validate.And(_full(VISITOR_ID), _distinct)


class Lenient(Schema):
    """Unknown keys are ignored."""

    class Meta:
        """For marshmallow."""

        unknown = EXCLUDE


class ItemSchema(Lenient):
    """A product line of an event, by GA4's names."""

    item_id = Identifier(required=True)
    item_name = Told()
    item_brand = Told()
    item_category = Told()
    item_variant = Told()
    price = Amount()
    discount = Amount()
    quantity = Quantity()
    currency = Currency()
    url = Told()
    image = Told()

    @pre_load
    def by_our_names(self, data: Any, **kwargs: Any) -> Any:
        """Other programs' names of the fields."""
        if not isinstance(data, Mapping):
            return data
        named = {
            name: value for name in ITEM_NAMES if (value := item_field(data, name)) is not None
        }
        return {**named, **data}


class ParamsSchema(Lenient):
    """What an event tells; any further scalar is kept."""

    currency = Currency()
    value = Amount()
    tax = Amount()
    shipping = Amount()
    discount = Amount()
    transaction_id = Identifier()
    items = fields.List(fields.Nested(ItemSchema), validate=validate.Length(max=MOST_ITEMS))

    @validates_schema
    def one_currency(self, data: Any, **kwargs: Any) -> None:
        """An item's currency is its event's."""
        event = data.get("currency")  # absent: the shop's, which a schema does not know
        if event and any(item.get("currency", event) != event for item in data.get("items", ())):
            raise ValidationError("an item's currency must be its event's", "items")


class EventSchema(Lenient):
    """One event of a browser."""

    name = fields.String(required=True, validate=_full(EVENT_NAME))
    event_id = fields.String(required=True, validate=_full(EVENT_ID))
    timestamp = Moment()
    params = fields.Nested(ParamsSchema)

    @pre_load
    def in_our_words(self, data: Any, **kwargs: Any) -> Any:
        """Other programs' events by our names; of what is about the visitor, nothing is money."""
        name, params = (
            (data.get("name"), data.get("params", {}))
            if isinstance(data, Mapping)
            else (None, None)
        )
        if not isinstance(name, str) or not isinstance(params, Mapping):
            return data
        if len(params) > MOST_PARAMS:
            raise ValidationError(f"may have {MOST_PARAMS} keys at most", "params")
        ours = canonical_name(name)
        if ours != name:
            params = translated(params, one_item=ours in NEED_ITEMS)
        return {**data, "name": ours, "params": {} if ours in ABOUT_THE_VISITOR else params}

    @validates_schema(skip_on_field_errors=True)
    def what_the_name_needs(self, data: Any, **kwargs: Any) -> None:
        """Items, an order number, a value: some events are nothing without."""
        name, params = data["name"], data.get("params", {})
        if name in NEED_ITEMS and not params.get("items"):
            raise ValidationError(f"{name} needs items", "params")
        if name in NEED_ORDER and "transaction_id" not in params:
            raise ValidationError(f"{name} needs transaction_id", "params")
        if name == "purchase" and "value" not in params and not params.get("items"):
            raise ValidationError("a purchase needs value or items", "params")


class ServerEventSchema(EventSchema):
    """One event of the shop's server."""

    event_id = fields.String(validate=_full(EVENT_ID))
    visitor_id = fields.String(validate=_VISITOR)


class PageSchema(Lenient):
    """The page that a visit happens on."""

    url = Told()
    title = Told()
    referrer = Told()
    type = Told()
    language = Told()
    width = fields.Raw(allow_none=True, metadata={"type": "integer"})


class WantSchema(Lenient):
    """What the page asks to be shown. What cannot be read of it is not asked."""

    popup = fields.Raw(allow_none=True, metadata={"type": "boolean"})
    windows = fields.Raw(allow_none=True, metadata={"type": "array", "items": {"type": "string"}})
    item_id = fields.Raw(allow_none=True, metadata={"type": "string"})
    cart = fields.Raw(allow_none=True, metadata={"type": "array", "items": {"type": "string"}})


class VisitSchema(Lenient):
    """The body of ``POST /v1/visit``."""

    key = fields.String(required=True)
    visitor_id = fields.String(required=True, validate=_VISITOR)
    consent = Told()
    sent_at = Moment()
    events = fields.List(
        fields.Nested(EventSchema), required=True, validate=validate.Length(min=1, max=MOST_EVENTS)
    )
    page = fields.Nested(PageSchema)
    want = fields.Nested(WantSchema)


class EventsSchema(Lenient):
    """The body of ``POST /v1/events``."""

    visitor_id = fields.String(validate=_VISITOR)
    consent = Told()
    events = fields.List(
        fields.Nested(ServerEventSchema),
        required=True,
        validate=validate.Length(min=1, max=MOST_EVENTS),
    )


class OrderSchema(Lenient):
    """The body of ``POST /v1/orders``."""

    transaction_id = Identifier(required=True)
    visitor_id = fields.String(validate=_VISITOR)
    customer_id = Identifier()
    currency = Currency()
    value = Amount()
    coupon = fields.String()
    discount = Amount()
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
    currency = Currency()
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


class PreviewSchema(Lenient):
    """The body of ``POST /v1/segments/preview``."""

    rule = fields.Dict(required=True)
    fast = fields.Boolean()
    overlap = fields.Boolean()
    slug = fields.String()
    id = fields.String()


class ByHandSchema(Lenient):
    """The body of ``POST /v1/segments/SLUG/visitors``."""

    add = fields.List(fields.String(validate=_VISITOR))
    remove = fields.List(fields.String(validate=_VISITOR))
    release = fields.List(fields.String(validate=_VISITOR))
    until = Moment()


class AdoptSchema(Lenient):
    """The body of ``POST /v1/segments/templates/KEY``; ``restore`` is the ladder's."""

    name = fields.String()
    language = fields.String(validate=validate.OneOf(("en", "ko", "ja")))
    thresholds = fields.Dict(keys=fields.String(), values=fields.Float())
    restore = fields.Boolean()


class RecipeSchema(Lenient):
    """The body of ``POST /v1/popups/recipes/KEY``."""

    language = fields.String(validate=validate.OneOf(("en", "ko", "ja")))


class SubmitSchema(Lenient):
    """The body of ``POST /v1/submit``; ``claim``: the word that came with the popup."""

    key = fields.String(required=True)
    visitor_id = fields.String(required=True, validate=_VISITOR)
    popup_id = fields.String(required=True)
    fields_ = fields.Dict(required=True, data_key="fields")
    claim = fields.String()
    consent = Told()
    page = fields.Nested(PageSchema)


class CouponsSchema(Lenient):
    """The body of ``PUT /v1/coupons/SLUG``, as docs/coupons.md has it."""

    name = fields.String()
    kind = fields.String(required=True, validate=validate.OneOf(("text", "imported", "minted")))
    discount = fields.Dict(required=True)
    text = fields.Raw()
    code = fields.String()
    prefix = fields.String()
    expires = fields.Dict()
    budget = fields.Dict()
    per_network = fields.Integer(strict=True)
    enabled = fields.Boolean()


class CodesSchema(Lenient):
    """The body of ``POST /v1/coupons/SLUG/codes``: one of the two."""

    codes = fields.List(fields.String())
    mint = fields.Integer(strict=True)
