"""How is a store filled with millions of events, as real use would have left it, in minutes?

A few thousand visits are collected as ever; then their rows are written again and again by plain
SQL, each time under new ids and times, in the order in which they would have come.
"""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import checkout  # noqa: F401  (before plugin)
from bodies import KEY, ShopTexts, bodies, uuid7
from figures import note

from plugin.collect.agents import Agent
from plugin.collect.checks import check_visit
from plugin.collect.event import Event
from plugin.collect.reader import read_object
from plugin.errors import PluginError
from plugin.journey import STEPS
from plugin.profile.fold import IDLE_MS
from plugin.shop import DAY, HOUR, SECOND, Shop
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore, sqlite3

SHOP = Shop("moon", KEY)
AGENT = Agent("mobile", "chrome", "android")
SAMPLE = 2_000  # visits that are collected and then written again
HISTORY = 180 * DAY
NEW = 0.5  # of the visits; and 6 events each make 12 events a visitor
RECENT = 0.15  # of all visitors: where most of those who return are found
TOGETHER = 20_000  # visits written at once
BYTES_AN_EVENT = 1_100  # of the file, the free room asked for included
CACHE_KB = 1_500_000

Row = list[Any]


@dataclass
class Table:
    """The rows of a table that are written again. ``places``: of the columns that change."""

    name: str
    columns: list[str]
    places: dict[str, int]
    rows: list[Row] = field(default_factory=list)

    def again(self, row: Row, **changes: Any) -> Row:
        """A row with other values in the columns it has of ``changes``."""
        made = row.copy()
        for column, value in changes.items():
            if column in self.places:
                made[self.places[column]] = value
        return made

    @property
    def insert(self) -> str:
        """The statement that takes such a row."""
        marks = ", ".join("?" * len(self.columns))
        return f"insert into {self.name} ({', '.join(self.columns)}) values ({marks})"


@dataclass
class Sample:
    """What some visits left in each table; ``visits``: the rows of ``events`` of each."""

    tables: dict[str, Table]
    visits: list[list[Row]]
    lines: dict[str, list[Row]]  # of item_events, by event id
    orders: dict[str, Row]  # by event id
    profiles: dict[int, Row]
    declared: dict[int, list[Row]]


@dataclass
class Visitor:
    """One who was there; ``like``: the profile of the sample that this one resembles.

    ``began_at``: the last visit; ``before_at``: the last event of the visit before it.
    """

    visitor_id: str
    first_at: int
    last_at: int
    last_event_id: str
    like: int
    began_at: int = 0
    before_at: int | None = None
    visits: int = 0

    def came(self, first: int, last: int, event_id: str) -> None:
        """Note events from ``first`` to ``last``, the one with this id."""
        if not self.visits:
            self.first_at = self.began_at = first
            self.visits = 1
        elif first - self.last_at >= IDLE_MS:
            self.before_at, self.began_at = self.last_at, first
            self.visits += 1
        self.last_at, self.last_event_id = last, event_id


TABLES = {
    "events": ("event_id", "profile", "at", "day", "received_at", "transaction_id"),
    "item_events": ("event_id", "profile", "at"),
    "orders": ("transaction_id", "event_id", "profile", "at", "day"),
    "profiles": (
        "id", "visitor_id", "first_seen_at", "last_seen_at", "last_event_id", "sessions_total",
        "session_started_at", "prev_seen_at",
    ),
    "declared": ("profile",),
    "items": (),
    "wordings": (),
}  # fmt: skip
SERIAL = "seq"  # given by the store
DAYS = """
insert into day_visitors (day, profile, events)
select day, profile, count(*) from events group by day, profile
"""


def events_of(body: bytes, now: int) -> tuple[Event, ...]:
    """The events of a body, as a web worker hands them over."""
    batch = check_visit(read_object(body), SHOP, now, agent=AGENT)
    if batch.refused:
        raise ValueError(f"the bench sends what is refused: {batch.refused[0].reason}")
    return batch.events


def open_store(path: Path) -> SqliteStore:
    """A shop's store at ``path``, brought up to date."""
    store = SqliteStore(path)
    migrate(store, "shop")
    return store


def sample(path: Path, rng: Random) -> Sample:
    """Collect the sample in a store at ``path``, and read what it left."""
    now = int(time.time() * SECOND)
    store = open_store(path)
    with store.write() as tx:
        for body in bodies(SAMPLE, now, ShopTexts(rng), rng, visitors=SAMPLE):
            STEPS["collect"](tx, SHOP, events=events_of(body, now))
    store.close()
    connection = sqlite3.connect(str(path))
    tables = {name: read(connection, name, TABLES[name]) for name in TABLES}
    connection.close()
    return cut(tables)


def read(connection: Any, name: str, changing: Sequence[str]) -> Table:
    """A table with all its rows."""
    columns = [row[1] for row in connection.execute(f"pragma table_info({name})")]
    columns = [column for column in columns if column != SERIAL]
    places = {column: columns.index(column) for column in changing if column in columns}
    order = " order by seq" if name == "events" else ""
    rows = connection.execute(f"select {', '.join(columns)} from {name}{order}")
    return Table(name, columns, places, [list(row) for row in rows])


def cut(tables: dict[str, Table]) -> Sample:
    """The rows of the sample by the visit and event they belong to."""
    found: dict[str, dict[Any, list[Row]]] = {}
    for name, column in (
        ("events", "profile"), ("item_events", "event_id"), ("orders", "event_id"),
        ("profiles", "id"), ("declared", "profile"),
    ):  # fmt: skip
        by_key = found[name] = defaultdict(list)
        place = tables[name].columns.index(column)
        for row in tables[name].rows:
            by_key[row[place]].append(row)
    return Sample(
        tables,
        list(found["events"].values()),
        found["item_events"],
        {key: rows[0] for key, rows in found["orders"].items()},
        {key: rows[0] for key, rows in found["profiles"].items()},
        found["declared"],
    )


@contextmanager
def quick_connection(path: Path) -> Iterator[Any]:
    """A connection to the store at ``path`` that writes without care, for filling it."""
    connection = sqlite3.connect(str(path), isolation_level=None)
    # Nothing is lost with a store that is half made.
    for setting in ("journal_mode = delete", "journal_mode = off", "synchronous = off"):
        connection.execute(f"pragma {setting}")
    connection.execute(f"pragma cache_size = -{CACHE_KB}")
    yield connection
    connection.close()


def fill(path: Path, like: Sample, events: int, rng: Random) -> list[str]:
    """Make a store of ``events`` events at ``path``; the ids of its visitors."""
    check_room(path.parent, events)
    open_store(path).close()
    with quick_connection(path) as connection:
        began = time.perf_counter()
        visitors = Filling(connection, like, rng).run(events)
    size = path.stat().st_size / 1024**2
    took = time.perf_counter() - began
    note(f"{events:>10,} events of {len(visitors):,} visitors: {size:,.0f} MB in {took:,.0f} s")
    return [one.visitor_id for one in visitors]


def check_room(folder: Path, events: int) -> None:
    """Raises PluginError when the file would not fit on the disk."""
    needed, free = events * BYTES_AN_EVENT, shutil.disk_usage(folder).free
    if free < needed:
        gb = 1024**3
        raise PluginError(
            f"{events:,} events need {needed / gb:.1f} GB in {folder}, {free / gb:.1f} are free: "
            "set TMPDIR to a larger disk, or GROWTH to a smaller number"
        )


class Filling:
    """Writes visits one after the other until there are enough events."""

    def __init__(self, connection: Any, like: Sample, rng: Random) -> None:
        self._connection, self._like, self._rng = connection, like, rng
        self._visitors: list[Visitor] = []
        self._rows: dict[str, list[Row]] = {name: [] for name in TABLES}
        self._keys = [visit[0][like.tables["events"].places["profile"]] for visit in like.visits]

    def run(self, events: int) -> list[Visitor]:
        """Write so many events, and what belongs to them; the visitors."""
        for name in ("items", "wordings"):
            self._rows[name] = self._like.tables[name].rows
        at = int(time.time() * SECOND) - HOUR - HISTORY
        written = 0
        while written < events:
            written += self._visit(at + HISTORY * written // events, events - written)
            if len(self._rows["events"]) > TOGETHER * 6:
                self._write()
        for number, visitor in enumerate(self._visitors, 1):
            self._told(number, visitor)
        self._write()
        self._connection.execute(DAYS)
        return self._visitors

    def _visit(self, at: int, most: int) -> int:
        """One visit that begins at ``at``; how many events it has."""
        rng, like, table = self._rng, self._like, self._like.tables["events"]
        chosen = rng.randrange(len(like.visits))
        profile = self._who(at, self._keys[chosen])
        visit = like.visits[chosen][: min(most, rng.randint(2, 10))]
        event_id, transaction = table.places["event_id"], table.places["transaction_id"]
        first = None
        for row in visit:
            at += rng.randrange(1, 20 * SECOND)
            first = first or at
            new = uuid7(at, rng)
            when = {"event_id": new, "profile": profile, "at": at, "day": at // DAY}
            order = None if row[transaction] is None else f"M-{new}"
            self._add("events", row, received_at=at, transaction_id=order, **when)
            for one in like.lines.get(row[event_id], ()):
                self._add("item_events", one, **when)
            if row[event_id] in like.orders:
                self._add("orders", like.orders[row[event_id]], transaction_id=order, **when)
        self._visitors[profile - 1].came(first or at, at, new)
        return len(visit)

    def _who(self, at: int, like: int) -> int:
        """The profile whose visit it is: a new one, or one who was there not long ago."""
        rng, known = self._rng, len(self._visitors)
        if not known or rng.random() < NEW:
            self._visitors.append(Visitor(uuid7(at, rng), at, at, "", like))
            return known + 1
        back = int(known * rng.expovariate(1 / RECENT)) % known
        return known - back

    def _told(self, profile: int, visitor: Visitor) -> None:
        """The profile of a visitor, and what stands beside it."""
        self._add(
            "profiles",
            self._like.profiles[visitor.like],
            id=profile,
            visitor_id=visitor.visitor_id,
            first_seen_at=visitor.first_at,
            last_seen_at=visitor.last_at,
            session_started_at=visitor.began_at,
            prev_seen_at=visitor.before_at,
            last_event_id=visitor.last_event_id,
            sessions_total=visitor.visits,
        )
        for row in self._like.declared.get(visitor.like, ()):
            self._add("declared", row, profile=profile)

    def _add(self, table: str, row: Row, **changes: Any) -> None:
        self._rows[table].append(self._like.tables[table].again(row, **changes))

    def _write(self) -> None:
        self._connection.execute("begin")
        for name, rows in self._rows.items():
            self._connection.executemany(self._like.tables[name].insert, rows)
        self._connection.execute("commit")
        self._rows = {name: [] for name in TABLES}
