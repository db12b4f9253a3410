"""One process writes for all, and says so only after the commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.shop import Shop
from plugin.storage.house import House
from plugin.tasks.group import Caller, GroupWriter
from plugin.tasks.keeper import Keeper, become_writer
from plugin.tasks.wire import Asked
from plugin.tasks.writer import KeeperClient

RULE = {"trait": "orders_total", "op": ">=", "value": 1}


@pytest.fixture
def client(house: House) -> Iterator[KeeperClient]:
    made = KeeperClient(house.settings.data)
    yield made
    made.close()


def segment(slug: str, rule: Any = RULE) -> dict[str, Any]:
    return {"slug": slug, "name": slug, "rule": rule, "enabled": True, "now": 1}


def put(writer: Any, slug: str, rule: Any = RULE) -> None:
    writer.do("moon", "put_segment", **segment(slug, rule))


def slugs(house: House) -> set[str]:
    with house.store("moon").read() as tx:
        return {row["slug"] for row in tx.all("select slug from segments")}


def test_a_step_handed_over_the_socket_is_stored_when_it_answers(
    house: House, keeper: Keeper, client: KeeperClient
) -> None:
    put(client, "buyers")
    assert slugs(house) == {"buyers"}


def test_a_step_that_fails_tells_its_caller_why_and_spoils_no_other(
    house: House, keeper: Keeper, client: KeeperClient
) -> None:
    with pytest.raises(PluginError, match="op"):
        put(client, "bad", {"trait": "orders_total", "op": "resembles", "value": 1})
    put(client, "good")
    assert slugs(house) == {"good"}


def test_a_step_that_spoils_the_commit_fails_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poison(tx: Any, shop: Shop) -> None:
        tx.run("rollback")  # as SQLite does by itself when the disk is full

    monkeypatch.setitem(journey.STEPS, "poison", poison)
    group = GroupWriter(house)  # not writing yet: all four wait for one commit
    asked = [Asked("moon", "put_segment", segment(f"s{number}")) for number in range(3)]
    waiting = [Caller() for _ in range(4)]
    for step, caller in zip([asked[0], Asked("moon", "poison"), *asked[1:]], waiting, strict=True):
        group.submit([step], caller)
    group.start()
    answers = [one.wait() for one in waiting]
    group.close()
    assert [answer.trouble is None for answer in answers] == [True, False, True, True]
    with pytest.raises(Busy):
        answers[1].given()
    assert slugs(house) == {"s0", "s1", "s2"}


def test_many_that_write_at_once_are_all_stored(
    house: House, keeper: Keeper, client: KeeperClient
) -> None:
    threads = [threading.Thread(target=put, args=(client, f"s{n}")) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slugs(house) == {f"s{n}" for n in range(16)}


def test_without_a_keeper_the_caller_is_asked_to_come_again(client: KeeperClient) -> None:
    with pytest.raises(Busy):
        put(client, "buyers")


def test_a_client_finds_the_keeper_that_took_over(house: House, client: KeeperClient) -> None:
    first = become_writer(house)
    assert isinstance(first, Keeper)
    put(client, "before")
    first.close()
    second = become_writer(house)
    assert isinstance(second, Keeper)
    put(client, "after")
    second.close()
    assert slugs(house) == {"before", "after"}


def test_while_one_keeps_another_process_only_hands_over(house: House, keeper: Keeper) -> None:
    assert isinstance(become_writer(house), KeeperClient)


def test_what_waits_when_the_keeper_closes_is_still_written(house: House) -> None:
    keeper = become_writer(house)
    assert isinstance(keeper, Keeper)
    put(keeper, "last")
    keeper.close()
    assert slugs(house) == {"last"}
