"""How does anything of ours call an address that somebody else chose, without being misused?

The one way out. A name is looked up once, every address it has is checked, and the connection goes
to a checked address: a name that answers differently the second time gains nothing, because there
is no second time. Redirects are followed by hand through the same checks, each by a connection of
its own. Time and size have limits; proxies, cookies and passwords of the environment are not used.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

import plugin
from plugin.errors import PluginError
from plugin.tasks.addresses import refusal

PORTS = frozenset({80, 443, 8080, 8443})  # others belong to mail, databases and the like
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_URL = 2_048
Resolve = Callable[[str, int], list[str]]


class FetchRefused(PluginError):
    """The address is none that we call; trying again would not help."""

    code = "bad_address"


class FetchFailed(PluginError):
    """The other side did not answer as it should; later it may."""

    code = "no_answer"
    status = 502


@dataclass(frozen=True)
class Limits:
    """How long one fetch may take in all, how much of an answer is read, how far it is led.

    ``cut``: a longer answer is cut off, rather than being trouble.
    """

    seconds: float = 10.0
    size: int = 1 << 20
    redirects: int = 5
    cut: bool = False


@dataclass(frozen=True)
class Fetched:
    """An answer, whatever its status. ``url``: where it came from in the end."""

    status: int
    body: bytes
    url: str
    took_ms: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    private: bool = False,
    resolve: Resolve | None = None,
    into: BinaryIO | None = None,
) -> Fetched:
    """What ``url`` answers.

    into: the answer's body goes into this file as it comes, and ``Fetched.body`` is empty.
    private: addresses of the owner's own network are fine too (``REGULARS_FETCH_PRIVATE``).
    Raises FetchRefused for an address that may not be called, FetchFailed for no or a bad answer.
    """
    began = time.monotonic()
    door = _Door(began + limits.seconds, private, resolve or look_up)
    for _ in range(limits.redirects + 1):
        check_url(url, private=private)
        if into is not None:
            into.seek(0)
            into.truncate()  # what a redirect said
        status, named, content = _once(door, method, url, body, headers or {}, limits, into)
        target = named.get("location")
        if status not in REDIRECTS or target is None or limits.redirects == 0:
            took = round((time.monotonic() - began) * 1000)
            return Fetched(status, content, url, took, named)
        url = urljoin(url, target)
        if status == 303 or (method == "POST" and status in (301, 302)):
            method, body = "GET", None
    raise FetchFailed(f"it led on more than {limits.redirects} times")


def check_url(url: str, *, private: bool = False) -> None:
    """Raises FetchRefused for a URL that is not http(s) to a plain host and port, said plainly."""
    if len(url) > LONGEST_URL or not url.isprintable() or any(c in url for c in " \\"):
        raise FetchRefused("the address is too long, or has letters that no address has")
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise FetchRefused("the address cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.host:
        raise FetchRefused("the address must begin with https:// (or http://) and name a host")
    if parts.auth is not None or "@" in (parts.authority or ""):
        raise FetchRefused("the address may not carry a user name or password")
    if parts.port is not None and parts.port not in PORTS and not private:
        raise FetchRefused(f"port {parts.port} is not called; use 80, 443, 8080 or 8443")


def check_place(url: str, *, private: bool = False, resolve: Resolve | None = None) -> None:
    """As ``check_url``, and looks the host up now: for a form that is being saved.

    What is true now may not be later, so ``fetch`` asks again. Raises FetchRefused, and FetchFailed
    when there is no such host.
    """
    check_url(url, private=private)
    parts = parse_url(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    _Door(time.monotonic() + 5, private, resolve or look_up).addresses(parts.host or "", port)


def look_up(host: str, port: int) -> list[str]:
    """The addresses of ``host`` as this machine resolves it. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _Door:
    """Opens every socket of one fetch, and shuts it when the time is over."""

    def __init__(self, until: float, private: bool, resolve: Resolve) -> None:
        self.until = until
        self.private = private
        self.resolve = resolve

    def left(self) -> float:
        """Seconds that are left. Raises FetchFailed when none are."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise FetchFailed("it took too long")
        return left

    def addresses(self, host: str, port: int) -> list[str]:
        """Where ``host`` is, every address checked."""
        found = self._resolved(host.strip("[]"), port)
        for address in found:
            why = refusal(address, private=self.private)
            if why is not None:
                raise FetchRefused(f"{host} is {address}: {why}")
        return found

    def _resolved(self, host: str, port: int) -> list[str]:
        """Looked up in a thread of its own: the system's resolver takes no limit of time."""
        answer: list[list[str] | Exception] = []

        def ask() -> None:
            try:
                answer.append(self.resolve(host, port))
            except (OSError, UnicodeError) as trouble:
                answer.append(trouble)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(min(self.left(), 5.0))
        found = answer[0] if answer else None
        if not isinstance(found, list) or not found:
            raise FetchFailed(f"there is no host called {host} just now")
        return list(dict.fromkeys(found))

    def open(self, host: str, port: int) -> socket.socket:
        """A connection to one of the checked addresses."""
        trouble: OSError = OSError("no address")
        for address in self.addresses(host, port):
            try:
                return socket.create_connection((address, port), timeout=self.left())
            except OSError as failed:
                trouble = failed
        raise FetchFailed(f"{host} takes no connection: {trouble}")

    def watch(self, line: socket.socket) -> threading.Timer:
        """Shut ``line`` at the end of the time, however slowly bytes drip in."""
        twin = line.dup()  # TLS takes the first handle for itself

        def shut() -> None:
            with suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)
            twin.close()

        timer = threading.Timer(max(0.0, self.until - time.monotonic()), shut)
        timer.daemon = True
        timer.start()
        return timer


class _Guarded(HTTPAdapter):
    """Connections of ``requests`` that only a ``_Door`` opens."""

    def __init__(self, door: _Door) -> None:
        self.door = door
        self.timers: list[tuple[threading.Timer, socket.socket]] = []
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **words: Any) -> None:
        """As in ``requests``, with our own connections in the pools."""
        super().init_poolmanager(*args, **words)
        opened = self._opened

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return opened(self.host, self.port or 80)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return opened(self.host, self.port or 443)

        class PlainPool(urllib3.HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(urllib3.HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def _opened(self, host: str, port: int) -> socket.socket:
        line = self.door.open(host, port)
        self.timers.append((self.door.watch(line), line))
        return line

    def close(self) -> None:
        """Close every connection, and end the watch over it."""
        super().close()
        for timer, _ in self.timers:
            if timer.is_alive():
                timer.cancel()
                timer.function()


def _once(
    door: _Door,
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    limits: Limits,
    into: BinaryIO | None,
) -> tuple[int, dict[str, str], bytes]:
    """One request and its answer: status, headers by lower-case name, body."""
    guarded = _Guarded(door)
    sent = {"User-Agent": f"Regulars/{plugin.__version__}", "Accept-Encoding": "identity"}
    with requests.Session() as session:
        session.trust_env = False  # no proxies, no .netrc, no certificates from the environment
        session.headers.clear()
        session.mount("https://", guarded)
        session.mount("http://", guarded)
        try:
            answer = session.request(
                method,
                url,
                data=body,
                headers={**sent, **headers},
                timeout=door.left(),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                named = {name.lower(): value for name, value in answer.headers.items()}
                return answer.status_code, named, _read(answer, named, door, limits, into)
        except (requests.RequestException, HTTPError, OSError, ValueError) as trouble:
            door.left()  # what was shut because the time was over is not the other side's trouble
            raise FetchFailed(f"no good answer: {_plainly(trouble)}") from trouble


def _read(
    answer: requests.Response,
    named: Mapping[str, str],
    door: _Door,
    limits: Limits,
    into: BinaryIO | None,
) -> bytes:
    """The body, no longer than it may be and never unpacked: small bodies can unpack to huge."""
    if named.get("content-encoding", "identity") != "identity" and not limits.cut:
        raise FetchFailed("the answer is packed, which was not asked for")
    parts: list[bytes] = []
    size = 0
    while size <= limits.size:
        door.left()
        part = answer.raw.read(min(1 << 16, limits.size + 1 - size), decode_content=False)
        if not part:
            door.left()  # a connection that we shut ends like one that is done
            return b"".join(parts)
        size += len(part)
        if into is None:
            parts.append(part)
        else:
            into.write(part)
    if not limits.cut:
        raise FetchFailed(f"the answer is longer than {limits.size} bytes")
    return b"".join(parts)[: limits.size]


def _plainly(trouble: Exception) -> str:
    """What happened, without the names of our objects."""
    if isinstance(trouble, (requests.exceptions.SSLError, urllib3.exceptions.SSLError)):
        return "its certificate is not good for this host"
    if isinstance(trouble, (requests.Timeout, TimeoutError)):
        return "it took too long"
    if isinstance(trouble, requests.ConnectionError):
        return "the connection broke off"
    return type(trouble).__name__
