"""How is the API described for programs? Paths from the route table, bodies from the schemas."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields, validate

from plugin import __version__
from plugin.collect import schemas
from plugin.journey.feeds import MOST_HOURS
from plugin.serve.whole import VERSION
from plugin.web.route import Route


class ConfigSchema(Schema):
    """The body of ``PUT /v1/config``, as docs/api.md has it: each thing under its slug."""

    version = fields.Integer(required=True, validate=validate.Equal(VERSION))
    currency = fields.String(metadata={"description": "the shop's own, or left out"})
    segments = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)
    popups = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)
    windows = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)
    settings = fields.Dict(keys=fields.String(), required=True)


class FeedSchema(Schema):
    """The body of ``PUT /v1/feeds/NAME``, as docs/catalogue.md has it."""

    name = fields.String()
    source = fields.String(required=True)
    every = fields.Integer(allow_none=True, validate=validate.Range(min=1, max=MOST_HOURS))
    map = fields.Dict(keys=fields.String(), values=fields.String())


class FeedRunSchema(Schema):
    """The body of ``POST /v1/feeds/NAME/run``; there need not be any."""

    force = fields.Boolean()


BODIES = {
    "/v1/visit": schemas.VisitSchema,
    "/v1/events": schemas.EventsSchema,
    "/v1/orders": schemas.OrderSchema,
    "/v1/items": schemas.ItemsSchema,
    "/v1/feeds/<feed>": FeedSchema,
    "/v1/feeds/<feed>/run": FeedRunSchema,
    "/v1/submit": schemas.SubmitSchema,
    "/v1/coupons/<slug>": schemas.CouponsSchema,
    "/v1/coupons/<slug>/codes": schemas.CodesSchema,
    "/v1/segments/preview": schemas.PreviewSchema,
    "/v1/segments/<slug>/visitors": schemas.ByHandSchema,
    "/v1/segments/templates/<key>": schemas.AdoptSchema,
    "/v1/popups/recipes/<key>": schemas.RecipeSchema,
    "/v1/config": ConfigSchema,
}
# What a call takes beside its address and body.
WORDS = {
    ("PUT", "/v1/config"): [
        {"in": "query", "name": "dry_run", "schema": {"type": "string", "enum": ["0", "1"]}},
        {"in": "header", "name": "If-Match", "schema": {"type": "string"}},
    ]
}
PARAMETER = re.compile(r"<(?:any\(([^)]*)\):)?(\w+)>")


@lru_cache(maxsize=2)
def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every one of ``routes`` under /v1/."""
    spec = APISpec("Regulars", __version__, "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.security_scheme("secret", {"type": "http", "scheme": "bearer"})
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.path.startswith("/v1/"):
            operations = paths.setdefault(PARAMETER.sub(r"{\2}", route.path), {})
            operations.update({m.lower(): _operation(route, m) for m in route.methods})
    for path, operations in paths.items():
        spec.path(path, operations=operations)
    found: dict[str, Any] = spec.to_dict()
    return found


def _operation(route: Route, method: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "summary": route.says,
        "operationId": f"{method.lower()}_{route.view.__name__}",
        "responses": {"200": {"description": "done"}, "4XX": {"description": "refused, with why"}},
    }
    parameters = [_parameter(words, name) for words, name in PARAMETER.findall(route.path)]
    parameters += WORDS.get((method, route.path), [])
    if parameters:
        said["parameters"] = parameters
    if route.access == "server":
        said["security"] = [{"secret": []}]
    if method in ("POST", "PUT") and route.path in BODIES:
        said["requestBody"] = {"content": {"application/json": {"schema": BODIES[route.path]}}}
    return said


def _parameter(words: str, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if words:
        schema["enum"] = [word.strip() for word in words.split(",")]
    return {"in": "path", "name": name, "required": True, "schema": schema}
