"""A keeper of one shop, and somebody who listens: a real HTTP server whose answers are scripted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.keeper import Keeper, take_lock

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Heard:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Receiver:
    """What came, and what is answered: ``answers`` by path, else by ``otherwise``."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    otherwise: Answer = field(default=lambda asked: say(asked, 200, b"thanks"))

    def bodies(self) -> list[bytes]:
        """What was sent, in the order in which it came."""
        return [one.body for one in self.heard]


def say(asked: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """Answer; ``_`` in a header's name stands for ``-``."""
    asked.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        asked.send_header(name.replace("_", "-"), value)
    asked.end_headers()
    asked.wfile.write(body)


@pytest.fixture
def answering() -> Callable[..., Answer]:
    """``answering(500, b"…", Retry_After="7")``: an answer to script a receiver with."""

    def made(status: int, body: bytes = b"", **headers: str) -> Answer:
        return lambda asked: say(asked, status, body, **headers)

    return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, address: object) -> None:
        """Whoever hangs up on us may."""


@pytest.fixture
def new_receiver() -> Iterator[Callable[[], Receiver]]:
    """Makes a receiver on a port of its own; all of them end with the test."""
    servers: list[_Server] = []

    def made() -> Receiver:
        told = Receiver("")

        class Ear(BaseHTTPRequestHandler):
            def hear(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                named = {name.lower(): value for name, value in self.headers.items()}
                told.heard.append(Heard(self.command, self.path, named, self.rfile.read(size)))
                told.answers.get(self.path, told.otherwise)(self)

            do_GET = do_POST = hear

            def log_message(self, *words: object) -> None:
                """Nothing is printed."""

        server = _Server(("127.0.0.1", 0), Ear)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        told.url = f"http://127.0.0.1:{server.server_address[1]}"
        return told

    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver(new_receiver: Callable[[], Receiver]) -> Receiver:
    """One receiver."""
    return new_receiver()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Settings(data=tmp_path, database_url=None, secret_key="test"))
    keys = control.new_keys()
    with made.control.write() as tx:
        control.add_shop(tx, Shop("moon", keys.public), keys)
    yield made
    made.close()


@pytest.fixture
def keeper(house: House) -> Iterator[Keeper]:
    lock = take_lock(house.settings.data)
    assert lock is not None
    made = Keeper(house, lock).start()
    yield made
    made.close()
