"""Who is the owner at the door, and what must every owner's page be guarded by?

A session cookie (HttpOnly, SameSite=Lax, Secure under https), a token in every form, a strict
Content-Security-Policy, and a growing wait for those who guess passwords.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from plugin.shop import DAY, HOUR, SECOND
from plugin.storage import control
from plugin.web.frame import stale_form_page
from plugin.web.here import here
from plugin.web.language import init_language
from plugin.web.passwords import is_right
from plugin.web.rate import network_of

HOME = "/admin/"
LOGIN = "/admin/login"
IDLE = timedelta(hours=12)
LONGEST_MS = 14 * DAY
FREE_TRIES = 5
FIRST_WAIT_MS = 30 * SECOND
MOST_REMEMBERED = 10_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# Of a page that stands in a frame of another one of ours: what shoppers see of a popup.
IN_OUR_FRAME = {
    **HEADERS,
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
# One password is checked at a time: each check takes 64 MiB for a moment, by design.
_checking = threading.Lock()


class Owner(UserMixin):  # type: ignore[misc]
    """A signed-in owner. The session names the password too, so a new one ends old sessions."""

    def __init__(self, email: str, password_hash: str) -> None:
        self.email = email
        digest = hashlib.sha256(password_hash.encode()).hexdigest()[:24]
        self.id = f"{email}|{digest}"


@dataclass
class _Wrong:
    count: int
    last_at: int


class Tries:
    """Wrong passwords by e-mail and address, in this process's memory. Times are Unix ms."""

    def __init__(self) -> None:
        self._wrong: dict[tuple[str, str], _Wrong] = {}
        self._lock = threading.Lock()

    def wait_ms(self, email: str, address: str, now: int) -> int:
        """How long to wait before the next try: 0 for five tries, then 30 s, doubling to 1 hour."""
        found = self._wrong.get((email, address))
        if found is None or found.count < FREE_TRIES:
            return 0
        wait = min(FIRST_WAIT_MS << min(found.count - FREE_TRIES, 16), HOUR)
        return max(0, found.last_at + wait - now)

    def wrong(self, email: str, address: str, now: int) -> None:
        """Remember a wrong password; what is older than a day is forgotten."""
        with self._lock:
            if len(self._wrong) >= MOST_REMEMBERED:
                self._wrong = {k: w for k, w in self._wrong.items() if w.last_at > now - DAY}
            if len(self._wrong) >= MOST_REMEMBERED:
                self._wrong.pop(next(iter(self._wrong)))
            found = self._wrong.setdefault((email, address), _Wrong(0, now))
            fresh = found.last_at > now - DAY
            found.count, found.last_at = (found.count + 1 if fresh else 1), now

    def right(self, email: str, address: str) -> None:
        """Forget the wrong ones."""
        with self._lock:
            self._wrong.pop((email, address), None)


class _Sessions(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:
        """Under https the cookie never travels in the clear; on localhost there is only http."""
        return request.is_secure


def init_signin(app: Flask) -> None:
    """Give ``app`` the owner's session, and guard everything under /admin/."""
    app.session_interface = _Sessions()
    app.config["PERMANENT_SESSION_LIFETIME"] = IDLE
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # only /admin/ has cookies; see _guard
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session
    app.extensions["regulars.tries"] = Tries()
    manager = LoginManager(app)
    manager.user_loader(_owner_of)
    csrf = CSRFProtect(app)
    init_language(app)

    @app.before_request
    def guard() -> Response | None:
        return _guard(csrf) if _is_admin() else None

    @app.after_request
    def harden(response: Response) -> Response:
        if _is_admin():
            response.headers.update(IN_OUR_FRAME if g.get("in_our_frame") else HEADERS)
        return response

    @app.errorhandler(CSRFError)
    def stale_form(trouble: CSRFError) -> Any:
        return stale_form_page()


def owners_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """``view`` for signed-in owners; others are sent to the login, programs get 401."""

    @wraps(view)
    def guarded(*args: Any, **words: Any) -> Any:
        return view(*args, **words) if current_user.is_authenticated else _to_login()

    return guarded


def sign_in(email: str, password: str, address: str) -> int | None:
    """Begin the owner's session: None when it worked, else the ms to wait (0: just wrong)."""
    email, address, now = email.strip().lower()[:254], network_of(address), here().now()
    tries: Tries = _tries()
    wait = tries.wait_ms(email, address, now)
    if wait:
        return wait
    with here().house.control.read() as tx:
        row = control.owner(tx, email)
    with _checking:
        right = is_right(password, row["password_hash"] if row else None)
    if row is None or not right:
        tries.wrong(email, address, now)
        return tries.wait_ms(email, address, now)
    tries.right(email, address)
    language = session.get("lang")
    session.clear()  # a session from before the login is never carried over
    session.update({"since": now} | ({"lang": language} if language else {}))
    session.permanent = True
    login_user(Owner(row["email"], row["password_hash"]))
    return None


def sign_out() -> None:
    """End the owner's session."""
    logout_user()
    session.clear()


def safe_next(target: str | None) -> str:
    """Where to go after the login: ``target`` when it is a path under /admin/, else the start.

    >>> safe_next("/admin/segments?page=2"), safe_next("//evil.example/admin/")
    ('/admin/segments?page=2', '/admin/')
    """
    if not target or not target.isascii() or not target.isprintable() or "\\" in target:
        return HOME
    try:
        parts = urlsplit(target)
    except ValueError:
        return HOME
    climbs = ".." in parts.path or "//" in parts.path or "%" in parts.path
    inside = target.startswith(HOME) and not parts.scheme and not parts.netloc
    return target if inside and not climbs else HOME


def _is_admin() -> bool:
    return request.path == "/admin" or request.path.startswith(HOME)


def _guard(csrf: CSRFProtect) -> Response | None:
    if request.path != LOGIN and not current_user.is_authenticated:
        return _to_login()
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        # A browser that says where the form stands is believed, token or not.
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        csrf.protect()
    return None


def _to_login() -> Response:
    if request.path.endswith(".json"):
        return Response('{"error": {"code": "not_allowed"}}', 401, mimetype="application/json")
    asked = request.full_path.rstrip("?") if request.method == "GET" else HOME
    query = "" if safe_next(asked) == HOME else "?" + urlencode({"next": asked})
    answer = redirect(request.script_root + LOGIN + query)
    assert isinstance(answer, Response)
    return answer


def _owner_of(session_id: str) -> Owner | None:
    """The owner a session names, unless the password changed or two weeks have passed."""
    since = session.get("since")
    if not isinstance(since, int) or here().now() - since > LONGEST_MS:
        return None
    email = session_id.rpartition("|")[0]
    with here().house.control.read() as tx:
        row = control.owner(tx, email)
    owner = Owner(row["email"], row["password_hash"]) if row else None
    return owner if owner is not None and owner.id == session_id else None


def _tries() -> Tries:
    found = current_app.extensions["regulars.tries"]
    assert isinstance(found, Tries)
    return found
