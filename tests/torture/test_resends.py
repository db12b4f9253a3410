"""However often, from wherever and through whatever a batch is sent: it is stored once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rig.clients import Crowd, Line, Parcels
from rig.ledger import Ledger, Parcel, judge
from rig.proxy import CuttingProxy
from rig.server import Server

BROWSERS = 8
TIMES = 50  # each sends the batch
CUT = 0.1  # of the answers


def send_at_once(server: Server, parcel: Parcel, times: int) -> list[dict[str, Any]]:
    """The answers when ``BROWSERS`` send the same batch ``times`` each."""

    def browser(_: int) -> list[dict[str, Any]]:
        line = Line(server.port)
        answers = [line.ask("POST", "/v1/visit", parcel.body) for _ in range(times)]
        line.close()
        assert [answer for answer in answers if answer is None or answer[0] != 200] == []
        return [json.loads(answer[2]) for answer in answers if answer is not None]

    with ThreadPoolExecutor(BROWSERS) as pool:
        return [answer for found in pool.map(browser, range(BROWSERS)) for answer in found]


def test_one_batch_from_many_browsers_and_across_a_restart_is_stored_once(
    install: Callable[..., Server],
) -> None:
    server, ledger = install(), Ledger()
    parcel = Parcels(server.key, seed=9).next(time.time_ns() // 1_000_000)
    ledger.send(parcel)
    answers = send_at_once(server, parcel, TIMES // 2)
    server.kill("everything")
    server.settle()
    answers += send_at_once(server, parcel, TIMES // 2)
    server.stop()
    events = len(parcel.events)
    assert sum(answer["accepted"] for answer in answers) == events
    assert sum(answer["duplicates"] for answer in answers) == events * (BROWSERS * TIMES - 1)
    ledger.acked.append(parcel)
    verdict = judge(server.folder, ledger)
    assert not verdict, verdict


def test_answers_that_never_arrive_bring_resends_and_no_double(
    install: Callable[..., Server], long: int
) -> None:
    server, ledger = install(), Ledger()
    proxy = CuttingProxy(server.port, CUT)
    with Crowd(proxy.port, server.key, ledger) as crowd:
        crowd.wait_for_acks(long * 20 or 200, within_s=120)
    proxy.close()
    assert server.stop() == 0
    verdict = judge(server.folder, ledger)
    assert not verdict, verdict
    assert ledger.resends + ledger.abandoned == proxy.cut > 0
    assert ledger.known > 0  # the first good answer of a batch said: stored before
