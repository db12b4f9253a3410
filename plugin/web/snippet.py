"""How do browsers get the files of the snippet?"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request

from plugin.config import static_dir
from plugin.errors import NotFound, PluginError
from plugin.serve.mapping import read_mapping
from plugin.web.here import here

AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
FOR_EVER = "public, max-age=31536000, immutable"
MAP = b'JSON.parse("{}")'  # stands once in find.js, in the place of the shop's mapping


@dataclass(frozen=True)
class File:
    """One browser file: its bytes, packed ones, and the hash by which it is known."""

    plain: bytes
    packed: bytes
    digest: str


@lru_cache(maxsize=8)
def load(name: str) -> File:
    """The browser file called ``name``, read and packed once for the life of the process.

    Raises NotFound when it was not built.
    """
    try:
        return _file((static_dir() / name).read_bytes())
    except FileNotFoundError:
        raise NotFound(f"{name} is not there: run sh static/build.sh") from None


def _file(plain: bytes) -> File:
    digest = hashlib.sha256(plain).hexdigest()[:10]
    return File(plain, gzip.compress(plain, 9, mtime=0), digest)


@lru_cache(maxsize=64)
def finder_with(mapping: str) -> File:
    """find.js with ``mapping`` (JSON that may stand in a script) in its place."""
    return _file(load("find.js").plain.replace(MAP, mapping.encode("ascii"), 1))


def ui_path() -> str:
    """Where the renderer of windows is: its name changes with its bytes, and with those of the
    renderer of popups, which it fetches under the same hash.
    """
    return f"/ui.{ui_digest()}.js"


def ui_digest() -> str:
    """The hash by which both renderers are known."""
    both = load("ui.js").plain + load("dialog.js").plain
    return hashlib.sha256(both).hexdigest()[:10]


def tracker() -> Response:
    """The script the shop's pages embed."""
    return _serve(load("s.js"), AN_HOUR)


def renderer(digest: str) -> Response:
    """The renderer of windows, fetched only when there is something to show."""
    return _of_version("ui.js", digest)


def popup_renderer(digest: str) -> Response:
    """The renderer of popups, fetched only when there is one."""
    return _of_version("dialog.js", digest)


def _of_version(name: str, digest: str) -> Response:
    if digest != ui_digest():
        raise NotFound(f"this version of {name} is gone; reload the page")
    return _serve(load(name), FOR_EVER)


def finder() -> Response:
    """What finds a page's product and order, with the mapping of the shop whose ``?key=`` it is.

    For an unknown key, or none, without any.
    """
    return _serve(finder_with(_mapping(request.args.get("key"))), AN_HOUR)


def debugger() -> Response:
    """The overlay that shows an owner what was found on a page and what became of it."""
    return _serve(load("debug.js"), AN_HOUR)


def _mapping(key: str | None) -> str:
    """The mapping of the shop with this public key, as JSON that may stand in a script."""
    try:
        found = read_mapping(here().house.shop_by_key(key).settings.get("map", {}))
    except PluginError:  # no such key, or nothing to be read: what the page says is found anyway
        found = {}
    return json.dumps(found, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")


def _serve(file: File, keep: str) -> Response:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(file.packed if packed else file.plain, mimetype="text/javascript")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = keep
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(file.digest + ("-gz" if packed else ""))
    response.make_conditional(request)
    return response
