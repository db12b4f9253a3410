"""How do browsers behave that send a batch of events until it is acknowledged?"""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

from rig.ledger import Ledger, Parcel

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0 Safari/537.36"
)
HEADERS = {"User-Agent": BROWSER, "Content-Type": "text/plain"}
NAMES = ("mina", "cho", "ana", "tomo", "yuna", "leo")
# Few enough to meet in one commit and out of order, so many that none has a history of thousands.
PEOPLE = [f"{name}-{number:02d}-0123456789ab" for number in range(20) for name in NAMES]
GOODS = {"boots": 120_000, "scarf": 30_000, "hat": 20_000, "gloves": 25_000}
LONGEST_ANSWER_S = 20.0
GIVES_UP = 0.05  # of the batches without an answer: the tab is closed
LAST_CALL_S = 30.0  # after the load has ended, each batch under way is acknowledged within

Answer = tuple[int, dict[str, str], bytes]


class Line:
    """A keep-alive connection that is made again when it breaks."""

    def __init__(self, port: int, timeout_s: float = LONGEST_ANSWER_S) -> None:
        self._port, self._timeout_s = port, timeout_s
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer | None:
        """Status, headers (names in lower case) and body of the answer; None: none came."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=self._timeout_s
            )
        try:
            self._connection.request(method, path, body, HEADERS)
            answer = self._connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        headers = {name.lower(): value for name, value in answer.getheaders()}
        if not headers.get("content-length", "").isdigit():  # the line broke inside the headers
            self.close()
            return None
        if answer.will_close:
            self.close()
        return answer.status, headers, said

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Parcels:
    """Makes batches of 1 to 10 events that no other batch has."""

    def __init__(self, key: str, seed: int) -> None:
        self._key = key
        self._dice = Random(seed)
        self._numbers = itertools.count()
        self._name = f"{seed:06d}"

    def next(self, now: int) -> Parcel:
        """One more, of a visitor by chance, at ``now`` (Unix ms)."""
        visitor = self._dice.choice(PEOPLE)
        events = tuple(self._event(visitor, now) for _ in range(self._dice.randint(1, 10)))
        data: dict[str, Any] = {"key": self._key, "visitor_id": visitor, "events": events}
        if self._dice.random() < 0.3:
            data["want"] = {"popup": True}
        return Parcel(visitor, events, json.dumps(data).encode())

    def _event(self, visitor: str, now: int) -> dict[str, Any]:
        dice = self._dice
        item = dice.choice(list(GOODS))
        line = {"item_id": item, "item_name": item.title(), "price": GOODS[item], "quantity": 1}
        of_items = {"items": [line], "currency": "KRW"}
        order = f"{visitor[:-13]}-{dice.randrange(20)}"  # told of twice at times
        name, params = dice.choice(
            [
                ("page_view", {"page_location": f"https://moon.example/{item}"}),
                ("view_item", of_items),
                ("add_to_cart", of_items),
                ("search", {"search_term": item}),
                ("purchase", {**of_items, "transaction_id": order, "value": GOODS[item]}),
            ]
        )
        return {
            "name": name,
            "event_id": f"e{self._name}-{next(self._numbers):08d}",
            "timestamp": now - dice.choice((0, 0, dice.randrange(60_000))),  # some come late
            "params": params,
        }


class Crowd:
    """Clients that send at the same time, each one batch after the other, until told to stop."""

    def __init__(self, port: int, key: str, ledger: Ledger, clients: int = 6) -> None:
        self.ledger = ledger
        self._port = port
        self._stop = threading.Event()
        self._hang_up = threading.Event()
        self._until = float("inf")
        self._threads = [
            threading.Thread(target=self._live, args=(Parcels(key, n), Random(n)))
            for n in range(clients)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.stop()
        else:
            self.hang_up()

    def stop(self) -> None:
        """Begin no new batch; return when each one under way is acknowledged."""
        self._until = min(self._until, time.monotonic() + LAST_CALL_S)
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def hang_up(self) -> None:
        """End without another try: what has no answer gets none."""
        self._hang_up.set()
        self.stop()

    def wait_for_acks(self, count: int, within_s: float = 30.0) -> None:
        """Return when ``count`` more batches are acknowledged. Raises AssertionError."""
        goal = len(self.ledger.acked) + count
        wait_until(lambda: len(self.ledger.acked) >= goal, within_s, f"{count} more batches")

    def _live(self, parcels: Parcels, dice: Random) -> None:
        line = Line(self._port)
        while not self._stop.is_set():
            parcel = parcels.next(time.time_ns() // 1_000_000)
            self.ledger.send(parcel)
            self._deliver(line, parcel, dice)
        line.close()

    def _deliver(self, line: Line, parcel: Parcel, dice: Random) -> None:
        for tries in itertools.count(1):
            if tries > 1:
                self.ledger.again()
            answer = line.ask("POST", "/v1/visit", parcel.body)
            if answer is not None and answer[0] == 200:
                self.ledger.answered(parcel, json.loads(answer[2]), tries)
                return
            if answer is not None and not asks_to_come_again(answer):
                self.ledger.complain(f"answered {answer[0]}: {answer[2][:200]!r}")
                return
            if time.monotonic() > self._until:
                self.ledger.complain("a batch was never acknowledged")
                return
            if self._hang_up.is_set() or dice.random() < GIVES_UP:
                self.ledger.give_up()
                return
            time.sleep(dice.uniform(0.05, 0.2))


def asks_to_come_again(answer: Answer) -> bool:
    """Whether this is the one good way to turn a batch away."""
    status, headers, _ = answer
    return status == 503 and headers.get("retry-after", "").isdigit()


def wait_until(true: Callable[[], bool], within_s: float, what: str) -> float:
    """The seconds until ``true``. Raises AssertionError naming ``what`` that did not happen."""
    began = time.monotonic()
    while not true():
        passed = time.monotonic() - began
        assert passed < within_s, f"did not happen within {within_s} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - began
