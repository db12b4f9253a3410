"""What would a competent engineer write in an afternoon? The collector that ours is held against.

Flask, marshmallow, SQLite in WAL with ``synchronous = full``, one transaction a request. It keeps
the same promise as ours: the answer is sent after the commit, and an event counts once.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
from bodies import KEY
from flask import Flask, Response, jsonify, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, Range, Regexp
from sqlite_utils import utils as sqlite_utils

sqlite3: Any = sqlite_utils.sqlite3  # type: ignore[attr-defined]  # as the product

FOLDER = "ORDINARY_DATA"
WAIT_S = 5.0
DAY_MS = 86_400_000
TABLES = """
create table if not exists events (
  event_id text not null unique, visitor text not null, name text not null,
  at integer not null, day integer not null, received_at integer not null, source text not null,
  currency text, value real, transaction_id text, params text not null
);
create index if not exists events_by_visitor on events (visitor, at);
create table if not exists visitors (
  visitor text primary key, first_at integer not null, last_at integer not null,
  events integer not null, pageviews integer not null, product_views integer not null,
  cart_adds integer not null, searches integer not null, orders integer not null
);
"""
ADD = "insert or ignore into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
COUNT = """
insert into visitors values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (visitor) do update set
  last_at = max(last_at, excluded.last_at), events = events + excluded.events,
  pageviews = pageviews + excluded.pageviews,
  product_views = product_views + excluded.product_views,
  cart_adds = cart_adds + excluded.cart_adds, searches = searches + excluded.searches,
  orders = orders + excluded.orders
"""
COUNTED = ("page_view", "view_item", "add_to_cart", "search", "purchase")
_own = threading.local()


def text(most: int = 1_024) -> fields.String:
    """A text of at most so many letters."""
    return fields.String(validate=Length(max=most))


def money() -> fields.Float:
    """An amount from 0 to 1e12."""
    return fields.Float(validate=Range(0, 1e12))


class ItemSchema(Schema):
    """A product line."""

    class Meta:
        unknown = EXCLUDE

    item_id = fields.String(required=True, validate=Length(1, 128))
    item_name = text()
    item_brand = text()
    item_category = text()
    item_variant = text()
    price = money()
    discount = money()
    quantity = fields.Float(validate=Range(0, 1e6, min_inclusive=False))
    currency = fields.String(validate=Regexp(r"[A-Z]{3}\Z"))
    url = text()
    image = text()


class ParamsSchema(Schema):
    """The params that have a form; others are kept as they come."""

    class Meta:
        unknown = INCLUDE

    page_location = text()
    page_title = text()
    page_referrer = text()
    page_type = text()
    language = text(40)
    search_term = text()
    item_list_id = text(128)
    item_list_name = text()
    popup_id = text(128)
    currency = fields.String(validate=Regexp(r"[A-Z]{3}\Z"))
    value = money()
    tax = money()
    shipping = money()
    transaction_id = fields.String(validate=Length(1, 128))
    items = fields.List(fields.Nested(ItemSchema), validate=Length(max=200))


class EventSchema(Schema):
    """One event."""

    class Meta:
        unknown = EXCLUDE

    name = fields.String(required=True, validate=Regexp(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z"))
    event_id = fields.String(required=True, validate=Regexp(r"[A-Za-z0-9_-]{8,64}\Z"))
    timestamp = fields.Integer(strict=True, validate=Range(0, 253_402_300_799_999))
    params = fields.Nested(ParamsSchema, load_default=dict)


class PageSchema(Schema):
    """The page of a visit."""

    class Meta:
        unknown = EXCLUDE

    url = text()
    title = text()
    referrer = text()
    language = text(40)
    width = fields.Integer(validate=Range(0, 100_000))


class VisitSchema(Schema):
    """The whole body."""

    class Meta:
        unknown = EXCLUDE

    key = fields.String(required=True)
    visitor_id = fields.String(required=True, validate=Regexp(r"[A-Za-z0-9_-]{16,64}\Z"))
    sent_at = fields.Integer()
    consent = fields.String()
    page = fields.Nested(PageSchema)
    events = fields.List(fields.Nested(EventSchema), required=True, validate=Length(1, 25))


VISIT = VisitSchema()


def connect(path: Path) -> Any:
    """A connection to the store, with its tables."""
    connection = sqlite3.connect(str(path), timeout=WAIT_S, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    return connection


def forget_connection() -> None:
    """Close this thread's connection."""
    _own.__dict__.pop("connection").close()


def row_of(event: dict[str, Any], visitor: str, now: int) -> tuple[Any, ...]:
    """An event as the table's eleven columns."""
    params = event["params"]
    at = event.get("timestamp", now)
    return (
        event["event_id"],
        visitor,
        event["name"],
        at,
        at // DAY_MS,
        now,
        "browser",
        params.get("currency"),
        params.get("value"),
        params.get("transaction_id"),
        orjson.dumps(params).decode(),
    )


def add(connection: Any, visitor: str, rows: Sequence[Sequence[Any]]) -> int:
    """Store what is new and count it to the visitor, in one transaction; how many were new."""
    connection.execute("begin immediate")
    try:
        new = [row for row in rows if connection.execute(ADD, row).rowcount]
        if new:
            connection.execute(COUNT, counts(visitor, new))
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return len(new)


def counts(visitor: str, rows: Iterable[Sequence[Any]]) -> tuple[Any, ...]:
    """What the rows add to a visitor."""
    names = [row[2] for row in rows]
    times = [row[3] for row in rows]
    told = (names.count(name) for name in COUNTED)
    return (visitor, min(times), max(times), len(names), *told)


def make() -> Flask:
    """The application of one worker."""
    app = Flask(__name__)
    path = Path(os.environ[FOLDER]) / "ordinary.db"

    @app.post("/v1/visit")
    def visit() -> tuple[Response, int]:
        try:
            data = VISIT.load(request.get_json(force=True))
        except ValidationError as trouble:
            return jsonify(error=trouble.messages), 400
        if data["key"] != KEY:
            return jsonify(error="unknown key"), 401
        now = int(time.time() * 1000)
        rows = [row_of(event, data["visitor_id"], now) for event in data["events"]]
        if not hasattr(_own, "connection"):
            _own.connection = connect(path)
        try:
            new = add(_own.connection, data["visitor_id"], rows)
        except sqlite3.OperationalError:
            return jsonify(error="busy"), 503
        return jsonify(accepted=new, duplicates=len(rows) - new, refused=[]), 200

    @app.get("/ready")
    def ready() -> str:
        return "ready"

    return app


def main() -> None:
    """Serve until told to stop."""
    read = argparse.ArgumentParser()
    for name in ("--port", "--workers", "--threads"):
        read.add_argument(name, type=int, required=True)
    asked = read.parse_args()
    connect(Path(os.environ[FOLDER]) / "ordinary.db").executescript(TABLES)
    Granian(
        "ordinary:make",
        factory=True,
        address="127.0.0.1",
        port=asked.port,
        interface=Interfaces.WSGI,
        workers=asked.workers,
        blocking_threads=asked.threads,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    main()
