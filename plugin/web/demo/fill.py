"""How does the demo's history get into a running Regulars?

Over HTTP, as a shop's own server would send it: the catalogue, the owner's documents, then every
event and order of the simulation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from threading import Event, Lock
from typing import Any
from zlib import crc32

import requests

from plugin.errors import PluginError
from plugin.segment.templates.ladder import RUNGS
from plugin.serve.experiment import arm
from plugin.shop import DAY, MINUTE
from plugin.web.demo.catalogue import PRODUCTS
from plugin.web.demo.documents import POPUPS, SEGMENTS, WINDOWS
from plugin.web.demo.shopper import Action
from plugin.web.demo.simulate import CONTROL_SHARE, simulate

HISTORY = 90 * DAY
BATCH = 25  # as many events as the contract lets into one request
SENDERS = 4
PATIENCE = 12  # times that a busy server is asked again

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Filled:
    """What was sent and accepted."""

    items: int
    segments: int
    windows: int
    popups: int
    visitors: int
    events: int
    orders: int


def fill(
    base_url: str,
    secret_key: str,
    *,
    now: int,
    seed: int = 7,
    visitors: int = 2500,
    progress: Progress = lambda done, of: None,
) -> Filled:
    """Stock the shop behind ``secret_key`` and play 90 days of shoppers that end at ``now``.

    base_url: where Regulars answers, such as http://127.0.0.1:8000. progress: called with the
    events and orders sent so far and their number. Raises PluginError when something is refused.
    """
    end = now - MINUTE  # nobody shops while the history ends and real life begins
    actions = list(simulate(Random(seed), PRODUCTS, end - HISTORY, end, visitors, arm=_arm))
    wire = Wire(base_url, secret_key)
    try:
        # First the documents: what visitors did is counted for campaigns that exist.
        _stock(wire)
    finally:
        wire.close()
    _play(base_url, secret_key, actions, progress)
    _adopt(base_url, secret_key)
    orders = sum(action.kind == "order" for action in actions)
    return Filled(
        items=len(PRODUCTS),
        segments=len(SEGMENTS) + len(RUNGS),
        windows=len(WINDOWS),
        popups=len(POPUPS),
        visitors=len({action.visitor_id for action in actions}),
        events=len(actions) - orders,
        orders=orders,
    )


class Wire:
    """One connection to the server API; asks again while the server is busy."""

    def __init__(self, base_url: str, secret_key: str) -> None:
        self._base = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {secret_key}"

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The server's answer. Raises PluginError when it refuses, or stays away or busy."""
        for _ in range(PATIENCE):
            try:
                answer = self._session.request(method, self._base + path, json=body, timeout=60)
            except requests.RequestException as trouble:
                raise PluginError(
                    f"{method} {path}: no answer from {self._base} ({type(trouble).__name__}); "
                    "is the server running?"
                ) from trouble
            if answer.status_code not in (429, 503):
                return _accepted(method, path, answer)
            time.sleep(_seconds(answer.headers.get("Retry-After")))
        raise PluginError(f"{method} {path}: the server is too busy; run the demo again later")


def _accepted(method: str, path: str, answer: requests.Response) -> dict[str, Any]:
    try:
        read = answer.json()
    except requests.JSONDecodeError:
        read = None
    if not isinstance(read, dict):
        raise PluginError(f"{method} {path}: the answer ({answer.status_code}) is not of Regulars")
    if answer.status_code >= 400 or read.get("refused"):
        says = read.get("refused") or read.get("error")
        says = says.get("message", says) if isinstance(says, dict) else says
        raise PluginError(f"{method} {path} was refused ({answer.status_code}): {says}")
    return read


def _seconds(retry_after: str | None) -> float:
    return min(float(retry_after), 5.0) if retry_after and retry_after.isdigit() else 0.5


def _stock(wire: Wire) -> None:
    """The catalogue and the owner's documents; segments before what names them."""
    products = [product.as_item() for product in PRODUCTS]
    for first in range(0, len(products), BATCH):
        wire.send("PUT", "/v1/items", {"items": products[first : first + BATCH]})
    for kind, documents in (("segments", SEGMENTS), ("windows", WINDOWS), ("popups", POPUPS)):
        for slug, document in documents.items():
            wire.send("PUT", f"/v1/{kind}/{slug}", document)


def _adopt(base_url: str, secret_key: str) -> None:
    """The ladder, as an owner adopts it who has visitors already."""
    wire = Wire(base_url, secret_key)
    try:
        wire.send("POST", "/v1/segments/templates/ladder", {})
    finally:
        wire.close()


def _play(base_url: str, secret_key: str, actions: Sequence[Action], progress: Progress) -> None:
    """Send all actions over a few connections, those of one visitor always over the same one."""
    # In the order in which they happened, so that no profile has to be told again from the start.
    shares: list[list[Action]] = [[] for _ in range(SENDERS)]
    for action in actions:
        shares[crc32(action.visitor_id.encode()) % SENDERS].append(action)
    lock, broken, done = Lock(), Event(), 0

    def sent(count: int) -> None:
        """Say that so many more are there; called by every sender."""
        nonlocal done
        with lock:
            done += count
            progress(done, len(actions))

    with ThreadPoolExecutor(SENDERS, thread_name_prefix="demo-sender") as senders:
        started = [
            senders.submit(_send_share, Wire(base_url, secret_key), share, sent, broken)
            for share in shares
        ]
        for one in started:
            one.result()


def _send_share(
    wire: Wire, share: Sequence[Action], sent: Callable[[int], None], broken: Event
) -> None:
    """Send one share; stop when another sender had to give up."""
    events: list[dict[str, Any]] = []
    orders: list[dict[str, Any]] = []
    try:
        for action in share:
            (events if action.kind == "event" else orders).append(action.body)
            if len(events) == BATCH and not broken.is_set():
                _post(wire, events, orders, sent)
        if not broken.is_set():
            _post(wire, events, orders, sent)
    except PluginError:
        broken.set()
        raise
    finally:
        wire.close()


def _post(
    wire: Wire,
    events: list[dict[str, Any]],
    orders: list[dict[str, Any]],
    sent: Callable[[int], None],
) -> None:
    """Send and empty both lists. Orders follow the events, as a shop's server confirms later."""
    if events:
        wire.send("POST", "/v1/events", {"events": events})
    for order in orders:
        wire.send("POST", "/v1/orders", order)
    sent(len(events) + len(orders))
    events.clear()
    orders.clear()


def _arm(campaign: str, visitor_id: str) -> str:
    return arm(campaign, visitor_id, CONTROL_SHARE)
