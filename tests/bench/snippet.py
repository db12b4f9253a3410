"""What does the tag cost a product page's main thread, beside two others that do as much?

In turn, each time in a fresh browser profile: the page alone, with our tag, with Snowplow's browser
tracker, with PostHog's; all three initialised as their makers describe it, and answered at once by
the same small server.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checkout import ROOT
from figures import Figure, middle, note, tell

SNIPPET = "snippet"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
THROTTLE = 4  # a phone of the middle class beside this machine
SOON_MS, LATER_MS = 300, 3_000  # after the page's load event
MARK = 1 / 3
PACKAGES = {"@snowplow/browser-tracker": "4.10.1", "posthog-js": "1.449.2"}
NONE, OURS, SNOWPLOW, POSTHOG = "no script", "ours", "snowplow", "posthog"
SIDES = (NONE, OURS, SNOWPLOW, POSTHOG)
FILES = {
    "/snowplow.js": "@snowplow/browser-tracker/dist/index.umd.min.js",
    "/posthog.js": "posthog-js/dist/array.js",
}
# Each tells of the page view by itself; `{0}` is where the server is.
TAGS = {
    NONE: "",
    OURS: '<script async src="{0}/s.js" data-key="pk_bench"></script>',
    SNOWPLOW: '<script async src="{0}/snowplow.js" onload="'
    "snowplowBrowserTracking.newTracker('sp', '{0}', {{ appId: 'bench' }});"
    'snowplowBrowserTracking.trackPageView()"></script>',
    POSTHOG: "<script>window.posthog = Object.assign([], {{ __SV: 1,"
    " _i: [['phc_bench', {{ api_host: '{0}' }}, 'posthog']] }})</script>"
    '<script async src="{0}/posthog.js"></script>',
}
# What a self-hosted PostHog answers with everything off that would load more.
REMOTE = {"supportedCompression": ["gzip", "gzip-js"], "sessionRecording": False, "surveys": False}
DESKTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
# A browser that is driven says so, and trackers then do less; people's browsers do not.
WATCH = """
Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.shifted += one.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Cost:
    """What one load of the page took. ms, of the throttled main thread; heap in KiB."""

    script_soon: float
    script_later: float
    task_soon: float
    task_later: float
    heap: float
    shifted: float
    trouble: Sequence[str]


@dataclass
class Site:
    """The page with each side's tag, and an answer for whatever they tell."""

    folder: Path
    told: Counter[str] = field(default_factory=Counter)

    def page(self, side: str, port: int) -> bytes:
        """The product page with that side's tag in its head."""
        text = (Path(__file__).parent / "snippet_pages/product.html").read_text("utf-8")
        related = "".join(
            f'<li class="product"><a href="/p{n}.html"><h2>Boots {n}</h2></a>'
            f'<a href="?add-to-cart={n}" data-product_id="{n}"'
            ' class="button add_to_cart_button ajax_add_to_cart">Add</a></li>'
            for n in range(12)
        )
        reviews = "".join(f"<article><p>Warm, number {n}.</p></article>" for n in range(40))
        text = text.replace("<!-- related -->", related).replace("<!-- reviews -->", reviews)
        tag = TAGS[side].format(f"http://127.0.0.1:{port}")
        return text.replace("<!-- tag -->", tag).encode()

    def script(self, path: str) -> bytes | None:
        """The file at that path; None: there is none."""
        if path in FILES:
            return (self.folder / "node_modules" / FILES[path]).read_bytes()
        if path.startswith("/static/"):  # what PostHog's would load on top: not counted
            return b""
        file = ROOT / "static" / path.removeprefix("/")
        return file.read_bytes() if file.suffix == ".js" and file.is_file() else None

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        """What a server of the side says to what it is told."""
        self.told[path] += 1
        if path == "/v1/visit":
            count = len(json.loads(body)["events"])
            return {"accepted": count, "duplicates": 0, "refused": [], "popup": None, "windows": {}}
        return REMOTE if path.startswith(("/array", "/flags", "/decide")) else {"status": 1}


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    """The handler of the small server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            # Snowplow's sends credentials, for which a star is not enough.
            self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
            self.send_header("Access-Control-Allow-Credentials", "true")
            self.send_header("Access-Control-Allow-Headers", "content-type, sp-anonymous")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/page/"):
                side = path.removeprefix("/page/").replace("-", " ")
                self.send("text/html", site.page(side, self.server.server_address[1]))  # type: ignore[index]
            elif (script := site.script(path)) is not None:
                self.send("text/javascript", script)
            elif path.endswith("config.js") or path == "/favicon.ico":
                self.send("text/javascript", b"")
            else:
                self.send("application/json", json.dumps(site.answer(path, b"")).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = site.answer(urlsplit(self.path).path, body)
            self.send("application/json", json.dumps(answer).encode())

        def do_OPTIONS(self) -> None:
            self.send("text/plain", b"")

    return Handler


@contextmanager
def served(site: Site) -> Iterator[int]:
    """The port of the running site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def others() -> Iterator[Path]:
    """A folder with the other trackers as their makers publish them."""
    folder = Path(tempfile.mkdtemp(prefix="bench-snippet-"))
    try:
        names = [f"{name}@{version}" for name, version in PACKAGES.items()]
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--no-package-lock"]
        subprocess.run(["npm", "install", *quiet, *names], cwd=folder, check=True)
        yield folder
    finally:
        shutil.rmtree(folder)


def load(browser: Any, url: str) -> Cost:
    """Open the page once, in a profile of its own, and see what it took."""
    context = browser.new_context(user_agent=DESKTOP, viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: said.type == "error" and trouble.append(said.text))
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    page.goto(url, wait_until="load")
    page.wait_for_timeout(SOON_MS)
    soon = metrics(session)
    page.wait_for_timeout(LATER_MS - SOON_MS)
    later = metrics(session)
    shifted = float(page.evaluate("window.shifted"))
    context.close()
    return Cost(
        script_soon=1e3 * soon["ScriptDuration"],
        script_later=1e3 * later["ScriptDuration"],
        task_soon=1e3 * soon["TaskDuration"],
        task_later=1e3 * later["TaskDuration"],
        heap=later["JSHeapUsedSize"] / 1024,
        shifted=shifted,
        trouble=trouble,
    )


def metrics(session: Any) -> dict[str, float]:
    """What Chromium has counted for the page so far; durations in seconds."""
    answer = session.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in answer["metrics"]}


def measure() -> tuple[dict[str, list[Cost]], Counter[str]]:
    """Every round loads each side once, each time another one first; the first round only warms."""
    from playwright.sync_api import sync_playwright

    costs: dict[str, list[Cost]] = {side: [] for side in SIDES}
    path = os.environ.get("REGULARS_CHROMIUM", "/usr/bin/chromium")
    with others() as folder, sync_playwright() as playwright:
        site = Site(folder)
        browser = playwright.chromium.launch(
            executable_path=path if Path(path).exists() else None, args=list(ARGUMENTS)
        )
        with served(site) as port:
            for number in range(ROUNDS + 1):
                for place in range(len(SIDES)):
                    side = SIDES[(number + place) % len(SIDES)]
                    cost = load(browser, f"http://localhost:{port}/page/{side.replace(' ', '-')}")
                    if number:
                        costs[side].append(cost)
        browser.close()
    return costs, site.told


def figures(costs: Mapping[str, Sequence[Cost]]) -> list[Figure]:
    """Ours beside each of the others."""

    def of(side: str, what: str) -> float:
        return middle(getattr(cost, what) for cost in costs[side])

    found = []
    windows = {"script_soon": f"{SOON_MS} ms", "script_later": f"{LATER_MS // 1000} s"}
    for what, window in windows.items():
        for other in (SNOWPLOW, POSTHOG):
            first, second = of(OURS, what), of(other, what)
            name = f"script, first {window}, ms"
            found.append(Figure(name, (OURS, first), (other, second), MARK, True, ",.1f"))
            alone = of(NONE, what)
            name = f"  the same less the page's own ({alone:.1f})"
            more = (OURS, max(first - alone, 0)), (other, max(second - alone, 0.1))
            found.append(Figure(name, *more, form=",.1f"))
    for what, name in {
        "task_soon": f"all work, first {SOON_MS} ms, ms",
        "task_later": f"all work, first {LATER_MS // 1000} s, ms",
        "heap": "JavaScript heap, KiB",
    }.items():
        for other in (NONE, SNOWPLOW, POSTHOG):
            found.append(Figure(name, (OURS, of(OURS, what)), (other, of(other, what))))
    return found


def main() -> bool:
    """Measure and print; whether every mark is reached."""
    if shutil.which("npm") is None:
        note("the part snippet needs npm, which brings the other trackers; it is left out")
        return True
    note(f"{THROTTLE}x CPU throttle, median of {ROUNDS} rounds; {PACKAGES}")
    costs, told = measure()
    note(f"told of to the server: {dict(told)}")
    for path in ("/v1/visit", "/com.snowplowanalytics.snowplow/tp2", "/e/"):
        if not told[path]:
            raise RuntimeError(f"nothing came to {path}: that side did not start")
    for side in SIDES:
        scripts = sorted(round(cost.script_later, 1) for cost in costs[side])
        note(f"{side}: script in the first {LATER_MS // 1000} s, each round: {scripts} ms")
    reached = tell(figures(costs))
    shifted = max(cost.shifted for cost in costs[OURS])
    trouble = [line for cost in costs[OURS] for line in cost.trouble]
    calm = shifted == 0 and not trouble
    print(
        f"{'layout shift and console errors with our tag':<48} {shifted:g} and {len(trouble)}"
        f"  (mark 0 and 0)  {'ok' if calm else 'SHORT'}",
        flush=True,
    )
    for line in trouble[:5]:
        note(line)
    return reached and calm
