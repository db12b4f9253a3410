"""Whose visits of last month are played again?"""

from __future__ import annotations

from plugin.storage.engine import Tx

COUNT = "select count(*) from profiles where last_seen_at >= :since"
# Every k-th visitor: ids are given in the order of arrival, so old and new ones are among them.
SAMPLE = """
select id from profiles where last_seen_at >= :since and id % :step = 0 order by id limit :most
"""


def sample(tx: Tx, since: int, most: int) -> tuple[list[int], int]:
    """At most ``most`` profiles of those seen since then (Unix ms), and how many those are."""
    everybody: int = tx.value(COUNT, since=since)
    step = max(1, everybody // most)
    return [one for (one,) in tx.tuples(SAMPLE, since=since, step=step, most=most)], everybody
