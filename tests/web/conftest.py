"""The whole application over real stores: for tests that walk through HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House, drop_schema
from plugin.tasks.group import GroupWriter
from plugin.web.app import create_app
from plugin.web.passwords import hashed

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0 Safari/537.36"
)
PASSWORD = "a good long password"


@dataclass
class Clock:
    """A moment that a test can move."""

    at: int

    def __call__(self) -> int:
        return self.at


@dataclass
class Moon:
    """The shop called moon, with both keys, and what a page or a server would send it."""

    shop: Shop
    secret: str
    client: FlaskClient
    clock: Clock
    _count: int = field(default=0)

    def visit(self, visitor: str, *events: dict[str, Any], **body: Any) -> Any:
        """POST /v1/visit as a page does; event ids and times are filled in."""
        sent = [self._dressed(event) for event in events]
        data = {"key": self.shop.public_key, "visitor_id": visitor, "events": sent, **body}
        return self.client.post("/v1/visit", json=data, headers={"User-Agent": BROWSER})

    def server(self, method: str, path: str, data: Any = None) -> Any:
        """Call the server API with the secret key."""
        bearer = {"Authorization": f"Bearer {self.secret}"}
        return self.client.open(path, method=method, json=data, headers=bearer)

    def _dressed(self, event: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        return {"event_id": f"event-{self._count:06d}", "timestamp": self.clock.at, **event}


@pytest.fixture
def clock(now: int) -> Clock:
    """The application's clock."""
    return Clock(now)


@pytest.fixture
def house(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An installation without shops, once on each engine."""
    url = None
    if engine == "postgresql":
        url = request.getfixturevalue("postgres_url")
        drop_schema(url, "regulars_control")
    made = House(Settings(data=tmp_path, database_url=url, secret_key="test"))
    yield made
    made.close()


@pytest.fixture
def app(house: House, clock: Clock) -> Flask:
    """The application; its writer writes at once."""
    return create_app(house, GroupWriter(house).start(), clock)


@pytest.fixture
def moon(house: House, app: Flask, clock: Clock) -> Moon:
    """A shop called moon (its store has a name of its own on a shared server) with an owner."""
    name = f"moon_{uuid.uuid4().hex[:10]}"
    keys = control.new_keys()
    shop = Shop(name, keys.public, currency="KRW", timezone="Asia/Seoul", created_at=clock.at)
    with house.control.write() as tx:
        control.add_shop(tx, shop, keys)
        control.put_owner(tx, "mina@moon.example", hashed(PASSWORD), clock.at)
    return Moon(shop, keys.secret, app.test_client(), clock)
