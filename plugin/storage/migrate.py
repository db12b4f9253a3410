"""Which steps brought a store to its present form, and which are still to come?

A step is a numbered file; it runs once, in order, in one transaction with its own record, so a
process killed half-way leaves the store as it was before the step.
"""

from __future__ import annotations

from pathlib import Path

from plugin.errors import PluginError
from plugin.storage.engine import Store, Tx

FOLDER = Path(__file__).resolve().parent / "migrations"

RECORD = """
create table if not exists migrations (number {int} primary key, name text not null) {strict}
"""
DONE = "select number, name from migrations order by number"
DID = "insert into migrations (number, name) values (:number, :name)"
ALONE = "select pg_advisory_xact_lock(7371)"


def steps(kind: str) -> list[tuple[int, str, str]]:
    """The steps for ``kind`` ("shop" or "control"), in order: number, name, SQL."""
    files = sorted((FOLDER / kind).glob("[0-9]*.sql"))
    return [(int(file.name[:4]), file.stem, file.read_text(encoding="utf-8")) for file in files]


def migrate(store: Store, kind: str) -> list[str]:
    """Bring ``store`` up to date; the names of the steps taken now, in order.

    Raises PluginError when the store was written by a newer version than this one.
    """
    with store.write() as tx:
        _alone(tx)
        tx.run(RECORD)
        done = {row["number"]: row["name"] for row in tx.all(DONE)}
    known = steps(kind)
    ahead = sorted(set(done) - {number for number, _, _ in known})
    if ahead:
        raise PluginError(f"this store has step {done[ahead[-1]]}, unknown here: upgrade Regulars")
    return [
        name
        for number, name, sql in known
        if number not in done and _take(store, number, name, sql)
    ]


def _take(store: Store, number: int, name: str, sql: str) -> bool:
    """Take one step, unless another process just did; whether we took it."""
    with store.write() as tx:
        _alone(tx)
        if any(row["number"] == number for row in tx.all(DONE)):
            return False
        for statement in _statements(sql):
            tx.run(statement)
        tx.run(DID, number=number, name=name)
    return True


def _alone(tx: Tx) -> None:
    # Two processes may start at once: SQLite's write lock orders them, PostgreSQL needs a word.
    if tx.dialect == "postgresql":
        tx.all(ALONE)


def _statements(sql: str) -> list[str]:
    lines = (line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [part for part in "\n".join(lines).split(";") if part.strip()]
