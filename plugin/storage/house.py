"""Where are the stores of this installation, and which shop does a key open?"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

from plugin.config import Settings
from plugin.errors import NotAllowed, NotFound
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore


class House:
    """All stores of one installation; opened on first use and brought up to date then."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opening = threading.Lock()
        self._stores: dict[str, Store] = {}
        self._generation = -1
        self._version: int | None = None
        self._shops: dict[str, Shop] = {}
        self._by_key: dict[str, Shop] = {}
        self._by_secret: dict[str, str] = {}
        self.control = self._open("control", self._file("control.db"), "regulars_control")

    def _file(self, name: str) -> Path:
        return self.settings.data / name

    def _open(self, kind: str, path: Path, schema: str) -> Store:
        url = self.settings.database_url
        store: Store = _postgres(url, schema) if url else SqliteStore(path)
        migrate(store, kind)
        return store

    def store(self, name: str) -> Store:
        """The store of the shop called ``name``. Raises NotFound."""
        if name not in self.shops():
            raise NotFound(f"there is no shop called {name}; see `regulars shop list`")
        return self._store(name)

    def store_of(self, shop: Shop) -> Store:
        """The store of a shop that was looked up just now."""
        return self._stores.get(shop.name) or self._store(shop.name)

    def _store(self, name: str) -> Store:
        with self._opening:
            if name not in self._stores:
                path = self._file(f"shops/{name}.db")
                store = self._stores[name] = self._open("shop", path, f"shop_{name}")
                store.models = self._file(f"models/{name}")
            return self._stores[name]

    def shops(self) -> Mapping[str, Shop]:
        """Every shop by name, as of now: another process's change counts in the next call."""
        version = self.control.version()
        if version is not None and version == self._version:
            return self._shops
        with self.control.read() as tx:
            generation = control.generation(tx)
            if generation != self._generation:
                found = control.shops(tx)
                self._by_secret = control.shop_by_secret(tx)
                self._by_key = {shop.public_key: shop for shop in found}
                self._shops = {shop.name: shop for shop in found}
                self._generation = generation
        self._version = version
        return self._shops

    def shop(self, name: str) -> Shop:
        """The shop called ``name``. Raises NotFound."""
        found = self.shops().get(name)
        if found is None:
            raise NotFound(f"there is no shop called {name}; see `regulars shop list`")
        return found

    def shop_by_key(self, public_key: object) -> Shop:
        """The shop a public key opens. Raises NotAllowed, with one answer for every bad key."""
        self.shops()
        shop = self._by_key.get(public_key) if isinstance(public_key, str) else None
        if shop is None:
            raise NotAllowed(
                "this key opens no shop; copy the tag again from the admin's install page"
            )
        return shop

    def shop_by_secret(self, secret: str) -> Shop:
        """The shop a secret key opens. Raises NotAllowed."""
        self.shops()
        # Hashes are compared, so how long the look-up takes tells nothing about the key.
        name = self._by_secret.get(control.secret_hash(secret))
        if name is None:
            raise NotAllowed("send the shop's secret key as `Authorization: Bearer sk_…`")
        return self._shops[name]

    def forget(self, name: str) -> None:
        """Remove the shop's data; its keys are the control store's to remove."""
        with self._opening:
            store = self._stores.pop(name, None)
        if store is not None:
            store.close()
        # On another machine of a PostgreSQL installation its copy stays until somebody removes it.
        shutil.rmtree(self._file(f"models/{name}"), ignore_errors=True)
        if self.settings.database_url:
            drop_schema(self.settings.database_url, f"shop_{name}")
            return
        for ending in ("", "-wal", "-shm"):
            self._file(f"shops/{name}.db{ending}").unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of every store."""
        for store in (*self._stores.values(), self.control):
            store.close()
        self._stores.clear()


def _postgres(url: str, schema: str) -> Store:
    # Read only where it is used: it takes as long as all the rest.
    from plugin.storage.postgres import PostgresStore

    return PostgresStore(url, schema)


def drop_schema(url: str, schema: str) -> None:
    """Remove a shop's schema with everything in it."""
    store = _postgres(url, schema)
    with store.write() as tx:
        tx.run(f'drop schema "{schema}" cascade')
