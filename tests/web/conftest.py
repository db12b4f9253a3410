"""The whole application over real stores: for tests that walk through HTTP."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.engine import Store
from plugin.storage.house import House, drop_schema
from plugin.storage.postgres import PostgresStore
from plugin.storage.sqlite import SqliteStore
from plugin.tasks.group import GroupWriter
from plugin.web.app import create_app
from plugin.web.passwords import hashed
from tests.conftest import emptied, new_store, rows_of

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0 Safari/537.36"
)
EMAIL, PASSWORD = "mina@moon.example", "a good long password"


def token(page: str) -> str:
    """What the forms of an owner's page send along."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


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
    house: House
    _count: int = field(default=0)

    @property
    def store(self) -> Store:
        """Where it is all kept."""
        return self.house.store(self.shop.name)

    def visit(self, visitor: str, *events: dict[str, Any], **body: Any) -> Any:
        """POST /v1/visit as a page does; event ids and times are filled in."""
        sent = [self._dressed(event) for event in events]
        data = {"key": self.shop.public_key, "visitor_id": visitor, "events": sent, **body}
        return self.client.post("/v1/visit", json=data, headers={"User-Agent": BROWSER})

    def server(self, method: str, path: str, data: Any = None) -> Any:
        """Call the server API with the secret key."""
        bearer = {"Authorization": f"Bearer {self.secret}"}
        return self.client.open(path, method=method, json=data, headers=bearer)

    def sign_in(self, password: str = PASSWORD, email: str = EMAIL, **asked: Any) -> Any:
        """Send the login form as a browser does; Mina, the owner, is signed in from then on.

        asked: what else the client is told of both requests (query_string, headers, base_url).
        """
        form = {"csrf_token": token(self.client.get("/admin/login", **asked).text)}
        form |= {"email": email, "password": password}
        return self.client.post("/admin/login", data=form, **asked)

    def gets(self, path: str, /, **query: str) -> Any:
        """The answer of an owner's page, whatever it is."""
        return self.client.get(f"/admin/{path}", query_string={"shop": self.shop.name, **query})

    def opens(self, path: str, /, **query: str) -> str:
        """The text of an owner's page that is there."""
        answer = self.gets(path, **query)
        assert answer.status_code == 200, answer.text[:500]
        return str(answer.text)

    def form_token(self) -> str:
        """What the owner's forms and scripts send along: every page of a session has the same."""
        return token(self.opens("jobs"))

    def posts(self, path: str, /, headers: dict[str, str] | None = None, **form: Any) -> Any:
        """POST to an owner's page without its token, as only a stranger's page would."""
        query = {"shop": self.shop.name}
        return self.client.post(f"/admin/{path}", query_string=query, data=form, headers=headers)

    def sends(self, path: str, /, headers: dict[str, str] | None = None, **form: Any) -> Any:
        """POST one of the owner's forms."""
        return self.posts(path, headers, csrf_token=self.form_token(), **form)

    def asks(self, path: str, /, **told: Any) -> Any:
        """POST JSON as the script of an owner's page does."""
        query, headers = {"shop": self.shop.name}, {"X-CSRFToken": self.form_token()}
        return self.client.post(f"/admin/{path}", query_string=query, json=told, headers=headers)

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
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("blank_control"), tmp_path / "control.db")
        with closing(House(Settings(data=tmp_path, database_url=None, secret_key="test"))) as made:
            yield made
        return
    url, blank = request.getfixturevalue("postgres_url"), request.getfixturevalue("no_shops")
    if not blank:
        drop_schema(url, "regulars_control")
    made = House(Settings(data=tmp_path, database_url=url, secret_key="test"))
    if not blank:
        blank.update(rows_of(made.control))
    yield made
    if not emptied(made.control, blank):
        blank.clear()


@pytest.fixture(scope="session")
def no_shops() -> dict[str, str]:
    """The control store on PostgreSQL without shops; empty: it has to be made anew."""
    return {}


@pytest.fixture(scope="session")
def password() -> str:
    """The owner's password as it is kept; made once, for it is meant to take long."""
    return hashed(PASSWORD)


@pytest.fixture
def app(house: House, clock: Clock) -> Iterator[Flask]:
    """The application; its writer writes at once."""
    with closing(GroupWriter(house).start()) as writer:
        yield create_app(house, writer, clock)


@pytest.fixture
def moon(
    house: House, app: Flask, clock: Clock, password: str, request: pytest.FixtureRequest
) -> Iterator[Moon]:
    """A shop called moon (its store has a name of its own on a shared server) with an owner."""
    with new_store(request.getfixturevalue("engine"), request, house.settings.data) as store:
        yield _moon(house, app, clock, password, store)


@pytest.fixture
def owner(moon: Moon) -> Moon:
    """The same shop, whose owner is signed in."""
    assert moon.sign_in().status_code == 303
    return moon


def _moon(house: House, app: Flask, clock: Clock, password: str, store: Store) -> Moon:
    if isinstance(store, PostgresStore):
        name = store.schema.removeprefix("shop_")
    else:
        name = f"moon_{uuid.uuid4().hex[:10]}"
        assert isinstance(store, SqliteStore)
        (house.settings.data / "shops").mkdir(exist_ok=True)
        store.path.rename(house.settings.data / "shops" / f"{name}.db")
    keys = control.new_keys()
    shop = Shop(name, keys.public, currency="KRW", timezone="Asia/Seoul", created_at=clock.at)
    with house.control.write() as tx:
        control.add_shop(tx, shop, keys)
        control.put_owner(tx, EMAIL, password, clock.at)
    return Moon(shop, keys.secret, app.test_client(), clock, house)
