"""What a visitor leaves in a popup is told to the addresses that ask for it, in the same commit."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from plugin.journey.submit import submit
from plugin.shop import Shop
from plugin.storage import answers, campaigns, hooks, outbox, profiles
from plugin.storage.engine import Store, Tx

CHO = "cho-0123456789abcdef"
FORM = {
    "type": "form",
    "fields": [
        {"name": "email", "input": "email"},
        {"name": "size", "input": "select", "options": ["S", "L"]},
    ],
}
POPUP = {"name": "Hello", "trigger": {"on": "load"}, "variants": [{"blocks": [FORM]}]}


def ask(tx: Tx, now: int, **hook: Any) -> None:
    """The popup, a visitor, and one address."""
    campaigns.put(tx, "popup", "hello", POPUP, True, now)
    profiles.ensure(tx, [CHO])
    hooks.put(tx, "crm", "CRM", "https://crm.example/in", (), now, **hook)


def told(tx: Tx, now: int) -> list[dict[str, Any]]:
    return [orjson.loads(message.body) for message in outbox.turn(tx, "crm", now, 10)]


@pytest.mark.parametrize("email", [True, False])
def test_an_address_is_told_what_was_left_and_how_to_reach_them_if_it_may(
    store: Store, shop: Shop, now: int, email: bool
) -> None:
    with store.write() as tx:
        ask(tx, now, leads=True, email=email)
        submit(tx, shop, CHO, "hello", {"email": "cho@mail.example", "size": "L"}, now)
        (message,) = told(tx, now)
    assert (message["type"], message["visitor_id"]) == ("lead", CHO)
    assert message["popup"] == {"slug": "hello", "name": "Hello"}
    mail = {"email": "cho@mail.example"} if email else {}
    assert message["fields"] == {"size": "L", **mail}


def test_an_address_that_does_not_ask_for_leads_is_told_nothing(
    store: Store, shop: Shop, now: int
) -> None:
    with store.write() as tx:
        ask(tx, now, email=True)
        submit(tx, shop, CHO, "hello", {"size": "L"}, now)
        assert told(tx, now) == []


def test_the_same_sent_twice_is_one_answer(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        ask(tx, now, leads=True)
        for _ in range(2):
            submit(tx, shop, CHO, "hello", {"size": "L"}, now)
        assert answers.count(tx) == len(told(tx, now)) == 1


def test_one_look_requires_only_what_it_asks(store: Store, shop: Shop, now: int) -> None:
    needed = {"type": "form", "fields": [{"name": "email", "input": "email", "required": True}]}
    likes = {"type": "question", "name": "likes", "text": "?", "choice": "text"}
    looks = [{"blocks": [needed]}, {"weight": 1e6, "blocks": [likes]}]
    with store.write() as tx:
        ask(tx, now)
        campaigns.put(tx, "popup", "hello", {**POPUP, "variants": looks}, True, now)
        submit(tx, shop, CHO, "hello", {"likes": "hats"}, now)
        assert [row["fields"] for row in answers.latest(tx, 5)] == [{"likes": "hats"}]
