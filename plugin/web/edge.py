"""How does a request come in and an answer go out, the same way on every API route?"""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from plugin.collect.reader import LARGEST, read_object, too_large
from plugin.errors import BodyRefused, Busy, NotAllowed, PluginError
from plugin.shop import Shop
from plugin.web.here import here
from plugin.web.signin import network_of

log = logging.getLogger("regulars.web")
API = "/v1/"
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


def answer(data: Any, status: int = 200) -> Response:
    """``data`` as JSON that nobody may keep."""
    response = Response(orjson.dumps(data), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def body(largest: int = LARGEST) -> dict[str, Any]:
    """The request's body, read as one JSON object whatever its content type. Raises BodyRefused."""
    if (request.content_length or 0) > largest:
        raise too_large(largest)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BodyRefused("send the body as it is, without Content-Encoding")
    return read_object(request.stream.read(largest + 1), largest)


def browser_shop(data: dict[str, Any]) -> Shop:
    """The shop whose public key is in the body, if the page's origin may call it."""
    shop = here().house.shop_by_key(data.get("key"))
    origin = request.headers.get("Origin")
    if shop.origins and origin is not None and origin not in shop.origins:
        raise NotAllowed("this origin is not one of the shop's", code="bad_origin", status=403)
    if here().house.settings.rate_limit:
        here().limits.check(shop.name, network_of(request.remote_addr or ""), here().now())
    return shop


def server_shop() -> Shop:
    """The shop whose secret key the request carries."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise NotAllowed("send the shop's secret key as `Authorization: Bearer sk_…`")
    return here().house.shop_by_secret(secret.strip())


def init_errors(app: Flask) -> None:
    """Every trouble of the API becomes ``{"error": {"code", "message"}}``; never a stack trace."""

    @app.errorhandler(PluginError)
    def expected(trouble: PluginError) -> Response:
        response = answer(error(trouble.code, trouble.message), trouble.status)
        if isinstance(trouble, Busy):
            response.headers["Retry-After"] = str(trouble.retry_after_s)
        return response

    @app.errorhandler(HTTPException)
    def http(trouble: HTTPException) -> Response | HTTPException:
        if not request.path.startswith(API):
            return trouble
        status = trouble.code or 500
        return answer(error(CODES.get(status, "error"), trouble.description or ""), status)

    @app.errorhandler(Exception)
    def unexpected(trouble: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=trouble)
        if request.path.startswith(API):
            return answer(error("busy", "this did not work just now; send it again"), 503)
        return Response("Something went wrong here; it has been written to the log.", 500)


def error(code: str, message: str) -> dict[str, Any]:
    """The shape every error of the API has."""
    return {"error": {"code": code, "message": message}}


def init_cors(app: Flask, browser_paths: frozenset[str]) -> None:
    """Let any page call the browser endpoints, without cookies; and no other endpoint."""

    @app.after_request
    def cors(response: Response) -> Response:
        if request.path in browser_paths:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            response.headers["Access-Control-Max-Age"] = "86400"
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response
