"""What every engine keeps of its word."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from plugin.storage import sqlite
from plugin.storage.engine import Store, Tx

PUT = "insert into facts (name, value) values (:name, :value)"
NAMES = "select name from facts where name in texts(:names) order by name"


def fail_after_writing(tx: Tx, name: str) -> None:
    tx.run(PUT, name=name, value="lost")
    raise RuntimeError


def test_what_was_written_is_seen_by_the_next_look(store: Store) -> None:
    with store.write() as tx:
        tx.run(PUT, name="greeting", value="hello")
    with store.read() as tx:
        assert tx.value("select value from facts where name = :name", name="greeting") == "hello"


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as tx:
        fail_after_writing(tx, "greeting")
    with store.read() as tx:
        assert tx.all(NAMES, names=["greeting"]) == []


def test_a_savepoint_that_raises_takes_only_itself_back(store: Store) -> None:
    with store.write() as tx:
        tx.run(PUT, name="a", value="kept")
        with pytest.raises(RuntimeError), tx.savepoint():
            fail_after_writing(tx, "b")
        tx.run(PUT, name="c", value="kept")
    with store.read() as tx:
        assert [row["name"] for row in tx.all(NAMES, names=["a", "b", "c"])] == ["a", "c"]


def test_a_look_changes_nothing(store: Store) -> None:
    with pytest.raises(Exception, match=r"read.?only"), store.read() as tx:
        tx.run(PUT, name="a", value="b")


def test_lists_of_texts_and_numbers_can_be_parameters(store: Store) -> None:
    with store.read() as tx:
        assert tx.value("select count(*) from facts where 3 in ints(:n)", n=[1, 2, 3]) == 1
        assert tx.value("select count(*) from facts where 'é%' in texts(:t)", t=["é%"]) == 1


def test_a_statement_done_for_many_says_what_each_returned(store: Store) -> None:
    with store.write() as tx:
        found = tx.many_returning(
            PUT + " on conflict (name) do nothing returning name",
            [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}, {"name": "b", "value": "3"}],
        )
    assert found == [{"name": "a"}, None, {"name": "b"}]


def test_threads_write_one_after_the_other_and_none_is_lost(store: Store) -> None:
    def write(who: int) -> None:
        for number in range(10):
            with store.write() as tx:
                tx.run(PUT, name=f"{who}-{number}", value="x")

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as tx:
        assert tx.value("select count(*) from facts where value = 'x'") == 40


def test_a_look_into_another_store_leaves_the_first_as_it_was(
    store: Store, other_store: Store
) -> None:
    with store.write() as tx:
        tx.run(PUT, name="who", value="first")
    with other_store.write() as tx:
        tx.run(PUT, name="who", value="second")
    with store.read() as tx:
        with other_store.read() as other:
            assert other.value("select value from facts where name = 'who'") == "second"
        assert tx.value("select value from facts where name = 'who'") == "first"


@pytest.mark.skipif(sqlite.sqlite3.__name__ != "pysqlite3", reason="Python's own counts as it will")
def test_looks_at_once_do_not_wait_to_count_the_memory_they_take(tmp_path: Path) -> None:
    """It is told to a library before its first use, so in a process of its own."""
    program = (
        "import ctypes, sys; from pathlib import Path\n"
        "from plugin.storage.sqlite import SqliteStore\n"
        "with SqliteStore(Path(sys.argv[1])).write() as tx: tx.run('create table t (x)')\n"
        "library = ctypes.CDLL(sys.modules['pysqlite3._sqlite3'].__file__)\n"
        "print(library.sqlite3_memory_used())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "shop.db")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "0"
