"""SIGTERM in the middle of the day: the queue is finished, the files are whole, soon."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from rig.clients import Crowd
from rig.ledger import Ledger, judge
from rig.server import Server, is_alive

ENDS_WITHIN_S = 10.0


# A terminal or a script tells the parent; a service manager tells every process at once.
@pytest.mark.parametrize("everyone", [False, True], ids=["parent", "everyone"])
def test_who_is_asked_to_end_under_load_finishes_what_it_took(
    install: Callable[..., Server], everyone: bool
) -> None:
    server, ledger = install(), Ledger()
    with Crowd(server.port, server.key, ledger) as crowd:
        crowd.wait_for_acks(50)
        children, began = server.children(), time.monotonic()
        server.ask_to_end(everyone=everyone)
        code = server.process.wait(2 * ENDS_WITHIN_S)
        took = time.monotonic() - began
        crowd.hang_up()
    assert (code, [pid for pid in children if is_alive(pid)]) == (0, [])
    assert took <= ENDS_WITHIN_S
    logs = {path.name: path.stat().st_size for path in server.folder.rglob("*-wal")}
    assert {name for name, size in logs.items() if size} == set()
    verdict = judge(server.folder, ledger)
    assert not verdict, verdict
