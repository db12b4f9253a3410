"""How is the demo's history handed to a server, and what if the server minds?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import pytest

from plugin.errors import PluginError
from plugin.web.demo.catalogue import PRODUCTS
from plugin.web.demo.documents import POPUPS, SEGMENTS, WINDOWS
from plugin.web.demo.fill import fill

NOON = 1_790_046_000_000
Answer = tuple[int, dict[str, str], dict[str, Any]]


class Desk:
    """A server of the test's own on this machine: keeps what it was sent, answers as told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any], str]] = []
        self.answers: Callable[[str, int], Answer] = lambda path, nth: (200, {}, {})
        desk, lock = self, Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _take(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    desk.calls.append(
                        (self.command, self.path, body, self.headers["Authorization"])
                    )
                    status, headers, says = desk.answers(self.path, len(desk.calls))
                data = json.dumps(says).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_PUT = do_POST = _take

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def paths(self, method: str) -> list[str]:
        """The paths called with ``method``, in order."""
        return [path for called, path, _, _ in self.calls if called == method]

    def sent(self, path: str) -> list[dict[str, Any]]:
        """The bodies sent to ``path``."""
        return [body for _, called, body, _ in self.calls if called == path]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The server, answering."""
    made = Desk()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_everything_is_sent_with_the_secret_key_and_counted(desk):
    steps: list[tuple[int, int]] = []
    filled = fill(desk.url, "sk_x", now=NOON, visitors=30, progress=lambda *s: steps.append(s))
    assert {key for *_, key in desk.calls} == {"Bearer sk_x"}
    events = [event for body in desk.sent("/v1/events") for event in body["events"]]
    assert filled.events == len(events) == len({event["event_id"] for event in events})
    assert filled.orders == len(desk.sent("/v1/orders"))
    assert filled.visitors == 30
    assert filled.items == sum(len(body["items"]) for body in desk.sent("/v1/items"))
    assert filled.items == len(PRODUCTS)
    total = filled.events + filled.orders
    assert steps[-1] == (total, total)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_a_request_holds_no_more_events_than_the_contract_allows(desk):
    fill(desk.url, "sk_x", now=NOON, visitors=30)
    assert all(1 <= len(body["events"]) <= 25 for body in desk.sent("/v1/events"))


def test_the_owners_documents_come_before_the_first_event(desk):
    fill(desk.url, "sk_x", now=NOON, visitors=5)
    methods = [method for method, *_ in desk.calls]
    assert methods == sorted(methods, key=lambda method: method == "POST")
    assert set(desk.paths("PUT")) == (
        {"/v1/items"}
        | {f"/v1/segments/{slug}" for slug in SEGMENTS}
        | {f"/v1/windows/{slug}" for slug in WINDOWS}
        | {f"/v1/popups/{slug}" for slug in POPUPS}
    )


def test_one_visitors_events_arrive_in_the_order_in_which_they_happened(desk):
    fill(desk.url, "sk_x", now=NOON, visitors=30)
    last: dict[str, int] = {}
    for body in desk.sent("/v1/events"):
        for event in body["events"]:
            assert event["timestamp"] >= last.get(event["visitor_id"], 0)
            last[event["visitor_id"]] = event["timestamp"]


def test_the_history_ends_before_now(desk):
    fill(desk.url, "sk_x", now=NOON, visitors=30)
    times = [e["timestamp"] for body in desk.sent("/v1/events") for e in body["events"]]
    assert max(times) < NOON


def test_a_busy_server_is_asked_again_with_the_same_body(desk):
    desk.answers = lambda path, nth: (503, {"Retry-After": "0"}, {}) if nth == 1 else (200, {}, {})
    fill(desk.url, "sk_x", now=NOON, visitors=2)
    first, second = desk.calls[:2]
    assert first == second


def test_a_refusal_says_what_was_refused_and_why(desk):
    says = {"error": {"code": "bad_rule", "message": "leaf 2 has no operator"}}
    desk.answers = lambda path, nth: (400, {}, says) if "/vip" in path else (200, {}, {})
    with pytest.raises(PluginError, match=r"PUT /v1/segments/vip .* leaf 2 has no operator"):
        fill(desk.url, "sk_x", now=NOON, visitors=2)
    assert desk.sent("/v1/events") == []


def test_one_refused_event_among_good_ones_is_not_passed_over(desk):
    says = {"accepted": 24, "refused": [{"index": 3, "reason": "quantity must be more than 0"}]}
    desk.answers = lambda path, nth: (200, {}, says if path == "/v1/events" else {})
    with pytest.raises(PluginError, match="quantity must be more than 0"):
        fill(desk.url, "sk_x", now=NOON, visitors=30)


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(PluginError, match=r"no answer from http://127\.0\.0\.1:1 "):
        fill("http://127.0.0.1:1", "sk_x", now=NOON, visitors=2)
