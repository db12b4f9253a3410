"""What may the browser tests ask for: a Chromium, pages as people open them, a shop to open."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.tasks.process import clock_ms
from plugin.web.app import create_app
from plugin.web.passwords import hashed

try:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        Page,
        Playwright,
        expect,
        sync_playwright,
    )  # fmt: skip
except ImportError:
    sync_playwright = None  # type: ignore[assignment]
else:
    expect.set_options(timeout=10_000)  # as all else in a page: the machine may be busy

DESKTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each context has a window, and each window would draw the list below its address bar: 40 % of
    # what a test costs.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup",
]
# A browser that is driven says so, and is then counted as a bot; people's browsers do not.
NOT_DRIVEN = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false })"

EMAIL, PASSWORD = "mina@moon.example", "a good long password"

# What axe is to look for.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PageOfAPerson = Callable[..., "Page"]


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def answering(server: BaseWSGIServer) -> Iterator[None]:
    """While this lasts, the server answers."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def sign_in(page: Page) -> None:
    """Fill in the owner's login and send it."""
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")


@dataclass(frozen=True)
class Engine:
    """A running engine with the shop moon."""

    port: int
    secret: str
    client: Any

    @property
    def admin(self) -> str:
        """The owner's pages."""
        return f"http://127.0.0.1:{self.port}/admin"

    def server(self, method: str, path: str, data: Any = None) -> Any:
        """Call the server API with the secret key."""
        bearer = {"Authorization": f"Bearer {self.secret}"}
        answer = self.client.open(path, method=method, json=data, headers=bearer)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


@pytest.fixture
def moon_engine(tmp_path: Path) -> Iterator[Engine]:
    """The engine, whose shop moon has an owner, Mina, and nothing else yet."""
    house = House(Settings(data=tmp_path, database_url=None, secret_key="test", rate_limit=False))
    writer = GroupWriter(house).start()
    app = create_app(house, writer, clock_ms)
    keys = control.new_keys()
    with house.control.write() as tx:
        control.add_shop(tx, Shop("moon", keys.public, currency="EUR", created_at=clock_ms()), keys)
        control.put_owner(tx, EMAIL, hashed(PASSWORD), clock_ms())
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    with answering(server):
        yield Engine(server.server_port, keys.secret, app.test_client())
    writer.close()
    house.close()


def missing(what: str) -> None:
    """Without a browser: a failure in CI, a skip elsewhere."""
    message = f"{what}: run `make test`, or name a Chromium in REGULARS_CHROMIUM"
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def executable(playwright: Playwright) -> str:
    """The Chromium to use: the one named, the system's, or the one Playwright brought."""
    named = os.environ.get("REGULARS_CHROMIUM")
    for path in [named] if named else ["/usr/bin/chromium", playwright.chromium.executable_path]:
        if path and Path(path).exists():
            return path
    missing("there is no Chromium for the browser tests")
    raise AssertionError


@pytest.fixture(scope="session")
def chromium_path(chromium: Browser) -> str:
    """The Chromium that this run uses, for a browser with other switches."""
    return os.environ.get("REGULARS_CHROMIUM") or (
        "/usr/bin/chromium"
        if Path("/usr/bin/chromium").exists()
        else chromium.browser_type.executable_path
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run; every test opens contexts of its own."""
    if sync_playwright is None:
        missing("playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright), headless=True, args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture
def page_of_a_person(chromium: Browser) -> Iterator[PageOfAPerson]:
    """Opens a page in a fresh browser profile: ``page_of_a_person()``, options as new_context's."""
    opened: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = chromium.new_context(
            **{
                "user_agent": DESKTOP,
                "locale": "en-US",
                "viewport": {"width": 1280, "height": 800},
                **options,
            }
        )
        context.set_default_timeout(10_000)
        context.add_init_script(NOT_DRIVEN)
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


HERE = Path(__file__).resolve().parent
STATIC = HERE.parent.parent / "static"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".svg": "image/svg+xml"}
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">'
    '<rect width="4" height="4" fill="{}"/></svg>'
)

Answer = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One request of the snippet's: where it went, what it held, how it was sent."""

    path: str
    body: dict[str, Any]
    kind: str
    origin: str | None

    @property
    def names(self) -> list[str]:
        """The names of the events in it."""
        return [event["name"] for event in self.body.get("events", [])]


@dataclass
class Listener:
    """Serves tests/browser/pages as a shop on localhost and the engine on 127.0.0.1.

    ``tag``: further attributes of the script tag; ``tags``: how often it stands on the page;
    ``inline``: what stands before it; ``policy``: the shop's CSP; ``prefix``: of engine paths.
    What is posted to another path than the engine's is answered as ``answers`` says, else with
    the home page, as a shop does after a form.
    """

    offer: Answer = field(default_factory=dict)  # what a visit with `want` is given
    tag: str = 'data-flush-ms="50"'
    tags: int = 1
    inline: str = ""
    policy: str = ""
    statuses: list[int] = field(default_factory=list)  # of the next answers, before all is well
    prefix: str = ""
    same: bool = False  # whether the tag is of the shop's own host
    key: str = "pk_moon"
    elsewhere: str = ""  # another engine, that the tag is loaded from
    retry_after: str = ""  # what a refusal asks for
    submitted: Answer = field(default_factory=lambda: {"ok": True})
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)  # of the shop's own paths
    delays: dict[str, float] = field(default_factory=dict)  # seconds, by path
    posted: list[tuple[str, str]] = field(default_factory=list)  # to the shop: path, body
    told: list[Told] = field(default_factory=list)
    turned_away: list[Told] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.news = threading.Condition()
        self.closing = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        """Where both listen."""
        return int(self.server.server_address[1])

    @property
    def shop(self) -> str:
        """The shop's origin."""
        return f"http://localhost:{self.port}"

    @property
    def engine(self) -> str:
        """The engine's origin."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop serving."""
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # what was told

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Every event told so far, each once, in the order of arrival; or those called ``name``."""
        found = {e["event_id"]: e for told in self.told for e in told.body.get("events", [])}
        return [event for event in found.values() if name in (None, event["name"])]

    def wait(self, holds: Callable[[], Any], seconds: float = 8) -> Any:
        """Wait until ``holds()``, looked at after every request; what it said."""
        with self.news:
            if not self.news.wait_for(holds, seconds):
                said = [(told.path, told.names) for told in self.told]
                raise AssertionError(f"it did not come; told so far: {said}")
        return holds()

    def wait_for(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """The events called ``name``, as soon as there are ``count``."""
        self.wait(lambda: len(self.events(name)) >= count)
        return self.events(name)

    # what is served

    def ui_path(self) -> str:
        """Where ui.js is, as the engine names it."""
        both = b"".join((STATIC / name).read_bytes() for name in ("ui.js", "dialog.js"))
        return f"/ui.{hashlib.sha256(both).hexdigest()[:10]}.js"

    def dialog_path(self) -> str:
        """Where dialog.js is: beside ui.js, under the same hash."""
        return self.ui_path().replace("/ui.", "/dialog.")

    def page(self, name: str) -> bytes:
        """A page of the shop with the tag in it."""
        host = self.elsewhere or (self.shop if self.same else self.engine)
        src = f"{host}{self.prefix}/s.js"
        tag = f'<script async src="{src}" data-key="{self.key}" {self.tag}></script>\n' * self.tags
        text = (HERE / "pages" / name).read_text("utf-8")
        return text.replace("<!-- tag -->", self.inline + tag).encode()

    def reply(self, told: Told) -> tuple[int, Answer]:
        """The engine's answer to one request."""
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return status, {"error": {"code": "busy", "message": "later"}}
        if told.path.endswith("/v1/submit"):
            return 200, self.submitted
        count = len(told.names)
        answer: Answer = {
            "accepted": count,
            "duplicates": 0,
            "refused": [],
            "popup": None,
            "windows": {},
        }
        if "want" in told.body:
            answer |= self.offer
            if self.offer.get("popup") or self.offer.get("windows"):
                answer["ui"] = self.ui_path()
        return 200, answer

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """The handler of this listener's server."""
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

            def send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", "*")
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                with suppress(ConnectionError):  # the page was left
                    self.end_headers()
                    self.wfile.write(body)

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                with listener.news:
                    listener.fetched.append(path)
                    listener.news.notify_all()
                listener.closing.wait(listener.delays.get(path, 0))
                if path in listener.answers:
                    self.answer(*listener.answers[path])
                elif path.endswith(("/s.js", "/find.js", "/debug.js")):
                    name = path.rsplit("/", 1)[1]
                    self.send(200, "text/javascript", (STATIC / name).read_bytes())
                elif path.endswith(listener.ui_path()):
                    self.send(200, "text/javascript", (STATIC / "ui.js").read_bytes())
                elif path.endswith(listener.dialog_path()):
                    self.send(200, "text/javascript", (STATIC / "dialog.js").read_bytes())
                elif path.endswith(".svg"):
                    color = unquote(path.rsplit("/", 1)[1]).removesuffix(".svg")
                    self.send(200, TYPES[".svg"], PICTURE.format(color).encode())
                elif path.endswith((".html", ".css")) and (HERE / "pages" / path[1:]).exists():
                    policy = {"Content_Security_Policy": listener.policy} if listener.policy else {}
                    self.send(
                        200, TYPES[path[path.rindex(".") :]], listener.page(path[1:]), **policy
                    )
                elif path == "/favicon.ico":
                    self.send(200, TYPES[".svg"], PICTURE.format("black").encode())
                else:
                    self.send(404, "text/plain", b"")

            def answer(self, status: int, body: str) -> None:
                """One of ``answers``: a script, JSON, or a page."""
                kind = "application/json" if body[:1] in "{[" else "text/html"
                if urlsplit(self.path).path == "/find.js":
                    kind = "text/javascript"
                self.send(status, kind, body.encode())

            def do_POST(self) -> None:
                path = urlsplit(self.path).path
                size = int(self.headers.get("Content-Length", 0))
                received = self.rfile.read(size)
                listener.closing.wait(listener.delays.get(path, 0))
                if "/v1/" not in path or path in listener.answers:
                    with listener.news:
                        listener.posted.append((self.path, received.decode("utf-8", "replace")))
                        listener.news.notify_all()
                    home = listener.page("home.html").decode()
                    self.answer(*listener.answers.get(path, (200, home)))
                    return
                body = json.loads(received)
                kind, origin = self.headers.get("Content-Type", ""), self.headers.get("Origin")
                told = Told(urlsplit(self.path).path, body, kind, origin)
                with listener.news:
                    status, answer = listener.reply(told)
                    (listener.told if status == 200 else listener.turned_away).append(told)
                    listener.fetched.append(f"{status} {told.path}")
                    listener.news.notify_all()
                more = {}
                known = re.search(r"\b_rs=([\w-]{16,64})", self.headers.get("Cookie", ""))
                if listener.same and listener.prefix and known:  # as docs/snippet.md has it
                    more["Set_Cookie"] = f"_rs={known[1]}; Max-Age=1000000; Path=/; SameSite=Lax"
                if status != 200 and listener.retry_after:
                    more["Retry_After"] = listener.retry_after
                    more["Access_Control_Expose_Headers"] = "Retry-After"
                self.send(status, "application/json", json.dumps(answer).encode(), **more)

            do_DELETE = do_POST

            def do_OPTIONS(self) -> None:
                with listener.news:
                    listener.fetched.append("preflight")
                self.send(405, "text/plain", b"")

        return Handler


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A shop's pages with the tag, and an engine that writes down what it is told."""
    made = Listener()
    yield made
    made.close()
