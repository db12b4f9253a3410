"""Kill -9 at any moment: what was acknowledged is stored, once, and the shop is soon ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from statistics import median

import pytest
from rig.clients import Crowd, wait_until
from rig.ledger import Ledger, Verdict, judge
from rig.server import VICTIMS, Server, is_alive

from plugin import faults

READY_WITHIN_S = 2.0  # what is promised: held by the long run, which has the machine to itself
READY_AT_ALL_S = 6.0  # the few kills of each test run may share it
SHORT = 6
# The keeper holds what waits for its commit, so it dies most often.
DECK = ("keeper", "web", "everything", "keeper", "parent", "keeper", "web", "everything")
TIMES = 20  # a process dies when it reaches its moment so many times
REACHED_WITHIN_S = 30.0

Kill = tuple[str, float]  # who, and the seconds until the shop was ready again


def victims(count: int, dice: Random) -> Iterator[str]:
    """``count`` of ``VICTIMS``, each of them among the first so many."""
    if count < len(DECK):
        yield from dice.sample([*VICTIMS, "keeper", "keeper"], count)
        return
    for number in range(count):
        if number % len(DECK) == 0:
            deck = dice.sample(DECK, len(DECK))
        yield deck[number % len(DECK)]


def test_whoever_is_killed_nothing_acknowledged_is_lost_or_counted_twice(
    install: Callable[..., Server], long: int
) -> None:
    server, ledger, dice, kills = install(), Ledger(), Random(long), list[Kill]()
    with Crowd(server.port, server.key, ledger) as crowd:
        for victim in victims(long or SHORT, dice):
            crowd.wait_for_acks(dice.randint(1, 60))
            server.settle()
            kills.append((victim, server.kill(victim, dice.randrange(2))))
        crowd.wait_for_acks(20)
    assert server.stop() == 0
    verdict = judge(server.folder, ledger)
    print(table(kills, ledger, verdict))
    assert not verdict, verdict
    within = READY_WITHIN_S if long else READY_AT_ALL_S
    assert [kill for kill in kills if kill[1] > within] == []


def table(kills: list[Kill], ledger: Ledger, verdict: Verdict) -> str:
    """What a run of kills came to, for people."""
    waits = {who: sorted(s for victim, s in kills if victim == who) for who in VICTIMS}
    waits["all"] = sorted(seconds for _, seconds in kills)
    lines = ["", f"{'killed':12}{'times':>7}{'ready p50':>12}{'ready max':>12}"]
    lines += [
        f"{who:12}{len(found):7}{median(found):10.2f} s{found[-1]:10.2f} s"
        for who, found in waits.items()
        if found
    ]
    lines += [
        f"acknowledged: {len(ledger.acked)} batches, {ledger.acked_events} events",
        f"resent {ledger.resends} times, {ledger.known} batches were stored before,"
        f" {ledger.abandoned} given up",
        f"lost {len(verdict.lost)}, doubled {len(verdict.doubled)}, half batches"
        f" {len(verdict.half)}, miscounted {len(verdict.miscounted)}",
    ]
    return "\n".join(lines)


def test_deaths_in_quick_succession_neither_end_the_whole_nor_leave_an_orphan(
    install: Callable[..., Server],
) -> None:
    server = install()
    for _ in range(2):  # the second while its successor is being born
        server.kill("web", which=1)
        server.settle()
    assert server.ended == []
    server.kill("web", which=0)
    server.settle()
    server.kill("parent")  # raises when a child stays


@pytest.mark.parametrize("point", faults.POINTS)
def test_a_process_that_dies_at_any_named_moment_loses_and_doubles_nothing(
    install: Callable[..., Server], point: str, long: int
) -> None:
    server, ledger = install(REGULARS_FAIL_AT=f"{point}:{TIMES}"), Ledger()
    with Crowd(server.port, server.key, ledger, clients=4) as crowd:
        for _ in range(5 if long else 1):
            there = server.children()
            wait_until(
                lambda there=there: not all(map(is_alive, there)),
                REACHED_WITHIN_S,
                f"{point} is reached {TIMES} times",
            )
            crowd.wait_for_acks(5)
    server.stop()
    verdict = judge(server.folder, ledger)
    assert not verdict, verdict
    assert ledger.resends > 0
