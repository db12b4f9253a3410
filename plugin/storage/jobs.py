"""How did the jobs on the clock go?"""

from __future__ import annotations

from plugin.storage.engine import Row, Tx

RAN = """
insert into jobs (name, started_at, ended_at, ok, said)
values (:name, :started_at, :ended_at, :ok, :said)
on conflict (name) do update set
  started_at = excluded.started_at, ended_at = excluded.ended_at,
  ok = excluded.ok, said = excluded.said
"""
RUNS = "select * from jobs"


def ran(tx: Tx, name: str, started_at: int, ended_at: int, *, ok: bool, said: str) -> None:
    """Keep how the last run of the job called ``name`` went, in one line for the owner."""
    tx.run(RAN, name=name, started_at=started_at, ended_at=ended_at, ok=ok, said=said[:500])


def last_runs(tx: Tx) -> dict[str, Row]:
    """The last run of each job that ran: started_at, ended_at, ok, said."""
    return {row["name"]: row for row in tx.all(RUNS)}
