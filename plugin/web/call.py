"""How does a hot call come in and its answer go out, with nothing between it and the socket?

Flask's request and response cost more than reading a visit. A route marked ``hot`` has a view that
takes a ``Call`` and gives a ``Reply``, or the ``Step`` it waits for; ``front`` serves it from the
event loop, and ``HotCalls`` under any WSGI server. Flask knows the same view, for everything that
is not a plain POST.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from werkzeug.wsgi import get_input_stream

from plugin.collect.agents import Agent, is_prefetch, read_agent
from plugin.collect.reader import LARGEST, too_large
from plugin.errors import BodyRefused, Busy, NotAllowed, PluginError
from plugin.shop import Shop
from plugin.web.rate import network_of

if TYPE_CHECKING:
    from plugin.web.here import Here
    from plugin.web.route import Route

log = logging.getLogger("regulars.web")
# PEP 3333
WSGIEnvironment = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApplication = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
JSON = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)
# Any page may call the browser endpoints, without cookies.
ANY_ORIGIN = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Expose-Headers", "Retry-After"),
    ("Access-Control-Max-Age", "86400"),
)
ENCODED = "send the body as it is, without Content-Encoding"
CUT_SHORT = "the body ended before its Content-Length; send it again"
STATUS = {one.value: f"{one.value} {one.phrase}" for one in HTTPStatus}


class Reply(NamedTuple):
    """An answer: JSON, a status, and headers beside those of every answer."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def reply(data: Any, status: int = 200) -> Reply:
    """``data`` as an answer."""
    return Reply(orjson.dumps(data), status)


def error(code: str, message: str) -> dict[str, Any]:
    """The shape every error of the API has."""
    return {"error": {"code": code, "message": message}}


def failed(trouble: Exception, what: str) -> Reply:
    """The answer to ``trouble``; what nobody expected goes to the log, and nowhere else."""
    if not isinstance(trouble, PluginError):
        log.error("%s failed", what, exc_info=trouble)
        trouble = Busy("this did not work just now; send it again")
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(trouble, Busy):
        headers = (("Retry-After", str(trouble.retry_after_s)),)
    return Reply(orjson.dumps(error(trouble.code, trouble.message)), trouble.status, headers)


class Call:
    """One request of a hot route, and what it needs of this installation.

    ``header`` gives a header of the request by its lower-case name, or None; ``address`` is whom it
    comes from; ``body`` reads what was sent, up to a number of bytes, and raises BodyRefused.
    """

    __slots__ = ("address", "body", "header", "here", "path")

    def __init__(
        self,
        here: Here,
        path: str,
        header: Callable[[str], str | None],
        body: Callable[[], bytes],
        address: str,
    ) -> None:
        self.here, self.path, self.address = here, path, address
        self.header, self.body = header, body

    def browser_shop(self, key: object) -> Shop:
        """The shop whose public key this is, if the page's origin may call it now."""
        shop = self.here.house.shop_by_key(key)
        origin = self.header("origin") if shop.origins else None
        if origin is not None and origin not in shop.origins:
            raise NotAllowed("this origin is not one of the shop's", code="bad_origin", status=403)
        if self.here.house.settings.rate_limit:
            self.here.limits.check(shop.name, network_of(self.address), self.here.now())
        return shop

    def server_shop(self) -> Shop:
        """The shop whose secret key the request carries. Raises NotAllowed."""
        kind, _, secret = (self.header("authorization") or "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            raise NotAllowed("send the shop's secret key as `Authorization: Bearer sk_…`")
        return self.here.house.shop_by_secret(secret.strip())

    def agent(self) -> Agent:
        """What the request says of the browser; one that only prepares a page is no visitor's."""
        agent = read_agent(self.header("user-agent") or "")
        prepared = is_prefetch(lambda name: self.header(name.lower()))
        return agent.as_bot() if prepared else agent

    def gpc(self) -> bool:
        """Whether the browser sends Global Privacy Control."""
        return self.header("sec-gpc") == "1"


class Step(NamedTuple):
    """A step that a view has to have done before it can answer: ``finish`` makes of its result the
    answer.
    """

    shop: str
    name: str
    args: dict[str, Any]
    finish: Callable[[Any], Reply]


HotView = Callable[[Call], Reply | Step]


def answered(view: HotView, call: Call) -> Reply:
    """The view's answer, or that to its trouble; waits for the step it asks for."""
    try:
        found = view(call)
        if isinstance(found, Step):
            found = found.finish(call.here.writer.do(found.shop, found.name, **found.args))
        return found
    except Exception as trouble:
        return failed(trouble, call.path)


def headers_of(found: Reply, access: str) -> list[tuple[str, str]]:
    """All headers of an answer on a route of this access."""
    headers = [*JSON, *found.headers, ("Content-Length", str(len(found.body)))]
    return [*headers, *ANY_ORIGIN] if access == "browser" else headers


def wsgi_call(here: Here, environ: WSGIEnvironment) -> Call:
    """The call in a WSGI environment."""

    def header(name: str) -> str | None:
        found: str | None = environ.get("HTTP_" + name.upper().replace("-", "_"))
        return found

    return Call(
        here,
        environ.get("PATH_INFO", ""),
        header,
        lambda: read_body(environ),
        environ.get("REMOTE_ADDR") or "",
    )


def read_body(environ: WSGIEnvironment, largest: int = LARGEST) -> bytes:
    """The bytes of the body, whatever its content type. Raises BodyRefused."""
    if environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise BodyRefused(ENCODED)
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdigit():
        return get_input_stream(environ).read(largest + 1)
    if len(length) > 9 or int(length) > largest:
        raise too_large(largest)
    found: bytes = environ["wsgi.input"].read(int(length))
    if len(found) < int(length):
        raise BodyRefused(CUT_SHORT)
    return found


class HotCalls:
    """A WSGI application that serves the hot routes by itself and leaves the rest to another."""

    def __init__(self, others: WSGIApplication, here: Here, routes: Iterable[Route]) -> None:
        self._others, self._here = others, here
        self._hot = {route.path: route for route in routes if route.hot}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, as WSGI asks."""
        route = self._hot.get(environ["PATH_INFO"])
        if route is None or environ["REQUEST_METHOD"] != "POST":
            return self._others(environ, start_response)
        found = answered(route.view, wsgi_call(self._here, environ))
        start_response(STATUS[found.status], headers_of(found, route.access))
        return [found.body]
