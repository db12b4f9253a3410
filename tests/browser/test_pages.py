"""Does every page count once, whatever happens to the network, the server and the page?"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Error, Page

from .conftest import ARGUMENTS, DESKTOP, NOT_DRIVEN

ANSWERED = """() => performance.getEntriesByType('resource')
  .some((one) => one.name.endsWith('/v1/visit'))"""
STRICT = (
    "default-src 'none'; script-src 'self' 'nonce-abc'; connect-src 'self'; "
    "style-src 'self'; img-src 'self'"
)
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });"""
HAT = {"name": "Hat", "url": "/hat", "image": "/tan.svg", "price": 9, "currency": "EUR"}
ITEMS = [{"item_id": f"hat-{n}", **HAT} for n in range(6)]
OFFER = {
    "windows": {"home-1": {"title": "For you", "items": ITEMS, "arm": "show"}},
    "popup": {
        "id": "stay",
        "variant": 1,
        "arm": "show",
        "kind": "modal",
        "close": "Close",
        "trigger": {"on": "load"},
        "blocks": [{"type": "text", "text": "Before you go", "style": "heading"}],
    },
}


def complaints(page: Page) -> list[str]:
    """Everything the page's console and its error handlers say from now on."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.append(said.text))
    return found


def visit(page: Page, listener: Any, name: str = "home.html") -> None:
    """Open a page of the shop and wait until its visit is answered."""
    page.goto(f"{listener.shop}/{name}")
    listener.wait(lambda: any("page_view" in told.names for told in listener.told))


def pages(listener: Any) -> list[str]:
    """The addresses of the pages that were told, without their host."""
    found = [event["params"]["page_location"] for event in listener.events("page_view")]
    return [address.split("/", 3)[3] for address in found]


def pause(page: Page, ms: int) -> None:
    """Let the page live for so long."""
    page.evaluate("(ms) => new Promise((done) => setTimeout(done, ms))", ms)


# find.js


def test_the_first_request_does_not_wait_long_for_what_is_found(page_of_a_person, listener):
    listener.delays["/find.js"] = 1.2
    page = page_of_a_person()
    page.goto(f"{listener.shop}/product.html")
    view = listener.wait_for("view_item")[0]
    assert listener.told[0].names == ["page_view"]
    assert "want" in listener.told[0].body
    assert view["event_id"] == listener.events("page_view")[0]["event_id"] + "-v"


@pytest.mark.parametrize("answer", [(404, ""), (200, "}"), (200, "export const other = 1")])
def test_a_find_js_that_is_missing_or_broken_stops_nothing_else(page_of_a_person, listener, answer):
    listener.answers["/find.js"] = answer
    page = page_of_a_person()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(page, listener, "product.html")
    page.evaluate("rs('track', 'gift')")
    listener.wait_for("gift")
    assert errors == []


def test_the_number_of_an_order_goes_with_the_view_of_its_page(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener, "thank-you.html")
    assert listener.told[0].body["events"][0]["params"]["order_number"] == "A-1047"


def test_a_products_view_by_the_datalayer_has_the_id_that_the_server_would_give_it(
    page_of_a_person, listener
):
    said = "{event: 'view_item', ecommerce: {items: [{item_id: 'boots-1'}]}}"
    listener.inline = f"<script>window.dataLayer = [{said}]</script>\n"
    page = page_of_a_person()
    visit(page, listener, "product.html")
    viewed, seen = listener.told[0].body["events"]
    assert (seen["name"], seen["event_id"]) == ("view_item", viewed["event_id"] + "-v")


# pages


def test_a_page_is_told_when_it_is_drawn_not_when_its_address_changes(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("""() => { history.pushState({}, '', '/shoes');
      setTimeout(() => { document.title = 'Shoes'; }, 500); }""")
    second = listener.wait_for("page_view", 2)[1]["params"]
    assert second["page_title"] == "Shoes"
    assert second["page_referrer"].endswith("/home.html")


def test_the_view_that_the_datalayer_tells_early_belongs_to_the_new_page(
    page_of_a_person, listener
):
    listener.inline = "<script>window.dataLayer = []</script>\n"
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("""() => { history.pushState({}, '', '/hat');
      dataLayer.push({event: 'view_item', ecommerce: {items: [{item_id: 'hat'}]}}); }""")
    second = listener.wait_for("page_view", 2)[1]
    assert listener.wait_for("view_item")[0]["event_id"] == second["event_id"] + "-v"


def test_a_routers_page_in_the_hash_is_a_page_and_an_anchor_is_not(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener)
    for number, to in enumerate(["#/product/1", "#!/product/2"], 2):
        page.evaluate("(to) => { location.hash = '#details'; location.hash = to; }", to)
        listener.wait_for("page_view", number)
    page.evaluate("location.hash = '#reviews'")
    pause(page, 1300)
    page.evaluate("rs('track', 'gift')")
    listener.wait_for("gift")
    assert pages(listener)[:3] == ["home.html", "home.html#/product/1", "home.html#!/product/2"]


def test_a_shop_that_tidies_its_address_is_on_the_same_page(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener, "home.html?utm_source=news")
    page.evaluate("history.replaceState({}, '', '/home.html')")
    page.evaluate("history.replaceState({}, '', '/home.html#top')")
    pause(page, 1300)
    page.evaluate("history.replaceState({}, '', '/shoes')")
    listener.wait_for("page_view", 2)
    assert pages(listener) == ["home.html?utm_source=news", "shoes"]


def test_history_answers_the_page_as_ever(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener)
    page.wait_for_function("() => history.pushState.toString().includes('apply')")
    seen = page.evaluate("""() => {
      const answer = [history.pushState({n: 1}, '', '/a'), history.state.n];
      try { history.pushState({}, '', 'https://elsewhere.example/'); }
      catch (trouble) { answer.push(trouble.name); }
      return answer;
    }""")
    assert seen == [None, 1, "SecurityError"]


def alive(page: Page) -> object:
    """The page's own mark: the event may be here before the driver knows which page is shown."""
    for _ in range(50):
        try:
            return page.evaluate("window.alive")
        except Error:
            time.sleep(0.1)
    raise AssertionError("the driver never found the page again")


def test_a_page_out_of_the_browsers_memory_is_a_page(
    chromium: Browser, chromium_path: str, listener
):
    # Playwright starts its browsers without that memory.
    browser = chromium.browser_type.launch(
        executable_path=chromium_path,
        headless=True,
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        context = browser.new_context(user_agent=DESKTOP)
        context.add_init_script(NOT_DRIVEN)
        page = context.new_page()
        visit(page, listener)
        page.evaluate("window.alive = true")
        page.goto(f"{listener.shop}/product.html")
        listener.wait_for("page_view", 2)
        page.evaluate("setTimeout(() => history.back(), 0)")
        listener.wait_for("page_view", 3)
        assert alive(page) is True
        assert pages(listener) == ["home.html", "product.html", "home.html"]
    finally:
        browser.close()


def test_a_page_drawn_ahead_counts_when_it_is_looked_at(page_of_a_person, listener):
    page = page_of_a_person()
    page.add_init_script("""window.ahead = true;
      Object.defineProperty(Document.prototype, 'prerendering', { get: () => ahead });""")
    page.goto(f"{listener.shop}/home.html")
    page.wait_for_function("!!window.__rs")
    pause(page, 300)
    assert listener.told == []
    assert page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
    page.evaluate("ahead = false; document.dispatchEvent(new Event('prerenderingchange'))")
    listener.wait_for("page_view")
    pause(page, 200)
    assert len(listener.events("page_view")) == 1


# hostile surroundings


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('off'); } });",
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('off'); } });",
        "Storage.prototype.setItem = () => { throw new Error('full'); };",
        """Object.defineProperty(document, 'cookie', {
          get() { throw new Error('off'); }, set() { throw new Error('off'); } });""",
        "delete window.IntersectionObserver; delete window.requestIdleCallback;",
        "window.dataLayer = {push: 1};",
        """window.dataLayer = [null, 1, 'x', {event: 7}, ['consent'], ['consent', 'update'],
          {get event() { throw 1; }}];""",
        "Object.freeze(window.dataLayer = []);",
    ],
)
def test_a_browser_that_lacks_something_still_tells_its_pages(page_of_a_person, listener, broken):
    page = page_of_a_person()
    page.add_init_script(broken)
    errors = complaints(page)
    visit(page, listener, "product.html")
    page.evaluate("rs('track', 'gift')")
    listener.wait_for("gift")
    assert errors == []


def test_a_page_with_a_strict_policy_a_window_and_a_popup_has_an_empty_console_and_no_shift(
    page_of_a_person, listener
):
    listener.policy = STRICT
    listener.same = True
    listener.offer = OFFER
    page = page_of_a_person()
    page.add_init_script(SHIFTS)
    said = complaints(page)
    visit(page, listener)
    page.get_by_role("dialog").wait_for()
    page.get_by_role("heading", name="For you").wait_for()
    listener.wait_for("popup_view")
    assert said == []
    assert page.evaluate("shifted") == 0


def test_nothing_jumps_on_a_product_page_and_nothing_is_complained_of(page_of_a_person, listener):
    listener.offer = OFFER
    page = page_of_a_person()
    page.add_init_script(SHIFTS)
    said = complaints(page)
    visit(page, listener, "product.html")
    page.get_by_role("dialog").wait_for()
    listener.wait_for("popup_view")
    assert said == []
    assert page.evaluate("shifted") == 0


# the transport


def test_two_tabs_do_not_send_each_others_events(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="1000"'
    cho = page_of_a_person()
    visit(cho, listener)
    cho.evaluate("rs('track', 'size_guide')")
    other = cho.context.new_page()
    other.goto(f"{listener.shop}/home.html")
    listener.wait_for("page_view", 2)
    listener.wait_for("size_guide")
    pause(other, 1500)
    assert sum("size_guide" in told.names for told in listener.told) == 1
    cho.wait_for_function("(localStorage._rs_q || '[]') == '[]'")


def test_opened_and_closed_without_a_network_the_next_page_tells_it(page_of_a_person, listener):
    page = page_of_a_person()
    page.context.route(re.compile("/v1/"), lambda route: route.abort())
    page.goto(f"{listener.shop}/product.html")
    page.wait_for_function("() => JSON.parse(localStorage._rs_q || '[]').length == 2")
    page.context.set_offline(True)
    page.evaluate("rs('track', 'size_guide')")
    page.context.set_offline(False)
    page.context.unroute(re.compile("/v1/"))
    page.close()
    later = page.context.new_page()
    later.goto(f"{listener.shop}/home.html")
    listener.wait_for("size_guide")
    listener.wait_for("page_view", 2)
    assert len(listener.events("view_item")) == 1


def test_a_server_that_cannot_be_reached_is_asked_three_times_a_page(page_of_a_person, listener):
    page = page_of_a_person()
    tried: list[str] = []
    page.route(re.compile("/v1/"), lambda route: (tried.append(route.request.url), route.abort()))
    page.goto(f"{listener.shop}/home.html")
    page.wait_for_function("!!window.__rs")
    for _ in range(6):
        page.evaluate("rs('track', 'step')")
        pause(page, 250)
    assert len(tried) == 3


@pytest.mark.parametrize("garbage", ["", "<html>", "null", "[[", '"yes"'])
def test_an_answer_that_is_nonsense_settles_nothing(page_of_a_person, listener, garbage):
    listener.answers["/v1/visit"] = (200, garbage)
    page = page_of_a_person()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{listener.shop}/home.html")
    listener.wait(lambda: listener.posted)
    del listener.answers["/v1/visit"]
    listener.wait_for("page_view")
    assert errors == []


def test_a_server_that_never_answers_is_left_after_a_while(page_of_a_person, listener):
    listener.delays["/v1/visit"] = 60
    page = page_of_a_person()
    page.add_init_script("""const later = setTimeout;
      window.setTimeout = (does, ms, ...more) => later(does, ms == 15000 ? 150 : ms, ...more);""")
    page.goto(f"{listener.shop}/home.html")
    page.wait_for_event("requestfailed")
    listener.delays.clear()
    listener.wait_for("page_view")


def test_what_was_held_beyond_the_limit_is_counted(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="50" data-consent="pending"'
    page = page_of_a_person()
    page.goto(f"{listener.shop}/home.html")
    page.wait_for_function("!!window.__rs")
    page.evaluate(
        """() => { for (let n = 0; n < 230; n++) rs('track', 'step', {n});
          rs('consent', 'granted'); }"""
    )
    listener.wait_for("step", 200)
    assert listener.told[0].body["dropped"] == 31
    assert [event["params"]["n"] for event in listener.events("step")] == list(range(30, 230))


def test_a_wait_that_the_server_asks_for_is_kept(page_of_a_person, listener):
    listener.statuses = [503]
    listener.retry_after = "1"
    page = page_of_a_person()
    page.goto(f"{listener.shop}/home.html")
    listener.wait(lambda: listener.turned_away)
    pause(page, 700)
    assert listener.told == []
    listener.wait_for("page_view")


def test_what_goes_by_beacon_stays_below_what_browsers_take(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="60000"'
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("for (let n = 0; n < 19; n++) rs('track', 'step', {n, note: 'x'.repeat(6000)})")
    page.goto("about:blank")
    listener.wait(lambda: any("step" in told.names for told in listener.told))
    assert max(len(str(told.body)) for told in listener.told) < 60_000


# a real server, really killed


@dataclass
class Engine:
    """`regulars serve` on a folder and a port of its own, to be killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> str:
        """What a command prints."""
        command = [sys.executable, "-m", "plugin", *words]
        done = subprocess.run(
            command, env=self.environ(), capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    def environ(self) -> dict[str, str]:
        """Where it keeps its data."""
        own = {"REGULARS_DATA": str(self.folder), "REGULARS_RATE_LIMIT": "off"}
        return {k: v for k, v in os.environ.items() if not k.startswith("REGULARS_")} | own

    def start(self) -> None:
        """Until it is ready, at most 30 seconds."""
        command = [sys.executable, "-m", "plugin", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command,
            env=self.environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        tick = threading.Event()
        for _ in range(300):
            with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=1):
                return
            tick.wait(0.1)
        raise AssertionError("the server did not become ready")

    def kill(self) -> None:
        """At once, with all its processes."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def events(self, secret: str, visitor: str) -> list[dict[str, Any]]:
        """What it has stored of a visitor."""
        url = f"http://127.0.0.1:{self.port}/v1/visitors/{visitor}"
        asked = Request(url, headers={"Authorization": f"Bearer {secret}"})
        with urlopen(asked, timeout=10) as answer:
            return list(json.load(answer)["events"])


@pytest.fixture
def engine_of_its_own(tmp_path: Path) -> Iterator[Engine]:
    """An engine that a test may kill."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        engine = Engine(tmp_path, probe.getsockname()[1])
    yield engine
    engine.kill()


def test_a_server_killed_in_the_middle_of_a_visit_is_told_everything_once_by_the_next_page(
    page_of_a_person, listener, engine_of_its_own
):
    engine = engine_of_its_own
    printed = engine.run("shop", "add", "moon", "--origin", listener.shop)
    listener.key = re.findall(r"pk_\w+", printed)[0]
    secret = re.findall(r"sk_\w+", printed)[0]
    listener.elsewhere = f"http://127.0.0.1:{engine.port}"
    engine.start()
    page = page_of_a_person()
    page.goto(f"{listener.shop}/home.html")
    page.wait_for_function(ANSWERED)
    engine.kill()
    for n in range(3):
        page.evaluate("(n) => rs('track', 'step', {n})", n)
    pause(page, 300)
    engine.start()
    # What is cached of the engine's files serves the next page; its server has to be there.
    page.goto(f"{listener.shop}/home.html?next")
    page.wait_for_function("() => rs('id') && localStorage._rs_q == '[]'")
    stored = engine.events(secret, page.evaluate("rs('id')"))
    steps = sorted(event["params"]["n"] for event in stored if event["name"] == "step")
    assert steps == [0, 1, 2]
    assert len([event for event in stored if event["name"] == "page_view"]) == 2
