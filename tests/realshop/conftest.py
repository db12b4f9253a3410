"""Who takes part in the walk? A real shop of others, Regulars as its owner runs it, and a person.

``REGULARS_REALSHOP`` names the Python of an environment with ``requirements.txt`` in it, as
``make realshop`` does; without it the walks are left out.
"""

from __future__ import annotations

import csv
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
READY_WITHIN_S = 60
ARRIVES_WITHIN_S = 20
SHOP = "moon"
DESKTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)
NOT_DRIVEN = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false })"
# Whatever a theme would fetch from elsewhere is not there: nothing leaves this machine.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    # Not of the context: Chromium sends beacons of a page that is left without a context's name.
    f"--user-agent={DESKTOP}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(happens: Callable[[], Any], seconds: float, what: str) -> Any:
    """What ``happens()`` says as soon as it says something true. Raises AssertionError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(requests.RequestException):
            if said := happens():
                return said
        time.sleep(0.1)
    raise AssertionError(f"{what}: not in {seconds} s")


@dataclass
class Regulars:
    """An installation with one shop; it may be killed and started again on the same port."""

    folder: Path
    origin: str
    port: int = field(default_factory=free_port)
    tag: str = ""
    secret: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command, as the owner types it."""
        command = [sys.executable, "-m", "plugin", *words]
        return subprocess.run(
            command, env=self.environ(), cwd=ROOT, capture_output=True, text=True, timeout=120
        )

    def environ(self) -> dict[str, str]:
        """What its processes are told."""
        environ = os.environ | {"REGULARS_DATA": str(self.folder / "data")}
        environ.pop("REGULARS_DATABASE_URL", None)
        return environ

    def add_shop(self) -> None:
        """Add the shop, and take the tag as it is printed."""
        said = self.run("shop", "add", SHOP, "--origin", self.origin, "--currency", "EUR")
        assert said.returncode == 0, said.stderr
        self.tag = re.search(r"<script.*</script>", said.stdout)[0]  # type: ignore[index]
        self.tag = self.tag.replace("https://HOST", self.base)
        self.secret = re.search(r"sk_\w+", said.stdout)[0]  # type: ignore[index]

    def start(self) -> None:
        """Start it; returns when it is ready."""
        with (self.folder / "regulars.log").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "plugin", "serve", "--port", str(self.port)],
                env=self.environ(),
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ready = f"{self.base}/ready"
        wait_for(lambda: requests.get(ready, timeout=2).ok, READY_WITHIN_S, "Regulars is ready")

    def kill(self) -> None:
        """End all of its processes at once, as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it as its owner does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def bring_catalogue(self, path: Path) -> None:
        """The shop's products: by the command, or by the API where there is no such import."""
        if self.run("import", "catalog", str(path), "--shop", SHOP).returncode == 0:
            return
        with path.open(encoding="utf-8", newline="") as file:
            items = [{**row, "price": float(row["price"])} for row in csv.DictReader(file)]
        answer = requests.put(
            f"{self.base}/v1/items", json={"items": items}, headers=self.headers(), timeout=20
        )
        assert answer.ok, answer.text

    def headers(self) -> dict[str, str]:
        """What the server API wants."""
        return {"Authorization": f"Bearer {self.secret}"}

    def visitor(self, visitor_id: str) -> dict[str, Any]:
        """What it knows of a visitor; no events yet when it knows nobody of that id."""
        answer = requests.get(
            f"{self.base}/v1/visitors/{visitor_id}?limit=500", headers=self.headers(), timeout=5
        )
        return dict(answer.json()) if answer.ok else {"events": [], "traits": {}}

    def events(self, visitor_id: str, name: str | None = None) -> list[dict[str, Any]]:
        """What the visitor did, oldest first."""
        found = reversed(self.visitor(visitor_id)["events"])
        return [event for event in found if name in (None, event["name"])]

    def wait_for(self, visitor_id: str, name: str, count: int = 1) -> list[dict[str, Any]]:
        """The events called ``name``, once there are ``count``."""

        def enough() -> list[dict[str, Any]] | None:
            found = self.events(visitor_id, name)
            return found if len(found) >= count else None

        try:
            return list(wait_for(enough, ARRIVES_WITHIN_S, f"{count} {name}"))
        except AssertionError as missing:
            lines = "\n".join(map(told, self.events(visitor_id)))
            raise AssertionError(f"{missing}; there are:\n{lines}") from None


def told(event: dict[str, Any]) -> str:
    """An event on one line."""
    return f"{event['name']:<14} {event['event_id'][-9:]} {event['params']}"


@dataclass
class Person:
    """Somebody with a browser: the page, and whatever went wrong on it."""

    page: Any
    shop: str
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        where = message.location.get("url", "")
        # Shops that are offline miss what their theme fetches from elsewhere; that is not ours.
        if message.type in ("error", "warning") and not where.startswith("https://"):
            self.trouble.append(f"{message.text} ({where})")

    def opens(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.shop + path)

    def id(self) -> str:
        """The visitor's id, as the page knows it."""
        self.page.wait_for_function("!!(window.rs && rs('id'))")
        return str(self.page.evaluate("rs('id')"))


@pytest.fixture(scope="session")
def python_of_the_shop() -> str:
    """The Python that runs the shop."""
    named = os.environ.get("REGULARS_REALSHOP")
    if not named:
        pytest.skip("real shops are walked through by `make realshop`")
    return named


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all walks."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = os.environ.get("REGULARS_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(
            executable_path=path if Path(path).exists() else None, headless=True, args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def new_person(chromium: Any) -> Iterator[Callable[[str], Person]]:
    """Makes somebody whom nobody has seen before, at a shop."""
    contexts = []

    def make(shop: str) -> Person:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(NOT_DRIVEN)
        contexts.append(context)
        context.set_default_timeout(10_000)
        return Person(context.new_page(), shop)

    yield make
    for context in contexts:
        context.close()
