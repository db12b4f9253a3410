"""What do the processes do with bytes that no browser sends?

A real server on a port of its own; every case is one connection and what is written to it.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

READY_WITHIN_S = 30
ANSWER_WITHIN_S = 3.0
TEN_MB = 10_000_000
# Bytes that the processes may grow by in the whole run of a case: the clock's jobs read what they
# need meanwhile. Bodies that stayed would be 500 MB.
SOME_MB = 24_000_000
MANY = 50  # times that a large body is sent


@dataclass
class Served:
    """A running installation with one shop."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    log: Path

    def body(self, **more: object) -> bytes:
        """A good visit body of a new visitor."""
        event = {"name": "page_view", "event_id": uuid.uuid4().hex}
        sent = {"key": self.key, "visitor_id": uuid.uuid4().hex, "events": [event], **more}
        return json.dumps(sent).encode()

    def stores_a_visit(self) -> bool:
        """Whether a visit is stored now, and health is good."""
        base = f"http://127.0.0.1:{self.port}"
        with requests.Session() as session:
            visit = session.post(f"{base}/v1/visit", data=self.body(), timeout=ANSWER_WITHIN_S)
            health = session.get(f"{base}/health", timeout=ANSWER_WITHIN_S)
        return bool(
            visit.status_code == health.status_code == 200 and visit.json()["accepted"] == 1
        )

    def connect(self) -> socket.socket:
        """A connection on which nothing was sent yet."""
        return socket.create_connection(("127.0.0.1", self.port), ANSWER_WITHIN_S)

    def answers(self, *pieces: bytes, then_close: bool = False) -> list[int]:
        """The statuses that come back for these bytes; none: the connection was closed."""
        with self.connect() as line:
            return statuses(talk(line, pieces, then_close=then_close))

    def memory(self) -> int:
        """Bytes that all its processes hold in memory."""
        return sum(resident(pid) for pid in family(self.process.pid))


def talk(line: socket.socket, pieces: Iterable[bytes], *, then_close: bool = False) -> bytes:
    """Send the pieces until the other side hangs up; all that came back."""
    with contextlib.suppress(OSError):  # it may hang up at any moment
        for piece in pieces:
            line.sendall(piece)
        if then_close:
            line.shutdown(socket.SHUT_WR)
    return heard(line)


def heard(line: socket.socket) -> bytes:
    """All that comes until the other side hangs up or says nothing for a moment."""
    found = b""
    with contextlib.suppress(OSError):
        while piece := line.recv(65_536):
            found += piece
            line.settimeout(0.3)  # an answer is there: only its rest can follow
    return found


def statuses(found: bytes) -> list[int]:
    """The status of each answer in these bytes."""
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3})", found)]


def family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def resident(pid: int) -> int:
    """Bytes a process holds in memory; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One installation for all cases: none of them may harm it."""
    folder = tmp_path_factory.mktemp("raw")
    environ = os.environ | {"REGULARS_DATA": str(folder / "data"), "REGULARS_RATE_LIMIT": "off"}
    environ.pop("REGULARS_DATABASE_URL", None)
    command = [sys.executable, "-m", "plugin"]
    added = subprocess.run(
        [*command, "shop", "add", "moon"], env=environ, check=True, capture_output=True, text=True
    )
    key = re.search(r"Public key: (\S+)", added.stdout)
    assert key is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)],
            env=environ,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    made = Served(process, port, key[1], log)
    try:
        wait_until_ready(port)
        assert made.stores_a_visit()
        yield made
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(port: int) -> None:
    """Return once ``/ready`` says so; fail after a while."""
    for _ in range(READY_WITHIN_S * 10):
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"http://127.0.0.1:{port}/ready", timeout=5).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("it was not ready in time")


def head(
    *lines: str, method: str = "POST", path: str = "/v1/visit", host: bool = True, last: bool = True
) -> bytes:
    """The head of a request, as it goes over the wire; ``last``: nothing follows on this line."""
    first = [f"{method} {path} HTTP/1.1", *(["Host: moon.example"] if host else [])]
    first += ["Connection: close"] if last else []
    return ("\r\n".join([*first, *lines]) + "\r\n\r\n").encode("latin-1")


def chunk(data: bytes) -> bytes:
    """One piece of a body without a known length."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


LARGE = b"x" * 100_000
PACKED = gzip.compress(b" " * TEN_MB)


def large_body(served: Served) -> tuple[bytes, ...]:
    return (head(f"Content-Length: {TEN_MB}"), *[LARGE] * 100)


def large_chunks(served: Served) -> tuple[bytes, ...]:
    return (head("Transfer-Encoding: chunked"), *[chunk(LARGE)] * 100, b"0\r\n\r\n")


def one_large_chunk(served: Served) -> tuple[bytes, ...]:
    return (head("Transfer-Encoding: chunked"), f"{TEN_MB:x}\r\n".encode(), *[LARGE] * 100)


def many_small_chunks(served: Served) -> tuple[bytes, ...]:
    return (head("Transfer-Encoding: chunked"), *[chunk(b" ") * 1_000] * 2, b"0\r\n\r\n")


def large_and_expecting(served: Served) -> tuple[bytes, ...]:
    return (head(f"Content-Length: {TEN_MB}", "Expect: 100-continue"), *[LARGE] * 100)


def bomb(served: Served) -> tuple[bytes, ...]:
    return (head(f"Content-Length: {len(PACKED)}", "Content-Encoding: gzip"), PACKED)


@pytest.mark.parametrize(
    "pieces",
    [large_body, large_chunks, one_large_chunk, many_small_chunks, large_and_expecting, bomb],
    ids=lambda pieces: pieces.__name__,
)
def test_a_large_body_is_turned_away_and_no_memory_is_lost(served: Served, pieces: object) -> None:
    assert callable(pieces)
    served.answers(*pieces(served))  # what the first one costs is not what each costs
    before = served.memory()
    for _ in range(MANY):
        found = [code for code in served.answers(*pieces(served)) if code != 100]
        assert all(400 <= code < 500 for code in found)
    assert served.memory() - before < SOME_MB
    assert served.stores_a_visit()


def test_a_body_said_to_be_too_large_is_refused_before_it_comes(served: Served) -> None:
    assert served.answers(head(f"Content-Length: {TEN_MB}")) == [413]


def test_who_asks_whether_a_large_body_may_come_is_told_no(served: Served) -> None:
    found = served.answers(head(f"Content-Length: {TEN_MB}", "Expect: 100-continue"))
    assert [code for code in found if code != 100] == [413]


def test_a_small_body_without_a_length_is_taken(served: Served) -> None:
    body = served.body()
    pieces = (chunk(body[:30]), chunk(body[30:]), b"0\r\n\r\n")
    assert served.answers(head("Transfer-Encoding: chunked"), *pieces) == [200]


def test_who_asks_whether_a_small_body_may_come_is_served(served: Served) -> None:
    body = served.body()
    found = served.answers(head(f"Content-Length: {len(body)}", "Expect: 100-continue"), body)
    assert [code for code in found if code != 100] == [200]


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: -1"],
        ["Content-Length: +10"],
        ["Content-Length: ten"],
        ["Content-Length: 1e3"],
        ["Content-Length: 0x10"],
        ["Content-Length: 10, 20"],
        ["Content-Length: 10", "Content-Length: 20"],
        ["Content-Length: 18446744073709551616"],
        ["Content-Length: 9223372036854775807"],
        ["Content-Length: "],
        ["Content-Length: 30", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding : chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Content-Length: 0"],
        [],
    ],
    ids=lambda lines: ", ".join(lines) or "no length",
)
def test_a_length_that_is_none_is_refused_or_hung_up_on(served: Served, lines: list[str]) -> None:
    found = served.answers(head(*lines), b"zz\r\nnot a chunk\r\n0\r\n\r\n", then_close=True)
    assert all(400 <= code < 500 for code in found)
    assert served.stores_a_visit()


def test_a_body_shorter_than_was_said_is_not_taken(served: Served) -> None:
    body = served.body()
    found = served.answers(head(f"Content-Length: {len(body) + 50}"), body, then_close=True)
    assert all(400 <= code < 500 for code in found)
    assert served.stores_a_visit()


def test_a_body_longer_than_was_said_is_cut_and_the_rest_is_no_request(served: Served) -> None:
    body = served.body()
    found = served.answers(head(f"Content-Length: {len(body) - 1}"), body, then_close=True)
    assert found[:1] == [400]
    assert all(400 <= code < 500 for code in found)


def test_two_requests_in_one_breath_have_two_answers(served: Served) -> None:
    first, second = served.body(), served.body()
    both = head(f"Content-Length: {len(first)}", last=False) + first
    both += head(f"Content-Length: {len(second)}") + second
    assert served.answers(both) == [200, 200]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "VISIT"])
def test_only_a_post_is_a_visit(served: Served, method: str) -> None:
    body = served.body()
    found = served.answers(head(f"Content-Length: {len(body)}", method=method), body)
    assert all(400 <= code < 500 for code in found)
    assert served.stores_a_visit()


@pytest.mark.parametrize(
    "header",
    [
        *("X-HTTP-Method-Override: DELETE", "X-Method-Override: GET", "X-HTTP-Method: PUT"),
        *("X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 127.0.0.1, ::1, x", "X-Real-IP: x"),
        *("X-Forwarded-Host: zq1.example", "X-Forwarded-Proto: gopher", "X-Original-URL: /admin/"),
        *("Forwarded: for=203.0.113.7;host=zq2.example", "Connection: close, X-Y", "TE: trailers"),
        *("Cookie: " + "a=b; " * 500, "Accept: " + "x/y," * 500, "Range: bytes=0-0"),
        *("User-Agent: \xff\xfe\xe9", "Referer: \xc3\x28", "Origin: \xff", "X-\x7e: ok"),
        *("Content-Type: \xff", "Authorization: Bearer \xff", "Cookie: regulars=\xff"),
        *("Sec-GPC: \xb9", "Accept-Language: \xff", "Content-Encoding: identity"),
    ],
    ids=lambda header: header[:30].encode("unicode_escape").decode(),
)
def test_no_header_makes_a_visit_something_else(served: Served, header: str) -> None:
    body = served.body()
    assert served.answers(head(header, f"Content-Length: {len(body)}"), body) == [200]


@pytest.mark.parametrize(
    "lines",
    [
        *(["Host: zq3.example"], ["Host: 127.0.0.1:1"], ["Host: <script>zq4"], ["Host: "]),
        *(["Host: a", "Host: b"], [], ["Host: zq5.example/../x"], ["Host: \xff"], ["Host: [::1"]),
        *(["Host: zq6@moon.example"], ["Host: moon.example:99999999"], ["Host: moon.example:x"]),
    ],
    ids=lambda lines: ", ".join(lines).encode("unicode_escape").decode() or "no host",
)
def test_whatever_host_is_named_is_in_no_answer(served: Served, lines: list[str]) -> None:
    body = served.body()
    for method, path in (
        ("POST", "/v1/visit"),
        ("GET", "/"),
        ("GET", "/v1/nothing"),
        ("GET", "/s.js"),
    ):
        sent = head(*lines, f"Content-Length: {len(body)}", method=method, path=path, host=False)
        with served.connect() as line:
            found = talk(line, [sent, body])
        assert all(code < 500 for code in statuses(found))
        assert not re.search(rb"zq\d", found.partition(b"\r\n\r\n")[0] + found[-2_000:])


@pytest.mark.parametrize(
    "path",
    [
        *("//v1/visit", "/v1//visit", "/v1/visit/", "/v1/./visit", "/v1/x/../visit", "/V1/VISIT"),
        *("/v1/visit%00", "/v1/visit%2f", "/v1/%76isit", "/%2e%2e/%2e%2e/etc/passwd", "*", "visit"),
        *("/v1/visit?" + "a=b&" * 1_000, "/v1/visit;x=y", "/v1/visit%ff%fe", "/v1/visit#x"),
        *("http://zq7.example/v1/visit", "/static/../../../etc/passwd", "/static/%2e%2e/config.py"),
    ],
    ids=lambda path: path[:40],
)
def test_no_path_leads_where_none_should(served: Served, path: str) -> None:
    body = served.body()
    with served.connect() as line:
        found = talk(line, [head(f"Content-Length: {len(body)}", path=path), body])
    assert all(code < 500 for code in statuses(found))
    assert b"root:" not in found
    assert b"zq7" not in found


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 50,
        b"GET /v1/visit\r\n",
        b"POST /v1/visit HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /v1/visit HTTP/1.0\r\n\r\n",
        b"POST  /v1/visit  HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/visit HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n folded\r\n\r\n{}",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\n: nameless\r\n\r\n",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nA\x00B: c\r\n\r\n",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /v1/vi\x00sit HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 1_000_000 + b"\r\n\r\n",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 10_000 + b"\r\n",
        b"<script>alert(1)</script>\r\n\r\n",
        bytes(range(256)) * 10,
    ],
    ids=lambda sent: repr(sent[:40]),
)
def test_bytes_that_are_no_request_are_refused_or_hung_up_on(served: Served, sent: bytes) -> None:
    found = served.answers(sent, then_close=True)
    assert all(400 <= code < 500 for code in found)
    assert served.stores_a_visit()


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        b"POST /v1/visit HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"GET /s.js HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["half a head", "half a body", "half a chunk", "an idle line"],
)
def test_a_hundred_slow_senders_keep_nobody_waiting(served: Served, begun: bytes) -> None:
    with contextlib.ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(served.connect()).sendall(begun)
        assert served.stores_a_visit()


def test_a_visit_is_taken_up_to_the_very_last_byte(served: Served) -> None:
    body = served.body()
    full = body[:-1] + b" " * (131_072 - len(body)) + body[-1:]
    assert served.answers(head(f"Content-Length: {len(full)}"), full) == [200]
    longer = full + b" "
    assert served.answers(head(f"Content-Length: {len(longer)}"), longer) == [413]
    in_pieces = (head("Transfer-Encoding: chunked"), chunk(longer), b"0\r\n\r\n")
    assert served.answers(*in_pieces) == [413]


def test_nothing_of_all_that_is_worth_a_line_in_the_log(served: Served) -> None:
    assert served.stores_a_visit()
    assert served.log.read_text("utf-8") == ""
