"""Does a query end in its middle when somebody wants it to, and is the store well afterwards?"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

from plugin.errors import PluginError
from plugin.storage import stops
from plugin.storage.engine import Store

# Minutes of counting, if nobody ends it.
ENDLESS = """
with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000000000)
select count(*) from n
"""


class Enough:
    """Lets a query go on for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.end = perf_counter() + seconds

    def __call__(self) -> None:
        if perf_counter() > self.end:
            raise PluginError("that is enough", code="enough")


def test_a_query_ends_within_a_quarter_of_a_second_of_the_wish(store: Store) -> None:
    took = []
    for _ in range(3):  # other programs on the machine may hold up one of them
        check = Enough(0.1)
        with pytest.raises(PluginError, match="enough"), store.read() as tx, tx.stopping(check):
            tx.value(ENDLESS)
        took.append(perf_counter() - check.end)
    assert min(took) < 0.25


def test_after_a_stopped_query_the_store_answers_as_before(store: Store) -> None:
    for _ in range(3):
        with pytest.raises(PluginError), store.read() as tx, tx.stopping(Enough(0.03)):
            tx.value(ENDLESS)
        with store.write() as tx:
            tx.run("insert into items (item_id, created_at, updated_at) values ('a', 1, 1)"
                   " on conflict (item_id) do nothing")  # fmt: skip
    with store.read() as tx, tx.stopping(Enough(60)):
        assert tx.value("select count(*) from items") == 1
        with pytest.raises(Exception, match="no_such_table"):  # its own trouble is told as it is
            tx.value("select * from no_such_table")


def test_what_is_not_to_begin_does_not(store: Store) -> None:
    with pytest.raises(PluginError), store.read() as tx, tx.stopping(Enough(-1)):
        pytest.fail("it began")


def test_a_wish_is_seen_for_its_query_alone_until_that_is_over(tmp_path: Path) -> None:
    stops.wish(tmp_path, "moon", "../../run")
    assert stops.wished(tmp_path, "moon", "../../run")
    assert not stops.wished(tmp_path, "moon", "another")
    assert not stops.wished(tmp_path, "sun", "../../run")
    stops.settle(tmp_path, "moon", "../../run")
    assert list((tmp_path / "stops").iterdir()) == []
