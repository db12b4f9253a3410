"""Which steps brought a store to its present form, and which are still to come?

A step is a numbered file; it runs once, in order. All that are missing run in one transaction with
their record, so a process killed half-way leaves the store as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    known = steps(kind)
    if _up_to_date(store, known):
        return []
    with store.write() as tx:
        _alone(tx)
        tx.run(RECORD)
        done = {row["number"]: row["name"] for row in tx.all(DONE)}
        ahead = sorted(set(done) - {number for number, _, _ in known})
        if ahead:
            raise PluginError(
                f"this store has step {done[ahead[-1]]}, unknown here: upgrade Regulars"
            )
        missing = [step for step in known if step[0] not in done]
        for number, name, sql in missing:
            for statement in _statements(sql):
                tx.run(statement)
            tx.run(DID, number=number, name=name)
    return [name for _, name, _ in missing]


def _up_to_date(store: Store, known: Sequence[tuple[int, str, str]]) -> bool:
    """Whether nothing is to be done, as at nearly every start."""
    try:
        with store.read() as tx:
            done = {row["number"] for row in tx.all(DONE)}
    except Exception:  # there is no such table yet, as each engine says in its own way
        return False
    return done == {number for number, _, _ in known}


def _alone(tx: Tx) -> None:
    # Two processes may start at once: SQLite's write lock orders them, PostgreSQL needs a word.
    if tx.dialect == "postgresql":
        tx.all(ALONE)


def _statements(sql: str) -> list[str]:
    lines = (line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [part for part in "\n".join(lines).split(";") if part.strip()]
