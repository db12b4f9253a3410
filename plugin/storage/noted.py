"""How is one word about a whole shop written down, under a name of its own?"""

from __future__ import annotations

from plugin.storage.engine import Tx

KEEP = """
insert into facts (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value
"""


def keep(tx: Tx, name: str, value: str) -> None:
    """Let ``value`` be what table ``facts`` says under ``name``, whatever it said before."""
    tx.run(KEEP, name=name, value=value)
