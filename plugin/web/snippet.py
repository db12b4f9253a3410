"""How do browsers get the two files of the snippet?"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request

from plugin.config import static_dir
from plugin.errors import NotFound

AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """One browser file: its bytes, packed ones, and the hash by which it is known."""

    plain: bytes
    packed: bytes
    digest: str


@lru_cache(maxsize=8)
def load(name: str) -> File:
    """The browser file called ``name``, read and packed once for the life of the process."""
    plain = (static_dir() / name).read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:10]
    return File(plain, gzip.compress(plain, 9, mtime=0), digest)


def ui_path() -> str:
    """Where the renderer of popups and windows is: its name changes with its bytes."""
    return f"/ui.{load('ui.js').digest}.js"


def tracker() -> Response:
    """The script the shop's pages embed."""
    return _serve(load("s.js"), AN_HOUR)


def renderer(digest: str) -> Response:
    """The renderer, fetched only when there is something to show."""
    file = load("ui.js")
    if digest != file.digest:
        raise NotFound("this version of ui.js is gone; reload the page")
    return _serve(file, FOR_EVER)


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
