"""How does a request come in and an answer go out, the same way on every API route?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from plugin.collect.reader import LARGEST, read_object
from plugin.errors import PluginError
from plugin.shop import Shop
from plugin.web.call import (
    ANY_ORIGIN,
    HotView,
    Reply,
    answered,
    error,
    failed,
    read_body,
    reply,
    wsgi_call,
)
from plugin.web.here import here

API = "/v1/"
DEEPEST_DOCUMENT = 24  # a rule's eight groups with their lists, in the document of a whole shop
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


def answer(data: Any, status: int = 200) -> Response:
    """``data`` as JSON that nobody may keep."""
    return response(reply(data, status))


def body(largest: int = LARGEST) -> dict[str, Any]:
    """The request's body, read as one JSON object whatever its content type. Raises BodyRefused."""
    return read_object(read_body(request.environ, largest), largest)


def document_body(largest: int = LARGEST) -> dict[str, Any]:
    """As ``body``, for what holds rules: they may be eight groups deep."""
    return read_object(read_body(request.environ, largest), largest, DEEPEST_DOCUMENT)


def server_shop() -> Shop:
    """The shop whose secret key the request carries. Raises NotAllowed."""
    return wsgi_call(here(), request.environ).server_shop()


def hot(view: HotView) -> Callable[[], Response]:
    """A hot route's view as Flask calls it."""

    def called() -> Response:
        return response(answered(view, wsgi_call(here(), request.environ)))

    return called


def response(found: Reply) -> Response:
    """A ``Reply`` as Flask sends it."""
    made = Response(found.body, found.status, mimetype="application/json")
    made.headers["Cache-Control"] = "no-store"
    made.headers.extend(found.headers)
    return made


def init_errors(app: Flask) -> None:
    """Every trouble of the API becomes ``{"error": {"code", "message"}}``; never a stack trace."""

    @app.errorhandler(PluginError)
    def expected(trouble: PluginError) -> Response:
        return response(failed(trouble, request.path))

    @app.errorhandler(HTTPException)
    def http(trouble: HTTPException) -> Response | HTTPException:
        if not request.path.startswith(API):
            return trouble
        status = trouble.code or 500
        return answer(error(CODES.get(status, "error"), trouble.description or ""), status)

    @app.errorhandler(Exception)
    def unexpected(trouble: Exception) -> Response:
        found = failed(trouble, f"{request.method} {request.path}")
        if request.path.startswith(API):
            return response(found)
        return Response("Something went wrong here; it has been written to the log.", 500)


def init_cors(app: Flask, browser_paths: frozenset[str]) -> None:
    """Let any page call the browser endpoints, without cookies; and no other endpoint."""

    @app.after_request
    def cors(response: Response) -> Response:
        if request.path in browser_paths:
            response.headers.extend(ANY_ORIGIN)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response
