"""How fast is a window? A shop of 40,000 products and 500,000 views, each strategy in process, and
requests a CPU second beside a Flask view that does nothing, on the same server.

"The same server" can be read in two ways, and both are measured: a Flask application of this view
alone, served by the same granian (WSGI, one worker, one thread), and our own running server with
the view added to its Flask application. CPU seconds of the web workers, because other work on the
machine changes them least; requests a second are noted. 400 pages ask again and again, as shoppers
who come back to a page do; *none twice*: each request is another visitor's, on the page that this
one looked at last, with a cart and a limit of its own, so that no answer is one kept and nothing of
the visitor was read before. The worker has been asked as often already, by others.

``SERVE_STRATEGIES``: names of those to measure, with spaces between; all of them without it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from bodies import KEY
from checkout import ROOT
from figures import Figure, cpu_seconds, family, middle, note, percentile, tell
from load import Load
from served import OURS, SHOP, Served, free_port, wait_until_ready

from plugin.config import Settings
from plugin.journey import Wish, recommend
from plugin.journey.models import build_model, keep_model
from plugin.shop import DAY, MINUTE, SECOND, Shop
from plugin.storage import control, locations, shelves
from plugin.storage.engine import Store, Tx
from plugin.storage.house import House

ITEMS = int(os.environ.get("SERVE_ITEMS", "40000"))
VIEWS = int(os.environ.get("SERVE_VIEWS", "500000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ASKED = 400  # requests of each strategy in process
FOR_S = 1.0
QUIET = 0.1  # CPU seconds a second: what it does of itself after its start is over
QUIET_WITHIN_S = 120.0
LINES = 8
LAST_VISITS = 24_000  # of as many visitors; enough that none asks twice
WARM = 6_000  # of them ask before the clock runs
LIMITS = (8, 16)
KINDS, BRANDS, AT_ONCE = 200, 300, 20_000
SLOWEST_MS = 10.0
LIST, PERSONAL = 0.6, 0.15
PERSONAL_ONES = frozenset({"for_you"})
STRATEGIES = (
    "bestsellers", "trending", "new_arrivals", "offers", "recently_viewed", "viewed_together",
    "similar", "bought_together", "cart_complements", "segment_favourites", "buy_again",
    "back_in_stock", "free_shipping_gap", "for_you",
)  # fmt: skip
MEASURED = tuple(os.environ.get("SERVE_STRATEGIES", " ".join(STRATEGIES)).split())
NEW_ITEM = """
insert into items (item_id, name, url, image, price, sale_price, currency, category, brand, tags,
                   created_at, updated_at)
values (:item_id, :name, :url, :image, :price, :sale_price, 'KRW', :category, :brand, '[]', :at,
        :until)
"""
NEW_PROFILE = """
insert into profiles (id, visitor_id, first_seen_at, last_seen_at) values (:id, :name, 0, 0)
"""
LINE = """
insert into item_events (profile, name, at, event_id, place, item_id, quantity, value)
values (:profile, :name, :at, :event_id, :place, :item_id, 1, null)
"""
ORDER = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value)
values (:transaction_id, :event_id, :profile, :at, 0, 'KRW', 1)
"""
# Our server, its application with a view more.
WITH_VIEW = """
from flask import jsonify, request
from plugin.cli import main
from plugin.web import wsgi
create = wsgi.create_app
def nothing():
    request.get_json(force=True)
    return jsonify(items=[], strategy="nothing")
def with_view(house, writer):
    app = create(house, writer)
    app.add_url_rule("/nothing", "nothing", nothing, methods=["POST"])
    return app
wsgi.create_app = with_view
if __name__ == "__main__":
    main()
"""
NOTHING = """
import sys
from flask import Flask, jsonify, request
def make():
    app = Flask(__name__)
    @app.post("/v1/recommend")
    def nothing():
        request.get_json(force=True)
        return jsonify(items=[], strategy="nothing")
    @app.get("/ready")
    def ready():
        return "ready"
    return app
if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels
    Granian("nothing:make", factory=True, address="127.0.0.1", port=int(sys.argv[1]),
            interface=Interfaces.WSGI, workers=1, blocking_threads=1, websockets=False,
            log_level=LogLevels.error).serve()
"""


@dataclass
class Stocked:
    """The shop that is asked, and what its visitors looked at last."""

    house: House
    shop: Shop
    store: Store
    visits: Sequence[tuple[str, Sequence[str]]]  # a visitor and the products of a visit


def item_id(number: int) -> str:
    """The id of a product's number."""
    return f"p{number:06d}"


def drawn(rng: Random, most: int) -> int:
    """A number below ``most``, low ones far more often, as products are."""
    if rng.random() < 0.5:
        return rng.randrange(most)
    return min(most, int(most ** rng.random())) - 1


def stock(folder: Path, rng: Random) -> Stocked:
    """Make the shop: its products, visits, orders, lists and model."""
    house = House(Settings(data=folder, database_url=None, secret_key="bench"))
    keys = control.new_keys(KEY)
    shop = Shop(SHOP, KEY, currency="KRW", settings={"free_shipping_from": 90_000})
    with house.control.write() as tx:
        control.add_shop(tx, shop, keys)
    store, now = house.store(SHOP), int(time.time() * 1000)
    with store.write() as tx:
        tx.many(NEW_ITEM, [item(number, now, rng) for number in range(ITEMS)])
        locations.rebuild(tx)
    visits = visit(store, now, rng)
    with store.write() as tx:
        shelves.rebuild_rankings(tx, now)
    made = build_model(store, shop, now)
    with store.write() as tx:
        keep_model(tx, shop, **made)
    note(f"model: {made['row']['bytes'] / 1e6:.1f} MB in {made['row']['seconds']:.1f} s")
    return Stocked(house, shop, store, visits)


def item(number: int, now: int, rng: Random) -> dict[str, Any]:
    """A product's row."""
    price = rng.randrange(5_000, 90_000, 100)
    kind, brand = number % KINDS, rng.randrange(BRANDS)
    return {
        "item_id": item_id(number),
        "name": f"Thing {kind} of {brand}, number {number}",
        "url": f"https://moon.example/product/{number}",
        "image": f"https://img.moon.example/{number}.jpg",
        "price": price,
        "sale_price": price // 2 if rng.random() < 0.1 else None,
        "category": f"Kind {kind % 20} > Kind {kind}",
        "brand": f"Brand {brand}",
        "at": now - rng.randrange(300 * DAY),
        "until": now,
    }


def visit(store: Store, now: int, rng: Random) -> list[tuple[str, Sequence[str]]]:
    """Visits of people, with an order after every tenth; those that were last."""
    kept: list[tuple[str, Sequence[str]]] = []
    views = person = 0
    while views < VIEWS:
        with store.write() as tx:
            lines: list[dict[str, Any]] = []
            orders: list[dict[str, Any]] = []
            while len(lines) < AT_ONCE and views < VIEWS:
                person += 1
                tx.run(NEW_PROFILE, id=person, name=f"visitor-bench-{person:08d}")
                for _ in range(rng.randrange(1, 4)):
                    seen = a_visit(tx, person, now, rng, lines, orders)
                    views += len(seen)
                if len(kept) < LAST_VISITS:
                    kept.append((f"visitor-bench-{person:08d}", seen))
            tx.many(LINE, lines)
            tx.many(ORDER, orders)
    return kept


def a_visit(
    tx: Tx, person: int, now: int, rng: Random, lines: list[Any], orders: list[Any]
) -> Sequence[str]:
    """One visit around a kind of products; the products looked at."""
    began, kind = now - rng.randrange(90 * DAY), drawn(rng, KINDS)
    rows = ITEMS // KINDS
    seen = [item_id(drawn(rng, rows) * KINDS + kind) for _ in range(rng.randrange(1, 12))]
    row = {"profile": person, "name": "view_item", "place": 0}
    for step, one in enumerate(seen):
        at = began + step * MINUTE
        lines.append({**row, "at": at, "event_id": f"e{person}-{at}-{step}", "item_id": one})
    if rng.random() < 0.1:
        at, order = began + 20 * MINUTE, f"o{person}-{began}"
        bought = list(dict.fromkeys(seen))[:3]
        for place, one in enumerate(bought):
            lines.append({"profile": person, "name": "purchase", "place": place, "at": at,
                          "event_id": order, "item_id": one})  # fmt: skip
        orders.append({"transaction_id": order, "event_id": order, "profile": person, "at": at})
    return seen


def wishes(stocked: Stocked, strategy: str, rng: Random) -> list[Wish]:
    """What ``ASKED`` pages ask of a strategy: each of another visitor, on a product's page."""
    return [
        Wish(visitor_id=visitor, strategy=strategy, viewed=tuple(seen), item_id=seen[-1])
        for visitor, seen in rng.choices(stocked.visits, k=ASKED)
    ]


def in_process(stocked: Stocked) -> Iterator[Figure]:
    """The middle and the slowest hundredth of each strategy, ms, after a round to warm up."""
    for strategy in MEASURED:
        asked, took = wishes(stocked, strategy, Random(2)), []
        for warm in (True, False):
            for wish in asked:
                began = time.perf_counter()
                recommend(stocked.store, stocked.shop, wish, int(time.time() * SECOND))
                if not warm:
                    took.append((time.perf_counter() - began) * 1_000)
        slow = percentile(took, 0.99)
        sides = ((f"{strategy} p99 ms", slow), ("mark", SLOWEST_MS))
        note(f"{strategy}: p50 {middle(took):.3f} ms, p99 {slow:.3f} ms")
        yield Figure("in process", *sides, 1.0, most=True, form=",.2f")


def none_twice(stocked: Stocked, strategy: str, rng: Random) -> list[Wish]:
    """What as many pages ask, each of another visitor and with a cart of what it looked at."""
    return [
        Wish(
            visitor_id=visitor, strategy=strategy, viewed=tuple(seen), item_id=seen[-1],
            cart=tuple(dict.fromkeys(seen[:-1]))[: rng.randrange(4)], limit=rng.randint(*LIMITS),
        )
        for visitor, seen in rng.sample(stocked.visits, len(stocked.visits))
    ]  # fmt: skip


def bodies(asked: Sequence[Wish], path: str = "/v1/recommend") -> list[bytes]:
    """Requests as pages send them."""
    made = []
    for wish in asked:
        said = {"key": KEY, "visitor_id": wish.visitor_id, "strategy": wish.strategy}
        said |= {"items": wish.viewed, "item_id": wish.item_id, "limit": wish.limit}
        said |= {} if wish.cart is None else {"cart": wish.cart}
        body = json.dumps(said).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
            f"User-Agent: Mozilla/5.0 Chrome/131.0.0.0\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


@contextmanager
def running(command: list[str], folder: Path, cwd: Path) -> Iterator[Served]:
    """A server that is ready, until the block ends."""
    port, log = free_port(), folder / "log"
    environ = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}",
        "REGULARS_DATA": str(folder),
        "REGULARS_RATE_LIMIT": "off",
    }
    environ.pop("REGULARS_DATABASE_URL", None)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [word.replace("PORT", str(port)) for word in command],
            env=environ, cwd=cwd, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    served = Served(OURS, process, port, folder)
    try:
        wait_until_ready(served, log)
        wait_until_quiet(served)
        yield served
    finally:
        served.stop()


def wait_until_quiet(served: Served) -> None:
    """Return when it does no more of itself: lists and models are made after the start."""
    until = time.monotonic() + QUIET_WITHIN_S
    while time.monotonic() < until:
        before = served.cpu_s()
        time.sleep(1)
        if served.cpu_s() - before < QUIET:
            break


def web_cpu_s(server: Served) -> float:
    """What the processes that answer have used so far; the clock's are another's."""
    pids = family(server.process.pid)
    clocks = {one for pid in pids if b"work" in words(pid) for one in family(pid)}
    return cpu_seconds(pid for pid in pids if pid not in clocks)


def words(pid: int) -> list[bytes]:
    """The command line of a process; none of one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def ask_all(server: Served, requests: Sequence[bytes]) -> None:
    """Ask each of ``requests`` once."""
    with Load(server.port, LINES) as load:
        load.finish(load.run(iter(requests), QUIET_WITHIN_S))


def rate(server: Served, requests: Sequence[bytes]) -> tuple[float, float]:
    """Answers a CPU second of the server's web processes, and a second."""
    with Load(server.port, LINES) as load:
        before = web_cpu_s(server)
        told = load.run(cycle(requests), FOR_S)
        load.finish(told)
        return len(told.latencies) / (web_cpu_s(server) - before), len(
            told.latencies
        ) / told.seconds


def beside(
    strategy: str, asked: Sequence[Sequence[bytes]], our: Served, other: Served
) -> Iterator[Figure]:
    """One strategy and nothing at all, on both servers, in turn; the middle of the rounds."""
    again, idle, new = asked
    rates = [
        (*rate(our, again), *rate(other, again), *rate(our, idle), *rate(our, part))
        for part in (new[n::ROUNDS] for n in range(ROUNDS))
    ]
    ours, ours_s, alone, alone_s, here, here_s, newly, _ = map(middle, zip(*rates, strict=True))
    mark = PERSONAL if strategy in PERSONAL_ONES else LIST
    for where, nothing, nothing_s in (("alone", alone, alone_s), ("in ours", here, here_s)):
        note(f"{strategy}: {ours_s:,.0f} requests/s, no-op {where} {nothing_s:,.0f}: "
             f"{ours_s / nothing_s:.2f}x")  # fmt: skip
        name = f"requests a CPU second, {strategy}"
        yield Figure(name, ("ours", ours), (f"no-op {where}", nothing), mark)
    name = f"requests a CPU second, {strategy}, none twice"
    for where, nothing in (("alone", alone), ("in ours", here)):
        yield Figure(name, ("ours", newly), (f"no-op {where}", nothing), mark)


def served(stocked: Stocked, folder: Path) -> Iterator[Figure]:
    """Each strategy beside a view that does nothing, in turn, the middle of the rounds."""
    nothing = Path(tempfile.mkdtemp(prefix="bench-nothing-"))
    (nothing / "nothing.py").write_text(NOTHING)
    with_view = nothing / "with_view.py"
    with_view.write_text(WITH_VIEW)
    ours = [sys.executable, str(with_view), "serve", "--port", "PORT", "--workers", "1"]
    try:
        with (
            running([sys.executable, "nothing.py", "PORT"], nothing, nothing) as other,
            running(ours, folder, ROOT) as our,
        ):
            for strategy in MEASURED:
                again = wishes(stocked, strategy, Random(3))
                new = bodies(none_twice(stocked, strategy, Random(3)))
                ask_all(our, new[:WARM])
                asked = (bodies(again), bodies(again, "/nothing"), new[WARM:])
                yield from beside(strategy, asked, our, other)
    finally:
        shutil.rmtree(nothing)


def main() -> bool:
    """Measure and tell; whether the marks are reached."""
    folder = Path(tempfile.mkdtemp(prefix="bench-serve-"))
    try:
        stocked = stock(folder, Random(1))
        good = tell(in_process(stocked))
        stocked.house.close()
        return tell(served(stocked, folder)) and good
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
