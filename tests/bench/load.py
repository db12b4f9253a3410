"""How many requests does a server answer in a while, and how long does each take?

One process, plain sockets, requests that were made before: as little of the machine as can be is
taken from the server. Each connection sends its next request when the last one is answered.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

SLOWEST_S = 30.0  # no answer takes longer than this
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ACCEPTED = re.compile(rb'"accepted": *(\d+)')
_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)


@dataclass
class Answers:
    """What came back. ``acked``: events answered with 2xx while the clock ran, ``late`` after it.

    ``latencies``: seconds of each request that was answered; ``own_cpu_s``: what asking cost.
    """

    acked: int = 0
    late: int = 0
    failed: int = 0
    trouble: bytes = b""  # the first answer that was none
    seconds: float = 0.0
    own_cpu_s: float = 0.0
    latencies: list[float] = field(default_factory=list)


def request(body: bytes) -> bytes:
    """The bytes of a browser's ``POST /v1/visit``."""
    head = (
        "POST /v1/visit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain;charset=UTF-8\r\n"
        f"Origin: https://moon.example\r\nUser-Agent: {_AGENT}\r\n"
        f"Accept: */*\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load:
    """Connections to one server; use as a context."""

    def __init__(self, port: int, connections: int, gap_s: float = 0.0) -> None:
        self._gap_s = gap_s  # between an answer and the next request of a connection, on average
        self._rng = Random(1)  # else all connections would go on asking at the same moment
        self._resting: list[tuple[float, int]] = []  # when which connection asks again
        self._port = port
        self._poll = select.epoll()
        self._lines: dict[int, socket.socket] = {}
        self._sent: dict[int, float] = {}
        self._parts: dict[int, bytes] = {}
        for _ in range(connections):
            self._connect()

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines.values():
            line.close()
        self._poll.close()

    def _connect(self) -> None:
        line = socket.create_connection(("127.0.0.1", self._port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines[line.fileno()] = line
        self._poll.register(line.fileno(), select.EPOLLIN)

    def run(self, requests: Iterator[bytes], seconds: float) -> Answers:
        """Ask for ``seconds``, or until ``requests`` end; then ``finish`` waits for the last."""
        told = Answers()
        cpu, began = time.process_time(), time.perf_counter()
        until = began + seconds
        self._resting.clear()
        for line in list(self._lines.values()):
            self._send(line, requests, began)
        while (self._sent or self._resting) and (now := time.perf_counter()) < until:
            self._wake(requests, now)
            following = self._resting[0][0] if self._resting else until
            self._receive(max(0.0, min(until, following) - now), requests, told)
        told.seconds = time.perf_counter() - began
        told.own_cpu_s = time.process_time() - cpu
        return told

    def finish(self, told: Answers) -> None:
        """Wait for what is still on its way."""
        until = time.perf_counter() + SLOWEST_S
        acked = told.acked
        while self._sent and (now := time.perf_counter()) < until:
            self._receive(until - now, iter(()), told)
        told.acked, told.late = acked, told.acked - acked
        told.failed += len(self._sent)

    def _send(self, line: socket.socket, requests: Iterator[bytes], now: float) -> None:
        following = next(requests, None)
        if following is not None:
            line.sendall(following)
            self._sent[line.fileno()] = now

    def _receive(self, wait: float, requests: Iterator[bytes], told: Answers) -> None:
        for number, _ in self._poll.poll(wait):
            line = self._lines[number]
            try:
                part = line.recv(65_536)
            except ConnectionError:
                part = b""
            if not part:
                self._lost(number, requests, told)
                continue
            whole = self._parts.pop(number, b"") + part
            if not complete(whole):
                self._parts[number] = whole
                continue
            now = time.perf_counter()
            told.latencies.append(now - self._sent.pop(number))
            count(whole, told)
            if self._gap_s:
                gap_s = self._gap_s * self._rng.uniform(0.5, 1.5)
                heappush(self._resting, (now + gap_s, number))
            else:
                self._send(line, requests, now)

    def _wake(self, requests: Iterator[bytes], now: float) -> None:
        while self._resting and self._resting[0][0] <= now:
            number = heappop(self._resting)[1]
            if number in self._lines:
                self._send(self._lines[number], requests, now)

    def _lost(self, number: int, requests: Iterator[bytes], told: Answers) -> None:
        """The server hung up: ask again on a new connection."""
        self._poll.unregister(number)
        self._lines.pop(number).close()
        self._parts.pop(number, None)
        told.failed += self._sent.pop(number, None) is not None
        before = set(self._lines)
        self._connect()
        (new,) = set(self._lines) - before
        self._send(self._lines[new], requests, time.perf_counter())


def complete(answer: bytes) -> bool:
    """Whether this is a whole answer. Raises ValueError when it does not say how long it is."""
    end = answer.find(_HEAD_END)
    if end < 0:
        return False
    length = _LENGTH.search(answer, 0, end)
    if length is None:
        raise ValueError(f"an answer without Content-Length: {answer[:200]!r}")
    return len(answer) >= end + len(_HEAD_END) + int(length[1])


def count(answer: bytes, told: Answers) -> None:
    """Add what one answer says."""
    accepted = _ACCEPTED.search(answer) if answer.startswith(b"HTTP/1.1 2") else None
    if accepted is None:
        told.failed += 1
        told.trouble = told.trouble or answer[:1_000]
    else:
        told.acked += int(accepted[1])
