"""How does one event loop serve a worker's requests?

Bodies are received here, with a deadline and a limit, so that a slow sender holds nothing but its
own connection. Hot calls are answered from the loop where the store is a file of this machine, and
in a few threads where it is asked over a network; everything else is Flask's, in these threads too.
"""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from flask import Flask
from granian.rsgi import (  # type: ignore[attr-defined]
    ProtocolClosed,
    ProtocolError,
)

from plugin.collect.reader import LARGEST, too_large
from plugin.errors import BodyRefused, PluginError
from plugin.tasks.line import KeeperLine
from plugin.web.call import (
    CUT_SHORT,
    ENCODED,
    Call,
    HotView,
    Reply,
    Step,
    answered,
    failed,
    headers_of,
)
from plugin.web.here import Here
from plugin.web.preview import GONE
from plugin.web.server_api import LARGEST_FEED

BODY_WITHIN_S = 15.0
THREADS = 16
Headers = list[tuple[str, str]]


class Scope(Protocol):
    """What granian says of a request (its RSGI interface)."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any


class Front:
    """The RSGI application of one worker."""

    def __init__(self, app: Flask, here: Here, line: KeeperLine | None, hops: int = 0) -> None:
        self._app, self._here, self._line, self._hops = app, here, line, hops
        self._hot = {route.path: route for route in here.routes if route.hot}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="flask")

    async def __rsgi__(self, scope: Scope, proto: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            proto.close(1000)
            return
        route = self._hot.get(scope.path) if scope.method == "POST" else None
        largest = LARGEST if route is not None else LARGEST_FEED
        try:
            body = await _received(scope, proto, largest)
        except PluginError as trouble:
            access = "public" if route is None else route.access
            with suppress(ProtocolClosed, ProtocolError):  # it may be the sender that has gone
                _send(proto, failed(trouble, scope.path), access)
            return
        if route is not None:
            found = await self._hot_answer(route.view, self._call(scope, body))
            _send(proto, found, route.access)
            return
        loop = asyncio.get_running_loop()
        gone = threading.Event()
        environ = {**_environ(scope, body), GONE: gone.is_set}
        watch = loop.create_task(_leave(proto, gone))
        try:
            answer = await loop.run_in_executor(self._threads, self._flask, environ)
        finally:
            watch.cancel()
        proto.response_bytes(*answer)

    def _call(self, scope: Scope, body: bytes) -> Call:
        header: Callable[[str], str | None] = scope.headers.get
        address = scope.client.rpartition(":")[0].strip("[]")
        if self._hops:
            told = (header("x-forwarded-for") or "").split(",")
            address = told[-self._hops].strip() if len(told) >= self._hops else address
        return Call(self._here, scope.path, header, lambda: body, address)

    async def _hot_answer(self, view: HotView, call: Call) -> Reply:
        """As ``call.answered``, while the loop goes on with others."""
        if self._line is None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, answered, view, call)
        try:
            found = view(call)
            if isinstance(found, Step):
                found = found.finish(await self._line.do(found.shop, found.name, found.args))
            return found
        except Exception as trouble:
            return failed(trouble, call.path)

    def _flask(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        started: list[tuple[int, Headers]] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
            started[:] = [(int(status.split(" ", 1)[0]), headers)]
            return lambda _: None

        parts: Iterable[bytes] = self._app(environ, start)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        return (*started[0], body)


def _send(proto: Any, found: Reply, access: str) -> None:
    proto.response_bytes(found.status, headers_of(found, access), found.body)


async def _leave(proto: Any, gone: threading.Event) -> None:
    """Says so once who asked has gone; what takes long looks now and then."""
    await proto.client_disconnect()
    gone.set()


async def _received(scope: Scope, proto: Any, largest: int) -> bytes:
    """The whole body. Raises BodyRefused: too large, encoded, cut short, or too slow."""
    get = scope.headers.get
    length, chunked = get("content-length"), get("transfer-encoding")
    if length in (None, "0") and chunked is None:
        return b""
    if get("content-encoding") not in (None, "identity"):
        raise BodyRefused(ENCODED)
    if length is not None and (not length.isdigit() or len(length) > 9 or int(length) > largest):
        raise too_large(largest)
    task = asyncio.current_task()
    late = asyncio.get_running_loop().call_later(BODY_WITHIN_S, task.cancel) if task else None
    try:
        if length is not None:
            body: bytes = await proto()
        else:
            body = await _chunks(proto, largest)
    except asyncio.CancelledError:
        raise BodyRefused("the body took too long to come", code="slow", status=408) from None
    except (ProtocolClosed, ProtocolError):
        raise BodyRefused(CUT_SHORT) from None
    finally:
        if late is not None:
            late.cancel()
    if length is not None and len(body) < int(length):
        raise BodyRefused(CUT_SHORT)
    return body


async def _chunks(proto: Any, largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in proto:
        parts.append(part)
        size += len(part)
        if size > largest:
            raise too_large(largest)
    return b"".join(parts)


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """The request as WSGI (PEP 3333) describes it."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            key = "HTTP_" + key
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ
