"""How is an installation driven without any process but this one, so that a test can hurt it?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from plugin.config import load_settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.storage.sqlite import SqliteStore
from plugin.tasks.keeper import become_writer
from plugin.web.app import create_app
from plugin.web.passwords import hashed
from rig.clients import HEADERS, PEOPLE
from rig.ledger import Ledger, Parcel, Verdict, judge_store, rebuilt

NOON = 1_790_046_000_000
EMAIL, PASSWORD = "mina@moon.example", "a good long password"
OWNER_PAGES = ("", "segments", "visitors", "popups", "windows", "jobs", "install")


@dataclass
class Clock:
    """A moment that a test can move."""

    at: int = NOON

    def __call__(self) -> int:
        return self.at


class Inside:
    """The application and its keeper; a shop called moon, whose owner is mina."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.house = House(load_settings({"REGULARS_RATE_LIMIT": "off"}, data=folder))
        keys = control.new_keys()
        self.shop = Shop("moon", keys.public, currency="KRW", timezone="Asia/Seoul")
        with self.house.control.write() as tx:
            control.add_shop(tx, self.shop, keys)
            control.put_owner(tx, EMAIL, hashed(PASSWORD), NOON)
        self.writer = become_writer(self.house)
        self.app = create_app(self.house, self.writer, self.clock)

    def client(self) -> FlaskClient:
        """A browser; one for each thread."""
        return self.app.test_client()

    def store(self) -> SqliteStore:
        """The shop's store."""
        found = self.house.store("moon")
        assert isinstance(found, SqliteStore)
        return found

    def pragma(self, text: str) -> Any:
        """Say ``text`` on the very connection that writes; what it answers."""
        with self.store().write():
            connection = self.store()._writer
        return connection.execute(f"pragma {text}").fetchone()[0]

    def send(self, parcel: Parcel, client: FlaskClient | None = None) -> Any:
        """POST the batch as a page does."""
        return (client or self.client()).post("/v1/visit", data=parcel.body, headers=HEADERS)

    def events(self) -> int:
        """How many events are stored."""
        with self.store().read() as tx:
            return int(tx.value("select count(*) from events"))

    def judge(self, ledger: Ledger) -> Verdict:
        """Hold the store against the ledger."""
        found = judge_store(self.store(), ledger)
        found.miscounted += rebuilt(self.house, "moon")
        return found

    def owner(self) -> FlaskClient:
        """The browser of mina, who has signed in."""
        client = self.client()
        form = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/admin/login").text)
        assert form is not None
        data = {"email": EMAIL, "password": PASSWORD, "csrf_token": form[1]}
        assert client.post("/admin/login", data=data).status_code == 303
        return client

    def reads(self, owner: FlaskClient) -> dict[str, int]:
        """What each read answers: the shop's pages and the owner's."""
        about = {"key": self.shop.public_key, "visitor_id": PEOPLE[0]}
        asks: dict[str, Callable[[], Any]] = {
            "recommend": lambda: self._post("recommend", {**about, "strategy": "bestsellers"}),
            "popup": lambda: self._post("popup", {**about, "page": {"url": "https://a.example/"}}),
            "health": lambda: self.client().get("/health"),
            "metrics": lambda: self.client().get("/metrics"),
        }
        for page in OWNER_PAGES:
            asks[f"admin/{page}"] = lambda page=page: owner.get(f"/admin/{page}?shop=moon")
        return {name: ask().status_code for name, ask in asks.items()}

    def _post(self, call: str, data: dict[str, Any]) -> Any:
        return self.client().post(f"/v1/{call}", data=json.dumps(data), headers=HEADERS)

    def close(self) -> None:
        """Let go of everything."""
        self.writer.close()
        self.house.close()
